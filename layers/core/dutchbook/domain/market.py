"""What is traded where: venues, binary markets, their grids and minimums."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from dutchbook.domain.fees import FeeSchedule
from dutchbook.domain.money import ONE
from dutchbook.domain.venue import Venue

_LISTED_AGAIN_WITHIN = timedelta(hours=1)


class MarketKey(NamedTuple):
    """Names one binary market anywhere: Kalshi ticker, Polymarket condition id, Limitless slug."""

    venue: Venue
    market_id: str

    def __str__(self) -> str:
        return f"{self.venue}:{self.market_id}"

    @classmethod
    def parse(cls, text: str) -> "MarketKey":
        """Inverse of str(); raises ValueError on an unknown venue or a missing id."""
        venue, _, market_id = text.partition(":")
        if not market_id:
            raise ValueError(f"{text!r} is not venue:market_id")
        return cls(Venue(venue), market_id)


class PriceBand(NamedTuple):
    """Prices from start to end (micros, both included) lie on multiples of step from start."""

    start: int
    end: int
    step: int


@dataclass(frozen=True, slots=True)
class Market:
    """One binary question as a venue lists it.

    `terms` holds the venue's own facts that an order needs, all strings:
    Polymarket: yes_token, no_token, yes_index ("0" | "1": which payout is YES's), version ("v1" | "v2"),
    neg_risk ("true" | "false"), slug
    Kalshi: series, exchange_index
    Limitless: yes_token, no_token, condition, exchange, adapter, fee_module_type, fee_module, external_slug,
    mirror
    Of the event: exclusive ("true": at most one of its markets pays YES), exhaustive ("true": one always
    does), event_size (how many markets are listed in it); absent where the venue does not say so.
    All: taker_delay_ms where the venue holds takers back.
    """

    venue: Venue
    market_id: str
    title: str
    tradeable: bool
    price_bands: tuple[PriceBand, ...]
    size_step: int
    """Smallest increment of an order's shares, micros."""
    min_size: int
    """Fewest shares an order may have, micros."""
    min_notional: int
    """Least price × shares of an order that takes liquidity, micros of a dollar."""
    fees: FeeSchedule
    event_id: str = ""
    event_title: str = ""
    outcome_title: str = ""
    category: str = ""
    rules: str = ""
    closes_at: datetime | None = None
    """When trading is expected to stop, UTC."""
    resolves_at: datetime | None = None
    """When the payout is expected, UTC; None where the venue does not say."""
    volume: int = 0
    """Traded so far, micros of a dollar or of a share as the venue counts."""
    terms: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> MarketKey:
        return MarketKey(self.venue, self.market_id)

    @property
    def question(self) -> str:
        """The outcome before the title, where the title does not name it (Kalshi's "Who will win …?")."""
        outcome = self.outcome_title
        return self.title if outcome.lower() in self.title.lower() else f"{outcome}: {self.title}"

    def on_grid(self, price: int) -> bool:
        """Whether the price (micros) lies on the market's tick grid and strictly inside (0, 1)."""
        return any(
            band.start <= price <= band.end and (price - band.start) % band.step == 0
            for band in self.price_bands
        ) and (0 < price < ONE)


def gone(market: Market, now: datetime) -> Market:
    """The market when its venue lists it no longer: it is over in an hour unless it is listed again by then.

    Many end before the time that was announced, and a pair of one that is over is closed; one that a venue
    left out of a list by mistake keeps its pairs.
    """
    over = now + _LISTED_AGAIN_WITHIN
    return replace(
        market, tradeable=False, closes_at=min(market.closes_at, over) if market.closes_at else over
    )

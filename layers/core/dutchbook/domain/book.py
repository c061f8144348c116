"""Order books: both outcomes' bids and asks, best first, in micros.

Venues show them differently (Kalshi gives bids only, Limitless one YES book with NO orders mirrored in,
Polymarket two books, each worst first): here they all look alike. An ask of one outcome at p is a bid of the
other at 1 − p, because the two pay a dollar between them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import ONE
from dutchbook.domain.venue import Outcome, Side, Venue

type Level = tuple[int, int]
"""(price, shares), micros."""

type Ladder = tuple[Level, ...]
"""Levels of one side, best price first, one level a price, sizes positive."""


def bid_ladder(levels: Iterable[Level]) -> Ladder:
    """Sorts bids, highest first; adds up equal prices and drops empty ones and prices outside (0, 1)."""
    return _ladder(levels, reverse=True)


def ask_ladder(levels: Iterable[Level]) -> Ladder:
    """Sorts asks, lowest first; adds up equal prices and drops empty ones and prices outside (0, 1)."""
    return _ladder(levels, reverse=False)


def complement(ladder: Ladder) -> Ladder:
    """The other outcome's opposite side: bids at p become asks at 1 − p, best staying first."""
    return tuple([(ONE - price, size) for price, size in ladder])


def _ladder(levels: Iterable[Level], *, reverse: bool) -> Ladder:
    kept = [level for level in levels if 0 < level[0] < ONE and level[1] > 0]
    sizes = dict(kept)
    if len(sizes) < len(kept):
        # rarely: a venue lists one price twice
        sizes = {}
        for price, size in kept:
            sizes[price] = sizes.get(price, 0) + size
    return tuple(sorted(sizes.items(), reverse=reverse))


@dataclass(frozen=True, slots=True)
class OrderBook:
    """Depth of one market. Its age counts from the moment our request was sent, never from the reply."""

    venue: Venue
    market_id: str
    yes_bids: Ladder
    yes_asks: Ladder
    no_bids: Ladder
    no_asks: Ladder
    requested_at_ms: int
    """Unix milliseconds when our request for this book was sent."""

    @property
    def key(self) -> MarketKey:
        return MarketKey(self.venue, self.market_id)

    def ladder(self, outcome: Outcome, side: Side) -> Ladder:
        """What an order of this side would take: asks for a BUY, bids for a SELL."""
        if side is Side.BUY:
            return self.yes_asks if outcome is Outcome.YES else self.no_asks
        return self.yes_bids if outcome is Outcome.YES else self.no_bids

    def age_ms(self, now_ms: int) -> int:
        return now_ms - self.requested_at_ms

    @property
    def crossed(self) -> bool:
        """Best bid at or above best ask of an outcome: a broken or torn snapshot."""
        yes_bids, yes_asks, no_bids, no_asks = self.yes_bids, self.yes_asks, self.no_bids, self.no_asks
        return bool(
            (yes_bids and yes_asks and yes_bids[0][0] >= yes_asks[0][0])
            or (no_bids and no_asks and no_bids[0][0] >= no_asks[0][0])
        )

    @classmethod
    def from_bids(
        cls, key: MarketKey, yes: Iterable[Level], no: Iterable[Level], requested_at_ms: int
    ) -> "OrderBook":
        """Kalshi: bids of both outcomes; the asks are their complements."""
        yes_bids, no_bids = bid_ladder(yes), bid_ladder(no)
        return cls(*key, yes_bids, complement(no_bids), no_bids, complement(yes_bids), requested_at_ms)

    @classmethod
    def from_yes_book(
        cls, key: MarketKey, bids: Iterable[Level], asks: Iterable[Level], requested_at_ms: int
    ) -> "OrderBook":
        """Limitless: one YES book with the NO orders already mirrored in."""
        yes_bids, yes_asks = bid_ladder(bids), ask_ladder(asks)
        return cls(*key, yes_bids, yes_asks, complement(yes_asks), complement(yes_bids), requested_at_ms)

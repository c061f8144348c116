"""Catalogue, pairs, prices and opportunities."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from dutchbook.domain.book import OrderBook
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.pair import Pair, PairStatus
from dutchbook.domain.prices import Bar
from dutchbook.domain.venue import Venue
from dutchbook.ports.paging import Page


@dataclass(frozen=True, slots=True)
class OpportunityRecord:
    """What the scan saw of a pair in a tick, taken or rejected, money in micros and ratios in ppm."""

    tick_id: str
    pair_id: str
    direction: str
    title: str
    seen_at: datetime
    verdict: str
    """``taken``, ``eligible`` (it pays and nobody took it) or ``rejected``."""
    reason: str
    shares: int = 0
    cost: int = 0
    net_profit: int = 0
    net_return: int = 0
    annualised: int = 0
    days: int = 0
    """At least 1; 0 where no venue's date is known, and `annualised` then says nothing."""
    legs: tuple[Mapping[str, str], ...] = ()
    first_seen_at: datetime | None = None
    trades: int = 0


@dataclass(frozen=True, slots=True)
class Quote:
    """Best prices of a market at a moment, micros; None where the side is empty."""

    at: datetime
    yes_bid: int | None
    yes_ask: int | None
    no_bid: int | None
    no_ask: int | None


@dataclass(frozen=True, slots=True)
class VenueHealth:
    venue: Venue
    healthy: bool
    reason: str
    checked_at: datetime
    latency_p50_ms: int = 0
    latency_p95_ms: int = 0
    calls: int = 0
    errors: int = 0
    breaker: str = "closed"
    clock_offset_ms: int = 0
    rate_limit_headroom: int | None = None
    """Percent of our own call limit that the last seconds left free; None when nothing was called."""
    book_age_ms: int | None = None
    """Age of the oldest of the last tick's books when it was judged; None when the tick had none."""


MARKET_SLOTS = 16
"""Parts into which a venue's open markets fall, so that many can share the work on them."""


class CatalogueShrank(RuntimeError):
    """A venue listed less than half of what it listed before: more likely its fault than the markets' end."""


class MarketStore(Protocol):
    """Catalogue, pairs, quotes and opportunities: high churn, eventual reads are fine."""

    def put_markets(self, markets: Iterable[Market]) -> int:
        """Writes what changed; returns how many items were written."""
        ...

    def market(self, key: MarketKey) -> Market | None: ...

    def markets(self, keys: Sequence[MarketKey]) -> Mapping[MarketKey, Market]:
        """What is known of these markets, closed ones too."""
        ...

    def listed(self, venue: Venue, slots: Iterable[int]) -> Iterator[Market]:
        """Open markets of a venue that stand in these of its MARKET_SLOTS slots, without their rule texts."""
        ...

    def note_listed(self, venue: Venue, pass_id: str, part: str, market_ids: Collection[str]) -> None:
        """Notes what one part of a catalogue pass has seen. The same part may be noted twice."""
        ...

    def close_missing(self, venue: Venue, pass_id: str) -> int:
        """Closes the open markets that no part of a complete pass has seen; returns how many.

        Raises CatalogueShrank, having closed none, when that would be more than half of them, unless the last
        complete pass missed more than half as well: then what both have missed is closed.
        """
        ...

    def put_pair(self, pair: Pair) -> None:
        """Stores a new pair, or the new facts of a known one: its status and reason stay as decided."""
        ...

    def propose(self, found: Sequence[Pair]) -> int:
        """Stores what the matcher found, new or judged again; returns how many pairs were written.

        What was decided on a known pair stands unless its texts are others now: see
        `dutchbook.domain.pair.judged_again`.
        """
        ...

    def pair(self, pair_id: str) -> Pair | None: ...

    def pairs(self, status: PairStatus, limit: int, start: str = "") -> Page[Pair]:
        """By pair id, without the evidence and with at most one of the doubts."""
        ...

    def set_pair_status(
        self,
        pair_id: str,
        expected: Iterable[PairStatus],
        new: PairStatus,
        reason: str,
        actor: str,
        rules_hash: str = "",
    ) -> Pair:
        """Raises WrongState when the status is none of `expected`, NotFound.

        With `rules_hash` the pair must have been judged on these texts, or none be noted: they are then.
        """
        ...

    def first_seen(
        self, ways: Collection[tuple[str, str]], now: datetime, lapse: timedelta
    ) -> Mapping[tuple[str, str], datetime]:
        """Since when each (pair id, direction) has paid; notes that it does now.

        One that was not noted within `lapse` is new.
        """
        ...

    def put_opportunities(self, records: Sequence[OpportunityRecord]) -> None: ...

    def opportunities(self, now: datetime, limit: int, start: str = "") -> Page[OpportunityRecord]:
        """Newest tick first, best first within it."""
        ...

    def put_books(self, books: Iterable[OrderBook]) -> None:
        """Keeps the latest book of each market (ten levels a side), and its best prices on change or once a
        minute."""
        ...

    def books(self, keys: Sequence[MarketKey]) -> Mapping[MarketKey, OrderBook]:
        """Latest books kept, ten levels a side; for show, never to trade on."""
        ...

    def quotes(self, key: MarketKey, since: datetime, limit: int) -> Sequence[Quote]:
        """Best prices since then, on change or once a minute, oldest first; kept for two days."""
        ...

    def history(self, key: MarketKey, since: datetime) -> Sequence[Bar]:
        """One bar a minute since then, oldest first, up to now; kept for ninety days.

        For charts and strategies. Minutes without a quote have no bar; the bar of the minute under way
        still changes.
        """
        ...

    def roll_up(self, keys: Sequence[MarketKey], now: datetime) -> int:
        """Packs the bars of hours that are over, so that they outlive the quotes. Repeating changes nothing.

        Returns how many hours were packed. To be called at least once a day.
        """
        ...

    def put_health(self, health: Sequence[VenueHealth]) -> None: ...

    def health(self) -> Sequence[VenueHealth]: ...

    def lease_tick(self, tick_id: str, expires_at: int) -> bool:
        """True for the first caller of this tick only. `expires_at` in Unix seconds."""
        ...

    def lease_scan(self, expires_at: int) -> bool:
        """True when no scan holds the lease: the caller does, until then (Unix seconds) or its release."""
        ...

    def release_scan(self, expires_at: int) -> None:
        """Ends the lease that was taken until `expires_at`; one that has run out may be another's by now."""
        ...

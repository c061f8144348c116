"""What a tick's trades have taken of the books, so that no share is sold twice in it.

Books are read more than once in a tick (the quick side of a slow pair anew), and several look at them after
each other. A younger book may show what was taken, or not yet: it is subtracted all the same, which sells
too little at worst.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol

from dutchbook.domain.book import OrderBook
from dutchbook.domain.market import MarketKey
from dutchbook.domain.strategies.protocol import Gone, less
from dutchbook.domain.venue import Outcome, Side


class Leg(Protocol):
    """A purchase: `LegQuote` or `PlannedLeg`."""

    @property
    def key(self) -> MarketKey: ...
    @property
    def outcome(self) -> Outcome: ...
    @property
    def shares(self) -> int:
        """Gross, micros."""
        ...


@dataclass(slots=True)
class Depth:
    """One tick's. Real and simulated trades are counted apart: demo never takes depth from live."""

    _gone: dict[bool, dict[tuple[MarketKey, Outcome], int]] = field(
        default_factory=lambda: {False: {}, True: {}}
    )

    def take(self, legs: Iterable[Leg], *, simulated: bool) -> None:
        """Counts what a trade buys."""
        gone = self._gone[simulated]
        for leg in legs:
            way = leg.key, leg.outcome
            gone[way] = gone.get(way, 0) + leg.shares

    def gone(self, *, simulated: bool) -> Gone:
        """Gross shares (micros) bought so far."""
        return self._gone[simulated]

    def left(self, book: OrderBook, *, simulated: bool) -> OrderBook:
        """The book without the asks that are gone; itself where none are."""
        gone = self._gone[simulated]
        for outcome in Outcome:
            if shares := gone.get((book.key, outcome), 0):
                book = without(book, outcome, shares)
        return book


def without(book: OrderBook, outcome: Outcome, shares: int) -> OrderBook:
    """The book with this many shares gone from the outcome's best asks."""
    asks = less(book.ladder(outcome, Side.BUY), shares)
    return replace(book, yes_asks=asks) if outcome is Outcome.YES else replace(book, no_asks=asks)

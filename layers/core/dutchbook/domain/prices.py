"""Prices over time: which are kept, and one bar a minute of the middle between the best YES prices."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import NamedTuple

from dutchbook.domain.book import OrderBook

MINUTE_MS = 60_000


class Best(NamedTuple):
    """Best prices of a book, micros; None where the side is empty."""

    yes_bid: int | None
    yes_ask: int | None
    no_bid: int | None
    no_ask: int | None


class Noted(NamedTuple):
    """Best prices that were kept, and of which moment they were."""

    best: Best
    at_ms: int


def best_of(book: OrderBook) -> Best:
    sides = (book.yes_bids, book.yes_asks, book.no_bids, book.no_asks)
    return Best(*(ladder[0][0] if ladder else None for ladder in sides))


def is_news(book: OrderBook, before: Noted | None) -> bool:
    """Whether the book's best prices are to be kept: they have changed, or were last kept a minute ago.

    The count of kept prices stands in for traded volume (`strategies.indicators.activity_ratio`), so whatever
    keeps prices keeps these and no others.
    """
    return before is None or best_of(book) != before.best or book.requested_at_ms - before.at_ms >= MINUTE_MS


class Sample(NamedTuple):
    """Best prices of YES at a moment, micros; None where the side is empty."""

    at_ms: int
    bid: int | None
    ask: int | None


@dataclass(frozen=True, slots=True)
class Bar:
    """One minute. Open, high, low and close are middles, rounded down; bid and ask the last of the minute.

    A quote holds until the next one, so a minute without a quote has no bar and the last close still stands.
    Middles are for looking and for signals; nothing was ever traded there.
    """

    at: datetime
    """The minute's start, UTC."""
    open: int
    high: int
    low: int
    close: int
    bid: int
    ask: int
    quotes: int
    """How many quotes the minute was made of."""


def bars(samples: Iterable[Sample]) -> list[Bar]:
    """Samples, oldest first, as bars; quotes with an empty side have no middle and are left out."""
    return [_bar(minute, list(middles)) for minute, middles in groupby(_middles(samples), lambda one: one[0])]


def _middles(samples: Iterable[Sample]) -> Iterable[tuple[int, int, int, int]]:
    for at_ms, bid, ask in samples:
        if bid is not None and ask is not None:
            yield at_ms // MINUTE_MS * MINUTE_MS, (bid + ask) // 2, bid, ask


def _bar(minute_ms: int, quotes: list[tuple[int, int, int, int]]) -> Bar:
    middles = [middle for _, middle, _, _ in quotes]
    _, _, bid, ask = quotes[-1]
    return Bar(
        at=datetime.fromtimestamp(minute_ms / 1000, UTC),
        open=middles[0],
        high=max(middles),
        low=min(middles),
        close=middles[-1],
        bid=bid,
        ask=ask,
        quotes=len(middles),
    )

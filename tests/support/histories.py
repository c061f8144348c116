"""Markets with a past: bars from a list of closes, and a book around the last of them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from dutchbook.domain.book import OrderBook
from dutchbook.domain.market import Market
from dutchbook.domain.money import ONE
from dutchbook.domain.prices import Bar
from dutchbook.domain.risk import Allowance
from dutchbook.domain.strategies.protocol import View
from dutchbook.domain.venue import Venue
from tests.support.markets import NOW_MS, a_market

CENT = 10_000
MINUTE = timedelta(minutes=1)
NOW = datetime.fromtimestamp(NOW_MS / 1000, UTC)
THIS_MINUTE = NOW.replace(second=0, microsecond=0)


def bars_of(cents: Sequence[float], quotes: int = 1) -> list[Bar]:
    """One bar a minute, the last one of the minute that has just ended."""
    found = []
    for ago, close in zip(range(len(cents), 0, -1), cents, strict=True):
        price = round(close * CENT)
        found.append(Bar(THIS_MINUTE - ago * MINUTE, price, price, price, price, price, price, quotes))
    return found


def book_around(market: Market, cents: int, spread: int = 2, depth: int = 500, age_ms: int = 0) -> OrderBook:
    """Both outcomes, `depth` shares at the touch and twice that a cent further."""
    bid, ask = cents - spread // 2, cents - spread // 2 + spread
    return OrderBook.from_yes_book(
        market.key,
        [(bid * CENT, depth * ONE), ((bid - 1) * CENT, 2 * depth * ONE)],
        [(ask * CENT, depth * ONE), ((ask + 1) * CENT, 2 * depth * ONE)],
        NOW_MS - age_ms,
    )


def a_view(market: Market, book: OrderBook, bars: Sequence[Bar]) -> View:
    return View(NOW_MS, 15_000, {market.key: market}, {book.key: book}, history={market.key: bars})


def a_dated_market(venue: Venue = Venue.POLYMARKET, **changes: Any) -> Market:
    return a_market(venue, **{"closes_at": NOW + timedelta(days=20), **changes})


def plenty(dollars: int = 1_000) -> Allowance:
    return Allowance(dollars * ONE, dict.fromkeys(Venue, dollars * ONE))

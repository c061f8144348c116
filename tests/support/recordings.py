"""Small recordings made up for a test: one pair on two venues, minute by minute."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from dutchbook.adapters.recording import Frame
from dutchbook.domain.book import OrderBook
from dutchbook.domain.market import Market
from dutchbook.domain.money import ONE
from dutchbook.domain.pair import Pair, PairStatus, Relation, pair_id_of
from dutchbook.domain.venue import Venue
from dutchbook.usecases.scan_markets.seen import Seen
from tests.support.markets import a_market

CENT = 10_000
START = datetime(2026, 3, 1, tzinfo=UTC)
ENDS = START + timedelta(days=30)
A = a_market(Venue.KALSHI, "A", closes_at=ENDS, resolves_at=ENDS)
B = a_market(Venue.POLYMARKET, "B", closes_at=ENDS, resolves_at=ENDS)
PAIR = Pair(pair_id_of(A.key, B.key), A.key, B.key, Relation.SAME, PairStatus.APPROVED, title="Rain?")


def a_book(market: Market, cents: int, depth: int = 300) -> OrderBook:
    """A YES book around this price, two cents wide."""
    return OrderBook.from_yes_book(
        market.key,
        [((cents - 1) * CENT, depth * ONE), ((cents - 2) * CENT, depth * ONE)],
        [((cents + 1) * CENT, depth * ONE), ((cents + 2) * CENT, depth * ONE)],
        0,
    )


def seen(number: int, a: int, b: int) -> Seen:
    at = START + timedelta(minutes=number)
    at_ms = int(at.timestamp() * 1000)
    return Seen(
        at.strftime("%Y%m%dT%H%M%SZ"),
        at_ms,
        60_000,
        at_ms // 60_000,
        True,
        [PAIR],
        {A.key: A, B.key: B},
        {A.key: a_book(A, a), B.key: a_book(B, b)},
    )


def frames(prices: Sequence[tuple[int, int]], a_pays: int | None = None) -> Iterator[Frame]:
    """A tick a minute with the YES prices of both venues, cents; then A's question is answered (micros)."""
    for number, (a, b) in enumerate(prices):
        one = seen(number, a, b)
        last = number == len(prices) - 1
        yield Frame(
            tick_id=one.tick_id,
            at_ms=one.at_ms,
            period_ms=one.period_ms,
            full=number == 0,
            markets=[A, B] if number == 0 else [],
            pairs=[PAIR] if number == 0 else None,
            books={
                key: (book.yes_bids, book.yes_asks, book.no_bids, book.no_asks)
                for key, book in one.books.items()
            },
            gone=(),
            resolved={A.key: a_pays, B.key: a_pays} if last and a_pays is not None else {},
        )

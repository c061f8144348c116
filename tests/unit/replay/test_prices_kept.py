"""A replay remembers prices as the product does: on change or once a minute, so activity means the same."""

from dataclasses import replace

import pytest

from dutchbook.domain.prices import Noted, best_of, is_news
from local.memory.markets import MemoryMarketStore
from tests.support.market_data import FakeClock
from tests.support.recordings import START, A, a_book

START_MS = int(START.timestamp() * 1000)


def book(seconds, cents=40, depth=300):
    return replace(a_book(A, cents, depth), requested_at_ms=START_MS + seconds * 1000)


@pytest.mark.parametrize(
    ("later", "news"),
    [
        (book(15), False),
        (book(15, depth=7), False),
        (book(15, cents=41), True),
        (replace(book(15), no_asks=()), True),
        (book(59), False),
        (book(60), True),
    ],
    ids=["the same", "another size", "another price", "a side gone", "just under a minute", "a minute"],
)
def test_a_book_is_news_when_its_best_prices_changed_or_a_minute_went_by(later, news):
    first = book(0)
    assert is_news(later, Noted(best_of(first), first.requested_at_ms)) is news


def test_the_first_book_is_news():
    assert is_news(book(0), None)


def test_the_replays_store_keeps_no_others():
    store = MemoryMarketStore(FakeClock(START_MS))
    for seconds, cents in [(0, 40), (15, 40), (30, 41), (45, 41), (90, 41), (105, 40)]:
        store.put_books([book(seconds, cents)])

    assert [(quote.at - START).seconds for quote in store.quotes(A.key, START, 10)] == [0, 30, 90, 105]
    assert [bar.quotes for bar in store.history(A.key, START)] == [2, 2]
    assert store.books([A.key])[A.key].requested_at_ms == START_MS + 105_000

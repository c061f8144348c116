"""A venue's public data without a venue: markets and books are set by the test."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from dutchbook.domain.book import OrderBook
from dutchbook.domain.errors import DutchbookError
from dutchbook.domain.market import Market
from dutchbook.domain.venue import Venue
from dutchbook.ports.clock import Clock
from dutchbook.ports.venues import CataloguePage


class FakeClock:
    """Time that moves only when told; `sleep` takes seconds, as time.sleep does."""

    def __init__(self, now_ms: int = 1_790_000_000_000) -> None:
        self.ms = now_ms
        self.slept: list[float] = []

    def now_ms(self) -> int:
        return self.ms

    def advance(self, milliseconds: int) -> None:
        self.ms += milliseconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.ms += round(seconds * 1000)


class FakeMarketData:
    """Satisfies `dutchbook.ports.venues.MarketData`.

    Books are handed out as asked for now when a clock is given, else with the age they were set with.
    `failure`, when set, is raised by every read; `calls` counts the reads of books.
    """

    def __init__(self, venue: Venue, markets: Iterable[Market] = (), clock: Clock | None = None) -> None:
        self.venue = venue
        self.failure: DutchbookError | None = None
        self.calls = 0
        self.page_size = 100
        self._clock = clock
        self._markets = {market.market_id: market for market in markets}
        self._books: dict[str, OrderBook] = {}

    def set_market(self, market: Market) -> None:
        self._markets[market.market_id] = market

    def set_book(self, book: OrderBook) -> None:
        self._books[book.market_id] = book

    def drop_book(self, market_id: str) -> None:
        self._books.pop(market_id, None)

    def catalogue(self) -> Iterable[Market]:
        self._raise_failure()
        yield from list(self._markets.values())

    def catalogue_page(self, cursor: str) -> CataloguePage:
        """Pages of `page_size` markets; the cursor is an offset."""
        self._raise_failure()
        first = int(cursor or 0)
        some = [market for market in self._markets.values() if market.tradeable]
        following = first + self.page_size
        return CataloguePage(some[first:following], str(following) if following < len(some) else "")

    def drop_market(self, market_id: str) -> None:
        self._markets.pop(market_id, None)

    def markets(self, market_ids: Sequence[str]) -> Mapping[str, Market]:
        self._raise_failure()
        return {wanted: self._markets[wanted] for wanted in market_ids if wanted in self._markets}

    def books(self, markets: Sequence[Market], seconds: float | None = None) -> Mapping[str, OrderBook]:
        self.calls += 1
        self._raise_failure()
        return {
            market.market_id: self._dated(self._books[market.market_id])
            for market in markets
            if market.market_id in self._books
        }

    def _dated(self, book: OrderBook) -> OrderBook:
        return book if self._clock is None else replace(book, requested_at_ms=self._clock.now_ms())

    def _raise_failure(self) -> None:
        if self.failure is not None:
            raise self.failure

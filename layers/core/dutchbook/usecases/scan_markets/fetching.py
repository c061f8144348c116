"""Books of a tick, once for all agents, the venues side by side; one that fails is named with its reason."""

from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from dutchbook.domain.book import OrderBook
from dutchbook.domain.errors import NotSent
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.venue import Venue
from dutchbook.ports import Connectors


@dataclass(slots=True)
class Fetched:
    """What came back, and which venues did not answer."""

    books: dict[MarketKey, OrderBook] = field(default_factory=dict)
    down: dict[Venue, str] = field(default_factory=dict)


class Fetching:
    """Asks venues in threads of its own; `collect` waits. Use as a context manager."""

    def __init__(self, connectors: Connectors) -> None:
        self._connectors = connectors
        self._pool = ThreadPoolExecutor(len(Venue))

    def __enter__(self) -> "Fetching":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def ask(self, markets: Iterable[Market]) -> "Mapping[Venue, Future[Mapping[str, OrderBook]]]":
        by_venue: dict[Venue, list[Market]] = {}
        for market in markets:
            by_venue.setdefault(market.venue, []).append(market)
        return {
            venue: self._pool.submit(self._connectors.data(venue).books, wanted)
            for venue, wanted in by_venue.items()
        }


def collect(asked: "Mapping[Venue, Future[Mapping[str, OrderBook]]]", into: Fetched) -> None:
    """Adds the answers; a later book of a market takes the place of an earlier one."""
    for venue, answer in asked.items():
        try:
            into.books.update({book.key: book for book in answer.result().values()})
        except NotSent as error:
            into.down[venue] = str(error)

"""Books of a tick, once for all agents, the venues side by side; one that fails is named with its reason.

A venue has so long to answer and no longer: late books cost the pairs that need them, never the tick.
"""

import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from dutchbook.domain.book import OrderBook
from dutchbook.domain.errors import NotSent
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.venue import Venue
from dutchbook.ports.venues import Connectors

QUICK_SECONDS = 5.0
"""What batched books take at most: hundreds of them come in a call or two."""
SLOW_SECONDS = 14.0
"""A tick's budget of single books at a venue that spaces its calls (Limitless: 40 books, 300 ms apart)."""

_GRACE_SECONDS = 0.25
"""For a venue to hand over what it has when its time is over."""


@dataclass(slots=True)
class Fetched:
    """What came back, and which venues did not answer."""

    books: dict[MarketKey, OrderBook] = field(default_factory=dict)
    down: dict[Venue, str] = field(default_factory=dict)


class Fetching:
    """Asks venues in threads of its own; `collect` waits, and nobody waits for what comes after that."""

    def __init__(self, connectors: Connectors) -> None:
        self._connectors = connectors
        self._pool = ThreadPoolExecutor(len(Venue))

    def __enter__(self) -> "Fetching":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def ask(
        self, markets: Iterable[Market], seconds: float = QUICK_SECONDS
    ) -> "Mapping[Venue, Future[Mapping[str, OrderBook]]]":
        """Each venue gives what it has after `seconds`; what it has not asked for by then is never asked."""
        by_venue: dict[Venue, list[Market]] = {}
        for market in markets:
            by_venue.setdefault(market.venue, []).append(market)
        return {
            venue: self._pool.submit(self._connectors.data(venue).books, wanted, seconds)
            for venue, wanted in by_venue.items()
        }


def collect(
    asked: "Mapping[Venue, Future[Mapping[str, OrderBook]]]", into: Fetched, seconds: float = QUICK_SECONDS
) -> None:
    """Adds what comes within the time; a later book of a market takes the place of an earlier one."""
    deadline = time.monotonic() + seconds + _GRACE_SECONDS
    for venue, answer in asked.items():
        try:
            books = answer.result(timeout=max(0.0, deadline - time.monotonic()))
        except NotSent as error:
            into.down[venue] = str(error)
        except TimeoutError:
            into.down[venue] = f"no answer within {seconds:g} s"
        else:
            into.books.update({book.key: book for book in books.values()})

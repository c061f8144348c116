"""Many reads of one venue at a time, some of which may fail."""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from dutchbook.domain.errors import NotSent, VenueUnreachable
from dutchbook.domain.market import Market
from dutchbook.ports.venues import CataloguePage


def read_all[T](reads: Iterable[Callable[[], T]], workers: int, seconds: float | None = None) -> list[T]:
    """What the reads that worked gave, in order, at most `workers` at a time.

    With `seconds` it returns what it has by then: reads that wait are never sent, and nobody waits for those
    under way. Raises the first failure when none worked. Errors other than NotSent are bugs and pass through.
    """
    reads = list(reads)
    if len(reads) == 1 and seconds is None:
        # nothing to do meanwhile: a thread would only be waited for
        return [reads[0]()]
    results: list[T] = []
    failures: list[NotSent] = []
    deadline = None if seconds is None else time.monotonic() + seconds
    pool = ThreadPoolExecutor(max_workers=workers)
    try:
        for future in [pool.submit(read) for read in reads]:
            try:
                results.append(future.result(_left(deadline)))
            except NotSent as error:
                failures.append(error)
            except TimeoutError:
                # later ones may have come already: they are still collected
                failures.append(VenueUnreachable(f"no answer within {seconds:g} s"))
    finally:
        pool.shutdown(wait=seconds is None, cancel_futures=True)
    if failures and not results:
        raise failures[0]
    return results


def _left(deadline: float | None) -> float | None:
    return None if deadline is None else max(0.0, deadline - time.monotonic())


def all_pages(page: Callable[[str], CataloguePage]) -> Iterator[Market]:
    """The markets of all pages, one page in memory at a time."""
    cursor, seen = "", set[str]()
    while True:
        listed = page(cursor)
        yield from listed.markets
        cursor = listed.next_cursor
        # Kalshi answers a cursor it does not know with the first page: a repeated one turns in circles
        if not cursor or cursor in seen:
            return
        seen.add(cursor)

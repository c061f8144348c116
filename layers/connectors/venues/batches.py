"""Many reads of one venue at a time, some of which may fail."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from dutchbook.domain.errors import NotSent
from dutchbook.domain.market import Market
from dutchbook.ports.venues import CataloguePage


def read_all[T](reads: Iterable[Callable[[], T]], workers: int) -> list[T]:
    """What the reads that worked gave, in order, at most `workers` at a time.

    Raises the first failure when all failed. Errors other than NotSent are bugs and pass through.
    """
    results: list[T] = []
    failures: list[NotSent] = []
    with ThreadPoolExecutor(max_workers=workers) as pool:
        for future in [pool.submit(read) for read in reads]:
            try:
                results.append(future.result())
            except NotSent as error:
                failures.append(error)
    if failures and not results:
        raise failures[0]
    return results


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

"""Many reads of one venue at a time, some of which may fail."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from dutchbook.domain.errors import NotSent


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

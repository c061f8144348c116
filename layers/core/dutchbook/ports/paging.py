"""Lists that are read a page at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page[T]:
    items: tuple[T, ...]
    next_key: str = ""
    """Opaque start of the next page; empty at the end."""


def pages[T](read: Callable[[str], Page[T]]) -> Iterator[Page[T]]:
    """All pages of a list, each read when it is needed; `read` is given where a page starts."""
    start = ""
    while True:
        page = read(start)
        yield page
        if not (start := page.next_key):
            return

"""Lists that are read a page at a time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page[T]:
    items: tuple[T, ...]
    next_key: str = ""
    """Opaque start of the next page; empty at the end."""

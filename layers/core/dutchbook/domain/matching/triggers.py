"""Which rows of a table of patterns are worth a try on a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from dutchbook.domain.matching.text import PLAIN_WORDS

_START: Final = 2
"""Letters by which a trigger's longest word is looked up."""


class Triggers:
    """Each row has substrings of which one must stand in the lower-case text before its pattern is tried.

    A table has a hundred, a text a few of them. What a word can be part of is found out once a word and not
    once a text: catalogues use few words, often.
    """

    def __init__(self, rows: Sequence[tuple[str, ...]]) -> None:
        self._rows = rows
        self._always: set[int] = set()
        self._by_start: dict[str, list[tuple[str, int]]] = {}
        for row, triggers in enumerate(rows):
            for trigger in triggers:
                core = max(PLAIN_WORDS.findall(trigger), key=len, default="")
                if len(core) < _START:
                    self._always.add(row)
                else:
                    self._by_start.setdefault(core[:_START], []).append((core, row))
        self._rows_of = lru_cache(maxsize=50_000)(self._look_through)

    def rows(self, lower: str, words: Iterable[str]) -> list[int]:
        """The rows of which a trigger stands in the text, in order; `words` are its PLAIN_WORDS."""
        found = []
        for row in sorted(self._always.union(*map(self._rows_of, words))):
            for trigger in self._rows[row]:
                if trigger in lower:
                    found.append(row)
                    break
        return found

    def _look_through(self, word: str) -> frozenset[int]:
        """The rows of which a trigger may stand where this word does: its longest word is a part of it."""
        return frozenset(
            [
                row
                for at in range(len(word) - 1)
                for core, row in self._by_start.get(word[at : at + _START], ())
                if word.startswith(core, at)
            ]
        )

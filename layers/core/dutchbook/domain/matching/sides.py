"""The two sides of a contest: "Inter vs Hellas Verona", "Cleveland at Detroit", "Both X and Y score"."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from dutchbook.domain.matching.aliases.words import CLUB_WORDS, DIVISION, EXONYMS
from dutchbook.domain.matching.lexicon import clubs_named, lexicon
from dutchbook.domain.matching.text import words_of

_VERSUS: Final = re.compile(r"\s(?:vs?\.?|versus|@)\s", re.IGNORECASE)
_AT: Final = re.compile(
    r""
    r"^(?P<left>[A-Z][\w'.&-]*(?: [A-Z0-9][\w'.&-]*){0,3}) at "
    r"(?P<right>[A-Z][\w'.&-]*(?: [A-Z0-9][\w'.&-]*){0,3}?)"
    r"(?=\s*(?::|\?|$|-|\bWinner\b|\bTotal\b))"
)
_BOTH: Final = re.compile(r"\bBoth (?P<left>[^:?]+?) and (?P<right>[^:?]+?)(?: to)? score\b")
_SCORE: Final = re.compile(r"(?:^|: )(?P<left>[^:?]+?) \d+ - \d+ (?P<right>[^:?]+?)\??$")
_LEFT_CUT: Final = re.compile(
    r".*(?:[:,|]\s|\s-\s|\b(?:[Ii]n|[Ww]in|[Oo]f|[Dd]uring|[Ff]or|"
    r"[Bb]etween) (?:the )?|\b[Ww]ill (?:the )?|\b[Tt]he (?!Mongol))",
    re.DOTALL,
)
_RIGHT_CUT: Final = re.compile(
    r"\s*(?:[:?(|;]|,\s|\s-\s|\s/\s|\b(?:winner|end|match|fight|bout|cs2|dota|"
    r"league of|lol|valorant|total|totals|first half"
    r"|1st|2nd|be|go|on|by|series|bo\d|o/u|over|under|both|map|set|win|wins|tie|draw|"
    r"spread|exact|game|series|professional"
    r"|ufc|boxing|tennis|head-to-head|moneyline|at)\b).*",
    re.IGNORECASE | re.DOTALL,
)


class Side(NamedTuple):
    """One side: its words, and the clubs these may name."""

    words: tuple[str, ...]
    clubs: frozenset[str]

    def __str__(self) -> str:
        return " ".join(self.words)


class Sides(NamedTuple):
    left: Side
    right: Side
    span: tuple[int, int]

    def __str__(self) -> str:
        return f"{self.left} v {self.right}"


def side_of(name: str) -> Side | None:
    """A side from a name as written; None when no word is left."""
    words = tuple(word.text for word in words_of(name))
    if words == ("a",):  # the Athletics, written "A's"
        words = ("athletics",)
    if not words:
        return None
    return Side(words, clubs_of(words))


def clubs_of(words: tuple[str, ...]) -> frozenset[str]:
    """The clubs that the words name, with or without the club words around them."""
    found = clubs_named(words)
    if not found and len(words) > 1:
        found = clubs_named(word for word in words if word not in CLUB_WORDS)
    if not found and len(words) == 1:
        found = lexicon().club_parts.get(words[0], frozenset())
    return found


def bare(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without FC, Calcio, 1909 and the like, unless nothing would be left."""
    kept = tuple(EXONYMS.get(word, word) for word in words if word not in CLUB_WORDS)
    return kept or words


def division(words: tuple[str, ...]) -> frozenset[str]:
    """Women's, youth and reserve marks."""
    return frozenset(
        "women" if word in {"womens", "w", "ladies"} else word for word in words if word in DIVISION
    )


_PERSONS_TABLE: Final = """
ufc mma wta atp itf tennis boxing fight bout strawweight flyweight bantamweight featherweight lightweight
welterweight middleweight heavyweight wimbledon singles
"""
_PERSONS: Final = frozenset(_PERSONS_TABLE.split())


def divisions_agree(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Whether two texts speak of the same of a club's teams. Between two persons a women's mark adds
    nothing.
    """
    a, b = division(left), division(right)
    if _PERSONS & {*left, *right}:
        a, b = a - {"women"}, b - {"women"}
    return a == b


def find_sides(cased: str) -> Sides | None:
    """The two sides that folded text names, or None."""
    match = _VERSUS.search(cased) if " v" in cased.lower() or " @ " in cased else None
    if match:
        return _around(cased, match.start(), match.end())
    for sign, rule in ((" at ", _AT), ("Both ", _BOTH), (" - ", _SCORE)):  # few titles have one of them
        found = rule.search(cased) if sign in cased else None
        if found:
            left, right = side_of(found["left"]), side_of(found["right"])
            if left and right:
                return Sides(left, right, (found.start("left"), found.end("right")))
    return None


def _around(cased: str, stop: int, start: int) -> Sides | None:
    head = cased[:stop]
    cut = _LEFT_CUT.match(head)
    begin = cut.end() if cut else 0
    tail = cased[start:]
    end = _RIGHT_CUT.search(tail)
    right_text = tail[: end.start()] if end else tail
    left_text = head[begin:].split(" (")[0]
    left, right = side_of(left_text), side_of(right_text)
    if left is None or right is None or len(left.words) > 7 or len(right.words) > 7:
        return None
    return Sides(left, right, (begin, start + len(right_text)))

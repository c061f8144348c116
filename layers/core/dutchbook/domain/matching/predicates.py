"""What a question asks about its subject: the kind of predicate, the part of the match, the stage, the
basis.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from dutchbook.domain.matching.predicate_tables import (
    CANDLE,
    CHAMBERS,
    COUNTED,
    FIRST_PLACE,
    KIND,
    LONE_LETTERS,
    MARKER,
    MEASURE,
    MEASURE_WORDS,
    MEASURES,
    METHODS,
    NUMBERED,
    OTHER,
    OTHER_GATE,
    PERIOD,
    PLACEHOLDER,
    PLAYER_MEASURES,
    SCORE,
    START,
    USED_UP,
)
from dutchbook.domain.matching.text import PLAIN_WORDS
from dutchbook.domain.matching.triggers import Triggers

_MARKED: Final = ("stage", "basis", "grain")
_USED_UP_SLOTS: Final = frozenset({"stage", "grain"})


class _Rule(NamedTuple):
    """One way to say something: what it fills in, with what, and the pattern that must fit."""

    slot: str
    name: str
    pattern: re.Pattern[str]


_RULES: Final = (
    *(_Rule("kind", name, pattern) for name, pattern, _ in KIND),
    *(_Rule("period", name, pattern) for name, pattern, _ in PERIOD),
    *(_Rule(slot, name, pattern) for slot, name, pattern, _ in MARKER),
    _Rule("other", "other", OTHER),
)
_TRIGGERS: Final = Triggers(
    [*(row[2] for row in KIND), *(row[2] for row in PERIOD), *(row[3] for row in MARKER), OTHER_GATE]
)


class Predicate(NamedTuple):
    """The typed part of a text. `spans` are the characters it used up."""

    kind: str
    period: str
    measure: str
    stages: frozenset[str]
    basis: frozenset[str]
    grains: frozenset[str]
    candle: int
    detail: str
    """Which score, method or starting minute of its kind the question means."""
    placeholder: str
    spans: tuple[tuple[int, int], ...]


def find_predicate(cased: str, lower: str) -> Predicate:
    """Read the predicate of folded, digitised text; `lower` is `cased` in lower case, of the same length."""
    spans: list[tuple[int, int]] = []
    words = frozenset(PLAIN_WORDS.findall(lower))
    tried: dict[str, list[_Rule]] = {}
    for row in _TRIGGERS.rows(lower, words):
        tried.setdefault(_RULES[row].slot, []).append(_RULES[row])
    kind = _first_kind(tried.get("kind", ()), lower, spans)
    period = _period(tried.get("period", ()), lower, spans)
    measure = "" if MEASURE_WORDS.isdisjoint(words) else _measure(lower)
    if kind in {"", "total", "seasonal total"} and measure in PLAYER_MEASURES and kind != "seasonal total":
        kind = "player stat"
    stages, basis, grains = (_marks(tried.get(slot, ()), lower, spans) for slot in _MARKED)
    if measure in COUNTED:
        # A player hits sixty home runs; a price hits sixty dollars.
        basis -= {"touch"}
    return Predicate(
        kind,
        period,
        measure,
        stages,
        basis,
        grains,
        _candle(lower, spans) if kind == "up or down" else 0,
        _detail(kind, lower),
        _placeholder(cased, words) or _fitting(tried.get("other", ()), lower),
        tuple(spans),
    )


def _first_kind(rules: Iterable[_Rule], lower: str, spans: list[tuple[int, int]]) -> str:
    """The first kind whose pattern fits. Its words are used up where they name nothing and hold no number."""
    for _, name, pattern in rules:
        match = pattern.search(lower)
        if match:
            if name == "win":
                spans.extend(found.span() for found in FIRST_PLACE.finditer(lower))
            elif name in USED_UP:
                spans.append(match.span())
            return name
    return ""


def _marks(rules: Iterable[_Rule], lower: str, spans: list[tuple[int, int]]) -> frozenset[str]:
    """The stages, bases or grains that the text names, each with its number or letter."""
    found = set()
    for slot, name, pattern in rules:
        match = pattern.search(lower)
        if match is None:
            continue
        if "final" in pattern.groupindex:
            # What stands between the verb and the final is the cup's name.
            found.add(name)
            spans.append(match.span("final"))
            continue
        detail = next((group for group in match.groups() if group), "") if pattern.groups else ""
        found.add(f"{name} {detail}".strip())
        if slot in _USED_UP_SLOTS:
            spans.append(match.span())
    return frozenset(found)


def _placeholder(cased: str, words: frozenset[str]) -> str:
    """The placeholder outcome that the text names ("Person G", "Team AE"), or nothing."""
    may_have_one = LONE_LETTERS.search(cased) is not None or not NUMBERED.isdisjoint(words)
    match = PLACEHOLDER.search(cased) if may_have_one else None
    return match.group() if match else ""


def _fitting(rules: Iterable[_Rule], lower: str) -> str:
    match = next((found for rule in rules if (found := rule.pattern.search(lower))), None)
    return match.group() if match else ""


def _detail(kind: str, lower: str) -> str:
    if kind in {"exact score", "series score"}:
        match = SCORE.search(lower)
        return f"{match[1]}-{match[2]}" if match else ""
    if kind == "method of finish":
        return " ".join(name for name, rule in METHODS if re.search(rule, lower))
    if kind == "combination":
        return ", ".join(sorted(f"{party[0]} {chamber}" for party, chamber in CHAMBERS.findall(lower)))
    if kind == "up or down":
        match = START.search(lower)
        return str(_minutes(match[1], match[2], match[3])) if match else ""
    return ""


def _period(rules: Iterable[_Rule], lower: str, spans: list[tuple[int, int]]) -> str:
    for _, name, pattern in rules:
        match = pattern.search(lower)
        if match:
            spans.append(match.span())
            detail = next((value for value in match.groupdict().values() if value), "")
            return f"{name} {detail}".strip()
    return ""


def _measure(lower: str) -> str:
    found = ""
    for match in MEASURE.finditer(lower):
        name = MEASURES[int((match.lastgroup or "m0")[1:])][0]
        if not found or name in {"corners", "cards", "fours", "sixes"}:
            found = name
    return found


def _candle(lower: str, spans: list[tuple[int, int]]) -> int:
    """Minutes that an up-or-down question runs; 0 when the text does not say."""
    match = CANDLE.search(lower)
    if match is None:
        return 0
    found = match.groupdict()
    if not found["day"]:
        spans.append(match.span())
    if found["len"]:
        return int(found["len"])
    if found["hour"] or found["at"]:
        return 60
    if found["daily"] or found["day"]:
        return 1440
    start, stop = (_minutes(found[f"h{n}"], found[f"m{n}"], found[f"p{n}"]) for n in (1, 2))
    return (stop - start) % 1440


def _minutes(hour: str | None, minute: str | None, half: str | None) -> int:
    return (int(hour or 0) % 12 + (12 if half == "p" else 0)) * 60 + int(minute or 0)

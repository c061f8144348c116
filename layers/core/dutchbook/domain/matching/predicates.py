"""What a question asks about its subject: the kind of predicate, the part of the match, the stage, the
basis.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from dutchbook.domain.matching.predicate_tables import (
    CANDLE,
    CHAMBERS,
    COUNTED,
    FIRST_PLACE,
    KIND,
    MARKER,
    MEASURE,
    MEASURE_WORDS,
    MEASURES,
    METHODS,
    OTHER,
    OTHER_GATE,
    PERIOD,
    PERIOD_GATE,
    PLACEHOLDER,
    PLACEHOLDER_GATE,
    PLAYER_MEASURES,
    SCORE,
    START,
    USED_UP,
)
from dutchbook.domain.matching.text import PLAIN_WORDS

_USED_UP_SLOTS: Final = frozenset({"stage", "grain"})


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
    kind = _first_kind(lower, spans)
    period = _period(lower, spans)
    measure = _measure(lower)
    if kind in {"", "total", "seasonal total"} and measure in PLAYER_MEASURES and kind != "seasonal total":
        kind = "player stat"
    slots: dict[str, set[str]] = {"stage": set(), "basis": set(), "grain": set()}
    for slot, name, rule, triggers in MARKER:
        for trigger in triggers:
            if trigger in lower:
                break
        else:
            continue
        match = rule.search(lower)
        if match:
            detail = next((group for group in match.groups() if group), "") if rule.groups else ""
            if "final" in rule.groupindex:
                # What stands between the verb and the final is the cup's name.
                slots[slot].add(name)
                spans.append(match.span("final"))
                continue
            slots[slot].add(f"{name} {detail}".strip())
            if slot in _USED_UP_SLOTS:
                spans.append(match.span())
    if measure in COUNTED:
        # A player hits sixty home runs; a price hits sixty dollars.
        slots["basis"].discard("touch")
    candle = 0
    if kind == "up or down":
        candle = _candle(lower, spans)
    return Predicate(
        kind,
        period,
        measure,
        frozenset(slots["stage"]),
        frozenset(slots["basis"]),
        frozenset(slots["grain"]),
        candle,
        _detail(kind, lower),
        placeholder_in(cased, lower),
        tuple(spans),
    )


def placeholder_in(cased: str, lower: str) -> str:
    """The placeholder outcome that the text names ("Person G", "Team AE", "Other"), or nothing."""
    match = PLACEHOLDER.search(cased) if PLACEHOLDER_GATE.search(cased) else None
    if match is None and _has_one(OTHER_GATE, lower):
        match = OTHER.search(lower)
    return match.group() if match else ""


def _has_one(triggers: tuple[str, ...], lower: str) -> bool:
    """A plain loop: a generator costs three times as much."""
    for trigger in triggers:  # noqa: SIM110 (any() over a generator is what it avoids)
        if trigger in lower:
            return True
    return False


def _first_kind(lower: str, spans: list[tuple[int, int]]) -> str:
    """The first kind whose pattern fits. Its words are used up where they name nothing and hold no number."""
    for name, rule, triggers in KIND:
        for trigger in triggers:  # written out: a call for each of a hundred rules costs more than the rules
            if trigger in lower:
                break
        else:
            continue
        match = rule.search(lower)
        if match:
            if name == "win":
                spans.extend(found.span() for found in FIRST_PLACE.finditer(lower))
            elif name in USED_UP:
                spans.append(match.span())
            return name
    return ""


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


def _period(lower: str, spans: list[tuple[int, int]]) -> str:
    if not PERIOD_GATE.search(lower):
        return ""
    for name, rule in PERIOD:
        match = rule.search(lower)
        if match:
            spans.append(match.span())
            detail = next((value for value in match.groupdict().values() if value), "")
            return f"{name} {detail}".strip()
    return ""


def _measure(lower: str) -> str:
    found = ""
    if MEASURE_WORDS.isdisjoint(PLAIN_WORDS.findall(lower)):
        return found
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

"""A listing's text as facts: who, what, how much, when. What the aligner compares is read here, once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, cached_property, lru_cache
from typing import Final, NamedTuple

from dutchbook.domain.matching.aliases.contests import CUPS, DIVISIONS
from dutchbook.domain.matching.aliases.economy import NEW_YORK
from dutchbook.domain.matching.aliases.phrases import fill_blanks, reword
from dutchbook.domain.matching.aliases.places import STATES
from dutchbook.domain.matching.aliases.words import SOFT, STOP, SYNONYMS
from dutchbook.domain.matching.dates import NO_DATES, Dates, find_dates
from dutchbook.domain.matching.hints import Hints
from dutchbook.domain.matching.lexicon import Entity, lexicon, tokens_of
from dutchbook.domain.matching.limits import Limit, find_limits
from dutchbook.domain.matching.listing import Listing
from dutchbook.domain.matching.predicates import Predicate, find_predicate
from dutchbook.domain.matching.sides import Side, Sides, find_sides, side_of
from dutchbook.domain.matching.text import digitise, fold, words_of

_AMERICAN_FOOTBALL: Final = frozenset({"nfl", "ncaaf"})
_BY_LAST_YEAR: Final = frozenset({"nba", "nhl"})
_DISTRICT: Final = re.compile(
    r"\b(?P<state>[A-Z][a-z]+(?: [A-Z][a-z]+)?)(?:'s)? (?P<number>\d{1,2})(?:st|nd|rd|"
    r"th)?(?: Congressional)? (?:District|House)"
)
_DESCRIPTION: Final = re.compile(
    r"\?\s*[:\-]?\s*(?=This market|The market|This is|In the upcoming|If |On |\")"
)
_CLOCK: Final = re.compile(
    r"\b\d{1,2}(?::\d\d)?\s*[ap]\.?m\.?\b(?:\s*(?:e[sd]?t|utc|gmt|p[sd]t|c[sd]t))?|\b\d{1,2}:\d\d\b",
    re.IGNORECASE,
)
_CLOCK_TIME: Final = re.compile(
    r"\b(\d{1,2})(?::(\d\d))?\s*([ap])\.?m\.?\b\s*(e[sd]?t|utc|gmt|p[sd]?t|c[sd]?t)?"
)
_DIGIT: Final = re.compile(r"\d")
_MONTH_GATE: Final = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)")
_POLARITY: Final = re.compile(r"\b(?:not|won't|wont|fail(?:s)? to|never|without|un(?:able))\b")
_QUARTER_POINT: Final = 25
"""Basis points: what central banks' moves are multiples of."""
_NEW_YORK_CLOSE: Final = "960e"
"""4 p.m. Eastern, as `Reading.clock` has it."""
_INITIALS: Final = re.compile(r" \(([A-Z]{2,6})\)")
_PREDICATE_WORDS_TABLE: Final = """
nominee primary ticket presidential winner win champion leader lead hit record score team teams control
place btts spread totals total o u ou assist run house1
"""
_PREDICATE_WORDS: Final = frozenset(_PREDICATE_WORDS_TABLE.split())


_USED_UP: Final = {
    "golden boot": frozenset({"golden boot", "goal", "goalscorer", "scorer", "top", "full"}),
    "spread": frozenset({"point", "goal", "run", "map", "round"}),
}
"""What a kind already says; a spread's unit is compared as the measure."""


_PARTY_WORDS: Final = frozenset({"d", "r", "democrat", "republican", "balance", "power"})


_MOVES: Final = frozenset({"cut", "hike", "maintain"})


class Term(NamedTuple):
    """One thing in the bag of a text: a canonical word or an entity. `weight` 0 is soft."""

    text: str
    entity: Entity | None
    capital: bool
    weight: int


def strip_description(title: str) -> str:
    """Some feeds append the rules to the title: keep the question."""
    match = _DESCRIPTION.search(title)
    return title[: match.start() + 1] if match else title


def _said_before(match: re.Match[str]) -> str:
    """Initials in brackets of the words before them ("Chinese Communist Party (CCP)") add nothing."""
    words = match.string[: match.start()].split()[-len(match[1]) :]
    return "" if "".join(word[0] for word in words).upper() == match[1] else match.group()


class Reading:
    """The facts of one text. An empty one means that the text does not say.

    Each is read when it is first asked for: many pairs are refused by their kinds, before the dates, the
    amounts and the words of either are needed.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        plain = fold(strip_description(fill_blanks(text)))
        cased = digitise(reword(_INITIALS.sub(_said_before, plain)))
        if "District" in cased or "House" in cased:
            cased = _DISTRICT.sub(_district, cased)
        self._cased, self._lower = cased, cased.lower()

    @cached_property
    def predicate(self) -> Predicate:
        return find_predicate(self._cased, self._lower)

    @cached_property
    def sides(self) -> Sides | None:
        return find_sides(self._cased)

    @cached_property
    def _asked(self) -> tuple[tuple[int, int], ...]:
        """What the predicate and the sides use up of the text."""
        return (*self.predicate.spans, self.sides.span) if self.sides else self.predicate.spans

    @cached_property
    def _has_digit(self) -> bool:
        return _DIGIT.search(_blank(self._lower, self._asked)) is not None

    @cached_property
    def dates(self) -> Dates:
        return find_dates(self._lower) if self._has_digit or _names_month(self._lower) else NO_DATES

    @cached_property
    def _amounts(self) -> tuple[tuple[Limit, ...], str]:
        """The limits as they are written, and the text without all that was read of it: names and words."""
        used = (*self._asked, *self.dates.spans)
        plain = _blank(self._lower, used) if self._has_digit else ""
        if not _DIGIT.search(plain):
            return (), _blank(self._cased, used)
        limits, spans = find_limits(_CLOCK.sub(lambda m: " " * len(m.group()), plain))
        return limits, _CLOCK.sub(" ", _blank(self._cased, (*used, *spans)))

    @cached_property
    def bag(self) -> tuple[Term, ...]:
        """What is named, each thing once."""
        predicate, bag = self.predicate, _bag(self._amounts[1])
        if used_up := _USED_UP.get(predicate.kind):
            bag = tuple(term for term in bag if term.text not in used_up)
        if predicate.kind == "combination" and predicate.detail:
            # "D House, R Senate", "Republican Senate, Democratic House": who holds what is one thing.
            bag = tuple(term for term in bag if term.text not in _PARTY_WORDS)
            bag = (*bag, Term(predicate.detail, None, True, 1))
        return (*bag, *_bodies(predicate.stages))

    @cached_property
    def moves(self) -> frozenset[str]:
        """Of a central bank: cut, hike, maintain."""
        return frozenset([term.text for term in self.bag if term.text in _MOVES])

    @cached_property
    def limits(self) -> tuple[Limit, ...]:
        return tuple([_in_steps(limit, self.predicate, self.moves) for limit in self._amounts[0]])

    @cached_property
    def negated(self) -> bool:
        return _POLARITY.search(self._lower) is not None

    @cached_property
    def clock(self) -> str:
        """The only time of day that is named, as minutes after midnight with its zone's letter ("1020e")."""
        clock = _clock(self._lower) if self._has_digit and not self.predicate.candle else ""
        is_plain_close = clock == _NEW_YORK_CLOSE and "close" in self.predicate.basis
        return "" if is_plain_close and _is_listed(self.bag) else clock


@lru_cache(maxsize=200_000)
def read(text: str) -> Reading:
    """Read one text (a title, or a title with its outcome), once."""
    return Reading(text)


def _is_listed(bag: tuple[Term, ...]) -> bool:
    return any(term.entity is not None and term.entity.name in NEW_YORK for term in bag)


def _bodies(stages: frozenset[str]) -> Iterator[Term]:
    """The sports body whose division a stage names."""
    for stage in stages:
        if stage.startswith("division ") and (body := DIVISIONS.get(stage.split()[1])):
            yield Term(body, tokens_of(words_of(body.upper()))[0].entity, True, 1)


def _in_steps(limit: Limit, predicate: Predicate, moves: frozenset[str]) -> Limit:
    """Goals come one by one, degrees are reported whole, central banks move by quarters of a point."""
    if predicate.kind in {"temperature", "spread"} or (predicate.measure and not limit.unit):
        return limit.counted()
    ends = [end for end in (limit.low, limit.high) if end is not None]
    if moves and limit.unit == "bps" and not any(end % _QUARTER_POINT for end in ends):
        return limit.counted(_QUARTER_POINT)
    return limit


def _clock(lower: str) -> str:
    found = _CLOCK_TIME.findall(lower)
    if len(found) != 1:
        return ""
    hour, minute, half, zone = found[0]
    minutes = (int(hour) % 12 + (12 if half == "p" else 0)) * 60 + int(minute or 0)
    return f"{minutes}{zone[:1]}"


def _bag(cased: str) -> tuple[Term, ...]:
    terms: dict[str, Term] = {}
    for token in tokens_of(words_of(cased)):
        if token.entity is None:
            term = _plain_term(token.text, token.capital)
        else:
            term = Term(token.text, token.entity, token.capital, 1)
        if term is not None:
            terms.setdefault(term.text, term)
    return tuple(terms.values())


@lru_cache(maxsize=50_000)
def _plain_term(word: str, capital: bool) -> Term | None:
    """A word in its canonical form and its weight; None for one that carries no meaning."""
    if word in STOP:
        return None
    text = SYNONYMS.get(word) or (word if word in lexicon().nicknames else _singular(word))
    weight = 0 if text in SOFT or word in SOFT or text in _PREDICATE_WORDS else 1
    return Term(text, None, capital, weight)


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word[-1] == "s" and word[-2] not in "su" and not word.endswith("is"):
        return word[:-1]
    return word


def _blank(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, stop in spans:
        text = text[:start] + " " * (stop - start) + text[stop:]
    return text


def _names_month(lower: str) -> bool:
    return _MONTH_GATE.search(lower) is not None


def _district(match: re.Match[str]) -> str:
    code = state_codes().get(match["state"].lower())
    return f"{code}-{match['number']} House" if code else match.group()


@cache
def state_codes() -> dict[str, str]:
    """State name in lower case to postal code."""
    rows = (line.split("|") for line in STATES.strip().splitlines())
    return {name.lower(): code for name, code in rows}


def is_bare_match(reading: Reading) -> bool:
    """Whether a title without a predicate only names a match ("Cup: A vs. B"): no ordinary word is left
    over.
    """
    return not any(
        term.weight and not term.capital and term.entity is None and term.text.isalpha()
        for term in reading.bag
    )


def with_seasons(hints: Hints, reading: Reading) -> Hints:
    """The hints, with how the competition that the text names counts its seasons.

    American football by the first year, but for its finals and drafts, which have a day; cups over two years
    by that of the final.
    """
    names = {term.entity.name for term in reading.bag if term.entity is not None}
    by_first = not names.isdisjoint(_AMERICAN_FOOTBALL) and all(term.text != "draft" for term in reading.bag)
    by_last = hints.body in _BY_LAST_YEAR or not names.isdisjoint(CUPS)
    if not (by_first or by_last):
        return hints
    return hints._replace(by_first_year=hints.by_first_year or by_first, by_last_year=by_last)


def full_text(listing: Listing) -> str:
    """The question as one text: an outcome that the title does not repeat is put after a colon."""
    title = listing.title.strip()
    outcome = listing.outcome.strip()
    if outcome and outcome.lower() not in {"yes", "no"} and fold(outcome).lower() not in fold(title).lower():
        return f"{title}: {outcome}" if not title.endswith("?") else f"{title[:-1]}: {outcome}"
    return title


def outcome_side(text: str) -> Side | None:
    """A named outcome as a side, to compare it with the sides of its event."""
    return side_of(digitise(fold(text)))

"""An event read as a grid: what it is about, what its questions ask, and in what they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from dutchbook.domain.matching.dates import Dates, When
from dutchbook.domain.matching.hints import Hints, hints_of
from dutchbook.domain.matching.limits import Limit
from dutchbook.domain.matching.listing import EventListing
from dutchbook.domain.matching.reading import Reading, Term, is_bare_match, read
from dutchbook.domain.matching.sides import Sides
from dutchbook.domain.matching.timing import main_date
from dutchbook.domain.matching.vetoes import GAME_KINDS

MIXED: Final = "mixed"


class Cell(NamedTuple):
    """What one question of an event asks, apart from its outcome."""

    kind: str
    period: str
    measure: str


class Grid(NamedTuple):
    """An event as read: what it is about, what its questions ask, and their outcomes."""

    listing: EventListing
    title: Reading
    sides: Sides | None
    cells: frozenset[Cell]
    bag: tuple[Term, ...]
    context: tuple[Term, ...]
    limits: frozenset[Limit]
    outcomes: tuple[tuple[Term, ...], ...]
    dates: Dates
    moves: frozenset[str]
    hints: Hints
    deadlines: frozenset[When]
    """The questions' dates where these are what they differ in; else nothing."""

    @property
    def kind(self) -> str:
        kinds = {cell.kind for cell in self.cells}
        return next(iter(kinds)) if len(kinds) == 1 else MIXED


@lru_cache(maxsize=50_000)
def grid_of(event: EventListing) -> Grid:
    """Read an event from its title and its questions' titles."""
    prefix, children = _split_prefix(event)
    title = read(prefix)
    readings = [read(child) for child in children]
    named = [reading for reading in readings if not reading.predicate.placeholder]
    sides = title.sides or next((reading.sides for reading in named if reading.sides), None)
    common = _common(named)
    outcomes = tuple(
        tuple(term for term in reading.bag if term.text not in common and term.weight) for reading in named
    )
    shared = tuple(term for term in (named[0].bag if named else ()) if term.text in common)
    counts = Counter(term.text for bag in outcomes for term in bag)
    # A word of the title that a few questions have is one of their outcomes; one of most, the event's.
    is_outcome = {text for text, count in counts.items() if len(named) > 1 and 2 * count < len(named)}
    bag = tuple(term for term in title.bag if term.text not in is_outcome)
    return Grid(
        event,
        title,
        sides,
        _cells(title, named or readings, sides),
        bag,
        (*title.bag, *shared),
        frozenset(limit for reading in named for limit in reading.limits) or frozenset(title.limits),
        outcomes,
        _dates(title, named),
        frozenset(move for reading in named for move in reading.moves),
        hints_of(event.event_id, event.event_time, event.close_time),
        _deadlines(named),
    )


def _split_prefix(event: EventListing) -> tuple[str, tuple[str, ...]]:
    """Limitless repeats the event before each outcome ("Next pope?: Somebody") and titles the event by its
    first.
    """
    children = tuple(dict.fromkeys(child.strip() for child in event.children if child.strip()))
    title = event.title.strip()
    if len(children) > 1:
        prefixes = {child.rpartition(": ")[0] for child in children}
        if len(prefixes) == 1 and (prefix := next(iter(prefixes))):
            if title.startswith(prefix):
                title = prefix
            return title, children
    return title, children


def _common(readings: Sequence[Reading]) -> frozenset[str]:
    """Words that every question has: they belong to the event, the rest to the outcomes."""
    if len(readings) < 2:
        return frozenset(term.text for reading in readings for term in reading.bag)
    shared = {term.text for term in readings[0].bag}
    for reading in readings[1:]:
        shared &= {term.text for term in reading.bag}
    return frozenset(shared)


def _cells(title: Reading, children: Sequence[Reading], sides: Sides | None) -> frozenset[Cell]:
    top = title.predicate
    if top.kind == "more markets":
        return frozenset({Cell(MIXED, "", ""), *(cell_of(child, "", "", "", sides) for child in children)})
    if top.kind and top.kind != "win" and not children:
        return frozenset({Cell(top.kind, top.period, top.measure)})
    specific = top.kind if top.kind in GAME_KINDS or top.period else ""
    found = {cell_of(child, specific, top.period, top.measure, sides) for child in children}
    if found <= {Cell("", "", "")} or not found:
        return frozenset(
            {Cell(top.kind or ("win" if sides and is_bare_match(title) else ""), top.period, top.measure)}
        )
    return frozenset(found)


def cell_of(
    child: Reading, title_kind: str, title_period: str, title_measure: str, sides: Sides | None
) -> Cell:
    own = child.predicate
    kind = (
        title_kind if title_kind and (own.kind in {"", "win"} or title_kind not in GAME_KINDS) else own.kind
    )
    if not kind and sides is not None and is_bare_match(child):
        kind = "win"
    measure = (
        (own.measure or title_measure) if kind in {"total", "player stat", "seasonal total", "lead"} else ""
    )
    if kind in {"total"} and measure in {"goals", "points", "runs"}:
        measure = ""
    return Cell(kind, own.period or title_period, measure)


def _dates(title: Reading, children: Sequence[Reading]) -> Dates:
    """The title's dates; where it has none, those that all questions share; years from either."""
    whens = title.dates.whens
    years, seasons = set(title.dates.years), set(title.dates.seasons)
    if children:
        shared = set(children[0].dates.whens)
        for child in children[1:]:
            shared &= set(child.dates.whens)
        whens = whens or tuple(sorted(shared, key=str))
        if not years:
            years = set.intersection(*(set(child.dates.years) for child in children))
        if not seasons:
            seasons = set.intersection(*(set(child.dates.seasons) for child in children))
    return Dates(whens, frozenset(years), frozenset(seasons), ())


def _deadlines(questions: Sequence[Reading]) -> frozenset[When]:
    found = frozenset(when for question in questions if (when := main_date(question.dates)))
    return found if len(found) > 1 else frozenset()

"""The verdict on two events: are they the same grid of questions, does one contain the other's question, or
neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from dutchbook.domain.matching.comparison import Comparison
from dutchbook.domain.matching.dates import When
from dutchbook.domain.matching.grids import MIXED, Cell, Grid, cell_of, grid_of
from dutchbook.domain.matching.judgement import Family, Judgement, Relation
from dutchbook.domain.matching.limits import Limit
from dutchbook.domain.matching.listing import EventListing
from dutchbook.domain.matching.names import (
    leagues_of,
    match_bags,
    side_agrees,
    sides_agree,
    terms_agree,
    with_bodies,
)
from dutchbook.domain.matching.predicates import Predicate
from dutchbook.domain.matching.reading import Term, read
from dutchbook.domain.matching.rules_text import compare_rules
from dutchbook.domain.matching.sides import division, divisions_agree
from dutchbook.domain.matching.timing import compare_dates, compare_game_day, dated, main_date
from dutchbook.domain.matching.vetoes import (
    GAME_KINDS,
    PLAYER_KINDS,
    compare_clocks,
    compare_direction,
    compare_kinds,
    compare_limits,
    compare_predicates,
    judge_bags,
    same_limit,
)

_DRAW: Final = "draw"
_OPEN: Final = re.compile(r"(?:who|which|what|when|where|how)\b", re.IGNORECASE)
_MOST: Final = 2
"""Of lists that are only seen in part, one in this many entries of the shorter must be common."""


def judge_events(left: EventListing, right: EventListing) -> Judgement:
    """How two events stand: `same` grid, `contains` (one asks a question of the other), different or
    unsure.
    """
    a, b = grid_of(left), grid_of(right)
    into = Comparison()
    _compare_about(a, b, into)
    if into.vetoes:
        return into.judgement()
    grid = Comparison()
    _compare_cells(a, b, grid)
    into.evidence.extend(grid.evidence)
    if grid.vetoes or grid.doubts:
        if not into.doubts and _shares_question(a, b):
            return Judgement(
                Relation.CONTAINS, into.judgement().score_ppm, tuple(into.evidence), (), tuple(grid.vetoes)
            )
        into.vetoes.extend(grid.vetoes)
        into.doubts.extend(grid.doubts)
    compare_rules(left.rules, right.rules, into)
    return into.judgement()


def _compare_about(a: Grid, b: Grid, into: Comparison) -> None:
    """The same contest or subject, on the same day, in the same year."""
    if (a.sides is None) != (b.sides is None):
        said = str(a.sides or " ".join(t.text for t in a.title.bag))
        other = str(b.sides or " ".join(t.text for t in b.title.bag))
        into.veto(Family.SUBJECT, said, other)
        return
    if a.sides is not None and b.sides is not None:
        if sides_agree(a.sides, b.sides):
            into.agree("sides", a.sides)
        elif _one_side_agrees(a, b):
            into.agree("one side, and a football club plays once a day", f"{a.sides} / {b.sides}")
        else:
            into.veto(Family.SUBJECT, a.sides, b.sides)
            return
        into.matched += 2
        mine, theirs = (tuple(term.text for term in grid.context) for grid in (a, b))
        if not divisions_agree(mine, theirs):
            into.veto(Family.SUBJECT, _words(division(mine)), _words(division(theirs)))
        is_series = any(cell.period == "series" for cell in a.cells | b.cells)
        leagues = frozenset() if is_series else leagues_of(a.sides, b.sides)
        compare_game_day(a.dates, b.dates, a.hints, b.hints, into, leagues=leagues)
        return
    found = match_bags(a.bag, b.bag, a.context, b.context)
    found = with_bodies(found, a.hints.body, b.hints.body)
    stages = a.title.predicate.stages & b.title.predicate.stages
    if stages:
        # "AL East winner": the stage is the name.
        found = found._replace(matched=found.matched + 1, named=found.named + 1)
    into.agree("words", found.matched)
    judge_bags(found, into)
    if not found.matched and not into.vetoes:
        into.veto(Family.SUBJECT, _texts(a.bag), _texts(b.bag))
    compare_direction(a.title, b.title, into)
    if not (a.deadlines or b.deadlines):
        compare_dates(a.dates, b.dates, a.hints, b.hints, into)


def _one_side_agrees(a: Grid, b: Grid) -> bool:
    """One club is surely the same, at home or away alike, on the same day, in a match that can be drawn.

    The other club then only goes by a name that no table has. Not for esports or baseball, where a side
    may play twice a day, nor when both other names are known and differ.
    """
    if not (a.sides and b.sides and a.hints.event_day and a.hints.event_day == b.hints.event_day):
        return False
    if not (_has_draw(a) and _has_draw(b)):
        return False
    for mine, theirs, other, another in (
        (a.sides.left, b.sides.left, a.sides.right, b.sides.right),
        (a.sides.right, b.sides.right, a.sides.left, b.sides.left),
    ):
        if side_agrees(mine, theirs) and not (other.clubs and another.clubs):
            return True
    return False


def _compare_cells(a: Grid, b: Grid, into: Comparison) -> None:
    """The same kind of questions with the same limits and outcomes."""
    if MIXED in (a.kind, b.kind):
        if a.cells != b.cells:
            into.veto(Family.PREDICATE, _kinds(a.cells), _kinds(b.cells))
        else:
            into.doubt(Family.PREDICATE, _kinds(a.cells), _kinds(b.cells))
        return
    compare_kinds(a.kind, b.kind, into)
    compare_clocks(_clock(a), _clock(b), into)
    for name, at in (("period", 1), ("measure", 2)):
        mine, theirs = {cell[at] for cell in a.cells}, {cell[at] for cell in b.cells}
        if mine != theirs:
            into.veto(Family.PERIOD if name == "period" else Family.PREDICATE, _words(mine), _words(theirs))
    is_game = a.sides is not None
    compare_predicates(_markers(a), _markers(b), into, is_game=is_game)
    if a.moves != b.moves and not (a.moves <= b.moves or b.moves <= a.moves):
        into.veto(Family.CENTRAL_BANK, _words(a.moves), _words(b.moves))
    _compare_grids(a, b, into)
    _compare_deadlines(a, b, into)
    if not is_game:
        _compare_counts(a, b, into)
    if a.kind in PLAYER_KINDS or not is_game:
        _compare_outcomes(a, b, into)
    elif a.kind == "win":
        _compare_draws(a, b, into)


def _clock(grid: Grid) -> str:
    if grid.title.clock:
        return grid.title.clock
    clocks = {read(child).clock for child in grid.listing.children}
    return clocks.pop() if len(clocks) == 1 else ""


def _markers(grid: Grid) -> Predicate:
    """Stage, basis and grain of the title and of what the questions share."""
    own = grid.title.predicate
    children = [read(child).predicate for child in grid.listing.children]
    stages, basis, grains = set(own.stages), set(own.basis), set(own.grains)
    if children:
        stages |= set.intersection(*(set(child.stages) for child in children))
        basis |= set.intersection(*(set(child.basis) for child in children))
        grains |= set.intersection(*(set(child.grains) for child in children))
    return own._replace(
        stages=frozenset(stages),
        basis=frozenset(basis),
        grains=frozenset(grains),
        period="",
        measure="",
        kind=grid.kind,
    )


def _compare_grids(a: Grid, b: Grid, into: Comparison) -> None:
    """Limits: all the same when both lists are complete; the same form otherwise."""
    if not a.limits and not b.limits:
        return
    if len(a.limits) == len(b.limits) == 1:
        compare_limits(tuple(a.limits), tuple(b.limits), into, is_price=False)
        return
    mine, theirs = {limit.form for limit in a.limits}, {limit.form for limit in b.limits}
    if ("bucket" in mine) != ("bucket" in theirs):
        into.veto(Family.BUCKET, _said(a.limits), _said(b.limits))
        return
    is_price = any(
        term.entity is not None and "asset" in term.entity.tags for term in (*a.context, *b.context)
    )
    common = sum(
        1 for limit in a.limits if any(same_limit(limit, other, is_price=is_price) for other in b.limits)
    )
    _judge_share(common, (len(a.limits), len(b.limits)), (a, b), Family.THRESHOLD, into)


def _judge_share(
    common: int, sizes: tuple[int, int], grids: tuple[Grid, Grid], family: Family, into: Comparison
) -> None:
    """Lists of thresholds or deadlines: all in common when both are seen whole, else most of the shorter."""
    said = tuple(_said(grid.limits) if family is Family.THRESHOLD else _days(grid) for grid in grids)
    if common == sizes[0] == sizes[1]:
        into.agree(f"{family.value}s", common)
    elif all(sizes) and all(grid.listing.is_complete for grid in grids):
        into.veto(family, *said)
    elif all(sizes) and common * _MOST >= min(sizes) and not any(grid.listing.is_complete for grid in grids):
        into.agree(f"{family.value}s in common, of lists seen in part", common)
    else:
        into.doubt(family, *said)


def _compare_deadlines(a: Grid, b: Grid, into: Comparison) -> None:
    """Questions that differ in their deadlines: the same list of them, or one event holds the other's."""
    if not (a.deadlines or b.deadlines):
        return
    mine, theirs = ({dated(when, grid.dates, grid.hints).end for when in _whens(grid)} for grid in (a, b))
    common = len(mine & theirs)
    if a.deadlines and b.deadlines:
        _judge_share(common, (len(mine), len(theirs)), (a, b), Family.DATE, into)
    elif mine and theirs:
        into.veto(Family.DATE, _days(a), _days(b))
    else:
        into.doubt(Family.DATE, _days(a), _days(b))


def _whens(grid: Grid) -> Iterable[When]:
    own = main_date(grid.dates)
    return grid.deadlines or ((own,) if own else ())


def _days(grid: Grid) -> str:
    return "; ".join(sorted(str(when) for when in _whens(grid))[:4])


def _count(grid: Grid) -> int:
    """How many questions; 0 when not known: "Who will…?" is the title of many, however few are seen."""
    children = set(grid.listing.children)
    is_open = len(children) == 1 and _OPEN.match(next(iter(children))) is not None
    return 0 if is_open and grid.listing.child_count <= 1 else grid.listing.child_count


def _compare_counts(a: Grid, b: Grid, into: Comparison) -> None:
    """One question is not a list of several, though it may be among them."""
    mine, theirs = _count(a), _count(b)
    if mine and theirs and (mine == 1) != (theirs == 1):
        into.veto(
            Family.CANDIDATES, f"{mine} question{'s' * (mine > 1)}", f"{theirs} question{'s' * (theirs > 1)}"
        )


def _compare_outcomes(a: Grid, b: Grid, into: Comparison) -> None:
    """Complete lists of names must have one in common."""
    mine, theirs = [bag for bag in a.outcomes if bag], [bag for bag in b.outcomes if bag]
    if len(mine) < 2 or len(theirs) < 2:
        return
    if _are_parties(mine) != _are_parties(theirs):
        into.veto(Family.CANDIDATES, "; ".join(map(_texts, mine[:3])), "; ".join(map(_texts, theirs[:3])))
        return
    shared = sum(1 for bag in mine if any(_one_outcome(bag, other) for other in theirs))
    into.evidence.append(f"outcomes in common: {shared} of {len(mine)} and {len(theirs)} seen")
    if shared == 0 and a.listing.is_complete and b.listing.is_complete:
        into.veto(Family.CANDIDATES, "; ".join(map(_texts, mine[:3])), "; ".join(map(_texts, theirs[:3])))


def _are_parties(outcomes: Iterable[tuple[Term, ...]]) -> bool:
    """Whether the outcomes are parties and not their candidates."""
    return all(any(term.entity and "party" in term.entity.tags for term in bag) for bag in outcomes)


def _one_outcome(left: tuple[Term, ...], right: tuple[Term, ...]) -> bool:
    few, many = sorted((left, right), key=len)
    return all(any(terms_agree(term, other, frozenset()) for other in many) for term in few)


def _compare_draws(a: Grid, b: Grid, into: Comparison) -> None:
    """A three-way match (with a draw) and a two-way one settle a draw differently."""
    mine, theirs = (_has_draw(grid) for grid in (a, b))
    if mine is not None and theirs is not None and mine != theirs:
        into.doubt(
            Family.CANDIDATES,
            "with draw" if mine else "without draw",
            "with draw" if theirs else "without draw",
        )


def _has_draw(grid: Grid) -> bool | None:
    """Whether the draw is an outcome; None when the titles do not show the outcomes."""
    texts = {term.text for child in grid.listing.children for term in read(child).bag}
    if _DRAW in texts or grid.listing.child_count == 3:
        return True
    return False if grid.listing.is_complete else None


def _shares_question(a: Grid, b: Grid) -> bool:
    """Whether some question of one is a question of the other: one cell and one limit in common."""
    return bool(set(_questions(a)) & set(_questions(b)))


def _questions(grid: Grid) -> Iterable[tuple[Cell, str, str]]:
    top = grid.title.predicate
    for child in grid.listing.children or (grid.title.text,):
        reading = read(child)
        if reading.predicate.placeholder:
            continue
        specific = top.kind if top.kind in GAME_KINDS and top.kind != "more markets" else ""
        cell = cell_of(reading, specific, top.period, top.measure, grid.sides)
        limits = [limit.counted() if grid.sides else limit for limit in reading.limits]
        marks = reading.predicate.basis | (
            frozenset() if grid.sides else reading.predicate.stages | top.stages
        )
        candle = reading.predicate.candle or top.candle
        yield (
            cell,
            "; ".join(sorted(_plain(limit) for limit in limits)),
            " ".join(sorted(marks)) + f" {candle}",
        )


def _plain(limit: Limit) -> str:
    if limit.form == "line":
        return str(Limit(limit.low, None, False, False, "", "threshold").counted())
    return str(limit)


def _said(limits: Iterable[Limit]) -> str:
    return "; ".join(sorted(str(limit) for limit in limits)[:4])


def _kinds(cells: Iterable[Cell]) -> str:
    return ", ".join(sorted({" ".join(part for part in cell if part) for cell in cells})[:4])


def _words(values: Iterable[str]) -> str:
    return ", ".join(sorted(value for value in values if value)) or "whole"


def _texts(terms: Iterable[Term]) -> str:
    return " ".join(term.text for term in terms)

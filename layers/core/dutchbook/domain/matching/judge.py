"""The verdict on two questions: read both, align what they say, refuse by families, then score."""

from __future__ import annotations

from typing import Final

from dutchbook.domain.matching.comparison import Comparison, Vetoed
from dutchbook.domain.matching.dates import Dates
from dutchbook.domain.matching.judgement import VETOED, Family, Judgement
from dutchbook.domain.matching.listing import Listing
from dutchbook.domain.matching.names import leagues_of, match_bags, side_agrees, sides_agree, with_bodies
from dutchbook.domain.matching.predicates import Predicate
from dutchbook.domain.matching.question import DAILY, Question, is_two_way, outcome_of
from dutchbook.domain.matching.reading import Term
from dutchbook.domain.matching.rules_text import compare_rules, compare_scope
from dutchbook.domain.matching.sides import Side, Sides, clubs_of, division, divisions_agree
from dutchbook.domain.matching.timing import (
    compare_dates,
    compare_day_of_one_side,
    compare_game_day,
    compare_terms,
    main_date,
)
from dutchbook.domain.matching.vetoes import (
    OF_ONE_SIDE,
    ORDERED,
    PLAYER_KINDS,
    compare_clocks,
    compare_details,
    compare_direction,
    compare_kinds,
    compare_limits,
    compare_moves,
    compare_order,
    compare_predicates,
    judge_bags,
)

_ORDERING: Final = frozenset({"defeat", "beat", "before", "flip"})
"""Verbs and conjunctions that read otherwise when the names around them change places."""


def judge(left: Listing, right: Listing) -> Judgement:
    """How two questions stand to each other, with the evidence. Symmetric, deterministic, pure."""
    return judge_questions(Question(left), Question(right))


def judge_questions(left: Question, right: Question, *, brief: bool = False) -> Judgement:
    """`judge` on listings that are already read.

    `brief` stops at the first veto and does not say which it was: for scans that throw refused pairs away.
    """
    try:
        return _compared(left, right, Comparison(brief=brief))
    except Vetoed:
        return VETOED


def _compared(left: Question, right: Question, into: Comparison) -> Judgement:
    for step in _STEPS:
        step(left, right, into)
        if into.vetoes and step is _compare_placeholders:
            _compare_rules(left, right, into)
            break
    return into.judgement()


def _compare_placeholders(left: Question, right: Question, into: Comparison) -> None:
    a, b = left.own.predicate.placeholder, right.own.predicate.placeholder
    if a or b:
        into.veto(Family.PLACEHOLDER, a, b)


def _compare_predicates(left: Question, right: Question, into: Comparison) -> None:
    compare_kinds(left.kind, right.kind, into)
    is_game = left.sides is not None and right.sides is not None
    compare_predicates(_with_event(left), _with_event(right), into, is_game=is_game)


def _compare_amounts(left: Question, right: Question, into: Comparison) -> None:
    is_price = left.is_of_price or right.is_of_price
    compare_limits(left.own.limits, right.own.limits, into, is_price=is_price)
    compare_moves(left.own, right.own, into)
    compare_clocks(left.own.clock, right.own.clock, into)
    if left.own.negated != right.own.negated:
        into.flips += 1
        into.evidence.append("one side is negated")


def _compare_about(left: Question, right: Question, into: Comparison) -> None:
    if left.sides is not None and right.sides is not None:
        _compare_games(left, right, left.sides, right.sides, into)
    elif _is_result(left) and right.sides is None and right.kind == "win":
        _compare_with_solo(left, right, into, is_left=True)
    elif _is_result(right) and left.sides is None and left.kind == "win":
        _compare_with_solo(right, left, into, is_left=False)
    elif left.kind == right.kind and left.kind in OF_ONE_SIDE:
        _compare_subjects(left, right, into)
        daily = bool({left.hints.body, right.hints.body} & DAILY) or _plays_daily(left) or _plays_daily(right)
        compare_day_of_one_side(_dates(left), _dates(right), left.hints, right.hints, into, is_daily=daily)
    else:
        _compare_subjects(left, right, into)
        compare_dates(_dates(left), _dates(right), left.hints, right.hints, into)
        compare_terms(_dates(left), _dates(right), left.hints, right.hints, into)


def _plays_daily(question: Question) -> bool:
    """Whether a club or a league is named whose teams play on consecutive days."""
    return any(
        identity.split(":", 1)[-1 if identity.startswith("league:") else 0] in DAILY
        for term in question.own.bag
        if term.entity is not None
        for identity in term.entity.ids
    )


def _compare_rules(left: Question, right: Question, into: Comparison) -> None:
    compare_scope(left.listing.title, right.listing.title, into)
    compare_rules(left.listing.rules, right.listing.rules, into)
    _mention_mirror(left.listing, right.listing, into)


_STEPS: Final = (_compare_placeholders, _compare_predicates, _compare_amounts, _compare_about, _compare_rules)


def _is_result(question: Question) -> bool:
    """Whether the question asks who wins a named match."""
    return question.sides is not None and question.kind == "win"


def _compare_with_solo(game: Question, solo: Question, into: Comparison, *, is_left: bool) -> None:
    """ "Will Girona win on 2026-05-14?" names its match by the day alone: no club plays twice a day.

    Only where the other text names a draw or an outcome of its own (football), and nothing but the club
    and the day is said. A title, a cup or a season is not a match.
    """
    outcome = outcome_of(game)
    said, other = str(outcome or "not named"), _words(solo)
    day = main_date(solo.own.dates)
    if day is None or day.grain != "day" or day.is_deadline or not isinstance(outcome, Side):
        into.veto(Family.PREDICATE, *_ordered(str(game.sides), other, is_left))
        return
    words = tuple(part for term in solo.own.bag if term.weight for part in term.text.replace(".", "").split())
    named = Side(words, clubs_of(words))
    if not words or not side_agrees(named, outcome):
        into.veto(Family.OUTCOME, *_ordered(said, other, is_left))
        return
    into.agree("outcome", outcome)
    into.matched += 2
    compare_game_day(_dates(game), _dates(solo), game.hints, solo.hints, into)
    if any(club.split(":", 1)[0] in DAILY for club in outcome.clubs):
        into.doubt(Family.DATE, "a club that may play on two days running", str(day))
    _compare_leagues(game, solo, into)


def _ordered(game: str, solo: str, is_left: bool) -> tuple[str, str]:
    return (game, solo) if is_left else (solo, game)


def _compare_games(left: Question, right: Question, mine: Sides, theirs: Sides, into: Comparison) -> None:
    order = sides_agree(mine, theirs)
    if not order:
        into.veto(Family.SUBJECT, mine, theirs)
        return
    into.agree("sides", mine)
    into.matched += 2
    detail = right.own.predicate.detail
    if order == "swapped" and left.kind == right.kind == "exact score":
        detail = "-".join(reversed(detail.split("-")))
    compare_details(left.own.predicate.detail, detail, into)
    leagues = frozenset() if _with_event(left).period == "series" else leagues_of(mine, theirs)
    compare_game_day(_dates(left), _dates(right), left.hints, right.hints, into, leagues=leagues)
    _compare_leagues(left, right, into)
    if left.kind in PLAYER_KINDS or right.kind in PLAYER_KINDS:
        judge_bags(match_bags(left.own.bag, right.own.bag, right.context, left.context), into)
    else:
        _compare_outcomes(left, right, into)


def _compare_outcomes(left: Question, right: Question, into: Comparison) -> None:
    a, b = outcome_of(left), outcome_of(right)
    if a == b == "":
        if left.kind == "win":
            into.doubt(Family.OUTCOME, "not named", "not named")
        return
    first = left.sides.left if left.sides else None
    mapped = b
    if right.sides and left.sides and isinstance(b, Side):
        mapped = left.sides.left if side_agrees(b, left.sides.left) else left.sides.right
    if not a or not b:
        said, other = str(a or "not named"), str(b or "not named")
        (into.doubt if left.kind == "win" else into.veto)(Family.OUTCOME, said, other)
    elif a == mapped:
        into.agree("outcome", a)
        into.matched += 1
    elif isinstance(a, Side) and isinstance(mapped, Side) and is_two_way(left, right) and first is not None:
        into.agree("outcome, the other side of a two-way match", f"{a} / {mapped}")
        into.flips += 1
    else:
        into.veto(Family.OUTCOME, a, b)


def _compare_leagues(left: Question, right: Question, into: Comparison) -> None:
    """Two games of one day between the same names are one, unless women, youth or reserves play one of
    them.
    """
    a = tuple(term.text for term in (*left.own.bag, *left.context))
    b = tuple(term.text for term in (*right.own.bag, *right.context))
    if not divisions_agree(a, b):
        said, other = (", ".join(sorted(division(words))) or "first team" for words in (a, b))
        into.veto(Family.SUBJECT, said, other)


def _compare_subjects(left: Question, right: Question, into: Comparison) -> None:
    tickers = left.hints.body, right.hints.body
    found = match_bags(_bag(left), _bag(right), left.context, right.context, tickers)
    found = with_bodies(found, left.hints.body, right.hints.body)
    judge_bags(found, into)
    compare_direction(left.own, right.own, into)
    texts = {term.text for term in left.own.bag}
    by_chamber = left.own.predicate.detail and right.own.predicate.detail
    if ({left.kind, right.kind} & ORDERED and not by_chamber) or texts & _ORDERING:
        compare_order(left.own.bag, right.own.bag, into)
    if not found.matched and not into.vetoes:
        into.veto(Family.SUBJECT, _words(left), _words(right))


def _words(question: Question) -> str:
    return " ".join(term.text for term in question.own.bag)


def _bag(question: Question) -> tuple[Term, ...]:
    """The bag, with the sides' words put back when only one of the two texts is a game."""
    if question.own.sides is None:
        return question.own.bag
    words = dict.fromkeys((*question.own.sides.left.words, *question.own.sides.right.words))
    return (*question.own.bag, *(Term(word, None, True, 1) for word in words))


def _with_event(question: Question) -> Predicate:
    own = question.own.predicate
    if question.event is None or own.period or not question.sides:
        return own
    return own._replace(
        period=question.event.predicate.period, measure=own.measure or question.event.predicate.measure
    )


def _dates(question: Question) -> Dates:
    if question.own.dates.spans or question.event is None:
        return question.own.dates
    return question.event.dates


def _mention_mirror(left: Listing, right: Listing, into: Comparison) -> None:
    for one, other in ((left, right), (right, left)):
        if one.external_slug and one.external_slug in {other.slug, other.market_id}:
            into.agree("mirrors", one.external_slug)
        elif one.is_mirror:
            into.evidence.append(f"marked as a mirror on {one.venue}")

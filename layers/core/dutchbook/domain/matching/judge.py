"""The verdict on two questions: read both, align what they say, refuse by families, then score."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from dutchbook.domain.matching.comparison import Comparison
from dutchbook.domain.matching.dates import Dates
from dutchbook.domain.matching.judgement import Family, Judgement
from dutchbook.domain.matching.listing import Listing
from dutchbook.domain.matching.names import (
    leagues_of,
    match_bags,
    part_agrees,
    side_agrees,
    sides_agree,
    with_bodies,
)
from dutchbook.domain.matching.predicates import Predicate
from dutchbook.domain.matching.reading import Hints, Reading, Term, full_text, hints_of, is_bare_match, read
from dutchbook.domain.matching.rules_text import compare_rules, compare_scope
from dutchbook.domain.matching.sides import Side, Sides, bare, clubs_of, division, divisions_agree, side_of
from dutchbook.domain.matching.text import fold
from dutchbook.domain.matching.timing import compare_dates, compare_game_day, compare_terms, main_date
from dutchbook.domain.matching.vetoes import (
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

DRAW: Final = "draw"
_GAME_TICKER: Final = re.compile(r"-\d\d[A-Z]{3}\d{2,6}(?P<both>[A-Z]{4,10})(?:-\d)?-(?P<mine>[A-Z]{2,5})$")
_DAILY: Final = frozenset({"mlb", "nba", "wnba", "nhl"})
"""Leagues whose clubs play on consecutive days; venues disagree by one on what a day is."""


class Question(NamedTuple):
    """A listing as read: its own text, its event's text as context, and the hints of time."""

    listing: Listing
    own: Reading
    event: Reading | None
    hints: Hints

    @property
    def sides(self) -> Sides | None:
        return self.own.sides or (self.event.sides if self.event else None)

    @property
    def kind(self) -> str:
        own = self.own.predicate.kind
        if not own and self.event and self.event.predicate.kind not in {"", "more markets", "win"}:
            return self.event.predicate.kind
        return own or ("win" if self.sides and is_bare_match(self.own) else "")

    @property
    def context(self) -> tuple[Term, ...]:
        return self.event.bag if self.event else ()


def question_of(listing: Listing) -> Question:
    """Read a listing; readings are cached by text, so siblings share their event's."""
    own = read(full_text(listing))
    event = (
        read(listing.event_title) if listing.event_title and listing.event_title != listing.title else None
    )
    hints = hints_of(listing.market_id, listing.event_time, listing.close_time, listing.slug)
    return Question(listing, own, event, hints)


def judge(left: Listing, right: Listing) -> Judgement:
    """How two questions stand to each other, with the evidence. Symmetric, deterministic, pure."""
    return judge_questions(question_of(left), question_of(right))


def judge_questions(left: Question, right: Question, *, brief: bool = False) -> Judgement:
    """`judge` on listings that are already read.

    `brief` stops at the first family that refuses: for scans that throw refused pairs away.
    """
    into = Comparison()
    for step in _STEPS:
        step(left, right, into)
        if into.vetoes and brief:
            break
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
    compare_limits(left.own.limits, right.own.limits, into, is_price=_is_price(left) or _is_price(right))
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
    else:
        _compare_subjects(left, right, into)
        compare_dates(_dates(left), _dates(right), left.hints, right.hints, into)
        compare_terms(_dates(left), _dates(right), left.hints, right.hints, into)


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
    words = tuple(part for term in solo.own.bag if term.weight for part in term.text.split())
    named = Side(words, clubs_of(words))
    if not words or not side_agrees(named, outcome):
        into.veto(Family.OUTCOME, *_ordered(said, other, is_left))
        return
    into.agree("outcome", outcome)
    into.matched += 2
    compare_game_day(_dates(game), _dates(solo), game.hints, solo.hints, into)
    if any(club.split(":", 1)[0] in _DAILY for club in outcome.clubs):
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
    elif isinstance(a, Side) and isinstance(mapped, Side) and _is_two_way(left, right) and first is not None:
        into.agree("outcome, the other side of a two-way match", f"{a} / {mapped}")
        into.flips += 1
    else:
        into.veto(Family.OUTCOME, a, b)


def outcome_of(question: Question) -> Side | str:
    """Which side (or the draw) YES stands for; nothing when neither field, ticker nor text says."""
    sides = question.sides
    if sides is None:
        return ""
    return (
        _outcome_field(question, sides)
        or _ticker_outcome(question, sides)
        or _outcome_in_text(question, sides)
    )


def _outcome_in_text(question: Question, sides: Sides) -> Side | str:
    named = _said(question)
    if question.kind == "win" and DRAW in named.words:
        return DRAW
    hits = [side for side in (sides.left, sides.right) if _names_side(named, side, question.own.bag)]
    if len(hits) == 1:
        return hits[0]
    if question.kind == "win" and not hits and question.own.sides and not question.listing.outcome:
        # "A vs. B" by itself is a two-way market of which YES is the first named; "A vs B Winner?" does
        # not say.
        return sides.left if question.own.predicate.kind == "" or question.own.predicate.period else ""
    return ""


def _outcome_field(question: Question, sides: Sides) -> Side | str:
    """The outcome that the venue gives in a field of its own, mapped to a side or the draw."""
    outcome = side_of(fold(question.listing.outcome)) if question.listing.outcome else None
    if outcome is None:
        return ""
    if question.kind == "win" and outcome.words[-1] in {"draw", "tie"}:
        return DRAW
    hits = [side for side in (sides.left, sides.right) if side_agrees(outcome, side)]
    return hits[0] if len(hits) == 1 else ""


def _ticker_outcome(question: Question, sides: Sides) -> Side | str:
    """Kalshi gives each side of a match a market of the same title; the ticker's end says whose it is.

    KXMLBGAME-26MAY161310TORDET-DET: the event's letters are the two sides' codes in the title's order.
    """
    match = _GAME_TICKER.search(question.listing.market_id)
    if match is None or question.kind != "win" or question.listing.outcome:
        return ""
    both, mine = match["both"], match["mine"]
    if mine == "TIE":
        return DRAW
    is_first, is_second = both.startswith(mine), both.endswith(mine)
    return "" if is_first == is_second else sides.left if is_first else sides.right


def _names_side(words: Side, side: Side, bag: tuple[Term, ...]) -> bool:
    texts = words.words
    if side.clubs and any(
        (term.entity is not None and term.entity.ids & side.clubs) or clubs_of((term.text,)) & side.clubs
        for term in bag
    ):
        return True
    if side.clubs and any(term.entity is not None and "club" in term.entity.tags for term in bag):
        return False
    parts = bare(side.words)
    said = tuple(
        part for term in bag if term.weight and not _is_competition(term) for part in term.text.split()
    )
    return _within(parts, texts_split(texts)) or (bool(said) and _within(said, parts))


def texts_split(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Every word of names that may hold several."""
    return tuple(part for text in texts for part in text.split())


def _within(few: tuple[str, ...], many: tuple[str, ...]) -> bool:
    return all(any(part_agrees(word, other) for other in many) for word in few)


def _is_competition(term: Term) -> bool:
    return term.entity is not None and bool(term.entity.tags & {"league", "award"})


def _is_two_way(left: Question, right: Question) -> bool:
    """A match that cannot be drawn: by its league, or one of the texts is the bare "A vs. B" market.

    "Cup, A vs B: A" is not bare: it names its outcome, and beside it there may be a draw.
    """
    if left.sides and right.sides and (leagues := leagues_of(left.sides, right.sides)) and leagues <= _DAILY:
        return True
    return any(
        q.own.sides is not None
        and q.own.predicate.kind == ""
        and not q.listing.outcome
        and not any(_names_side(_said(q), side, q.own.bag) for side in (q.own.sides.left, q.own.sides.right))
        for q in (left, right)
    )


def _said(question: Question) -> Side:
    return Side(tuple(term.text for term in question.own.bag), frozenset())


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
    found = match_bags(_bag(left), _bag(right), left.context, right.context)
    found = with_bodies(found, left.hints.body, right.hints.body)
    judge_bags(found, into)
    compare_direction(left.own, right.own, into)
    texts = {term.text for term in left.own.bag}
    by_chamber = left.own.predicate.detail and right.own.predicate.detail
    if ({left.kind, right.kind} & ORDERED and not by_chamber) or texts & {"defeat", "beat"}:
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


def _is_price(question: Question) -> bool:
    return any(
        term.entity is not None and "asset" in term.entity.tags
        for term in (*question.own.bag, *question.context)
    )


def _mention_mirror(left: Listing, right: Listing, into: Comparison) -> None:
    for one, other in ((left, right), (right, left)):
        if one.external_slug and one.external_slug in {other.slug, other.market_id}:
            into.agree("mirrors", one.external_slug)
        elif one.is_mirror:
            into.evidence.append(f"marked as a mirror on {one.venue}")

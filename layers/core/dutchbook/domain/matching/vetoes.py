"""Typed facts compared family by family: kind, part of the match, stage, basis, measure, threshold,
direction.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from dutchbook.domain.matching.comparison import Comparison
from dutchbook.domain.matching.judgement import Family
from dutchbook.domain.matching.limits import Limit
from dutchbook.domain.matching.names import BagMatch
from dutchbook.domain.matching.predicates import Predicate
from dutchbook.domain.matching.reading import Reading, Term

GAME_KINDS: Final = frozenset(
    {
        "exact score",
        "both teams score",
        "odd even",
        "toss",
        "completed",
        "method of finish",
        "go the distance",
        "first to score",
        "series score",
        "mention",
        "spread",
        "total",
        "team total",
        "first goalscorer",
        "more markets",
        "player stat",
        "goalscorer",
        "double double",
    }
)
PLAYER_KINDS: Final = frozenset({"player stat", "goalscorer", "first goalscorer", "double double"})
OF_ONE_SIDE: Final = PLAYER_KINDS | {"spread", "team total"}
"""Kinds that ask of one game, of which the text may name one club or player only."""
_PROPS: Final = PLAYER_KINDS | {"lead", "golden boot", "seasonal total"}
_STAGES: Final = frozenset(
    {
        "qualify",
        "top finish",
        "nth place",
        "second place",
        "make cut",
        "relegated",
        "runoff",
        "primary place",
        "nominee",
        "candidacy",
        "squad",
    }
)
_TICKETS: Final = frozenset({"ticket", "matchup"})
_PLAIN_MEASURES: Final = frozenset({"", "goals", "points", "runs"})
_NOT_NAMES: Final = frozenset({"democrat", "republican", "president", "vice president"})
ORDERED: Final = frozenset({"ticket", "matchup", "combination"})
_ACTORS: Final = ("country", "person", "asset")
_EQUALS: Final = re.compile(r"\w(?: and | x | & | with |-|/| vs\.? )\w")
"""Signs that what is named stands on equal terms."""
_PASSIVE: Final = re.compile(
    r" by (?!the end|end|\d|q[1-4]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|more|over|at least)"
)
_DEFAULTS: Final = frozenset({"united states", "global"})
_TAG_FAMILY: Final = (
    ("party", Family.PARTY),
    ("office", Family.OFFICE),
    ("league", Family.COMPETITION),
    ("award", Family.COMPETITION),
    ("asset", Family.ASSET),
    ("indicator", Family.INDICATOR),
    ("country", Family.PLACE),
    ("state", Family.PLACE),
    ("city", Family.PLACE),
    ("place", Family.PLACE),
    ("organisation", Family.SUBJECT),
    ("club", Family.SUBJECT),
    ("person", Family.SUBJECT),
)


def compare_kinds(left: str, right: str, into: Comparison) -> None:
    """The kinds must be one; a question whose kind is unreadable is left open, not refused.

    Awards and offices often have no verb ("Award for Best Drama", "Next governor"): no kind goes with
    `win`, and the remaining words decide.
    """
    if left == right:
        if left:
            into.agree("predicate", left)
        return
    kinds = {left, right}
    if "" in kinds:
        if kinds & (_TICKETS | {"combination"}):
            into.veto(Family.TICKET if kinds & _TICKETS else Family.BASKET, left, right)
        elif kinds & (_PROPS | GAME_KINDS):
            into.veto(Family.PLAYER_PROP if kinds & _PROPS else Family.PREDICATE, left, right)
        elif kinds & _STAGES:
            into.veto(Family.STAGE, left, right)
        elif "win" not in kinds:
            into.doubt(Family.PREDICATE, left, right)
        return
    into.veto(_kind_family(kinds), left, right)


def _kind_family(kinds: set[str]) -> Family:
    if kinds & _TICKETS:
        return Family.TICKET
    if "combination" in kinds:
        return Family.BASKET
    if kinds & _PROPS:
        return Family.PLAYER_PROP
    if kinds & _STAGES:
        return Family.STAGE
    return Family.PREDICATE


def compare_predicates(left: Predicate, right: Predicate, into: Comparison, *, is_game: bool) -> None:
    """Part of the match, stage, basis, grain, candle and measure."""
    if left.period != right.period:
        into.veto(Family.PERIOD, left.period or "whole", right.period or "whole")
    elif left.period:
        into.agree("period", left.period)
    if not is_game:
        _compare_stages(left, right, into)
    _compare_basis(left.basis, right.basis, into)
    a, b = left.grains - {"seasonal"}, right.grains - {"seasonal"}
    if a != b:
        (into.veto if a and b else into.doubt)(Family.INDICATOR, ", ".join(sorted(a)), ", ".join(sorted(b)))
    if left.candle != right.candle:
        known = bool(left.candle and right.candle)
        (into.veto if known else into.doubt)(
            Family.PERIOD, f"{left.candle or '?'} min", f"{right.candle or '?'} min"
        )
    _compare_measures(left, right, into)
    if not is_game and left.kind == right.kind:
        compare_details(left.detail, right.detail, into)


def compare_details(left: str, right: str, into: Comparison) -> None:
    """Scores, methods and starting times within one kind."""
    if left == right:
        if left:
            into.agree("detail", left)
    else:
        (into.veto if left and right else into.doubt)(Family.OUTCOME, left or "not said", right or "not said")


def compare_order(left: Sequence[Term], right: Sequence[Term], into: Comparison) -> None:
    """On a ticket and in a duel it matters who is named first."""
    a = [term.text for term in left if term.weight and any(term.text == other.text for other in right)]
    b = [term.text for term in right if term.weight and any(term.text == other.text for other in left)]
    named = [text for text in a if text not in _NOT_NAMES]
    if named != [text for text in b if text not in _NOT_NAMES]:
        into.veto(Family.OUTCOME, " ".join(a), " ".join(b))


def compare_direction(left: Reading, right: Reading, into: Comparison) -> None:
    """Who does it to whom: "Israel strikes Iran" is not "Iran strikes Israel".

    Two countries, people or companies named in the other order refuse, unless one of the texts joins them as
    equals ("Israel and Syria", "Trump x Putin") or may be in the passive ("struck by").
    """
    for tag in _ACTORS:
        a, b = ([term.text for term in _tagged(reading.bag, tag)] for reading in (left, right))
        named = [text for text in a if text in b]
        if len(named) < 2 or named == [text for text in b if text in a]:
            continue
        texts = f"{left.text} / {right.text}".lower()
        if _EQUALS.search(texts):
            continue
        refuse = into.doubt if _PASSIVE.search(texts) else into.veto
        refuse(Family.OUTCOME, " ".join(named), " ".join(reversed(named)))


def _compare_stages(left: Predicate, right: Predicate, into: Comparison) -> None:
    a, b = left.stages, right.stages
    if a == b:
        return
    if "qualify" not in {left.kind, right.kind}:
        # Every cup final is in the playoffs; only reaching them is a stage of its own.
        a, b = a - {"playoffs"}, b - {"playoffs"}
    if a == b:
        return
    partly = "qualify" in {left.kind, right.kind} and bool(a & b)
    (into.doubt if partly else into.veto)(
        Family.STAGE, ", ".join(sorted(a)) or "winner", ", ".join(sorted(b)) or "winner"
    )


def _compare_basis(left: frozenset[str], right: frozenset[str], into: Comparison) -> None:
    if left == right:  # as of most: nothing is said
        return
    for marker, family, default in (
        ("inaugurated", Family.BASIS, "elected"),
        ("announced", Family.ANNOUNCED, "is"),
    ):
        if (marker in left) != (marker in right):
            into.veto(family, marker if marker in left else default, marker if marker in right else default)
    a, b = left & {"touch", "close", "average"}, right & {"touch", "close", "average"}
    if a and b and a != b:
        into.veto(Family.TOUCH, ", ".join(sorted(a)), ", ".join(sorted(b)))
    elif a != b and "touch" in a | b:
        into.doubt(Family.TOUCH, ", ".join(sorted(a)), ", ".join(sorted(b)))
    elif a != b and "average" in a | b:
        into.veto(Family.TOUCH, ", ".join(sorted(a)) or "spot", ", ".join(sorted(b)) or "spot")


def _compare_measures(left: Predicate, right: Predicate, into: Comparison) -> None:
    if left.measure == right.measure:
        if left.measure:
            into.agree("measure", left.measure)
        return
    if left.kind in {"win", "both teams score", "exact score"} or not (left.kind or right.kind):
        return
    family = Family.PLAYER_PROP if left.kind == "lead" else Family.PREDICATE
    if left.measure and right.measure:
        into.veto(family, left.measure, right.measure)
    elif not {left.measure, right.measure} <= _PLAIN_MEASURES:
        into.veto(family, left.measure or "another", right.measure or "another")


def compare_limits(
    left: Sequence[Limit], right: Sequence[Limit], into: Comparison, *, is_price: bool
) -> None:
    """Equal intervals agree, complements are opposite, anything else refuses."""
    if not left and not right:
        return
    if not left or not right:
        into.veto(Family.THRESHOLD, _said(left) or "none", _said(right) or "none")
        return
    a, b = _sided(left), _sided(right)
    if len(a) != len(b):
        into.veto(Family.THRESHOLD, _said(left), _said(right))
        return
    for one, other in zip(sorted(a, key=str), sorted(b, key=str), strict=True):
        _compare_limit(one, other, into, is_price=is_price)


def _sided(limits: Sequence[Limit]) -> list[Limit]:
    """An over/under line pays its first outcome, Over."""
    return [
        Limit(limit.low, None, False, False, limit.unit, "threshold").counted()
        if limit.form == "line"
        else limit
        for limit in dict.fromkeys(limits)
    ]


def _compare_limit(a: Limit, b: Limit, into: Comparison, *, is_price: bool) -> None:
    if same_limit(a, b):
        into.agree("threshold", a)
        return
    if a.form != b.form:
        into.veto(Family.BUCKET, a, b)
        return
    opposite = a.opposite()
    if opposite is not None and same_limit(opposite, b):
        into.agree("threshold, opposite", f"{a} / {b}")
        into.flips += 1
        return
    if a.form == "threshold" and (a.low is None) != (b.low is None):
        into.veto(Family.DIRECTION, a, b)
    elif same_limit(a, b, is_price=is_price):
        into.agree("threshold but for its end", a)
    else:
        into.veto(Family.THRESHOLD, a, b)


def same_limit(a: Limit, b: Limit, *, is_price: bool = False) -> bool:
    """Equal intervals; a missing unit sign is no difference ("41.6" and "41.6%").

    On a continuous price it decides nothing whether the exact cent belongs to the interval.
    """
    if (a.low, a.high) != (b.low, b.high) or (a.unit != b.unit and a.unit and b.unit):
        return False
    return is_price or (a.low_in, a.high_in) == (b.low_in, b.high_in)


def _said(limits: Sequence[Limit]) -> str:
    return "; ".join(str(limit) for limit in limits)


def compare_moves(left: Reading, right: Reading, into: Comparison) -> None:
    """Central banks: a cut, a hike and no change exclude each other."""
    if left.moves == right.moves:
        if left.moves:
            into.agree("move", ", ".join(sorted(left.moves)))
    elif left.moves and right.moves:
        into.veto(Family.CENTRAL_BANK, ", ".join(sorted(left.moves)), ", ".join(sorted(right.moves)))
    else:
        into.doubt(Family.CENTRAL_BANK, ", ".join(sorted(left.moves)), ", ".join(sorted(right.moves)))


def compare_clocks(left: str, right: str, into: Comparison) -> None:
    """A price at noon is another question than the price at five."""
    if left.rstrip("abcdefghijklmnopqrstuvwxyz") != right.rstrip("abcdefghijklmnopqrstuvwxyz"):
        (into.veto if left and right else into.doubt)(
            Family.DETERMINATION, left or "not said", right or "not said"
        )


def judge_bags(found: BagMatch, into: Comparison) -> None:
    """Words without partner: names on both sides refuse, everything else is open."""
    left, right = list(found.left_only), list(found.right_only)
    mine, theirs = found.bodies
    if mine and theirs and not mine & theirs:
        into.veto(Family.COMPETITION, ", ".join(sorted(mine)), ", ".join(sorted(theirs)))
        return
    into.matched += found.matched
    of_both = _tags(left) & _tags(right)
    for tag, family in _TAG_FAMILY if of_both else ():
        if tag in of_both:
            into.veto(family, _texts(_tagged(left, tag)), _texts(_tagged(right, tag)))
            return
    left, right = (_without_defaults(terms, found, into) for terms in (left, right))
    into.loose += len(left) + len(right)
    if left and right:
        if any(_is_name(term) for term in left) and any(_is_name(term) for term in right):
            into.veto(Family.SUBJECT, _texts(left), _texts(right))
        else:
            into.doubt(Family.SUBJECT, _texts(left), _texts(right))
    elif left or right:
        into.doubt(Family.SUBJECT, _texts(left), _texts(right))
    if not found.named and not (left or right):
        into.doubt(Family.SUBJECT, "nothing is named", "nothing is named")
    for term in found.ambiguous:
        into.doubt(Family.SUBJECT, term.text, "several clubs of that place")


def _without_defaults(terms: list[Term], found: BagMatch, into: Comparison) -> list[Term]:
    """American figures and offices are American unless the text says otherwise; in sports it is a team, and
    charts and takings are a country's or the world's.
    """
    kept = [term for term in terms if term.text not in _DEFAULTS or any(found.bodies) or found.by_country]
    if len(kept) < len(terms):
        into.evidence.append("the United States or the world, said on one side")
    return kept


def _tags(terms: Sequence[Term]) -> set[str]:
    """What is named, by kind."""
    return set().union(*[term.entity.tags for term in terms if term.entity is not None])


def _tagged(terms: Sequence[Term], tag: str) -> list[Term]:
    return [term for term in terms if term.entity is not None and tag in term.entity.tags]


def _is_name(term: Term) -> bool:
    return term.entity is not None or term.capital or term.text[0].isdigit()


def _texts(terms: Sequence[Term]) -> str:
    return " ".join(term.text for term in terms)

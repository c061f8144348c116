"""Whether two names, or two bags of words, mean the same things."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from dutchbook.domain.matching.aliases.economy import MAKERS
from dutchbook.domain.matching.aliases.people import FIRST_NAMES
from dutchbook.domain.matching.aliases.words import CHARTS, COMMON, DIVISION
from dutchbook.domain.matching.lexicon import BODIES, PARENT, Entity, lexicon
from dutchbook.domain.matching.reading import Term, state_codes
from dutchbook.domain.matching.sides import Side, Sides, bare, division

_SPELLING: Final = 0.88
"""Share of letters in common from which two long words are one spelt twice (Dembele, Dembelle)."""
_STEM: Final = 5
_LONG: Final = 6


def words_agree(left: str, right: str) -> bool:
    """Equal, a longer form of the other (Brest, Brestois), a short given name, or a spelling apart.

    What ends in a number is that number's and no other's.
    """
    if left == right:
        return True
    if left[-1:].isdigit() or right[-1:].isdigit():
        return False
    shorter, longer = sorted((left, right), key=len)
    if len(shorter) >= _STEM and longer.startswith(shorter) and len(longer) - len(shorter) <= 3:
        return True
    if right in lexicon().given.get(left, ()):
        return True
    return len(shorter) >= _LONG and shorter[0] == longer[0] and _alike(left, right) >= _SPELLING


def _alike(left: str, right: str) -> float:
    """The same whichever word comes first, which difflib alone does not promise."""
    first, second = sorted((left, right))
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def side_agrees(left: Side, right: Side) -> bool:
    """Whether two side names can be one side: a common club, or one name's words within the other's."""
    if division(left.words) != division(right.words):
        return False
    if left.clubs and right.clubs:
        return bool(left.clubs & right.clubs)
    mine, theirs = bare(left.words), bare(right.words)
    if "".join(mine) == "".join(theirs):
        return True
    few, many = sorted((mine, theirs), key=len)
    return all(any(part_agrees(word, other) for other in many) for word in few)


def part_agrees(word: str, other: str) -> bool:
    """Whether one word of a side's name can stand for the other."""
    if words_agree(word, other):
        return True
    shorter, longer = sorted((word, other), key=len)
    # "Machida Z" is Machida Zelvia; a place may carry an ending (Hamburg, Hamburger; Brest, Brestois).
    return (len(shorter) == 1 and longer.startswith(shorter) and not longer.isdigit()) or (
        len(shorter) >= _STEM
        and longer.startswith(shorter[: max(_STEM, len(shorter) - 2)])
        and len(longer) - len(shorter) <= 3
    )


def sides_agree(left: Sides, right: Sides) -> str:
    """`straight`, `swapped` or nothing. In leagues where places have several clubs both sides must fit one
    league.
    """
    if side_agrees(left.left, right.left) and side_agrees(left.right, right.right):
        return "straight" if _one_league(left, right.left, right.right) else ""
    if side_agrees(left.left, right.right) and side_agrees(left.right, right.left):
        return "swapped" if _one_league(left, right.right, right.left) else ""
    return ""


def _one_league(mine: Sides, first: Side, second: Side) -> bool:
    if mine.left.words == first.words and mine.right.words == second.words:
        return True
    leagues = []
    for a, b in ((mine.left, first), (mine.right, second)):
        common = a.clubs & b.clubs if a.clubs and b.clubs else frozenset()
        leagues.append({club.split(":", 1)[0] for club in common})
    return not (leagues[0] and leagues[1]) or bool(leagues[0] & leagues[1])


def leagues_of(left: Sides, right: Sides) -> frozenset[str]:
    """The leagues in which both games can be played, by the clubs that both name."""
    mine = [{club.split(":", 1)[0] for club in side.clubs} for side in (left.left, left.right)]
    theirs = [{club.split(":", 1)[0] for club in side.clubs} for side in (right.left, right.right)]
    return frozenset(set.intersection(*mine, *theirs))


class BagMatch(NamedTuple):
    """Terms with a partner, and the weighty terms without one on each side."""

    matched: int
    named: int
    """How many of the matched are more than words that titles add at will."""
    left_only: tuple[Term, ...]
    right_only: tuple[Term, ...]
    ambiguous: tuple[Term, ...]
    bodies: tuple[frozenset[str], frozenset[str]]
    """The sports bodies that each side names, itself or by its cup."""
    by_country: bool = False
    """Whether it is of sports, charts or takings, of which each country has its own beside the world's."""


def match_bags(
    left: Sequence[Term],
    right: Sequence[Term],
    left_context: Sequence[Term] = (),
    right_context: Sequence[Term] = (),
    tickers: tuple[str, str] = ("", ""),
) -> BagMatch:
    """Pair the terms of two bags; a term without partner may still find one in the other's context.

    `tickers` are the bodies that the two tickers name: in a league a nickname or a place is enough for a
    club, and what a ticker says its title may leave out.
    """
    left_texts, right_texts = {term.text for term in left}, {term.text for term in right}
    common = left_texts & right_texts
    matched = len(common)
    left_rest = [term for term in left if term.text not in common]
    right_rest = [term for term in right if term.text not in common]
    mine, theirs = _leagues((*left, *left_context)), _leagues((*right, *right_context))
    leagues = mine | theirs | {body for body in tickers if body}
    paired_left, paired_right = set(common), set(common)
    ambiguous = []
    named = len([term for term in left if term.text in common and term.weight])
    for term in left_rest:
        if not term.weight and term.entity is None:
            continue
        for other in right_rest:
            if other.text not in paired_right and terms_agree(term, other, leagues):
                paired_left.add(term.text)
                paired_right.add(other.text)
                matched += 1
                named += 1
                if _is_ambiguous(term, other, leagues):
                    ambiguous.append(term)
                break
    left_only, left_given = _unmatched(left, paired_left, right_context, leagues, tickers[1])
    right_only, right_given = _unmatched(right, paired_right, left_context, leagues, tickers[0])
    if (left_given and (right_given or right_only)) or (right_given and left_only):
        # Both sides have something before or beside the surname: two people, not one with a name left out.
        left_only, right_only = left_only + left_given, right_only + right_given
    by_country = bool(leagues) or not CHARTS.isdisjoint(left_texts | right_texts)
    bodies = mine & BODIES, theirs & BODIES
    return BagMatch(matched, named, tuple(left_only), tuple(right_only), tuple(ambiguous), bodies, by_country)


def with_bodies(found: BagMatch, left: str, right: str) -> BagMatch:
    """The match with the bodies that tickers name, where the texts name none."""
    mine, theirs = found.bodies
    return found._replace(
        bodies=(
            mine or frozenset({left} - {""}),
            theirs or frozenset({right} - {""}),
        )
    )


def _unmatched(
    terms: Sequence[Term],
    paired: set[str],
    other_context: Sequence[Term],
    leagues: frozenset[str],
    other_ticker: str,
) -> tuple[list[Term], list[Term]]:
    """Weighty terms without partner, and among them, apart, given names whose surname has one."""
    rest: list[Term] = []
    given: list[Term] = []
    makers = {MAKERS.get(term.text.split()[0], "") for term in terms if term.text in paired}
    for at, term in enumerate(terms):
        if term.text in paired or not term.weight:
            continue
        if term.text in makers or any(terms_agree(term, other, leagues) for other in other_context):
            continue
        if (
            term.entity is not None
            and "league" in term.entity.tags
            and (term.entity.name in BODIES or term.entity.name == other_ticker)
        ):
            continue
        follower = terms[at + 1] if at + 1 < len(terms) else None
        is_given = follower is not None and follower.text in paired and _completes(term, follower)
        (given if is_given else rest).append(term)
    return rest, given


def _completes(term: Term, follower: Term) -> bool:
    """A given name that only one side writes before a surname that both have."""
    return (
        term.entity is None
        and follower.entity is None
        and term.capital
        and follower.capital
        and follower.weight > 0
        and (term.text in FIRST_NAMES or term.text in lexicon().given)
        and follower.text not in COMMON
        and term.text not in DIVISION
    )


def terms_agree(left: Term, right: Term, leagues: frozenset[str]) -> bool:
    """Whether two terms can mean one thing, given the leagues that the texts name."""
    if left.text == right.text:
        return True
    if left.entity is not None and right.entity is not None:
        return bool(_expand(left.entity, leagues) & _expand(right.entity, leagues)) or _is_parent(
            left.entity, right.entity
        )
    if left.entity is None and right.entity is None:
        nick, other = lexicon().nicknames.get(left.text), lexicon().nicknames.get(right.text)
        if nick and other and nick & other:
            return True
        return words_agree(left.text, right.text)
    if _is_at_large(left, right) or _is_at_large(right, left):
        return True
    entity, word = (left.entity, right.text) if left.entity is not None else (right.entity, left.text)
    clubs = lexicon().nicknames.get(word, frozenset())
    return entity is not None and bool(_expand(entity, leagues) & clubs)


def _is_at_large(seat: Term, state: Term) -> bool:
    """A state with a single House seat: "AK-AL" and Alaska."""
    return (
        seat.entity is None
        and seat.text.endswith("-al")
        and state.entity is not None
        and state_codes().get(state.entity.name, "").lower() == seat.text[:2]
    )


def _expand(entity: Entity, leagues: frozenset[str]) -> frozenset[str]:
    """A place stands for its clubs when a league of theirs is named."""
    if "place" not in entity.tags and "city" not in entity.tags and "state" not in entity.tags:
        return entity.ids
    clubs = frozenset(
        club
        for club, place in lexicon().club_places.items()
        if place in entity.ids and club.split(":", 1)[0] in leagues
    )
    return entity.ids | clubs


def _is_ambiguous(left: Term, right: Term, leagues: frozenset[str]) -> bool:
    """A place name that fits several clubs of the league ("Los Angeles" in the NBA)."""
    for one, other in ((left, right), (right, left)):
        if (
            one.entity is not None
            and "place" in one.entity.tags
            and (other.entity is None or "place" not in other.entity.tags)
        ):
            clubs = [club for club in _expand(one.entity, leagues) if club.split(":", 1)[0] in leagues]
            if len(clubs) > 1:
                return True
    return False


def _is_parent(left: Entity, right: Entity) -> bool:
    return PARENT.get(left.name) == right.name or PARENT.get(right.name) == left.name


def _leagues(terms: Sequence[Term]) -> frozenset[str]:
    found: set[str] = set()
    for term in terms:
        if term.entity is not None and "league" in term.entity.tags:
            found.add(PARENT.get(term.entity.name, term.entity.name))
    return frozenset(found)

"""A listing as a question: what was read of it, and which outcome its YES stands for."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final

from dutchbook.domain.matching.hints import Hints, hints_of
from dutchbook.domain.matching.listing import Listing
from dutchbook.domain.matching.names import leagues_of, part_agrees, side_agrees
from dutchbook.domain.matching.reading import (
    Reading,
    Term,
    full_text,
    is_bare_match,
    read,
    with_seasons,
)
from dutchbook.domain.matching.sides import Side, Sides, bare, clubs_of, side_of
from dutchbook.domain.matching.text import fold

DRAW: Final = "draw"
_GAME_TICKER: Final = re.compile(r"-\d\d[A-Z]{3}\d{2,6}(?P<both>[A-Z]{4,10})(?:-\d)?-(?P<mine>[A-Z]{2,5})$")
DAILY: Final = frozenset({"mlb", "nba", "wnba", "nhl"})
"""Leagues whose clubs play on consecutive days; venues disagree by one on what a day is."""


class Question:
    """A listing as read: its own text, its event's text as context, and the hints of time.

    As of a reading, each part is read when it is first asked for.
    """

    def __init__(self, listing: Listing) -> None:
        self.listing = listing

    @cached_property
    def own(self) -> Reading:
        return read(full_text(self.listing))

    @cached_property
    def event(self) -> Reading | None:
        """Readings are cached by text, so siblings share their event's."""
        title = self.listing.event_title
        return read(title) if title and title != self.listing.title else None

    @cached_property
    def hints(self) -> Hints:
        listing = self.listing
        hints = hints_of(listing.market_id, listing.event_time, listing.close_time, listing.slug)
        return with_seasons(hints, self.own)

    @cached_property
    def sides(self) -> Sides | None:
        return self.own.sides or (self.event.sides if self.event else None)

    @cached_property
    def kind(self) -> str:
        own = self.own.predicate.kind
        if not own and self.event and self.event.predicate.kind not in {"", "more markets", "win"}:
            return self.event.predicate.kind
        return own or ("win" if self.sides and is_bare_match(self.own) else "")

    @cached_property
    def is_of_price(self) -> bool:
        return any(
            term.entity is not None and "asset" in term.entity.tags for term in (*self.own.bag, *self.context)
        )

    @property
    def context(self) -> tuple[Term, ...]:
        return self.event.bag if self.event else ()


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


def is_two_way(left: Question, right: Question) -> bool:
    """A match that cannot be drawn: by its league, or one of the texts is the bare "A vs. B" market.

    "Cup, A vs B: A" is not bare: it names its outcome, and beside it there may be a draw.
    """
    if left.sides and right.sides and (leagues := leagues_of(left.sides, right.sides)) and leagues <= DAILY:
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

"""Two catalogues in, judged pairs out: retrieve, align, veto, score."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from dutchbook.domain.matching.events import judge_events
from dutchbook.domain.matching.judge import judge_questions
from dutchbook.domain.matching.judgement import Candidate, Relation
from dutchbook.domain.matching.listing import EventListing, Listing
from dutchbook.domain.matching.question import Question
from dutchbook.domain.matching.retrieval import Hit, Index

TOP: Final = 10
"""On labelled pairs the right title is among the first 3 by single words; 10 leaves room."""
FLOOR: Final = 0.4
"""A pair with less in common than this cosine is not judged."""
KEPT: Final = frozenset({Relation.SAME, Relation.INVERSE, Relation.CONTAINS, Relation.UNSURE})


def match_catalogues(
    left: Sequence[Listing],
    right: Sequence[Listing],
    *,
    top: int = TOP,
    floor: float = FLOOR,
    kept: frozenset[Relation] = KEPT,
) -> list[Candidate]:
    """Judge every right listing against its nearest left ones; returns the pairs whose relation is in
    `kept`.

    Ordered by right id, then best first; the same input gives the same output. A declared mirror is
    judged whatever its wording. Cost: one pass over each catalogue plus `top` judgements a right listing.
    """
    with _collector_at_rest():
        return sorted(_matched(left, right, top, floor, kept), key=_order)


def _matched(
    left: Sequence[Listing], right: Sequence[Listing], top: int, floor: float, kept: frozenset[Relation]
) -> Iterator[Candidate]:
    index = Index([_text(listing) for listing in left])
    by_name = _names(left)
    brief = Relation.DIFFERENT not in kept
    searched: dict[str, list[Hit]] = {}
    asked: dict[int, Question] = {}
    for listing in right:
        question, text = Question(listing), _text(listing)
        if text not in searched:
            searched[text] = index.search(text, top, floor)
        hits = searched[text]
        for hit in _with_mirrors(hits, listing, left, by_name):
            if (other := asked.get(hit.at)) is None:
                other = asked[hit.at] = Question(left[hit.at])
            judgement = judge_questions(other, question, brief=brief)
            if judgement.relation in kept:
                yield Candidate(left[hit.at].market_id, listing.market_id, judgement, hit.similarity)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """What is read of the catalogues lives until they are matched: to look for garbage among it, again and
    again while it grows, takes a tenth of the time and finds none.
    """
    works = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if works:
            gc.enable()


def match_event_catalogues(
    left: Sequence[EventListing],
    right: Sequence[EventListing],
    *,
    top: int = TOP,
    floor: float = FLOOR,
    kept: frozenset[Relation] = KEPT,
) -> list[Candidate]:
    """`match_catalogues` for events with their questions."""
    index = Index([_event_text(event) for event in left])
    found = []
    for event in right:
        for hit in index.search(_event_text(event), top, floor):
            judgement = judge_events(left[hit.at], event)
            if judgement.relation in kept:
                found.append(Candidate(left[hit.at].event_id, event.event_id, judgement, hit.similarity))
    return sorted(found, key=_order)


def _order(candidate: Candidate) -> tuple[str, int, int, str]:
    relation = list(Relation).index(candidate.judgement.relation)
    return candidate.right_id, relation, -candidate.judgement.score_ppm, candidate.left_id


def _text(listing: Listing) -> str:
    parts = [listing.title]
    if listing.event_title and listing.event_title not in listing.title:
        parts.append(listing.event_title)
    if listing.outcome and listing.outcome not in listing.title:
        parts.append(listing.outcome)
    return " ".join(parts)


def _event_text(event: EventListing) -> str:
    return " ".join((event.title, *event.children[:2]))


def _names(listings: Iterable[Listing]) -> dict[str, int]:
    names: dict[str, int] = {}
    for at, listing in enumerate(listings):
        for name in (listing.slug, listing.market_id, listing.external_slug):
            if name:
                names.setdefault(name, at)
    return names


def _with_mirrors(
    hits: list[Hit], listing: Listing, left: Sequence[Listing], by_name: dict[str, int]
) -> list[Hit]:
    """The hits, and the listing that this one mirrors or that mirrors it, if it was not among them."""
    seen = {hit.at for hit in hits}
    for name in (listing.external_slug, listing.slug, listing.market_id):
        at = by_name.get(name) if name else None
        if at is not None and at not in seen and (listing.external_slug or left[at].external_slug):
            seen.add(at)
            hits = [*hits, Hit(at, 0.0)]
    return hits

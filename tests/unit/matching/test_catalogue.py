"""Retrieval proposes, the judge decides, and the same input gives the same output."""

import gc

import pytest

from dutchbook.domain.matching.catalogue import match_catalogues, match_event_catalogues
from dutchbook.domain.matching.judge import judge_questions
from dutchbook.domain.matching.judgement import Relation
from dutchbook.domain.matching.listing import EventListing, Listing
from dutchbook.domain.matching.question import Question
from dutchbook.domain.matching.retrieval import Index

COUNTRIES = ("Norway", "Spain", "Japan", "Brazil", "Ghana", "Mexico", "South Korea", "South Africa")
LEFT = [Listing("polymarket", f"p-{name}", f"Will {name} win the 2026 FIFA World Cup?") for name in COUNTRIES]
RIGHT = [
    Listing("kalshi", f"k-{name}", f"Will the {name} win the 2026 Men's World Cup?") for name in COUNTRIES
]


def test_every_country_finds_itself_and_nobody_else():
    found = match_catalogues(LEFT, RIGHT)
    same = {(c.left_id, c.right_id) for c in found if c.judgement.relation is Relation.SAME}
    assert same == {(f"p-{name}", f"k-{name}") for name in COUNTRIES}


def test_the_order_of_the_catalogue_does_not_change_the_pairs():
    assert match_catalogues(LEFT, RIGHT) == match_catalogues(list(reversed(LEFT)), list(reversed(RIGHT)))


def test_refused_pairs_are_kept_on_request_with_their_veto():
    found = match_catalogues(LEFT, RIGHT, floor=0.0, kept=frozenset({Relation.DIFFERENT}))
    assert found
    assert all(candidate.judgement.vetoes for candidate in found)


def test_a_mirror_is_judged_whatever_its_wording():
    poly = Listing("polymarket", "p", "Will Norway win the 2026 FIFA World Cup?", slug="norway-wins")
    mirror = Listing("limitless", "l", "Nordic champions?", external_slug="norway-wins")
    (candidate,) = match_catalogues([poly], [mirror], kept=frozenset(Relation))
    assert candidate.similarity == 0.0
    assert candidate.judgement.relation is not Relation.SAME


def test_events_are_matched_by_their_questions():
    left = [
        EventListing(
            "kalshi", "a", "FIFA World Cup Group A Winner", ("Will Mexico win World Cup Group A in 2026?",), 1
        )
    ]
    right = [
        EventListing(
            "polymarket",
            "a2",
            "World Cup Group A Winner",
            ("Will Mexico win Group A in the 2026 World Cup?",),
            1,
        ),
        EventListing(
            "polymarket",
            "b2",
            "World Cup Group B Winner",
            ("Will Canada win Group B in the 2026 World Cup?",),
            1,
        ),
    ]
    found = match_event_catalogues(left, right)
    assert [(c.left_id, c.right_id) for c in found if c.judgement.relation is Relation.SAME] == [("a", "a2")]


def test_the_index_ranks_the_nearest_title_first():
    index = Index(
        ["Will Norway win the World Cup?", "Will Spain win the World Cup?", "Fed cuts rates in June"]
    )
    assert index.search("Spain World Cup winner", 2)[0].at == 1
    assert index.search("entirely unknown vocabulary", 5) == []


TITLES = [
    f"Will {name} {verb} {what} {when}?"
    for when in ("in 2026", "in 2027", "by May 5, 2026")
    for verb in ("visit", "win")
    for what in ("Group A", "Group B", "the Cup", "the Cup final", "Oslo", "New York City")
    for name in (*COUNTRIES, "Ann Lee", "Bob Ray", "Trump", "Arsenal")
]


@pytest.mark.parametrize("floor", [0.1, 0.4, 0.6, 0.8, 1.0])
def test_a_floor_takes_nothing_from_the_answer_but_what_lies_below_it(floor):
    index = Index(TITLES)
    for title in TITLES[::7]:
        everything = index.search(f"{title} Zorblax", 10)
        assert index.search(f"{title} Zorblax", 10, floor) == [
            hit for hit in everything if hit.similarity >= floor
        ]


def test_pairs_of_other_kinds_are_refused_before_anything_else_is_read_of_them():
    left = Question(Listing("polymarket", "p", "Will Japan qualify for the 2026 World Cup?"))
    right = Question(Listing("kalshi", "k", "Will Japan win the 2026 World Cup?"))
    assert judge_questions(left, right, brief=True).relation is Relation.DIFFERENT
    assert not {"dates", "limits", "bag"} & (vars(left.own).keys() | vars(right.own).keys())


@pytest.mark.parametrize("works", [True, False])
def test_the_collector_rests_while_catalogues_are_matched_and_is_then_as_it_was(works):
    before, seen = gc.isenabled(), []

    class Watched(list):
        def __iter__(self):
            seen.append(gc.isenabled())
            return super().__iter__()

    (gc.enable if works else gc.disable)()
    try:
        match_catalogues([], Watched())
        assert (seen, gc.isenabled()) == ([False], works)
        with pytest.raises(AttributeError):
            match_catalogues([], Watched([None]))
        assert gc.isenabled() is works
    finally:
        (gc.enable if before else gc.disable)()

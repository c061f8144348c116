"""Two events: one grid of questions, one holding a question of the other, or different."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dutchbook.domain.matching.events import judge_events
from dutchbook.domain.matching.judgement import Family, Relation
from dutchbook.domain.matching.listing import EventListing


def event(title, *children, venue="polymarket", count=0, event_id="e", on="", closes=""):
    def moment(text):
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None

    return EventListing(
        venue,
        event_id,
        title,
        children,
        count or len(children),
        event_time=moment(on),
        close_time=moment(closes),
    )


def three_way(left, right, **fields):
    children = (
        f"Will {left} win on 2026-05-10?",
        f"Will {right} win on 2026-05-10?",
        f"Will {left} vs. {right} end in a draw?",
    )
    return event(f"{left} vs. {right}", *children, **fields)


def told(row):
    return event(
        row["title"],
        *row["children"],
        venue=row["venue"],
        event_id=row["event_id"],
        count=row["child_count"],
        on=row.get("on", ""),
        closes=row.get("closes", ""),
    )


FIXTURES = Path(__file__).parents[2] / "fixtures" / "matching"
FILES = [json.loads((FIXTURES / name).read_text()) for name in ("event_pairs.json", "event_paraphrases.json")]
SAME = [(told(left), told(right)) for pairs in FILES for left, right in pairs["same"]]
HELD = [(told(left), told(right)) for pairs in FILES for left, right in pairs.get("contains", ())]
DIFFERENT = [
    (Family(family), told(left), told(right)) for pairs in FILES for family, left, right in pairs["different"]
]


@pytest.mark.parametrize(("left", "right"), SAME, ids=lambda value: value.title)
def test_one_event_on_two_venues(left, right):
    judgement = judge_events(left, right)
    assert judgement.relation is Relation.SAME, judgement
    assert judge_events(right, left).relation is Relation.SAME


@pytest.mark.parametrize(("left", "right"), HELD, ids=lambda value: value.title)
def test_an_event_can_hold_the_question_of_another(left, right):
    assert judge_events(left, right).relation is Relation.CONTAINS
    assert judge_events(right, left).relation is Relation.CONTAINS


@pytest.mark.parametrize(
    ("family", "left", "right"), DIFFERENT, ids=lambda value: getattr(value, "title", str(value))
)
def test_a_different_event_is_refused_by_family(family, left, right):
    judgement = judge_events(left, right)
    assert judgement.relation is Relation.DIFFERENT, judgement
    assert family in {veto.family for veto in judgement.vetoes}, judgement


def test_an_event_that_also_asks_the_question_contains_it():
    single = event("Metz vs Lorient: 3+ total goals?", "Metz vs Lorient: 3+ total goals?", on="2026-05-10")
    many = event(
        "FC Metz vs. FC Lorient - More Markets",
        "FC Metz vs. FC Lorient: O/U 1.5",
        "FC Metz vs. FC Lorient: O/U 2.5",
        "FC Metz vs. FC Lorient: Both Teams to Score",
        on="2026-05-10",
    )
    assert judge_events(single, many).relation is Relation.CONTAINS
    assert judge_events(many, single).relation is Relation.CONTAINS


def test_a_football_club_plays_once_a_day_so_one_known_side_is_enough():
    unknown = three_way("Zorya Sport", "FC Metz", on="2026-05-10")
    assert judge_events(unknown, three_way("Luhansk", "FC Metz", on="2026-05-10")).relation is Relation.SAME
    assert (
        judge_events(unknown, three_way("Luhansk", "FC Metz", on="2026-05-11")).relation is Relation.DIFFERENT
    )


def test_two_surnames_alike_are_not_one_person():
    one = event("Theo FDV above $300M one day after launch?")
    other = event("Yo FDV above $300M one day after launch?")
    assert judge_events(one, other).relation is not Relation.SAME


def test_a_list_of_deadlines_holds_the_question_of_one_deadline():
    ladder = event(
        "Cod out as mayor by...?",
        "Cod out as mayor by June 30, 2026?",
        "Cod out as mayor by December 31, 2026?",
    )
    single = event("Will Cod be out as mayor before 2027?", "Will Cod be out as mayor before Jan 1, 2027?")
    assert judge_events(ladder, single).relation is Relation.CONTAINS
    later = event("Will Cod be out as mayor before 2028?", "Will Cod be out as mayor before Jan 1, 2028?")
    assert judge_events(ladder, later).relation is not Relation.SAME


def test_one_question_is_not_a_list_of_several():
    single = event("Will Cod visit Japan?", "Will Cod visit Japan?", count=1)
    several = event("Will Cod visit Japan?", "Will Cod visit Japan?", count=3)
    assert judge_events(single, several).relation is Relation.CONTAINS


def test_a_list_of_parties_is_not_a_list_of_candidates():
    parties = event(
        "Which party wins the 2028 US Presidential Election?",
        "Will the Democrats win the 2028 US Presidential Election?",
        "Will the Republicans win the 2028 US Presidential Election?",
    )
    people = event(
        "Presidential Election Winner 2028",
        "Will Al Poe win the 2028 US Presidential Election?",
        "Will Bo Coe win the 2028 US Presidential Election?",
    )
    assert judge_events(parties, people).relation is not Relation.SAME


def test_baseball_is_played_day_after_day():
    def game(day, **fields):
        return event(
            "Toronto Blue Jays vs. Detroit Tigers", "Toronto Blue Jays vs. Detroit Tigers", on=day, **fields
        )

    ticker = event(
        "Toronto vs Detroit",
        "Toronto vs Detroit Winner?",
        venue="kalshi",
        event_id="KXMLBGAME-26MAY161310TORDET",
        count=2,
    )
    assert judge_events(game("2026-05-16"), ticker).relation is Relation.SAME
    assert judge_events(game("2026-05-15"), ticker).relation is Relation.UNSURE
    undated = event("Toronto Blue Jays vs. Detroit Tigers", "Toronto Blue Jays vs. Detroit Tigers")
    assert judge_events(undated, ticker).relation is Relation.UNSURE


def test_a_ticker_names_the_league_that_the_title_leaves_out():
    other = event("WNBA: 2026 MVP", "Will Al Poe win the 2026 WNBA MVP award?", count=20)

    def award(series):
        return event(
            "MVP Winner?", "Will Al Poe win the MVP?", venue="kalshi", event_id=f"{series}-26", count=20
        )

    assert judge_events(award("KXWNBAMVP"), other).relation is Relation.SAME
    judgement = judge_events(award("KXNBAMVP"), other)
    assert judgement.relation is Relation.DIFFERENT
    assert Family.COMPETITION in {veto.family for veto in judgement.vetoes}

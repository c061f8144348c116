"""Two events: one grid of questions, one holding a question of the other, or different."""

from datetime import UTC, datetime

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


def limitless(prefix, *outcomes, **fields):
    return event(
        f"{prefix}: {outcomes[0]}",
        *(f"{prefix}: {outcome}" for outcome in outcomes),
        venue="limitless",
        **fields,
    )


SAME = [
    (three_way("Toulouse FC", "Olympique Lyonnais", on="2026-05-10"), limitless("Ligue 1, Toulouse vs Lyon, May 10, 2026", "Draw", "Lyon", "Toulouse")),
    (three_way("FC Bayern München", "1. FC Köln", on="2026-05-10"), event("Bayern Munich vs Cologne", "Bayern Munich vs Cologne Winner?", count=3, event_id="KXBUNDESLIGAGAME-26MAY10BMUKOE", venue="kalshi")),
    (event("Knicks vs. 76ers", "Knicks vs. 76ers", on="2026-05-10"), event("New York at Philadelphia", "New York at Philadelphia Winner?", count=2, event_id="KXNBAGAME-26MAY10NYKPHI", venue="kalshi")),
    (event("OH-10 House winner?", "Will Democratic win the House race for OH-10?", "Will Republican win the House race for OH-10?"), event("OH-10 House Election Winner", "Will the Democratic Party win the OH-10 House seat?", "Will the Republican Party win the OH-10 House seat?")),
    (event("Kansas Democratic Governor nominee?", "Will Al Poe be the Democratic nominee for Governor in Kansas?", "Will Bo Coe be the Democratic nominee for Governor in Kansas?"), event("Kansas Governor Democratic Primary Winner", "Will Al Poe win the 2026 Kansas Governor Democratic primary election?", "Will Person C win the 2026 Kansas Governor Democratic primary election?", closes="2026-08-04", event_id="x")),
    (event("Real Madrid: Next Manager", "Who will be the next manager of Real Madrid?"), limitless("Next Real Madrid manager?", "Ann Lee", "Bo Diaz")),
    (event("Pro Baseball Triples Leader", "Will Al Poe lead Pro Baseball in triples for the 2026 regular season?", "Will Bo Coe lead Pro Baseball in triples for the 2026 regular season?", count=40), event("MLB: Triples Leader", "Will Cy Roe hit the most triples in the 2026 MLB regular season?", "Will Player P hit the most triples in the 2026 MLB regular season?", count=80)),
    (event("Alaska House winner?", "Will Democratic win the House race for AK-AL?", "Will Republican win the House race for AK-AL?"), event("AK-AL House Election Winner", "Will C win the AK-AL House seat?", count=8)),
    (event("Villarreal vs Sevilla: First Half Winner", "Will Sevilla win the 1st Half?", "Will Tie win the 1st Half?", count=3, on="2026-05-13"), event("Villarreal CF vs. Sevilla FC - Halftime Result", "Villarreal CF vs. Sevilla FC: Draw at halftime?", "Sevilla FC leading at halftime?", count=3, on="2026-05-13")),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right"), SAME, ids=lambda value: value.title)
def test_one_event_on_two_venues(left, right):
    judgement = judge_events(left, right)
    assert judgement.relation is Relation.SAME, judgement
    assert judge_events(right, left).relation is Relation.SAME


DIFFERENT = [
    (Family.PREDICATE, three_way("FC Metz", "FC Lorient", on="2026-05-10"), event("FC Metz vs. FC Lorient - Total Corners", "FC Metz vs. FC Lorient: O/U 8.5 Total Corners", on="2026-05-10")),
    (Family.PERIOD, three_way("FC Metz", "FC Lorient", on="2026-05-10"), event("FC Metz vs. FC Lorient - Halftime Result", "FC Metz leading at halftime?", "FC Lorient leading at halftime?", on="2026-05-10")),
    (Family.DATE, three_way("FC Metz", "FC Lorient", on="2026-05-10"), three_way("FC Metz", "FC Lorient", on="2026-05-24")),
    (Family.SUBJECT, three_way("FC Metz", "FC Lorient", on="2026-05-10"), three_way("RC Lens", "OGC Nice", on="2026-05-10")),
    (Family.STAGE, event("World Cup Group F Winner", "Will Japan win Group F?", "Will Tunisia win Group F?"), event("World Cup Group J Winner", "Will Algeria win Group J?", "Will Austria win Group J?")),
    (Family.OFFICE, event("Colorado Democratic Governor nominee?", "Will Al Poe be the Democratic nominee for Governor in Colorado?"), event("Colorado Democratic Senate Primary Winner", "Will Bo Coe be the Democratic nominee for Senate in Colorado?")),
    (Family.COMPETITION, event("NHL: Eastern Conference Champion", "Will Boston win the Eastern Conference?"), event("NBA: Eastern Conference Champion", "Will Boston win the Eastern Conference?")),
    (Family.BUCKET, event("GDP growth in Q2 2026?", "Will GDP growth in Q2 2026 be above 1.0%?", "Will GDP growth in Q2 2026 be above 2.0%?"), limitless("US GDP growth in Q2 2026?", "1.0–1.5%", "1.5–2.0%")),
    (Family.PREDICATE, event("Knicks vs. 76ers", "Knicks vs. 76ers", on="2026-05-10"), event("What will the announcers say during Knicks vs 76ers?", "What will the announcers say during Knicks vs 76ers?", on="2026-05-10")),
]  # fmt: skip


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

"""Two questions: the same, opposite, different with the family named, or left to an operator."""

from datetime import UTC, datetime

import pytest

from dutchbook.domain.fees import FeeSchedule
from dutchbook.domain.market import Market
from dutchbook.domain.matching.judge import judge
from dutchbook.domain.matching.judgement import Family, Relation
from dutchbook.domain.matching.listing import Listing
from dutchbook.domain.venue import Venue


def ask(title, venue="polymarket", **fields):
    return Listing(venue, fields.pop("market_id", f"{venue}-1"), title, **fields)


def day(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


SAME = [
    ("Will Ann Lee win the 2028 Democratic presidential nomination?", "Will Ann Lee be the Democratic Presidential nominee in 2028?"),
    ("Will the Norway win the 2026 Men's World Cup?", "Will Norway win the 2026 FIFA World Cup?"),
    ("Will the Cleveland win the 2026 Pro Basketball Finals?", "Will the Cleveland Cavaliers win the 2026 NBA Championship?"),
    ("Will Trump visit Japan before Jan 1, 2027?", "Will Donald Trump visit Japan by December 31, 2026?"),
    ("Will BTC be above $100k on May 15, 2026?", "Will Bitcoin be above $100,000 on May 15, 2026?"),
    ("Will the Democratic party win the governorship in Iowa in 2026?", "Will Democrats win the Iowa Governor race in 2026?"),
    ("Will Man City win the 2026 FA Cup?", "Will Manchester City win the FA Cup in 2026?"),
    ("Will Côte d'Ivoire win the 2026 World Cup?", "Will Ivory Coast win the 2026 FIFA World Cup?"),
    ("Will the unemployment rate (U-3) be above 4.0% in May 2026?", "Will unemployment be above 4% in May 2026?"),
    ("Inter vs Verona, May 17, 2026: over 1.5 goals", "Hellas Verona vs. Inter Milan, May 17, 2026: 2+ total goals"),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right"), SAME)
def test_other_words_for_one_question_are_the_same(left, right):
    judgement = judge(ask(left), ask(right, "kalshi"))
    assert judgement.relation is Relation.SAME, judgement
    assert judgement.score_ppm > 900_000


REFUSED = [
    (Family.PLACEHOLDER, "Will Person G win the 2028 Democratic presidential nomination?", "Will Ann Lee win the 2028 Democratic presidential nomination?"),
    (Family.PLACEHOLDER, "Will Team AE win the 2026 World Cup?", "Will Team AE win the 2026 World Cup?"),
    (Family.PLACEHOLDER, "Will another party win the AL-02 House seat?", "Will another party win the AL-02 House seat?"),
    (Family.TICKET, "Will Ann Lee and Bo Diaz be the 2028 Democratic Presidential ticket?", "Will Ann Lee be the Democratic Presidential nominee in 2028?"),
    (Family.STAGE, "Will Japan win Group F in the 2026 World Cup?", "Will Japan win the 2026 World Cup?"),
    (Family.STAGE, "Will Japan qualify for the 2026 World Cup?", "Will Japan win the 2026 World Cup?"),
    (Family.STAGE, "Will Sam Poe finish in the Top 5 at the 2026 Masters?", "Will Sam Poe finish in the Top 10 at the 2026 Masters?"),
    (Family.STAGE, "Will Ana Ruiz win the 1st round of the 2026 Peru presidential election?", "Will Ana Ruiz win the 2026 Peru presidential election?"),
    (Family.PERIOD, "Arsenal vs Chelsea, May 3, 2026: First Half Winner: Arsenal", "Arsenal vs Chelsea, May 3, 2026: Winner: Arsenal"),
    (Family.TOUCH, "Will Bitcoin hit $150,000 on May 3, 2026?", "Will Bitcoin close above $150,000 on May 3, 2026?"),
    (Family.ANNOUNCED, "Ann Lee announced as next James Bond?", "Will Ann Lee be the next James Bond?"),
    (Family.BUCKET, "Will May 2026 unemployment be 4.1%?", "Will unemployment be above 4.1% in May 2026?"),
    (Family.THRESHOLD, "Will Bitcoin be above $100k on May 15, 2026?", "Will Bitcoin be above $110k on May 15, 2026?"),
    (Family.DIRECTION, "Will Bitcoin be above $100k on May 15, 2026?", "Will Bitcoin be below $90k on May 15, 2026?"),
    (Family.DATE, "Will Trump visit Japan by June 30, 2026?", "Will Trump visit Japan by December 31, 2026?"),
    (Family.DAY_BOUNDARY, "Will the high temp in Miami be 78-79° on Mar 1, 2026?", "Will the highest temperature in Miami be between 78-79°F on March 2, 2026?"),
    (Family.SEASON, "Will Arsenal win the 2025-26 Premier League?", "Will Arsenal win the 2026-27 Premier League?"),
    (Family.PLACE, "Will South Korea win the 2026 World Cup?", "Will South Africa win the 2026 World Cup?"),
    (Family.PARTY, "Will Democrats win the Ohio Senate race in 2026?", "Will Republicans win the Ohio Senate race in 2026?"),
    (Family.OFFICE, "Will Democrats win the Ohio Senate race in 2026?", "Will Democrats win the Ohio governorship in 2026?"),
    (Family.ASSET, "Will Bitcoin be above $100 on May 15, 2026?", "Will Ethereum be above $100 on May 15, 2026?"),
    (Family.COMPETITION, "Will Dallas win the 2026 Stanley Cup?", "Will Dallas win the 2026 NBA Finals?"),
    (Family.SUBJECT, "Will Jane Smith win the 2026 Ohio Senate race?", "Will Mark Dole win the 2026 Ohio Senate race?"),
    (Family.SUBJECT, "Will Don Smith win the 2026 Ohio Senate race?", "Will Eve Smith win the 2026 Ohio Senate race?"),
    (Family.CENTRAL_BANK, "Will the Fed cut rates in June 2026?", "Will the Fed hike rates in June 2026?"),
    (Family.PLAYER_PROP, "Joe Doe: Points O/U 10.5", "Will Joe Doe lead the NBA in points in 2026?"),
    (Family.PREDICATE, "Real Oviedo vs Getafe, May 3, 2026: O/U 8.5 Total Corners", "Real Oviedo vs Getafe, May 3, 2026: O/U 8.5 goals"),
    (Family.INDICATOR, "Will CPI be above 3% (annual) in May 2026?", "Will CPI be above 3% (monthly) in May 2026?"),
    (Family.BASKET, "Will the Democrats sweep the House, Senate and presidency in 2028?", "Will the Democrats win the House in 2028?"),
    (Family.DETERMINATION, "Will Ethereum be above $3,000 on May 3, 2026 at 5pm EDT?", "Will Ethereum be above $3,000 on May 3, 2026 at 12pm EDT?"),
]  # fmt: skip


@pytest.mark.parametrize(("family", "left", "right"), REFUSED)
def test_a_family_refuses_and_is_named_with_both_values(family, left, right):
    judgement = judge(ask(left), ask(right, "kalshi"))
    assert judgement.relation is Relation.DIFFERENT, judgement
    assert family in {veto.family for veto in judgement.vetoes}, judgement


@pytest.mark.parametrize(("left", "right"), SAME)
def test_no_family_fires_on_the_same_question(left, right):
    assert judge(ask(left), ask(right, "kalshi")).vetoes == ()


OPPOSITE = [
    (
        "Will unemployment be above 4.0% in May 2026?",
        "Will the unemployment rate be at or below 4.0% in May 2026?",
    ),
    (
        "Will Congress pass the budget by June 30, 2026?",
        "Will Congress not pass the budget by June 30, 2026?",
    ),
    ("Open: Ann Lee vs Bea Cox, May 3, 2026", "Will Bea Cox win the Lee vs Cox match on May 3, 2026?"),
]


@pytest.mark.parametrize(("left", "right"), OPPOSITE)
def test_yes_of_one_can_be_no_of_the_other(left, right):
    assert judge(ask(left), ask(right, "kalshi")).relation is Relation.INVERSE


OPEN = [
    ("Will Arsenal win the 2025-26 Premier League?", "Will Arsenal win the Premier League?"),
    ("Will Trump visit Japan?", "Will Trump visit Japan by June 30, 2026?"),
    ("Arsenal vs Chelsea, May 3, 2026 Winner?", "Arsenal vs Chelsea, May 3, 2026 Winner?"),
    (
        "Will Los Angeles win the 2026 Pro Basketball Finals?",
        "Will the Los Angeles Lakers win the 2026 NBA Finals?",
    ),
    (
        "Will Congress pass a budget by June 30, 2026?",
        "Will Congress pass an emergency budget by June 30, 2026?",
    ),
]


@pytest.mark.parametrize(("left", "right"), OPEN)
def test_what_a_title_leaves_open_is_unsure(left, right):
    judgement = judge(ask(left), ask(right, "kalshi"))
    assert judgement.relation is Relation.UNSURE, judgement
    assert judgement.doubts


def test_the_event_and_the_outcome_complete_a_kalshi_title():
    kalshi = ask(
        "Inter vs Hellas Verona Winner?",
        "kalshi",
        market_id="KXSERIEAGAME-26MAY17INTVER-INT",
        outcome="Inter",
    )
    poly = ask(
        "Will FC Internazionale Milano win on 2026-05-17?",
        event_title="FC Internazionale Milano vs. Hellas Verona FC",
    )
    assert judge(kalshi, poly).relation is Relation.SAME
    draw = ask(
        "Will it end in a draw?",
        event_title="FC Internazionale Milano vs. Hellas Verona FC",
        event_time=day("2026-05-17"),
    )
    assert judge(kalshi, draw).relation is Relation.DIFFERENT


def test_a_ticker_date_outweighs_a_generous_closing_time():
    kalshi = ask(
        "Arsenal vs Chelsea Winner?",
        "kalshi",
        market_id="KXEPLGAME-26MAY03ARSCHE-ARS",
        outcome="Arsenal",
        close_time=day("2026-05-16"),
    )
    mine = ask("EPL, Arsenal vs Chelsea, May 3, 2026: Arsenal", "limitless")
    later = ask("EPL, Arsenal vs Chelsea, May 16, 2026: Arsenal", "limitless")
    assert judge(kalshi, mine).relation is Relation.SAME
    assert judge(kalshi, later).relation is Relation.DIFFERENT


def test_a_women_s_match_is_not_the_men_s():
    men = ask("Arsenal vs Chelsea, May 3, 2026: Arsenal")
    women = ask("Arsenal Women vs Chelsea Women, May 3, 2026: Arsenal Women", "kalshi")
    assert judge(men, women).relation is Relation.DIFFERENT


def test_a_declared_mirror_is_evidence_and_still_refused_by_a_rule():
    poly = ask("Will Bitcoin hit $150,000 on May 3, 2026?", slug="btc-150k")
    mirror = ask(
        "Will Bitcoin close above $150,000 on May 3, 2026?",
        "limitless",
        external_slug="btc-150k",
        is_mirror=True,
    )
    judgement = judge(poly, mirror)
    assert judgement.relation is Relation.DIFFERENT
    assert "mirrors: btc-150k" in judgement.evidence


def test_the_evidence_says_which_fields_agreed():
    judgement = judge(
        ask("Will Norway win the 2026 World Cup?"), ask("Will Norway win the 2026 FIFA World Cup?", "kalshi")
    )
    assert "predicate: win" in judgement.evidence
    assert "year: 2026" in judgement.evidence
    assert "rules: not read on both sides" in judgement.evidence


def test_a_listing_is_made_of_a_catalogue_row():
    market = Market(
        venue=Venue.LIMITLESS,
        market_id="m-1",
        title="T",
        tradeable=True,
        price_bands=(),
        size_step=1,
        min_size=1,
        min_notional=0,
        fees=FeeSchedule(),
        outcome_title="O",
        terms={"external_slug": "x", "mirror": "true", "slug": "s"},
    )
    listing = Listing.of(market)
    assert (listing.venue, listing.market_id, listing.outcome) == ("limitless", "m-1", "O")
    assert (listing.external_slug, listing.slug, listing.is_mirror) == ("x", "s", True)

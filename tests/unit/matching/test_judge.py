"""Two questions: the same, opposite, different with the family named, or left to an operator."""

import json
from datetime import UTC, datetime
from pathlib import Path

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


FIXTURES = Path(__file__).parents[2] / "fixtures" / "matching"
PAIRS = json.loads((FIXTURES / "question_pairs.json").read_text())
MORE = json.loads((FIXTURES / "question_paraphrases.json").read_text())
SAME, OPPOSITE, OPEN = [*PAIRS["same"], *MORE["same"]], PAIRS["opposite"], PAIRS["open"]
REFUSED = [(Family(family), left, right) for family, left, right in (*PAIRS["refused"], *MORE["refused"])]


@pytest.mark.parametrize(("left", "right"), SAME)
def test_other_words_for_one_question_are_the_same(left, right):
    judgement = judge(ask(left), ask(right, "kalshi"))
    assert judgement.relation is Relation.SAME, judgement
    assert judgement.score_ppm > 900_000


@pytest.mark.parametrize(("family", "left", "right"), REFUSED)
def test_a_family_refuses_and_is_named_with_both_values(family, left, right):
    judgement = judge(ask(left), ask(right, "kalshi"))
    assert judgement.relation is Relation.DIFFERENT, judgement
    assert family in {veto.family for veto in judgement.vetoes}, judgement


@pytest.mark.parametrize(("left", "right"), SAME)
def test_no_family_fires_on_the_same_question(left, right):
    assert judge(ask(left), ask(right, "kalshi")).vetoes == ()


@pytest.mark.parametrize(("left", "right"), OPPOSITE)
def test_yes_of_one_can_be_no_of_the_other(left, right):
    assert judge(ask(left), ask(right, "kalshi")).relation is Relation.INVERSE


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


@pytest.mark.parametrize(
    ("solo", "relation"),
    [
        ("Will Girona FC win on 2026-05-14?", Relation.SAME),
        ("Will Real Sociedad win on 2026-05-14?", Relation.DIFFERENT),
        ("Will Girona FC win on 2026-05-21?", Relation.DIFFERENT),
        ("Will Girona FC win the 2025-26 La Liga?", Relation.DIFFERENT),
    ],
)
def test_a_club_and_a_day_name_a_match(solo, relation):
    match = ask("LaLiga, Girona vs Real Sociedad, May 14, 2026: Girona", "limitless")
    assert judge(ask(solo), match).relation is relation
    assert judge(match, ask(solo)).relation is relation


@pytest.mark.parametrize(
    ("end", "relation"), [("TOR", Relation.SAME), ("DET", Relation.INVERSE), ("XYZ", Relation.UNSURE)]
)
def test_the_end_of_a_ticker_says_whose_market_it_is(end, relation):
    kalshi = ask("Toronto vs Detroit Winner?", "kalshi", market_id=f"KXMLBGAME-26MAY161310TORDET-{end}")
    other = ask("Toronto Blue Jays vs. Detroit Tigers", slug="mlb-tor-det-2026-05-16")
    assert judge(kalshi, other).relation is relation


@pytest.mark.parametrize(
    ("title", "is_placeholder"),
    [
        ("Manchester City FC vs. Crystal Palace FC: O/U 2.5", False),
        ("Will Tesla Model Y outsell Model 3 in 2026?", False),
        ("Will Player AE win the 2026 AL MVP award?", True),
        ("Will E win the OH-10 House seat?", True),
        ('Will "Show A" win Best Drama Anime?', True),
    ],
)
def test_names_that_look_like_placeholders_are_names(title, is_placeholder):
    refused = Family.PLACEHOLDER in {veto.family for veto in judge(ask(title), ask(title, "kalshi")).vetoes}
    assert refused is is_placeholder


def test_to_win_both_halves_is_not_to_win_either():
    left = ask("Arsenal vs. Chelsea game on May 5, 2026: will Arsenal win both halves?")
    right = ask("Arsenal vs. Chelsea game on May 5, 2026: will Arsenal win either half?", "kalshi")
    assert Family.PERIOD in {veto.family for veto in judge(left, right).vetoes}
    assert judge(left, left).relation is Relation.SAME


def test_a_team_of_a_group_is_not_the_country():
    left = ask("Will USA win Group D in the 2026 FIFA World Cup?")
    right = ask("Will a team from Group D win the 2026 FIFA World Cup?", "kalshi")
    assert judge(left, right).relation is not Relation.SAME


@pytest.mark.parametrize(
    ("left", "right", "relation"),
    [
        (
            "Will Israel strike Iran by June 30, 2026?",
            "Iran strikes Israel before July 2026?",
            Relation.DIFFERENT,
        ),
        ("Will Israel strike Iran in 2026?", "Will Iran be struck by Israel in 2026?", Relation.UNSURE),
        (
            "Israel x Iran ceasefire in 2026?",
            "Will there be an Iran-Israel ceasefire in 2026?",
            Relation.SAME,
        ),
        (
            "Will gold outperform Bitcoin in 2026?",
            "Will Bitcoin outperform gold in 2026?",
            Relation.DIFFERENT,
        ),
    ],
)
def test_who_does_it_to_whom(left, right, relation):
    assert judge(ask(left), ask(right, "kalshi")).relation is relation
    assert judge(ask(right, "kalshi"), ask(left)).relation is relation


@pytest.mark.parametrize(
    ("closes", "relation"),
    [("2031-12-31", Relation.UNSURE), ("2027-01-20", Relation.SAME)],
    ids=["years apart", "weeks apart"],
)
def test_where_no_text_says_until_when_the_closing_times_must_agree(closes, relation):
    question = "Will Xi Jinping leave office?"
    judgement = judge(
        ask(question, "kalshi", close_time=day("2026-12-31")), ask(question, close_time=day(closes))
    )
    assert judgement.relation is relation, judgement
    assert [doubt.family for doubt in judgement.doubts] == [Family.DATE] * (relation is Relation.UNSURE)


def test_closing_times_say_nothing_against_dates_in_words():
    question = "Will Xi Jinping leave office before 2028?"
    far = ask(question, close_time=day("2031-12-31"))
    assert judge(ask(question, "kalshi", close_time=day("2027-12-31")), far).relation is Relation.SAME


@pytest.mark.parametrize(
    ("day", "relation"),
    [("2026-05-13", Relation.SAME), ("2026-05-20", Relation.DIFFERENT), (None, Relation.UNSURE)],
)
def test_where_one_club_is_named_the_day_alone_tells_which_game(day, relation):
    """Both venues keep the market of another game open at the same time: no closing time will do."""
    kalshi = ask("St. Louis wins by over 1.5 runs?", "kalshi", market_id="KXMLBSPREAD-26MAY132140STLATH-STL2")
    slug = f"mlb-stl-ath-{day}" if day else ""
    other = ask("Spread: St. Louis Cardinals (-1.5)", slug=slug, close_time=datetime(2026, 5, 14, tzinfo=UTC))
    assert judge(kalshi, other).relation is relation
    assert judge(other, kalshi).relation is relation


@pytest.mark.parametrize(
    ("ticker", "relation"),
    [("KXF1CONSTRUCTORS-26-FER", Relation.SAME), ("KXF1CONSTRUCTORS-27-FER", Relation.UNSURE)],
)
def test_a_ticker_of_the_next_year_outweighs_a_closing_time(ticker, relation):
    """Markets of a year close in the next: so does the next year's."""
    kalshi = ask(
        "Will Ferrari win the F1 Constructors Championship?",
        "kalshi",
        market_id=ticker,
        close_time=day("2027-01-10"),
    )
    assert judge(kalshi, ask("Will Ferrari be the 2026 F1 Constructors' Champion?")).relation is relation


@pytest.mark.parametrize(
    ("market_id", "relation"),
    [
        ("uzbekistan-1778586150473", Relation.SAME),
        ("uzbekistan-1793704150473", Relation.UNSURE),
        ("uzbekistan", Relation.UNSURE),
    ],
    ids=["listed in May 2026", "listed in November 2026", "nobody knows when"],
)
def test_a_title_without_a_year_means_the_year_it_was_listed_in(market_id, relation):
    limitless = ask("FIFA World Cup Group K Winner: Uzbekistan", "limitless", market_id=market_id)
    other = ask("Will Uzbekistan win Group K in the 2026 FIFA World Cup?")
    assert judge(limitless, other).relation is relation


@pytest.mark.parametrize(
    ("season", "kalshi", "ticker", "relation"),
    [
        ("2025–26 Champions League", "Champions League Winner", "KXUCL-26-PSG", Relation.SAME),
        ("2026–27 Champions League", "Champions League Winner", "KXUCL-26-PSG", Relation.UNSURE),
        ("2025–26 Ligue 1", "Ligue 1", "KXLIGUE1-26-PSG", Relation.UNSURE),
    ],
)
def test_a_cup_goes_by_the_year_of_its_final_and_a_league_by_either(season, kalshi, ticker, relation):
    other = ask(f"Will PSG win the {kalshi}?", "kalshi", market_id=ticker)
    assert judge(ask(f"Will PSG win the {season}?"), other).relation is relation

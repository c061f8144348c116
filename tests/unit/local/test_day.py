"""The simulated day: the same for the same seed, never crossed within a venue, and what it promises shows."""

import json
from fractions import Fraction

import pytest

from dutchbook.domain.money import ONE
from local.day.catalogue import HERE, load_day
from local.day.path import DAY_SECONDS, PricePath, _open

DAY = load_day()
PATH = PricePath(DAY, seed=2026)
SECONDS = range(0, DAY_SECONDS, 97 * 60)


def net_return(question, second):
    """Return on cost of buying YES where it is cheap and NO where it is dear, one share, at the touch."""
    scenario = question.scenario
    cheap = PATH.depth(question.keys[scenario.cheap], second)
    dear = PATH.depth(question.keys[scenario.dear], second)
    if not cheap.asks or not dear.bids:
        return None
    yes, no = Fraction(cheap.asks[0][0], ONE), 1 - Fraction(dear.bids[0][0], ONE)
    cost = yes + fee(scenario.cheap, yes) + no + fee(scenario.dear, no)
    return (1 - cost) / cost


def fee(venue, price):
    """The taker formulas, in fractions; for Polymarket the highest rate among the questions."""
    if venue == "limitless":
        return price * min(Fraction(3, 100), Fraction(26, 1000) / price - Fraction(22, 1000))
    return Fraction(7 if venue == "kalshi" else 5, 100) * price * (1 - price)


def window_seconds(question):
    scenario = question.scenario
    return [scenario.opens_s + period for period in range(0, DAY_SECONDS - 1200, 97 * scenario.period_s)]


def questions(kind):
    return [question for question in DAY.questions if question.scenario.kind == kind]


def test_the_path_is_a_function_of_the_seed():
    keys = [key for question in DAY.questions for key in question.keys.values()]
    again, other = PricePath(DAY, seed=2026), PricePath(DAY, seed=1)
    assert [again.depth(key, 4_000) for key in keys] == [PATH.depth(key, 4_000) for key in keys]
    assert [other.depth(key, 4_000) for key in keys] != [PATH.depth(key, 4_000) for key in keys]


def test_the_path_repeats_after_a_day():
    key = DAY.questions[0].keys["kalshi"]
    assert PATH.depth(key, 5_000) == PATH.depth(key, 5_000 + DAY_SECONDS)


@pytest.mark.parametrize("venue", ["kalshi", "polymarket", "limitless"])
def test_no_book_is_ever_crossed_off_the_grid_or_badly_ordered(venue):
    for second in SECONDS:
        for listing in DAY.listings(venue).values():
            depth = PATH.depth(listing.key, second)
            bids, asks = [row[0] for row in depth.bids], [row[0] for row in depth.asks]
            assert bids == sorted(set(bids), reverse=True)
            assert asks == sorted(set(asks))
            assert not (bids and asks) or bids[0] < asks[0]
            assert all(0 < price < ONE and price % listing.tick == 0 for price in bids + asks)
            assert all(size > 0 for _, size in depth.bids + depth.asks)


@pytest.mark.parametrize("question", questions("profitable"), ids=lambda question: question.title)
def test_a_profitable_window_pays_more_than_the_default_two_percent(question):
    returns = [net_return(question, second) for second in window_seconds(question)]
    assert min(returns) >= Fraction(15, 1000)
    assert max(returns) <= Fraction(6, 100)
    assert sum(value >= Fraction(2, 100) for value in returns) > len(returns) / 2


@pytest.mark.parametrize("question", questions("too_small"), ids=lambda question: question.title)
def test_a_small_gap_never_pays_two_percent(question):
    assert all(net_return(question, second) < Fraction(2, 100) for second in window_seconds(question))


@pytest.mark.parametrize("question", questions("none"), ids=lambda question: question.title)
def test_without_a_window_nothing_pays_two_percent(question):
    assert all(net_return(question, second) < Fraction(2, 100) for second in SECONDS)


def test_the_tripwire_question_sums_below_ninety_cents_while_open():
    (question,) = questions("too_good")
    for second in window_seconds(question):
        yes = PATH.depth(question.keys["polymarket"], second).asks[0][0]
        no = ONE - PATH.depth(question.keys["kalshi"], second).bids[0][0]
        assert 800_000 < yes + no < 900_000


def test_the_thin_question_pays_but_holds_fewer_shares_than_polymarkets_minimum():
    (question,) = questions("thin")
    assert net_return(question, 0) > Fraction(2, 100)
    assert PATH.depth(question.keys["kalshi"], 0).asks[0][1] < 5 * ONE
    assert len(PATH.depth(question.keys["kalshi"], 0).asks) == 1


def test_the_one_sided_question_shows_no_asks():
    (question,) = questions("one_sided")
    assert PATH.depth(question.keys["kalshi"], 0).asks == ()


def test_a_kalshi_and_a_limitless_window_are_open_at_the_start_and_stay_open_for_two_ticks():
    for venue in ("kalshi", "limitless"):
        open_now = [
            question
            for question in questions("profitable")
            if venue in (question.scenario.cheap, question.scenario.dear)
            and all(_open(question.scenario, second) for second in (0, 15, 30))
        ]
        assert open_now
        assert all(net_return(question, 15) > Fraction(2, 100) for question in open_now)


def test_the_pairs_file_names_listed_markets_with_a_reason():
    pairs = json.loads((HERE / "pairs.json").read_text())["pairs"]
    known = {
        f"{venue}:{market}"
        for venue in ("kalshi", "polymarket", "limitless")
        for market in DAY.listings(venue)
    }
    assert len(pairs) >= 20
    assert all({pair["a"], pair["b"]} <= known and pair["a"] != pair["b"] for pair in pairs)
    assert all(pair["relation"] == "same" and pair["title"] and pair["why"] for pair in pairs)

"""A hedged set has one result, on the day on which it ends, however its legs are paid; in both stores."""

from datetime import timedelta

import pytest

from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import ONE
from dutchbook.domain.settlement import Resolution, Stage
from dutchbook.domain.trade import LegPurpose
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Outcome, Side, Venue
from tests.support.builders import a_fill, a_leg, a_limits, a_trade, an_agent

KALSHI = MarketKey(Venue.KALSHI, "kalshi-market")
POLYMARKET = MarketKey(Venue.POLYMARKET, "polymarket-market")
TODAY, TOMORROW = "2026-11-23", "2026-11-24"


def hedged(money, trade_id="trd_01", shares=10 * ONE, **changes):
    """YES on Kalshi at 0.40 and NO on Polymarket at 0.50: nine dollars that pay ten."""
    if money.agents.get("agt_1") is None:
        money.agents.add(an_agent())
    money.ledger.reserve(a_trade(trade_id, shares=shares, **changes), a_limits())
    money.ledger.move_trade(trade_id, TradeState.RESERVED, TradeState.OPENING)
    money.ledger.book_fills(trade_id, 0, [a_fill(f"{trade_id}-a", shares, 400_000)])
    money.ledger.book_fills(trade_id, 1, [a_fill(f"{trade_id}-b", shares, 500_000)])
    money.ledger.finish(trade_id, TradeState.OPENING, TradeState.HEDGED, reason="", locked=shares // 10)


def sold(money, trade_id, venue, outcome, shares, price):
    leg = a_leg(0, venue, outcome=outcome, side=Side.SELL, purpose=LegPurpose.EXIT, shares=shares)
    money.ledger.reserve(a_trade(trade_id, legs=(leg,), reserved={}, pair_id=trade_id), a_limits())
    money.ledger.move_trade(trade_id, TradeState.RESERVED, TradeState.OPENING)
    money.ledger.book_fills(trade_id, 0, [a_fill(f"{trade_id}-s", shares, price)])
    money.ledger.finish(trade_id, TradeState.OPENING, TradeState.FILLED, reason="")


def held(money, key):
    return next(each for each in money.ledger.positions("agt_1") if each.key == key)


def pay(money, key, yes_value, **how):
    money.settlements.settle(held(money, key), Resolution(key, Stage.PAYABLE, yes_value, **how))


def days(money):
    """(realised, result) by day."""
    found = money.agents.days("agt_1", "0000", simulated=True)
    return {day.day: (day.realised, day.result) for day in found if day.realised or day.result}


def a_day_later(money):
    money.clock.advance(int(timedelta(days=1).total_seconds() * 1000))


@pytest.mark.parametrize("yes", [0, ONE], ids=["the first leg loses", "the first leg wins"])
def test_legs_paid_on_two_days_are_one_result_on_the_second(money, yes):
    hedged(money)
    first = 10 * yes - 4 * ONE
    pay(money, KALSHI, yes)
    trade = money.ledger.trade("trd_01")
    assert (trade.realised, trade.result) == (first, 0)
    assert days(money) == {TODAY: (first, 0)}

    a_day_later(money)
    pay(money, POLYMARKET, yes)
    trade = money.ledger.trade("trd_01")
    assert (trade.realised, trade.deferred, trade.result) == (ONE, 0, ONE)
    assert days(money) == {TODAY: (first, 0), TOMORROW: (ONE - first, ONE)}
    assert money.agents.totals("agt_1", simulated=True).realised == ONE


def test_what_the_paid_leg_had_too_much_of_is_judged_at_once(money):
    """Two of the other leg's ten shares were sold before: only eight are a set."""
    hedged(money)
    sold(money, "trd_02", Venue.POLYMARKET, Outcome.NO, 2 * ONE, 500_000)
    pay(money, KALSHI, 0)
    assert days(money) == {TODAY: (-4 * ONE, -800_000)}
    assert held(money, POLYMARKET).answered == 8 * ONE


def test_two_trades_answer_a_position_together_and_no_share_twice(money):
    hedged(money, "trd_01")
    hedged(money, "trd_02", shares=5 * ONE, pair_id="pair_2")
    sold(money, "trd_03", Venue.POLYMARKET, Outcome.NO, 3 * ONE, 500_000)
    pay(money, KALSHI, 0)
    assert held(money, POLYMARKET).answered == 12 * ONE
    # three of the second trade's five lost shares have no sister any more
    assert days(money) == {TODAY: (-6 * ONE, -1_200_000)}


def test_selling_the_last_leg_takes_its_answer_along(money):
    hedged(money)
    pay(money, KALSHI, 0)
    assert held(money, POLYMARKET).answered == 10 * ONE
    sold(money, "trd_02", Venue.POLYMARKET, Outcome.NO, 6 * ONE, 900_000)
    assert held(money, POLYMARKET).answered == 4 * ONE
    sold(money, "trd_03", Venue.POLYMARKET, Outcome.NO, 4 * ONE, 950_000)
    money.settlements.close("trd_01")
    assert days(money) == {TODAY: (200_000, 200_000)}
    assert money.ledger.trade("trd_01").deferred == 0


def test_a_leg_that_two_pairs_shared_answers_the_one_that_is_still_whole(money):
    """Both bought YES on Kalshi; the first was closed early, so all that is left of YES is of the second."""
    other = MarketKey(Venue.POLYMARKET, "other")
    hedged(money, "trd_01")
    legs = a_leg(0), a_leg(1, Venue.POLYMARKET, market_id=other.market_id)
    hedged(money, "trd_02", pair_id="pair_2", legs=legs)
    sold(money, "trd_03", Venue.KALSHI, Outcome.YES, 10 * ONE, 400_000)
    sold(money, "trd_04", Venue.POLYMARKET, Outcome.NO, 10 * ONE, 500_000)
    pay(money, KALSHI, 0)
    assert held(money, other).answered == 10 * ONE
    assert days(money) == {TODAY: (-4 * ONE, 0)}


@pytest.mark.parametrize(
    "answer",
    [Resolution(KALSHI, Stage.PAYABLE, 500_000), Resolution(KALSHI, Stage.PAYABLE, 0, refund=True)],
    ids=["void", "given back"],
)
def test_a_voided_leg_says_nothing_of_its_sister(money, answer):
    hedged(money)
    money.settlements.settle(held(money, KALSHI), answer)
    assert money.agents.day("agt_1", TODAY, simulated=True).deferred == 0
    assert held(money, POLYMARKET).answered == 0
    assert money.ledger.trade("trd_01").locked == 0


def test_venues_that_disagree_are_judged_when_that_is_known(money):
    hedged(money)
    pay(money, KALSHI, 0)
    assert days(money) == {TODAY: (-4 * ONE, 0)}
    assert money.settlements.flag("trd_01", "the venues settled differently")
    assert days(money) == {TODAY: (-4 * ONE, -4 * ONE)}
    assert not money.settlements.flag("trd_01", "the venues settled differently")
    pay(money, POLYMARKET, ONE)
    assert days(money) == {TODAY: (-9 * ONE, -9 * ONE)}


def test_a_fill_that_is_told_after_the_payout_lets_the_set_wait_on(money):
    """Two shares more of the leg that lost: they belong to no set, and the ten before them still do."""
    hedged(money)
    pay(money, KALSHI, 0)
    money.ledger.book_fills("trd_01", 0, [a_fill("late", 2 * ONE, 400_000)])
    pay(money, KALSHI, 0)
    assert days(money) == {TODAY: (-4_800_000, -800_000)}


def test_an_event_bought_whole_is_judged_with_its_last_leg(money):
    """NO of three outcomes at 0.60: 1.80 that pay two dollars, one leg a day."""
    money.agents.add(an_agent())
    legs = tuple(
        a_leg(index, Venue.POLYMARKET, outcome=Outcome.NO, market_id=name) for index, name in enumerate("ABC")
    )
    money.ledger.reserve(a_trade("trd_01", legs=legs), a_limits())
    money.ledger.move_trade("trd_01", TradeState.RESERVED, TradeState.OPENING)
    for index in range(3):
        money.ledger.book_fills("trd_01", index, [a_fill(f"f{index}", 10 * ONE, 600_000)])
    money.ledger.finish("trd_01", TradeState.OPENING, TradeState.HEDGED, reason="", locked=2 * ONE)
    results = []
    for name, yes in (("A", 0), ("B", ONE), ("C", 0)):
        pay(money, MarketKey(Venue.POLYMARKET, name), yes)
        results.append(sum(result for _, result in days(money).values()))
        left = [each.answered for each in money.ledger.positions("agt_1")]
        assert left == {"A": [0, 0], "B": [10 * ONE], "C": []}[name]
        a_day_later(money)
    assert results == [0, 0, 2 * ONE]


def test_a_single_position_is_judged_when_it_is_paid(money):
    money.agents.add(an_agent())
    money.ledger.reserve(a_trade("trd_01", legs=(a_leg(0),)), a_limits())
    money.ledger.move_trade("trd_01", TradeState.RESERVED, TradeState.OPENING)
    money.ledger.book_fills("trd_01", 0, [a_fill("f", 10 * ONE, 400_000)])
    money.ledger.finish("trd_01", TradeState.OPENING, TradeState.FILLED, reason="")
    pay(money, KALSHI, 0)
    assert days(money) == {TODAY: (-4 * ONE, -4 * ONE)}

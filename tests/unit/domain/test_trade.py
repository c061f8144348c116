"""The state tables of trades and legs, and what is decided from the records alone."""

from dataclasses import replace
from itertools import product

import pytest

from dutchbook.domain.decision import Act, decide, end_state
from dutchbook.domain.money import ONE
from dutchbook.domain.trade import LegPurpose
from dutchbook.domain.trade_money import cost_of, locked_profit, spent_on
from dutchbook.domain.trade_states import (
    LEG_ARROWS,
    OPEN_LEG_STATES,
    TERMINAL_TRADE_STATES,
    TRADE_ARROWS,
    LegState,
    TradeState,
    leg_may_move,
    trade_may_move,
)
from dutchbook.domain.venue import Outcome, Side, Venue
from tests.support.builders import a_leg, a_trade

DUST = 10_000


def done(index: int = 0, net: int = 10 * ONE, state: LegState = LegState.FILLED, **changes):
    venue = changes.pop("venue", Venue.KALSHI if index == 0 else Venue.POLYMARKET)
    leg = a_leg(index, venue, state=state)
    return replace(leg, filled=net, net_filled=net, notional=net * 2 // 5, **changes)


def repair(index: int, of: int, purpose: LegPurpose, net: int, **changes):
    side = Side.BUY if purpose is LegPurpose.COMPLETE else Side.SELL
    return done(index, net, purpose=purpose, repairs=of, side=side, **changes)


def test_every_state_has_its_arrows():
    assert set(LEG_ARROWS) == set(LegState)
    assert set(TRADE_ARROWS) == set(TradeState)


@pytest.mark.parametrize("state", list(LegState))
def test_every_leg_state_can_be_reached_and_open_ones_can_end(state):
    reached, ahead = set(), [LegState.PLANNED]
    while ahead:
        one = ahead.pop()
        if one not in reached:
            reached.add(one)
            ahead.extend(LEG_ARROWS[one])
    assert state in reached
    if state in OPEN_LEG_STATES:
        assert LegState.CANCELLED in LEG_ARROWS[state]
        assert LegState.FILLED in LEG_ARROWS[state]


@pytest.mark.parametrize("state", [LegState.CANCELLED, LegState.PARTIAL])
def test_fills_may_come_after_a_cancel(state):
    assert leg_may_move(state, LegState.FILLED)
    assert leg_may_move(state, LegState.CONFIRMING)


def test_what_was_sent_is_never_planned_again_except_when_it_was_not_sent():
    back = {state for state in LegState if LegState.PLANNED in LEG_ARROWS[state]}
    assert back == {LegState.SUBMITTING}


def test_an_acknowledged_order_is_never_rejected_or_sent_again():
    assert not leg_may_move(LegState.ACKED, LegState.REJECTED)
    assert not leg_may_move(LegState.ACKED, LegState.SUBMITTING)


def test_an_ended_trade_only_leaves_its_end_for_a_quarantine_or_out_of_one():
    for old, new in product(TERMINAL_TRADE_STATES, TradeState):
        quarantines = TradeState.QUARANTINED in (old, new) and new in TERMINAL_TRADE_STATES
        assert trade_may_move(old, new) is (old is new or quarantines)


@pytest.mark.parametrize("state", sorted(set(TradeState) - TERMINAL_TRADE_STATES - {TradeState.RESERVED}))
def test_every_trade_that_may_hold_something_can_be_quarantined(state):
    assert trade_may_move(state, TradeState.QUARANTINED)


def test_a_reserved_trade_can_only_open_or_be_released():
    assert TRADE_ARROWS[TradeState.RESERVED] == {TradeState.OPENING, TradeState.NOT_TAKEN}


@pytest.mark.parametrize("state", sorted(OPEN_LEG_STATES))
def test_an_order_that_may_still_fill_is_asked_about_before_anything_else(state):
    trade = a_trade(legs=(done(0), a_leg(1, Venue.POLYMARKET, state=state)))
    decision = decide(trade, DUST)
    assert (decision.act, decision.leg) == (Act.ASK, trade.legs[1])


def test_legs_are_placed_in_order_and_sized_by_what_is_held():
    trade = a_trade()
    assert decide(trade, DUST).leg == trade.legs[0]
    assert decide(trade, DUST).target == trade.shares
    trade = a_trade(legs=(done(0, 7 * ONE, LegState.PARTIAL), a_leg(1, Venue.POLYMARKET)))
    decision = decide(trade, DUST)
    assert (decision.act, decision.leg, decision.target) == (Act.PLACE, trade.legs[1], 7 * ONE)


def test_a_repair_that_is_planned_goes_before_the_next_leg():
    unwind = a_leg(2, purpose=LegPurpose.UNWIND, side=Side.SELL, repairs=0)
    trade = a_trade(legs=(done(0), a_leg(1, Venue.POLYMARKET), unwind))
    assert decide(trade, DUST).leg == unwind


@pytest.mark.parametrize(
    ("second", "act"), [(10 * ONE - DUST, Act.FINISH), (10 * ONE - DUST - 1, Act.REPAIR)]
)
def test_legs_may_differ_by_dust_and_not_by_more(second, act):
    assert decide(a_trade(legs=(done(0), done(1, second))), DUST).act is act


def test_nothing_of_the_first_leg_means_nothing_of_the_second():
    trade = a_trade(legs=(done(0, 0, LegState.CANCELLED), a_leg(1, Venue.POLYMARKET)))
    assert decide(trade, DUST).act is Act.FINISH
    assert end_state(trade) is TradeState.NOT_TAKEN


def test_the_end_waits_for_settlement():
    trade = a_trade(legs=(done(0), done(1, state=LegState.CONFIRMING)))
    decision = decide(trade, DUST)
    assert (decision.act, decision.leg) == (Act.ASK, trade.legs[1])


@pytest.mark.parametrize("repairs_first", [True, False])
def test_what_a_leg_holds_is_found_by_the_index_that_a_repair_names(repairs_first):
    legs = [
        done(0),
        done(1, 4 * ONE, LegState.PARTIAL),
        repair(2, 1, LegPurpose.COMPLETE, 3 * ONE, venue=Venue.POLYMARKET),
        repair(3, 0, LegPurpose.UNWIND, 3 * ONE, venue=Venue.KALSHI),
    ]
    trade = a_trade(legs=tuple(legs[::-1] if repairs_first else legs))
    held = {leg.index: trade.held(leg) for leg in trade.planned_legs}
    assert held == {0: 7 * ONE, 1: 7 * ONE}


def test_ends_follow_from_what_is_held():
    unwound = (done(0), done(1, 0, LegState.REJECTED), repair(2, 0, LegPurpose.UNWIND, 10 * ONE))
    assert end_state(a_trade(legs=(done(0), done(1)))) is TradeState.HEDGED
    assert end_state(a_trade(legs=(done(0),))) is TradeState.FILLED
    assert end_state(a_trade(legs=unwound)) is TradeState.FLAT


def test_locked_profit_is_what_the_sets_pay_less_what_they_cost():
    """Ten sets pay ten dollars; both legs cost 4 a piece, fees in."""
    trade = a_trade(legs=(done(0), done(1)))
    assert locked_profit(trade) == 2 * ONE


def test_dust_beyond_the_sets_counts_as_lost():
    trade = a_trade(legs=(done(0), done(1, 10 * ONE - DUST)))
    payout = 10 * ONE - DUST
    assert locked_profit(trade) == payout - 4 * ONE - (10 * ONE - DUST) * 2 // 5


def test_the_basis_of_a_part_is_rounded_up():
    leg = replace(done(0, 3), notional=10)
    assert cost_of(a_trade(legs=(leg,)), leg, 1) == 4
    assert cost_of(a_trade(legs=(a_leg(0),)), a_leg(0), 1) == 0


def test_only_purchases_spend_the_reservation():
    legs = (done(0, fee_usd=5), repair(1, 0, LegPurpose.UNWIND, ONE, venue=Venue.KALSHI))
    assert spent_on(a_trade(legs=legs), Venue.KALSHI) == 4 * ONE + 5
    assert spent_on(a_trade(legs=legs), Venue.LIMITLESS) == 0


@pytest.mark.parametrize(
    ("outcome", "side", "adds"),
    [
        (Outcome.YES, Side.BUY, True),
        (Outcome.NO, Side.SELL, True),
        (Outcome.YES, Side.SELL, False),
        (Outcome.NO, Side.BUY, False),
    ],
)
def test_a_leg_adds_or_removes_yes_exposure(outcome, side, adds):
    assert a_leg(outcome=outcome, side=side).adds_yes_exposure is adds

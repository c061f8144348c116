"""Closing a hedged pair early: two sales with the same exactly-once legs; no path leaves one side."""

from dataclasses import replace

import pytest

from dutchbook.domain.agent import AgentState
from dutchbook.domain.errors import TermsChanged, VenueUnreachable
from dutchbook.domain.money import ONE
from dutchbook.domain.plan import PlannedLeg
from dutchbook.domain.result import How
from dutchbook.domain.trade import LegPurpose
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.domain.venue import Outcome, Side
from dutchbook.ports.ledger import Control
from dutchbook.usecases import execute_pair
from tests.support.builders import a_fill
from tests.support.execution import (
    CENT,
    KALSHI,
    KALSHI_MARKET,
    POLYMARKET,
    TRADE_ID,
    World,
    a_plan,
    kalshi_book,
    polymarket_book,
)
from tests.support.settlements import MemorySettlements
from tests.support.venue import NOTHING, REJECTED, UNKNOWN_FILLED, partial

EXIT_ID = TRADE_ID[:-1] + "1"


def hedged_world(**changes):
    """A hedged pair of 100, and bids of 0.55 and 0.50 that pay more for it than a dollar."""
    world = World(**changes)
    world.drive()
    world.settlements = MemorySettlements(world.ledger)
    world.execution = replace(world.execution, settlements=world.settlements)
    world.kalshi_data.set_book(kalshi_book(yes_bid=55, yes_ask=57))
    world.polymarket_data.set_book(polymarket_book(no_bid=50, no_ask=52))
    return world


def exit_plan(count=100, **changes):
    amount = count * ONE
    legs = (
        PlannedLeg(KALSHI, Outcome.YES, Side.SELL, amount, 55 * CENT, 0, LegPurpose.EXIT),
        PlannedLeg(POLYMARKET, Outcome.NO, Side.SELL, amount, 50 * CENT, 0, LegPurpose.EXIT),
    )
    return a_plan(
        trade_id=EXIT_ID,
        legs=legs,
        shares=amount,
        expected_cost=93 * amount // 100,
        expected_profit=9 * amount // 100,
        direction="exit:early",
        simulated=True,
        **changes,
    )


def close(world, plan=None):
    world.drive(plan or exit_plan())
    return world.ledger.trade(EXIT_ID)


def test_both_legs_are_sold_and_the_trade_is_flat():
    world = hedged_world()
    opened = world.trade
    assert opened.locked > 0

    trade = close(world)

    assert (trade.state, trade.reason) == (TradeState.FLAT, "")
    assert [leg.state for leg in trade.legs] == [LegState.FILLED, LegState.FILLED]
    assert world.ledger.positions("agt_1") == []
    assert trade.realised > opened.locked
    assert trade.closes == (TRADE_ID,)


def test_what_was_locked_in_the_closed_pair_is_locked_no_more():
    world = hedged_world()
    close(world)

    assert world.trade.closed_at is not None
    assert world.trade.locked == 0
    (result,) = world.settlements.results("agt_1", simulated=True)
    assert (result.how, result.trade_id) == (How.EXITED, EXIT_ID)


def test_an_early_close_is_no_failure_and_says_so():
    world = hedged_world()
    world.agents.failures["agt_1"] = 3
    close(world)

    assert world.agents.failures["agt_1"] == 0
    assert world.notices.kinds == ["exited"]


def test_bids_that_moved_away_leave_the_pair_as_it_is():
    world = hedged_world()
    world.polymarket_data.set_book(polymarket_book(no_bid=49, no_ask=52))

    trade = close(world)

    assert trade.state is TradeState.NOT_TAKEN
    assert trade.reason.startswith("EdgeGone")
    assert len(world.ledger.positions("agt_1")) == 2


def test_a_first_sale_that_fills_in_part_sizes_the_second():
    world = hedged_world()
    world.kalshi.script = [partial(60 * ONE)]

    trade = close(world)

    assert trade.state is TradeState.FLAT
    assert {position.shares for position in world.ledger.positions("agt_1")} == {40 * ONE}
    assert world.trade.closed_at is None


def test_a_second_sale_that_fails_is_tried_again_at_what_the_book_pays():
    world = hedged_world()
    world.polymarket.script = [NOTHING]

    trade = close(world)

    assert trade.state is TradeState.FLAT
    assert trade.legs[2].purpose is LegPurpose.COMPLETE
    assert trade.legs[2].side is Side.SELL
    assert world.ledger.positions("agt_1") == []


def test_what_was_sold_is_bought_back_where_that_is_cheaper():
    world = hedged_world()

    def gone():
        world.polymarket_data.set_book(polymarket_book(no_bid=20, no_ask=52))
        return NOTHING

    world.polymarket.script = Lazy(gone)
    trade = close(world)

    assert trade.state is TradeState.FLAT
    assert (trade.legs[2].purpose, trade.legs[2].side, trade.legs[2].key) == (
        LegPurpose.UNWIND,
        Side.BUY,
        KALSHI,
    )
    assert {position.shares for position in world.ledger.positions("agt_1")} == {100 * ONE}
    assert world.trade.closed_at is None
    assert world.notices.kinds == ["unwound"]


def test_when_neither_is_possible_within_stop_loss_a_human_is_called():
    world = hedged_world()

    def gone():
        world.polymarket_data.set_book(polymarket_book(no_bid=5, no_ask=52))
        world.kalshi_data.set_book(kalshi_book(yes_bid=55, yes_ask=95))
        return NOTHING

    world.polymarket.script = Lazy(gone)
    trade = close(world)

    assert trade.state is TradeState.QUARANTINED
    assert world.agents.get("agt_1").state is AgentState.HALTED


def test_under_the_kill_switch_positions_are_sold_but_nothing_is_bought_back():
    world = hedged_world()
    world.ledger.set_control(Control(trading=False, reason="test"))

    def gone():
        world.polymarket_data.set_book(polymarket_book(no_bid=48, no_ask=52))
        return NOTHING

    world.polymarket.script = Lazy(gone)
    trade = close(world)

    assert trade.state is TradeState.FLAT
    assert trade.legs[2].purpose is LegPurpose.COMPLETE


@pytest.mark.parametrize("behaviour", [UNKNOWN_FILLED, REJECTED])
def test_each_share_is_sold_once_whatever_the_venue_answers(behaviour):
    world = hedged_world()
    world.polymarket.script = [behaviour]

    trade = close(world)

    assert trade.state is TradeState.FLAT
    assert world.ledger.positions("agt_1") == []
    assert world.polymarket.held(Outcome.NO) == 0


def test_a_closing_agent_is_inactive_once_nothing_is_left():
    world = hedged_world()
    world.agents.set_state("agt_1", [AgentState.ACTIVE], AgentState.CLOSING, "asked", "owner")

    close(world, exit_plan(60))
    assert world.agents.get("agt_1").state is AgentState.CLOSING

    plan = exit_plan(40)
    world.drive(replace(plan, trade_id=EXIT_ID[:-1] + "2"))
    assert world.agents.get("agt_1").state is AgentState.INACTIVE


def test_a_venue_that_is_down_leaves_the_pair_as_it_is():
    world = hedged_world()
    world.kalshi_data.failure = VenueUnreachable("down")

    trade = close(world)

    assert trade.state is TradeState.NOT_TAKEN
    assert len(world.ledger.positions("agt_1")) == 2


class Lazy(list):
    """A script whose behaviour is made when the order comes: the book moves at that moment."""

    def __init__(self, make):
        super().__init__([None])
        self._make = make

    def pop(self, index=-1):
        super().pop(index)
        return self._make()


def test_what_is_too_little_to_sell_or_to_buy_back_is_left_and_told():
    world = hedged_world()
    world.markets.put_markets([replace(KALSHI_MARKET, min_size=ONE, min_notional=ONE)])
    world.polymarket.script = [partial(100 * ONE - ONE // 2)]
    close(world)
    trade = world.ledger.trade(EXIT_ID)
    assert trade.state is TradeState.FLAT
    assert trade.reason == "0.5 shares of polymarket NO left over: too small to sell"
    assert not [leg for leg in trade.legs if leg.is_repair]
    assert world.notices.kinds == ["exited", "remainder"]
    assert world.agents.get("agt_1").state is AgentState.ACTIVE


def another_exit(count):
    """Of the same YES, held for another pair as well."""
    leg = PlannedLeg(KALSHI, Outcome.YES, Side.SELL, count * ONE, 55 * CENT, 0, LegPurpose.EXIT)
    return replace(exit_plan(count), trade_id=TRADE_ID[:-1] + "2", pair_id="pair_2", legs=(leg,))


@pytest.mark.parametrize(
    ("planned", "sold", "count", "state"),
    [
        (100, 0, 60, TradeState.NOT_TAKEN),
        (70, 0, 30, TradeState.FILLED),
        (70, 0, 31, TradeState.NOT_TAKEN),
        (70, 50, 30, TradeState.FILLED),
        (70, 50, 31, TradeState.NOT_TAKEN),
    ],
    ids=["all of it", "what is left", "more than is left", "what a half sold one leaves", "more than that"],
)
def test_two_exits_of_a_position_never_sell_more_than_is_held(planned, sold, count, state):
    world = hedged_world()
    execute_pair.reserve(world.execution, exit_plan(planned))
    if sold:
        world.ledger.book_fills(EXIT_ID, 0, [a_fill("sold", sold * ONE, 55 * CENT)])
    world.drive(another_exit(count))

    other = world.ledger.trade(TRADE_ID[:-1] + "2")
    assert other.state is state
    assert ("other exits sell" in other.reason) is (state is TradeState.NOT_TAKEN)
    yes = next(one for one in world.ledger.positions("agt_1") if one.key == KALSHI)
    assert yes.shares >= (planned - sold) * ONE


def test_a_sale_that_is_signed_anew_is_checked_like_the_first():
    """Between the two signatures another exit was reserved: together they would sell more than is held."""
    world = hedged_world()
    place = world.kalshi.place

    def refused_once(intent, market):
        world.kalshi.place = place
        execute_pair.reserve(world.execution, exit_plan(70))
        raise TermsChanged("signed for too long")

    world.kalshi.place = refused_once
    world.drive(another_exit(60))

    other = world.ledger.trade(TRADE_ID[:-1] + "2")
    assert other.state is TradeState.NOT_TAKEN
    assert "other exits sell" in other.reason

"""Both legs fill: the trade is HEDGED, and every number agrees with the venues' own."""

from dutchbook.domain.money import ONE
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.usecases.execute_pair import Step
from tests.support.execution import World, a_plan


def test_two_filled_legs_are_hedged_and_locked_profit_is_payout_less_cost():
    world = World()
    assert world.drive().step is Step.HEDGED
    trade = world.trade
    cost = sum(leg.notional + leg.fee_usd for leg in trade.legs)
    assert [leg.state for leg in trade.legs] == [LegState.FILLED, LegState.FILLED]
    assert trade.state is TradeState.HEDGED
    assert trade.locked == 100 * ONE - cost > 0
    assert world.kalshi.held(Outcome.YES) == world.polymarket.held(Outcome.NO) == 100 * ONE


def test_what_was_reserved_is_spent_or_released():
    world = World()
    world.drive()
    for venue, budget in world.agents.budgets("agt_1", simulated=True).items():
        leg = next(leg for leg in world.trade.legs if leg.venue is venue)
        assert budget.reserved == 0
        assert budget.spent == leg.notional + leg.fee_usd
        assert budget.available + budget.spent == budget.funded


def test_each_order_is_sent_once():
    world = World()
    world.drive()
    assert len(world.kalshi.sent) == len(world.polymarket.sent) == 1


def test_a_demo_agents_trade_is_simulated():
    world = World()
    world.drive()
    assert world.trade.simulated
    assert world.trade.reserved.keys() == {Venue.KALSHI, Venue.POLYMARKET}
    assert a_plan().legs[0].key.venue is Venue.KALSHI

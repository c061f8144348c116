"""What finishing a trade costs comes out of the agent's free budget and its maxPosition, or is not spent."""

from dataclasses import replace

import pytest

from dutchbook.domain.errors import LimitExceeded
from dutchbook.domain.money import ONE
from dutchbook.domain.pair import Pair, PairStatus, Relation
from dutchbook.domain.trade import LegPurpose
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Venue
from dutchbook.usecases import execute_pair
from dutchbook.usecases.execute_pair import Step
from tests.support.builders import a_limits, an_agent
from tests.support.execution import KALSHI, POLYMARKET, TRADE_ID, World, a_plan, kalshi_book, polymarket_book
from tests.support.venue import NOTHING

SECOND = "trd_01KB0000000000000000000001"


def budget(world):
    return world.agents.budgets("agt_1", simulated=True)[Venue.POLYMARKET]


def exposure(world):
    return world.agents.totals("agt_1", simulated=True).exposure


def a_world(max_position=5_000 * ONE):
    return World(agent=an_agent(limits=a_limits(max_position=max_position, stop_loss=200_000)))


def half_placed(world, *plans):
    """The second leg gets nothing; finishing is dearer than planned now, and still cheaper than undoing."""
    for plan in plans:
        world.reserve(plan)
    world.polymarket.script = [NOTHING] * len(plans)
    for plan in plans:
        world.leg(0, trade_id=plan.trade_id)
        world.leg(1, adds_yes=False, trade_id=plan.trade_id)
    world.polymarket_data.set_book(polymarket_book(no_bid=50, no_ask=52, depth=100))
    world.kalshi_data.set_book(kalshi_book(yes_bid=30, yes_ask=40))


def on(world, after, plan):
    return world.leg(after.leg, adds_yes=after.step is Step.BUY, trade_id=plan.trade_id)


def purposes(world, trade_id=TRADE_ID):
    return [leg.purpose for leg in world.ledger.trade(trade_id).legs[2:]]


def test_what_a_completion_may_cost_is_set_aside_before_it_is_sent():
    world = a_world()
    half_placed(world, a_plan())
    before, spent = budget(world), exposure(world)

    execute_pair.repair(world.execution, TRADE_ID)

    (leg,) = world.trade.legs[2:]
    worst = -(-leg.shares * leg.limit_price // ONE)
    assert leg.purpose is LegPurpose.COMPLETE
    assert budget(world).reserved >= worst > before.reserved
    assert exposure(world) - spent == budget(world).reserved - before.reserved


def test_a_completion_keeps_to_max_position():
    plan = a_plan()
    limit = sum(plan.reserved.values())
    world = a_world(limit)
    half_placed(world, plan)

    after = execute_pair.repair(world.execution, TRADE_ID)
    on(world, after, plan)

    assert exposure(world) <= limit
    assert after.step in (Step.BUY, Step.SELL)


@pytest.mark.parametrize("free", [3 * ONE, ONE])
def test_two_completions_do_not_spend_the_same_free_money(free):
    world, plan, second = a_world(), a_plan(), replace(a_plan(), trade_id=SECOND, pair_id="pair_2")
    world.markets.put_pair(Pair("pair_2", KALSHI, POLYMARKET, Relation.SAME, PairStatus.APPROVED))
    half_placed(world, plan, second)
    funded = budget(world).reserved + free
    world.agents.set_budget("agt_1", Venue.POLYMARKET, funded, simulated=True, actor="test")

    nexts = [execute_pair.repair(world.execution, one.trade_id) for one in (plan, second)]
    for after, one in zip(nexts, (plan, second), strict=True):
        on(world, after, one)

    assert budget(world).available >= 0


def test_a_completion_whose_money_was_taken_meanwhile_is_undone_instead():
    world = a_world()
    half_placed(world, a_plan())
    inner, refused = world.ledger.put_leg, []

    def put_leg(trade_id, leg, **money):
        if leg.purpose is LegPurpose.COMPLETE:
            refused.append(leg)
            raise LimitExceeded("budget.polymarket: not enough is free")
        inner(trade_id, leg, **money)

    world.ledger.put_leg = put_leg
    world.kalshi_data.set_book(kalshi_book(yes_bid=38, yes_ask=40))
    world.polymarket_data.set_book(polymarket_book(no_bid=50, no_ask=51, depth=100))

    after = execute_pair.repair(world.execution, TRADE_ID)

    assert len(refused) == 1
    assert purposes(world) == [LegPurpose.UNWIND]
    assert after.step is Step.SELL


def test_what_completions_did_not_spend_is_released_at_the_end():
    world = a_world()
    half_placed(world, a_plan())
    world.polymarket.script = [NOTHING, NOTHING]
    for _ in range(2):
        on(world, execute_pair.repair(world.execution, TRADE_ID), a_plan())
    assert purposes(world) == [LegPurpose.COMPLETE] * 2
    assert budget(world).reserved > a_plan().reserved[Venue.POLYMARKET]

    world.kalshi_data.set_book(kalshi_book(yes_bid=38, yes_ask=40))
    on(world, execute_pair.repair(world.execution, TRADE_ID), a_plan())
    execute_pair.finish(world.execution, TRADE_ID)

    assert world.trade.state is TradeState.FLAT
    assert budget(world).reserved == 0
    assert exposure(world) == 0

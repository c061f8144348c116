"""What maxDailyLoss counts while the legs of one hedged pair are paid at different moments."""

from dataclasses import replace

import pytest

from dutchbook.domain.errors import LimitExceeded
from dutchbook.domain.money import ONE
from dutchbook.domain.settlement import Resolution, Stage
from local.memory.settlements import MemorySettlements
from tests.support.builders import a_limits, an_agent
from tests.support.execution import KALSHI, POLYMARKET, TRADE_ID, World, a_plan

SECOND = TRADE_ID[:-1] + "Z"
LIMITS = a_limits(max_position=1_000 * ONE, max_daily_loss=10 * ONE)


@pytest.fixture
def world():
    """A hundred shares a leg, hedged for 0.90 and fees; ten dollars may be lost a day."""
    world = World(agent=an_agent(limits=LIMITS))
    world.drive()
    return world


def pay(world, key, yes_value):
    settlements = MemorySettlements(world.ledger)
    for position in world.ledger.positions("agt_1"):
        if position.key == key:
            settlements.settle(position, Resolution(key, Stage.PAYABLE, yes_value))


def enter_again(world):
    """Another trade, of other shares of the same books."""
    return world.drive(replace(a_plan(10), trade_id=SECOND)).step


def test_the_leg_that_lost_is_no_loss_while_its_sister_is_held(world):
    pay(world, KALSHI, 0)
    assert world.agents.totals("agt_1", simulated=True).realised < -10 * ONE
    assert enter_again(world) == "HEDGED"


def test_a_set_that_lost_is_one(world):
    pay(world, KALSHI, 0)
    pay(world, POLYMARKET, ONE)
    with pytest.raises(LimitExceeded, match="maxDailyLoss"):
        enter_again(world)


def test_what_hangs_on_nothing_any_more_counts_with_its_stop(world):
    """The void gave back less than was paid, and its sister is now a bet of its own."""
    pay(world, KALSHI, 390_000)
    left = world.ledger.positions("agt_1")[0]
    lost = 100 * 10_000 + left.cost * world.agent.limits.stop_loss // 1_000_000
    world.agents.agents["agt_1"] = an_agent(limits=replace(LIMITS, max_daily_loss=lost))
    with pytest.raises(LimitExceeded, match="maxDailyLoss"):
        enter_again(world)

"""A purchase that nets away the last leg of a set, whose other leg was paid, ends that set."""

from dataclasses import replace

from dutchbook.domain.money import ONE
from dutchbook.domain.plan import PlannedLeg
from dutchbook.domain.settlement import Resolution, Stage
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Outcome, Side
from local.memory.settlements import MemorySettlements
from tests.support.execution import (
    CENT,
    KALSHI,
    POLYMARKET,
    TRADE_ID,
    World,
    a_plan,
    kalshi_book,
    polymarket_book,
)

NEXT_ID = TRADE_ID[:-1] + "1"


def test_what_a_set_has_deferred_is_judged_when_a_purchase_nets_its_last_leg_away():
    world = World()
    world.drive()
    world.settlements = MemorySettlements(world.ledger)
    world.execution = replace(world.execution, settlements=world.settlements)
    no = next(one for one in world.ledger.positions("agt_1") if one.key == POLYMARKET)
    world.settlements.settle(no, Resolution(POLYMARKET, Stage.PAYABLE, ONE))
    assert world.trade.deferred < 0

    world.kalshi_data.set_book(kalshi_book(yes_bid=95, yes_ask=97))
    world.polymarket_data.set_book(polymarket_book(no_bid=15, no_ask=17))
    legs = (
        PlannedLeg(KALSHI, Outcome.NO, Side.BUY, 100 * ONE, 5 * CENT, 6 * ONE),
        PlannedLeg(POLYMARKET, Outcome.YES, Side.BUY, 100 * ONE, 85 * CENT, 90 * ONE),
    )
    world.drive(a_plan(trade_id=NEXT_ID, pair_id="pair_2", legs=legs, expected_cost=92 * ONE))

    assert world.ledger.trade(NEXT_ID).state is TradeState.HEDGED
    assert [one.outcome for one in world.ledger.positions("agt_1")] == [Outcome.YES]
    assert (world.trade.deferred, world.trade.closed_at is None) == (0, False)
    assert sum(day.deferred for day in world.agents.days("agt_1", "", simulated=True)) == 0

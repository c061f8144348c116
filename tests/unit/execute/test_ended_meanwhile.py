"""A trade ends while a Lambda works on it, or changes while another ends it: neither acts on the past."""

import pytest

from dutchbook.domain.errors import NotSent, WrongState
from dutchbook.domain.money import ONE
from dutchbook.domain.trade import Fill
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.domain.venue import Venue
from dutchbook.usecases import execute_pair
from dutchbook.usecases.execute_pair import Step, Sweep, sweep_trade
from dutchbook.usecases.resolve_trade import resolve
from tests.support.builders import a_limits, an_agent
from tests.support.execution import TRADE_ID, World, a_plan, polymarket_book
from tests.support.sweeping import Sweeper
from tests.support.venue import NOT_SENT, NOTHING, REJECTED, UNKNOWN_ABSENT

LATE = Fill("late", 100 * ONE, 400_000)


def meanwhile(port, method, act):
    """Does `act` once, just before the port's method is called next."""
    inner, acts = getattr(port, method), [act]

    def called(*args, **kwargs):
        if acts:
            acts.pop()()
        return inner(*args, **kwargs)

    setattr(port, method, called)


def sweep_of(world):
    sweeper = Sweeper(world)
    return Sweep(world.execution, sweeper.executions, sweeper.leases)


def tried_once(world):
    """OPENING with nothing out: the first try of the first leg provably did not leave."""
    world.kalshi.script = [NOT_SENT]
    world.reserve(a_plan())
    with pytest.raises(NotSent):
        world.leg(0)


def reserved(world, venue=Venue.KALSHI):
    return world.agents.budgets("agt_1", simulated=True)[venue].reserved


def test_no_order_leaves_for_a_reserved_trade_that_was_released_meanwhile():
    world = World()
    world.reserve(a_plan())
    meanwhile(world.kalshi, "prepare", lambda: sweep_trade(sweep_of(world), TRADE_ID))

    assert world.leg(0).step is Step.NOT_TAKEN

    assert world.kalshi.sent == []
    assert reserved(world) == 0


def test_no_order_leaves_for_an_opening_trade_that_was_released_meanwhile():
    world = World()
    tried_once(world)
    meanwhile(world.kalshi, "balance", lambda: sweep_trade(sweep_of(world), TRADE_ID))

    assert world.leg(0).step is Step.NOT_TAKEN

    assert world.trade.state is TradeState.NOT_TAKEN
    assert world.kalshi.sent == []
    assert reserved(world) == 0


def test_no_unwind_leaves_for_a_trade_that_was_quarantined_meanwhile():
    world = World(agent=an_agent(limits=a_limits(stop_loss=150_000)))
    world.polymarket.script = [REJECTED]
    world.reserve(a_plan())
    world.leg(0)
    world.leg(1, adds_yes=False)
    world.polymarket_data.set_book(polymarket_book(no_ask=90))
    on = execute_pair.repair(world.execution, TRADE_ID)
    sent = len(world.kalshi.sent)
    meanwhile(world.kalshi, "prepare", lambda: world.quarantine(a_plan(), "a human looks"))

    after = world.leg(on.leg, adds_yes=on.step is Step.BUY)

    assert after.step is Step.QUARANTINED
    assert len(world.kalshi.sent) == sent
    assert world.trade.legs[-1].state is LegState.PLANNED


def test_a_trade_is_not_released_as_untouched_once_an_order_was_claimed_meanwhile():
    world = World()
    tried_once(world)
    meanwhile(world.ledger, "finish", lambda: world.leg(0))

    assert sweep_trade(sweep_of(world), TRADE_ID) == "waiting"

    assert not world.trade.ended
    assert world.trade.legs[0].state is LegState.FILLED
    assert reserved(world, Venue.POLYMARKET) > 0


def test_a_trade_does_not_end_as_what_it_was_before_a_fill():
    world = World()
    world.kalshi.script = [NOTHING]
    world.reserve(a_plan())
    world.leg(0)
    meanwhile(world.ledger, "finish", lambda: world.ledger.book_fills(TRADE_ID, 0, [LATE]))

    with pytest.raises(WrongState):
        execute_pair.finish(world.execution, TRADE_ID)

    assert not world.trade.ended
    assert execute_pair.finish(world.execution, TRADE_ID).step is not Step.NOT_TAKEN


def test_an_operator_does_not_resolve_what_a_fill_has_changed_meanwhile():
    world = World()
    world.kalshi.script = [UNKNOWN_ABSENT]
    world.kalshi.deaf = True
    world.drive()
    meanwhile(world.ledger, "finish", lambda: world.ledger.book_fills(TRADE_ID, 0, [LATE]))

    with pytest.raises(WrongState):
        resolve(
            world.ledger,
            world.agents,
            world.markets,
            world.clock,
            TRADE_ID,
            absent=[0],
            closed=[],
            reason="nothing there",
            operator="op",
        )

    assert world.trade.state is TradeState.QUARANTINED


@pytest.mark.parametrize("faster", ["move_trade", "put_leg"])
def test_of_two_lambdas_that_repair_one_plans_a_leg(faster):
    world = World()
    world.polymarket.script = [REJECTED]
    world.reserve(a_plan())
    world.leg(0)
    world.leg(1, adds_yes=False)
    meanwhile(world.ledger, faster, lambda: execute_pair.repair(world.execution, TRADE_ID))

    after = execute_pair.repair(world.execution, TRADE_ID)

    assert [leg.index for leg in world.trade.legs] == [0, 1, 2]
    assert after.leg == 2

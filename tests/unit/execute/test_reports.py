"""What a venue's report makes of a leg, also of one that is not where its reader left it."""

from dataclasses import replace

import pytest

from dutchbook.domain.errors import InvariantBroken
from dutchbook.domain.money import ONE
from dutchbook.domain.trade_states import LegState
from dutchbook.ports.venues import OrderReport, OrderStatus
from dutchbook.usecases import execute_pair
from dutchbook.usecases.execute_pair.place import apply_report, state_after
from tests.support.builders import a_fill
from tests.support.execution import World, a_plan
from tests.support.venue import UNKNOWN_FILLED, Behaviour


def sent(behaviour: Behaviour, *, confirms: bool = True) -> World:
    """The first leg is at the venue."""
    world = World()
    world.kalshi.confirms = confirms
    world.kalshi.script = [behaviour]
    execute_pair.reserve(world.execution, a_plan())
    world.leg(0)
    return world


def a_report(world: World, **changes) -> OrderReport:
    fill = a_fill("kept", 100 * ONE, 400_000)
    order_id = world.trade.legs[0].venue_order_id
    return replace(OrderReport(OrderStatus.DONE, order_id, (fill,), 100 * ONE), **changes)


def test_an_older_report_says_nothing_of_a_leg_that_a_later_one_has_taken_further():
    """The sender's answer is of a moment when the order was at work; another Lambda has seen it filled."""
    world = sent(UNKNOWN_FILLED)
    seen = world.trade.legs[0]
    apply_report(world.execution, world.trade, seen, a_report(world))

    apply_report(world.execution, world.trade, seen, a_report(world, status=OrderStatus.WORKING))

    assert (world.trade.legs[0].state, world.trade.legs[0].filled) == (LegState.FILLED, 100 * ONE)


def test_fills_are_booked_though_the_venue_calls_the_order_otherwise():
    world = sent(UNKNOWN_FILLED)
    leg = world.trade.legs[0]

    with pytest.raises(InvariantBroken, match="0xother"):
        apply_report(world.execution, world.trade, leg, a_report(world, venue_order_id="0xother"))

    assert (world.trade.legs[0].state, world.trade.legs[0].filled) == (LegState.UNKNOWN, 100 * ONE)


def test_fills_are_booked_though_nothing_was_ever_sent():
    world = World()
    execute_pair.reserve(world.execution, a_plan())

    with pytest.raises(InvariantBroken, match="PLANNED"):
        apply_report(world.execution, world.trade, world.trade.legs[0], a_report(world))

    assert (world.trade.legs[0].state, world.trade.legs[0].filled) == (LegState.PLANNED, 100 * ONE)


def test_a_leg_whose_fills_were_not_read_is_not_confirmed():
    """A reading may meet a booking half way, and the venue's list of trades lags."""
    world = sent(Behaviour(settles="later"), confirms=False)
    torn = replace(world.trade.legs[0], fills=())
    assert torn.state is LegState.CONFIRMING

    assert state_after(torn, a_report(world, fills=())) is LegState.CONFIRMING

"""What may stop an order at the last moment: switches before any venue is asked, and again last of all."""

import pytest

from dutchbook.domain.agent import AgentState
from dutchbook.domain.errors import NotSent, TermsChanged, VenueThrottled, VenueUnreachable
from dutchbook.domain.trade_states import LegState
from dutchbook.ports.ledger import Control
from dutchbook.usecases import execute_pair
from tests.support.execution import World, a_plan, kalshi_book
from tests.support.venue import Behaviour


def reserved():
    world = World()
    execute_pair.reserve(world.execution, a_plan())
    return world


def after(owner, method, act):
    """Does `act` each time that the owner's method has answered."""
    inner = getattr(owner, method)

    def called(*args, **kwargs):
        answer = inner(*args, **kwargs)
        act()
        return answer

    setattr(owner, method, called)


def refuse(venue, method, error, times=1):
    inner, left = getattr(venue, method), [error] * times

    def called(*args, **kwargs):
        if left:
            raise left.pop()
        return inner(*args, **kwargs)

    setattr(venue, method, called)


def switch_off(world):
    world.ledger.set_control(Control(False, "drill", world.execution.now(), "ops"))


def halt(world):
    if world.agents.get("agt_1").state is AgentState.ACTIVE:
        world.agents.set_state("agt_1", [AgentState.ACTIVE], AgentState.HALTED, "drill", "ops")


@pytest.mark.parametrize("stop", [switch_off, halt])
@pytest.mark.parametrize("reading", ["positions", "balance", "prepare"])
def test_what_is_switched_off_while_anything_else_is_read_is_not_sent(stop, reading):
    world = reserved()
    after(world.ledger if reading == "positions" else world.kalshi, reading, lambda: stop(world))

    world.leg(0)

    assert world.kalshi.sent == []
    assert world.trade.legs[0].reason.startswith("Halted")


@pytest.mark.parametrize("stop", [switch_off, halt])
def test_no_account_is_asked_once_it_is_switched_off(stop):
    world, asked = reserved(), []
    for venue in (world.kalshi, world.polymarket):
        for method in ("balance", "prepare"):
            after(venue, method, lambda: asked.append(1))
    stop(world)

    world.leg(0)

    assert asked == []


def test_a_venue_that_is_down_hides_no_switch_and_makes_no_failure_of_it():
    world = reserved()
    switch_off(world)
    refuse(world.kalshi, "balance", VenueUnreachable("down"), times=100)

    world.drive()

    assert world.trade.legs[0].reason.startswith("Halted")
    assert world.agents.failures.get("agt_1", 0) == 0


def test_an_order_that_could_not_be_signed_anew_is_still_to_be_sent():
    world = reserved()
    world.kalshi.script = [Behaviour(arrives=False, answer=TermsChanged)]
    signed, calls = world.kalshi.prepare, []

    def prepare(request, market):
        calls.append(request.attempt)
        if calls == [0, 1]:
            raise VenueThrottled("asked too often")
        return signed(request, market)

    world.kalshi.prepare = prepare
    with pytest.raises(NotSent):
        world.leg(0)

    assert world.trade.legs[0].state is LegState.PLANNED


def test_what_is_signed_anew_late_is_checked_against_the_book_of_then():
    world = reserved()

    def ten_seconds_late():
        world.clock.advance(10_000)
        world.kalshi_data.set_book(kalshi_book(yes_ask=45))

    world.kalshi.script = [Behaviour(arrives=False, answer=TermsChanged)]
    after(world.kalshi, "prepare", ten_seconds_late)

    world.leg(0)

    assert world.kalshi.orders == {}
    assert world.trade.legs[0].reason.startswith("EdgeGone")

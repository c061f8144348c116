"""Ends: what is counted, who is told, and what survives when telling fails."""

from dataclasses import replace

import pytest

from dutchbook.domain.agent import AgentState
from dutchbook.domain.errors import LimitExceeded, StoreUnavailable
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Venue
from dutchbook.usecases import execute_pair
from dutchbook.usecases.execute_pair import Step
from dutchbook.usecases.execute_pair.finish import MAX_FAILURES
from dutchbook.usecases.execute_pair.steps import MAX_ROUNDS
from tests.support.execution import TRADE_ID, World, a_plan, kalshi_book
from tests.support.venue import FILLED, NOTHING, REJECTED


def trades(world: World, count: int, behaviour) -> None:
    for number in range(count):
        world.kalshi.script = [behaviour]
        world.drive(a_plan(trade_id=f"trd_{number}_{len(world.ledger.stored)}"))


def test_more_than_five_failures_in_a_row_pause_the_agent_and_say_why():
    world = World()
    trades(world, MAX_FAILURES, REJECTED)
    assert world.agents.get("agt_1").state is AgentState.ACTIVE
    assert world.notices == []
    trades(world, 1, REJECTED)
    agent = world.agents.get("agt_1")
    assert agent.state is AgentState.PAUSED
    last = list(world.ledger.stored)[-1]
    assert agent.state_reason == (
        f"6 trades in a row failed; the last one, {last}: InsufficientFunds: kalshi says so"
    )
    assert world.notices.kinds == ["paused"]
    assert agent.state_reason in world.notices[0].what
    with pytest.raises(Exception, match="paused"):
        trades(world, 1, FILLED)


def test_a_success_starts_the_count_anew():
    world = World()
    trades(world, MAX_FAILURES, REJECTED)
    trades(world, 1, FILLED)
    trades(world, MAX_FAILURES, REJECTED)
    assert world.agents.get("agt_1").state is AgentState.ACTIVE


def test_a_market_that_moved_on_is_no_failure():
    world = World()
    trades(world, MAX_FAILURES + 1, NOTHING)
    world.kalshi_data.set_book(kalshi_book(yes_ask=60))
    trades(world, MAX_FAILURES + 1, FILLED)
    assert world.agents.failures == {}


def test_finishing_twice_changes_nothing():
    world = World()
    world.drive()
    before = world.agents.budgets("agt_1", simulated=True)
    assert execute_pair.finish(world.execution, a_plan().trade_id).step is Step.HEDGED
    assert world.agents.budgets("agt_1", simulated=True) == before


def test_a_trade_that_still_needs_something_is_sent_on_to_it():
    world = World()
    execute_pair.reserve(world.execution, a_plan())
    on = execute_pair.finish(world.execution, a_plan().trade_id)
    assert (on.step, on.leg) == (Step.BUY, 0)


def half_open() -> World:
    world = World()
    execute_pair.reserve(world.execution, a_plan())
    world.leg(0)
    return world


@pytest.mark.parametrize("broken", ["ledger.finish", "agents.set_state", "notices.send"])
def test_quarantine_flags_halts_and_alarms_even_if_one_of_them_fails(broken):
    world = half_open()
    owner, method = broken.split(".")

    def fail(*_args, **_kwargs):
        raise StoreUnavailable("away")

    target = getattr(world, owner)
    original = getattr(target, method)
    setattr(target, method, fail)
    with pytest.raises(StoreUnavailable):
        world.quarantine(a_plan(), "a test")
    done = {
        "ledger.finish": world.trade.state is TradeState.QUARANTINED,
        "agents.set_state": world.agents.get("agt_1").state is AgentState.HALTED,
        "notices.send": world.notices.kinds == ["quarantined"],
    }
    assert [what for what, is_done in done.items() if not is_done] == [broken]
    setattr(target, method, original)
    assert world.quarantine(a_plan(), "a test").step is Step.QUARANTINED
    assert world.trade.state is TradeState.QUARANTINED
    assert world.agents.get("agt_1").state is AgentState.HALTED
    assert world.notices.kinds == ["quarantined"]


def test_the_alarm_says_what_happened_to_whom_and_what_comes_next():
    world = half_open()
    world.quarantine(a_plan(), "a test")
    (notice,) = world.notices
    assert notice.agent_id == "agt_1"
    assert notice.trade_id == a_plan().trade_id
    assert notice.what == "Will it rain?: a test. Held by the ledger: 100 yes on kalshi, 0 no on polymarket"
    assert "halted" in notice.next_step


def test_quarantine_of_a_trade_that_has_ended_well_leaves_it_alone():
    world = World()
    world.drive()
    assert world.quarantine(a_plan(), "late").step is Step.HEDGED
    assert world.agents.get("agt_1").state is AgentState.ACTIVE


def test_a_trade_of_which_nothing_left_is_released_and_nobody_is_halted():
    world = World()
    execute_pair.reserve(world.execution, a_plan())
    assert world.quarantine(a_plan(), "a bug").step is Step.NOT_TAKEN
    assert world.agents.get("agt_1").state is AgentState.ACTIVE
    assert all(one.reserved == 0 for one in world.agents.budgets("agt_1", simulated=True).values())
    assert world.notices.kinds == ["failed"]


def test_a_reservation_that_was_never_written_is_told_and_nothing_else():
    world = World()
    assert world.quarantine(a_plan(), "a bug").step is Step.NOT_TAKEN
    assert world.notices.kinds == ["failed"]
    assert world.ledger.stored == {}


def test_limits_are_the_ledgers_own_in_the_end():
    world = World()
    world.agents.agents["agt_1"] = replace(world.agent, limits=replace(world.agent.limits, max_trades=1))
    world.drive()
    with pytest.raises(LimitExceeded, match="maxTrades"):
        world.drive(a_plan(trade_id="trd_2"))
    assert Venue.KALSHI in world.agents.budgets("agt_1", simulated=True)


def test_a_second_trade_on_the_pair_waits_for_the_first():
    world = World()
    execute_pair.reserve(world.execution, a_plan())
    with pytest.raises(Exception, match="another on"):
        execute_pair.reserve(world.execution, a_plan(trade_id="trd_2"))
    assert execute_pair.reserve(world.execution, a_plan()).step is Step.BUY


@pytest.mark.parametrize("index", [-1, 1])
def test_steps_that_keep_failing_call_a_human(index):
    world = half_open()
    on = execute_pair.recover(world.execution, TRADE_ID, index, 0, "Conflict", "lost a race")
    assert on.round == 1
    for round_ in range(1, MAX_ROUNDS):
        on = execute_pair.recover(world.execution, TRADE_ID, index, round_, "Conflict", "lost a race")
        assert on.step is not Step.QUARANTINE
    on = execute_pair.recover(world.execution, TRADE_ID, index, MAX_ROUNDS, "Conflict", "lost a race")
    assert on.step is Step.QUARANTINE
    assert "lost a race" in on.reason

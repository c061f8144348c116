"""Ends: what is counted, who is told, and what survives when telling fails."""

from dataclasses import replace

import pytest

from dutchbook.domain.agent import AgentState
from dutchbook.domain.errors import LimitExceeded, NotAuthorised, StoreUnavailable
from dutchbook.domain.money import ONE
from dutchbook.domain.trade import Fill
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Venue
from dutchbook.usecases import execute_pair
from dutchbook.usecases.execute_pair import Step
from dutchbook.usecases.execute_pair.finish import MAX_FAILURES
from dutchbook.usecases.execute_pair.steps import MAX_ROUNDS
from dutchbook.usecases.resolve_trade import Closing, resolve
from tests.support.builders import a_limits, an_agent
from tests.support.execution import TRADE_ID, World, a_plan, kalshi_book, polymarket_book
from tests.support.sweeping import Sweeper
from tests.support.venue import FILLED, NOTHING, REJECTED, Behaviour


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


# ------------------------------------------------------- a Lambda dies, or fails, between two of the writes


def died_after_the_end(world: World, plan, step) -> None:
    """The ledger has the end, and the process that wrote it is gone."""
    inner = world.ledger.finish

    def finish(*args, **kwargs):
        inner(*args, **kwargs)
        raise RuntimeError("the process is gone")

    world.ledger.finish = finish
    with pytest.raises(RuntimeError):
        step(plan)
    world.ledger.finish = inner
    assert world.ledger.trade(plan.trade_id).ended


def test_failures_count_though_every_lambda_dies_after_the_end():
    world = World()
    for number in range(MAX_FAILURES + 1):
        plan = a_plan(trade_id=f"trd_{number}")
        world.kalshi.script = [REJECTED]
        world.reserve(plan)
        world.leg(0, trade_id=plan.trade_id)
        died_after_the_end(world, plan, lambda one: execute_pair.finish(world.execution, one.trade_id))
    assert world.agents.get("agt_1").state is AgentState.ACTIVE
    Sweeper(world).come(3)
    assert world.agents.get("agt_1").state is AgentState.PAUSED
    assert world.notices.kinds == ["paused"]


def test_a_failure_is_counted_once_though_its_notice_could_not_be_sent_and_that_is_sent_later():
    world = World()
    told = world.execution.notifier
    world.execution = replace(world.execution, notifier=Away())
    world.kalshi.script = [Behaviour(arrives=False, answer=NotAuthorised)]
    world.reserve(a_plan())
    world.leg(0)
    with pytest.raises(StoreUnavailable):
        execute_pair.finish(world.execution, TRADE_ID)
    assert world.agents.failures == {"agt_1": 1}
    world.execution = replace(world.execution, notifier=told)
    assert execute_pair.finish(world.execution, TRADE_ID).step is Step.NOT_TAKEN
    Sweeper(world).come(4)
    assert world.notices.kinds == ["credentials"]
    assert world.agents.failures == {"agt_1": 1}


class Away:
    """A notifier whose service does not answer."""

    def send(self, notice):
        raise StoreUnavailable("notify: Throttling")


def test_a_pause_that_was_not_written_is_written_by_whoever_comes_next():
    world = World()
    trades(world, MAX_FAILURES, REJECTED)
    inner = world.agents.set_state

    def dies(*args, **kwargs):
        raise RuntimeError("the process is gone")

    world.agents.set_state = dies
    world.kalshi.script = [REJECTED]
    world.reserve(a_plan())
    world.leg(0)
    with pytest.raises(RuntimeError):
        execute_pair.finish(world.execution, TRADE_ID)
    world.agents.set_state = inner
    assert world.agents.get("agt_1").state is AgentState.ACTIVE
    Sweeper(world).come(3)
    assert world.agents.get("agt_1").state is AgentState.PAUSED
    assert world.notices.kinds == ["paused"]


def test_a_look_after_the_end_pauses_no_agent_that_was_activated_since():
    world = World()
    trades(world, MAX_FAILURES + 1, REJECTED)
    world.agents.set_state("agt_1", [AgentState.PAUSED], AgentState.ACTIVE, "mended", "owner")
    Sweeper(world).come(3)
    assert world.agents.get("agt_1").state is AgentState.ACTIVE
    trades(world, MAX_FAILURES, REJECTED)
    assert world.agents.get("agt_1").state is AgentState.ACTIVE
    trades(world, 1, REJECTED)
    assert world.agents.get("agt_1").state is AgentState.PAUSED


@pytest.mark.parametrize("again", [True, False])
def test_a_quarantine_is_heard_in_the_figures_though_its_lambda_dies(again):
    world, heard = half_open(), []
    world.execution = replace(world.execution, on_end=lambda trade: heard.append(trade.state))
    died_after_the_end(world, a_plan(), lambda plan: world.quarantine(plan, "a test"))
    assert heard == []
    if again:
        world.quarantine(a_plan(), "a test")
    Sweeper(world).come(4)
    assert heard == [TradeState.QUARANTINED]


def test_a_trade_that_is_quarantined_again_after_its_resolution_is_told_again():
    world = half_open()
    heard = []
    world.execution = replace(world.execution, on_end=lambda trade: heard.append(trade.state))
    world.quarantine(a_plan(), "a test")
    sold = Closing(0, 100 * ONE, 380_000, 10_000)
    ports = (world.ledger, world.agents, world.markets, world.clock)
    resolve(*ports, TRADE_ID, absent=[], closed=[sold], reason="sold", operator="0x0e")
    assert world.trade.state is TradeState.FLAT
    (order,) = world.kalshi.orders.values()
    order.fills = (*order.fills, Fill("late", 5 * ONE, 400_000))
    Sweeper(world).come(4)
    assert world.trade.state is TradeState.QUARANTINED
    assert world.agents.get("agt_1").state is AgentState.HALTED
    assert world.notices.kinds == ["quarantined", "quarantined"]
    assert "after the trade had ended as FLAT" in world.notices[-1].what
    # what an operator resolves is no end of trading's own
    assert heard == [TradeState.QUARANTINED, TradeState.QUARANTINED]


def test_the_reason_told_is_that_of_the_leg_that_failed():
    world = World(agent=an_agent(limits=a_limits(stop_loss=150_000)))
    filled, refused = world.kalshi.place, world.polymarket.place
    world.kalshi.place = lambda intent, market: replace(filled(intent, market), reason="MATCHED")
    world.polymarket.script = [REJECTED]

    def place(intent, market):
        world.polymarket_data.set_book(polymarket_book(no_ask=90))
        return refused(intent, market)

    world.polymarket.place = place
    world.drive()
    assert world.trade.state is TradeState.FLAT
    assert world.trade.reason.startswith("InsufficientFunds")
    (notice,) = world.notices
    assert "InsufficientFunds" in notice.what
    assert "MATCHED" not in notice.what

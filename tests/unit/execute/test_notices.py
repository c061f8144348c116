"""Who is told what: each kind of notice names the agent, the trade, the venue and what happens next."""

from contextlib import suppress
from dataclasses import replace

import pytest

from dutchbook.domain.agent import AgentState
from dutchbook.domain.book import OrderBook
from dutchbook.domain.errors import InsufficientFunds, NotAuthorised
from dutchbook.domain.money import ONE
from dutchbook.domain.trade_states import TradeState
from dutchbook.usecases.execute_pair.finish import MAX_FAILURES
from dutchbook.usecases.execute_pair.steps import Step
from dutchbook.usecases.resolve_trade import Closing, resolve
from tests.support.builders import a_limits, an_agent
from tests.support.execution import KALSHI, KALSHI_MARKET, POLYMARKET, TRADE_ID, World, a_plan
from tests.support.sweeping import Sweeper
from tests.support.venue import REJECTED, Behaviour, partial


def refused(error: type[Exception]) -> World:
    world = World()
    world.kalshi.script = [Behaviour(arrives=False, answer=error)]
    assert world.drive().step is Step.NOT_TAKEN
    return world


def test_credentials_that_a_venue_refuses_are_told_with_what_to_do():
    (notice,) = refused(NotAuthorised).notices
    assert (notice.kind, notice.agent_id, notice.venue) == ("credentials", "agt_1", "kalshi")
    assert notice.trade_id == TRADE_ID
    assert "Test them" in notice.next_step


def test_a_venue_that_refuses_for_another_reason_is_no_matter_of_credentials():
    assert refused(InsufficientFunds).notices == []


def test_the_same_keys_are_told_once_for_many_trades():
    world = refused(NotAuthorised)
    world.kalshi.script = [Behaviour(arrives=False, answer=NotAuthorised)]
    world.drive(a_plan(trade_id="trd_2"))
    assert world.notices.kinds == ["credentials"]


# ------------------------------------------------- the Lambda dies between the end and telling of it


class DeadBeforeTelling:
    """A notifier whose process dies instead of sending, until somebody else comes."""

    def send(self, notice):
        raise RuntimeError("the process is gone")


def died_before_telling(world: World, plan=None) -> World:
    """The trade's end is written; its Lambda, and whoever tries again within the execution, tells nobody."""
    told = world.execution.notifier
    world.execution = replace(world.execution, notifier=DeadBeforeTelling())
    with suppress(RuntimeError):
        world.drive(plan)
    world.execution = replace(world.execution, notifier=told)
    return world


def unwinding() -> World:
    world = World(agent=an_agent(limits=a_limits(stop_loss=500_000)))
    world.polymarket.script = [REJECTED]
    gone_when_placed(world)
    return world


def gone_when_placed(world: World) -> None:
    inner = world.polymarket.place

    def place(intent, market):
        world.polymarket_data.set_book(OrderBook(*POLYMARKET, (), (), (), (), 0))
        return inner(intent, market)

    world.polymarket.place = place


def quarantining() -> World:
    world = unwinding()
    inner = world.polymarket.place

    def place(intent, market):
        world.kalshi_data.set_book(OrderBook(*KALSHI, (), (), (), (), 0))
        return inner(intent, market)

    world.polymarket.place = place
    return world


def leaving() -> World:
    world = World()
    world.markets.put_markets([replace(KALSHI_MARKET, min_size=ONE, min_notional=ONE)])
    world.kalshi.script, world.polymarket.script = [partial(20_500_000)], [partial(20 * ONE)]
    return world


def releasing() -> World:
    world = World()
    world.reserve(a_plan())
    return world


@pytest.mark.parametrize(
    ("make", "end", "kind"),
    [
        (unwinding, TradeState.FLAT, "unwound"),
        (quarantining, TradeState.QUARANTINED, "quarantined"),
        (leaving, TradeState.HEDGED, "remainder"),
    ],
)
def test_what_was_not_told_is_told_once_by_whoever_comes_next(make, end, kind):
    world = died_before_telling(make())
    assert world.trade.state is end
    assert world.notices == []
    Sweeper(world).come(5)
    assert world.notices.kinds == [kind]
    halted = world.agents.get("agt_1").state is AgentState.HALTED
    assert halted is (end is TradeState.QUARANTINED)


def test_a_trade_that_was_released_is_told_by_whoever_comes_next():
    world = releasing()
    told = world.execution.notifier
    world.execution = replace(world.execution, notifier=DeadBeforeTelling())
    with suppress(RuntimeError):
        world.quarantine(a_plan(), "a step has a bug")
    world.execution = replace(world.execution, notifier=told)
    assert world.trade.state is TradeState.NOT_TAKEN
    Sweeper(world).come(3)
    assert world.notices.kinds == ["failed"]


def test_a_pause_that_was_not_told_is_told_by_whoever_comes_next():
    world = World()
    for number in range(MAX_FAILURES):
        world.kalshi.script = [REJECTED]
        world.drive(a_plan(trade_id=f"trd_{number}"))
    world.kalshi.script = [REJECTED]
    died_before_telling(world, a_plan(trade_id="trd_last"))
    assert world.agents.get("agt_1").state is AgentState.PAUSED
    assert world.notices == []
    Sweeper(world).come(5)
    assert world.notices.kinds == ["paused"]
    assert "6 trades in a row failed" in world.notices[0].what


def test_a_halt_that_was_not_written_is_written_by_whoever_comes_next():
    world = quarantining()
    inner = world.agents.set_state

    def dies(*args, **kwargs):
        raise RuntimeError("the process is gone")

    world.agents.set_state = dies
    with suppress(RuntimeError):
        world.drive()
    world.agents.set_state = inner
    assert world.agents.get("agt_1").state is AgentState.ACTIVE
    Sweeper(world).come(3)
    assert world.agents.get("agt_1").state is AgentState.HALTED
    assert world.notices.kinds == ["quarantined"]


def test_what_an_operator_has_resolved_is_not_told_him():
    world = quarantining()
    world.drive()
    assert world.notices.kinds == ["quarantined"]
    resolve(
        world.ledger,
        world.agents,
        world.markets,
        world.clock,
        TRADE_ID,
        absent=[],
        closed=[Closing(0, 100 * ONE, 380_000)],
        reason="sold",
        operator="0x0e",
    )
    Sweeper(world).come(5)
    assert world.notices.kinds == ["quarantined"]
    assert world.agents.get("agt_1").state is AgentState.PAUSED

"""Every state and every Catch of execute_pair is entered, with the real handlers behind it.

Faults are put behind the ports, so that what Step Functions sees is what the handlers make of them.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from dutchbook.domain.agent import AgentState
from dutchbook.domain.errors import InvariantBroken, StoreUnavailable, WrongState
from dutchbook.domain.plan import TradePlan
from dutchbook.domain.trade_states import TradeState
from dutchbook.ports.ledger import Control
from local.dispatch import LambdaCrash
from tests.support.builders import a_limits, an_agent
from tests.support.execution import World, a_plan, kalshi_book, polymarket_book
from tests.support.venue import NOT_SENT, NOTHING, REJECTED, UNKNOWN_FILLED, Behaviour
from tests.workflow.conftest import DEFINITION

STATES = json.loads(DEFINITION.read_text())["States"]
ALWAYS = 1_000
BUG = RuntimeError("a bug of ours")


def fault(owner: Any, method: str, error: Exception, times: int = ALWAYS) -> None:
    """Lets a port's method raise for its next calls."""
    inner, left = getattr(owner, method), [times]

    def failing(*args: Any, **kwargs: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise error
        return inner(*args, **kwargs)

    setattr(owner, method, failing)


def when_kalshi_has_filled(world: World, change: Callable[[], None]) -> None:
    inner = world.kalshi.place

    def place(intent: Any, market: Any) -> Any:
        change()
        return inner(intent, market)

    world.kalshi.place = place


def nothing(_world: World) -> None:
    """Nothing goes wrong."""


def first_is_delayed(world: World) -> None:
    world.kalshi.script = [Behaviour(delayed_ms=1_500)]


def second_is_unknown(world: World) -> None:
    world.polymarket.script = [UNKNOWN_FILLED]


def second_is_rejected(world: World) -> None:
    world.polymarket.script = [REJECTED]


def second_is_too_dear(world: World) -> None:
    when_kalshi_has_filled(world, lambda: world.polymarket_data.set_book(polymarket_book(no_ask=90)))


def nothing_can_be_repaired(world: World) -> None:
    second_is_too_dear(world)
    when_kalshi_has_filled(world, lambda: world.kalshi_data.set_book(kalshi_book(yes_bid=10)))


def first_finds_nothing(world: World) -> None:
    world.kalshi.script = [NOTHING]


def first_is_never_sent(world: World) -> None:
    world.kalshi.default = NOT_SENT


def kill_switch_is_on(world: World) -> None:
    world.ledger.set_control(Control(trading=False, reason="drill"))


def first_lambda_dies(world: World) -> None:
    fault(world.kalshi, "place", LambdaCrash("killed"), 1)


def second_lambda_dies(world: World) -> None:
    fault(world.polymarket, "place", LambdaCrash("killed"), 1)


def first_breaks_an_invariant(world: World) -> None:
    fault(world.kalshi, "prepare", InvariantBroken("it does not add up"))


def second_breaks_an_invariant(world: World) -> None:
    fault(world.polymarket, "prepare", InvariantBroken("it does not add up"))


def another_trade_is_in_flight(world: World) -> None:
    world.ledger.flights["agt_1", "pair_1"] = "trd_other"


def reservation_has_a_bug(world: World) -> None:
    fault(world.ledger, "reserve", BUG)


def store_is_away_for_a_moment(world: World) -> None:
    fault(world.ledger, "reserve", StoreUnavailable("away"), 3)


def finish_loses_a_race(world: World) -> None:
    fault(world.ledger, "finish", WrongState("moved on"), 1)


def finish_has_a_bug(world: World) -> None:
    fault(world.ledger, "finish", BUG, 1)


def repair_loses_a_race(world: World) -> None:
    second_is_rejected(world)
    fault(world.ledger, "put_leg", WrongState("moved on"), 1)


def repair_has_a_bug(world: World) -> None:
    second_is_rejected(world)
    fault(world.ledger, "put_leg", BUG)


def recovery_has_a_bug(world: World) -> None:
    second_is_rejected(world)
    inner = world.ledger.put_leg

    def lose_the_race(*_args: Any, **_kwargs: Any) -> None:
        world.ledger.put_leg = inner
        fault(world.ledger, "trade", BUG, 1)
        raise WrongState("moved on")

    world.ledger.put_leg = lose_the_race


def quarantine_has_a_bug(world: World) -> None:
    nothing_can_be_repaired(world)
    fault(world.notices, "send", BUG)


def single_leg() -> TradePlan:
    first = a_plan().legs[0]
    return a_plan(legs=(first,), expected_cost=first.max_cost, expected_profit=0)


@dataclass(frozen=True)
class Scenario:
    """What is set up, where the run ends, and what it must go through."""

    given: Callable[[World], None]
    end: str
    through: tuple[str, ...] = ()
    plan: Callable[[], TradePlan] = a_plan


SCENARIOS = [
    Scenario(nothing, "Hedged", ("Reserve", "BuyLeg", "SellLeg", "Finish")),
    Scenario(nothing, "Filled", ("BuyLeg", "Finish"), single_leg),
    Scenario(first_is_delayed, "Hedged", ("WaitBuy",)),
    Scenario(second_is_unknown, "Hedged", ("WaitSell",)),
    Scenario(second_is_rejected, "Hedged", ("Repair",)),
    Scenario(second_is_too_dear, "Flat", ("Repair",)),
    Scenario(nothing_can_be_repaired, "NeedsAttention", ("Repair", "Quarantine")),
    Scenario(first_finds_nothing, "NotTaken", ("Finish",)),
    Scenario(first_is_never_sent, "NotTaken", ("Recover",)),
    Scenario(kill_switch_is_on, "NotReserved"),
    Scenario(another_trade_is_in_flight, "NotReserved"),
    Scenario(first_lambda_dies, "Hedged", ("Recover", "WaitBuy")),
    Scenario(second_lambda_dies, "Hedged", ("Recover", "WaitSell")),
    Scenario(first_breaks_an_invariant, "NotTaken", ("Quarantine",)),
    Scenario(second_breaks_an_invariant, "NeedsAttention", ("Quarantine",)),
    Scenario(reservation_has_a_bug, "NotTaken", ("Quarantine",)),
    Scenario(store_is_away_for_a_moment, "Hedged"),
    Scenario(finish_loses_a_race, "Hedged", ("Recover",)),
    Scenario(finish_has_a_bug, "NeedsAttention", ("Quarantine",)),
    Scenario(repair_loses_a_race, "Hedged", ("Recover",)),
    Scenario(repair_has_a_bug, "NeedsAttention", ("Quarantine",)),
    Scenario(recovery_has_a_bug, "NeedsAttention", ("Recover", "Quarantine")),
    Scenario(quarantine_has_a_bug, "QuarantineFailed", ("Quarantine",)),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: f"{one.given.__name__}-{one.end}")
def test_ends_where_it_should(machine, scenario):
    # selling YES two cents lower costs 12.8 % of the leg, fees in
    world = World(agent=an_agent(limits=a_limits(stop_loss=150_000)))
    scenario.given(world)
    plan = scenario.plan()
    with machine(world) as running:
        run = running.run(plan.trade_id, plan.to_payload())
    assert run.end == scenario.end, run.states
    assert set(scenario.through) <= set(run.states)
    assert run.status == ("FAILED" if STATES[run.end]["Type"] == "Fail" else "SUCCEEDED")
    if run.end == "NeedsAttention":
        assert run.error == "Quarantined"
        assert world.trade.state is TradeState.QUARANTINED
        assert world.agents.get("agt_1").state is AgentState.HALTED
        assert "quarantined" in world.notices.kinds


def test_together_they_enter_every_state():
    """What each went through is asserted above; here, that no state was forgotten."""
    entered = {state for scenario in SCENARIOS for state in (*scenario.through, scenario.end)}
    assert entered | {"Route"} == set(STATES)


def test_an_execution_started_again_takes_the_trade_up_where_it_stands(machine):
    world = World()
    with machine(world) as running:
        running.run(a_plan().trade_id, a_plan().to_payload())
        again = running.run("redriven", a_plan().to_payload())
    assert again.states == ("Reserve", "Route", "Hedged")
    assert len(world.kalshi.sent) == len(world.polymarket.sent) == 1

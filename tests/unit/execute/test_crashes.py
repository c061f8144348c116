"""The Lambda dies before or after any one call to the outside, in any scenario; the step is run again (Step
Functions' retry) or recovered. The trade always ends, our ledger equals the venues', each leg has at most one
order, and whatever is held unhedged has raised the alarm."""

from collections import Counter

import pytest

from dutchbook.domain.agent import AgentState
from dutchbook.domain.trade_states import TERMINAL_TRADE_STATES, TradeState
from dutchbook.domain.venue import Outcome
from tests.support.builders import a_limits, an_agent
from tests.support.crashing import Crash, make_mortal
from tests.support.execution import World, a_plan, polymarket_book
from tests.support.venue import NOTHING, REJECTED, UNKNOWN_ABSENT, UNKNOWN_FILLED, Behaviour, partial

MAX_CALLS = 400


def both_fill(world: World) -> None:
    pass


def first_unknown_filled(world: World) -> None:
    world.kalshi.script = [UNKNOWN_FILLED]


def second_unknown_absent(world: World) -> None:
    world.polymarket.script = [UNKNOWN_ABSENT]


def second_partial_completed(world: World) -> None:
    world.polymarket.script = [partial(40_000_000)]


def second_rejected_unwound(world: World) -> None:
    world.polymarket.script = [REJECTED]
    inner = world.polymarket.place

    def place(intent, market):
        world.polymarket_data.set_book(polymarket_book(no_ask=90))
        return inner(intent, market)

    world.polymarket.place = place


def nothing_works_after_the_first(world: World) -> None:
    world.polymarket.default = REJECTED
    world.kalshi.script = [Behaviour()]
    world.kalshi.default = NOTHING


def settles_later(world: World) -> None:
    world.polymarket.script = [Behaviour(settles="later")]


SCENARIOS = [
    both_fill,
    first_unknown_filled,
    second_unknown_absent,
    second_partial_completed,
    second_rejected_unwound,
    nothing_works_after_the_first,
    settles_later,
]


def run(scenario, crash: Crash, *, retried: bool) -> World:
    world = World(agent=an_agent(limits=a_limits(stop_loss=150_000)))
    scenario(world)
    make_mortal(world, crash)
    world.retry_crashes = retried
    world.drive()
    return world


def check(world: World, where: str) -> None:
    trade = world.ledger.trade(a_plan().trade_id)
    if trade is None:
        assert not world.kalshi.sent, where
        return
    assert trade.state in TERMINAL_TRADE_STATES, where
    kalshi, polymarket = trade.planned_legs
    assert trade.held(kalshi) == world.kalshi.held(Outcome.YES), where
    assert trade.held(polymarket) == world.polymarket.held(Outcome.NO), where
    orders = [*world.kalshi.orders, *world.polymarket.orders]
    assert len(orders) <= len(trade.legs), where
    assert max(Counter([*world.kalshi.sent, *world.polymarket.sent]).values(), default=0) <= 2, where
    for budget in world.agents.budgets("agt_1", simulated=True).values():
        assert budget.available + budget.reserved + budget.spent == budget.funded, where
        assert budget.reserved == 0, where
    naked = abs(trade.held(kalshi) - trade.held(polymarket)) > 10_000
    assert not naked or trade.state is TradeState.QUARANTINED, where
    if "nothing_works" not in where:
        assert trade.state is not TradeState.QUARANTINED, where
    if trade.state is TradeState.QUARANTINED:
        assert "quarantined" in world.notices.kinds, where
        assert world.agents.get("agt_1").state is AgentState.HALTED, where


@pytest.mark.parametrize("retried", [True, False], ids=["retried", "recovered"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_dying_at_any_call_leaves_nothing_open(scenario, after, retried):
    deaths = 0
    for at in range(1, MAX_CALLS):
        crash = Crash(at, after)
        world = run(scenario, crash, retried=retried)
        if not crash.happened:
            break
        deaths += 1
        check(world, f"{scenario.__name__}: call {at}, {crash.happened}")
    assert 10 < deaths < MAX_CALLS - 1

"""The runbook's causes of a quarantine, each provoked and then resolved by the steps that it gives.

What a drill is called is how the runbook's table calls the cause; none of its rows is untried.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn

import pytest

from dutchbook.domain.agent import AgentState, Mode
from dutchbook.domain.book import OrderBook
from dutchbook.domain.errors import VenueUnreachable
from dutchbook.domain.money import ONE
from dutchbook.domain.trade import Fill
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Venue
from dutchbook.usecases import execute_pair
from dutchbook.usecases.execute_pair.steps import MAX_ROUNDS
from dutchbook.usecases.execute_pair.sweep import MAX_LOOKS
from dutchbook.usecases.resolve_trade import Closing, resolve
from local.template import ROOT
from tests.support.builders import an_agent
from tests.support.execution import KALSHI, POLYMARKET, TRADE_ID, World, a_plan, kalshi_book, polymarket_book
from tests.support.sweeping import Sweeper
from tests.support.venue import FILLED, NOTHING, REJECTED, UNKNOWN_ABSENT, Behaviour

RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
ROWS = [
    line.split("|")[1].strip()
    for line in RUNBOOK.partition("| Words | Means |")[2].partition("\n\n")[0].splitlines()[2:]
]
SOLD_BY_HAND = [Closing(0, 100 * ONE, 380_000, 10_000)]


def changes_while_the_second_leg_is_placed(world: World, change: Callable[[], None]) -> World:
    inner = world.polymarket.place

    def place(intent, market):
        change()
        return inner(intent, market)

    world.polymarket.place = place
    world.drive()
    return world


def a_venue_stays_silent() -> World:
    world = World()
    world.kalshi.script, world.kalshi.deaf = [UNKNOWN_ABSENT], True
    world.drive()
    return world


def fills_are_not_confirmed() -> World:
    world = World()
    world.polymarket.script, world.polymarket.confirms = [Behaviour(settles="later")], False
    world.drive()
    world.polymarket.confirms = True
    return world


def no_book_takes_it() -> World:
    world = World()
    world.polymarket.script = [REJECTED]

    def change() -> None:
        world.kalshi_data.set_book(OrderBook(*KALSHI, (), (), (), (), 0))
        world.polymarket_data.set_book(OrderBook(*POLYMARKET, (), (), (), (), 0))

    return changes_while_the_second_leg_is_placed(world, change)


def both_ways_are_dear() -> World:
    world = World()
    world.polymarket.script = [REJECTED]

    def change() -> None:
        world.kalshi_data.set_book(kalshi_book(yes_bid=5))
        world.polymarket_data.set_book(polymarket_book(no_ask=95))

    return changes_while_the_second_leg_is_placed(world, change)


def repairs_find_nothing() -> World:
    world = World(agent=an_agent(limits=replace(an_agent().limits, stop_loss=900_000)))
    world.kalshi.script, world.kalshi.default, world.polymarket.default = [FILLED], NOTHING, NOTHING
    world.drive()
    return world


def half_bought() -> World:
    world = World()
    world.reserve(a_plan())
    world.leg(0)
    return world


def a_step_fails_again_and_again() -> World:
    world = half_bought()
    on = execute_pair.recover(world.execution, TRADE_ID, -1, MAX_ROUNDS, "StoreUnavailable", "throttled")
    world.quarantine(a_plan(), on.reason)
    return world


def an_order_has_another_name() -> World:
    world = World()
    inner = world.kalshi.place
    world.kalshi.place = lambda intent, market: replace(inner(intent, market), venue_order_id="another")
    world.drive()
    return world


def a_yes_is_taken_back() -> World:
    agent = an_agent(
        mode=Mode.LIVE,
        credentials=(Venue.KALSHI, Venue.POLYMARKET),
        limits=replace(an_agent().limits, stop_loss=900_000),
    )
    world = World(agent=agent, live_trading=True)

    def change() -> None:
        world.execution = replace(world.execution, live_trading=False)

    world.polymarket.script = [REJECTED]
    return changes_while_the_second_leg_is_placed(world, change)


def a_fill_comes_late() -> World:
    world = World()
    world.kalshi.script = [NOTHING]
    world.drive()
    (order,) = world.kalshi.orders.values()
    order.fills = (Fill("late", 100 * ONE, 400_000, fee_usd=10_000),)
    Sweeper(world).come(3)
    return world


def sweeps_come_to_nothing() -> World:
    """The second leg was refused, and no book can be read to close the first by."""
    world = World()
    world.polymarket.script = [REJECTED]
    world.reserve(a_plan())
    world.leg(0)
    world.leg(1, adds_yes=False)

    def silent(_markets: object) -> NoReturn:
        raise VenueUnreachable("no books")

    world.kalshi_data.books = silent
    Sweeper(world).come(MAX_LOOKS + 3)
    return world


def a_step_has_a_bug() -> World:
    world = half_bought()
    world.quarantine(a_plan(), "TypeError: unsupported operand")
    return world


DRILLS: dict[str, tuple[Callable[[], World], dict[str, object], TradeState]] = {
    "does not say what became of leg N": (a_venue_stays_silent, {"absent": [0]}, TradeState.NOT_TAKEN),
    "has not confirmed the fills of leg N": (fills_are_not_confirmed, {}, TradeState.HEDGED),
    "can neither be hedged nor sold": (no_book_takes_it, {"closed": SOLD_BY_HAND}, TradeState.FLAT),
    "the cheaper way out loses $x, allowed are $y": (
        both_ways_are_dear,
        {"closed": SOLD_BY_HAND},
        TradeState.FLAT,
    ),
    "legs still differ after 6 repairs; the last: …": (
        repairs_find_nothing,
        {"closed": SOLD_BY_HAND},
        TradeState.FLAT,
    ),
    "steps keep failing": (a_step_fails_again_and_again, {"closed": SOLD_BY_HAND}, TradeState.FLAT),
    "calls order … …": (an_order_has_another_name, {"closed": SOLD_BY_HAND}, TradeState.FLAT),
    "live trading is switched off": (a_yes_is_taken_back, {"closed": SOLD_BY_HAND}, TradeState.FLAT),
    "a fill was reported after the trade had ended as …": (
        a_fill_comes_late,
        {"closed": SOLD_BY_HAND},
        TradeState.FLAT,
    ),
    "sweeps have not brought it to an end": (
        sweeps_come_to_nothing,
        {"closed": SOLD_BY_HAND},
        TradeState.FLAT,
    ),
    "TypeError: …": (a_step_has_a_bug, {"closed": SOLD_BY_HAND}, TradeState.FLAT),
}


def test_no_row_of_the_runbook_is_untried():
    assert len(ROWS) == len(DRILLS)
    assert [cause for cause in DRILLS if not any(f"*{cause}*" in row for row in ROWS)] == []


@pytest.mark.parametrize("cause", DRILLS)
def test_what_the_runbook_says_brings_it_to_an_end(cause):
    provoke, facts, end = DRILLS[cause]
    world = provoke()
    assert world.trade.state is TradeState.QUARANTINED
    assert world.agents.get("agt_1").state is AgentState.HALTED
    (notice,) = [one for one in world.notices if one.kind == "quarantined"]
    words = re.sub(r"\\\$[xy]|N|…", ".*", re.escape(cause))
    assert re.search(words, notice.what), notice.what
    # the venues speak again, and the sweeper books what they say
    world.kalshi.deaf = world.polymarket.deaf = False
    Sweeper(world).come(3)
    resolve(
        world.ledger,
        world.agents,
        world.markets,
        world.clock,
        TRADE_ID,
        absent=facts.get("absent", []),
        closed=facts.get("closed", []),
        reason="a drill",
        operator="0x0e",
    )
    assert world.trade.state is end
    assert world.agents.get("agt_1").state is AgentState.PAUSED
    for budget in world.agents.budgets("agt_1", simulated=world.trade.simulated).values():
        assert budget.available + budget.reserved + budget.spent == budget.funded
        assert budget.reserved == 0

"""Every outcome of either leg, with an unwind that works and one that does not: where the trade ends, what
both venues hold then, and that nothing was ever sent twice."""

from itertools import product

import pytest

from dutchbook.domain.agent import AgentState
from dutchbook.domain.money import ONE
from dutchbook.domain.trade import LegPurpose
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.domain.venue import Outcome
from tests.support.builders import a_limits, an_agent
from tests.support.execution import World, kalshi_book, polymarket_book
from tests.support.venue import (
    FILLED,
    NOTHING,
    REJECTED,
    UNKNOWN_ABSENT,
    UNKNOWN_FILLED,
    Behaviour,
    partial,
)

OUTCOMES: dict[str, Behaviour] = {
    "filled": FILLED,
    "partial": partial(40 * ONE),
    "nothing": NOTHING,
    "rejected": REJECTED,
    "unknown, filled": UNKNOWN_FILLED,
    "unknown, absent": UNKNOWN_ABSENT,
}


def no_way_to_complete(world: World) -> None:
    """Polymarket's NO jumps to 0.90 once leg 2 is out: finishing would lose far more than closing."""
    world.polymarket_data.set_book(polymarket_book(no_bid=48, no_ask=90))


def check_the_books(world: World) -> None:
    """Ours and the venues' own ledgers agree, and no client id has two orders."""
    trade = world.trade
    for venue, outcome, index in (
        (world.kalshi, Outcome.YES, 0),
        (world.polymarket, Outcome.NO, 1),
    ):
        leg = next(leg for leg in trade.legs if leg.index == index)
        assert trade.held(leg) == venue.held(outcome)
    positions = {position.key: position.shares for position in world.ledger.positions("agt_1")}
    for leg in trade.planned_legs:
        assert positions.get(leg.key, 0) == trade.held(leg)
    for budget in world.agents.budgets("agt_1", simulated=True).values():
        assert budget.available + budget.reserved + budget.spent == budget.funded
        assert budget.reserved == 0


@pytest.mark.parametrize(("first", "second"), list(product(OUTCOMES, OUTCOMES)))
def test_ends_hedged_flat_or_not_taken_when_repairs_work(first, second):
    world = World()
    world.kalshi.script = [OUTCOMES[first]]
    world.polymarket.script = [OUTCOMES[second]]
    world.drive()
    check_the_books(world)
    kalshi, polymarket = world.kalshi.held(Outcome.YES), world.polymarket.held(Outcome.NO)
    assert kalshi == polymarket
    if first in ("nothing", "rejected"):
        assert world.trade.state is TradeState.NOT_TAKEN
        assert not world.polymarket.sent
    else:
        assert world.trade.state is TradeState.HEDGED
        assert kalshi == (40 if first == "partial" else 100) * ONE
    assert world.agents.get("agt_1").state is AgentState.ACTIVE


@pytest.mark.parametrize(
    ("second", "left"),
    [("partial", 40), ("nothing", 0), ("rejected", 0)],
)
def test_what_leg_two_does_not_match_is_closed_where_that_is_cheaper(second, left):
    """Selling YES two cents lower costs 12.8 % of the leg with both fees, so stop-loss must allow that."""
    world = World(agent=an_agent(limits=a_limits(stop_loss=150_000)))
    world.polymarket.script = [OUTCOMES[second]]
    original = world.polymarket.place

    def place_then_move(intent, market):
        no_way_to_complete(world)
        return original(intent, market)

    world.polymarket.place = place_then_move
    world.drive()
    check_the_books(world)
    unwind = world.trade.legs[-1]
    assert (unwind.purpose, unwind.repairs, unwind.state) == (LegPurpose.UNWIND, 0, LegState.FILLED)
    assert world.kalshi.held(Outcome.YES) == world.polymarket.held(Outcome.NO) == left * ONE
    assert world.trade.state is (TradeState.HEDGED if left else TradeState.FLAT)
    assert world.trade.realised < 0
    assert ("unwound" in world.notices.kinds) is (left == 0)


@pytest.mark.parametrize("second", ["partial", "nothing", "rejected"])
def test_quarantined_when_no_repair_works(second):
    """The unwind finds nothing, and the books allow neither finishing nor closing within stop-loss."""
    world = World()
    world.polymarket.script = [OUTCOMES[second]]
    original = world.polymarket.place

    def place_while_books_collapse(intent, market):
        no_way_to_complete(world)
        world.kalshi_data.set_book(kalshi_book(yes_bid=10))
        return original(intent, market)

    world.polymarket.place = place_while_books_collapse
    world.drive()
    check_the_books(world)
    assert world.trade.state is TradeState.QUARANTINED
    assert world.agents.get("agt_1").state is AgentState.HALTED
    assert world.notices.kinds == ["quarantined"]
    assert "stop" in world.notices[0].what or "allowed" in world.notices[0].what


def test_an_unwind_that_keeps_failing_ends_in_quarantine():
    world = World()
    world.polymarket.script = [REJECTED]
    world.polymarket.default = REJECTED
    world.kalshi.script = [FILLED]
    world.kalshi.default = NOTHING
    world.drive()
    check_the_books(world)
    assert world.trade.state is TradeState.QUARANTINED
    assert world.agents.get("agt_1").state is AgentState.HALTED
    assert "quarantined" in world.notices.kinds


@pytest.mark.parametrize("which", ["kalshi", "polymarket"])
def test_a_venue_that_never_says_what_became_of_an_order_ends_in_quarantine(which):
    world = World()
    venue = getattr(world, which)
    venue.script = [UNKNOWN_FILLED]
    venue.deaf = True
    world.drive()
    assert world.trade.state is TradeState.QUARANTINED
    assert world.notices.kinds == ["quarantined"]
    assert len(venue.sent) == 1

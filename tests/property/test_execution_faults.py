"""Random faults: whatever the venues do, wherever the Lambda dies and however often a step is repeated, a
trade ends, our ledger equals the venues', and nothing unhedged is left without an alarm."""

import random
from collections import Counter

import pytest

from dutchbook.domain.agent import AgentState
from dutchbook.domain.errors import AlreadyExists, InsufficientFunds, OutcomeUnknown, VenueUnreachable
from dutchbook.domain.money import ONE
from dutchbook.domain.trade_states import TERMINAL_TRADE_STATES, TradeState
from dutchbook.domain.venue import Outcome
from tests.support.builders import a_limits, an_agent
from tests.support.crashing import Crash, make_mortal
from tests.support.execution import TRADE_ID, World, kalshi_book, polymarket_book
from tests.support.venue import Behaviour, ScriptedVenue

RUNS = 400
ANSWERS = (None, None, None, OutcomeUnknown, VenueUnreachable, InsufficientFunds, AlreadyExists)


def behaviour(chance: random.Random, *, settles: bool) -> Behaviour:
    answer = chance.choice(ANSWERS)
    # an order arrives unless the answer says that it cannot have; only an unknown outcome may be either
    arrives = answer is not VenueUnreachable and answer is not InsufficientFunds
    if answer is OutcomeUnknown:
        arrives = chance.random() < 0.5
    return Behaviour(
        arrives=arrives,
        answer=answer,
        fills=chance.choice([None, None, None, 0, chance.randrange(1, 100) * ONE]),
        delayed_ms=chance.choice([0, 0, 0, 1_500, 30_000]),
        settles=chance.choice(["at once", "later", "fails"]) if settles else "at once",
    )


def world_of(chance: random.Random) -> World:
    world = World(agent=an_agent(limits=a_limits(stop_loss=chance.choice([20_000, 150_000, 500_000]))))
    world.retry_crashes = chance.random() < 0.5
    for venue, settles in ((world.kalshi, False), (world.polymarket, True)):
        venue.script = [behaviour(chance, settles=settles) for _ in range(chance.randrange(6))]
        venue.lag_ms = chance.choice([0, 2_000, 10_000])
        moving_books(world, venue, chance)
    make_mortal(world, Crash(chance.randrange(1, 300), after=chance.random() < 0.5))
    repeated_steps(world, chance)
    return world


def moving_books(world: World, venue: ScriptedVenue, chance: random.Random) -> None:
    inner = venue.place

    def place(intent, market):
        if chance.random() < 0.5:
            bid = chance.randrange(20, 40)
            world.kalshi_data.set_book(
                kalshi_book(bid, bid + chance.randrange(1, 20), chance.choice([5, 50, 200]))
            )
            bid = chance.randrange(30, 50)
            world.polymarket_data.set_book(
                polymarket_book(bid, bid + chance.randrange(1, 40), chance.choice([5, 50, 200]))
            )
        return inner(intent, market)

    venue.place = place


def repeated_steps(world: World, chance: random.Random) -> None:
    """A leg's event is delivered twice now and then, or an old one once more."""
    inner = world.leg

    def leg(index, round_=0, adds_yes=True, trade_id=TRADE_ID):
        on = inner(index, round_, adds_yes, trade_id)
        if chance.random() < 0.3:
            old = chance.choice(world.ledger.trade(trade_id).legs)
            inner(old.index, 0, old.adds_yes_exposure, trade_id)
        return on

    world.leg = leg


@pytest.mark.parametrize("seed", range(RUNS))
def test_every_trade_ends_with_agreeing_books(seed):
    chance = random.Random(seed)
    world = world_of(chance)
    world.drive()
    trade = world.ledger.trade(TRADE_ID)
    if trade is None:
        assert not world.kalshi.sent
        return
    assert trade.state in TERMINAL_TRADE_STATES
    check_orders(world)
    check_money(world)
    unsure = any(leg.state in ("SUBMITTING", "UNKNOWN", "ACKED", "CONFIRMING") for leg in trade.legs)
    if not unsure:
        kalshi, polymarket = trade.planned_legs
        assert trade.held(kalshi) == world.kalshi.held(Outcome.YES)
        assert trade.held(polymarket) == world.polymarket.held(Outcome.NO)
    naked = abs(world.kalshi.held(Outcome.YES) - world.polymarket.held(Outcome.NO)) > 10_000
    if naked or unsure:
        assert trade.state is TradeState.QUARANTINED
    if trade.state is TradeState.QUARANTINED:
        assert "quarantined" in world.notices.kinds
        assert world.agents.get("agt_1").state is AgentState.HALTED
    if trade.state is TradeState.HEDGED:
        assert min(trade.held(leg) for leg in trade.planned_legs) > 0
    if trade.state in (TradeState.FLAT, TradeState.NOT_TAKEN):
        assert max(world.kalshi.held(Outcome.YES), world.polymarket.held(Outcome.NO)) <= 10_000


def check_orders(world: World) -> None:
    """Each leg has one client id, and the venue has at most one order of it."""
    ids = [leg.client_order_id for leg in world.trade.legs if leg.client_order_id]
    assert len(ids) == len(set(ids))
    assert {*world.kalshi.orders, *world.polymarket.orders} <= set(ids)
    # not sent (which is retried) does not count; the same bytes go out once more at most after that
    assert max(Counter([*world.kalshi.sent, *world.polymarket.sent]).values(), default=0) <= 2


def check_money(world: World) -> None:
    for budget in world.agents.budgets("agt_1", simulated=True).values():
        assert budget.available + budget.reserved + budget.spent == budget.funded
        assert budget.reserved == 0
    positions = {position.key: position.cost for position in world.ledger.positions("agt_1")}
    budgets = world.agents.budgets("agt_1", simulated=True)
    for venue, budget in budgets.items():
        assert budget.spent == sum(cost for key, cost in positions.items() if key.venue is venue)

"""An operator ends a quarantined trade with facts; which end it is, the books say."""

from dataclasses import replace

import pytest

from dutchbook.domain.agent import AgentState
from dutchbook.domain.errors import InvalidInput, NotFound, WrongState
from dutchbook.domain.money import ONE
from dutchbook.domain.pair import Pair, PairStatus, Relation
from dutchbook.domain.trade import Fill, LegPurpose
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.domain.venue import Venue
from dutchbook.usecases.manage_pairs import OPERATORS_AUDIT
from dutchbook.usecases.resolve_trade import Closing, resolve
from tests.support.api import Api
from tests.support.builders import a_fill, a_trade, an_agent
from tests.support.execution import KALSHI, KALSHI_MARKET, POLYMARKET, TRADE_ID, World, a_plan
from tests.support.sweeping import Sweeper
from tests.support.venue import UNKNOWN_FILLED, partial

OPERATOR = "0x" + "0e" * 20
SOLD = Closing(0, 100 * ONE, 380_000, 10_000)


def naked() -> World:
    """A hundred YES on Kalshi, nothing on Polymarket, and a human called."""
    world = World()
    world.reserve(a_plan())
    world.leg(0)
    world.quarantine(a_plan(), "a test")
    assert world.trade.state is TradeState.QUARANTINED
    return world


def unsure() -> World:
    world = World()
    world.kalshi.script = [UNKNOWN_FILLED]
    world.reserve(a_plan())
    world.leg(0)
    world.quarantine(a_plan(), "a test")
    return world


def resolved(world: World, absent=(), closed=(), trade_id=TRADE_ID):
    return resolve(
        world.ledger,
        world.agents,
        world.markets,
        world.clock,
        trade_id,
        absent=absent,
        closed=closed,
        reason="looked",
        operator=OPERATOR,
    )


def budget(world: World):
    return world.agents.budgets("agt_1", simulated=True)[Venue.KALSHI]


def test_what_was_sold_by_hand_is_booked_and_the_trade_is_flat():
    world = naked()
    cost = budget(world).spent
    trade = resolved(world, closed=[SOLD])
    assert trade.state is TradeState.FLAT
    assert trade.realised == 38 * ONE - 10_000 - cost
    assert trade.reason == f"resolved by {OPERATOR}: looked"
    assert world.ledger.positions("agt_1") == []
    assert (budget(world).spent, budget(world).reserved) == (0, 0)
    assert budget(world).available == budget(world).funded == 1_000 * ONE + trade.realised


def test_resolving_again_changes_nothing():
    world = naked()
    resolved(world, closed=[SOLD])
    before = budget(world)
    with pytest.raises(WrongState):
        resolved(world, closed=[SOLD])
    assert budget(world) == before


@pytest.mark.parametrize("broken", ["book_fills", "move_leg", "finish"])
def test_a_resolution_that_broke_off_goes_on_where_it_stood(broken, monkeypatch):
    world = naked()

    def fail(*_args, **_kwargs):
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(world.ledger, broken, fail)
        with pytest.raises(ConnectionError):
            resolved(world, closed=[SOLD])
    assert resolved(world, closed=[SOLD]).state is TradeState.FLAT
    assert [leg.index for leg in world.trade.legs] == [0, 1, 2]
    assert world.ledger.positions("agt_1") == []


def test_legs_that_differ_stay_quarantined():
    world = naked()
    with pytest.raises(WrongState, match="the legs hold 100, 0"):
        resolved(world)
    with pytest.raises(WrongState, match="the legs hold 60, 0"):
        resolved(world, closed=[replace(SOLD, shares=40 * ONE)])
    assert world.trade.state is TradeState.QUARANTINED


@pytest.mark.parametrize("wrong", [99 * ONE, 1000 * ONE, 100 * ONE + 1])
def test_facts_that_do_not_end_the_trade_are_not_booked_and_may_be_said_right(wrong):
    world = naked()
    before = (budget(world), world.ledger.positions("agt_1"), world.trade.legs)
    with pytest.raises((InvalidInput, WrongState)):
        resolved(world, closed=[replace(SOLD, shares=wrong)])
    assert (budget(world), world.ledger.positions("agt_1"), world.trade.legs) == before
    assert resolved(world, closed=[SOLD]).state is TradeState.FLAT


def test_more_than_a_leg_holds_is_named_though_each_sale_is_less():
    sales = [replace(SOLD, shares=60 * ONE), replace(SOLD, shares=50 * ONE)]
    with pytest.raises(InvalidInput, match=r"closed\[1\].shares"):
        resolved(naked(), closed=sales)


def test_an_order_is_not_taken_for_absent_while_the_legs_still_differ():
    world = naked()
    world.ledger.put_leg(
        TRADE_ID, replace(world.trade.legs[1], index=2, purpose=LegPurpose.COMPLETE, repairs=1)
    )
    sent = replace(world.trade.legs[2], state=LegState.SUBMITTING, sends=1)
    world.ledger.move_leg(TRADE_ID, sent, LegState.PLANNED)
    with pytest.raises(WrongState, match="the legs hold 100, 0"):
        resolved(world, absent=[2])
    assert world.trade.legs[2].state is LegState.SUBMITTING


def test_a_broken_off_resolution_is_not_gone_on_with_by_other_facts(monkeypatch):
    world = naked()

    def fail(*_args, **_kwargs):
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(world.ledger, "finish", fail)
        with pytest.raises(ConnectionError):
            resolved(world, closed=[SOLD])
    with pytest.raises(InvalidInput, match="an earlier try"):
        resolved(world, closed=[replace(SOLD, price=390_000)])
    assert resolved(world, closed=[SOLD]).state is TradeState.FLAT


def test_a_leg_may_be_sold_by_hand_in_each_quarantine():
    world = naked()
    resolved(world, closed=[SOLD])
    world.ledger.book_fills(TRADE_ID, 0, [Fill("late", 5 * ONE, 400_000)])
    world.ledger.finish(TRADE_ID, TradeState.FLAT, TradeState.QUARANTINED, reason="a late fill")
    trade = resolved(world, closed=[replace(SOLD, shares=5 * ONE)])
    assert trade.state is TradeState.FLAT
    assert [leg.index for leg in trade.legs] == [0, 1, 2, 3]
    assert world.ledger.positions("agt_1") == []


def uneven(first: int, second: int, *, kalshi_minimum: int) -> World:
    """Both legs bought, so many shares (micros) of each, then quarantined; Polymarket's minimum is 5."""
    world = World()
    world.markets.put_markets([replace(KALSHI_MARKET, min_size=kalshi_minimum)])
    world.kalshi.script, world.polymarket.script = [partial(first)], [partial(second)]
    world.reserve(a_plan())
    world.leg(0)
    world.leg(1, adds_yes=False)
    world.quarantine(a_plan(), "a test")
    return world


def test_what_whole_cents_miss_is_dust_here_too():
    """Two hundredths of a share: more than 0.01, and what a cent buys at the limit of 0.50."""
    trade = resolved(uneven(20 * ONE, 20 * ONE - 20_000, kalshi_minimum=10_000))
    assert (trade.state, trade.reason) == (TradeState.HEDGED, f"resolved by {OPERATOR}: looked")


def test_what_no_venue_takes_an_order_for_is_left_and_said():
    world = uneven(20 * ONE, 19_500_000, kalshi_minimum=ONE)
    trade = resolved(world)
    assert trade.state is TradeState.HEDGED
    assert trade.reason.endswith("looked; 0.5 shares of kalshi YES left over: too small to sell")
    # and the look after the end calls nobody for it
    Sweeper(world).come(3)
    assert world.trade.state is TradeState.HEDGED


@pytest.mark.parametrize(("second", "minimum"), [(19_500_000, 10_000), (16_900_000, 5 * ONE)])
def test_what_can_be_sold_or_is_worth_more_than_a_dollar_is_not_left(second, minimum):
    with pytest.raises(WrongState):
        resolved(uneven(20 * ONE, second, kalshi_minimum=minimum))


def test_an_order_in_doubt_must_be_looked_up():
    world = unsure()
    with pytest.raises(WrongState, match="what became of leg 0 is unknown"):
        resolved(world)
    assert budget(world).reserved > 0
    trade = resolved(world, absent=[0])
    assert trade.state is TradeState.NOT_TAKEN
    assert budget(world).reserved == 0
    assert budget(world).available == budget(world).funded


def test_the_agent_may_be_activated_again_by_its_owner_and_all_is_written_down():
    world = naked()
    resolved(world, closed=[SOLD])
    agent = world.agents.get("agt_1")
    assert (agent.state, agent.state_reason) == (AgentState.PAUSED, f"{TRADE_ID} is resolved")
    for name in (OPERATORS_AUDIT, "agt_1"):
        (entry,) = [one for one in world.agents.entries[name] if one.action == "trade.resolve"]
        assert (entry.actor, entry.detail["state"], entry.detail["reason"]) == (OPERATOR, "FLAT", "looked")


def test_an_agent_that_is_halted_for_another_trade_stays_halted():
    world = naked()
    world.agents.set_state("agt_1", list(AgentState), AgentState.HALTED, "trd_2 is quarantined", "test")
    resolved(world, closed=[SOLD])
    assert world.agents.get("agt_1").state is AgentState.HALTED


def two_naked() -> World:
    """Two trades of one agent, a leg of each bought, both quarantined."""
    world = naked()
    world.markets.put_pair(Pair("pair_2", KALSHI, POLYMARKET, Relation.SAME, PairStatus.APPROVED))
    world.agents.set_state("agt_1", list(AgentState), AgentState.ACTIVE, "", "test")
    plan = a_plan(trade_id="trd_2", pair_id="pair_2")
    world.reserve(plan)
    world.leg(0, trade_id="trd_2")
    world.agents.set_state("agt_1", list(AgentState), AgentState.HALTED, f"{TRADE_ID} is quarantined", "test")
    world.quarantine(plan, "a test")
    return world


@pytest.mark.parametrize("order", [(TRADE_ID, "trd_2"), ("trd_2", TRADE_ID)])
def test_an_agent_of_two_quarantined_trades_is_halted_until_both_are_resolved(order):
    world = two_naked()
    first, second = order
    resolved(world, closed=[SOLD], trade_id=first)
    agent = world.agents.get("agt_1")
    assert (agent.state, agent.state_reason) == (AgentState.HALTED, f"{second} is quarantined")
    resolved(world, closed=[SOLD], trade_id=second)
    assert world.agents.get("agt_1").state is AgentState.PAUSED


def test_a_trade_quarantined_while_another_is_resolved_halts_the_agent():
    world = naked()
    inner = world.agents.set_state

    def set_state(agent_id, expected, new, reason, actor):
        if new is AgentState.PAUSED:
            world.ledger.reserve(a_trade("trd_2", pair_id="pair_2", legs=exits()), an_agent().limits)
            world.ledger.move_trade("trd_2", TradeState.RESERVED, TradeState.OPENING)
            world.ledger.finish("trd_2", TradeState.OPENING, TradeState.QUARANTINED, reason="another")
        return inner(agent_id, expected, new, reason, actor)

    world.agents.set_state = set_state
    resolved(world, closed=[SOLD])
    agent = world.agents.get("agt_1")
    assert (agent.state, agent.state_reason) == (AgentState.HALTED, "trd_2 is quarantined")


def exits():
    return tuple(replace(leg, purpose=LegPurpose.EXIT) for leg in a_trade().legs)


def test_an_agent_is_woken_by_a_repetition_where_the_first_try_broke_off(monkeypatch):
    world = naked()

    def fail(*_args, **_kwargs):
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(world.agents, "set_state", fail)
        with pytest.raises(ConnectionError):
            resolved(world, closed=[SOLD])
    assert world.agents.get("agt_1").state is AgentState.HALTED
    with pytest.raises(WrongState, match="is FLAT"):
        resolved(world, closed=[SOLD])
    assert world.agents.get("agt_1").state is AgentState.PAUSED


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"absent": [7]}, "absent"), ({"closed": [replace(SOLD, leg=7)]}, "closed")],
)
def test_a_leg_that_the_trade_has_not_is_named(facts, field):
    with pytest.raises(InvalidInput, match=field):
        resolved(naked(), **facts)


def test_a_trade_that_is_not_quarantined_is_left_alone():
    world = World()
    world.drive()
    with pytest.raises(WrongState, match="is HEDGED"):
        resolved(world)
    with pytest.raises(NotFound):
        resolved(world, trade_id="trd_none")


# ------------------------------------------------------------------------------------------ the route

WIRE_ID = "trd_01KAQSM8000000000000000001"
PATH = f"/api/trade/{WIRE_ID}/resolve"


@pytest.fixture
def api():
    api = Api()
    api.agents.add(an_agent())
    api.ledger.reserve(a_trade(WIRE_ID), an_agent().limits)
    api.ledger.move_trade(WIRE_ID, TradeState.RESERVED, TradeState.OPENING)
    api.ledger.book_fills(WIRE_ID, 0, [a_fill()])
    api.ledger.finish(WIRE_ID, TradeState.OPENING, TradeState.QUARANTINED, reason="a test")
    return api


def test_an_operator_resolves_over_http(api):
    body = {"reason": "sold by hand", "closed": [{"leg": 0, "shares": "10", "price": "0.38", "fee": "0.01"}]}
    assert api.call("POST", PATH, body).status == 403
    answer = api.call("POST", PATH, body, operator=True)
    assert (answer.status, answer.body["state"]) == (200, "FLAT")
    assert api.call("POST", PATH, body, operator=True).status == 409


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"reason": "x", "absent": ["0"]}, 422),
        ({"reason": "x", "closed": [{"leg": 0, "shares": "10", "price": "1.38"}]}, 422),
        ({"reason": "x", "closed": [{"leg": 0, "shares": 10, "price": "0.38"}]}, 422),
        ({"reason": "x", "state": "FLAT"}, 422),
        ({"reason": "x", "absent": [9]}, 422),
        ({"reason": "x"}, 409),
    ],
)
def test_what_is_unclear_or_not_enough_resolves_nothing(api, body, status):
    assert api.call("POST", PATH, body, operator=True).status == status
    assert api.ledger.trade(WIRE_ID).state is TradeState.QUARANTINED

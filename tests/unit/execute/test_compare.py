"""After its end a trade is compared with the venues' own records; late fills are booked, nothing is sent."""

from dataclasses import replace

import pytest

from dutchbook.domain.agent import AgentState
from dutchbook.domain.errors import StoreUnavailable
from dutchbook.domain.money import ONE
from dutchbook.domain.trade import Fill, Leg
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.venues import OrderRequest
from dutchbook.usecases.execute_pair.compare import MAX_COMPARISONS
from dutchbook.usecases.execute_pair.place import stored_intent
from dutchbook.usecases.execute_pair.steps import Step
from tests.support.builders import a_limits, an_agent
from tests.support.execution import KALSHI_MARKET, TRADE_ID, World, a_plan, polymarket_book
from tests.support.sweeping import Sweeper
from tests.support.venue import NOTHING, REJECTED, UNKNOWN_ABSENT, UNKNOWN_FILLED, Order


def reserved(world: World) -> dict[Venue, int]:
    return {venue: one.reserved for venue, one in world.agents.budgets("agt_1", simulated=True).items()}


def late_fill(world: World, shares: int) -> None:
    """Kalshi reports more of the trade's order than it did before."""
    (order,) = world.kalshi.orders.values()
    order.fills = (*order.fills, Fill("late", shares, 400_000, fee_usd=10_000))


def hedged() -> World:
    world = World()
    assert world.drive().step is Step.HEDGED
    return world


def test_a_trade_is_compared_once_after_its_end():
    sweeper = Sweeper(hedged())
    assert sweeper.come(1).seen == {}
    assert sweeper.look() == {"compared": [TRADE_ID]}
    assert sweeper.look() == {}
    assert len(sweeper.world.kalshi.sent) == len(sweeper.world.polymarket.sent) == 1


def test_a_venue_that_cannot_be_asked_is_asked_again():
    world = hedged()
    world.kalshi.deaf = True
    sweeper = Sweeper(world)
    assert sweeper.look() == {"again": [TRADE_ID]}
    world.kalshi.deaf = False
    assert sweeper.look() == {"compared": [TRADE_ID]}


def test_a_fill_reported_after_the_end_is_booked_and_calls_a_human():
    world = World()
    world.kalshi.script = [NOTHING]
    assert world.drive().step is Step.NOT_TAKEN
    late_fill(world, 100 * ONE)
    sweeper = Sweeper(world)
    sweeper.come(3)
    assert world.trade.state is TradeState.QUARANTINED
    assert world.trade.held(world.trade.legs[0]) == 100 * ONE == world.kalshi.held(Outcome.YES)
    assert world.agents.get("agt_1").state is AgentState.HALTED
    assert "after the trade had ended as NOT_TAKEN" in world.notices[-1].what


def test_an_order_that_was_taken_for_absent_and_turns_up_is_booked():
    world = World()
    world.kalshi.script = [UNKNOWN_ABSENT, REJECTED]
    assert world.drive().step is Step.NOT_TAKEN
    leg = world.trade.legs[0]
    assert leg.state is LegState.REJECTED
    intent = world.kalshi.prepare(request_of(leg), KALSHI_MARKET)
    world.kalshi.place(intent, KALSHI_MARKET)
    Sweeper(world).come(3)
    assert world.trade.state is TradeState.QUARANTINED
    assert world.trade.legs[0].state is LegState.FILLED
    assert world.trade.held(world.trade.legs[0]) == world.kalshi.held(Outcome.YES) == leg.shares


def request_of(leg: Leg) -> OrderRequest:
    return OrderRequest(
        TRADE_ID, 0, leg.client_order_id, leg.key, leg.outcome, leg.side, leg.shares, leg.limit_price
    )


def quarantined_unsure() -> World:
    """Kalshi took the order and never says so: a human was called with the fate of leg 0 unknown."""
    world = World()
    world.kalshi.script = [UNKNOWN_FILLED]
    world.kalshi.deaf = True
    assert world.drive().step is Step.QUARANTINED
    return world


def test_a_quarantine_keeps_what_an_unknown_order_may_spend():
    world = quarantined_unsure()
    kept = reserved(world)
    assert kept[Venue.KALSHI] == a_plan().legs[0].max_cost
    assert kept[Venue.POLYMARKET] == 0


def test_a_quarantined_trade_is_compared_until_its_orders_fate_is_known():
    world = quarantined_unsure()
    sweeper = Sweeper(world)
    assert sweeper.look() == {"again": [TRADE_ID]}
    world.kalshi.deaf = False
    assert sweeper.look() == {"compared": [TRADE_ID]}
    trade = world.trade
    assert trade.state is TradeState.QUARANTINED
    assert trade.held(trade.legs[0]) == 100 * ONE
    assert reserved(world) == {Venue.KALSHI: 0, Venue.POLYMARKET: 0}
    budget = world.agents.budgets("agt_1", simulated=True)[Venue.KALSHI]
    assert budget.available + budget.spent == budget.funded


def test_a_quarantined_order_that_never_arrived_is_believed_absent_and_never_sent_again():
    world = World()
    world.kalshi.script = [UNKNOWN_ABSENT]
    world.reserve(a_plan())
    world.leg(0)
    world.quarantine(a_plan(), "a test")
    sweeper = Sweeper(world)
    looks = [sweeper.come(1).seen for _ in range(8)]
    assert looks.count({"again": [TRADE_ID]}) >= 1
    assert {"compared": [TRADE_ID]} in looks
    assert world.trade.legs[0].state is LegState.REJECTED
    assert len(world.kalshi.sent) == 1
    assert reserved(world) == {Venue.KALSHI: 0, Venue.POLYMARKET: 0}


@pytest.mark.parametrize("taken", [1, 3])
def test_shares_that_are_missing_at_the_venue_are_told_when_they_are_missed_twice(taken):
    world = hedged()
    world.kalshi.taken_away = taken * ONE
    sweeper = Sweeper(world)
    assert sweeper.look() == {"again": [TRADE_ID]}
    assert world.notices == []
    sweeper.come(4)
    assert world.notices.kinds == ["mismatch"]
    assert f"{taken} yes of kalshi" in world.notices[0].what
    assert world.trade.state is TradeState.HEDGED


def test_shares_that_come_back_were_only_read_too_early():
    world = hedged()
    world.kalshi.taken_away = ONE
    sweeper = Sweeper(world)
    assert sweeper.look() == {"again": [TRADE_ID]}
    world.kalshi.taken_away = 0
    assert sweeper.look() == {"compared": [TRADE_ID]}
    assert world.notices == []


def closed_again() -> World:
    """Leg 1 was refused and what leg 0 had bought was sold: the end that has something to tell."""
    world = World(agent=an_agent(limits=a_limits(stop_loss=150_000)))
    world.polymarket.script = [REJECTED]
    inner = world.polymarket.place

    def place(intent, market):
        world.polymarket_data.set_book(polymarket_book(no_ask=90))
        return inner(intent, market)

    world.polymarket.place = place
    assert world.drive().step is Step.FLAT
    return world


class Away:
    """A notifier whose service does not answer."""

    def send(self, notice):
        raise StoreUnavailable("notify: Throttling")


def test_a_late_fill_is_booked_though_nobody_can_be_told():
    world = closed_again()
    world.notices.clear()
    told = world.execution.notifier
    world.execution = replace(world.execution, notifier=Away())
    order = world.kalshi.orders[world.trade.legs[0].client_order_id]
    order.fills = (*order.fills, Fill("late", 5 * ONE, 400_000))
    sweeper = Sweeper(world)
    sweeper.come(3)
    assert "late" in [fill.fill_id for fill in world.trade.legs[0].fills]
    assert world.trade.state is TradeState.QUARANTINED
    assert world.agents.get("agt_1").state is AgentState.HALTED
    world.execution = replace(world.execution, notifier=told)
    sweeper.come(3)
    assert world.notices.kinds == ["quarantined"]


def tells_of_more_than_it_lists(world: World) -> None:
    inner = world.kalshi.lookup

    def lookup(intent, market):
        report = inner(intent, market)
        return replace(report, filled=report.filled + 5 * ONE)

    world.kalshi.lookup = lookup


def goes_deaf(world: World) -> None:
    world.kalshi.deaf = True


@pytest.mark.parametrize("change", [tells_of_more_than_it_lists, goes_deaf])
def test_a_trade_is_not_given_up_in_silence(change):
    world = hedged()
    change(world)
    sweeper = Sweeper(world)
    sweeper.leases.taken[f"ENDED#{TRADE_ID}"] = MAX_COMPARISONS - 2
    assert sweeper.look() == {"again": [TRADE_ID]}
    assert world.notices == []
    assert sweeper.look() == {"compared": [TRADE_ID]}
    (notice,) = world.notices
    assert (notice.kind, notice.trade_id) == ("mismatch", TRADE_ID)
    assert "kalshi" in notice.what
    assert sweeper.look() == {}


def test_a_trade_in_doubt_is_told_of_once_and_still_looked_at():
    world = quarantined_unsure()
    world.notices.clear()
    sweeper = Sweeper(world)
    sweeper.leases.taken[f"ENDED#{TRADE_ID}"] = MAX_COMPARISONS
    for _ in range(3):
        assert sweeper.look() == {"again": [TRADE_ID]}
    assert world.notices.kinds.count("mismatch") == 1


@pytest.mark.parametrize("behaviour", [REJECTED, NOTHING])
def test_an_order_found_at_work_after_the_end_is_cancelled_and_told_and_its_fills_are_booked(behaviour):
    world = World()
    world.kalshi.script = [behaviour]
    assert world.drive().step is Step.NOT_TAKEN
    leg = world.trade.legs[0]
    resting = Order(stored_intent(leg), (), world.clock.now_ms() + 10**9, 0)
    world.kalshi.orders[leg.client_order_id] = resting
    sweeper = Sweeper(world)
    assert sweeper.look() == {"again": [TRADE_ID]}
    assert world.kalshi.cancelled == [leg.client_order_id]
    (notice,) = world.notices
    assert (notice.kind, notice.venue) == ("mismatch", "kalshi")
    assert f"leg 0 ({leg.state}) is at work" in notice.what
    resting.matched_at_ms, resting.fills = 0, (Fill("late", 5 * ONE, 400_000),)
    sweeper.come(3)
    assert world.trade.state is TradeState.QUARANTINED
    assert world.trade.held(world.trade.legs[0]) == 5 * ONE
    assert world.notices.kinds == ["mismatch", "quarantined"]


def test_a_leg_that_cannot_be_looked_at_keeps_no_other_from_it_nor_its_trade_from_being_told():
    world = hedged()
    second = world.trade.legs[1]
    inner = world.kalshi.lookup
    world.kalshi.lookup = lambda *_: 1 // 0
    late = world.polymarket.orders[second.client_order_id]
    late.fills = (*late.fills, Fill("late", 5 * ONE, 500_000))
    sweeper = Sweeper(world)
    assert sweeper.come(2).failed == {TRADE_ID: "ZeroDivisionError: integer division or modulo by zero"}
    assert world.trade.legs[1].net_filled == second.net_filled + 5 * ONE
    assert world.trade.state is TradeState.QUARANTINED
    assert world.notices.kinds == ["quarantined"]
    world.kalshi.lookup = inner
    assert sweeper.look() == {"compared": [TRADE_ID]}

"""What is too little for any venue to take an order for is booked, told, and halts nobody."""

from dataclasses import replace

import pytest

from dutchbook.domain.agent import AgentState
from dutchbook.domain.errors import InvalidOrder
from dutchbook.domain.money import ONE
from dutchbook.domain.plan import PlannedLeg, TradePlan
from dutchbook.domain.quoting import worst_cost
from dutchbook.domain.trade import Leg
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Outcome, Side
from tests.support.builders import a_limits, an_agent
from tests.support.execution import (
    CENT,
    KALSHI,
    KALSHI_MARKET,
    POLYMARKET,
    POLYMARKET_MARKET,
    World,
    a_plan,
    kalshi_book,
    polymarket_book,
)
from tests.support.sweeping import Sweeper
from tests.support.venue import Behaviour, partial

TOO_SMALL = Behaviour(arrives=False, answer=InvalidOrder)


def a_world(*, minimums: bool = True) -> World:
    """The first venue with Limitless' minimum of a dollar, or with Kalshi's: none."""
    world = World(agent=an_agent(limits=a_limits(stop_loss=150_000)))
    if minimums:
        world.markets.put_markets([replace(KALSHI_MARKET, min_size=ONE, min_notional=ONE)])
    return world


def overfill(world: World, extra: int) -> None:
    """A better book: the dollars of the NO leg buy more shares than were asked for."""
    inner = world.polymarket.place

    def place(intent, market):
        report = inner(intent, market)
        order = world.polymarket.orders[intent.client_order_id]
        if intent.fields["side"] != Side.BUY.value:
            return report
        order.fills = tuple(replace(fill, shares=fill.shares + extra) for fill in order.fills)
        return replace(report, fills=order.fills, filled=report.filled + extra)

    world.polymarket.place = place


def repairs(world: World) -> list[Leg]:
    return [leg for leg in world.trade.legs if leg.is_repair]


def assert_goes_on(world: World, reason: str) -> None:
    assert world.trade.reason == reason
    assert world.agents.get("agt_1").state is AgentState.ACTIVE
    (notice,) = world.notices
    assert notice.kind == "remainder"
    assert reason in notice.what
    # nor does the look after the end call anybody
    Sweeper(world).come(3)
    assert world.notices.kinds == ["remainder"]
    budgets = world.agents.budgets("agt_1", simulated=True).values()
    assert all(budget.reserved == 0 for budget in budgets)


def test_a_fractional_target_that_whole_cents_miss_is_hedged():
    """Of 33.333 shares held first, whole cents buy 33.32 on the second venue."""
    world = a_world()
    world.kalshi.script = [partial(33_333_000)]
    world.polymarket.script = [partial(33_320_000)]
    world.drive()
    assert (world.trade.state, world.trade.reason) == (TradeState.HEDGED, "")
    assert not repairs(world)
    assert not world.notices


@pytest.mark.parametrize(("extra", "words"), [(30_000, "0.03"), (500_000, "0.5"), (1_500_000, "1.5")])
def test_more_than_was_asked_for_is_left_where_no_minimum_lets_it_be_mended(extra, words):
    world = a_world()
    overfill(world, extra)
    world.drive()
    assert world.trade.state is TradeState.HEDGED
    assert not repairs(world)
    assert world.polymarket.held(Outcome.NO) - world.kalshi.held(Outcome.YES) == extra
    assert_goes_on(world, f"{words} shares of polymarket NO left over: too small to sell")


def test_more_than_was_asked_for_is_completed_where_the_other_venue_takes_it():
    world = a_world(minimums=False)
    overfill(world, 1_500_000)
    world.drive()
    assert world.trade.state is TradeState.HEDGED
    assert [leg.shares for leg in repairs(world)] == [1_500_000]
    assert not world.notices


def test_a_remainder_of_more_than_a_dollar_still_calls_a_human():
    world = a_world()
    overfill(world, 2_400_000)  # 1.2 dollars of it, and 0.96 on the other venue
    world.drive()
    assert world.trade.state is TradeState.QUARANTINED
    assert world.agents.get("agt_1").state is AgentState.HALTED


def test_a_tiny_sell_that_is_refused_is_not_tried_again():
    world = a_world(minimums=False)
    world.polymarket.script = [partial(100 * ONE - 50_000)]
    inner = world.kalshi.place

    def place(intent, market):
        if intent.fields["side"] == Side.SELL.value:
            raise InvalidOrder("too small")
        return inner(intent, market)

    world.kalshi.place = place
    world.drive()
    assert world.trade.state is TradeState.HEDGED
    assert len(repairs(world)) == 1
    assert_goes_on(world, "0.05 shares of kalshi YES left over: too small to sell")


def test_a_large_order_that_is_refused_as_invalid_is_not_sent_again_and_a_human_is_called():
    world = a_world(minimums=False)
    world.polymarket.script = [partial(40 * ONE)]
    world.polymarket.default = TOO_SMALL
    world.kalshi.script = [partial(100 * ONE)]
    world.kalshi.default = TOO_SMALL
    world.drive()
    orders = [(leg.venue, leg.side, leg.shares, leg.limit_price) for leg in repairs(world)]
    assert len(orders) == len(set(orders)) == 2
    assert world.trade.state is TradeState.QUARANTINED


def test_a_scrap_of_the_first_leg_ends_flat_and_is_not_called_sold():
    """Half a share came of the first leg, and the second takes no order for so little."""
    world = a_world()
    world.kalshi.script = [partial(ONE // 2)]
    world.drive()
    assert world.trade.state is TradeState.FLAT
    assert_goes_on(world, "0.5 shares of kalshi YES left over: too small to sell")


def test_fills_that_are_not_confirmed_are_waited_for_first():
    world = a_world()
    world.polymarket.script = [Behaviour(settles="later")]
    world.polymarket.confirms = False
    overfill(world, 500_000)
    world.drive()
    assert world.trade.state is TradeState.QUARANTINED
    assert "has not confirmed" in world.trade.reason


def test_a_fill_after_the_end_that_makes_the_remainder_another_calls_a_human():
    world = a_world()
    overfill(world, 500_000)
    world.drive(a_plan())
    assert world.trade.state is TradeState.HEDGED
    (order,) = world.kalshi.orders.values()
    (fill,) = order.fills
    order.fills = (fill, replace(fill, fill_id="late", shares=50 * ONE, fee_usd=0))
    Sweeper(world).come(3)
    assert world.trade.state is TradeState.QUARANTINED


# ---------------------------------------- a cent's worth is missed only by a leg that bought something


def a_cheap_leg(bought: int) -> World:
    """NO costs 0.02: a cent buys half a share. Kalshi fills so many shares (micros), Polymarket refuses."""
    world = World()
    world.kalshi_data.set_book(kalshi_book(yes_bid=94, yes_ask=95))
    world.polymarket_data.set_book(polymarket_book(no_bid=1, no_ask=2, depth=1_000))
    world.kalshi.script = [partial(bought)]
    return world


def cheap_plan() -> TradePlan:
    amount = 100 * ONE
    yes = PlannedLeg(
        KALSHI, Outcome.YES, Side.BUY, amount, 95 * CENT, worst_cost(KALSHI_MARKET, amount, 95 * CENT)
    )
    no = PlannedLeg(
        POLYMARKET, Outcome.NO, Side.BUY, amount, 2 * CENT, worst_cost(POLYMARKET_MARKET, amount, 2 * CENT)
    )
    cost = yes.max_cost + no.max_cost
    return a_plan(legs=(yes, no), shares=amount, expected_cost=cost, expected_profit=amount - cost)


@pytest.mark.parametrize("bought", [500_000, 20_000])
def test_what_stands_alone_is_sold_again_though_a_cent_would_have_bought_as_much_of_the_other(bought):
    world = a_cheap_leg(bought)
    world.drive(cheap_plan())
    assert world.trade.state is TradeState.FLAT
    assert world.kalshi.held(Outcome.YES) == 0
    assert world.ledger.positions("agt_1") == []
    (notice,) = world.notices
    assert (notice.kind, notice.next_step) == ("unwound", "Nothing is held. The agent goes on.")


def test_what_is_left_as_dust_is_not_called_nothing():
    world = a_cheap_leg(500_000)
    world.kalshi.default = partial(490_000)
    world.drive(cheap_plan())
    assert world.trade.state is TradeState.FLAT
    assert world.kalshi.held(Outcome.YES) == 10_000
    (notice,) = world.notices
    assert notice.next_step == "Left as dust: 0.01 yes on kalshi. The agent goes on."

"""Collected cases of paired execution, in our own words. What differs, and why: execution_README.md."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dutchbook.domain.book import OrderBook
from dutchbook.domain.fees import KalshiFees, PolymarketFees
from dutchbook.domain.money import ONE, format_micros
from dutchbook.domain.plan import PlannedLeg
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Outcome, Side, Venue
from tests.support.builders import a_limits, an_agent
from tests.support.execution import (
    CENT,
    KALSHI,
    KALSHI_MARKET,
    POLYMARKET,
    POLYMARKET_MARKET,
    World,
    a_plan,
)
from tests.support.venue import FILLED, NOTHING, REJECTED, UNKNOWN_FILLED, Behaviour, partial

CASES = json.loads((Path(__file__).parents[1] / "fixtures" / "execution" / "cases.json").read_text())["cases"]
FREE_KALSHI = replace(KALSHI_MARKET, fees=KalshiFees(rate_ppm=0))
FREE_POLYMARKET = replace(POLYMARKET_MARKET, fees=PolymarketFees(0), min_size=CENT, min_notional=0)


def kalshi_book(best_bid: int = 60) -> OrderBook:
    """YES: 100 asked at 0.40; bids for `best_bid` shares at 0.36, then for 100 at 0.33."""
    bids = [(36 * CENT, best_bid * ONE), (33 * CENT, 100 * ONE)]
    return OrderBook.from_bids(KALSHI, bids, [(60 * CENT, 100 * ONE)], 0)


def polymarket_book(no_ask: int | str) -> OrderBook:
    """100 NO at this price and 100 a cent above; nobody sells when it is ``gone``. Bids at 0.46."""
    if no_ask == "gone":
        return OrderBook.from_yes_book(POLYMARKET, [], [(54 * CENT, 100 * ONE)], 0)
    levels = [((100 - no_ask) * CENT, 100 * ONE), ((99 - no_ask) * CENT, 100 * ONE)]
    return OrderBook.from_yes_book(POLYMARKET, levels, [(54 * CENT, 100 * ONE)], 0)


def behaviour(word: str) -> Behaviour:
    if word.startswith("fills "):
        return partial(int(word.removeprefix("fills ")) * ONE)
    return {"filled": FILLED, "rejected": REJECTED, "nothing": NOTHING, "silent": UNKNOWN_FILLED}[word]


def world_of(case: dict[str, Any]) -> World:
    world = World(agent=an_agent(limits=a_limits(stop_loss=100_000)))
    world.markets.put_markets([FREE_KALSHI, FREE_POLYMARKET])
    world.kalshi_data.set_book(kalshi_book())
    bids_are_taken(world)
    world.polymarket_data.set_book(polymarket_book(50))
    world.kalshi.script = [behaviour(case.get("first", "filled"))]
    world.kalshi.default = behaviour(case.get("kalshi_later", "filled"))
    world.polymarket.script = [behaviour(case.get("second", "filled"))]
    world.polymarket.deaf = case.get("second") == "silent"
    world.polymarket.funds = case.get("polymarket_cash", 1_000) * ONE
    if "book_age_ms" in case:
        slow(world, case["book_age_ms"])
    if "polymarket_after" in case:
        moves(world, case)
    return world


def bids_are_taken(world: World) -> None:
    """What was sold into the best bid is not there for the next sale."""
    inner = world.kalshi.place

    def place(intent, market):
        if intent.fields["side"] == Side.SELL.value:
            world.kalshi_data.set_book(kalshi_book(60 - int(intent.fields["shares"]) // ONE))
        return inner(intent, market)

    world.kalshi.place = place


def slow(world: World, milliseconds: int) -> None:
    inner = world.polymarket_data.books

    def books(markets):
        read = inner(markets)
        world.clock.advance(milliseconds)
        return read

    world.polymarket_data.books = books


def moves(world: World, case: dict[str, Any]) -> None:
    """Polymarket's asks move once its first order is out, or before it where that one is not to fill."""
    mover = world.polymarket if "second" in case else world.kalshi
    inner = mover.place

    def place(intent, market):
        world.polymarket_data.set_book(polymarket_book(case["polymarket_after"]))
        return inner(intent, market)

    mover.place = place


def plan_of(case: dict[str, Any]):
    shares = case.get("shares", 100) * ONE
    yes = PlannedLeg(KALSHI, Outcome.YES, Side.BUY, shares, 40 * CENT, shares * 40 // 100)
    no = PlannedLeg(POLYMARKET, Outcome.NO, Side.BUY, shares, 50 * CENT, shares * 50 // 100)
    return a_plan(
        legs=(yes, no), shares=shares, expected_cost=shares * 90 // 100, expected_profit=shares * 10 // 100
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case):
    world = world_of(case)
    world.drive(plan_of(case))
    trade, expect = world.trade, case["expect"]
    assert trade.state is TradeState(expect["state"]), trade.reason
    held = expect.get("held", 0)
    assert [trade.held(leg) // ONE for leg in trade.planned_legs] == (
        held if isinstance(held, list) else [held, held]
    )
    if "orders" in expect:
        assert len(world.kalshi.sent) + len(world.polymarket.sent) == expect["orders"]
    if "reason" in expect:
        assert trade.reason.startswith(expect["reason"])
    for name in ("locked", "realised"):
        if name in expect:
            assert format_micros(getattr(trade, name)) == expect[name]
    if "second_leg_filled" in expect:
        assert trade.legs[1].filled == expect["second_leg_filled"]
    if "sells" in expect:
        sold = [leg.filled // ONE for leg in trade.legs if leg.side is Side.SELL]
        assert sold == expect["sells"]
    budgets = world.agents.budgets("agt_1", simulated=True)
    for venue, dollars in expect.get("cash", {}).items():
        assert format_micros(budgets[Venue(venue)].available) == dollars

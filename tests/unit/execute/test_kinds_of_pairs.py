"""Pairs that are not one market on each of two venues: within one venue, and with a fee taken in shares."""

from dataclasses import replace

from dutchbook.domain.book import OrderBook
from dutchbook.domain.errors import VenueUnreachable
from dutchbook.domain.fees import LimitlessFees
from dutchbook.domain.money import ONE
from dutchbook.domain.plan import PlannedLeg
from dutchbook.domain.quoting import quote_buy
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.domain.venue import Outcome, Side, Venue
from dutchbook.usecases.execute_pair import Step
from tests.support.execution import (
    CENT,
    KALSHI,
    POLYMARKET,
    POLYMARKET_MARKET,
    World,
    a_plan,
    kalshi_book,
    polymarket_book,
)
from tests.support.venue import UNKNOWN_FILLED, partial


def within_kalshi():
    """YES at 0.40 and NO at 0.50 of the very same market."""
    yes = PlannedLeg(KALSHI, Outcome.YES, Side.BUY, 100 * ONE, 40 * CENT, 42 * ONE)
    no = PlannedLeg(KALSHI, Outcome.NO, Side.BUY, 100 * ONE, 50 * CENT, 53 * ONE)
    return a_plan(legs=(yes, no), expected_cost=95 * ONE, expected_profit=5 * ONE)


def test_both_sides_of_one_kalshi_market_are_netted_and_the_profit_is_realised_at_once():
    world = World()
    asks = replace(kalshi_book(yes_ask=40), no_asks=((50 * CENT, 200 * ONE),), yes_bids=(), no_bids=())
    world.kalshi_data.set_book(asks)
    world.drive(within_kalshi())
    trade = world.trade
    assert trade.state is TradeState.HEDGED
    assert trade.locked == 0
    cost = sum(leg.notional + leg.fee_usd for leg in trade.legs)
    assert trade.realised == 100 * ONE - cost > 0
    assert world.ledger.positions("agt_1") == []
    budget = world.agents.budgets("agt_1", simulated=True)[Venue.KALSHI]
    assert (budget.spent, budget.reserved) == (0, 0)
    assert budget.available == budget.funded == 1_000 * ONE + trade.realised


def test_one_market_whose_book_is_crossed_is_the_chance_itself():
    """Bids of 0.50 for YES and 0.60 for NO are asks of 0.50 for NO and 0.40 for YES."""
    world = World()
    deep = [(50 * CENT, 200 * ONE)], [(60 * CENT, 200 * ONE)]
    world.kalshi_data.set_book(OrderBook.from_bids(KALSHI, *deep, 0))
    world.drive(within_kalshi())
    assert world.trade.state is TradeState.HEDGED


def test_a_crossed_book_is_torn_for_a_pair_of_two_markets():
    world = World()
    deep = [(50 * CENT, 200 * ONE)], [(60 * CENT, 200 * ONE)]
    world.kalshi_data.set_book(OrderBook.from_bids(KALSHI, *deep, 0))
    world.drive()
    assert world.trade.reason.startswith("StaleBook")


def test_a_leg_whose_fee_is_taken_in_shares_is_grossed_up_by_the_levels_it_takes():
    """Limitless charges more of the shares at 0.50 than at the limit of 0.60."""
    world = World()
    market = replace(POLYMARKET_MARKET, fees=LimitlessFees())
    ladder = ((50 * CENT, 60 * ONE), (60 * CENT, 200 * ONE))
    world.markets.put_markets([market])
    world.polymarket_data.set_book(replace(polymarket_book(), no_asks=ladder, no_bids=(), yes_bids=()))
    world.kalshi.script = [partial(50 * ONE)]
    second = PlannedLeg(POLYMARKET, Outcome.NO, Side.BUY, 104 * ONE, 60 * CENT, 63 * ONE)
    first = a_plan().legs[0]
    world.drive(a_plan(legs=(first, second), expected_cost=90 * ONE, expected_profit=10 * ONE))
    quote = quote_buy(market, Outcome.NO, ladder, 50 * ONE)
    assert world.trade.legs[1].shares == quote.shares > market.fees.gross_up(60 * CENT, 50 * ONE)
    assert quote.net_shares >= 50 * ONE


def test_a_market_that_left_the_catalogue_is_read_from_its_venue():
    world = World()
    world.markets.stored.clear()
    world.drive()
    assert world.trade.state is TradeState.HEDGED


def test_a_market_that_nobody_lists_any_more_is_closed():
    world = World()
    world.markets.stored.clear()
    world.kalshi_data._markets.clear()
    world.drive()
    assert world.trade.state is TradeState.NOT_TAKEN
    assert world.trade.reason.startswith("MarketClosed")


def test_a_cancel_that_fails_is_asked_for_again():
    world = World()
    world.kalshi.script = [replace(UNKNOWN_FILLED, delayed_ms=100_000)]
    tries = []

    def cancel(intent, market):
        tries.append(intent)
        raise VenueUnreachable("down")

    world.kalshi.cancel = cancel
    assert world.drive().step is Step.HEDGED
    assert len(tries) > 1
    assert world.trade.legs[0].state is LegState.FILLED

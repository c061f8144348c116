"""What mends a trade whose legs differ: which leg, which venue, which side, and how often."""

from dataclasses import replace

import pytest

from dutchbook.domain.errors import NotSent, VenueUnreachable
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import ONE
from dutchbook.domain.plan import PlannedLeg
from dutchbook.domain.trade import LegPurpose
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.domain.venue import Outcome, Side, Venue
from dutchbook.usecases import execute_pair
from dutchbook.usecases.execute_pair import Step
from dutchbook.usecases.execute_pair.repair import MAX_COMPLETIONS, MAX_REPAIRS
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
from tests.support.venue import NOTHING, REJECTED, partial


def tolerant(stop_loss: int = 150_000) -> World:
    return World(agent=an_agent(limits=a_limits(stop_loss=stop_loss)))


def reversed_pair(first: Venue):
    """The other way round: YES on Polymarket, NO on Kalshi, in either order."""
    yes = PlannedLeg(POLYMARKET, Outcome.YES, Side.BUY, 10 * ONE, 52 * CENT, 6 * ONE)
    no = PlannedLeg(KALSHI, Outcome.NO, Side.BUY, 10 * ONE, 40 * CENT, 5 * ONE)
    legs = (yes, no) if first is Venue.POLYMARKET else (no, yes)
    return a_plan(legs=legs, shares=10 * ONE, expected_cost=9_500_000, expected_profit=500_000)


def books_for_reversed(world: World) -> None:
    world.polymarket_data.set_book(polymarket_book(no_bid=48, no_ask=50))
    world.kalshi_data.set_book(kalshi_book(yes_bid=60, yes_ask=62))


@pytest.mark.parametrize("first", [Venue.POLYMARKET, Venue.KALSHI])
def test_the_excess_is_sold_on_the_venue_and_side_that_hold_it(first):
    """Ten YES on Polymarket and seven NO on Kalshi: three YES on Polymarket are sold, in whichever order the
    legs stand. A bot that took the fills by position sold three of the other leg and doubled its exposure.
    """
    world = tolerant(stop_loss=200_000)
    books_for_reversed(world)
    world.markets.put_markets([replace(POLYMARKET_MARKET, min_size=ONE)])
    world.kalshi.script = [partial(7 * ONE)]
    world.polymarket.default = partial(10 * ONE)
    if first is Venue.KALSHI:
        # leg 2 (Polymarket) is only asked for 7: give it 10 by letting three of Kalshi's fail to settle
        world.kalshi.script = []
    plan = reversed_pair(first)
    inner = world.kalshi.place

    def place(intent, market):
        world.kalshi_data.set_book(kalshi_book(yes_bid=10, yes_ask=12))
        return inner(intent, market)

    world.kalshi.place = place
    if first is Venue.KALSHI:
        _seven_of_ten_settle(world)
    world.drive(plan)
    unwind = world.trade.legs[-1]
    held = next(leg for leg in world.trade.planned_legs if leg.venue is Venue.POLYMARKET)
    assert (unwind.venue, unwind.outcome, unwind.side) == (Venue.POLYMARKET, Outcome.YES, Side.SELL)
    assert (unwind.purpose, unwind.repairs, unwind.shares) == (LegPurpose.UNWIND, held.index, 3 * ONE)
    assert not unwind.adds_yes_exposure
    assert world.trade.state is TradeState.HEDGED
    assert world.polymarket.held(Outcome.YES) == world.trade.held(world.trade.planned_legs[0]) == 7 * ONE


def _seven_of_ten_settle(world: World) -> None:
    """The venue matches all ten and undoes three of them before it confirms."""
    inner = world.kalshi.place

    def place(intent, market):
        report = inner(intent, market)
        order = world.kalshi.orders[intent.client_order_id]
        (fill,) = order.fills
        order.fills = (
            replace(fill, fill_id="kept", shares=7 * ONE, confirmed=False, tx_hash="later"),
            replace(fill, fill_id="undone", shares=3 * ONE, confirmed=False, tx_hash="fails"),
        )
        return replace(report, fills=order.fills)

    world.kalshi.place = place


def test_finishing_is_chosen_where_it_is_cheaper_than_closing():
    world = tolerant()
    world.polymarket.script = [partial(40 * ONE)]
    world.drive()
    complete = world.trade.legs[2]
    assert (complete.purpose, complete.repairs, complete.venue) == (LegPurpose.COMPLETE, 1, Venue.POLYMARKET)
    assert complete.shares == 60 * ONE
    assert complete.client_order_id != world.trade.legs[1].client_order_id


def test_a_trade_is_finished_at_a_loss_twice_at_most():
    world = tolerant()
    world.polymarket.default = NOTHING
    world.drive()
    purposes = [leg.purpose for leg in world.trade.legs if leg.is_repair]
    assert purposes == [LegPurpose.COMPLETE] * MAX_COMPLETIONS + [LegPurpose.UNWIND]
    assert world.trade.state is TradeState.FLAT


def test_repairs_have_an_end():
    world = tolerant(stop_loss=900_000)
    world.polymarket.default = REJECTED
    world.kalshi.script = [partial(100 * ONE)]
    world.kalshi.default = NOTHING
    world.drive()
    assert sum(leg.is_repair for leg in world.trade.legs) == MAX_REPAIRS
    assert world.trade.state is TradeState.QUARANTINED
    assert f"after {MAX_REPAIRS} repairs" in world.notices[0].what


def test_a_thin_book_is_unwound_as_far_as_it_goes_and_the_rest_quarantined():
    """40 of 100 shares can be sold; there are no more buyers."""
    world = tolerant()
    world.polymarket.default = REJECTED
    inner = world.kalshi.place

    def place(intent, market):
        sold = intent.fields["side"] == "sell"
        world.kalshi_data.set_book(kalshi_book(depth=40))
        if sold:
            world.kalshi_data.drop_book(KALSHI.market_id)
            world.kalshi_data.set_book(replace(kalshi_book(), yes_bids=()))
        world.polymarket_data.set_book(polymarket_book(no_ask=95))
        return inner(intent, market)

    world.kalshi.place = place
    world.drive()
    assert world.kalshi.held(Outcome.YES) == 60 * ONE
    assert world.trade.state is TradeState.QUARANTINED
    assert "60 yes on kalshi" in world.notices[0].what


def test_dust_is_booked_and_shown_not_mended():
    world = World()
    world.polymarket.script = [partial(100 * ONE - 10_000)]
    world.drive()
    assert world.trade.state is TradeState.HEDGED
    assert len(world.trade.legs) == 2
    assert world.trade.held(world.trade.legs[0]) - world.trade.held(world.trade.legs[1]) == 10_000
    shares = {position.key.venue: position.shares for position in world.ledger.positions("agt_1")}
    assert shares == {Venue.KALSHI: 100 * ONE, Venue.POLYMARKET: 100 * ONE - 10_000}


def test_what_a_cent_buys_on_polymarket_is_dust_and_a_lot_more_is_mended():
    """Dollars are whole cents there: at 0.50 a leg may fall 0.02 shares short."""
    world = World()
    world.polymarket.script = [partial(100 * ONE - 20_000)]
    world.drive()
    assert (world.trade.state, len(world.trade.legs)) == (TradeState.HEDGED, 2)
    world = World()
    world.polymarket.script = [partial(100 * ONE - 30_000)]
    world.drive()
    assert any(leg.is_repair for leg in world.trade.legs)


def test_a_book_that_cannot_be_read_is_tried_again_and_nothing_is_decided():
    world = World()
    world.polymarket.script = [REJECTED]
    execute_pair.reserve(world.execution, a_plan())
    world.leg(0)
    assert world.leg(1, adds_yes=False).step is Step.REPAIR
    world.kalshi_data.failure = VenueUnreachable("down")
    with pytest.raises(NotSent):
        execute_pair.repair(world.execution, a_plan().trade_id)
    world.kalshi_data.failure = None
    world.kalshi_data.drop_book(KALSHI.market_id)
    with pytest.raises(NotSent):
        execute_pair.repair(world.execution, a_plan().trade_id)
    assert len(world.trade.legs) == 2


def test_finishing_never_costs_more_than_the_money_there_is():
    """The budget has nothing left beyond the reservation, and the price is above it now: what the money buys
    is bought, and the rest of the first leg sold again."""
    world = tolerant(stop_loss=400_000)
    world.polymarket.script = [REJECTED]
    world.agents.set_budget(
        "agt_1", Venue.POLYMARKET, a_plan().reserved[Venue.POLYMARKET], simulated=True, actor="test"
    )
    inner = world.polymarket.place

    def place(intent, market):
        world.polymarket_data.set_book(polymarket_book(no_bid=51, no_ask=53, depth=1_000))
        return inner(intent, market)

    world.polymarket.place = place
    world.drive()
    bought, sold = world.trade.legs[2:]
    assert (bought.purpose, sold.purpose) == (LegPurpose.COMPLETE, LegPurpose.UNWIND)
    assert bought.net_filled + sold.net_filled == 100 * ONE
    assert 90 * ONE < bought.net_filled < 100 * ONE
    assert world.agents.budgets("agt_1", simulated=True)[Venue.POLYMARKET].available >= 0
    assert world.trade.state is TradeState.HEDGED


@pytest.mark.parametrize("depth", [200, 5_000, 10**6])
def test_a_deeper_book_is_no_harder_to_finish_in(depth):
    """The money need not pay for all that a level shows."""
    world = tolerant(stop_loss=100_000)
    world.polymarket.script = [NOTHING]
    inner = world.polymarket.place

    def place(intent, market):
        world.polymarket_data.set_book(polymarket_book(no_bid=49, no_ask=51, depth=depth))
        world.kalshi_data.set_book(kalshi_book(yes_bid=30, yes_ask=40))
        return inner(intent, market)

    world.polymarket.place = place
    world.drive()
    assert world.trade.state is TradeState.HEDGED
    assert world.trade.legs[2].purpose is LegPurpose.COMPLETE


def test_the_same_repair_planned_twice_is_one_leg():
    world = World()
    world.polymarket.script = [partial(40 * ONE)]
    execute_pair.reserve(world.execution, a_plan())
    world.leg(0)
    world.leg(1, adds_yes=False)
    first = execute_pair.repair(world.execution, a_plan().trade_id)
    assert execute_pair.repair(world.execution, a_plan().trade_id) == first
    assert len(world.trade.legs) == 3
    assert world.trade.state is TradeState.UNWINDING


# ------------------------------------------------------------------------- one leg, three legs


def test_a_single_leg_is_filled_by_what_it_got():
    world = World()
    first = a_plan().legs[0]
    world.kalshi.script = [partial(30 * ONE)]
    world.drive(a_plan(legs=(first,), expected_cost=first.max_cost, expected_profit=0))
    assert world.trade.state is TradeState.FILLED
    assert world.trade.locked == 0
    assert world.kalshi.held(Outcome.YES) == 30 * ONE


THIRD = MarketKey(Venue.POLYMARKET, "0xsnow")


def three_way(world: World):
    """A book of three outcomes, one of which comes true: 0.40, 0.30 and 0.20 pay a dollar."""
    third = replace(POLYMARKET_MARKET, market_id=THIRD.market_id)
    world.markets.put_markets([third])
    world.polymarket_data.set_market(third)
    book = polymarket_book(no_bid=78, no_ask=80)
    world.polymarket_data.set_book(replace(book, market_id=THIRD.market_id))
    world.polymarket_data.set_book(polymarket_book(no_bid=68, no_ask=70))
    world.kalshi_data.set_book(kalshi_book())

    def yes(key, cents):
        return PlannedLeg(key, Outcome.YES, Side.BUY, 20 * ONE, cents * CENT, 10 * ONE)

    legs = (yes(KALSHI, 40), yes(POLYMARKET, 32), yes(THIRD, 22))
    return a_plan(
        legs=legs, shares=20 * ONE, expected_cost=19_300_000, expected_profit=700_000, direction="three"
    )


def test_three_legs_are_placed_in_order_and_hedged():
    world = World()
    plan = three_way(world)
    world.drive(plan)
    assert world.trade.state is TradeState.HEDGED, world.trade.reason
    assert [leg.net_filled for leg in world.trade.legs] == [20 * ONE] * 3
    assert world.trade.locked > 0


def third_costs(world, cents):
    """From when the third leg is placed."""
    inner = world.polymarket.place

    def place(intent, market):
        if market.key == THIRD:
            book = polymarket_book(no_bid=100 - cents, no_ask=102 - cents)
            world.polymarket_data.set_book(replace(book, market_id=THIRD.market_id))
        return inner(intent, market)

    world.polymarket.place = place


def repairs_of(world):
    return [(leg.purpose, leg.repairs, leg.filled) for leg in world.trade.legs if leg.is_repair]


def test_when_the_third_of_three_legs_fails_it_is_tried_again_as_long_as_that_is_cheaper():
    """Closing the other two loses 4 cents a set and the fees, finishing at 0.25 a cent or so."""
    world = tolerant(stop_loss=400_000)
    plan = three_way(world)
    third_costs(world, 25)
    world.polymarket.script = [partial(20 * ONE), REJECTED]
    world.drive(plan)
    assert world.trade.state is TradeState.HEDGED
    assert repairs_of(world) == [(LegPurpose.COMPLETE, 2, 20 * ONE)]


def test_when_the_second_of_three_falls_short_it_is_finished_before_the_third_is_placed():
    world = tolerant(stop_loss=400_000)
    plan = three_way(world)
    world.polymarket.script = [partial(12 * ONE)]
    world.drive(plan)
    assert world.trade.state is TradeState.HEDGED
    assert repairs_of(world) == [(LegPurpose.COMPLETE, 1, 8 * ONE)]
    assert [world.trade.held(leg) for leg in world.trade.planned_legs] == [20 * ONE] * 3


def test_what_is_too_little_to_mend_does_not_keep_the_third_leg_from_being_placed():
    """Half a share of the first leg that no venue takes an order for, found before all legs are placed."""
    world = tolerant(stop_loss=400_000)
    plan = three_way(world)
    world.markets.put_markets([replace(KALSHI_MARKET, min_size=ONE)])
    world.polymarket.script = [partial(19_500_000)]
    world.drive(plan)
    assert world.trade.state is TradeState.HEDGED
    assert world.trade.reason == "0.5 shares of kalshi YES left over: too small to sell"
    assert world.notices.kinds == ["remainder"]
    assert [world.trade.held(leg) for leg in world.trade.planned_legs] == [20 * ONE, 19_500_000, 19_500_000]


def test_when_the_third_of_three_legs_fails_and_is_dear_the_other_two_are_closed():
    world = tolerant(stop_loss=400_000)
    plan = three_way(world)
    third_costs(world, 60)
    world.polymarket.script = [partial(20 * ONE), REJECTED]
    world.drive(plan)
    assert world.trade.state is TradeState.FLAT
    unwinds = [leg for leg in world.trade.legs if leg.is_repair]
    assert [leg.repairs for leg in unwinds] == [0, 1]
    assert all(leg.purpose is LegPurpose.UNWIND and leg.state is LegState.FILLED for leg in unwinds)
    assert world.kalshi.held(Outcome.YES) == world.polymarket.held(Outcome.YES) == 0

"""A whole event is bought leg by leg; live only where the venue's flags prove what it pays."""

from dataclasses import replace

import pytest

from dutchbook.domain.agent import Mode
from dutchbook.domain.book import OrderBook
from dutchbook.domain.errors import NotEligible
from dutchbook.domain.money import ONE
from dutchbook.domain.strategies.n_way import NWay
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.usecases import execute_pair
from tests.support.builders import a_limits, an_agent
from tests.support.events import a_view_of, an_event
from tests.support.execution import TRADE_ID, World
from tests.support.histories import plenty
from tests.support.venue import FILLED, NOTHING

ASKS = {f"E1-{number}": [("0.31", "100")] for number in range(3)}
LIVE = an_agent(mode=Mode.LIVE, credentials=(Venue.POLYMARKET, Venue.KALSHI))


def world_and_plan(live=False, event=None, **asks):
    world = World(agent=LIVE if live else an_agent(), live_trading=live)
    event = event or an_event(3)
    view = a_view_of(event, **(asks or {"yes": ASKS}))
    world.markets.put_markets(event)
    for market in event:
        world.polymarket_data.set_market(market)
        book = view.books[market.key]
        bids = tuple((price - 10_000, size) for price, size in book.yes_asks)
        world.polymarket_data.set_book(replace(book, yes_bids=bids))
    (curve,) = NWay().observe(view)
    intent = NWay().size(curve, a_limits(), plenty())
    plan = replace(intent.plan(0, "tick", "agt_1", "arbitrage"), trade_id=TRADE_ID)
    return world, plan


def test_every_outcome_is_bought_and_the_profit_is_locked():
    world, plan = world_and_plan()
    world.drive(plan)

    trade = world.trade
    assert trade.state is TradeState.HEDGED
    assert [leg.state for leg in trade.legs] == [LegState.FILLED] * 3
    assert trade.locked == plan.expected_profit
    assert world.polymarket.held(Outcome.YES) == 300 * ONE


def test_an_outcome_that_was_missed_is_bought_after_all_while_it_is_the_cheaper_way():
    world, plan = world_and_plan()
    world.polymarket.script = [FILLED, FILLED, NOTHING]
    world.drive(plan)

    assert world.trade.state is TradeState.HEDGED
    assert [leg.repairs for leg in world.trade.legs if leg.is_repair] == [2]


def test_an_outcome_that_cannot_be_had_closes_the_others_again():
    world, plan = world_and_plan()
    world.polymarket.script = [FILLED, FILLED, NOTHING]
    inner, last = world.polymarket.place, plan.legs[2].key

    def place(intent, market):
        if market.key == last:
            world.polymarket_data.set_book(OrderBook(*last, (), (), (), (), 0))
        return inner(intent, market)

    world.polymarket.place = place
    world.drive(plan)

    assert world.trade.state is TradeState.FLAT
    assert world.ledger.positions("agt_1") == []


def test_live_a_whole_event_of_one_venue_needs_no_approval():
    world, plan = world_and_plan(live=True)
    execute_pair.reserve(world.execution, plan)

    assert not world.trade.simulated


@pytest.mark.parametrize("term", ["exclusive", "exhaustive"])
def test_live_an_event_whose_flags_are_gone_is_refused(term):
    world, plan = world_and_plan(live=True)
    first = world.markets.markets([plan.legs[0].key])[plan.legs[0].key]
    world.markets.put_markets([replace(first, terms={**first.terms, term: "false"})])

    with pytest.raises(NotEligible):
        execute_pair.reserve(world.execution, plan)


def test_live_a_part_of_an_event_is_refused():
    world, plan = world_and_plan(live=True)

    with pytest.raises(NotEligible):
        execute_pair.reserve(world.execution, replace(plan, legs=plan.legs[:2]))

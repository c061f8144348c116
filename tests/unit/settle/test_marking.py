"""What is unrealised: only what stands beside hedged sets, at bids that would really take it, net of fees."""

import pytest

from dutchbook.domain.fees import PolymarketFees
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import ONE
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.ledger import Position
from dutchbook.usecases.marking import proceeds, unhedged, value_of
from local.memory.agents import MemoryAgents
from local.memory.ledger import MemoryLedger
from tests.support.builders import a_leg, a_trade
from tests.support.ledger import MemoryMarketStore
from tests.support.market_data import FakeClock
from tests.support.markets import FREE, a_book, a_market, a_simple_market

MARKET = a_simple_market(Venue.POLYMARKET)


def a_ledger(*trades):
    ledger = MemoryLedger(MemoryAgents(FakeClock()))
    ledger.stored.update((trade.trade_id, trade) for trade in trades)
    return ledger


def held(venue, outcome, shares, cost, *trade_ids, market_id=""):
    key = MarketKey(venue, market_id or f"{venue}-market")
    return Position("agt_1", key, outcome, shares * ONE, cost * ONE, trade_ids)


def test_a_hedged_set_has_nothing_left_to_mark():
    pair = [held(Venue.KALSHI, Outcome.YES, 10, 4, "t1"), held(Venue.POLYMARKET, Outcome.NO, 10, 5, "t1")]
    assert [part.shares for part in unhedged(a_ledger(), pair)] == [0, 0]


def test_what_one_leg_has_too_much_is_marked_with_its_part_of_the_cost():
    pair = [held(Venue.KALSHI, Outcome.YES, 12, 6, "t1"), held(Venue.POLYMARKET, Outcome.NO, 10, 5, "t1")]
    more, _ = unhedged(a_ledger(), pair)
    assert (more.shares, more.cost) == (2 * ONE, ONE)


def test_positions_of_different_trades_do_not_hedge_each_other():
    pair = [held(Venue.KALSHI, Outcome.YES, 10, 4, "t1"), held(Venue.POLYMARKET, Outcome.NO, 10, 5, "t2")]
    assert [part.shares for part in unhedged(a_ledger(), pair)] == [10 * ONE, 10 * ONE]


def test_selling_goes_down_the_bids_and_pays_the_fee_of_each_level():
    book = a_book(MARKET, yes_bids=[("0.40", "6"), ("0.30", "6")])
    position = held(Venue.POLYMARKET, Outcome.YES, 10, 4)
    assert proceeds(book, FREE, position) == 3_600_000
    # 4 % of p(1 - p): 6 × 0.04 × 0.24 and 4 × 0.04 × 0.21
    assert proceeds(book, PolymarketFees(40_000), position) == 3_600_000 - 57_600 - 33_600


def test_what_no_bid_takes_has_no_price():
    book = a_book(MARKET, yes_bids=[("0.40", "6")])
    assert proceeds(book, FREE, held(Venue.POLYMARKET, Outcome.YES, 10, 4)) is None
    assert proceeds(None, FREE, held(Venue.POLYMARKET, Outcome.YES, 10, 4)) is None


def test_the_value_adds_up_what_can_be_sold():
    store = MemoryMarketStore(FakeClock())
    other = a_market(Venue.POLYMARKET, "dark")
    store.put_markets([MARKET])
    store.put_books([a_book(MARKET, yes_bids=[("0.30", "100")])])
    sellable = held(Venue.POLYMARKET, Outcome.YES, 10, 4)
    dark = held(Venue.POLYMARKET, Outcome.YES, 10, 9, market_id=other.market_id)
    assert value_of(store, [sellable, dark]) == -ONE
    assert value_of(store, []) == 0


def test_both_outcomes_of_one_market_are_a_set_whoever_bought_them():
    pair = [held(Venue.POLYMARKET, Outcome.YES, 4, 2, "t1"), held(Venue.POLYMARKET, Outcome.NO, 10, 5, "t2")]
    assert [part.shares for part in unhedged(a_ledger(), pair)] == [0, 6 * ONE]


EVENT_LEGS = tuple(
    a_leg(index, Venue.POLYMARKET, outcome=Outcome.NO, market_id=name) for index, name in enumerate("ABC")
)


def no_of(*names):
    return [held(Venue.POLYMARKET, Outcome.NO, 10, 6, "t1", market_id=name) for name in names]


@pytest.mark.parametrize(
    ("names", "settled", "left"),
    [
        ("ABC", {}, [0, 0, 0]),
        ("AB", {}, [10 * ONE, 10 * ONE]),
        ("AB", {2: ONE}, [0, 0]),
        ("AB", {2: ONE // 2}, [10 * ONE, 10 * ONE]),
    ],
    ids=["whole", "one was netted away", "one was paid", "one was voided"],
)
def test_an_event_hedges_only_while_every_leg_is_held_or_paid(names, settled, left):
    ledger = a_ledger(a_trade("t1", legs=EVENT_LEGS, settled=settled))
    assert [part.shares for part in unhedged(ledger, no_of(*names))] == left


def test_what_nobody_knows_to_be_an_event_hedges_nothing():
    assert [part.shares for part in unhedged(a_ledger(), no_of("A", "B"))] == [10 * ONE, 10 * ONE]

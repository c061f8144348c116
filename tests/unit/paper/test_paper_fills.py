"""Paper orders fill against the real book's depth and fees at that moment, or do not fill."""

from dataclasses import replace

import pytest

from dutchbook.domain.agent import DEMO_BUDGET
from dutchbook.domain.errors import InsufficientFunds, InvalidOrder, MarketClosed, NotSent, VenueUnreachable
from dutchbook.domain.fees import KalshiFees, LimitlessFees, PolymarketFees
from dutchbook.domain.market import Market, PriceBand
from dutchbook.domain.money import ONE
from dutchbook.domain.venue import Outcome, Side, Venue
from dutchbook.ports.venues import Balance, OrderRequest, OrderStatus, VenuePosition
from tests.support.market_data import FakeClock, FakeMarketData
from tests.support.markets import a_book, a_market
from tests.support.paper_store import InMemoryPaperStore
from venues.paper.connector import PaperConnector

CENT = 10_000


def request(market: Market, **changes) -> OrderRequest:
    base = OrderRequest(
        trade_id="trd_1",
        leg_index=0,
        client_order_id="cid-1",
        key=market.key,
        outcome=Outcome.YES,
        side=Side.BUY,
        shares=100 * ONE,
        limit_price=50 * CENT,
    )
    return replace(base, **changes)


class PaperVenue:
    """A paper venue with its book and store at hand; orders are named by the number of their placing."""

    def __init__(self, market: Market, store: InMemoryPaperStore | None = None) -> None:
        self.market = market
        self.clock = FakeClock()
        self.data = FakeMarketData(market.venue, [market], clock=self.clock)
        self.store = store or InMemoryPaperStore()
        self.connector = self.connector_of("agt_1")
        self._orders = 0

    def connector_of(self, agent_id: str, **options) -> PaperConnector:
        options = {"latency_ms": 0, "sleep": self.clock.sleep, **options}
        return PaperConnector(agent_id, self.data, self.store, self.clock, **options)

    def show(self, **sides) -> None:
        self.data.set_book(a_book(self.market, **sides))

    def place(self, connector: PaperConnector | None = None, **changes):
        self._orders += 1
        connector = connector or self.connector
        asked = request(self.market, **{"client_order_id": f"cid-{self._orders}", **changes})
        return connector.place(connector.prepare(asked, self.market), self.market)

    def holding(self, outcome: Outcome, agent_id: str = "agt_1") -> int:
        positions = self.store.positions(agent_id, self.market.venue)
        return sum(position.shares for position in positions if position.outcome is outcome)


@pytest.fixture
def kalshi() -> PaperVenue:
    return PaperVenue(a_market(Venue.KALSHI, fees=KalshiFees()))


def test_a_buy_walks_the_asks_up_to_its_limit_and_pays_the_venues_fee_on_each_level(kalshi):
    kalshi.show(yes=[("0.40", "30"), ("0.50", "40"), ("0.51", "500")])

    report = kalshi.place()

    assert [(fill.price, fill.shares) for fill in report.fills] == [
        (40 * CENT, 30 * ONE),
        (50 * CENT, 40 * ONE),
    ]
    # 0.07 × 30 × 0.4 × 0.6 = 0.504 and 0.07 × 40 × 0.25 = 0.7
    assert [fill.fee_usd for fill in report.fills] == [504_000, 700_000]
    assert report.status is OrderStatus.DONE
    assert report.filled == 70 * ONE
    assert kalshi.connector.balance() == Balance(
        Venue.KALSHI, DEMO_BUDGET - 12 * ONE - 20 * ONE - 504_000 - 700_000
    )
    assert kalshi.connector.positions() == [
        VenuePosition(kalshi.market.key, Outcome.YES, 70 * ONE),
    ]


def test_where_nothing_is_offered_at_the_limit_nothing_is_filled_and_nothing_is_paid(kalshi):
    kalshi.show(yes=[("0.51", "500")])

    report = kalshi.place()

    assert (report.status, report.fills, report.filled) == (OrderStatus.DONE, (), 0)
    assert report.reason == "nothing to take at the limit"
    assert kalshi.connector.balance().available == DEMO_BUDGET


def test_a_sell_takes_bids_down_to_its_limit_and_keeps_what_it_could_not_sell(kalshi):
    kalshi.show(yes=[("0.40", "100")])
    kalshi.place(limit_price=40 * CENT)
    before = kalshi.connector.balance().available
    kalshi.show(yes_bids=[("0.45", "25"), ("0.30", "100")])

    report = kalshi.place(side=Side.SELL, limit_price=44 * CENT)

    fee = KalshiFees().charge(Side.SELL, 45 * CENT, 25 * ONE).usd
    assert report.filled == 25 * ONE
    assert kalshi.connector.balance().available == before + 25 * 45 * CENT - fee
    assert kalshi.holding(Outcome.YES) == 75 * ONE


def test_depth_is_taken_once_in_a_tick_whoever_comes_second(kalshi):
    kalshi.show(yes=[("0.40", "150")])
    other = kalshi.connector_of("agt_2")

    first = kalshi.place()
    second = kalshi.place(other)
    third = kalshi.place(other)

    assert [first.filled, second.filled] == [100 * ONE, 50 * ONE]
    assert third.fills == ()


def test_the_next_ticks_book_is_new_depth(kalshi):
    kalshi.show(yes=[("0.40", "100")])
    kalshi.place()
    kalshi.clock.advance(15_000)

    assert kalshi.place().filled == 100 * ONE


def test_an_ask_of_yes_and_the_bid_of_no_that_it_mirrors_are_the_same_depth():
    venue = PaperVenue(a_market(Venue.LIMITLESS, fees=LimitlessFees(0)))
    seller = venue.connector_of("agt_2")
    venue.store.move_shares("agt_2", venue.market.key, Outcome.NO, 100 * ONE, "gift")
    # one resting order: NO bid at 0.60 is YES ask at 0.40
    venue.show(yes=[("0.40", "100")], no_bids=[("0.60", "100")])

    bought = venue.place(shares=80 * ONE)
    sold = venue.place(seller, outcome=Outcome.NO, side=Side.SELL, limit_price=60 * CENT)

    assert (bought.filled, sold.filled) == (80 * ONE, 20 * ONE)


def test_a_buy_never_costs_more_than_its_limit_says_however_many_levels_round_up():
    fine = PriceBand(1_000, 999_000, 1_000)
    venue = PaperVenue(a_market(Venue.KALSHI, fees=KalshiFees(), price_bands=(fine,)))
    venue.show(yes=[(f"0.{cents}", "0.01") for cents in (407, 408, 409, 410)])

    report = venue.place(shares=40_000, limit_price=410_000)

    # each level costs $0.0043, and 0.04 at 0.41 with its fee is $0.0171
    assert report.filled == 30_000
    assert venue.connector.balance().available == DEMO_BUDGET - 12_900


def test_a_sell_takes_no_level_whose_fee_would_eat_the_proceeds():
    fine = PriceBand(100, 999_900, 100)
    venue = PaperVenue(a_market(Venue.POLYMARKET, price_bands=(fine,)))
    venue.store.move_shares("agt_1", venue.market.key, Outcome.YES, 5 * ONE, "gift")
    venue.show(yes_bids=[("0.0001", "0.01")])

    assert venue.place(side=Side.SELL, shares=5 * ONE, limit_price=100).fills == ()
    assert venue.connector.balance().available == DEMO_BUDGET


def test_odd_depth_is_taken_down_to_the_size_step(kalshi):
    kalshi.show(yes=[("0.40", "10.019999")])

    assert kalshi.place().filled == 10_010_000


def test_limitless_takes_its_buy_fee_in_shares():
    venue = PaperVenue(a_market(Venue.LIMITLESS, fees=LimitlessFees()))
    venue.show(yes=[("0.40", "100")])

    report = venue.place()

    assert report.fills[0].fee_shares == 3 * ONE
    assert venue.connector.balance().available == DEMO_BUDGET - 40 * ONE
    assert venue.holding(Outcome.YES) == 97 * ONE


def test_kalshi_closes_the_opposite_holding_first_and_frees_its_dollar(kalshi):
    kalshi.show(yes=[("0.40", "60")])
    kalshi.place()
    before = kalshi.connector.balance().available
    kalshi.show(no=[("0.30", "100")])

    report = kalshi.place(outcome=Outcome.NO, limit_price=30 * CENT)

    assert report.filled == 100 * ONE
    paid = 30 * ONE + report.fills[0].fee_usd
    assert kalshi.connector.balance().available == before - paid + 60 * ONE
    assert (kalshi.holding(Outcome.YES), kalshi.holding(Outcome.NO)) == (0, 40 * ONE)


def test_kalshi_closes_only_as_much_as_was_bought(kalshi):
    kalshi.show(yes=[("0.40", "60")])
    kalshi.place()
    before = kalshi.connector.balance().available
    kalshi.show(no=[("0.30", "10")])

    report = kalshi.place(outcome=Outcome.NO, limit_price=30 * CENT)

    assert kalshi.connector.balance().available == before - 3 * ONE - report.fills[0].fee_usd + 10 * ONE
    assert (kalshi.holding(Outcome.YES), kalshi.holding(Outcome.NO)) == (50 * ONE, 0)


def test_an_order_whose_counterpart_was_closed_meanwhile_buys_instead(kalshi):
    kalshi.show(yes=[("0.40", "900")], no=[("0.55", "900")])
    kalshi.place(outcome=Outcome.NO, shares=50 * ONE, limit_price=60 * CENT)
    read = kalshi.store.positions

    def positions(*args):
        found = read(*args)
        kalshi.store.positions = read
        assert kalshi.place(shares=50 * ONE).filled == 50 * ONE
        return found

    kalshi.store.positions = positions

    assert kalshi.place(shares=50 * ONE).filled == 50 * ONE
    assert (kalshi.holding(Outcome.YES), kalshi.holding(Outcome.NO)) == (50 * ONE, 0)


def test_kalshi_needs_no_cash_to_close(kalshi):
    kalshi.show(yes=[("0.40", "60")])
    kalshi.place(limit_price=40 * CENT)
    spare = kalshi.connector.balance().available
    kalshi.store.move_balance("agt_1", Venue.KALSHI, -spare, "withdrawal")
    kalshi.show(no=[("0.70", "60")])

    report = kalshi.place(outcome=Outcome.NO, limit_price=70 * CENT, shares=60 * ONE)

    assert kalshi.connector.balance().available == 60 * ONE - 42 * ONE - report.fills[0].fee_usd
    assert kalshi.connector.positions() == []


def test_other_venues_hold_both_outcomes_side_by_side():
    venue = PaperVenue(a_market(Venue.POLYMARKET, fees=PolymarketFees(0)))
    venue.show(yes=[("0.40", "60")], no=[("0.50", "60")])
    venue.place(shares=60 * ONE)
    venue.place(shares=60 * ONE, outcome=Outcome.NO)

    assert (venue.holding(Outcome.YES), venue.holding(Outcome.NO)) == (60 * ONE, 60 * ONE)


def test_an_order_beyond_the_paper_balance_is_refused_and_keeps_nothing(kalshi):
    kalshi.show(yes=[("0.50", "5000")])

    with pytest.raises(InsufficientFunds):
        kalshi.place(shares=2_000 * ONE)

    assert kalshi.connector.balance().available == DEMO_BUDGET
    assert kalshi.place(shares=100 * ONE).filled == 100 * ONE


def test_a_refused_order_stays_refused(kalshi):
    kalshi.show(yes=[("0.50", "5000")])
    asked = request(kalshi.market, shares=2_000 * ONE)
    intent = kalshi.connector.prepare(asked, kalshi.market)
    with pytest.raises(InsufficientFunds):
        kalshi.connector.place(intent, kalshi.market)
    kalshi.store.move_balance("agt_1", Venue.KALSHI, 9_000 * ONE, "gift")

    with pytest.raises(InsufficientFunds):
        kalshi.connector.place(intent, kalshi.market)

    assert kalshi.connector.lookup(intent, kalshi.market).filled == 0
    assert kalshi.connector.balance().available == DEMO_BUDGET + 9_000 * ONE


def test_more_than_is_held_cannot_be_sold(kalshi):
    kalshi.show(yes=[("0.40", "100")], yes_bids=[("0.39", "500")])
    kalshi.place()

    with pytest.raises(InsufficientFunds):
        kalshi.place(side=Side.SELL, shares=101 * ONE, limit_price=39 * CENT)

    assert kalshi.holding(Outcome.YES) == 100 * ONE


def test_latency_passes_before_the_book_is_read(kalshi):
    kalshi.show(yes=[("0.40", "100")])
    slow = kalshi.connector_of("agt_1", latency_ms=150)

    report = kalshi.place(slow)

    assert kalshi.clock.slept == [0.15]
    assert report.fills[0].at.timestamp() * 1000 == kalshi.clock.now_ms()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"limit_price": 505_000}, "off the tick grid"),
        ({"limit_price": 0}, "off the tick grid"),
        ({"shares": 1_000}, "no multiple of 0.01"),
        ({"shares": 0}, "no multiple"),
        ({"shares": 4 * ONE}, "under the minimum of 5"),
        ({"shares": 9 * ONE, "limit_price": 10 * CENT}, r"\$0.9 is under the minimum of \$1"),
    ],
)
def test_orders_that_the_venue_forbids_are_refused_before_anything_is_sent(changes, says):
    venue = PaperVenue(a_market(Venue.POLYMARKET))

    with pytest.raises(InvalidOrder, match=says):
        venue.place(**changes)

    assert venue.data.calls == 0


def test_polymarkets_dollar_minimum_is_for_buys_alone():
    venue = PaperVenue(a_market(Venue.POLYMARKET, fees=PolymarketFees(0)))
    venue.show(yes=[("0.10", "10")], yes_bids=[("0.10", "10")])
    venue.place(shares=10 * ONE, limit_price=10 * CENT)

    assert venue.place(side=Side.SELL, shares=9 * ONE, limit_price=10 * CENT).filled == 9 * ONE


def test_a_closed_market_takes_no_orders(kalshi):
    intent = kalshi.connector.prepare(request(kalshi.market), kalshi.market)
    closed = replace(kalshi.market, tradeable=False)

    with pytest.raises(MarketClosed):
        kalshi.connector.prepare(request(closed), closed)
    with pytest.raises(MarketClosed):
        kalshi.connector.place(intent, closed)


def test_without_a_book_nothing_happens_and_a_repeat_is_safe(kalshi):
    intent = kalshi.connector.prepare(request(kalshi.market), kalshi.market)

    with pytest.raises(NotSent):
        kalshi.connector.place(intent, kalshi.market)
    kalshi.data.failure = VenueUnreachable("down")
    with pytest.raises(NotSent):
        kalshi.connector.place(intent, kalshi.market)

    assert kalshi.connector.lookup(intent, kalshi.market).status is OrderStatus.NOT_FOUND
    kalshi.data.failure = None
    kalshi.show(yes=[("0.40", "100")])
    assert kalshi.connector.place(intent, kalshi.market).filled == 100 * ONE

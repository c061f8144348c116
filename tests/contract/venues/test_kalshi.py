"""Kalshi's live connector against the simulated Kalshi, over HTTP."""

import json
from dataclasses import replace
from typing import Any

import pytest

from dutchbook.domain.errors import (
    InsufficientFunds,
    InvalidOrder,
    MarketClosed,
    NotAuthorised,
    VenueUnreachable,
)
from dutchbook.domain.money import ONE, parse_micros
from dutchbook.domain.venue import Outcome, Side, Venue
from dutchbook.ports.venues import Intent, OrderStatus
from local.venues.server import SimulatedVenues
from tests.contract.venues.bench import FOK, GTC, GTD, Bench, cost, net, with_id
from tests.contract.venues.contract import VenueContract
from tests.support.simulated import ACCOUNT, ShiftedClock, Simulation, open_kalshi, simulation

TICKER = "KXPRESPARTY-2028-D"
API = "/trade-api/v2"


def kalshi_bench(world: Simulation, *, limits_unknown: bool = False, **account: Any) -> Bench:
    open_kalshi(world, **account)
    if limits_unknown:
        world.fault(Venue.KALSHI, "status", f"{API}/account/limits", status=404)
    ledger = world.state(Venue.KALSHI).ledger
    bench = Bench(
        world=world,
        connector=world.connector(Venue.KALSHI),
        market=world.public.data[Venue.KALSHI].markets([TICKER])[TICKER],
        cash=lambda: ledger.accounts[ACCOUNT.agent_id].cash,
        held=lambda outcome: ledger.accounts[ACCOUNT.agent_id].shares.get((TICKER, outcome.value), 0),
        order_path=f"{API}/portfolio/events/orders",
        fills_path=f"{API}/portfolio/fills",
    )
    bench.show()
    return bench


@pytest.fixture
def bench():
    with simulation() as world:
        yield kalshi_bench(world)


class TestKalshi(VenueContract):
    pass


def test_an_order_speaks_of_the_yes_book_and_names_its_shard(bench):
    """Buying NO at 0.62 sells YES at 0.38."""
    body = json.loads(bench.prepare(Outcome.NO, "0.62", "7.25").fields["body"])
    assert body == {
        "ticker": TICKER,
        "client_order_id": bench.request(Outcome.NO, "0.62").client_order_id,
        "side": "ask",
        "count": "7.25",
        "price": "0.3800",
        "time_in_force": "immediate_or_cancel",
        "self_trade_prevention_type": "taker_at_cross",
        "exchange_index": 0,
    }


@pytest.mark.parametrize(
    ("outcome", "side", "expected"),
    [
        (Outcome.YES, Side.BUY, "bid"),
        (Outcome.YES, Side.SELL, "ask"),
        (Outcome.NO, Side.BUY, "ask"),
        (Outcome.NO, Side.SELL, "bid"),
    ],
)
def test_a_sell_only_ever_reduces_what_is_held(bench, outcome, side, expected):
    body = json.loads(bench.prepare(outcome, "0.40", side=side).fields["body"])
    assert body["side"] == expected
    assert body.get("reduce_only", False) is (side is Side.SELL)


@pytest.mark.parametrize(
    ("kind", "expires_at_ms", "word", "expiration"),
    [
        (FOK, 0, "fill_or_kill", None),
        (GTC, 0, "good_till_canceled", None),
        (GTD, 1_773_190_800_999, "good_till_canceled", 1_773_190_800),
    ],
)
def test_order_types_in_kalshis_words(bench, kind, expires_at_ms, word, expiration):
    """An expiry is in whole seconds, never later than asked."""
    intent = bench.prepare(Outcome.YES, "0.40", kind=kind, expires_at_ms=expires_at_ms)
    body = json.loads(intent.fields["body"])
    assert (body["time_in_force"], body.get("expiration_time")) == (word, expiration)


@pytest.mark.parametrize("kind", [FOK, GTC])
def test_a_sell_that_could_not_be_reduce_only_is_refused(bench, kind):
    """Kalshi knows reduce-only for IOC alone; without it a sell may open the other outcome."""
    with pytest.raises(InvalidOrder, match="time_in_force"):
        bench.prepare(Outcome.YES, "0.40", side=Side.SELL, kind=kind)


def test_the_same_order_is_prepared_as_the_same_bytes(bench):
    """Nothing in a Kalshi order is drawn: whoever prepares it anew sends what was sent."""
    assert bench.prepare(Outcome.YES, "0.40") == bench.prepare(Outcome.YES, "0.40")


def test_the_fee_is_what_the_fill_says(bench):
    """One contract at 0.52 costs $0.0175, as recorded on the real venue."""
    bench.show(asks={"0.52": "10"})
    (fill,) = bench.place(Outcome.YES, "0.99", "1").fills
    assert (fill.price, fill.shares, fill.fee_usd, fill.fee_shares) == (520_000, ONE, 17_500, 0)


def test_a_buy_of_the_other_outcome_closes_what_is_held_first(bench):
    """Kalshi keeps one net position a market."""
    bench.place(Outcome.YES, "0.40", "50")
    report = bench.place(Outcome.NO, "0.62", "20", leg=1)
    assert net(report) == 20 * ONE
    (position,) = bench.connector.positions()
    assert (position.outcome, position.shares) == (Outcome.YES, 30 * ONE)


def test_nothing_is_bought_while_the_exchange_is_paused(bench):
    """Asked of every venue of a trade before its first leg, by its balance."""
    paused = '{"exchange_active":true,"trading_active":false}'
    bench.fault("status", f"{API}/exchange/status", status=200, body=paused, count=2)
    with pytest.raises(MarketClosed):
        bench.connector.balance()
    with pytest.raises(MarketClosed):
        bench.prepare(Outcome.YES, "0.40")


def test_a_signature_refused_for_its_time_is_made_anew_by_kalshis_clock():
    """Our clock runs a minute behind: the Date header of the refusal tells, and the order still goes out."""
    behind = ShiftedClock(-60_000)
    with SimulatedVenues(seed=7) as venues:
        bench = kalshi_bench(Simulation(venues, behind))
        assert bench.place(Outcome.YES, "0.40").filled == 50 * ONE


def test_a_signature_is_made_anew_once_and_no_more(bench):
    expired = '{"error":{"code":"header_timestamp_expired","message":"header timestamp expired"}}'
    bench.fault("status", f"{API}/portfolio/balance", status=401, body=expired, count=2)
    with pytest.raises(NotAuthorised, match="expired"):
        bench.connector.balance()
    assert bench.world.state(Venue.KALSHI).faults.listed()[0]["count"] == 0


def test_a_key_that_kalshi_does_not_know_is_not_asked_again(bench):
    bench.world.state(Venue.KALSHI).ledger.accounts[ACCOUNT.agent_id].facts["keys"].clear()
    with pytest.raises(NotAuthorised):
        bench.connector.balance()


def test_balance_is_that_of_the_markets_shard(bench):
    """Cash is not lent between shards."""
    body = json.dumps(
        {
            "balance": 30000,
            "balance_dollars": "300.0000",
            "balance_breakdown": [
                {"exchange_index": 0, "balance": "100.0000"},
                {"exchange_index": 2, "balance": "200.0000"},
            ],
        }
    )
    bench.fault("status", f"{API}/portfolio/balance", status=200, body=body, count=2)
    assert bench.connector.balance().available == 300 * ONE
    assert bench.connector.balance(bench.market).available == 100 * ONE


@pytest.fixture
def sharded():
    """The market lies on shard 2, where $200 of the account's $1,000 lie."""
    with simulation() as world:
        world.state(Venue.KALSHI).shards[TICKER] = 2
        yield kalshi_bench(world, shards={"2": "200"})


def test_a_market_on_another_shard_is_traded_with_the_cash_that_lies_there(sharded):
    assert sharded.connector.balance().available == 1000 * ONE
    assert sharded.connector.balance(sharded.market).available == 200 * ONE
    report = sharded.place(Outcome.YES, "0.40")
    assert report.filled == 50 * ONE
    left = sharded.connector.balance(sharded.market).available
    assert left == 200 * ONE - cost(report)

    sharded.show(asks={"0.40": "5000"})
    with pytest.raises(InsufficientFunds):
        sharded.place(Outcome.YES, "0.40", "1000", leg=1)


def test_what_rests_on_another_shard_can_be_cancelled(sharded):
    """Without the market's ticker the venue would look on shard 0 alone, and know of no such order."""
    intent = sharded.prepare(Outcome.YES, "0.39", kind=GTC)
    placed = sharded.connector.place(intent, sharded.market)
    assert sharded.connector.balance(sharded.market).available == parse_micros("180.5")
    sharded.connector.cancel(with_id(intent, placed), sharded.market)
    assert sharded.final(with_id(intent, placed)).status is OrderStatus.DONE
    assert sharded.connector.balance(sharded.market).available == 200 * ONE


def test_an_order_sent_to_another_shard_than_its_markets_is_refused(sharded):
    elsewhere = replace(sharded.market, terms={**sharded.market.terms, "exchange_index": "0"})
    intent = sharded.connector.prepare(sharded.request(Outcome.YES, "0.40"), elsewhere)
    with pytest.raises(MarketClosed):
        sharded.connector.place(intent, elsewhere)
    assert sharded.held(Outcome.YES) == 0


def test_an_order_is_found_by_its_client_id_among_others(bench):
    first = bench.prepare(Outcome.YES, "0.40", "10", trade="trd_a")
    second = bench.prepare(Outcome.YES, "0.40", "20", trade="trd_b")
    for intent in (first, second):
        bench.connector.place(intent, bench.market)
    assert bench.connector.lookup(first, bench.market).filled == 10 * ONE
    assert bench.connector.lookup(second, bench.market).filled == 20 * ONE


@pytest.mark.parametrize("body", ["{}", "[]", "null", '{"order":null}', '{"error":"x"}', '{"order":[]}'])
def test_an_answer_without_the_order_is_no_word_of_its_absence(bench, body):
    """Only a 404 is: 200 with something else would let an order that filled be sent again or undone."""
    intent = bench.prepare(Outcome.YES, "0.40")
    stored = with_id(intent, bench.connector.place(intent, bench.market))
    bench.fault("status", f"{API}/portfolio/orders/{stored.venue_order_id}", status=200, body=body, count=-1)
    with pytest.raises(VenueUnreachable, match="makes no sense"):
        bench.connector.lookup(stored, bench.market)
    bench.clear_faults()
    gone = Intent(stored.client_order_id, "no-such-order", stored.fields)
    assert bench.connector.lookup(gone, bench.market).status is OrderStatus.NOT_FOUND


def test_an_answer_about_another_order_is_none_about_ours(bench):
    """A cancel or amend of this venue was seen to describe another order."""
    first, second = (bench.prepare(Outcome.YES, "0.40", "10", trade=name) for name in ("trd_a", "trd_b"))
    stored = with_id(first, bench.connector.place(first, bench.market))
    other = bench.connector.place(second, bench.market).venue_order_id
    told = {"order_id": other, "status": "canceled", "fill_count_fp": "0.00"}
    body = json.dumps({"order": told})
    bench.fault("status", f"{API}/portfolio/orders/{stored.venue_order_id}", status=200, body=body)
    with pytest.raises(VenueUnreachable):
        bench.connector.lookup(stored, bench.market)


def test_a_price_whose_yes_side_is_off_the_grid_is_refused(bench):
    with pytest.raises(InvalidOrder):
        bench.prepare(Outcome.NO, "0.625")


def test_a_market_that_is_over_is_closed_for_orders(bench):
    intent = bench.prepare(Outcome.YES, "0.40")
    bench.world.state(Venue.KALSHI).settled[TICKER] = ONE
    with pytest.raises(MarketClosed):
        bench.connector.place(intent, bench.market)
    assert bench.connector.lookup(intent, bench.market).status is OrderStatus.NOT_FOUND

"""Limitless's live connector against the simulated Limitless, over HTTP."""

import json
from dataclasses import replace

import pytest

from dutchbook.domain.errors import (
    AlreadyExists,
    InsufficientFunds,
    InvalidOrder,
    MarketClosed,
    NotAuthorised,
    NotSent,
    Refused,
    TermsChanged,
)
from dutchbook.domain.fees import LimitlessFees
from dutchbook.domain.money import ONE, mul_floor
from dutchbook.domain.venue import Outcome, Side, Venue
from dutchbook.ports.venues import OrderStatus
from local.venues.server import SimulatedVenues
from tests.contract.venues.bench import GTC, IOC, Bench, cost, net
from tests.contract.venues.contract import VenueContract
from tests.support.simulated import (
    ACCOUNT,
    HARDHAT_ADDRESS,
    ShiftedClock,
    Simulation,
    open_limitless,
    simulation,
)
from venues.crypto import checksum_address

SLUG = "simulated-jd-vance-2028"


def limitless_bench(world: Simulation, **account) -> Bench:
    open_limitless(world, **account)
    ledger = world.state(Venue.LIMITLESS).ledger
    bench = Bench(
        world=world,
        connector=world.connector(Venue.LIMITLESS),
        market=world.public.data[Venue.LIMITLESS].markets([SLUG])[SLUG],
        cash=lambda: ledger.accounts[ACCOUNT.agent_id].cash,
        held=lambda outcome: ledger.accounts[ACCOUNT.agent_id].shares.get((SLUG, outcome.value), 0),
        order_path="/orders",
        fills_path="/orders/status/batch",
        order_types=frozenset({IOC, GTC}),
    )
    bench.settle = lambda: mine(bench)
    bench.release = lambda: mine(bench, 500)
    bench.show()
    return bench


def mine(bench: Bench, milliseconds: int = 2_000) -> None:
    """Time passes: a held taker is released, or a released one is mined, when the venue is asked."""
    bench.world.clock.advance(milliseconds)
    bench.connector.balance()


@pytest.fixture
def world():
    with simulation() as running:
        yield running


@pytest.fixture
def bench(world):
    return limitless_bench(world)


class TestLimitless(VenueContract):
    pass


def test_a_held_taker_is_neither_filled_nor_killed(bench):
    report = bench.place(Outcome.YES, "0.40")
    assert (report.status, report.fills, report.filled) == (OrderStatus.WORKING, (), 0)
    assert report.reason == "DELAYED"


def test_a_matched_taker_counts_once_it_is_mined(bench):
    """Until then its totals are an estimate."""
    intent = bench.prepare(Outcome.YES, "0.40")
    placed = bench.connector.place(intent, bench.market)
    bench.world.clock.advance(500)
    matched = bench.connector.lookup(intent, bench.market)
    assert (matched.status, matched.fills, matched.reason) == (OrderStatus.WORKING, (), "MATCHED")
    (fill,) = bench.final(intent, placed).fills
    assert fill.tx_hash


def test_a_buy_brings_less_than_it_asks_for_because_the_fee_is_taken_in_shares(bench):
    """Three per cent at 0.40, so 48.5 of 50 are held."""
    intent = bench.prepare(Outcome.YES, "0.40")
    report = bench.final(intent, bench.connector.place(intent, bench.market))
    (fill,) = report.fills
    assert (fill.shares, fill.fee_shares, fill.fee_usd) == (50 * ONE, 1_500_000, 0)
    assert report.filled == 50 * ONE
    assert bench.held(Outcome.YES) == 48_500_000


def test_an_execution_that_fails_on_the_chain_brings_nothing(bench):
    bench.world.state(Venue.LIMITLESS).failing_trades = 1
    before = bench.cash()
    intent = bench.prepare(Outcome.YES, "0.40")
    report = bench.final(intent, bench.connector.place(intent, bench.market))
    assert (report.status, report.filled, report.fills) == (OrderStatus.DONE, 0, ())
    assert report.reason.startswith("FAILED")
    assert (bench.cash(), bench.held(Outcome.YES)) == (before, 0)


def test_an_order_is_signed_for_the_markets_own_exchange_with_its_price_and_window(bench):
    body = json.loads(bench.prepare(Outcome.NO, "0.62").fields["body"], parse_float=str)
    assert body["orderType"] == "FAK"
    assert body["order"]["price"] == "0.62"
    assert body["order"]["tokenId"] == bench.market.terms["no_token"]
    assert body["order"]["feeRateBps"] == 300
    assert body["clientOrderId"] == bench.request(Outcome.NO, "0.62").client_order_id
    assert body["recvWindow"] == 10_000
    with pytest.raises(InvalidOrder, match="exchange"):
        bench.connector.prepare(
            bench.request(Outcome.NO, "0.62"),
            replace(bench.market, terms={**bench.market.terms, "exchange": ""}),
        )


OLDER_EXCHANGE = "0xF1De958F8641448A5ba78c01f434085385Af096D"
FEE_MODULE = "0x5130c2c398F930c4f43B15635410047cBEa9D6EB"
TERMS = {
    "the exchange of an older generation": {"exchange": OLDER_EXCHANGE},
    "a fee in dollars beside the trade": {"feeModuleType": "COLLATERAL", "feeModule": FEE_MODULE},
    "no fee": {"fee": False},
}


@pytest.mark.parametrize("terms", TERMS)
@pytest.mark.parametrize(("outcome", "limit"), [(Outcome.YES, "0.40"), (Outcome.NO, "0.62")])
def test_a_market_is_traded_on_its_own_terms_and_all_records_agree(world, terms, outcome, limit):
    """Signed for its own exchange, at its own rate; its fee where it is taken, or none."""
    world.state(Venue.LIMITLESS).terms[SLUG] = TERMS[terms]
    bench = limitless_bench(world)
    before = bench.cash()
    buy = bench.prepare(outcome, limit)
    bought = bench.final(buy, bench.connector.place(buy, bench.market))
    assert bought.filled == 50 * ONE
    assert bench.held(outcome) == net(bought)
    assert before - bench.cash() == cost(bought)
    (fill,) = bought.fills
    charged = {"no fee": (False, False), "a fee in dollars beside the trade": (True, False)}
    assert (fill.fee_usd > 0, fill.fee_shares > 0) == charged.get(terms, (False, True))

    before = bench.cash()
    sell = bench.prepare(outcome, "0.38" if outcome is Outcome.YES else "0.60", "40", Side.SELL, leg=1)
    sold = bench.final(sell, bench.connector.place(sell, bench.market))
    assert sold.filled == 40 * ONE
    proceeds = sum(mul_floor(fill.price, fill.shares) - fill.fee_usd for fill in sold.fills)
    assert bench.cash() - before == proceeds
    assert any(fill.fee_usd for fill in sold.fills) is (terms != "no fee")


def test_a_market_without_a_fee_is_signed_with_a_rate_of_zero(bench):
    """So is one whose fee is taken in collateral."""
    terms = {**bench.market.terms, "fee_module": FEE_MODULE}
    for fees in (LimitlessFees(rate_bps=0), LimitlessFees(collateral=True)):
        free = replace(bench.market, fees=fees, terms=terms)
        intent = bench.connector.prepare(bench.request(Outcome.YES, "0.40"), free)
        assert json.loads(intent.fields["body"])["order"]["feeRateBps"] == 0


@pytest.mark.parametrize("side", [Side.BUY, Side.SELL])
@pytest.mark.parametrize(("allowed", "enough"), [("0", False), ("0.599999", False), ("0.6", True)])
def test_a_fee_module_needs_leave_of_its_own_before_anything_is_signed(world, side, allowed, enough):
    """Three per cent of $20 at the most, whatever the exchange may take."""
    world.state(Venue.LIMITLESS).terms[SLUG] = TERMS["a fee in dollars beside the trade"]
    bench = limitless_bench(world, allowances={FEE_MODULE.lower(): allowed})
    if enough:
        assert bench.prepare(Outcome.YES, "0.40", side=side).fields["side"] == side.value
        return
    with pytest.raises(InsufficientFunds, match=rf"chain\.approve limitless.*--fee-module {FEE_MODULE}"):
        bench.prepare(Outcome.YES, "0.40", side=side)


@pytest.mark.parametrize(
    "body", ["{}", '{"allowance":"1000000000"}', '{"allowance":"9","spender":"0xother"}']
)
def test_an_allowance_that_is_not_told_clearly_is_none(world, body):
    world.state(Venue.LIMITLESS).terms[SLUG] = TERMS["a fee in dollars beside the trade"]
    bench = limitless_bench(world)
    bench.fault("status", "/portfolio/trading/allowance", status=200, body=body, count=-1)
    with pytest.raises(NotSent):
        bench.prepare(Outcome.YES, "0.40")


def test_a_market_that_names_no_module_for_its_fee_is_not_traded(world):
    world.state(Venue.LIMITLESS).terms[SLUG] = {"feeModuleType": "COLLATERAL", "feeModule": ""}
    with pytest.raises(InvalidOrder, match="names no module"):
        limitless_bench(world).prepare(Outcome.YES, "0.40")


def test_a_crumb_can_be_sold(bench):
    """No venue states a least amount for sells: what is left of a hedge need not stay for being small."""
    intent = bench.prepare(Outcome.YES, "0.40")
    bench.final(intent, bench.connector.place(intent, bench.market))
    crumb = bench.prepare(Outcome.YES, "0.38", "0.018", Side.SELL, leg=1)
    assert bench.final(crumb, bench.connector.place(crumb, bench.market)).filled == 18_000


def test_another_fee_rate_is_told_and_signed_the_next_time(bench):
    """The profile's rank has changed since the session was opened: nothing is placed under the old rate."""
    before = bench.cash()
    bench.world.state(Venue.LIMITLESS).ledger.accounts[ACCOUNT.agent_id].facts["fee_rate_bps"] = 250
    with pytest.raises(TermsChanged) as told:
        bench.place(Outcome.YES, "0.40")
    assert isinstance(told.value, Refused)
    assert bench.cash() == before

    anew = replace(bench.request(Outcome.YES, "0.40", trade="trd_anew"), attempt=1)
    intent = bench.connector.prepare(anew, bench.market)
    assert json.loads(intent.fields["body"])["order"]["feeRateBps"] == 250
    assert bench.final(intent, bench.connector.place(intent, bench.market)).filled == 50 * ONE


def test_bytes_that_have_grown_old_are_not_sent_and_the_first_sending_is_still_found(bench):
    intent = bench.prepare(Outcome.YES, "0.40")
    bench.connector.place(intent, bench.market)
    bench.world.clock.advance(11_000)
    with pytest.raises(TermsChanged, match="signed 11000 ms ago"):
        bench.connector.place(intent, bench.market)
    assert bench.final(intent).filled == 50 * ONE


def test_bytes_that_grow_old_on_the_way_may_be_signed_anew(bench):
    """Our own rate limit may hold a request back after its age was looked at; the venue then refuses it."""
    intent = bench.prepare(Outcome.YES, "0.40")
    bench.world.clock.advance(7_900)
    before = bench.connector._calls.place

    def later(body):
        bench.world.clock.advance(5_000)
        return before(body)

    bench.connector._calls.place = later
    with pytest.raises(TermsChanged, match="window"):
        bench.connector.place(intent, bench.market)


def test_an_order_that_is_being_released_is_there_already(bench):
    body = '{"message":"being released","reason":"ORDER_RELEASE_IN_PROGRESS"}'
    bench.fault("status", status=409, body=body)
    with pytest.raises(AlreadyExists):
        bench.place(Outcome.YES, "0.40")


def test_an_order_that_could_not_be_sent_in_time_is_signed_anew(bench):
    """Ten seconds of a venue that does not answer are a few tries of the state machine."""
    bench.prepare(Outcome.YES, "0.40")
    bench.world.clock.advance(9_000)
    anew = bench.connector.prepare(replace(bench.request(Outcome.YES, "0.40"), attempt=1), bench.market)
    assert bench.final(anew, bench.connector.place(anew, bench.market)).filled == 50 * ONE


@pytest.mark.parametrize("result", [{"status": "invalid"}, {"status": "error"}, {"status": "Found"}, {}])
def test_a_status_that_is_neither_found_nor_not_found_tells_nothing(bench, result):
    intent = bench.prepare(Outcome.YES, "0.40")
    bench.connector.place(intent, bench.market)
    body = json.dumps({"results": [{"index": 0, **result}]})
    bench.fault("status", "/orders/status/batch", status=200, body=body, count=-1)
    with pytest.raises(NotSent, match="makes no sense"):
        bench.connector.lookup(intent, bench.market)


def test_a_cancel_while_a_held_order_is_released_is_to_be_asked_again(bench):
    intent = bench.prepare(Outcome.YES, "0.40")
    bench.connector.place(intent, bench.market)
    with pytest.raises(NotSent):
        bench.connector.cancel(intent, bench.market)
    bench.settle()
    bench.connector.cancel(intent, bench.market)


@pytest.mark.parametrize(
    "active", [[{"mode": "disabled"}], [{"mode": "post_only"}], [{"mode": "normal"}, {}], ["cancel_only"]]
)
def test_nothing_is_bought_during_maintenance(world, active):
    """Asked of every venue of a trade before its first leg, by its balance."""
    bench = limitless_bench(world)
    told = json.dumps({"active": active, "scheduled": []})
    bench.fault("status", "/maintenance/status", status=200, body=told, count=2)
    with pytest.raises(MarketClosed):
        bench.connector.balance()
    with pytest.raises(MarketClosed):
        bench.prepare(Outcome.YES, "0.40")
    assert bench.connector.balance().available == 1000 * ONE, "it is over"


def test_a_maintenance_that_leaves_trading_as_it_is_stops_nothing(bench):
    told = json.dumps({"active": [{"mode": "normal"}], "scheduled": [{"mode": "disabled"}]})
    bench.fault("status", "/maintenance/status", status=200, body=told)
    assert bench.connector.balance().available == 1000 * ONE


def test_free_cash_is_the_wallets_dollars_less_what_orders_lock(bench):
    """There is no endpoint for it: the chain is asked, and the portfolio."""
    locked = {"orders": {"totalCollateralLocked": "25000000"}}
    bench.fault("status", "/portfolio/positions", status=200, body=json.dumps({"clob": [locked]}))
    assert bench.connector.balance().available == 975 * ONE


def test_without_the_chain_the_balance_is_not_known(bench):
    bench.fault(
        "status", "/rpc", status=200, body='{"jsonrpc":"2.0","id":1,"error":{"code":-32000}}', count=-1
    )
    with pytest.raises(NotSent):
        bench.connector.balance()


def test_a_smart_wallet_profile_trades_with_its_wallet(world):
    wallet = checksum_address("0x" + "5a" * 20)
    bench = limitless_bench(world, smart_wallet=wallet)
    intent = bench.prepare(Outcome.YES, "0.40")
    order = json.loads(intent.fields["body"])["order"]
    assert (order["maker"], order["signer"], order["signatureType"]) == (wallet, HARDHAT_ADDRESS, 2)
    assert bench.final(intent, bench.connector.place(intent, bench.market)).filled == 50 * ONE


def test_a_clock_that_is_off_is_set_by_the_venues_own():
    """Two minutes behind: the login is refused once, and orders leave within the receive window."""
    with SimulatedVenues(seed=7) as venues:
        bench = limitless_bench(Simulation(venues, ShiftedClock(-120_000)))
        report = bench.place(Outcome.YES, "0.40")
        assert report.status is OrderStatus.WORKING


def test_a_token_of_another_account_is_told_before_anything_is_sent(world):
    with pytest.raises(NotAuthorised, match="API token's profile trades with"):
        limitless_bench(world, address="0x70997970C51812dc3A010C7d01b50e0d17dc79C8")

"""Polymarket's live connector against the simulated Polymarket, over HTTP."""

import json

import pytest

from dutchbook.domain.errors import (
    AlreadyExists,
    Conflict,
    InsufficientFunds,
    InvalidOrder,
    InvariantBroken,
    NotAuthorised,
    NotEligible,
    NotSent,
    OutcomeUnknown,
    PriceMoved,
)
from dutchbook.domain.money import ONE, parse_micros
from dutchbook.domain.venue import Outcome, Side, Venue
from dutchbook.ports.venues import OrderStatus
from local.venues.server import SimulatedVenues
from tests.contract.venues.bench import FOK, GTC, GTD, IOC, Bench, net
from tests.contract.venues.contract import VenueContract
from tests.support.simulated import (
    ACCOUNT,
    HARDHAT_ADDRESS,
    ShiftedClock,
    Simulation,
    open_polymarket,
    simulation,
)
from venues.polymarket.wallets import deposit_wallet, proxy_wallet, safe_wallet

MARKET = "0x8213d395e079614d6c4d7f4cbb9be9337ab51648a21cc2a334ae8f1966d164b4"
WALLETS = {0: HARDHAT_ADDRESS, 1: proxy_wallet(HARDHAT_ADDRESS), 2: safe_wallet(HARDHAT_ADDRESS)}
WALLETS[3] = deposit_wallet(HARDHAT_ADDRESS)


def polymarket_bench(world: Simulation, market_id: str = MARKET, **account) -> Bench:
    open_polymarket(world, **account)
    ledger = world.state(Venue.POLYMARKET).ledger
    bench = Bench(
        world=world,
        connector=world.connector(Venue.POLYMARKET),
        market=world.public.data[Venue.POLYMARKET].markets([market_id])[market_id],
        cash=lambda: ledger.accounts[ACCOUNT.agent_id].cash,
        held=lambda outcome: ledger.accounts[ACCOUNT.agent_id].shares.get((market_id, outcome.value), 0),
        order_path="/order",
        fills_path="/data/trades",
    )
    bench.settle = lambda: confirm(bench)
    bench.show()
    return bench


def confirm(bench: Bench) -> None:
    """Ten seconds pass, in which trades are mined and confirmed; the venue notices when it is asked."""
    bench.world.clock.advance(10_000)
    bench.connector.balance()


@pytest.fixture
def world():
    with simulation() as running:
        yield running


@pytest.fixture
def bench(world):
    return polymarket_bench(world)


class TestPolymarket(VenueContract):
    pass


def test_the_order_id_is_known_before_the_order_leaves(bench):
    intent = bench.prepare(Outcome.YES, "0.40")
    assert bench.connector.place(intent, bench.market).venue_order_id == intent.venue_order_id


@pytest.mark.parametrize("kind", WALLETS)
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_every_kind_of_wallet_trades_on_every_exchange(world, kind, version):
    """EOA, proxy, Safe and deposit wallet; CLOB V2 and ExchangeV3. The simulator recovers each signature."""
    if version == "v2":
        world.state(Venue.POLYMARKET).versions[MARKET] = "v2"
    bench = polymarket_bench(world, funder=WALLETS[kind], kind=kind)
    assert bench.place(Outcome.YES, "0.40").filled == 50 * ONE


def test_neg_risk_markets_trade_on_their_own_exchange(world):
    listings = world.state(Venue.POLYMARKET).listings.values()
    market = next(row for row in listings if row.facts["neg_risk"] and row.tick == 10_000)
    bench = polymarket_bench(world, market.key.market_id)
    assert bench.place(Outcome.NO, "0.62").filled == 50 * ONE


def test_a_wallet_that_is_not_the_keys_is_told_before_anything_is_sent(world):
    with pytest.raises(NotAuthorised, match="no wallet of the private key's address"):
        polymarket_bench(world, funder="0x" + "11" * 20)


@pytest.mark.parametrize(
    ("kind", "word"), [(IOC, "FAK"), (FOK, "FOK"), (GTC, "GTC")], ids=["ioc", "fok", "gtc"]
)
def test_order_types_in_polymarkets_words(bench, kind, word):
    body = json.loads(bench.prepare(Outcome.YES, "0.40", kind=kind).fields["body"])
    assert (body["orderType"], body["order"]["expiration"]) == (word, "0")


def test_an_expiry_is_sent_a_minute_later_because_the_venue_ends_orders_a_minute_early(bench):
    now_s = bench.world.clock.now_ms() // 1000
    ends = bench.prepare(Outcome.YES, "0.40", kind=GTD, expires_at_ms=(now_s + 120) * 1000 + 999)
    body = json.loads(ends.fields["body"])
    assert (body["orderType"], body["order"]["expiration"]) == ("GTD", str(now_s + 180))
    with pytest.raises(InvalidOrder, match="expires_at_ms"):
        bench.prepare(Outcome.YES, "0.40", kind=GTD, expires_at_ms=(now_s + 119) * 1000 + 999)


def test_a_resting_buy_says_shares_not_dollars(bench):
    """It is not bounded by the book of the moment: 19.69 at 0.39 are $7.6791 to the digit."""
    order = json.loads(bench.prepare(Outcome.YES, "0.39", "19.69", kind=GTC).fields["body"])["order"]
    assert (order["makerAmount"], order["takerAmount"]) == ("7679100", "19690000")


def test_matched_is_not_confirmed_until_the_venue_says_so(bench):
    intent = bench.prepare(Outcome.YES, "0.40")
    matched = bench.connector.place(intent, bench.market)
    assert (matched.status, matched.filled, matched.awaits_confirmation) == (OrderStatus.DONE, 50 * ONE, True)
    assert not any(fill.confirmed for fill in matched.fills)

    confirmed = bench.final(intent, matched)
    assert all(fill.confirmed for fill in confirmed.fills)
    assert [(f.fill_id, f.shares, f.price) for f in confirmed.fills] == [
        (f.fill_id, f.shares, f.price) for f in matched.fills
    ]


def test_a_trade_that_fails_to_settle_is_told_as_failed(bench):
    before = bench.cash()
    bench.world.state(Venue.POLYMARKET).failing_trades = 1
    intent = bench.prepare(Outcome.YES, "0.42", "150")
    report = bench.final(intent, bench.connector.place(intent, bench.market))

    assert [fill.failed for fill in report.fills] == [True, False]
    assert report.status is OrderStatus.DONE
    assert net(report) == bench.held(Outcome.YES) == 50 * ONE
    assert bench.cash() < before


def test_a_buy_spends_what_the_book_asks_for_not_its_limit(bench):
    """At a limit of 0.42 fifty shares cost 20 dollars on this book: 21 would buy two and a half too many."""
    report = bench.place(Outcome.YES, "0.42", "50")
    assert report.filled == 50 * ONE


def test_a_book_that_improves_on_the_way_gives_more_shares_for_the_same_dollars_and_says_so(bench):
    intent = bench.prepare(Outcome.YES, "0.42", "50")
    bench.show(asks={"0.32": "500"})
    report = bench.connector.place(intent, bench.market)
    assert report.filled == parse_micros("62.5")
    assert "12.5 shares more than asked" in report.reason
    assert {fill.price for fill in report.fills} == {320_000}


def test_a_book_that_gets_worse_on_the_way_never_costs_more_than_the_limit(bench):
    intent = bench.prepare(Outcome.YES, "0.42", "50")
    bench.show(asks={"0.43": "500"})
    with pytest.raises(PriceMoved):
        bench.connector.place(intent, bench.market)


def test_a_buy_of_broken_cents_buys_less_by_under_a_cent(bench):
    """The venue takes whole cents: 19.69 shares at 0.22 are $4.3318, of which $4.33 can be spent."""
    bench.show(bids={"0.20": "500"}, asks={"0.22": "500"})
    report = bench.place(Outcome.YES, "0.22", "19.69")
    assert 0 <= (parse_micros("19.69") - report.filled) * 22 // 100 < 10_000
    assert sum(fill.price * fill.shares // ONE for fill in report.fills) <= parse_micros("4.33")


def test_nothing_is_sent_from_a_place_that_the_venue_blocks(bench):
    bench.world.state(Venue.POLYMARKET).geoblocked = True
    with pytest.raises(NotEligible):
        bench.prepare(Outcome.YES, "0.40")
    with pytest.raises(NotEligible):
        bench.connector.balance()


@pytest.mark.parametrize("body", ['{"country":"ZZ"}', '{"blocked":"false"}', "[]"])
def test_a_geoblock_answer_that_is_unclear_counts_as_no_answer(bench, body):
    bench.fault("status", "/api/geoblock", status=200, body=body, count=-1)
    with pytest.raises(NotSent):
        bench.prepare(Outcome.YES, "0.40")


def test_without_an_answer_to_the_geoblock_check_nothing_is_sent(bench):
    bench.fault("html", "/api/geoblock", status=403, count=-1)
    with pytest.raises(NotSent):
        bench.prepare(Outcome.YES, "0.40")


def test_a_clob_of_another_version_is_not_traded_with(bench):
    bench.fault("status", "/version", status=200, body='{"version":3}')
    with pytest.raises(InvalidOrder, match="version 3"):
        bench.prepare(Outcome.YES, "0.40")


def test_money_that_the_venue_has_not_seen_yet_is_looked_for_once_more(bench):
    """The venue's own view of the chain lags: it is asked to look before the order is given up."""
    stale = '{"balance":"0","allowances":{}}'
    bench.fault("status", "/balance-allowance", status=200, body=stale, count=1)
    assert bench.place(Outcome.YES, "0.40").filled == 50 * ONE


@pytest.mark.parametrize("body", ["", '""', "ok", "{}"])
def test_whatever_the_venue_says_to_being_made_to_look_is_fine(bench, body):
    intent = bench.prepare(Outcome.YES, "0.40")
    bench.final(intent, bench.connector.place(intent, bench.market))
    bench.fault("status", "/balance-allowance/update", status=200, body=body)
    assert bench.prepare(Outcome.YES, "0.38", side=Side.SELL, leg=1).fields["side"] == "sell"
    (fault,) = bench.world.state(Venue.POLYMARKET).faults.listed()
    assert fault["count"] == 0, "asked once, not again"


def test_an_allowance_that_is_too_small_is_told_with_the_command_that_gives_it(world):
    bench = polymarket_bench(world, allowance="5")
    with pytest.raises(InsufficientFunds, match=r"chain\.approve"):
        bench.prepare(Outcome.YES, "0.40")


@pytest.mark.parametrize(
    "allowances",
    ['"allowances":{}', '"allowances":{"0x4bFb41d5B3570DeFd03C39a9A4D8dE6Bd8B8982E":"9000000000"}', '"x":1'],
    ids=["none", "of the retired exchange alone", "not told"],
)
def test_an_exchange_that_the_venue_does_not_list_may_take_nothing(bench, allowances):
    body = f'{{"balance":"1000000000",{allowances}}}'
    bench.fault("status", "/balance-allowance", status=200, body=body, count=-1)
    with pytest.raises(InsufficientFunds, match=r"may take 0.*chain\.approve"):
        bench.prepare(Outcome.YES, "0.40")
    with pytest.raises(InsufficientFunds, match=r"may take 0.*chain\.approve"):
        bench.prepare(Outcome.YES, "0.38", side=Side.SELL)


def test_shares_cannot_be_sold_without_the_exchanges_approval(world):
    bench = polymarket_bench(world, ctf_approved=False)
    intent = bench.prepare(Outcome.YES, "0.40")
    bench.final(intent, bench.connector.place(intent, bench.market))
    with pytest.raises(InsufficientFunds, match=r"chain\.approve"):
        bench.prepare(Outcome.YES, "0.38", side=Side.SELL, leg=1)


def receipt(**changes):
    body = {
        "success": True,
        "errorMsg": "",
        "orderID": "0x" + "ab" * 32,
        "status": "matched",
        "makingAmount": "20",
        "takingAmount": "50",
        "transactionsHashes": [],
        "tradeIDs": [],
    }
    return json.dumps(body | changes)


def test_an_order_that_the_venue_names_otherwise_than_we_signed_it_stops_everything(bench):
    intent = bench.prepare(Outcome.YES, "0.40")
    bench.fault("status", "/order", status=200, body=receipt())
    with pytest.raises(InvariantBroken):
        bench.connector.place(intent, bench.market)


@pytest.mark.parametrize("status", ["delayed", "live", "unmatched"])
def test_a_word_that_is_not_matched_is_no_fill(bench, status):
    intent = bench.prepare(Outcome.YES, "0.40")
    bench.fault("status", "/order", status=200, body=receipt(orderID=intent.venue_order_id, status=status))
    report = bench.connector.place(intent, bench.market)
    assert (report.status, report.fills, report.filled) == (OrderStatus.WORKING, (), 0)


def test_matched_without_a_trade_to_show_is_not_the_end(bench):
    intent = bench.prepare(Outcome.YES, "0.40")
    bench.fault("status", "/order", status=200, body=receipt(orderID=intent.venue_order_id, tradeIDs=["t9"]))
    report = bench.connector.place(intent, bench.market)
    assert (report.status, report.fills) == (OrderStatus.WORKING, ())


def test_a_refusal_inside_a_success_status_is_a_refusal(bench):
    body = receipt(success=False, orderID="", status="", errorMsg="not enough balance / allowance")
    intent = bench.prepare(Outcome.YES, "0.40")
    bench.fault("status", "/order", status=200, body=body)
    with pytest.raises(InsufficientFunds):
        bench.connector.place(intent, bench.market)


@pytest.mark.parametrize("words", ["could not run the execution", "could not insert order", "", "who knows"])
def test_a_failure_in_words_that_do_not_refuse_proves_nothing(bench, words):
    intent = bench.prepare(Outcome.YES, "0.40")
    body = receipt(success=False, orderID="", status="", errorMsg=words)
    bench.fault("status", "/order", status=200, body=body)
    with pytest.raises(OutcomeUnknown):
        bench.connector.place(intent, bench.market)


def test_success_with_an_error_text_proves_nothing(bench):
    intent = bench.prepare(Outcome.YES, "0.40")
    body = receipt(orderID=intent.venue_order_id, errorMsg="order match delayed due to market conditions")
    bench.fault("status", "/order", status=200, body=body)
    with pytest.raises(OutcomeUnknown):
        bench.connector.place(intent, bench.market)


@pytest.mark.parametrize("body", ["{}", "[]", '""', '{"error":"x"}', '{"order":null}'])
def test_an_answer_that_is_no_order_is_no_word_of_its_absence(bench, body):
    intent = bench.prepare(Outcome.YES, "0.40")
    bench.connector.place(intent, bench.market)
    bench.fault("status", "/data/order/", status=200, body=body, count=-1)
    with pytest.raises(NotSent, match="makes no sense"):
        bench.connector.lookup(intent, bench.market)


def test_an_order_that_is_listed_no_more_is_found_by_its_trades(bench):
    """The venue answers null for orders that were filled at once."""
    intent = bench.prepare(Outcome.YES, "0.40")
    bench.final(intent, bench.connector.place(intent, bench.market))
    bench.fault("status", "/data/order/", status=200, body="null", count=-1)
    found = bench.connector.lookup(intent, bench.market)
    assert (found.status, net(found)) == (OrderStatus.DONE, bench.held(Outcome.YES))


def test_trades_of_an_order_that_arrived_late_are_not_all_there_yet(bench):
    """It was signed long ago and has only just matched: more trades may be listed in a moment."""
    intent = bench.prepare(Outcome.YES, "0.40")
    bench.world.clock.advance(30_000)
    bench.connector.place(intent, bench.market)
    bench.fault("status", "/data/order/", status=200, body="null", count=-1)
    assert bench.connector.lookup(intent, bench.market).status is OrderStatus.WORKING
    bench.world.clock.advance(10_000)
    assert bench.connector.lookup(intent, bench.market).status is OrderStatus.DONE


def test_a_duplicate_means_look_it_up(bench):
    intent = bench.prepare(Outcome.YES, "0.40")
    bench.connector.place(intent, bench.market)
    with pytest.raises(AlreadyExists) as told:
        bench.connector.place(intent, bench.market)
    assert isinstance(told.value, Conflict)


def test_a_clock_that_is_off_is_set_by_the_venues_own():
    """Ten minutes behind: the venue's /time is asked before the first signature."""
    with SimulatedVenues(seed=7) as venues:
        bench = polymarket_bench(Simulation(venues, ShiftedClock(-600_000)))
        assert bench.place(Outcome.YES, "0.40").filled == 50 * ONE


def test_the_api_key_is_made_for_a_new_wallet_and_derived_for_a_known_one(world):
    """Opening a second session finds the key that the first one made."""
    first = polymarket_bench(world)
    facts = world.state(Venue.POLYMARKET).ledger.accounts[ACCOUNT.agent_id].facts
    (key,) = facts["api_keys"]
    again = Simulation(world.venues, world.clock, secrets=world.secrets)
    assert again.connector(Venue.POLYMARKET).balance() == first.connector.balance()
    assert list(facts["api_keys"]) == [key]

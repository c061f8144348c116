"""Simulated Polymarket verifies wallets and keys, checks amounts, and settles what it matched later."""

import json
from pathlib import Path

import pytest
import requests
from eth_account import Account as EthAccount

from dutchbook.domain.money import ONE
from local.day.path import Depth
from local.venues.polymarket.signatures import exchange_of, recover
from local.venues.server import SimulatedVenues
from tests.unit.local.support import (
    NEG_RISK,
    STANDARD,
    V3,
    WALLET_KEY,
    FakeClock,
    PolymarketClient,
    levels,
)

VECTORS = Path(__file__).parents[2] / "fixtures" / "signing" / "polymarket_orders.json"
BOOK = Depth(levels(("0.54", "100"), ("0.53", "200")), levels(("0.56", "30"), ("0.57", "50")))
DEPOSIT_WALLET = "0x5FbDB2315678afecb367f032d93F642f64180aa3"


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def venues(clock):
    with SimulatedVenues(seed=7, clock=clock) as running:
        yield running


@pytest.fixture
def state(venues):
    return venues.states["polymarket"]


@pytest.fixture
def market(state):
    """The Democratic party's neg-risk market of the 2028 election, with a known book."""
    found = next(row for row in state.listings.values() if row.facts["id"] == "565065")
    state.pin(found.key.market_id, BOOK)
    return found


@pytest.fixture
def client(venues, state, clock):
    client = PolymarketClient(venues.urls["polymarket"], clock)
    state.ledger.open("alice", 1_000 * ONE, client.facts())
    client.log_in()
    return client


def error(answer):
    return answer.status_code, answer.json()["error"]


def cash(state):
    return state.ledger.accounts["alice"].cash


def trades(client):
    return client.call("GET", "/data/trades").json()["data"]


def settle(client, clock, seconds):
    clock.tick(seconds)
    client.call("GET", "/data/trades")


def test_a_key_is_made_once_per_nonce_and_derived_again(client):
    made = dict(client.creds)
    assert client.log_in().status_code == 400
    assert client.log_in("GET", "/auth/derive-api-key").json() == made
    assert client.log_in(nonce=1).json() != made
    assert client.log_in("GET", "/auth/derive-api-key", nonce=9).status_code == 400


def test_a_wrong_wallet_secret_or_clock_is_unauthorised(client):
    client.skew_s = -60
    assert client.call("GET", "/data/trades").status_code == 401
    client.skew_s = 0
    assert client.call("GET", "/data/trades", params={"market": "0x1"}).status_code == 200
    client.creds = client.creds | {"secret": "AAAA"}
    assert error(client.call("GET", "/data/trades")) == (401, "Unauthorized/Invalid api key")
    client.address = "0x0000000000000000000000000000000000000001"
    assert client.log_in(nonce=5).status_code == 401


def test_a_fak_buy_spends_its_dollars_at_the_cap_or_better(client, state, market, clock):
    yes = market.facts["tokens"][0]
    answer = client.place(yes, maker="22800000", taker="40000000").json()
    # 30 at 0.56 is 16.80; the other 6.00 buys 10.526315 at the cap of 0.57.
    assert (answer["status"], answer["makingAmount"]) == ("matched", "22800000")
    assert answer["takingAmount"] == str(30 * ONE + 10_526_315)
    first, second = reversed(trades(client))
    assert [first["price"], first["size"], second["price"]] == ["0.56", "30", "0.57"]
    assert {row["status"] for row in (first, second)} == {"TRADE_STATUS_MATCHED"}
    assert cash(state) == 1_000 * ONE
    settle(client, clock, 2)
    assert {row["status"] for row in trades(client)} == {"TRADE_STATUS_MINED"}
    # Fees at 4 %: 0.04 x 30 x 0.56 x 0.44 and 0.04 x 10.526315 x 0.57 x 0.43, in steps of $0.00001, up.
    assert cash(state) == 1_000 * ONE - 22_800_000 - 295_680 - 103_200
    settle(client, clock, 3)
    assert {row["status"] for row in trades(client)} == {"TRADE_STATUS_CONFIRMED"}
    assert state.ledger.audit() == []


def test_shares_can_be_sold_only_after_they_are_mined(client, state, market, clock):
    no = market.facts["tokens"][1]
    client.place(no, maker="4600000", taker="10000000")
    sale = {"side": "SELL", "maker": "10000000", "taker": "4400000", "salt": 2}
    assert error(client.place(no, **sale)) == (400, "not enough balance / allowance")
    settle(client, clock, 2)
    assert client.place(no, **sale).json()["status"] == "matched"
    settle(client, clock, 2)
    assert state.ledger.accounts["alice"].shares[market.key.market_id, "no"] == 0


def test_a_failed_trade_moves_nothing_and_frees_what_it_held(client, state, market, venues, clock):
    body = {"failing_trades": 1}
    requests.post(venues.urls["polymarket"] + "/_sim/polymarket/rules", json=body, timeout=5)
    client.place(market.facts["tokens"][0], maker="5600000", taker="10000000")
    assert state.ledger.free_cash("alice") < 1_000 * ONE
    settle(client, clock, 5)
    assert [row["status"] for row in trades(client)] == ["TRADE_STATUS_FAILED"]
    assert state.ledger.free_cash("alice") == cash(state) == 1_000 * ONE


def test_the_same_bytes_twice_are_a_duplicate(client, market):
    body = client.order(market.facts["tokens"][0])
    placed = client.call("POST", "/order", body).json()
    status, text = error(client.call("POST", "/order", body))
    assert (status, text) == (400, f"order {placed['orderID']} is invalid. Duplicated.")
    assert client.call("GET", f"/data/order/{placed['orderID']}").json()["size_matched"] == "10"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"maker": "5605000"}, "invalid amounts, the market buy orders maker amount supports"),
        (
            {"taker": "10000010"},
            "invalid amounts, the market buy orders maker amount supports",
        ),
        ({"maker": "560000", "taker": "1000000"}, "invalid amount for a marketable BUY order ($0.56)"),
        ({"order_type": "GTC", "maker": "5625000"}, "invalid price (0.5625), breaks minimum tick size rule"),
        ({"order_type": "GTC", "maker": "2240000", "taker": "4000000"}, "is invalid. Size (4) lower than"),
        ({"order_type": "GTD", "expiration": "1"}, "invalid expiration"),
        ({"order_type": "GTC", "expiration": "1900000000"}, "invalid expiration"),
        ({"order_type": "GTC", "post_only": True}, "crosses the book"),
        ({"maker": "5000000000", "taker": "8771929824"}, "invalid amounts"),
        ({"maker": "1100000000", "taker": "1929824500"}, "not enough balance / allowance"),
        ({"maker": "5000000", "taker": "10000000"}, "no orders found to match with FAK order"),
        ({"order_type": "FOK", "maker": "114000000", "taker": "200000000"}, "couldn't be fully filled"),
        ({"exchange": STANDARD}, "invalid signature"),
        ({"salt": 1 << 53}, "Invalid order payload"),
    ],
)
def test_bad_orders_are_refused_in_the_venues_words(client, state, market, changes, text):
    status, said = error(client.place(market.facts["tokens"][0], **changes))
    assert status == 400
    assert text in said
    assert state.ledger.free_cash("alice") == 1_000 * ONE


def test_v1_orders_and_foreign_signers_are_refused(client, market):
    body = client.order(market.facts["tokens"][0])
    v1 = body | {"order": body["order"] | {"nonce": "0"}}
    assert error(client.call("POST", "/order", v1)) == (400, "order_version_mismatch")
    foreign = body | {"order": body["order"] | {"signer": DEPOSIT_WALLET}}
    text = "the order signer address has to be the address of the API KEY"
    assert error(client.call("POST", "/order", foreign)) == (400, text)


def test_a_wallet_owner_cannot_trade_as_its_bare_key(venues, state, market, clock):
    client = PolymarketClient(venues.urls["polymarket"], clock)
    facts = client.facts() | {"funder": DEPOSIT_WALLET, "signature_type": 3}
    state.ledger.open("alice", 100 * ONE, facts)
    client.log_in()
    status, text = error(client.place(market.facts["tokens"][0]))
    assert (status, text) == (400, "maker address not allowed, please use the deposit wallet flow")


@pytest.mark.parametrize("signature_type", [1, 2, 3])
@pytest.mark.parametrize("exchange", [NEG_RISK, V3])
def test_wallet_signatures_verify_on_every_exchange(venues, state, market, clock, signature_type, exchange):
    client = PolymarketClient(
        venues.urls["polymarket"], clock, funder=DEPOSIT_WALLET, signature_type=signature_type
    )
    state.ledger.open("alice", 100 * ONE, client.facts())
    client.log_in()
    if exchange is V3:
        state.versions[market.key.market_id] = "v2"
    assert client.place(market.facts["tokens"][0], exchange=exchange).json()["status"] == "matched"
    wrong = client.place(market.facts["tokens"][0], exchange=STANDARD, salt=2)
    assert error(wrong) == (400, "invalid signature")


def published_orders():
    rows = json.loads(VECTORS.read_text())["orders"]
    return [row for row in rows if row.get("body") and row["chain_id"] == 137]


@pytest.mark.parametrize("row", published_orders(), ids=lambda row: row["name"])
def test_published_orders_recover_to_their_id_and_signer(row):
    order = json.loads(row["body"])["order"]
    signed = recover(order, exchange_of(row["market_version"], neg_risk=row["neg_risk"]))
    assert signed == (row["order_id"], EthAccount.from_key(WALLET_KEY).address)


def test_an_order_rests_holds_its_dollars_and_cancels(client, state, market):
    token = market.facts["tokens"][0]
    placed = client.place(token, order_type="GTC", maker="5000000", taker="10000000").json()
    assert placed["status"] == "live"
    assert state.ledger.free_cash("alice") == 995 * ONE
    assert [row["id"] for row in client.call("GET", "/data/orders").json()["data"]] == [placed["orderID"]]
    unknown = "0x" + "1" * 64
    answer = client.call("DELETE", "/orders", [placed["orderID"], unknown]).json()
    assert answer == {"canceled": [placed["orderID"]], "not_canceled": {unknown: "order not found"}}
    assert state.ledger.free_cash("alice") == 1_000 * ONE
    again = client.call("DELETE", "/order", {"orderID": placed["orderID"]}).json()
    assert again["not_canceled"] == {placed["orderID"]: "order already canceled or matched"}


def test_a_makers_fill_stands_in_maker_orders(client, state, market):
    token = market.facts["tokens"][0]
    placed = client.place(token, order_type="GTC", maker="5500000", taker="10000000").json()
    state.pin(market.key.market_id, Depth((), levels(("0.54", "4"))))
    (trade,) = trades(client)
    assert trade["trader_side"] == "MAKER"
    (mine,) = trade["maker_orders"]
    assert (mine["order_id"], mine["matched_amount"]) == (placed["orderID"], "4")
    assert (mine["price"], mine["side"]) == ("0.55", "BUY")


def test_balance_and_allowance_are_of_the_wallet_type_asked_for(client, state, market, clock):
    state.ledger.accounts["alice"].facts["allowance"] = "7"
    params = {"asset_type": "COLLATERAL", "signature_type": "0"}
    body = client.call("GET", "/balance-allowance", params=params).json()
    assert body["balance"] == str(1_000 * ONE)
    assert set(body["allowances"].values()) == {str(7 * ONE)}
    other = client.call("GET", "/balance-allowance", params=params | {"signature_type": "3"}).json()
    assert other["balance"] == "0"
    assert error(client.place(market.facts["tokens"][0], maker="8400000", taker="15000000"))[0] == 400


def test_a_geoblocked_caller_is_told_and_refused(client, state, venues, market):
    state.geoblocked = True
    assert requests.get(venues.urls["polymarket"] + "/api/geoblock", timeout=5).json()["blocked"] is True
    assert client.place(market.facts["tokens"][0]).status_code == 403


def test_a_trade_mined_after_the_answer_waits_to_be_redeemed(client, state, venues, market, clock):
    client.place(market.facts["tokens"][0])
    body = {"market": market.key.market_id, "payout": "1"}
    requests.post(venues.urls["polymarket"] + "/_sim/polymarket/settle", json=body, timeout=5)
    settle(client, clock, 2)
    # 5.60 for 10 shares and a fee of 0.04 x 10 x 0.56 x 0.44; the 10 dollars wait on chain.
    assert cash(state) == 1_000 * ONE - 5_600_000 - 98_560
    assert state.ledger.accounts["alice"].shares[market.key.market_id, "yes"] == 10 * ONE


def test_positions_show_what_is_held_and_resolutions_what_it_paid(client, state, venues, market, clock):
    client.place(market.facts["tokens"][0])
    settle(client, clock, 2)
    url, user = venues.urls["polymarket"] + "/v2/positions", {"user": client.funder}
    (row,) = requests.get(url, params=user, timeout=5).json()["data"]
    assert (row["current_size"], row["outcome"], row["status"]) == (10, "Yes", "OPEN")
    body = {"market": market.key.market_id, "payout": "0"}
    requests.post(venues.urls["polymarket"] + "/_sim/polymarket/settle", json=body, timeout=5)
    resolution = requests.get(
        venues.urls["polymarket"] + "/v2/resolutions", params={"condition": market.key.market_id}, timeout=5
    ).json()["data"]
    assert resolution[0]["payouts"] == [0, ONE]
    (row,) = requests.get(url, params=user, timeout=5).json()["data"]
    assert (row["status"], row["redeemable"], row["current_price"]) == ("REDEEMABLE", True, 0)
    assert state.ledger.audit() == []

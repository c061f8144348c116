"""Simulated Limitless checks tokens, signatures and amounts, holds takers back and takes fees in shares."""

import pytest
import requests

from dutchbook.domain.money import ONE
from local.day.path import Depth
from local.venues.server import SimulatedVenues
from tests.unit.local.support import FakeClock, LimitlessClient, levels

QUICK, DELAYED = "simulated-orban-hungary-pm", "simulated-starmer-out-june-30"
BOOK = Depth(levels(("0.48", "100"), ("0.47", "200")), levels(("0.5", "30"), ("0.52", "50")))
OTHER_EXCHANGE = "0xe3E00BA3a9888d1DE4834269f62ac008b4BB5C47"


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def venues(clock):
    with SimulatedVenues(seed=7, clock=clock) as running:
        for slug in (QUICK, DELAYED):
            running.states["limitless"].pin(slug, BOOK)
        yield running


@pytest.fixture
def state(venues):
    return venues.states["limitless"]


@pytest.fixture
def client(venues, state, clock):
    client = LimitlessClient(venues.urls["limitless"], clock)
    state.ledger.open("alice", 1_000 * ONE, client.facts())
    return client


@pytest.fixture
def market(client):
    return requests.get(f"{client.root}/markets/{QUICK}", timeout=5).json()


@pytest.fixture
def slow_market(client):
    return requests.get(f"{client.root}/markets/{DELAYED}", timeout=5).json()


def status(client, **item):
    return client.call("POST", "/orders/status/batch", {"items": [item]}).json()["results"][0]


def test_the_token_signs_the_path_with_its_query_within_half_a_minute(client):
    assert client.call("GET", "/portfolio/history?cursor=&limit=5").status_code == 200
    client.skew_s = 31
    assert client.call("GET", "/profiles/me").status_code == 401
    client.skew_s, client.token = 0, "lmts_other"
    assert client.call("GET", "/profiles/me").status_code == 401


def test_a_buy_pays_its_fee_in_shares(client, state, market):
    body = client.place(market, price=0.51, contracts=40 * ONE).json()
    totals = body["execution"]["totalsRaw"]
    assert body["execution"]["settlementStatus"] == "MINED"
    assert totals == {
        "contractsGross": "30000000",
        "contractsFee": "900000",
        "contractsNet": "29100000",
        "usdGross": "15000000",
        "usdFee": "0",
        "usdNet": "15000000",
    }
    assert state.ledger.accounts["alice"].shares[QUICK, "yes"] == 29_100_000
    assert state.ledger.accounts["alice"].cash == 985 * ONE
    (row,) = client.call("GET", "/portfolio/history?cursor=").json()["data"]
    assert (row["outcomeTokenAmount"], row["collateralAmount"], row["strategy"]) == ("30", "15", "Market Buy")
    (position,) = client.call("GET", "/portfolio/positions").json()["clob"]
    assert position["tokensBalance"] == {"yes": "29100000", "no": "0"}


def test_a_sale_pays_its_fee_in_dollars(client, state, market):
    client.place(market, outcome="no", price=0.52, contracts=20 * ONE)
    sold = client.place(market, outcome="no", side=1, price=0.5, contracts=10 * ONE).json()
    # NO bids are 1 - 0.50 = 0.50; the fee there is 150 bps of 5 dollars.
    assert sold["execution"]["totalsRaw"]["usdFee"] == "75000"
    assert sold["execution"]["totalsRaw"]["usdNet"] == "4925000"
    assert state.ledger.audit() == []


def test_a_taker_is_held_back_then_matched_then_mined(client, slow_market, clock):
    body = client.place(slow_market, body={"clientOrderId": "a"}).json()
    assert body["execution"]["settlementStatus"] == "DELAYED"
    assert body["execution"]["eligibleAt"] == "2026-03-11T00:00:00.250Z"
    cancel = client.call("DELETE", f"/orders/{body['order']['id']}")
    assert (cancel.status_code, cancel.json()["reason"]) == (409, "ORDER_RELEASE_IN_PROGRESS")
    clock.tick(1)
    assert status(client, clientOrderId="a")["data"]["execution"]["settlementStatus"] == "MATCHED"
    clock.tick(1)
    found = status(client, orderId=body["order"]["id"])
    assert found["data"]["execution"]["settlementStatus"] == "MINED"
    assert found["data"]["execution"]["totalsRaw"]["contractsGross"] == "10000000"


def test_a_held_back_taker_is_killed_when_the_book_moves_away(client, state, slow_market, clock):
    body = client.place(slow_market).json()
    state.pin(DELAYED, Depth((), levels(("0.6", "100"))))
    clock.tick(1)
    execution = status(client, orderId=body["order"]["id"])["data"]["execution"]
    assert (execution["settlementStatus"], execution["matched"]) == ("UNMATCHED", False)
    assert state.ledger.free_cash("alice") == 1_000 * ONE


def test_a_failed_settlement_moves_nothing(client, state, market):
    state.failing_trades = 1
    assert client.place(market).json()["execution"]["settlementStatus"] == "FAILED"
    assert state.ledger.accounts["alice"].cash == 1_000 * ONE


def test_client_ids_and_hashes_are_good_for_one_order(client, market):
    body = client.order(market, body={"clientOrderId": "x"})
    assert client.call("POST", "/orders", body).status_code == 201
    assert client.call("POST", "/orders", body).status_code == 409
    assert client.place(market, body={"clientOrderId": "x"}).status_code == 409
    assert status(client, clientOrderId="x")["status"] == "found"
    assert status(client, clientOrderId="y")["status"] == "not_found"


def test_a_wrong_fee_rate_is_answered_with_the_right_one(client, market):
    answer = client.place(market, order={"feeRateBps": 0})
    assert answer.status_code == 400
    assert (answer.json()["code"], answer.json()["expectedFeeRateBps"]) == ("FEE_RATE_MISMATCH", 300)


@pytest.mark.parametrize(
    ("changes", "http", "text"),
    [
        ({"price": 0.501, "contracts": 10_000_500}, 400, "is not a whole (integer) number"),
        ({"price": 0.5001}, 400, "at most 3 decimals"),
        ({"order": {"makerAmount": 4_999_999}}, 400, "do not match the price"),
        ({"order": {"expiration": "1"}}, 400, "Order expiration is not currently supported"),
        ({"order": {"salt": 1 << 63}}, 400, "out of range for type bigint"),
        ({"order": {"tokenId": "1"}}, 400, "Token does not belong"),
        ({"exchange": OTHER_EXCHANGE}, 400, "Invalid signature. Exchange address for this market: 0x05c7"),
        ({"body": {"ownerId": 1}}, 403, "Owner does not match"),
        ({"body": {"marketSlug": "none"}}, 404, "Market not found"),
        ({"body": {"timestamp": 1, "recvWindow": 5_000}}, 425, "receive window"),
        ({"contracts": 5_000 * ONE}, 400, "Insufficient collateral balance"),
        ({"side": 1}, 400, "Insufficient conditional token balance"),
        ({"order_type": "GTC", "body": {"postOnly": True}}, 400, "Post-only order would execute"),
    ],
)
def test_bad_orders_are_refused_in_the_venues_words(client, state, market, changes, http, text):
    answer = client.place(market, **changes)
    assert answer.status_code == http
    assert text in answer.json()["message"]
    assert state.ledger.free_cash("alice") == 1_000 * ONE


def test_an_order_rests_locks_its_dollars_and_cancels(client, state, market):
    body = client.place(market, order_type="GTC", price=0.49, contracts=10 * ONE).json()
    assert body["execution"]["settlementStatus"] == "UNMATCHED"
    (live,) = client.call("GET", f"/markets/{QUICK}/user-orders?statuses=LIVE").json()
    assert (live["id"], live["remainingSize"]) == (body["order"]["id"], "10000000")
    (position,) = client.call("GET", "/portfolio/positions").json()["clob"]
    assert position["orders"]["totalCollateralLocked"] == "4900000"
    assert client.call("DELETE", f"/orders/{live['id']}").status_code == 200
    assert client.call("DELETE", f"/orders/{live['id']}").status_code == 400
    assert client.call("DELETE", "/orders/none").status_code == 404
    assert state.ledger.free_cash("alice") == 1_000 * ONE


def test_the_simulated_node_tells_dollars_shares_and_allowances(client, state, market):
    client.place(market)

    usdc, tokens = market["collateralToken"]["address"], "0xC9c98965297Bc527861c898329Ee280632B76e18"

    def read(to, data):
        asked = [{"to": to, "data": data}, "latest"]
        call = {"jsonrpc": "2.0", "id": 1, "method": "eth_call", "params": asked}
        return requests.post(f"{client.root}/rpc", json=call, timeout=5).json()["result"]

    owner = client.address[2:].lower().rjust(64, "0")
    token = f"{int(market['tokens']['yes']):064x}"
    assert int(read(usdc, "0x70a08231" + owner), 16) == 995 * ONE
    assert int(read(tokens, "0x00fdd58e" + owner + token), 16) == 9_700_000
    assert read(usdc, "0x00fdd58e" + owner + token) == "0x"  # dollars are no shares
    assert int(read(usdc, "0xdd62ed3e" + owner + "0" * 64), 16) == (1 << 256) - 1
    assert client.call("GET", "/portfolio/trading/allowance?type=clob").json()["hasMinimumAllowance"] is True

"""Simulated Kalshi checks what the venue checks, fills against its book and keeps exact books."""

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dutchbook.domain.money import ONE
from local.day.path import Depth
from local.venues.server import SimulatedVenues
from tests.unit.local.support import FakeClock, KalshiClient, levels

TICKER = "KXPRESPARTY-2028-D"
BOOK = Depth(levels(("0.54", "100"), ("0.53", "200")), levels(("0.56", "30"), ("0.58", "50")))


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def venues(clock):
    with SimulatedVenues(seed=7, clock=clock) as running:
        running.states["kalshi"].pin(TICKER, BOOK)
        yield running


@pytest.fixture
def client(venues, clock):
    client = KalshiClient(venues.urls["kalshi"], clock, Ed25519PrivateKey.generate())
    facts = {"keys": {client.key_id: client.public_pem()}}
    venues.states["kalshi"].ledger.open("alice", 1_000 * ONE, facts)
    return client


def balance(client):
    return client.call("GET", "/portfolio/balance").json()["balance_dollars"]


def code(answer):
    return answer.status_code, answer.json()["error"]["code"]


def test_rsa_keys_sign_too(venues, clock):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    client = KalshiClient(venues.urls["kalshi"], clock, key)
    venues.states["kalshi"].ledger.open("bob", ONE, {"keys": {client.key_id: client.public_pem()}})
    assert client.call("GET", "/portfolio/balance", params={"subaccount": "0"}).status_code == 200


def test_requests_without_a_good_signature_get_the_venues_401(venues, client):
    bare = requests.get(venues.urls["kalshi"] + "/trade-api/v2/portfolio/balance", timeout=5)
    assert code(bare) == (401, "signature_is_missing_from_headers")
    client.skew_ms = -30_000
    assert code(client.call("GET", "/portfolio/balance")) == (401, "header_timestamp_expired")
    client.skew_ms = 5_000
    assert client.call("GET", "/portfolio/balance").status_code == 200
    client.skew_ms, client.key = 0, Ed25519PrivateKey.generate()
    wrong = client.call("GET", "/portfolio/balance")
    assert wrong.json()["error"]["details"] == "INCORRECT_API_KEY_SIGNATURE"
    client.key_id = "unknown"
    assert client.call("GET", "/portfolio/balance").json()["error"]["details"] == "NOT_FOUND"


def test_an_ioc_takes_what_is_there_and_cancels_the_rest(client):
    answer = client.order(count="40.00", price="0.5700")
    assert answer.status_code == 201
    receipt = answer.json()
    assert (receipt["fill_count"], receipt["remaining_count"]) == ("30.00", "0.00")
    assert receipt["average_fill_price"] == "0.5600"
    # 30 x 0.56 = 16.80 and a fee of 0.07 x 30 x 0.56 x 0.44 = 0.51744, which costs 0.5175 at $0.0001.
    assert balance(client) == "982.6825"
    (fill,) = client.call("GET", "/portfolio/fills").json()["fills"]
    assert (fill["fee_cost"], fill["order_id"]) == ("0.517500", receipt["order_id"])
    (position,) = client.call("GET", "/portfolio/positions").json()["market_positions"]
    assert position["position_fp"] == "30.00"


def test_taken_depth_is_gone_and_grows_back(venues, client, clock):
    client.order(count="20.00")
    url = f"{venues.urls['kalshi']}/trade-api/v2/markets/{TICKER}/orderbook"
    best = requests.get(url, timeout=5).json()["orderbook_fp"]["no_dollars"][-1]
    assert best == ["0.4400", "10.00"]
    clock.tick(60)
    best = requests.get(url, timeout=5).json()["orderbook_fp"]["no_dollars"][-1]
    assert best == ["0.4400", "20.00"]
    clock.tick(60)
    best = requests.get(url, timeout=5).json()["orderbook_fp"]["no_dollars"][-1]
    assert best == ["0.4400", "30.00"]


def test_201_is_not_a_fill(client):
    receipt = client.order(price="0.5000").json()
    assert (receipt["fill_count"], receipt["remaining_count"]) == ("0.00", "0.00")
    assert "average_fill_price" not in receipt
    assert balance(client) == "1000.0000"


def test_a_client_order_id_is_good_for_one_order_for_ever(client):
    assert client.order(client_order_id="a", price="0.5000").status_code == 201
    assert code(client.order(client_order_id="a")) == (409, "order_already_exists")
    killed = client.order(client_order_id="b", count="31.00", time_in_force="fill_or_kill")
    assert code(killed) == (409, "fill_or_kill_insufficient_resting_volume")
    assert code(client.order(client_order_id="b", count="1.00")) == (409, "order_already_exists")
    assert balance(client) == "1000.0000"


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"price": "0.5650"}, (400, "invalid_price")),
        ({"price": "1.0000"}, (400, "invalid_price")),
        ({"count": "0.001"}, (400, "invalid_order_size")),
        ({"count": "0.00"}, (400, "invalid_order_size")),
        ({"side": "yes"}, (400, "invalid_parameters")),
        ({"client_order_id": "a.b"}, (400, "invalid_parameters")),
        ({"ticker": "NONE"}, (404, "not_found")),
        ({"count": "5000.00", "time_in_force": "good_till_canceled"}, (400, "insufficient_balance")),
        ({"post_only": True, "time_in_force": "good_till_canceled"}, (400, "invalid_order")),
    ],
)
def test_bad_orders_are_refused_by_name(client, changes, answer):
    assert code(client.order(**changes)) == answer
    assert balance(client) == "1000.0000"


def test_numbers_instead_of_strings_fail_in_the_decoder(client):
    answer = client.order(count=10)
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_request"


def test_buying_no_closes_yes_first_and_frees_the_dollar(venues, client):
    client.order(count="30.00")
    client.order(side="ask", count="50.00", price="0.5400")
    shares = venues.states["kalshi"].ledger.accounts["alice"].shares
    assert (shares[TICKER, "yes"], shares[TICKER, "no"]) == (0, 20 * ONE)
    (position,) = client.call("GET", "/portfolio/positions").json()["market_positions"]
    assert position["position_fp"] == "-20.00"
    # -16.80 - 0.5175, then +30 x 0.54 - 20 x 0.46 and a fee of 0.07 x 50 x 0.54 x 0.46 = 0.8694.
    assert balance(client) == "988.8131"
    assert venues.states["kalshi"].ledger.audit() == []


def test_an_order_rests_holds_its_cash_and_gives_it_back(client):
    rested = client.order(time_in_force="good_till_canceled", price="0.5000").json()
    assert rested["remaining_count"] == "10.00"
    assert balance(client) == "995.0000"
    path = f"/portfolio/events/orders/{rested['order_id']}"
    canceled = client.call("DELETE", path, params={"market_ticker": TICKER})
    assert (canceled.status_code, canceled.json()["reduced_by"]) == (200, "10.00")
    assert balance(client) == "1000.0000"
    assert code(client.call("DELETE", path)) == (404, "not_found")
    read = client.call("GET", f"/portfolio/orders/{rested['order_id']}").json()["order"]
    assert (read["status"], read["remaining_count_fp"]) == ("canceled", "0.00")


def test_a_resting_order_fills_as_maker_without_fee_when_quotes_move(venues, client):
    client.order(time_in_force="good_till_canceled", price="0.5500")
    venues.states["kalshi"].pin(TICKER, Depth((), levels(("0.55", "4"))))
    (fill,) = client.call("GET", "/portfolio/fills").json()["fills"]
    assert (fill["count_fp"], fill["is_taker"], fill["fee_cost"]) == ("4.00", False, "0.000000")


def test_no_reader_sees_a_book_crossed_by_a_resting_order(venues, client):
    client.order(time_in_force="good_till_canceled", price="0.5500")
    venues.states["kalshi"].pin(TICKER, Depth((), levels(("0.55", "4"), ("0.60", "9"))))
    url = f"{venues.urls['kalshi']}/trade-api/v2/markets/{TICKER}/orderbook"
    book = requests.get(url, timeout=5).json()["orderbook_fp"]
    assert book == {"yes_dollars": [["0.5500", "6.00"]], "no_dollars": [["0.4000", "9.00"]]}


def test_self_trade_prevention_leaves_the_resting_order_and_kills_the_taker(client):
    client.order(time_in_force="good_till_canceled", price="0.5500")
    receipt = client.order(side="ask", price="0.5500").json()
    assert (receipt["fill_count"], receipt["remaining_count"]) == ("0.00", "0.00")
    kept = client.call("GET", "/portfolio/orders", params={"status": "resting"}).json()["orders"]
    assert len(kept) == 1


def test_the_v1_write_path_is_gone(client):
    assert code(client.call("POST", "/portfolio/orders", {})) == (410, "deprecated_v1_order_endpoint")
    assert code(client.call("DELETE", "/portfolio/orders/x")) == (410, "deprecated_v1_order_endpoint")


def test_a_lagging_read_does_not_show_the_order_yet(venues, client, clock):
    receipt = client.order().json()
    fault = {"kind": "read_lag", "path": "/trade-api/v2/portfolio/orders", "seconds": 2, "count": 1}
    requests.post(venues.urls["kalshi"] + "/_sim/kalshi/faults", json=fault, timeout=5)
    path = f"/portfolio/orders/{receipt['order_id']}"
    assert client.call("GET", path).status_code == 404
    assert client.call("GET", path).json()["order"]["status"] == "executed"


def test_settlement_cancels_what_rests(venues, client):
    rested = client.order(time_in_force="good_till_canceled", price="0.5000").json()
    body = {"market": TICKER, "payout": "0"}
    requests.post(venues.urls["kalshi"] + "/_sim/kalshi/settle", json=body, timeout=5)
    read = client.call("GET", f"/portfolio/orders/{rested['order_id']}").json()["order"]
    assert read["status"] == "canceled"
    assert balance(client) == "1000.0000"


def test_settlement_pays_a_dollar_a_winning_share_and_closes_the_market(venues, client):
    client.order(count="10.00")
    before = balance(client)
    body = {"market": TICKER, "payout": "1"}
    requests.post(venues.urls["kalshi"] + "/_sim/kalshi/settle", json=body, timeout=5)
    assert float(balance(client)) == pytest.approx(float(before) + 10)
    (row,) = client.call("GET", "/portfolio/settlements").json()["settlements"]
    assert (row["market_result"], row["revenue"], row["yes_count_fp"]) == ("yes", 1000, "10.00")
    assert code(client.order()) == (400, "MARKET_INACTIVE")
    assert venues.states["kalshi"].ledger.audit() == []

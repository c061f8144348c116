"""Faults on demand: each leaves the venue's own books as the real failure would."""

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dutchbook.domain.money import ONE
from local.venues.faults import Fault
from local.venues.server import SimulatedVenues
from tests.unit.local.support import FakeClock, KalshiClient

ORDERS = "/trade-api/v2/portfolio/events/orders"
STATUS = "/trade-api/v2/exchange/status"


@pytest.fixture
def venues():
    with SimulatedVenues(seed=7, clock=FakeClock()) as running:
        yield running


@pytest.fixture
def faults(venues):
    return venues.states["kalshi"].faults


@pytest.fixture
def client(venues):
    client = KalshiClient(venues.urls["kalshi"], venues.time, Ed25519PrivateKey.generate())
    body = {"account": "alice", "cash": "1000", "keys": {client.key_id: client.public_pem()}}
    answer = requests.post(venues.urls["kalshi"] + "/_sim/kalshi/accounts", json=body, timeout=5)
    assert answer.status_code == 201
    return client


def get(venues):
    return requests.get(venues.urls["kalshi"] + STATUS, timeout=5)


def placed(venues):
    return [entry for entry in venues.states["kalshi"].ledger.entries if entry.kind == "fill"]


def test_refused_before_acceptance_nothing_happens_and_the_id_is_unused(venues, client, faults):
    faults.plan(Fault("refuse", path=ORDERS, method="POST"))
    with pytest.raises(requests.ConnectionError):
        client.order(client_order_id="a")
    assert placed(venues) == []
    assert client.order(client_order_id="a").status_code == 201


def test_accepted_then_dropped_the_order_is_there(venues, client, faults):
    faults.plan(Fault("drop", path=ORDERS, method="POST"))
    with pytest.raises(requests.ConnectionError):
        client.order(client_order_id="a")
    assert placed(venues)
    assert client.order(client_order_id="a").status_code == 409


@pytest.mark.parametrize(
    ("fault", "status", "retry_after"),
    [
        (Fault("status", status=500), 500, None),
        (Fault("status", status=503), 503, None),
        (Fault("status", status=425, body='{"error_msg":"restarting","retry_after_seconds":1}'), 425, None),
        (Fault("status", status=429, body='{"error":"too many requests"}'), 429, None),
        (Fault("status", status=429, retry_after="2"), 429, "2"),
    ],
)
def test_a_status_replaces_the_answer_once(venues, faults, fault, status, retry_after):
    faults.plan(fault)
    answer = get(venues)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, retry_after)
    assert get(venues).status_code == 200


def test_an_html_page_can_come_with_any_status(venues, faults):
    faults.plan(Fault("html", status=200, count=2))
    for _ in range(2):
        answer = get(venues)
        assert answer.headers["Content-Type"].startswith("text/html")
        assert answer.text.startswith("<!DOCTYPE html>")
    assert get(venues).json()["trading_active"] is True


def test_a_fault_meets_only_its_method_and_path(venues, client, faults):
    faults.plan(Fault("status", path=ORDERS, method="POST", status=503, count=-1))
    assert get(venues).status_code == 200
    assert client.order().status_code == 503
    assert client.order().status_code == 503
    requests.delete(venues.urls["kalshi"] + "/_sim/kalshi/faults", timeout=5)
    assert client.order().status_code == 201


def test_a_delay_outlasts_the_callers_patience(venues, faults):
    faults.plan(Fault("delay", seconds=0.5))
    with pytest.raises(requests.ReadTimeout):
        requests.get(venues.urls["kalshi"] + STATUS, timeout=0.1)


def test_fills_can_be_told_twice(client, faults):
    client.order()
    faults.plan(Fault("duplicate_fills"))
    rows = client.call("GET", "/portfolio/fills").json()["fills"]
    assert len(rows) == 2 * len({row["fill_id"] for row in rows})
    again = client.call("GET", "/portfolio/fills").json()["fills"]
    assert len(again) == len({row["fill_id"] for row in again})


def test_control_is_never_harmed_and_names_unknown_faults(venues, faults):
    faults.plan(Fault("status", count=-1))
    url = venues.urls["kalshi"] + "/_sim/kalshi/faults"
    assert requests.post(url, json={"kind": "fire"}, timeout=5).status_code == 400
    assert requests.post(url, json={"kind": "html", "colour": "red"}, timeout=5).status_code == 400
    assert len(requests.get(url, timeout=5).json()) == 1


def test_the_control_ledger_shows_every_venue_and_finds_it_sound(venues, client):
    client.order()
    dump = requests.get(venues.urls["limitless"] + "/_sim/ledger", timeout=5).json()
    assert set(dump) == {"polymarket", "kalshi", "limitless"}
    alice = dump["kalshi"]["accounts"]["alice"]
    moved = sum(entry["cash"] for entry in dump["kalshi"]["entries"])
    assert alice["cash"] == alice["opened_with"] + moved == 1_000 * ONE + moved
    assert dump["kalshi"]["unsound"] == []


def test_simulated_time_can_be_pushed_without_moving_the_clock(venues):
    before = venues.time.now_ms()
    body = requests.post(venues.urls["kalshi"] + "/_sim/advance", json={"seconds": 90}, timeout=5).json()
    assert body == {"second": 90}
    assert venues.time.now_ms() == before

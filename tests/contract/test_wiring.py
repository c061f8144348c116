"""The functions as they are wired for the cloud, over an AWS in memory: sign in, register, look, forget."""

import json

import boto3
import pytest
import responses
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from dutchbook.entry.bootstrap import register as register_parts
from tests.support.api import registration
from tests.support.cloud import ENVIRONMENT, SIGNER, WALLET, open_cloud


@pytest.fixture
def cloud(monkeypatch):
    with open_cloud(monkeypatch) as cloud:
        yield cloud


def test_from_sign_in_to_status(cloud):
    assert cloud.call("GET", "/api/agents")[0] == 401
    signed = cloud.sign_in()
    assert cloud.call("POST", "/api/auth/verify", signed)[0] == 422
    status, made = cloud.call("POST", "/api/agent/register", registration(wallet=SIGNER.address))
    assert status == 201, made
    agent = made["agent_id"]
    assert cloud.call("POST", "/api/agent/activate", {"agent_id": agent})[0] == 200
    assert cloud.call("POST", "/api/agent/activate", {"agent_id": agent})[0] == 409
    status, seen = cloud.call("GET", f"/api/agent/status/{agent}")
    assert status == 200, seen
    assert seen["agent"]["active"] is True
    assert seen["stats"]["budgets"][0]["available"] == "1000"
    assert cloud.call("GET", "/api/agents")[1]["items"][0]["agent_id"] == agent
    for path in (f"/api/agent/{agent}/trades", f"/api/agent/{agent}/positions", f"/api/agent/{agent}/audit"):
        assert cloud.call("GET", path)[0] == 200
    status, edited = cloud.call(
        "PATCH", f"/api/agent/{agent}", {"version": seen["agent"]["version"], "maxTrades": 5}
    )
    assert status == 200, edited
    assert cloud.call("POST", "/api/agent/deactivate", {"agent_id": agent})[0] == 200


def test_public_pages_before_the_first_tick(cloud):
    for path in ("/api/health", "/api/venues", "/api/opportunities", "/api/stats"):
        assert cloud.call("GET", path)[0] == 200


def test_pages_join_over_dynamodb(cloud):
    cloud.sign_in()
    made = {
        cloud.call("POST", "/api/agent/register", registration(wallet=WALLET))[1]["agent_id"]
        for _ in range(3)
    }
    seen, cursor = set(), ""
    for _ in range(3):
        _, page = cloud.call("GET", "/api/agents", query={"limit": "1", "cursor": cursor})
        seen |= {item["agent_id"] for item in page["items"]}
        cursor = page["next_cursor"] or ""
    assert seen == made


def test_credentials_live_in_secrets_manager_alone(cloud):
    cloud.sign_in()
    key = "11" * 32
    agent = cloud.call("POST", "/api/agent/register", registration(wallet=WALLET))[1]["agent_id"]
    path = f"/api/agent/{agent}/credentials/polymarket"
    body = {"privateKey": key, "jurisdiction": "CH", "acceptTerms": True, "readinessOverride": "a test"}
    status, stub = cloud.call("PUT", path, body)
    assert status == 200, stub
    assert cloud.call("GET", f"/api/agent/status/{agent}")[1]["credentials"] == [stub]
    # live trading is off for this stack: nothing may log in
    assert cloud.call("POST", f"{path}/test")[0] == 403
    client = boto3.client("dynamodb")
    for table in ("LedgerTable", "MarketsTable", "GuardsTable"):
        assert key not in json.dumps(client.scan(TableName=table)["Items"], default=str)
    assert cloud.call("DELETE", path)[0] == 204
    assert cloud.call("GET", f"/api/agent/status/{agent}")[1]["credentials"] == []


def test_operators_throw_the_kill_switch(cloud):
    cloud.sign_in()
    assert cloud.call("PUT", "/api/control", {"trading": False, "reason": "drill"})[1]["trading"] is False
    assert cloud.call("GET", "/api/health")[1]["trading"] is False
    assert register_parts.services().ledger.control().reason == "drill"


def test_an_idempotency_key_registers_once(cloud):
    cloud.sign_in()
    send = {"headers": {"idempotency-key": "key-00000001"}}
    first = cloud.call("POST", "/api/agent/register", registration(wallet=WALLET), **send)
    assert cloud.call("POST", "/api/agent/register", registration(wallet=WALLET), **send) == first


def test_a_login_at_the_venue_makes_credentials_count(monkeypatch):
    monkeypatch.setitem(ENVIRONMENT, "LIVE_TRADING", "true")
    monkeypatch.setitem(ENVIRONMENT, "KALSHI_API_BASE", "http://localhost:9")
    pem = ed25519.Ed25519PrivateKey.from_private_bytes(b"\x07" * 32).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    balance = {"balance": 2500, "balance_dollars": "25.0000", "portfolio_value": 0, "updated_ts": 1}
    limits = {name: {"bucket_capacity": 200, "refill_rate": 200} for name in ("read", "write")}
    with open_cloud(monkeypatch) as cloud, responses.RequestsMock() as venue:
        base = "http://localhost:9/trade-api/v2"
        venue.get(f"{base}/account/limits", json=limits)
        venue.get(f"{base}/exchange/status", json={"exchange_active": True, "trading_active": True})
        venue.get(f"{base}/portfolio/balance", json=balance)
        cloud.sign_in()
        agent = cloud.call("POST", "/api/agent/register", registration(wallet=WALLET))[1]["agent_id"]
        path = f"/api/agent/{agent}/credentials/kalshi"
        body = {
            "kalshiApiKey": "6f1f2c9e-0f0a-4c8b-9c56-8c4d3c1f7a10",
            "kalshiApiSecret": pem.decode(),
            "jurisdiction": "US-NY",
            "acceptTerms": True,
            "readinessOverride": "a test",
        }
        assert cloud.call("PUT", path, body)[0] == 200
        status, answer = cloud.call("POST", f"{path}/test")
    assert (status, answer.get("balance")) == (200, "25"), answer

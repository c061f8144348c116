"""The functions as they are wired for the cloud, over an AWS in memory: sign in, register, look, forget."""

import importlib
import json
from datetime import UTC, datetime

import boto3
import pytest

from dutchbook.adapters.ledger import DynamoLedger
from dutchbook.domain.secret import Secret
from dutchbook.entry import siwe
from dutchbook.entry.bootstrap import authorize as authorize_parts
from dutchbook.entry.bootstrap import register as register_parts
from dutchbook.entry.bootstrap import status as status_parts
from dutchbook.usecases.sign_in import SignInMessage
from local.template import REGION
from tests.support.api import POLICY, http_event, registration
from tests.support.aws import fake_aws
from venues.crypto import EthereumSigner, personal_message_digest

SIGNER = EthereumSigner(Secret("11" * 32))
WALLET = SIGNER.address.lower()
PARTS = (register_parts, status_parts, authorize_parts)
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ENDPOINT_URL": "",
    "STAGE": "test",
    "LEDGER_TABLE": "LedgerTable",
    "MARKETS_TABLE": "MarketsTable",
    "GUARDS_TABLE": "GuardsTable",
    "SECRETS_PREFIX": "/dutchbook/test/agents",
    "TOKEN_SECRET_ID": "token",
    "SITE_ORIGIN": POLICY.origin,
    "LIVE_TRADING": "false",
    "OPERATOR_WALLETS": WALLET,
}


class Cloud:
    """Gateway, authorizer and functions: a token in, an answer out."""

    def __init__(self) -> None:
        self.functions = {
            name: importlib.import_module(f"functions.{name}.app")
            for name in ("register", "status", "authorize")
        }
        self.token = ""

    def call(self, method, path, body=None, **how):
        event = http_event(method, path, body, wallet=None, **how)
        event["headers"]["authorization"] = f"Bearer {self.token}"
        verdict = self.functions["authorize"].handler(event, None)
        if verdict["isAuthorized"]:
            event["requestContext"]["authorizer"] = {"lambda": verdict["context"]}
        function = self.functions["status" if method == "GET" else "register"]
        result = function.handler(event, None)
        return result["statusCode"], json.loads(result.get("body") or "null")

    def sign_in(self):
        _, given = self.call("POST", "/api/auth/nonce")
        text = siwe.write(
            SignInMessage(
                scheme="",
                domain=POLICY.domain,
                address=SIGNER.address,
                statement="",
                uri=POLICY.origin,
                version="1",
                chain_id=1,
                nonce=given["nonce"],
                issued_at=datetime.now(UTC),
            )
        )
        signature = "0x" + SIGNER.sign(personal_message_digest(text.encode())).hex()
        signed = {"message": text, "signature": signature}
        status, session = self.call("POST", "/api/auth/verify", signed)
        assert status == 200, session
        self.token = session["token"]
        return signed


@pytest.fixture
def cloud(monkeypatch):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with fake_aws():
        secret = json.dumps({"kid": "k1", "current": "c" * 64})
        boto3.client("secretsmanager", region_name=REGION).create_secret(Name="token", SecretString=secret)
        for parts in PARTS:
            parts.services.cache_clear()
        yield Cloud()
        for parts in PARTS:
            parts.services.cache_clear()


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
    body = {"privateKey": key, "jurisdiction": "CH", "acceptTerms": True}
    status, stub = cloud.call("PUT", path, body)
    assert status == 200, stub
    assert cloud.call("GET", f"/api/agent/status/{agent}")[1]["credentials"] == [stub]
    # live trading is off for this stack: nothing may log in
    assert cloud.call("POST", f"{path}/test")[0] == 403
    client = boto3.client("dynamodb", region_name=REGION)
    for table in ("LedgerTable", "MarketsTable", "GuardsTable"):
        assert key not in json.dumps(client.scan(TableName=table)["Items"], default=str)
    assert cloud.call("DELETE", path)[0] == 204
    assert cloud.call("GET", f"/api/agent/status/{agent}")[1]["credentials"] == []


def test_operators_throw_the_kill_switch(cloud):
    cloud.sign_in()
    assert cloud.call("PUT", "/api/control", {"trading": False, "reason": "drill"})[1]["trading"] is False
    assert cloud.call("GET", "/api/health")[1]["trading"] is False
    assert isinstance(register_parts.services().ledger, DynamoLedger)


def test_an_idempotency_key_registers_once(cloud):
    cloud.sign_in()
    send = {"headers": {"idempotency-key": "key-00000001"}}
    first = cloud.call("POST", "/api/agent/register", registration(wallet=WALLET), **send)
    assert cloud.call("POST", "/api/agent/register", registration(wallet=WALLET), **send) == first

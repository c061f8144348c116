"""Register, Status and Authorize as they are wired for the cloud, over an AWS in memory."""

import importlib
import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import boto3
import pytest

from dutchbook.adapters import aws
from dutchbook.domain.secret import Secret
from dutchbook.entry import siwe
from dutchbook.entry.bootstrap import authorize as authorize_parts
from dutchbook.entry.bootstrap import register as register_parts
from dutchbook.entry.bootstrap import status as status_parts
from dutchbook.usecases.sign_in import SignInMessage
from local.template import REGION
from tests.support.api import POLICY, LambdaContext, http_event
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
    "CURSOR_SECRET_ID": "cursor",
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
        self.calls: dict[str, set[tuple[str, str]]] = defaultdict(set)
        """By function: (action, resource) of every request to AWS."""
        self._running = ""

    def call(self, method, path, body=None, **how):
        event = http_event(method, path, body, wallet=None, **how)
        verdict = self._run("authorize", event | {"identitySource": [f"Bearer {self.token}"]})
        if verdict["isAuthorized"]:
            event["requestContext"]["authorizer"] = {"lambda": verdict["context"]}
        result = self._run("status" if method == "GET" else "register", event)
        return result["statusCode"], json.loads(result.get("body") or "null")

    def _run(self, function, event):
        self._running = function
        try:
            return self.functions[function].handler(event, LambdaContext())
        finally:
            self._running = ""

    def note(self, params, model, **_):
        """botocore's hook before each request: a transaction counts as its parts, as IAM sees it."""
        if self._running:
            service = model.service_model.service_name
            self.calls[self._running] |= set(_actions(service, model.name, params))

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


@contextmanager
def open_cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """Tables and token keys as in the template, and functions that have just started."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with fake_aws():
        for name in ("token", "cursor"):
            secret = json.dumps({"kid": "k1", "current": name[0] * 64})
            boto3.client("secretsmanager").create_secret(Name=name, SecretString=secret)
        for parts in PARTS:
            parts.services.cache_clear()
        cloud = Cloud()
        aws.session().register("provide-client-params.*.*", cloud.note)
        yield cloud
        for parts in PARTS:
            parts.services.cache_clear()


def _actions(service, operation, params):
    if operation == "TransactWriteItems":
        for part in params["TransactItems"]:
            ((kind, request),) = part.items()
            yield f"dynamodb:{kind}Item", request["TableName"]
    elif operation in ("BatchGetItem", "BatchWriteItem"):
        for table in params["RequestItems"]:
            yield f"dynamodb:{operation}", table
    elif service == "dynamodb":
        index = params.get("IndexName")
        yield f"dynamodb:{operation}", params["TableName"] + (f"/index/{index}" if index else "")
    else:
        yield f"{service}:{operation}", params.get("SecretId") or params["Name"]

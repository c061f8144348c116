"""What may be in a key: it goes into HTTP headers, hashes and Secrets Manager, and must fit all three."""

import pytest

from tests.support.api import Api, registration
from tests.support.builders import WALLET

PEM = "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----"
SAID = {"jurisdiction": "CH", "acceptTerms": True, "readinessOverride": "this is a test"}


@pytest.mark.parametrize(
    ("venue", "field", "value"),
    [
        ("polymarket", "privateKey", "\ud800" * 4),
        ("polymarket", "polymarketFunder", "0x\ud800"),
        ("kalshi", "kalshiApiKey", "\ud800"),
        ("kalshi", "kalshiApiSecret", PEM.format("\ud800")),
        ("kalshi", "kalshiApiSecret", PEM.format("\x00")),
        ("limitless", "limitlessApiKey", "Ж\r\nX-Evil: 1"),
        ("limitless", "limitlessApiKey", "a\r\nX-Evil:1"),
        ("limitless", "limitlessApiSecret", "１２３４"),
    ],
)
def test_a_key_is_printable_ascii_and_only_a_pem_has_lines(venue, field, value):
    api = Api()
    agent_id = api.call("POST", "/api/agent/register", registration()).body["agent_id"]
    path = f"/api/agent/{agent_id}/credentials/{venue}"
    answer = api.call("PUT", path, {field: value, **SAID}, wallet=WALLET)
    assert (answer.status, answer.fields) == (422, {field}), answer.text
    assert "printable ASCII" in answer.body["detail"]
    assert api.secrets.kept == {}


def test_text_that_utf8_cannot_write_is_refused_under_an_idempotency_key_too():
    answer = Api().call(
        "POST",
        "/api/agent/register",
        registration(privateKey="\ud800" * 4),
        headers={"idempotency-key": "key-00000009"},
    )
    assert (answer.status, answer.fields) == (422, {"privateKey"}), answer.text

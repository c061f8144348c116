"""Small ways in that were open: blanks as reasons, keys as names, characters as bytes, strangers' forms."""

import pickle

import pytest

from dutchbook.domain.secret import Secret
from dutchbook.entry.http import MAX_BODY_BYTES
from tests.support.api import Api, registration

PASTED = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"
PAIR = "pair_0123456789ABCDEF"


@pytest.fixture
def api():
    return Api()


@pytest.mark.parametrize("blank", ["", " ", "\t\n", "\u00a0"])
def test_a_blank_is_no_reason(api, blank):
    answer = api.call("POST", f"/api/pairs/{PAIR}/reject", {"reason": blank}, operator=True)
    assert (answer.status, answer.fields) == (422, {"reason"})


def test_a_blank_overrides_nothing(api):
    agent_id = api.call("POST", "/api/agent/register", registration()).body["agent_id"]
    said = {"jurisdiction": "CH", "acceptTerms": True, "privateKey": "11" * 32}
    path = f"/api/agent/{agent_id}/credentials/polymarket"
    with_blank = api.call("PUT", path, {**said, "readinessOverride": " "})
    without = api.call("PUT", path, said)
    assert (with_blank.status, with_blank.text) == (without.status, without.text)


@pytest.mark.parametrize(
    "body",
    [
        registration(**{PASTED: "x"}),
        registration(platforms={"kalshi": True, PASTED: True}),
        registration(strategyParams={PASTED: 1}),
    ],
)
def test_a_key_pasted_as_a_name_is_not_said_again(api, body):
    answer = api.call("POST", "/api/agent/register", body)
    assert answer.status == 422
    assert PASTED not in answer.text


def test_a_body_is_measured_in_bytes(api):
    name = "ж" * (MAX_BODY_BYTES // 2)
    assert len(name) < MAX_BODY_BYTES
    body = '{"wallet": "' + name + '"}'
    assert api.call("POST", "/api/agent/register", body).status == 413


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"/api/pairs/{PAIR}/approve"),
        ("POST", "/api/pairs/nonsense/reject"),
        ("POST", "/api/rulings"),
        ("POST", "/api/trade/nonsense/resolve"),
        ("PUT", "/api/control"),
    ],
)
@pytest.mark.parametrize("body", [None, {}, {"nonsense": 1}, "[", "x" * (MAX_BODY_BYTES + 1)])
def test_who_is_no_operator_is_told_so_whatever_he_sends(api, method, path, body):
    assert api.call(method, path, body).status == 403
    assert api.call(method, path, body, wallet=None).status == 401


def test_a_secret_hands_out_no_state():
    secret = Secret(PASTED)
    for ask in (secret.__getstate__, lambda: pickle.dumps(secret)):
        with pytest.raises(TypeError) as refused:
            ask()
        assert PASTED not in str(refused.value)

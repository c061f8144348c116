"""Idempotency-Key: every POST of a wallet is done once, and answers again what it answered."""

import pytest

from dutchbook.domain.errors import StoreUnavailable
from dutchbook.domain.venue import Venue
from dutchbook.usecases.once import KEPT_SECONDS
from tests.support.api import Api, registration
from tests.support.builders import WALLET
from tests.support.markets import a_market, a_pair

REGISTER = "/api/agent/register"
KEY = {"idempotency-key": "key-00000001"}


@pytest.fixture
def api():
    return Api()


def register(api, **how):
    return api.call("POST", REGISTER, registration(), headers=KEY, **how)


def test_a_switch_sent_twice_under_one_key_answers_twice_the_same(api):
    agent_id = register(api).body["agent_id"]
    for path, body in (
        ("/api/agent/activate", {"agent_id": agent_id}),
        (f"/api/agent/{agent_id}/pause", None),
        ("/api/agent/deactivate", {"agent_id": agent_id}),
    ):
        first = api.call("POST", path, body, headers=KEY)
        again = api.call("POST", path, body, headers=KEY)
        assert (first.status, again.status, again.text) == (200, 200, first.text)
        assert {k.lower(): v for k, v in again.headers.items()} == {
            k.lower(): v for k, v in first.headers.items()
        }
    assert api.call("POST", "/api/agent/deactivate", {"agent_id": agent_id}).status == 409


def test_an_operators_word_counts_once(api):
    markets = [a_market(Venue.KALSHI), a_market(Venue.POLYMARKET)]
    api.markets.put_markets(markets)
    pair = a_pair(*markets)
    api.markets.put_pair(pair)
    path = f"/api/pairs/{pair.pair_id}/reject"
    first = api.call("POST", path, {"reason": "no"}, headers=KEY, operator=True)
    assert api.call("POST", path, {"reason": "no"}, headers=KEY, operator=True).text == first.text
    assert api.call("POST", path, {"reason": "yes"}, headers=KEY, operator=True).status == 409
    assert first.status == 200


def test_a_key_is_no_way_around_the_operators_gate(api):
    path, body = "/api/rulings", {"market": "kalshi:A", "yes_pays": "1", "reason": "read"}
    assert api.call("POST", path, body, headers=KEY, operator=True).status == 200
    assert api.call("POST", path, body, headers=KEY, wallet="0x" + "cd" * 20).status == 403
    assert api.call("POST", path, body, headers=KEY, wallet=None).status == 401


def test_what_is_done_and_cannot_be_noted_is_never_done_again(api, monkeypatch):
    def down(*_: object) -> None:
        raise StoreUnavailable("guards: Throttling")

    monkeypatch.setattr(api.replays, "finish", down)
    first = register(api)
    assert first.status == 201
    for seconds in (0, 61, KEPT_SECONDS - 62):
        api.clock.ms += seconds * 1000
        assert register(api).status == 409
    assert len(api.agents.agents) == 1


def test_a_request_that_failed_may_be_sent_again_as_it_was(api, monkeypatch):
    def down(*_: object) -> None:
        raise StoreUnavailable("ledger: Throttling")

    with monkeypatch.context() as patch:
        patch.setattr(api.agents, "add", down)
        assert register(api).status == 503
    assert register(api).status == 201


def test_signing_in_needs_no_key_and_minds_none(api):
    first = api.call("POST", "/api/auth/nonce", wallet=None, headers=KEY)
    assert api.call("POST", "/api/auth/nonce", wallet=None, headers=KEY).body["nonce"] != first.body["nonce"]
    assert WALLET not in str(api.replays.kept)

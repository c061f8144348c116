"""Credentials under failures, races and real money: none is orphaned, none untested is verified."""

from dataclasses import replace

import pytest

from dutchbook.domain.agent import AgentState, Mode
from dutchbook.domain.errors import StoreUnavailable
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import ONE
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.ledger import Position
from dutchbook.usecases.manage_credentials import Login
from tests.support.api import Api, registration
from tests.support.builders import a_trade
from tests.unit.register.test_credentials import (
    EVERYWHERE,
    KALSHI,
    KEY_ID,
    OTHER_ACCOUNT,
    OTHER_KEY_ID,
    POLYMARKET,
    SAID,
    WALLET,
    log_in,
    new_agent,
    put,
    status,
)


@pytest.fixture
def api():
    return Api()


@pytest.fixture
def agent_id(api):
    return new_agent(api)


def failing(store, name, monkeypatch, *, after):
    """Lets one write of a store do its work, or not, and then fail."""
    inner = getattr(store, name)

    def fail(*args):
        monkeypatch.undo()
        if after:
            inner(*args)
        raise StoreUnavailable("throttled")

    monkeypatch.setattr(store, name, fail)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("store", "name"), [("credentials", "put"), ("secrets", "put"), ("agents", "add")])
def test_a_registration_that_fails_half_way_leaves_nothing_that_its_owner_cannot_remove(
    api, store, name, after, monkeypatch
):
    failing(getattr(api, store), name, monkeypatch, after=after)
    body = registration(wallet=WALLET, platforms=EVERYWHERE, **POLYMARKET, **KALSHI, **SAID)
    assert api.call("POST", "/api/agent/register", body, wallet=WALLET).status == 503
    for agent in api.call("GET", "/api/agents", wallet=WALLET).body["items"]:
        assert api.call("DELETE", f"/api/agent/{agent['agent_id']}", wallet=WALLET).status == 204
    assert (api.agents.agents, api.secrets.kept, api.credentials.kept) == ({}, {}, {})
    assert api.call("POST", "/api/agent/register", body, wallet=WALLET).status == 201


def test_no_secret_is_ever_without_its_stub(api, agent_id, monkeypatch):
    failing(api.secrets, "put", monkeypatch, after=True)
    assert put(api, agent_id, "kalshi", KALSHI).status == 503
    assert status(api, agent_id)["credentials"][0]["verified_at"] is None
    failing(api.secrets, "delete", monkeypatch, after=False)
    path = f"/api/agent/{agent_id}/credentials/kalshi"
    assert api.call("DELETE", path, wallet=WALLET).status == 503
    # the stub is gone, the secret is not: asking again takes it, and so does removing the agent
    assert api.call("DELETE", path, wallet=WALLET).status == 404
    assert api.secrets.kept == {}


def test_a_setting_that_a_removal_overtakes_leaves_no_secret(api, agent_id, monkeypatch):
    inner = api.secrets.put

    def overtaken(*args):
        monkeypatch.undo()
        path = f"/api/agent/{agent_id}/credentials/kalshi"
        assert api.call("DELETE", path, wallet=WALLET).status == 204
        inner(*args)

    monkeypatch.setattr(api.secrets, "put", overtaken)
    assert put(api, agent_id, "kalshi", KALSHI).status == 409
    assert api.secrets.kept == {}


def hold(api, agent_id, *, simulated):
    market = MarketKey(Venue.KALSHI, "KXRAIN-26")
    held = Position(agent_id, market, Outcome.YES, 12 * ONE, 5 * ONE, simulated=simulated)
    api.agents.books[agent_id, simulated].positions[market, Outcome.YES] = held


def trade_under_way(api, agent_id, *, simulated):
    agent = api.agents.agents[agent_id]
    api.agents.agents[agent_id] = replace(agent, state=AgentState.ACTIVE)
    mode = Mode.DEMO if simulated else Mode.LIVE
    api.ledger.reserve(replace(a_trade("trd_now", agent_id), simulated=simulated, mode=mode), agent.limits)


def live(api, agent_id):
    api.agents.agents[agent_id] = replace(api.agents.agents[agent_id], mode=Mode.LIVE)


IN_THE_WAY = {
    "a live position": lambda api, agent_id: hold(api, agent_id, simulated=False),
    "live trade trd_now": lambda api, agent_id: trade_under_way(api, agent_id, simulated=False),
    "demo first": live,
}


@pytest.mark.parametrize("needed", IN_THE_WAY)
def test_the_only_key_to_real_money_is_neither_removed_nor_replaced_by_another_accounts(
    api, agent_id, needed
):
    put(api, agent_id, "kalshi", KALSHI)
    log_in(api, agent_id)
    IN_THE_WAY[needed](api, agent_id)
    removal = api.call("DELETE", f"/api/agent/{agent_id}/credentials/kalshi", wallet=WALLET)
    for answer in (removal, put(api, agent_id, "kalshi", OTHER_ACCOUNT)):
        assert (answer.status, needed in answer.body["detail"]) == (409, True), answer.text
    assert api.secrets.kept[agent_id, Venue.KALSHI]["kalshiApiKey"].reveal() == KEY_ID
    assert api.agents.agents[agent_id].credentials == (Venue.KALSHI,)
    # a new key of the same account takes nothing away
    assert put(api, agent_id, "kalshi", KALSHI).status == 200


def test_simulated_money_keeps_no_key(api, agent_id):
    put(api, agent_id, "kalshi", KALSHI)
    hold(api, agent_id, simulated=True)
    trade_under_way(api, agent_id, simulated=True)
    assert put(api, agent_id, "kalshi", OTHER_ACCOUNT).status == 200
    assert api.call("DELETE", f"/api/agent/{agent_id}/credentials/kalshi", wallet=WALLET).status == 204


def verified(api, agent_id):
    stub = api.credentials.kept.get((agent_id, Venue.KALSHI))
    return (Venue.KALSHI in api.agents.agents[agent_id].credentials, bool(stub and stub.verified_at))


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda api, agent_id: put(api, agent_id, "kalshi", KALSHI),
        lambda api, agent_id: put(api, agent_id, "kalshi", OTHER_ACCOUNT),
        lambda api, agent_id: api.call("DELETE", f"/api/agent/{agent_id}/credentials/kalshi", wallet=WALLET),
    ],
)
def test_a_key_that_is_set_while_another_is_tested_does_not_count_as_verified(api, agent_id, meanwhile):
    put(api, agent_id, "kalshi", KALSHI)
    log_in_to_venue = api.verify

    def slow(venue, fields):
        api.verify = log_in_to_venue
        assert meanwhile(api, agent_id).status in (200, 204)
        return log_in_to_venue(venue, fields)

    api.verify = slow
    assert log_in(api, agent_id).status == 409
    assert verified(api, agent_id) == (False, False)


def test_a_secret_of_another_setting_than_the_stubs_is_not_tested(api, agent_id):
    """Two settings at once: the stub of one and the secret of the other were written last."""
    put(api, agent_id, "kalshi", KALSHI)
    older = api.secrets.kept[agent_id, Venue.KALSHI]
    put(api, agent_id, "kalshi", KALSHI)
    api.secrets.kept[agent_id, Venue.KALSHI] = older
    answer = log_in(api, agent_id)
    assert (answer.status, "set them again" in answer.body["detail"]) == (409, True)
    assert verified(api, agent_id) == (False, False)


def test_a_login_to_another_account_than_the_one_named_verifies_nothing(api, agent_id):
    put(api, agent_id, "kalshi", KALSHI)
    api.verify = lambda _venue, _fields: Login(OTHER_KEY_ID, 1)
    assert log_in(api, agent_id).status == 422
    assert verified(api, agent_id) == (False, False)
    assert api.agents.accounts == {}


def test_credentials_are_not_read_when_the_read_cannot_be_written_down(api, agent_id, monkeypatch):
    put(api, agent_id, "kalshi", KALSHI)
    read = []

    def away(*_args):
        raise StoreUnavailable("throttled")

    monkeypatch.setattr(api.agents, "write_audit", away)
    monkeypatch.setattr(api.secrets, "get", lambda *asked: read.append(asked))
    assert log_in(api, agent_id).status == 503
    assert read == []

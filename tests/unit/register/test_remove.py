"""Removing an agent: its keys go, its records stay, and nothing that it holds is forgotten."""

from dataclasses import replace

import pytest

from dutchbook.domain.agent import AgentState
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import ONE
from dutchbook.domain.secret import Secret
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.ledger import Position
from tests.support.api import Api, registration
from tests.support.builders import WALLET, a_trade
from venues.crypto import EthereumSigner

KEY = "11" * 32
OWNER = EthereumSigner(Secret(KEY)).address.lower()
STORED = {"privateKey": KEY, "jurisdiction": "CH", "acceptTerms": True, "readinessOverride": "a test"}
MARKET = MarketKey(Venue.KALSHI, "KXRAIN-26")


@pytest.fixture
def api():
    return Api()


@pytest.fixture
def agent_id(api):
    """With verified credentials on Polymarket."""
    body = registration(wallet=OWNER)
    agent_id = api.call("POST", "/api/agent/register", body, wallet=OWNER).body["agent_id"]
    path = f"/api/agent/{agent_id}/credentials/polymarket"
    assert api.call("PUT", path, STORED, wallet=OWNER).status == 200
    assert api.call("POST", f"{path}/test", wallet=OWNER).status == 200
    return agent_id


def remove(api, agent_id, wallet=OWNER, **query):
    return api.call("DELETE", f"/api/agent/{agent_id}", wallet=wallet, query=query)


def hold(api, agent_id, *, simulated):
    book = api.agents.books[agent_id, simulated]
    held = Position(agent_id, MARKET, Outcome.YES, 12 * ONE, 5 * ONE, simulated=simulated)
    book.positions[MARKET, Outcome.YES] = held


def is_untouched(api, agent_id):
    return agent_id in api.agents.agents and (agent_id, Venue.POLYMARKET) in api.secrets.kept


def test_an_agent_is_gone_with_its_keys_and_its_accounts_are_free(api, agent_id):
    assert remove(api, agent_id).status == 204
    assert api.secrets.kept == {}
    assert api.credentials.kept == {}
    assert api.agents.accounts == {}
    assert api.call("GET", f"/api/agent/status/{agent_id}", wallet=OWNER).status == 404
    assert api.call("GET", "/api/agents", wallet=OWNER).body["items"] == []
    assert remove(api, agent_id).status == 404


def test_who_removed_it_stays_written(api, agent_id):
    remove(api, agent_id)
    written = [(entry.action, entry.actor) for entry in api.agents.entries[agent_id]]
    assert ("credentials.delete", OWNER) in written
    assert written[-1] == ("remove", OWNER)


@pytest.mark.parametrize("state", [AgentState.ACTIVE, AgentState.PAUSED])
@pytest.mark.parametrize("query", [{}, {"handOver": "true"}])
def test_an_agent_that_runs_is_deactivated_first(api, agent_id, state, query):
    api.agents.agents[agent_id] = replace(api.agents.agents[agent_id], state=state)
    answer = remove(api, agent_id, **query)
    assert answer.status == 409
    assert "deactivate it first" in answer.body["detail"]
    assert is_untouched(api, agent_id)


@pytest.mark.parametrize("query", [{}, {"handOver": "true"}])
def test_a_trade_under_way_is_named_and_waited_for(api, agent_id, query):
    agent = api.agents.agents[agent_id]
    api.agents.agents[agent_id] = replace(agent, state=AgentState.ACTIVE)
    api.ledger.reserve(a_trade("trd_under_way", agent_id), agent.limits)
    api.agents.agents[agent_id] = agent
    answer = remove(api, agent_id, **query)
    assert answer.status == 409
    assert "trd_under_way" in answer.body["detail"]
    assert is_untouched(api, agent_id)


def test_real_positions_are_named_until_the_owner_takes_them_over(api, agent_id):
    hold(api, agent_id, simulated=False)
    answer = remove(api, agent_id)
    assert answer.status == 409
    assert "12 YES of kalshi:KXRAIN-26" in answer.body["detail"]
    assert is_untouched(api, agent_id)
    assert remove(api, agent_id, handOver="true").status == 204
    assert api.secrets.kept == {}
    last = api.agents.entries[agent_id][-1]
    assert last.detail["handed_over"] == "12 YES of kalshi:KXRAIN-26"


def test_simulated_positions_keep_nobody(api, agent_id):
    hold(api, agent_id, simulated=True)
    assert remove(api, agent_id).status == 204


def test_a_halted_agent_is_looked_at_first_or_taken_over(api, agent_id):
    halted = replace(api.agents.agents[agent_id], state=AgentState.HALTED, state_reason="quarantined")
    api.agents.agents[agent_id] = halted
    assert remove(api, agent_id).status == 409
    assert is_untouched(api, agent_id)
    assert remove(api, agent_id, handOver="true").status == 204


def test_another_wallets_agent_is_none(api, agent_id):
    assert remove(api, agent_id, wallet=WALLET).status == 404
    assert is_untouched(api, agent_id)


def test_a_removal_that_died_half_way_can_be_repeated(api, agent_id):
    inner = api.agents.remove

    def dying(*_args):
        api.agents.remove = inner
        raise RuntimeError("the Lambda died")

    api.agents.remove = dying
    assert remove(api, agent_id).status == 500
    assert api.secrets.kept == {}
    assert remove(api, agent_id).status == 204

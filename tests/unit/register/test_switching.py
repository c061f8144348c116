"""Activate, deactivate, pause, edit: only from the states that allow it, only by the owner."""

from dataclasses import replace

import pytest

from dutchbook.domain.agent import AgentState
from dutchbook.domain.market import MarketKey
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.ledger import Position
from tests.support.api import Api, registration

OTHER = "0x" + "cd" * 20
NOBODY = "agt_" + "0" * 26


@pytest.fixture
def api():
    return Api()


@pytest.fixture
def agent_id(api):
    return api.call("POST", "/api/agent/register", registration()).body["agent_id"]


def switch(api, what, agent_id, **how):
    return api.call("POST", f"/api/agent/{what}", {"agent_id": agent_id}, **how)


def test_activate_then_deactivate(api, agent_id):
    assert switch(api, "activate", agent_id).body["state"] == "active"
    assert api.agents.agents[agent_id].state is AgentState.ACTIVE
    assert switch(api, "deactivate", agent_id).body["state"] == "inactive"


def test_activating_twice_is_a_conflict(api, agent_id):
    switch(api, "activate", agent_id)
    answer = switch(api, "activate", agent_id)
    assert answer.status == 409
    assert "active" in answer.body["detail"]
    assert api.agents.agents[agent_id].version == 2


def test_deactivating_what_does_not_run_is_a_conflict(api, agent_id):
    assert switch(api, "deactivate", agent_id).status == 409


def test_pause_needs_a_running_agent_and_activate_ends_it(api, agent_id):
    path = f"/api/agent/{agent_id}/pause"
    assert api.call("POST", path).status == 409
    switch(api, "activate", agent_id)
    assert api.call("POST", path).body["state"] == "paused"
    assert switch(api, "activate", agent_id).status == 200


def test_a_halted_agent_stays_halted_until_an_operator_has_looked(api, agent_id):
    stopped = replace(api.agents.agents[agent_id], state=AgentState.HALTED, state_reason="leg lost")
    api.agents.agents[agent_id] = stopped
    for what in ("activate", "deactivate"):
        answer = switch(api, what, agent_id)
        assert answer.status == 409
        assert "leg lost" in answer.body["detail"]
    assert api.agents.agents[agent_id] == stopped


@pytest.mark.parametrize("what", ["activate", "deactivate"])
def test_an_unknown_agent_and_another_wallets_answer_alike(api, agent_id, what):
    unknown = switch(api, what, NOBODY)
    others = switch(api, what, agent_id, wallet=OTHER)
    assert (unknown.status, others.status) == (404, 404)
    assert unknown.text.replace(NOBODY, agent_id) == others.text


@pytest.mark.parametrize("agent_id", [None, "", "agt_1", 7, "agt_" + "0" * 26 + "\n", "trd_" + "0" * 26])
def test_a_thing_that_is_no_agent_id_is_named(api, agent_id):
    answer = switch(api, "activate", agent_id)
    assert (answer.status, answer.fields) == (422, {"agent_id"})


def test_an_edit_names_the_version_it_saw(api, agent_id):
    path = f"/api/agent/{agent_id}"
    answer = api.call("PATCH", path, {"version": 1, "maxPosition": 250, "minProfit": "3.5"})
    assert (answer.status, answer.body["version"]) == (200, 2)
    limits = api.agents.agents[agent_id].limits
    assert (limits.max_position, limits.min_profit, limits.max_trades) == (250_000_000, 35_000, 50)
    assert api.call("PATCH", path, {"version": 1, "maxPosition": 300}).status == 409
    assert api.agents.agents[agent_id].limits == limits


def test_an_edit_is_checked_like_a_registration(api, agent_id):
    path = f"/api/agent/{agent_id}"
    for body, field in [
        ({"version": 1, "maxPosition": 5}, "maxPosition"),
        ({"version": 1, "wallet": OTHER}, "wallet"),
        ({"maxPosition": 50}, "version"),
        ({"version": 1}, "body"),
        ({"version": 1, "mode": "live"}, "mode"),
    ]:
        answer = api.call("PATCH", path, body)
        assert (answer.status, answer.fields) == (422, {field})
    assert api.call("PATCH", path, {"version": 1, "maxTrades": 5}, wallet=OTHER).status == 404
    assert api.agents.agents[agent_id].version == 1


def test_parameters_of_a_strategy_are_edited_as_a_whole(api):
    tuned = registration(strategy="momentum", strategyParams={"window": 20, "band": 2})
    agent_id = api.call("POST", "/api/agent/register", tuned).body["agent_id"]
    path = f"/api/agent/{agent_id}"
    assert api.call("PATCH", path, {"version": 1, "strategyParams": {"window": "30"}}).status == 200
    assert api.agents.agents[agent_id].strategy_params == {"window": "30"}
    assert api.call("PATCH", path, {"version": 2, "maxTrades": 9}).status == 200
    assert api.agents.agents[agent_id].strategy_params == {"window": "30"}
    answer = api.call("PATCH", path, {"version": 3, "strategyParams": {"window": 0}})
    assert (answer.status, answer.fields) == (422, {"strategyParams.window"})


def hold(api, agent_id):
    key = MarketKey(Venue.KALSHI, "RAIN")
    api.agents.books[agent_id, True].positions[key, Outcome.YES] = Position(
        agent_id, key, Outcome.YES, 10_000_000, 4_000_000
    )


def test_close_sells_what_is_held_until_the_owner_thinks_otherwise(api, agent_id):
    hold(api, agent_id)
    switch(api, "activate", agent_id)
    path = f"/api/agent/{agent_id}/close"
    assert api.call("POST", path).body["state"] == "closing"
    assert api.call("POST", path).status == 409
    assert switch(api, "activate", agent_id).body["state"] == "active"


def test_close_of_an_agent_that_holds_nothing_just_stops_it(api, agent_id):
    switch(api, "activate", agent_id)
    assert api.call("POST", f"/api/agent/{agent_id}/close").body["state"] == "inactive"


def test_close_is_the_owners(api, agent_id):
    path = f"/api/agent/{agent_id}/close"
    assert api.call("POST", path, wallet=OTHER).status == 404
    assert api.call("POST", path.replace(agent_id, NOBODY)).status == 404


def test_a_halted_agent_is_not_closed_by_its_owner(api, agent_id):
    hold(api, agent_id)
    api.agents.set_state(agent_id, list(AgentState), AgentState.HALTED, "a leg lost", "execute_pair")
    assert api.call("POST", f"/api/agent/{agent_id}/close").status == 409

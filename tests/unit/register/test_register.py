"""Registering: what is wrong is named, and nothing is written; what is right is stored exactly."""

import json
from dataclasses import replace

import pytest

from dutchbook.domain.agent import AgentState, Mode
from dutchbook.domain.venue import Venue
from tests.support.api import Api, registration
from tests.support.builders import WALLET

# EIP-55's own example address
CHECKSUMMED = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
PATH = "/api/agent/register"


@pytest.fixture
def api():
    return Api()


def refused(api, body, *fields):
    answer = api.call("POST", PATH, body)
    assert answer.status == 422, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.fields == set(fields)
    assert api.agents.agents == {}
    assert api.agents.entries == {}
    return answer


def test_a_valid_registration_is_stored_inactive_in_demo_with_exact_limits(api):
    answer = api.call("POST", PATH, registration(minProfit="0.1", maxPosition=100.25))
    assert answer.status == 201
    assert answer.body["success"] is True
    assert answer.body["mode"] == "demo"
    assert answer.headers["Location"] == f"/api/agent/status/{answer.body['agent_id']}"
    agent = api.agents.agents[answer.body["agent_id"]]
    assert agent.state is AgentState.INACTIVE
    assert agent.mode is Mode.DEMO
    assert agent.wallet == WALLET
    assert agent.platforms == (Venue.POLYMARKET, Venue.KALSHI)
    assert agent.limits.max_position == 100_250_000
    assert agent.limits.min_profit == 1_000
    assert agent.limits.stop_loss == 50_000
    # maxDailyLoss left out: maxPosition x stopLoss
    assert agent.limits.max_daily_loss == 5_012_500
    assert agent.limits.max_days == 180
    assert api.agents.budgets(agent.agent_id, simulated=True)[Venue.KALSHI].available == 1_000_000_000


@pytest.mark.parametrize(
    "field",
    ["wallet", "platforms", "strategy", "maxPosition", "minProfit", "maxTrades", "stopLoss"],
)
@pytest.mark.parametrize("value", [None, [], {"a": 1}, True, "nonsense", "NaN", -1])
def test_each_field_is_refused_by_name_when_missing_or_of_the_wrong_kind(api, field, value):
    if (field, value) == ("platforms", {"a": 1}):
        refused(api, registration(platforms=value), "platforms.a")
    else:
        refused(api, registration(**{field: value}), field)


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", "1e400", "0.0000001"])
@pytest.mark.parametrize("field", ["maxPosition", "minProfit", "stopLoss", "maxDailyLoss"])
def test_numbers_that_are_no_amounts_are_refused_by_name(api, field, literal):
    body = json.dumps(registration(**{field: 12345.5})).replace("12345.5", literal)
    refused(api, body, field)


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("maxPosition", [10, 10_000, "10", "9999.999999"], [9.999999, 10_000.000001, 0, "1e3", "+50", " 50"]),
        ("minProfit", [0.1, 50, "0.1001"], [0.0999, 50.0001, 0, "0.10001"]),
        ("maxTrades", [1, 500], [0, 501, 1.5, "50", 50.0]),
        ("stopLoss", [0.0001, 100], [0, 100.0001, -5]),
        ("maxDailyLoss", ["0.01", 10_000], [0, 10_001]),
        ("maxDays", [1, 3650], [0, 3651, "7", 1.5]),
        ("mode", ["demo"], ["paper", "", 1, "LIVE"]),
        ("budgets", [{"kalshi": "25"}, {}], [7, [], "x"]),
    ],
)
def test_bounds_are_where_the_contract_puts_them(field, good, bad):
    for value in good:
        assert Api().call("POST", PATH, registration(**{field: value})).status == 201, (field, value)
    for value in bad:
        refused(Api(), registration(**{field: value}), field)


def test_an_unknown_field_is_refused_rather_than_ignored(api):
    refused(api, registration(max_position=50), "max_position")
    refused(api, registration(leverage=2), "leverage")


def test_several_wrong_fields_are_all_named_at_once(api):
    refused(api, registration(maxTrades=0, stopLoss=0, mode="x"), "maxTrades", "stopLoss", "mode")


def test_at_least_one_platform_is_chosen(api):
    refused(api, registration(platforms={}), "platforms")
    refused(api, registration(platforms={"kalshi": False}), "platforms")
    refused(api, registration(platforms={"kalshi": "yes"}), "platforms.kalshi")
    refused(api, registration(platforms=["kalshi"]), "platforms")


@pytest.mark.parametrize("strategy", ["momentum", "mean-reversion"])
def test_a_directional_strategy_keeps_what_is_tuned_of_it(api, strategy):
    body = registration(strategy=strategy, strategyParams={"window": 45, "takeProfit": "7.50"})
    answer = api.call("POST", "/api/agent/register", body)
    assert answer.status == 201
    agent = api.agents.agents[answer.body["agent_id"]]
    assert (agent.strategy, agent.strategy_params) == (strategy, {"takeProfit": "7.5", "window": "45"})


def test_a_parameter_out_of_bounds_or_of_another_strategy_is_named(api):
    tuned = registration(strategy="momentum", strategyParams={"window": 1})
    refused(api, tuned, "strategyParams.window")
    refused(api, registration(strategyParams={"window": 15}), "strategyParams.window")
    refused(api, registration(strategy="momentum", strategyParams={"entryZ": 2}), "strategyParams.entryZ")
    assert api.call("POST", "/api/agent/register", registration(strategyParams=[1])).status == 422


def test_an_unknown_strategy_is_told_the_known_ones(api):
    assert "arbitrage" in refused(api, registration(strategy="martingale"), "strategy").body["detail"]


def test_a_budget_is_for_a_chosen_platform(api):
    refused(api, registration(budgets={"limitless": 5}), "budgets.limitless")
    refused(api, registration(budgets={"kalshi": -5}), "budgets.kalshi")


def test_a_live_agent_needs_credentials_first(api):
    answer = refused(api, registration(mode="live"), "mode")
    assert "credentials" in answer.body["detail"]


def test_the_wallet_is_lower_case_or_checksummed_and_the_one_that_signed_in(api):
    owner = CHECKSUMMED.lower()
    for wallet in (CHECKSUMMED, owner):
        answer = api.call("POST", PATH, registration(wallet=wallet), wallet=owner)
        assert answer.status == 201
        assert api.agents.agents[answer.body["agent_id"]].wallet == owner
    api = Api()
    for wallet in (
        CHECKSUMMED.replace("A", "a", 1),
        "0x" + owner[2:].upper(),
        CHECKSUMMED[:-1],
        CHECKSUMMED + "0",
        "0X" + owner[2:],
        owner[2:],
        owner + "\n",
    ):
        answer = api.call("POST", PATH, registration(wallet=wallet), wallet=owner)
        assert (answer.status, answer.fields) == (422, {"wallet"}), wallet
    refused(api, registration(wallet=owner), "wallet")


@pytest.mark.parametrize(
    "body",
    [
        "",
        " ",
        "{",
        "not json",
        "[]",
        "[{}]",
        "null",
        "7",
        '"text"',
        '{"a":1,"a":2}',
        "[" * 100_000,
        '{"maxPosition":' + "9" * 5_000 + "}",
        "\ufeff{}",
    ],
)
def test_a_body_that_is_no_json_object_is_malformed(api, body):
    answer = api.call("POST", PATH, body)
    expected = 413 if len(body) > 65_536 else 400
    assert (answer.status, answer.fields) == (expected, {"body"})
    assert api.agents.agents == {}


def test_another_media_type_is_refused(api):
    for kind in (
        "text/plain",
        "multipart/form-data",
        "application/x-www-form-urlencoded",
        "application/jsonp",
    ):
        answer = api.call("POST", PATH, registration(), headers={"content-type": kind})
        assert (answer.status, answer.fields) == (415, {"body"}), kind
    answer = api.call(
        "POST", PATH, registration(), headers={"content-type": "application/json; charset=utf-8"}
    )
    assert answer.status == 201


def test_no_answer_repeats_what_was_sent(api):
    secret = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"
    answer = api.call("POST", PATH, registration(wallet=secret, stopLoss=secret, strategy=secret))
    assert secret not in answer.text


def test_without_the_authorizer_nobody_is_let_in(api):
    answer = api.call("POST", PATH, registration(), wallet=None)
    assert answer.status == 401
    assert api.agents.agents == {}


def send(api, key, wallet=WALLET, **changes):
    body = registration(wallet=wallet, **changes)
    return api.call("POST", PATH, body, wallet=wallet, headers={"idempotency-key": key})


def test_the_same_idempotency_key_and_body_register_one_agent(api):
    first, again = send(api, "key-00000001"), send(api, "key-00000001")
    assert (first.status, again.text) == (201, first.text)
    assert len(api.agents.agents) == 1
    assert send(api, "key-00000002").body["agent_id"] != first.body["agent_id"]
    other = send(api, "key-00000001", wallet="0x" + "cd" * 20)
    assert other.body["agent_id"] != first.body["agent_id"]


def test_an_idempotency_key_is_for_one_request(api):
    send(api, "key-00000001")
    assert send(api, "key-00000001", maxPosition=200).status == 409
    assert len(api.agents.agents) == 1


def test_a_refused_request_leaves_its_key_free(api):
    assert send(api, "key-00000001", strategy="martingale").status == 422
    assert send(api, "key-00000001").status == 201


def test_a_request_under_way_is_not_done_twice(api):
    send(api, "key-00000001")
    ((key, (until, before)),) = api.replays.kept.items()
    api.replays.kept[key] = (until, replace(before, answer=""))
    assert send(api, "key-00000001").status == 409


@pytest.mark.parametrize("key", ["short", "x" * 129, "has space!", "ümlaut-key"])
def test_an_idempotency_key_has_a_plain_form(api, key):
    answer = send(api, key)
    assert (answer.status, {name.lower() for name in answer.fields}) == (422, {"idempotency-key"})


def test_a_wallet_has_at_most_fifty_agents(api):
    for _ in range(50):
        assert api.call("POST", PATH, registration()).status == 201
    answer = api.call("POST", PATH, registration())
    assert (answer.status, "at most 50" in answer.body["detail"]) == (409, True)
    gone = next(iter(api.agents.agents))
    assert api.call("DELETE", f"/api/agent/{gone}").status == 204
    assert api.call("POST", PATH, registration()).status == 201

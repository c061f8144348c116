"""Every route has a sample event, and the very handlers that Lambda runs answer it as promised."""

import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import pytest

from dutchbook.domain.agent import AgentState
from dutchbook.domain.pair import PairStatus
from dutchbook.domain.venue import Venue
from dutchbook.entry.bootstrap import register as register_parts
from dutchbook.entry.bootstrap import status as status_parts
from tests.support.api import Api, LambdaContext
from tests.support.builders import a_trade, an_agent
from tests.support.markets import a_market, a_pair

ROOT = Path(__file__).parents[2]
WALLET = "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"
AGENT = "agt_01KAQSM8000000000000000001"
TRADE = "trd_01KAQSM8000000000000000001"
PAIR = "pair_0000000000000001"
EVENTS = {
    path.stem: json.loads(path.read_text())
    for path in sorted((ROOT / "events").glob("*.json"))
    if "http" in json.loads(path.read_text()).get("requestContext", {}) and path.stem != "authorize"
}
# samples hold no real signature or key, and the agent has no credentials to remove
EXPECTED = {
    "register": 201,
    "auth_verify": 422,
    "credentials_set": 422,
    "credentials_delete": 404,
    "credentials_test": 404,
    "remove": 409,  # a trade of the agent is under way
    "trade_resolve": 409,  # and not quarantined
}


def handler_module(name):
    spec = importlib.util.spec_from_file_location(f"{name}_app", ROOT / "functions" / name / "app.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


REGISTER, STATUS = handler_module("register"), handler_module("status")


@pytest.fixture
def api():
    """One agent with a trade, one proposed pair, as the sample events name them."""
    api = Api()
    api.agents.add(replace(an_agent(AGENT), wallet=WALLET))
    api.ledger.reserve(a_trade(TRADE, AGENT), api.agents.agents[AGENT].limits)
    markets = [a_market(Venue.KALSHI), a_market(Venue.POLYMARKET)]
    api.markets.put_markets(markets)
    api.markets.put_pair(replace(a_pair(*markets), pair_id=PAIR, status=PairStatus.PROPOSED))
    REGISTER.app.dependency_overrides[register_parts.services] = api.register_services
    STATUS.app.dependency_overrides[status_parts.services] = api.status_services
    yield api
    REGISTER.app.dependency_overrides.clear()
    STATUS.app.dependency_overrides.clear()


def routes(module):
    return {
        f"{route.method} {route.path.replace('<', '{').replace('>', '}')}"
        for route in [*module.app._static_routes, *module.app._dynamic_routes]
    }


def answer(event):
    module = STATUS if event["routeKey"].startswith("GET ") else REGISTER
    return module.handler(event, LambdaContext())


def test_every_route_has_an_event_and_every_event_a_route():
    assert {event["routeKey"] for event in EVENTS.values()} == routes(REGISTER) | routes(STATUS)


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_the_handler_answers_its_event(api, name):
    agent = api.agents.agents[AGENT]
    if name == "activate":
        api.agents.agents[AGENT] = replace(agent, state=AgentState.INACTIVE)
    result = answer(EVENTS[name])
    assert result["statusCode"] == EXPECTED.get(name, 200), result["body"]
    kind = "application/problem+json" if result["statusCode"] >= 400 else "application/json"
    assert result["headers"]["Content-Type"] == kind
    json.loads(result["body"])


def without_identity(event):
    context = {name: value for name, value in event["requestContext"].items() if name != "authorizer"}
    return event | {"requestContext": context}


def as_caller(event, wallet, *, operator=False):
    identity = {"lambda": {"wallet": wallet, "operator": operator, "expires_at": 2**33}}
    return event | {"requestContext": event["requestContext"] | {"authorizer": identity}}


PUBLIC = {"health", "venues", "opportunities", "stats", "auth_nonce", "auth_verify"}
OPERATORS = {"pair_approve", "pair_reject", "control", "control_set", "ruling", "trade_resolve"}
PRIVATE = sorted(set(EVENTS) - PUBLIC)


@pytest.mark.parametrize("name", PRIVATE)
def test_no_private_route_answers_without_an_identity(api, name):
    before = dict(api.agents.agents)
    assert answer(without_identity(EVENTS[name]))["statusCode"] == 401
    assert api.agents.agents == before


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_public_routes_need_none(api, name):
    assert answer(without_identity(EVENTS[name]))["statusCode"] == EXPECTED.get(name, 200)


OF_AN_OWNER = sorted({name for name in PRIVATE if "_id" in json.dumps(EVENTS[name])} - OPERATORS - {"pair"})


@pytest.mark.parametrize("name", OF_AN_OWNER)
def test_another_wallet_finds_nothing_of_this_ones(api, name):
    stranger = "0x" + "cd" * 20
    before = dict(api.agents.agents)
    result = answer(as_caller(EVENTS[name], stranger, operator=True))
    assert result["statusCode"] == 404
    assert WALLET not in result["body"]
    assert api.agents.agents == before


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_what_operators_do_is_refused_to_owners(api, name):
    assert answer(as_caller(EVENTS[name], WALLET))["statusCode"] == 403


@pytest.mark.parametrize("name", PRIVATE)
def test_an_identity_whose_token_has_ended_is_no_longer_one(api, name):
    event = EVENTS[name]
    identity = {"lambda": {"wallet": WALLET, "operator": True, "expires_at": 1_700_000_000}}
    ended = event | {"requestContext": event["requestContext"] | {"authorizer": identity}}
    assert answer(ended)["statusCode"] == 401

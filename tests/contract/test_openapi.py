"""docs/api/openapi.json is what the handlers serve, and what they answer matches it."""

import json

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts import make_openapi
from tests.support.api import Api, registration
from tests.support.builders import a_trade

PAGE = json.loads(make_openapi.PAGE.read_text())
TRADE = "trd_01KAQSM8000000000000000001"


def matches(answer, method, path):
    """Raises when the answer's body is not of the schema of its status."""
    response = PAGE["paths"][path][method.lower()]["responses"][str(answer.status)]
    if "$ref" in response:
        response = PAGE["components"]["responses"][response["$ref"].rpartition("/")[2]]
    content = response["content"][answer.headers["Content-Type"]]["schema"]
    schema = {**content, "components": PAGE["components"]}
    jsonschema.Draft202012Validator(schema).validate(answer.body)


def test_the_page_is_the_routers_own():
    assert make_openapi.document() == PAGE, "run make openapi"


def test_every_operation_says_who_may_call_it():
    for path, operations in PAGE["paths"].items():
        for operation in operations.values():
            assert operation["summary"]
            assert operation["security"] == ([] if path in make_openapi.PUBLIC else [{"session": []}])


@pytest.mark.parametrize("path", sorted(path for path, ops in PAGE["paths"].items() if "get" in ops))
def test_answers_match_their_schema(path):
    api = Api()
    agent = api.call("POST", "/api/agent/register", registration()).body["agent_id"]
    api.call("POST", "/api/agent/activate", {"agent_id": agent})
    api.ledger.reserve(a_trade(TRADE, agent), api.agents.agents[agent].limits)
    real = path.format(agent_id=agent, trade_id=TRADE, pair_id="pair_" + "0" * 16)
    matches(api.call("GET", real, operator=True), "GET", path)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/agent/register", registration()),
        ("POST", "/api/agent/register", registration(maxPosition=1)),
        ("POST", "/api/agent/register", "{"),
        ("POST", "/api/agent/activate", {"agent_id": "agt_" + "0" * 26}),
        ("POST", "/api/auth/nonce", None),
        ("PUT", "/api/control", {"trading": False, "reason": "x"}),
    ],
)
@pytest.mark.parametrize("operator", [True, False])
def test_answers_to_writes_match_their_schema(method, path, body, operator):
    matches(Api().call(method, path, body, operator=operator), method, path)


def request_schema(name):
    return jsonschema.Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": PAGE["components"]}
    )


@pytest.mark.parametrize(
    "changes",
    [{}, {"maxPosition": "12.5"}, {"minProfit": 0.5}, {"budgets": {"kalshi": 25}}, {"mode": "demo"}],
)
def test_what_the_page_allows_is_what_the_handler_takes(changes):
    body = registration(**changes)
    request_schema("RegisterRequest").validate(body)
    assert Api().call("POST", "/api/agent/register", body).status == 201


@pytest.mark.parametrize(
    "changes",
    [
        {"maxPosition": 9},
        {"stopLoss": 0},
        {"maxTrades": "5"},
        {"strategy": "x"},
        {"extra": 1},
        {"wallet": "0x"},
    ],
)
def test_what_the_page_forbids_the_handler_refuses(changes):
    body = registration(**changes)
    assert not request_schema("RegisterRequest").is_valid(body)
    assert Api().call("POST", "/api/agent/register", body).status == 422


AMOUNTS = {"maxPosition": 6, "minProfit": 4, "stopLoss": 4, "maxDailyLoss": 6}


@pytest.mark.parametrize("field", AMOUNTS)
@given(whole=st.integers(0, 10_050), fraction=st.text("0123456789", max_size=7), short=st.booleans())
@settings(max_examples=150, deadline=None)
def test_the_published_pattern_of_an_amount_is_the_range_itself(field, whole, fraction, short):
    text = str(whole % 110 if short else whole) + (f".{fraction}" if fraction else "")
    body = registration(**{field: text})
    accepted = Api().call("POST", "/api/agent/register", body).status == 201
    # trailing zeros beyond the published places are money too: the handler may take more than it promises
    if request_schema("RegisterRequest").is_valid(body):
        assert accepted
    elif accepted:
        assert len(fraction.rstrip("0")) <= AMOUNTS[field] < len(fraction)

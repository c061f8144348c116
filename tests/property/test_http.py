"""Whatever is sent, the API answers in its own words: no 5xx, a problem of its shape, nothing written."""

import json
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dutchbook.entry.problems import Problem
from tests.support.api import Api, registration
from tests.support.builders import WALLET

AGENT = "agt_" + "0" * 26
NUMBERS = st.integers() | st.floats(allow_nan=True) | st.decimals().map(str)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=80),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)
WRITES = [
    ("POST", "/api/agent/activate"),
    ("POST", "/api/agent/deactivate"),
    ("PATCH", f"/api/agent/{AGENT}"),
    ("PUT", f"/api/agent/{AGENT}/credentials/kalshi"),
    ("POST", "/api/pairs/pair_" + "0" * 16 + "/approve"),
    ("POST", "/api/auth/verify"),
    ("POST", "/api/agent/register"),
]
READS = ["/api/agents", "/api/opportunities", "/api/pairs", f"/api/agent/{AGENT}/trades"]
QUIETLY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def is_problem(answer):
    assert 400 <= answer.status < 500, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    Problem.model_validate(answer.body)
    assert answer.body["status"] == answer.status


@pytest.mark.parametrize(("method", "path"), WRITES)
@given(body=VALUES)
@QUIETLY
def test_any_json_is_answered_with_a_problem(method, path, body):
    api = Api()
    is_problem(api.call(method, path, json.dumps(body), operator=True))
    assert api.agents.agents == {}


@given(body=st.text(max_size=200) | st.binary(max_size=100).map(lambda raw: raw.decode("latin-1")))
@QUIETLY
def test_any_text_is_answered_with_a_problem(body):
    api = Api()
    is_problem(api.call("POST", "/api/agent/register", body))
    assert api.agents.agents == {}


FIELDS = sorted(registration())


@given(field=st.sampled_from(FIELDS), value=VALUES)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_one_field_of_a_registration_is_right_or_named(field, value):
    api = Api()
    body = registration() | {field: value}
    answer = api.call("POST", "/api/agent/register", json.dumps(body))
    if answer.status == 201:
        (agent,) = api.agents.agents.values()
        assert 10_000_000 <= agent.limits.max_position <= 10_000_000_000
        assert 1_000 <= agent.limits.min_profit <= 500_000
        assert 1 <= agent.limits.max_trades <= 500
        assert 0 < agent.limits.stop_loss <= 1_000_000
        assert agent.wallet == WALLET
        return
    is_problem(answer)
    assert {name.partition(".")[0] for name in answer.fields} == {field}
    assert api.agents.agents == {}


@given(cents=st.integers(-100, 2_000_000))
@settings(max_examples=200, deadline=None)
def test_an_amount_is_stored_to_the_millionth_or_refused(cents):
    """12.34 as a number and as a string are the same money, exactly."""
    text = f"{cents / 100:.2f}"
    stored = []
    for literal in (text, f'"{text}"'):
        api = Api()
        body = json.dumps(registration(maxPosition=987654321)).replace("987654321", literal)
        answer = api.call("POST", "/api/agent/register", body)
        assert (answer.status == 201) == (1_000 <= cents <= 1_000_000)
        stored.append([agent.limits.max_position for agent in api.agents.agents.values()])
    assert stored[0] == stored[1]
    assert stored[0] in ([], [cents * 10_000])


@pytest.mark.parametrize("path", READS)
@given(
    query=st.dictionaries(
        st.sampled_from(["limit", "cursor", "status", "x"]),
        st.text(alphabet=string.ascii_letters + string.digits + "-_.~%", max_size=60),
        max_size=3,
    )
)
@QUIETLY
def test_any_query_is_answered(path, query):
    answer = Api().call("GET", path, query=query)
    if answer.status != 200:
        is_problem(answer)


@given(path=st.text(alphabet=string.printable, max_size=60))
@QUIETLY
def test_any_path_is_answered(path):
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        answer = Api().call(method, f"/api/agent/status/{path}")
        is_problem(answer)

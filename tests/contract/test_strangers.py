"""Every route of the template × everybody who has no business there: gateway, authorizer, handlers, stores.

The owner's agent and trade are there; whoever comes without his token leaves with nothing, and no item of the
ledger or the markets has changed.
"""

import json
import time
from dataclasses import replace

import boto3
import jwt
import pytest

from dutchbook.domain.pair import PairStatus
from dutchbook.domain.venue import Venue
from dutchbook.entry.bootstrap import register as register_parts
from dutchbook.entry.token_keys import KeyRing
from dutchbook.entry.tokens import Tokens
from local.gateway import Gateway, routes_of
from local.template import ROOT, Template
from tests.support.api import POLICY, LambdaContext
from tests.support.builders import a_trade, an_agent
from tests.support.cloud import WALLET, open_cloud
from tests.support.markets import a_market, a_pair

AGENT = "agt_01KAQSM8000000000000000001"
TRADE = "trd_01KAQSM8000000000000000001"
PAIR = "pair_0000000000000001"
STRANGER = "0x" + "cd" * 20
KEY = "t" * 64
"""The current token key of `open_cloud`."""

TEMPLATE = Template.load({})
ROUTES = {f"{route.method} {route.path}": route for route in routes_of(TEMPLATE)}
PRIVATE = sorted(key for key, route in ROUTES.items() if not route.public)
SAMPLES = {
    sample["routeKey"]: sample
    for sample in (json.loads(path.read_text()) for path in sorted((ROOT / "events").glob("*.json")))
    if sample.get("routeKey") in ROUTES and sample.get("type") != "REQUEST"
}
PAGE = json.loads((ROOT / "docs" / "api" / "openapi.json").read_text())
OPERATORS = {
    f"{method.upper()} {path}"
    for path, operations in PAGE["paths"].items()
    for method, operation in operations.items()
    if operation["tags"] == ["operators"]
}
SHARED = {"GET /api/pairs", "GET /api/pairs/{pair_id}", "GET /api/markets"}
"""The same for everybody who signed in."""


class House:
    """The gateway in front of the wired functions."""

    def __init__(self, cloud) -> None:
        self.cloud = cloud
        functions = {f"{name.title()}Function": module for name, module in cloud.functions.items()}
        self.gateway = Gateway(TEMPLATE, lambda name, event: functions[name].handler(event, LambdaContext()))

    def knock(self, key, token=None, body=None):
        """(status, text) of the route's sample request with this token."""
        sample = SAMPLES[key]
        target = sample["rawPath"] + (f"?{sample['rawQueryString']}" if sample["rawQueryString"] else "")
        headers = {"content-type": "application/json"}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        sent = sample.get("body", "") if body is None else json.dumps(body)
        answer = self.gateway.handle(ROUTES[key].method, target, headers, sent.encode())
        return answer.status, answer.body.decode()


def written():
    """Everything that a stranger might have changed."""
    client = boto3.client("dynamodb")
    return {table: client.scan(TableName=table)["Items"] for table in ("LedgerTable", "MarketsTable")}


@pytest.fixture(scope="module")
def house():
    with pytest.MonkeyPatch.context() as patch, open_cloud(patch) as cloud:
        own = register_parts.services()
        agent = an_agent(AGENT, wallet=WALLET)
        own.agents.add(agent)
        own.ledger.reserve(a_trade(TRADE, AGENT, wallet=WALLET), agent.limits)
        sides = [a_market(Venue.KALSHI), a_market(Venue.POLYMARKET)]
        own.markets.put_markets(sides)
        own.markets.put_pair(replace(a_pair(*sides), pair_id=PAIR, status=PairStatus.PROPOSED))
        yield House(cloud)


def claims(**changes):
    now = int(time.time())
    base = {"iss": "dutchbook", "aud": POLICY.domain, "sub": WALLET, "iat": now, "exp": now + 900, "jti": "1"}
    return base | changes


def signed(key=KEY, algorithm="HS256", kid="k1", **changes):
    return jwt.encode(claims(**changes), key, algorithm, headers={"kid": kid})


def issued(wallet, ago=0):
    ring = KeyRing(lambda: json.dumps({"kid": "k1", "current": KEY}))
    return Tokens(ring, POLICY.domain).issue(wallet, int(time.time()) - ago)[0]


def beheaded():
    head, body, signature = issued(WALLET).split(".")
    return f"{head}.{body}.{signature[:-4]}AAAA"


def swapped():
    """Another's body under his own good signature."""
    head, _, signature = issued(STRANGER).split(".")
    return f"{head}.{issued(WALLET).split('.')[1]}.{signature}"


FORGED = {
    "expired": lambda: issued(WALLET, ago=901),
    "not yet": lambda: signed(iat=int(time.time()) + 3600, exp=int(time.time()) + 4500),
    "wrong key": lambda: signed(key="x" * 64),
    "cursor key": lambda: signed(key="c" * 64),
    "wrong signature": beheaded,
    "another's body": swapped,
    "alg none": lambda: jwt.encode(claims(), None, "none", headers={"kid": "k1"}),
    "alg HS512": lambda: signed(algorithm="HS512"),
    "unknown kid": lambda: signed(kid="k9"),
    "other audience": lambda: signed(aud="elsewhere.example"),
    "other issuer": lambda: signed(iss="somebody"),
    "no subject": lambda: jwt.encode(
        {name: value for name, value in claims().items() if name != "sub"},
        KEY,
        "HS256",
        headers={"kid": "k1"},
    ),
    "no token at all": lambda: "",
    "nonsense": lambda: "x" * 40,
}


def test_every_route_has_a_sample_that_is_knocked_with():
    assert set(SAMPLES) == set(ROUTES)


@pytest.mark.parametrize("key", PRIVATE)
def test_without_a_token_nobody_comes_in(house, key):
    before = written()
    assert house.knock(key) == (401, '{"message": "Unauthorized"}')
    assert written() == before


@pytest.mark.parametrize("forgery", FORGED)
@pytest.mark.parametrize("key", PRIVATE)
def test_a_token_that_is_not_ours_opens_nothing(house, key, forgery):
    assert house.knock(key, FORGED[forgery]()) == (403, '{"message": "Forbidden"}')


def test_what_was_tried_with_forged_tokens_changed_nothing(house):
    before = written()
    for key in PRIVATE:
        for forge in FORGED.values():
            house.knock(key, forge())
    assert written() == before


@pytest.mark.parametrize("key", PRIVATE)
def test_another_wallet_gets_and_changes_nothing_of_the_owners(house, key):
    before = written()
    status, said = house.knock(key, issued(STRANGER))
    if key in OPERATORS:
        assert status == 403, said
    elif key == "GET /api/agents":
        assert (status, json.loads(said)["items"]) == (200, [])
    elif key == "POST /api/agent/register":
        assert status == 422, said
        assert [error["field"] for error in json.loads(said)["errors"]] == ["wallet"]
    elif key in SHARED:
        assert status == 200, said
        assert AGENT not in said
    else:
        assert status == 404, said
    assert WALLET not in said or key == "POST /api/agent/register"
    assert written() == before


@pytest.mark.parametrize("key", sorted(set(PRIVATE) - SHARED - OPERATORS))
def test_nobody_learns_whether_anothers_thing_exists(house, key):
    """The same words for what is another's and for what is nowhere."""
    sample = json.dumps(SAMPLES[key])
    if AGENT not in sample and TRADE not in sample:
        return
    answers = []
    for known in (True, False):
        changed = sample if known else sample.replace("0000000000000001", "0000000000000009")
        event = json.loads(changed)
        answer = house.gateway.handle(
            ROUTES[key].method,
            event["rawPath"],
            {"content-type": "application/json", "authorization": f"Bearer {issued(STRANGER)}"},
            event.get("body", "").encode(),
        )
        said = json.loads(answer.body)
        said.pop("request_id")
        answers.append((answer.status, json.dumps(said).replace("0000000000000009", "0000000000000001")))
    assert answers[0] == answers[1]


def test_a_sign_in_opens_once(house):
    sent = house.cloud.sign_in()
    assert house.knock("GET /api/agents", house.cloud.token)[0] == 200
    status, said = house.knock("POST /api/auth/verify", body=sent)
    assert status == 422
    assert "token" not in json.loads(said)

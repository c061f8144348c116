"""What every function shares: exact JSON, problems without our insides, cold starts without their weight."""

import io
import json
import logging
import subprocess
import sys
from base64 import b64encode
from decimal import Decimal
from pathlib import Path

import pytest

from dutchbook.domain.errors import (
    AlreadyExists,
    InvalidInput,
    LimitExceeded,
    NotFound,
    OutcomeUnknown,
    PriceMoved,
    StoreUnavailable,
    VenueThrottled,
)
from dutchbook.entry import problems
from dutchbook.entry.cursors import Cursors
from dutchbook.entry.http import etag, parse_object, serve
from dutchbook.entry.observability import logger
from dutchbook.entry.problems import SECURITY_HEADERS
from tests.support.api import Api, http_event
from tests.support.builders import WALLET

ROOT = Path(__file__).parents[3]


def test_numbers_are_exact():
    assert parse_object('{"a": 0.1, "b": 1e-3, "c": 12345678901234567890}') == {
        "a": Decimal("0.1"),
        "b": Decimal("0.001"),
        "c": 12345678901234567890,
    }


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (problems.Malformed("body", "x"), 400),
        (problems.Unauthenticated("x"), 401),
        (LimitExceeded("x"), 403),
        (NotFound("x"), 404),
        (AlreadyExists("x"), 409),
        (InvalidInput("a", "x"), 422),
        (PriceMoved("x"), 422),
        (StoreUnavailable("x"), 503),
        (VenueThrottled("x"), 503),
        (OutcomeUnknown("x"), 503),
        (RuntimeError("x"), 500),
    ],
)
def test_each_kind_of_error_has_its_status(error, status):
    answer = problems.respond(error, "/api/x", "req")
    body = json.loads(answer.body)
    assert (answer.status_code, body["status"], body["request_id"]) == (status, status, "req")
    assert set(body) == {"type", "title", "status", "detail", "instance", "errors", "request_id"}


def test_an_unforeseen_error_tells_nothing_of_our_insides():
    api = Api()

    def fail(_agent_id):
        raise RuntimeError("table LedgerTable, key 4c0883a6")

    api.agents.get = fail
    answer = api.call("GET", "/api/agent/status/agt_" + "0" * 26)
    assert answer.status == 500
    for word in ("RuntimeError", "LedgerTable", "4c0883a6", "Traceback", ".py"):
        assert word not in answer.text
    assert answer.body["request_id"] == "req-1"


def test_base64_bodies_are_decoded_and_broken_ones_refused():
    api = Api()
    for body in ("%%%", "//8="):
        answer = api.call("POST", "/api/agent/activate", body, base64=True)
        assert (answer.status, answer.fields) == (400, {"body"})
    whole = b64encode(b'{"agent_id": "x"}').decode()
    assert api.call("POST", "/api/agent/activate", whole, base64=True).fields == {"agent_id"}


def test_a_request_is_one_log_line_without_what_was_sent():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logger.registered_formatter)
    logger.addHandler(handler)
    try:
        event = http_event("POST", "/api/agent/activate", {"agent_id": "SENT"}, query={"q": "ASKED"})
        serve(Api().register, "register", event, None)
    finally:
        logger.removeHandler(handler)
    (line,) = stream.getvalue().splitlines()
    told = json.loads(line)
    assert (told["step"], told["status"], told["request_id"]) == ("register", 422, "req-1")
    assert told["wallet"] == WALLET
    assert "SENT" not in line
    assert "ASKED" not in line


def test_answers_carry_the_headers_of_safety():
    answer = Api().call("GET", "/api/health", wallet=None)
    refused = Api().call("GET", "/api/agents", wallet=None)
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers[name] == refused.headers[name] == value
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert Api().call("POST", "/api/agent/activate", "{").headers["Cache-Control"] == "no-store"


def test_a_tag_is_of_the_content_not_of_its_order():
    assert etag({"a": 1, "b": 2}) == etag({"b": 2, "a": 1})
    assert etag({"a": 1}) != etag({"a": 2})


def test_a_cursors_key_rotation_ends_it():
    key = [b"1" * 32]
    cursors = Cursors(lambda: key[0])
    sealed = cursors.seal("start", "scope", 0)
    assert cursors.open(sealed, "scope", 10) == "start"
    key[0] = b"2" * 32
    with pytest.raises(problems.Malformed):
        cursors.open(sealed, "scope", 10)


# PyJWT imports cryptography where it is installed, as it is here; the core layer does not carry it
HEAVY = {
    "authorize": ("pydantic", "aws_lambda_powertools", "requests", "coincurve", "rapidfuzz"),
    "status": ("jwt", "requests", "coincurve", "sha3", "venues", "rapidfuzz", "web3"),
    "register": ("requests", "coincurve", "sha3", "venues", "rapidfuzz", "web3"),
}


@pytest.mark.parametrize("function", sorted(HEAVY))
def test_a_function_starts_without_what_it_does_not_need(function):
    code = (
        f"import functions.{function}.app, sys\n"
        f"print([name for name in {HEAVY[function]!r} if name in sys.modules])"
    )
    path = ":".join(str(ROOT / part) for part in ("", "layers/core", "layers/connectors"))
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={"PYTHONPATH": path, "AWS_DEFAULT_REGION": "us-east-1"},
    )
    assert done.stdout.strip() == "[]"

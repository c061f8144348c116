"""The local gateway answers as API Gateway would: own errors, payload 2.0, one authorizer call a token."""

import json
from typing import Any

from local.gateway import Gateway, Route
from local.template import Template

TOKEN = {"authorization": "Bearer abc"}


class Functions:
    """Stands in for the handlers; remembers what it was asked."""

    def __init__(self, allowed: bool = True) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.allowed = allowed
        self.fails = False

    def __call__(self, function: str, event: dict[str, Any]) -> dict[str, Any]:
        self.calls.append((function, event))
        if function == "AuthorizeFunction":
            return {"isAuthorized": self.allowed, "context": {"wallet": "0xabc"}}
        if self.fails:
            raise RuntimeError("boom")
        return {"statusCode": 201, "headers": {"content-type": "application/json"}, "body": '{"ok":true}'}


def gateway(functions: Functions) -> Gateway:
    return Gateway(Template.load({}), functions)


def test_routes_match_by_segments_and_decode_parameters() -> None:
    route = Route("GET", "/api/agent/status/{agent_id}", "StatusFunction", public=False)
    assert route.match("GET", "/api/agent/status/agt%5F1") == {"agent_id": "agt_1"}
    assert route.match("GET", "/api/agent/status/") is None
    assert route.match("GET", "/api/agent/status/a/b") is None
    assert route.match("POST", "/api/agent/status/a") is None


def test_a_path_outside_the_template_is_the_gateways_404() -> None:
    answer = gateway(Functions()).handle("GET", "/api/nothing", {}, b"")
    assert (answer.status, json.loads(answer.body)) == (404, {"message": "Not Found"})


def test_without_a_token_nothing_is_invoked() -> None:
    functions = Functions()
    answer = gateway(functions).handle("POST", "/api/agent/activate", {}, b"{}")
    assert (answer.status, functions.calls) == (401, [])


def test_a_refused_token_reaches_no_handler() -> None:
    functions = Functions(allowed=False)
    answer = gateway(functions).handle("POST", "/api/agent/activate", TOKEN, b"{}")
    assert answer.status == 403
    assert [name for name, _ in functions.calls] == ["AuthorizeFunction"]


def test_the_handler_sees_payload_2_with_the_authorizers_context() -> None:
    functions = Functions()
    answer = gateway(functions).handle("GET", "/api/agent/status/agt_1?a=1&a=2", TOKEN, b"")
    name, event = functions.calls[-1]
    assert (answer.status, answer.body, name) == (201, b'{"ok":true}', "StatusFunction")
    assert event["version"] == "2.0"
    assert event["routeKey"] == "GET /api/agent/status/{agent_id}"
    assert event["pathParameters"] == {"agent_id": "agt_1"}
    assert event["queryStringParameters"] == {"a": "1,2"}
    assert event["requestContext"]["authorizer"] == {"lambda": {"wallet": "0xabc"}}


def test_the_authorizers_answer_is_cached_for_a_token() -> None:
    functions = Functions()
    served = gateway(functions)
    served.handle("GET", "/api/agent/status/agt_1", TOKEN, b"")
    served.handle("GET", "/api/agent/status/agt_1", TOKEN, b"")
    served.handle("GET", "/api/agent/status/agt_1", {"authorization": "Bearer other"}, b"")
    assert [name for name, _ in functions.calls].count("AuthorizeFunction") == 2


def test_a_handler_that_raises_is_a_500_without_its_words() -> None:
    functions = Functions()
    functions.fails = True
    answer = gateway(functions).handle("GET", "/api/health", {}, b"")
    assert (answer.status, json.loads(answer.body)) == (500, {"message": "Internal Server Error"})


def test_a_body_that_is_not_text_arrives_as_base64() -> None:
    functions = Functions()
    gateway(functions).handle("POST", "/api/agent/activate", TOKEN, b"\xff\xfe")
    assert functions.calls[-1][1]["isBase64Encoded"] is True

"""API Gateway's HTTP API, as far as the template uses it: routes, authorizer, payload 2.0, its own errors.

Routes come from template.yaml: what is not there answers the gateway's 404, here as in the cloud.
"""

import base64
import json
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from local.template import ACCOUNT, REGION, Template

type Invoke = Callable[[str, dict[str, Any]], dict[str, Any]]
"""(function's logical id, event) → answer; raises when the handler raises."""

_AUTHORIZER_CACHE_SECONDS = 300


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    function: str
    public: bool

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """Path parameters when the request is for this route."""
        wanted, given = self.path.split("/"), path.split("/")
        if method != self.method or len(wanted) != len(given):
            return None
        found: dict[str, str] = {}
        for pattern, part in zip(wanted, given, strict=True):
            if pattern.startswith("{"):
                if not part:
                    return None
                found[pattern[1:-1]] = unquote(part)
            elif pattern != part:
                return None
        return found


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


def routes_of(template: Template) -> tuple[Route, ...]:
    """All routes, the most literal first, as the gateway prefers them."""
    found = [
        Route(
            event["Properties"]["Method"].upper(),
            event["Properties"]["Path"],
            function,
            event["Properties"].get("Auth", {}).get("Authorizer") == "NONE",
        )
        for function, properties in template.resources("AWS::Serverless::Function").items()
        for event in properties.get("Events", {}).values()
        if event["Type"] == "HttpApi"
    ]
    return tuple(sorted(found, key=lambda route: (route.path.count("{"), route.path)))


class Gateway:
    """Turns HTTP requests into events for the handlers and their answers into HTTP."""

    def __init__(self, template: Template, invoke: Invoke) -> None:
        self._routes = routes_of(template)
        self._invoke = invoke
        self._authorizer = "AuthorizeFunction"
        self._cache: dict[str, tuple[float, dict[str, Any]]] = {}
        self._lock = threading.Lock()

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        path, _, query = target.partition("?")
        lowered = {name.lower(): value for name, value in headers.items()}
        for route in self._routes:
            parameters = route.match(method, path)
            if parameters is not None:
                return self._serve(route, parameters, path, query, lowered, body)
        return _own(404, "Not Found")

    def _serve(
        self,
        route: Route,
        parameters: dict[str, str],
        path: str,
        query: str,
        headers: dict[str, str],
        body: bytes,
    ) -> Answer:
        event = _event(route, parameters, path, query, headers, body)
        if not route.public:
            token = headers.get("authorization")
            if not token:
                return _own(401, "Unauthorized")
            try:
                verdict = self._authorize(token, event)
            except Exception:
                return _own(500, "Internal Server Error")
            if not verdict.get("isAuthorized"):
                return _own(403, "Forbidden")
            event["requestContext"]["authorizer"] = {"lambda": verdict.get("context", {})}
        try:
            return _answer(self._invoke(route.function, event))
        except Exception:
            return _own(500, "Internal Server Error")

    def _authorize(self, token: str, event: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            until, verdict = self._cache.get(token, (0.0, {}))
            if time.monotonic() < until:
                return verdict
        asked = {
            "version": "2.0",
            "type": "REQUEST",
            "routeArn": f"arn:aws:execute-api:{REGION}:{ACCOUNT}:local/$default/{event['routeKey']}",
            "identitySource": [token],
            **{key: event[key] for key in ("routeKey", "rawPath", "rawQueryString", "headers")},
            "requestContext": event["requestContext"],
        }
        verdict = self._invoke(self._authorizer, asked)
        with self._lock:
            self._cache[token] = (time.monotonic() + _AUTHORIZER_CACHE_SECONDS, verdict)
        return verdict


def _event(
    route: Route, parameters: dict[str, str], path: str, query: str, headers: dict[str, str], body: bytes
) -> dict[str, Any]:
    """Payload format 2.0 (docs.aws.amazon.com, "Create AWS Lambda proxy integrations for HTTP APIs")."""
    now = time.time()
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"{route.method} {route.path}",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "local",
            "domainName": headers.get("host", "localhost"),
            "domainPrefix": "local",
            "http": {
                "method": route.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": uuid.uuid4().hex,
            "routeKey": f"{route.method} {route.path}",
            "stage": "$default",
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
            "timeEpoch": int(now * 1000),
        },
        "isBase64Encoded": False,
    }
    if parameters:
        event["pathParameters"] = parameters
    if query:
        values: dict[str, str] = {}
        for name, value in parse_qsl(query, keep_blank_values=True):
            values[name] = f"{values[name]},{value}" if name in values else value
        event["queryStringParameters"] = values
    if body:
        try:
            event["body"] = body.decode()
        except UnicodeDecodeError:
            event["body"] = base64.b64encode(body).decode()
            event["isBase64Encoded"] = True
    return event


def _answer(result: dict[str, Any]) -> Answer:
    body = result.get("body") or ""
    data = base64.b64decode(body) if result.get("isBase64Encoded") else body.encode()
    return Answer(int(result["statusCode"]), dict(result.get("headers") or {}), data)


def _own(status: int, message: str) -> Answer:
    """An answer of the gateway itself, in its own shape."""
    return Answer(status, {"content-type": "application/json"}, json.dumps({"message": message}).encode())

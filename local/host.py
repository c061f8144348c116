"""Runs the handlers: Lambda invocations, the HTTP API and the dashboard's files on one port.

The same `functions/<name>/app.py` that Lambda imports is imported here; only the environment differs.
"""

import importlib
import json
import threading
import traceback
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

from local.gateway import Answer, Gateway
from local.static import API_DOCS, SECURITY_HEADERS, StaticSite, answer_file
from local.template import ACCOUNT, REGION, Template

_INVOCATIONS = "/2015-03-31/functions/"
_BODY_LIMIT = 6 * 1024 * 1024  # Lambda's own limit on a synchronous payload


class LambdaContext:
    """What a handler sees of its invocation."""

    def __init__(self, name: str) -> None:
        self.function_name = name
        self.function_version = "$LATEST"
        self.memory_limit_in_mb = 512
        self.invoked_function_arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
        self.aws_request_id = str(uuid4())

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


class Functions:
    """The template's functions as Python callables, imported on first use."""

    def __init__(self, template: Template) -> None:
        self._handlers: dict[str, Callable[[Any, Any], Any]] = {}
        self._template = template
        self._lock = threading.Lock()
        # Powertools keeps the event under way on a class that all resolvers of the process share: two at
        # once would answer each other's callers. In the cloud each function is a process of its own.
        self._http_turn = threading.Lock()
        self.names = {
            template.resolve(properties["FunctionName"]): logical_id
            for logical_id, properties in template.resources("AWS::Serverless::Function").items()
        }

    def invoke(self, logical_id: str, event: dict[str, Any]) -> Any:
        """Calls the handler with a JSON copy of the event, as Lambda does. Raises what it raises."""
        handler = self._handler(logical_id)
        with self._http_turn if "routeKey" in event and "rawPath" in event else nullcontext():
            answer = handler(json.loads(json.dumps(event)), LambdaContext(logical_id))
        return json.loads(json.dumps(answer))

    def _handler(self, logical_id: str) -> Callable[[Any, Any], Any]:
        with self._lock:
            if logical_id not in self._handlers:
                folder, attribute = self._template.handler(logical_id)
                module = importlib.import_module(f"functions.{folder}.app")
                self._handlers[logical_id] = getattr(module, attribute)
            return self._handlers[logical_id]


class Host:
    """An HTTP server on one port, each request in a thread of its own."""

    def __init__(self, template: Template, port: int, address: str = "127.0.0.1") -> None:
        self.functions = Functions(template)
        gateway = Gateway(template, self.functions.invoke)
        functions = self.functions
        site = StaticSite(simulated_data=_venues_are_simulated(template))

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # an answer leaves in one piece, at once: on a connection that stays open, its second piece would
            # wait for the other end's delayed acknowledgement
            wbufsize = -1
            disable_nagle_algorithm = True

            def _any(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                if length > _BODY_LIMIT:
                    self.close_connection = True
                    return self._send(Answer(413, {}, b'{"message":"Request Entity Too Large"}'))
                body = self.rfile.read(length)
                path = self.path.partition("?")[0]
                if path.startswith(_INVOCATIONS):
                    if self._of_a_browser():
                        return self._send(Answer(403, {}, b'{"message":"Forbidden"}'))
                    return self._send(_invocation(functions, path, body))
                if path.startswith("/api/") and path not in API_DOCS:
                    return self._send(gateway.handle(self.command, self.path, dict(self.headers), body))
                return self._send(self._file(path))

            def _file(self, path: str) -> Answer:
                if self.command not in ("GET", "HEAD"):
                    return Answer(405, {"allow": "GET, HEAD"}, b"")
                caches = (self.headers.get("accept-encoding", ""), self.headers.get("if-none-match", ""))
                return (
                    answer_file(API_DOCS[path], *caches) if path in API_DOCS else site.answer(path, *caches)
                )

            def _of_a_browser(self) -> bool:
                """Invocations pass no authorizer, and any site's page can send a request to this port.

                A page's carries its origin, or a type that needs no preflight.
                """
                kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
                return "origin" in self.headers or kind != "application/json"

            def __getattr__(self, name: str) -> Callable[[], None]:
                # the base class asks for do_METHOD; the gateway knows no method's name, only its routes
                if name.startswith("do_"):
                    return self._any
                raise AttributeError(name)

            def _send(self, answer: Answer) -> None:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                given = {name.lower() for name in answer.headers}
                for name, value in SECURITY_HEADERS.items():
                    if name not in given:
                        self.send_header(name, value)
                self.send_header("content-length", str(len(answer.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer.body)

            def log_message(self, format: str, *args: Any) -> None:
                """Says nothing: the handlers log for themselves."""

        self._server = ThreadingHTTPServer((address, port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, name="host", daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _invocation(functions: Functions, path: str, body: bytes) -> Answer:
    name = path.removeprefix(_INVOCATIONS).partition("/")[0]
    logical_id = functions.names.get(name)
    if logical_id is None:
        return Answer(404, {}, b'{"message":"Function not found"}')
    try:
        result = functions.invoke(logical_id, json.loads(body or b"{}"))
    except Exception as error:
        failure: Mapping[str, Any] = {
            "errorType": type(error).__name__,
            "errorMessage": str(error),
            "stackTrace": traceback.format_tb(error.__traceback__),
        }
        return Answer(200, {"x-amz-function-error": "Unhandled"}, json.dumps(failure).encode())
    return Answer(200, {"content-type": "application/json"}, json.dumps(result).encode())


def _venues_are_simulated(template: Template) -> bool:
    return bool(template.parameters.get("KalshiApiBase"))

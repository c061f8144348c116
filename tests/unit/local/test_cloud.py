"""The hand-over of an invocation from the local Step Functions to the process that runs the handlers."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from local.cloud import invoke_on
from local.processes import free_port


class _Handlers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen: ClassVar[list[tuple[str, object, bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.seen.append((self.path, self.client_address, body))
        given = json.loads(body)
        self.send_response(given.get("status", 200))
        if given.get("raises"):
            self.send_header("x-amz-function-error", "Unhandled")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = "close" in given

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def handlers() -> Iterator[ThreadingHTTPServer]:
    _Handlers.seen.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handlers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def _invoke(host: str, payload: dict[str, object]) -> tuple[dict[str, object], dict[str, str]]:
    headers: dict[str, str] = {}
    answer = invoke_on(host)(
        None, "arn:aws:lambda:us-east-1:1:function:f", None, json.dumps(payload), {}, headers
    )
    return json.loads(answer), headers


def _url(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}"


def test_an_invocation_reaches_its_function_and_brings_its_answer(handlers):
    assert _invoke(_url(handlers), {"n": 1}) == ({"n": 1}, {})
    assert [(path, body) for path, _, body in _Handlers.seen] == [
        ("/2015-03-31/functions/f/invocations", b'{"n": 1}')
    ]


def test_what_a_handler_raises_is_its_error(handlers):
    assert _invoke(_url(handlers), {"raises": 1}) == ({"raises": 1}, {"x-amz-function-error": "Unhandled"})


@pytest.mark.parametrize("gone", ["refused", "unknown", "silent"])
def test_a_handler_that_does_not_answer_has_ended(handlers, gone):
    host, payload = _url(handlers), {"status": 404}
    if gone == "refused":
        host = f"http://127.0.0.1:{free_port()}"
    if gone == "silent":
        host = _hangs_up()
    answer, headers = _invoke(host, payload)
    assert answer["errorType"] == "Runtime.ExitError"
    assert headers == {"x-amz-function-error": "Unhandled"}


def test_an_invocation_is_sent_once_though_the_connection_died_unnoticed(handlers):
    invoke = invoke_on(_url(handlers))
    for payload in ('{"n": 1}', '{"n": 2}', '{"n": 3, "close": 1}', '{"n": 4}'):
        assert invoke(None, "f", None, payload, {}, {}) == payload.encode()
    peers = [peer for _, peer, _ in _Handlers.seen]
    assert [body[:7] for _, _, body in _Handlers.seen] == [b'{"n": 1', b'{"n": 2', b'{"n": 3', b'{"n": 4']
    assert peers[0] == peers[1] == peers[2] != peers[3]


def _hangs_up() -> str:
    """The url of a server that takes a request and closes the connection, as a process that is killed."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        taken, _ = listening.accept()
        taken.recv(65536)
        taken.close()
        listening.close()

    threading.Thread(target=serve, daemon=True).start()
    return f"http://127.0.0.1:{listening.getsockname()[1]}"

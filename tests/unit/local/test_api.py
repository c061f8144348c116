"""The demo's own client outlives its token: a token lasts 15 minutes, `make demo` as long as one likes."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from local.api import Api, ApiError, Wallet


class House:
    """An API whose tokens are named after the sign-ins; only `valid` ones are let in."""

    def __init__(self) -> None:
        self.sign_ins = 0
        self.valid: set[str] = set()
        self.taken: list[str] = []

    def answer(self, path: str, token: str) -> tuple[int, object]:
        if path == "/api/auth/nonce":
            return 200, {"nonce": "abcdefgh"}
        if path == "/api/auth/verify":
            self.sign_ins += 1
            return 200, {"token": f"token-{self.sign_ins}"}
        if token not in self.valid:
            return 403, {"message": "Forbidden"}
        self.taken.append(path)
        return 200, {"items": []}


@pytest.fixture
def house() -> Iterator[tuple[House, Api]]:
    rules = House()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            token = (self.headers.get("authorization") or "").removeprefix("Bearer ")
            status, body = rules.answer(self.path, token)
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(data)))
            self.send_header("connection", "close")
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = _any  # noqa: N815  # the base class asks for these names

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield rules, Api(f"http://127.0.0.1:{server.server_address[1]}")
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_expired_token_is_renewed_and_the_call_made_once(house):
    rules, api = house
    rules.valid = {"token-1"}
    api.sign_in(Wallet())
    api.get("/api/agents")
    rules.valid = {"token-2"}  # fifteen minutes later
    assert api.post("/api/agent/activate", {"agent_id": "x"}) == {"items": []}
    assert rules.taken == ["/api/agents", "/api/agent/activate"]
    assert (rules.sign_ins, api.token) == (2, "token-2")


def test_a_refusal_that_signing_in_does_not_mend_is_told(house):
    rules, api = house
    api.sign_in(Wallet())
    with pytest.raises(ApiError) as refused:
        api.get("/api/control")
    assert (refused.value.status, rules.sign_ins) == (403, 2)


def test_who_never_signed_in_is_not_signed_in(house):
    rules, api = house
    with pytest.raises(ApiError):
        api.get("/api/agents")
    assert rules.sign_ins == 0

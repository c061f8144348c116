"""Faults on demand: what a venue, a proxy or the network does to one request.

A fault matches a method and a path prefix and is spent after `count` requests (-1 = never). Kinds:

- refuse: the connection closes before the venue sees the request;
- drop: the venue accepts and acts, then the connection closes without an answer;
- delay: the answer comes `seconds` late;
- status: `status` with `body` instead of the venue (5xx, 425, 429; `retry_after` adds the header);
- html: an HTML page with `status`, as a proxy in front of the venue sends it;
- read_lag: reads see the venue's orders and fills as they were `seconds` ago (kept by the venue itself);
- duplicate_fills: lists of fills repeat their rows.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from werkzeug.wrappers import Request, Response

from local.venues.simtime import SimTime

type WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]

KINDS = frozenset({"refuse", "drop", "delay", "status", "html", "read_lag", "duplicate_fills"})
_BY_VENUE = frozenset({"read_lag", "duplicate_fills"})
"""Kinds that the venue's own code asks for instead of the middleware."""

_HTML = (
    "<!DOCTYPE html><html><head><title>Simulated gateway error</title></head>"
    "<body><h1>Simulated gateway error</h1></body></html>"
)


@dataclass(slots=True)
class Fault:
    kind: str
    path: str = "/"
    method: str = ""
    count: int = 1
    status: int = 500
    seconds: float = 0
    retry_after: str = ""
    body: str = '{"error":"internal server error"}'

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}; known: {', '.join(sorted(KINDS))}")

    def matches(self, method: str, path: str) -> bool:
        return self.count != 0 and path.startswith(self.path) and self.method in {"", method}


class Faults:
    """The faults planned for one venue, oldest first."""

    def __init__(self, clock: SimTime) -> None:
        self._clock = clock
        self._planned: list[Fault] = []
        self._lock = threading.Lock()

    def plan(self, fault: Fault) -> None:
        with self._lock:
            self._planned.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._planned.clear()

    def listed(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._planned]

    def spend(self, method: str, path: str) -> Fault | None:
        """The fault this request meets, counted as used."""
        return self._spend(method, path, lambda fault: fault.kind not in _BY_VENUE)

    def spend_kind(self, kind: str, method: str, path: str) -> Fault | None:
        """The same for a kind that the venue's own code carries out."""
        return self._spend(method, path, lambda fault: fault.kind == kind)

    def read_lag_ms(self, path: str) -> int:
        """How old the orders and fills are that a read of this path sees."""
        fault = self.spend_kind("read_lag", "GET", path) or self.spend_kind("read_lag", "POST", path)
        return 0 if fault is None else int(fault.seconds * 1_000)

    def _spend(self, method: str, path: str, wanted: Callable[[Fault], bool]) -> Fault | None:
        with self._lock:
            for fault in self._planned:
                if wanted(fault) and fault.matches(method, path):
                    if fault.count > 0:
                        fault.count -= 1
                    return fault
            return None


class FaultyApp:
    """WSGI middleware that lets a venue's faults happen. The control routes are never harmed."""

    def __init__(self, app: WsgiApp, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        fault = None
        if not request.path.startswith("/_sim/"):
            fault = self._faults.spend(request.method, request.path)
        if fault is None:
            return self._app(environ, start_response)
        if fault.kind == "refuse":
            _hang_up(environ)
        if fault.kind == "drop":
            # The venue does all of its work; only the answer is lost.
            Response.from_app(self._app, environ, buffered=True)
            _hang_up(environ)
        if fault.kind == "delay":
            time.sleep(fault.seconds)
            return self._app(environ, start_response)
        # Read the body first: on a kept-alive connection unread bytes would look like the next request.
        request.get_data()
        html = fault.kind == "html"
        response = Response(
            _HTML if html else fault.body,
            status=fault.status,
            content_type="text/html" if html else "application/json",
        )
        if fault.retry_after:
            response.headers["Retry-After"] = fault.retry_after
        return response(environ, start_response)


def _hang_up(environ: dict[str, Any]) -> None:
    """Closes the client's connection without a byte; the server takes the error for a lost client."""
    connection = environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("simulated: the connection was cut")

"""The three simulated venues on three ports, in this process."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Any, Self

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from local.day.catalogue import DAY_START, Day, load_day
from local.day.path import PricePath
from local.venues import control
from local.venues.faults import FaultyApp
from local.venues.kalshi.app import create_app as kalshi_app
from local.venues.limitless.app import create_app as limitless_app
from local.venues.market_maker import MarketMaker
from local.venues.polymarket.app import create_app as polymarket_app
from local.venues.simtime import Clock, SimTime, WallClock
from local.venues.state import VenueState

_APPS: dict[str, Callable[[VenueState], Flask]] = {
    "polymarket": polymarket_app,
    "kalshi": kalshi_app,
    "limitless": limitless_app,
}


class SimulatedVenues:
    """Start, use `urls`, stop. `states[venue]` gives tests the ledger, the book and the faults.

    `seed` fixes prices and depth; `clock` is wall time (signatures are checked against it); `speed` is how
    many simulated seconds pass in one. The recorded dates move so that the day replays on the clock's today.
    """

    def __init__(self, seed: int = 2026, clock: Clock | None = None, speed: int = 1) -> None:
        self.time = SimTime(clock or WallClock(), speed)
        self.day: Day = load_day()
        path = PricePath(self.day, seed)
        started = datetime.fromtimestamp(self.time.started_ms / 1_000, UTC)
        self.states = {
            venue: VenueState(
                venue=venue,
                events=getattr(self.day, venue),
                listings=self.day.listings(venue),
                time=self.time,
                maker=MarketMaker(path, self.time),
                shift_days=(started - DAY_START).days,
            )
            for venue in _APPS
        }
        self._servers: dict[str, BaseWSGIServer] = {}
        self._threads: list[threading.Thread] = []

    def start(self, host: str = "127.0.0.1", first_port: int = 0) -> Self:
        """Serves polymarket, kalshi and limitless on `first_port` and the next two (0 = any free ports)."""
        for index, (venue, state) in enumerate(self.states.items()):
            app = _APPS[venue](state)
            app.register_blueprint(control.routes(self.states, self.time))
            port = first_port + index if first_port else 0
            server = make_server(
                host, port, FaultyApp(app, state.faults), threaded=True, request_handler=_Handler
            )
            server.daemon_threads = True  # type: ignore[attr-defined]
            self._servers[venue] = server
            # The short poll lets stop() return at once.
            serve = partial(server.serve_forever, poll_interval=0.02)
            thread = threading.Thread(target=serve, name=f"simulated-{venue}", daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def stop(self) -> None:
        for server in self._servers.values():
            server.shutdown()
        for thread in self._threads:
            # it closes the socket on its way out: until then a connection would still be taken, and reset
            thread.join()
        for server in self._servers.values():
            server.server_close()
        self._servers.clear()
        self._threads.clear()

    @property
    def urls(self) -> dict[str, str]:
        """Base URL of each running venue, without the venue's own path prefix."""
        return {
            venue: f"http://{server.host}:{server.server_port}" for venue, server in self._servers.items()
        }

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Handler(WSGIRequestHandler):
    """Reports only trouble; werkzeug closes each connection after its answer."""

    protocol_version = "HTTP/1.1"

    def make_environ(self) -> dict[str, Any]:
        environ = super().make_environ()
        for name, value in self.headers.items():
            # werkzeug drops header names with underscores, and Polymarket's have them.
            if name.upper().startswith("POLY_"):
                environ["HTTP_" + name.upper()] = value
        return environ

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        logging.getLogger("local.venues").debug("%s %s %s", self.requestline, code, size)

    def log(self, type: str, message: str, *args: Any) -> None:
        logging.getLogger("local.venues").log(
            logging.ERROR if type == "error" else logging.DEBUG, message, *args
        )

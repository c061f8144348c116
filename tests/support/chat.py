"""A chat's webhook on this machine: it answers as told and keeps what it was sent."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Chat:
    url: str = ""
    answers: list[int] = field(default_factory=list)
    """Statuses of the next requests; then 200."""
    headers: dict[str, str] = field(default_factory=dict)
    received: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def chat() -> Iterator[Chat]:
    room = Chat()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            room.received.append(json.loads(body))
            self.send_response(room.answers.pop(0) if room.answers else 200)
            for name, value in room.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    room.url = f"http://127.0.0.1:{server.server_port}/hook/not-to-be-told"
    try:
        yield room
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""moto behind a server whose connections stay open, as those of AWS do.

moto's own, which is Werkzeug's for development, closes each after one answer: a call then pays for a
connection and a thread of its own. DynamoDB's requests go straight to moto's handler: to find it by Flask's
routes takes as long as most of what they ask.
"""

import functools
import sys
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any
from urllib.parse import unquote

_DYNAMODB = "DynamoDB_20120810."

type Environ = dict[str, Any]
type Headers = Iterable[tuple[str, str]]
type Application = Callable[[Environ], tuple[int, Headers, bytes]]


class MotoServer(ThreadingHTTPServer):
    """Serves all of moto's services on one port, each connection in a thread of its own."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, host: str, port: int) -> None:
        self.answer = _moto()
        super().__init__((host, port), _Connection)


def _moto() -> Application:
    from moto.dynamodb.responses import DynamoHandler  # noqa: PLC0415 - moto reads its port at import
    from moto.moto_server.werkzeug_app import (  # noqa: PLC0415
        BackendRequest,
        DomainDispatcherApplication,
        create_backend_app,
    )

    everything: Any = DomainDispatcherApplication(create_backend_app)
    # by the name of each of moto's hundreds of folders
    everything.get_backend_for_host = functools.cache(everything.get_backend_for_host)

    def answer(environ: Environ) -> tuple[int, Headers, bytes]:
        if not environ.get("HTTP_X_AMZ_TARGET", "").startswith(_DYNAMODB):
            return _of_wsgi(everything, environ)
        request = BackendRequest(environ)
        status, headers, body = DynamoHandler.dispatch(request)
        return int(status), headers.items(), body.encode()

    return answer


def _of_wsgi(application: Any, environ: Environ) -> tuple[int, Headers, bytes]:
    started: list[tuple[int, Headers]] = []

    def start(status: str, headers: Headers, _error: Any = None) -> None:
        started.append((int(status.partition(" ")[0]), headers))

    chunks = application(environ, start)
    try:
        body = b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    return *started[-1], body


class _Connection(BaseHTTPRequestHandler):
    server: MotoServer
    protocol_version = "HTTP/1.1"
    # an answer leaves in one piece, at once
    wbufsize = -1
    disable_nagle_algorithm = True

    def handle(self) -> None:
        with suppress(ConnectionError):  # the process at the other end was killed
            super().handle()

    def _any(self) -> None:
        if "transfer-encoding" in self.headers:
            self.close_connection = True
            self.send_error(HTTPStatus.LENGTH_REQUIRED)
            return
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            status, headers, answer = self.server.answer(self._environ(body))
        except Exception:
            traceback.print_exc()
            self.send_error(HTTPStatus.INTERNAL_SERVER_ERROR)
            return
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() != "content-length" or self.command == "HEAD":
                self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("content-length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    def _environ(self, body: bytes) -> Environ:
        """The request as PEP 3333 has it, and its path as it came, which moto reads too."""
        path, _, query = self.path.partition("?")
        host, port = self.server.server_address[:2]
        environ: Environ = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path, "iso-8859-1"),
            "QUERY_STRING": query,
            "RAW_URI": self.path,
            "SERVER_NAME": host,
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
        return environ

    def __getattr__(self, name: str) -> Callable[[], None]:
        # the base class asks for do_METHOD; which methods there are is moto's matter
        if name.startswith("do_"):
            return self._any
        raise AttributeError(name)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing of requests; what goes wrong has its traceback."""

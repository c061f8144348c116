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
from io import BytesIO
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any
from urllib.parse import unquote

_DYNAMODB = "DynamoDB_20120810."
_LONGEST_LINE = 65_536
_PARTS_OF_A_REQUEST_LINE = 3

type Environ = dict[str, Any]
type Headers = Iterable[tuple[str, str]]
type Answer = tuple[int, Headers, bytes]
type Application = Callable[[Environ], Answer]


class MotoServer(ThreadingTCPServer):
    """Serves all of moto's services on one port, each connection in a thread of its own."""

    daemon_threads = True
    allow_reuse_address = True
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

    def answer(environ: Environ) -> Answer:
        if not environ.get("HTTP_X_AMZ_TARGET", "").startswith(_DYNAMODB):
            return _of_wsgi(everything, environ)
        request = BackendRequest(environ)
        status, headers, body = DynamoHandler.dispatch(request)
        return int(status), headers.items(), body.encode()

    return answer


def _of_wsgi(application: Any, environ: Environ) -> Answer:
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


class _Connection(StreamRequestHandler):
    """Requests of AWS's clients, one after the other: each says how long it is, and gets its answer whole.

    The library's own handler reads the headers as those of a letter: a quarter of the time of a small read.
    """

    server: MotoServer
    # an answer leaves in one piece, at once
    wbufsize = -1
    disable_nagle_algorithm = True

    def handle(self) -> None:
        with suppress(ConnectionError):  # the process at the other end was killed
            while request := self._request():
                self._answer(*request)
                self.wfile.flush()

    def _request(self) -> tuple[str, str, dict[str, str], bytes] | None:
        """Method, path, headers by their names in lower case, and body; None to end the connection."""
        first = self._line().split(" ")
        if len(first) != _PARTS_OF_A_REQUEST_LINE:
            return None
        headers: dict[str, str] = {}
        while line := self._line():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        if "transfer-encoding" in headers:
            return None  # how long it is shows only as it comes
        if "100-continue" in headers.get("expect", ""):
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()
        return first[0], first[1], headers, self.rfile.read(int(headers.get("content-length", 0)))

    def _line(self) -> str:
        return self.rfile.readline(_LONGEST_LINE).decode("iso-8859-1").rstrip("\r\n")

    def _answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        try:
            status, told, answer = self.server.answer(self._environ(method, path, headers, body))
        except Exception:
            traceback.print_exc()
            status, told, answer = HTTPStatus.INTERNAL_SERVER_ERROR, (), b""
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
        lines += [
            f"{name}: {value}" for name, value in told if method == "HEAD" or name.lower() != "content-length"
        ]
        if method != "HEAD":
            lines.append(f"content-length: {len(answer)}")
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("iso-8859-1"))
        if method != "HEAD":
            self.wfile.write(answer)

    def _environ(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Environ:
        """The request as PEP 3333 has it, and its path as it came, which moto reads too."""
        plain, _, query = path.partition("?")
        host, port = self.server.server_address[:2]
        environ: Environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(plain, "iso-8859-1"),
            "QUERY_STRING": query,
            "RAW_URI": path,
            "SERVER_NAME": host,
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": self.client_address[0],
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
        return environ

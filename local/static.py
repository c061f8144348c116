"""The dashboard's files, as CloudFront serves them: compressed, with an ETag, under a strict policy.

Beside them the API's description, which only the local stack serves.
"""

import gzip
import hashlib
import json
import mimetypes
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from local.gateway import Answer
from local.template import ROOT

DASHBOARD = ROOT / "dashboard"
OPENAPI = ROOT / "docs" / "api" / "openapi.json"
_API_DOCS = ROOT / "local" / "api_docs"
API_DOCS = {
    "/api/docs": _API_DOCS / "page.html",
    "/api/docs/page.css": _API_DOCS / "page.css",
    "/api/docs/page.js": _API_DOCS / "page.js",
    "/api/openapi.json": OPENAPI,
}
"""By its path, each file of the page that lists the API."""

SECURITY_HEADERS = {
    # no inline script or style, nothing from other hosts; wallets hand their icons over as data: URIs
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

_COMPRESSED = frozenset({".html", ".css", ".js", ".json", ".svg"})
_NOT_SERVED = frozenset({"node_modules", "screenshots", "package.json", "package-lock.json"})
"""In the folder, but no part of the page."""


class StaticSite:
    """Answers for the page's files; `simulated_data` says whether the venues are simulators."""

    def __init__(self, *, simulated_data: bool, folder: Path = DASHBOARD) -> None:
        self._folder = folder.resolve()
        self._config = json.dumps({"simulatedData": simulated_data}).encode()

    def answer(self, path: str, accept_encoding: str = "", if_none_match: str = "") -> Answer:
        """The file at the path, a 304 for the copy that the caller has, or a 404."""
        name = path.lstrip("/") or "index.html"
        if name == "config.json":
            return Answer(200, _headers("application/json"), self._config)
        wanted = (self._folder / name).resolve()
        if not self._is_served(wanted):
            return Answer(404, {"content-type": "text/plain"}, b"not found")
        return answer_file(wanted, accept_encoding, if_none_match)

    def names(self) -> Iterator[str]:
        """Everything that is served, by its path without the first slash."""
        for file in sorted(self._folder.rglob("*")):
            if self._is_served(file):
                yield file.relative_to(self._folder).as_posix()
        yield "config.json"

    def _is_served(self, wanted: Path) -> bool:
        if not wanted.is_relative_to(self._folder) or not wanted.is_file():
            return False
        return wanted.relative_to(self._folder).parts[0] not in _NOT_SERVED


def answer_file(file: Path, accept_encoding: str = "", if_none_match: str = "") -> Answer:
    """The file, compressed for who asks for it, or a 304 for the copy that the caller has."""
    body, tag, packed = _load(file, file.stat().st_mtime_ns)
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    headers = _headers(kind) | {"etag": tag, "vary": "accept-encoding"}
    if tag in if_none_match:
        return Answer(304, headers, b"")
    if packed and "gzip" in accept_encoding:
        return Answer(200, headers | {"content-encoding": "gzip"}, packed)
    return Answer(200, headers, body)


def _headers(kind: str) -> dict[str, str]:
    text = kind.startswith("text/") or kind in ("application/json", "application/javascript")
    return {"content-type": f"{kind}; charset=utf-8" if text else kind, "cache-control": "no-cache"}


@lru_cache(maxsize=256)
def _load(file: Path, _changed_ns: int) -> tuple[bytes, str, bytes]:
    """(bytes, ETag, gzipped bytes or none), read again when the file changed."""
    body = file.read_bytes()
    # mtime=0 keeps the bytes the same from run to run
    packed = gzip.compress(body, 6, mtime=0) if file.suffix in _COMPRESSED else b""
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"', packed

"""Limitless request authentication: a scoped API token signs each request with HMAC-SHA256.

The message is timestamp, METHOD, path with query and body, joined by line feeds; the timestamp is ISO 8601
UTC with milliseconds and a Z (not Unix time), good for 30 seconds. Cookie logins are gone (410) and bare
X-API-Key headers are for former holders only.
"""

import base64
import binascii
import hmac
from datetime import UTC, datetime

from dutchbook.domain.secret import Confidential, InvalidCredential, Secret


def iso_timestamp(unix_ms: int) -> str:
    """2026-11-22T12:00:00.000Z of Unix milliseconds."""
    seconds, milliseconds = divmod(unix_ms, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{milliseconds:03d}Z"


class RequestSigner(Confidential):
    """Signs requests with a scoped token; make it once per warm function.

    Raises InvalidCredential when the secret is not base64 or the token id is blank.
    """

    __slots__ = ("_secret", "_token_id")

    def __init__(self, token_id: str, secret: Secret) -> None:
        if not token_id.strip():
            raise InvalidCredential("the Limitless token id is empty: derive an API token in the web UI")
        self._token_id = token_id.strip()
        try:
            self._secret = base64.b64decode(secret.reveal().strip(), validate=True)
        except (binascii.Error, ValueError):
            raise InvalidCredential(
                "the Limitless secret is not base64: derive a new API token (profile, API tokens) and copy "
                "the secret that is shown once; an old lmts_… key cannot sign"
            ) from None

    def headers(self, method: str, path: str, body: bytes, unix_ms: int) -> dict[str, str]:
        """Headers for a request; path with its query as sent, body the exact bytes (empty for none)."""
        timestamp = iso_timestamp(unix_ms)
        message = f"{timestamp}\n{method.upper()}\n{path}\n".encode() + body
        return {
            "lmts-api-key": self._token_id,
            "lmts-timestamp": timestamp,
            "lmts-signature": base64.b64encode(hmac.digest(self._secret, message, "sha256")).decode(),
        }

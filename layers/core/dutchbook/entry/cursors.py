"""Page cursors: the store's own key, signed, bound to one route and one owner's thing, and short-lived.

A cursor is text that a caller hands back. Unsigned, it would let him name any key of the table as a start.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass

from dutchbook.entry.problems import Malformed

LIFE_SECONDS = 3600
_TAG_BYTES = 16
_MAX_LENGTH = 2048


@dataclass(frozen=True, slots=True)
class Cursors:
    """Makes and opens cursors."""

    key: Callable[[], bytes]
    """Asked each time: it changes when the cursor keys are rotated, and old cursors end with it."""

    def seal(self, start: str, scope: str, now_s: int) -> str | None:
        """The cursor for a page that starts at `start`; None when there is no next page."""
        if not start:
            return None
        payload = json.dumps([start, now_s + LIFE_SECONDS], separators=(",", ":")).encode()
        return _encode(self._tag(payload, scope) + payload)

    def open(self, cursor: str | None, scope: str, now_s: int) -> str:
        """The start that the cursor holds; empty for no cursor.

        Raises Malformed when it was made for another scope, by somebody else, or too long ago.
        """
        if not cursor:
            return ""
        raw = _decode(cursor)
        tag, payload = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
        if not hmac.compare_digest(tag, self._tag(payload, scope)):
            raise Malformed("cursor", "is not one that this list gave: start again without it")
        start, expires_at = json.loads(payload)
        if now_s > expires_at:
            raise Malformed("cursor", "is older than an hour: start again without it")
        return str(start)

    def _tag(self, payload: bytes, scope: str) -> bytes:
        return hmac.digest(self.key(), scope.encode() + b"\0" + payload, "sha256")[:_TAG_BYTES]


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(cursor: str) -> bytes:
    try:
        if len(cursor) > _MAX_LENGTH:
            raise ValueError
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("cursor", "is not one that this list gave: start again without it") from None

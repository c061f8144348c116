"""The keys behind session tokens, as one secret that is rotated without a deployment; cursors have another.

{"kid", "current"} and, for the life of a token after a rotation, {"previous_kid", "previous"}. The first
signs, both verify; a token's header says which by its `kid`.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from dutchbook.domain.errors import StoreUnavailable
from dutchbook.domain.secret import Confidential

KEYS_KEPT_SECONDS = 300
KEPT_WITHOUT_STORE_SECONDS = 900
"""How old keys may grow while no others can be read: the life of a token, as a rotation allows for."""
RELOADS_APART_SECONDS = 10
"""Between two tries to read the keys, so that made-up key ids do not become calls to the store."""
_MIN_KEY_BYTES = 32


class InvalidKeys(ValueError):
    """The secret does not hold keys as this module writes them; nothing of it is in the message."""


class TokenKeys(Confidential):
    """The signing key and those that still verify."""

    __slots__ = ("_by_kid", "kid")

    def __init__(self, kid: str, by_kid: Mapping[str, bytes]) -> None:
        self.kid = kid
        self._by_kid = dict(by_kid)

    @classmethod
    def parse(cls, text: str) -> "TokenKeys":
        """Raises InvalidKeys."""
        try:
            stored = json.loads(text)
            pairs = [(stored["kid"], stored["current"])]
            if stored.get("previous"):
                if stored["previous_kid"] == stored["kid"]:
                    raise InvalidKeys(
                        "kid and previous_kid are one: the old key would sign under the new name"
                    )
                pairs.append((stored["previous_kid"], stored["previous"]))
            by_kid = {str(kid): str(key).encode() for kid, key in pairs}
        except InvalidKeys:
            raise
        except (ValueError, KeyError, TypeError, AttributeError):
            raise InvalidKeys("the token secret is not {kid, current, previous_kid?, previous?}") from None
        if any(len(key) < _MIN_KEY_BYTES for key in by_kid.values()):
            raise InvalidKeys(f"a token key is shorter than {_MIN_KEY_BYTES} bytes")
        return cls(str(stored["kid"]), by_kid)

    def signing(self) -> bytes:
        return self._by_kid[self.kid]

    def verifying(self, kid: object) -> bytes | None:
        return self._by_kid.get(kid) if isinstance(kid, str) else None


@dataclass(slots=True)
class KeyRing:
    """Reads the keys at most every five minutes, so that a rotation is seen without a deployment.

    A key id that it does not know may be of a rotation since: then it reads again at once. While the store is
    away, or holds no keys, those in hand serve on for a quarter of an hour.
    """

    load: Callable[[], str]
    now: Callable[[], float] = time.monotonic
    _keys: TokenKeys | None = field(default=None, init=False, repr=False)
    _read_at: float = field(default=0.0, init=False)
    _tried_at: float = field(default=0.0, init=False)

    def keys(self) -> TokenKeys:
        """Raises InvalidKeys, StoreUnavailable."""
        if self._keys is None or self.now() - self._read_at >= KEYS_KEPT_SECONDS:
            return self._read()
        return self._keys

    def verifying(self, kid: object) -> bytes | None:
        """The key of this id, None when there is none. Raises InvalidKeys, StoreUnavailable."""
        key = self.keys().verifying(kid)
        return self._read().verifying(kid) if key is None and isinstance(kid, str) else key

    def _read(self) -> TokenKeys:
        now, kept = self.now(), self._keys
        if kept is not None and now - self._read_at >= KEPT_WITHOUT_STORE_SECONDS:
            kept = None
        if kept is not None and now - self._tried_at < RELOADS_APART_SECONDS:
            return kept
        self._tried_at = now
        try:
            self._keys = TokenKeys.parse(self.load())
        except (StoreUnavailable, InvalidKeys):
            if kept is None:
                raise
            return kept
        self._read_at = now
        return self._keys

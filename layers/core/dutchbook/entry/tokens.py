"""Session tokens: JWT, HS256, fifteen minutes. PyJWT and the standard library only: Authorize starts with it.

The keys are one secret: {"kid", "current"} and, for the life of a token after a rotation, {"previous_kid",
"previous"}. The first signs, both verify; the header's `kid` says which.
"""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import jwt

from dutchbook.domain.secret import Confidential

ALGORITHM = "HS256"
ISSUER = "dutchbook"
LIFE_SECONDS = 900
KEYS_KEPT_SECONDS = 300
_MIN_KEY_BYTES = 32
_CLAIMS = ["iss", "aud", "sub", "iat", "exp", "jti"]


class InvalidToken(Exception):
    """Not a token of ours, or no longer."""


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
                pairs.append((stored["previous_kid"], stored["previous"]))
            by_kid = {str(kid): str(key).encode() for kid, key in pairs}
        except (ValueError, KeyError, TypeError, AttributeError):
            raise InvalidKeys("the token secret is not {kid, current, previous_kid?, previous?}") from None
        if any(len(key) < _MIN_KEY_BYTES for key in by_kid.values()):
            raise InvalidKeys(f"a token key is shorter than {_MIN_KEY_BYTES} bytes")
        return cls(str(stored["kid"]), by_kid)

    def signing(self) -> bytes:
        return self._by_kid[self.kid]

    def verifying(self, kid: object) -> bytes | None:
        return self._by_kid.get(kid) if isinstance(kid, str) else None

    def derived(self, purpose: str) -> bytes:
        """A key for something else, from which this one cannot be found."""
        return hmac.digest(self.signing(), f"dutchbook {purpose}".encode(), hashlib.sha256)


@dataclass(slots=True)
class KeyRing:
    """Reads the keys at most every five minutes, so that a rotation is seen without a deployment."""

    load: Callable[[], str]
    now: Callable[[], float] = time.monotonic
    _keys: TokenKeys | None = field(default=None, init=False, repr=False)
    _read_at: float = field(default=0.0, init=False)

    def keys(self) -> TokenKeys:
        """Raises InvalidKeys, StoreUnavailable."""
        if self._keys is None or self.now() - self._read_at >= KEYS_KEPT_SECONDS:
            self._keys = TokenKeys.parse(self.load())
            self._read_at = self.now()
        return self._keys


@dataclass(frozen=True, slots=True)
class Tokens:
    """Issues and verifies the tokens of one audience."""

    ring: KeyRing
    audience: str

    def issue(self, wallet: str, now_s: int) -> tuple[str, int]:
        """A token of the wallet (lower case) and when it expires, Unix seconds."""
        keys = self.ring.keys()
        expires_at = now_s + LIFE_SECONDS
        claims = {
            "iss": ISSUER,
            "aud": self.audience,
            "sub": wallet,
            "iat": now_s,
            "exp": expires_at,
            "jti": secrets.token_hex(16),
        }
        return jwt.encode(claims, keys.signing(), ALGORITHM, headers={"kid": keys.kid}), expires_at

    def verify(self, token: str, now_s: int) -> tuple[str, int]:
        """The wallet and when its token expires. Raises InvalidToken."""
        try:
            key = self.ring.keys().verifying(jwt.get_unverified_header(token).get("kid"))
            if key is None:
                raise InvalidToken("unknown key")
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=self.audience,
                issuer=ISSUER,
                # the times are checked below, against the clock that the caller gives
                options={"require": _CLAIMS, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
        except jwt.PyJWTError:
            raise InvalidToken("not a token of ours") from None
        issued_at, expires_at = claims["iat"], claims["exp"]
        if not isinstance(issued_at, int) or not isinstance(expires_at, int):
            raise InvalidToken("times that are no times")
        if not issued_at - 60 <= now_s < expires_at:
            raise InvalidToken("expired")
        return str(claims["sub"]), expires_at

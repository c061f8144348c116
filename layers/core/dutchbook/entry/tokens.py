"""Session tokens: JWT, HS256, fifteen minutes. PyJWT is all that Authorize starts with.

It is imported at the first token: where it finds `cryptography`, in Register, it loads all of it, which only
a sign-in has to wait for.
"""

import secrets
from dataclasses import dataclass

from dutchbook.entry.token_keys import KeyRing

ALGORITHM = "HS256"
ISSUER = "dutchbook"
LIFE_SECONDS = 900
_CLAIMS = ["iss", "aud", "sub", "iat", "exp", "jti"]


class InvalidToken(Exception):
    """Not a token of ours, or no longer."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Issues and verifies the tokens of one audience."""

    ring: KeyRing
    audience: str

    def issue(self, wallet: str, now_s: int) -> tuple[str, int]:
        """A token of the wallet (lower case) and when it expires, Unix seconds."""
        import jwt  # noqa: PLC0415 - see above

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
        import jwt  # noqa: PLC0415 - see above

        try:
            key = self.ring.verifying(jwt.get_unverified_header(token).get("kid"))
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

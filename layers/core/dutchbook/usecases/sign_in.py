"""Sign-In with Ethereum: a nonce is given out, signed inside a message, and taken back once."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from dutchbook.domain.errors import InvalidInput
from dutchbook.ports.clock import Clock, utc

NONCE_BYTES = 16
NONCE_SECONDS = 300
SKEW = timedelta(seconds=60)
"""How far a wallet's clock may run ahead of ours."""

CHAIN_IDS = frozenset({1, 137, 8453})
"""Ethereum, and the chains of Polymarket (Polygon) and Limitless (Base)."""

_SIGNATURE_BYTES = 65

type Recover = Callable[[bytes, bytes], str]
"""(message, signature) → checksummed address of the signer (EIP-191). Raises ValueError."""


@dataclass(frozen=True, slots=True)
class SignInMessage:
    """The fields of an EIP-4361 message."""

    scheme: str
    domain: str
    address: str
    statement: str
    uri: str
    version: str
    chain_id: int
    nonce: str
    issued_at: datetime
    expires_at: datetime | None = None
    not_before: datetime | None = None
    request_id: str = ""
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """What a message must say to be meant for us."""

    domain: str
    origin: str
    """The dashboard's scheme and host; the message's URI lies under it."""


@dataclass(frozen=True, slots=True)
class Session:
    wallet: str
    token: str
    expires_at: datetime


class Nonces(Protocol):
    """Nonces given out and not yet used."""

    def add(self, nonce: str, expires_at: int) -> None:
        """`expires_at` in Unix seconds."""
        ...

    def consume(self, nonce: str, now: int) -> bool:
        """True for exactly one caller, and only before it expires."""
        ...


class TokenIssuer(Protocol):
    def issue(self, wallet: str, now_s: int) -> tuple[str, int]:
        """A session token of the wallet and when it expires, Unix seconds."""
        ...


def give_nonce(nonces: Nonces, clock: Clock) -> tuple[str, datetime]:
    """128 bits as 32 letters and digits, good for five minutes and one sign-in."""
    nonce = secrets.token_hex(NONCE_BYTES)
    expires_at = clock.now_ms() // 1000 + NONCE_SECONDS
    nonces.add(nonce, expires_at)
    return nonce, datetime.fromtimestamp(expires_at, UTC)


def sign_in(
    nonces: Nonces,
    tokens: TokenIssuer,
    clock: Clock,
    recover: Recover,
    policy: Policy,
    message: SignInMessage,
    signed: bytes,
    signature: bytes,
) -> Session:
    """A session for the wallet that signed; `signed` are the message's very bytes.

    The nonce is taken last, so that a stranger cannot burn it, and atomically, so that a message signs in
    once. Raises InvalidInput naming message or signature.
    """
    now_ms = clock.now_ms()
    _check_meant_for_us(message, policy)
    _check_times(message, utc(now_ms))
    _check_signature(message, signed, signature, recover)
    if not nonces.consume(message.nonce, now_ms // 1000):
        raise InvalidInput(
            "message", "its nonce is unknown, used or older than five minutes: ask for a new one"
        )
    token, expires_at = tokens.issue(message.address.lower(), now_ms // 1000)
    return Session(message.address.lower(), token, datetime.fromtimestamp(expires_at, UTC))


def _check_meant_for_us(message: SignInMessage, policy: Policy) -> None:
    if message.domain != policy.domain:
        raise InvalidInput("message", f"is for another site than {policy.domain}")
    if message.scheme and message.scheme != urlsplit(policy.origin).scheme:
        raise InvalidInput("message", f"names another scheme than {policy.origin}")
    if message.uri != policy.origin and not message.uri.startswith(policy.origin + "/"):
        raise InvalidInput("message", f"its URI does not lie under {policy.origin}")
    if message.chain_id not in CHAIN_IDS:
        chains = ", ".join(map(str, sorted(CHAIN_IDS)))
        raise InvalidInput("message", f"its chain id is none of {chains}")


def _check_times(message: SignInMessage, now: datetime) -> None:
    if message.issued_at > now + SKEW:
        raise InvalidInput("message", "was issued in the future: set the clock")
    if message.issued_at < now - timedelta(seconds=NONCE_SECONDS) - SKEW:
        raise InvalidInput("message", "was issued more than five minutes ago: sign a new one")
    if message.expires_at is not None and message.expires_at <= now:
        raise InvalidInput("message", "has expired: sign a new one")
    if message.not_before is not None and message.not_before > now + SKEW:
        raise InvalidInput("message", "is not valid yet")


def _check_signature(message: SignInMessage, signed: bytes, signature: bytes, recover: Recover) -> None:
    if len(signature) != _SIGNATURE_BYTES:
        raise InvalidInput(
            "signature",
            "has not the 65 bytes of a key's signature: contract wallets (EIP-1271) cannot sign in, use a "
            "wallet with a key of its own",
        )
    try:
        signer = recover(signed, signature)
    except ValueError:
        raise InvalidInput("signature", "is no signature of any key") from None
    if signer != message.address:
        raise InvalidInput(
            "signature",
            "was not made by the wallet that the message names: a key signs for itself, and contract wallets "
            "(EIP-1271) cannot sign in",
        )

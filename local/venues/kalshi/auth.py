"""Checks Kalshi's request signatures: RSA-PSS or Ed25519 over timestamp + method + path.

Written against the documentation with `cryptography`, apart from the product's own signer.
"""

import base64
import binascii
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from flask import Request

from local.venues.ledger import Account
from local.venues.state import VenueState
from local.venues.wire import Json

CLOCK_TOLERANCE_MS = 10_000
"""Production was seen to accept ten seconds and to refuse sixty."""


class AuthError(Exception):
    """A 401 with its body."""

    def __init__(self, code: str, message: str, details: str = "") -> None:
        super().__init__(code)
        error = {"code": code, "message": message}
        self.body: Json = {"error": error | ({"details": details} if details else {})}


def authenticate(state: VenueState, request: Request) -> Account:
    """The account that signed the request. Raises AuthError as the venue answers."""
    key_id = request.headers.get("KALSHI-ACCESS-KEY", "")
    timestamp = request.headers.get("KALSHI-ACCESS-TIMESTAMP", "")
    signature = request.headers.get("KALSHI-ACCESS-SIGNATURE", "")
    if not (key_id and timestamp and signature):
        raise AuthError("signature_is_missing_from_headers", "signature is missing from headers")
    if not timestamp.isdigit() or abs(int(timestamp) - state.time.now_ms()) > CLOCK_TOLERANCE_MS:
        raise AuthError("header_timestamp_expired", "header timestamp expired")
    for account in state.ledger.accounts.values():
        pem = account.facts.get("keys", {}).get(key_id)
        if pem is not None:
            message = timestamp + request.method + request.path
            if _signed(pem, signature, message.encode()):
                return account
            raise AuthError("authentication_error", "authentication_error", "INCORRECT_API_KEY_SIGNATURE")
    raise AuthError("authentication_error", "authentication_error", "NOT_FOUND")


def _signed(pem: str, signature: str, message: bytes) -> bool:
    key = _public_key(pem)
    try:
        raw = base64.b64decode(signature, validate=True)
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(raw, message)
        else:
            pss = padding.PSS(padding.MGF1(hashes.SHA256()), salt_length=hashes.SHA256.digest_size)
            key.verify(raw, message, pss, hashes.SHA256())
    except (InvalidSignature, binascii.Error):
        return False
    return True


@lru_cache(maxsize=64)
def _public_key(pem: str) -> rsa.RSAPublicKey | ed25519.Ed25519PublicKey:
    key = serialization.load_pem_public_key(pem.encode())
    if not isinstance(key, rsa.RSAPublicKey | ed25519.Ed25519PublicKey):
        raise TypeError("Kalshi keys are RSA or Ed25519")
    return key

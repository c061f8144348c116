"""Polymarket request authentication: L1 proves the wallet (to get an API key), L2 signs each request.

L1 is an EIP-712 message under the domain ClobAuthDomain/1, which CLOB V2 left as it was. L2 is HMAC-SHA256
over timestamp ‖ METHOD ‖ path without query ‖ the exact body bytes, in url-safe base64. Timestamps are Unix
seconds. The API key belongs to the signing key's own address, also where a wallet holds the money.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass

from dutchbook.domain.secret import Confidential, InvalidCredential, Secret
from venues.crypto import (
    EthereumSigner,
    address_word,
    domain_separator,
    keccak256,
    typed_data_digest,
    uint_word,
)
from venues.polymarket.contracts import POLYGON_CHAIN_ID

_CLOB_AUTH_HASH = keccak256(b"ClobAuth(address address,string timestamp,uint256 nonce,string message)")
_ATTESTATION_HASH = keccak256(b"This message attests that I control the given wallet")


@dataclass(frozen=True, slots=True)
class ApiCredentials:
    """What POST /auth/api-key or GET /auth/derive-api-key answers."""

    key: str
    secret: Secret
    passphrase: Secret


def clob_auth_digest(address: str, chain_id: int, timestamp_s: int, nonce: int) -> bytes:
    """The EIP-712 digest that L1 signs."""
    struct_hash = keccak256(
        _CLOB_AUTH_HASH
        + address_word(address)
        + keccak256(str(timestamp_s).encode())
        + uint_word(nonce)
        + _ATTESTATION_HASH
    )
    return typed_data_digest(domain_separator("ClobAuthDomain", "1", chain_id), struct_hash)


def l1_headers(
    signer: EthereumSigner, timestamp_s: int, *, nonce: int = 0, chain_id: int = POLYGON_CHAIN_ID
) -> dict[str, str]:
    """Headers that create or derive the API key of this nonce."""
    signature = signer.sign(clob_auth_digest(signer.address, chain_id, timestamp_s, nonce))
    return {
        "POLY_ADDRESS": signer.address,
        "POLY_SIGNATURE": "0x" + signature.hex(),
        "POLY_TIMESTAMP": str(timestamp_s),
        "POLY_NONCE": str(nonce),
    }


class RequestSigner(Confidential):
    """Signs requests with an API key (L2); make it once per warm function.

    Raises InvalidCredential when the secret is not base64.
    """

    __slots__ = ("_address", "_api_key", "_passphrase", "_secret")

    def __init__(self, address: str, credentials: ApiCredentials) -> None:
        self._address = address
        self._api_key = credentials.key
        self._passphrase = credentials.passphrase
        self._secret = _decode_secret(credentials.secret)

    def headers(self, method: str, path: str, body: bytes, timestamp_s: int) -> dict[str, str]:
        """Headers for a request; `body` is what will be sent (empty for none), a query is left out."""
        return {
            "POLY_ADDRESS": self._address,
            "POLY_SIGNATURE": self.signature(method, path, body, timestamp_s),
            "POLY_TIMESTAMP": str(timestamp_s),
            "POLY_API_KEY": self._api_key,
            "POLY_PASSPHRASE": self._passphrase.reveal(),
        }

    def signature(self, method: str, path: str, body: bytes, timestamp_s: int) -> str:
        """Url-safe base64 of the HMAC; `method` is signed as written, in capitals on the wire."""
        message = f"{timestamp_s}{method}{path.partition('?')[0]}".encode() + body
        return base64.urlsafe_b64encode(hmac.digest(self._secret, message, "sha256")).decode()


def _decode_secret(secret: Secret) -> bytes:
    text = secret.reveal().strip()
    padded = text + "=" * (-len(text) % 4)
    try:
        # the venue writes url-safe base64; the check of the alphabet needs the standard one
        return base64.b64decode(padded.translate(str.maketrans("-_", "+/")), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidCredential(
            "the API secret is not base64: derive the key anew and copy `secret`, not the key or passphrase"
        ) from None

"""Kalshi request signing: RSA-PSS or Ed25519 over timestamp ‖ METHOD ‖ path, no session and no login.

The message has no separators, query, host or body; the timestamp is Unix milliseconds. RSA keys sign with
PSS, SHA-256, MGF1-SHA-256 and a salt of 32 bytes; Ed25519 keys sign the message as it is. A PEM header does
not tell the key's type (PKCS#8 holds either), so the parsed key object decides.
"""

import base64
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from dutchbook.domain.secret import Confidential, InvalidCredential, Secret

_HASH = SHA256()
_PSS = PSS(mgf=MGF1(_HASH), salt_length=32)
_MIN_RSA_BITS = 2048
_HOW_TO_GET_A_KEY = (
    "create an API key on kalshi.com (Account, API keys) and paste the whole private key file, "
    "from -----BEGIN to the END line"
)

type PrivateKey = RSAPrivateKey | Ed25519PrivateKey


def load_private_key(pem: Secret, *, already_checked: bool = False) -> PrivateKey:
    """The RSA (2048 bits or more) or Ed25519 key of a PEM text; load it once per warm function.

    `already_checked` skips RSA's arithmetic check, some 80 ms, for keys that passed it at registration.
    Raises InvalidCredential, naming the fix, for anything that is not such a private key.
    """
    text = pem.reveal().strip()
    if "-----BEGIN" not in text:
        raise InvalidCredential(
            "the Kalshi secret is not a private key: Kalshi has no HMAC secret, password or login for "
            f"trading, each request is signed with a key; {_HOW_TO_GET_A_KEY}"
        )
    if "PRIVATE KEY-----" not in text:
        raise InvalidCredential(f"the Kalshi secret is a public key or certificate; {_HOW_TO_GET_A_KEY}")
    try:
        key = load_pem_private_key(text.encode(), None, unsafe_skip_rsa_key_validation=already_checked)
    except TypeError:  # what `cryptography` raises for an encrypted key without a password
        raise InvalidCredential(
            "the Kalshi private key is encrypted: decrypt it first, for example with `openssl pkey`"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise InvalidCredential(f"the Kalshi private key cannot be read; {_HOW_TO_GET_A_KEY}") from None
    if isinstance(key, Ed25519PrivateKey):
        return key
    if isinstance(key, RSAPrivateKey) and key.key_size >= _MIN_RSA_BITS:
        return key
    raise InvalidCredential(
        f"Kalshi takes RSA keys of {_MIN_RSA_BITS} bits or more and Ed25519 keys; {_HOW_TO_GET_A_KEY}"
    )


def message_to_sign(timestamp_ms: int, method: str, url: str) -> bytes:
    """The signed text for a URL or a path from the host's root (``/trade-api/v2/…``)."""
    return f"{timestamp_ms}{method.upper()}{urlsplit(url).path}".encode()


class RequestSigner(Confidential):
    """Signs requests with one API key; make it once per warm function.

    Raises InvalidCredential when the key id is blank.
    """

    __slots__ = ("_key", "_key_id")

    def __init__(self, key_id: str, key: PrivateKey) -> None:
        if not key_id.strip():
            raise InvalidCredential(f"the Kalshi key id is empty; {_HOW_TO_GET_A_KEY}")
        self._key_id = key_id.strip()
        self._key = key

    def headers(self, method: str, url: str, timestamp_ms: int) -> dict[str, str]:
        """The three headers of a request; they hold on every host of the key's environment."""
        signature = self._sign(message_to_sign(timestamp_ms, method, url))
        return {
            "KALSHI-ACCESS-KEY": self._key_id,
            "KALSHI-ACCESS-TIMESTAMP": str(timestamp_ms),
            "KALSHI-ACCESS-SIGNATURE": base64.b64encode(signature).decode(),
        }

    def _sign(self, message: bytes) -> bytes:
        if isinstance(self._key, RSAPrivateKey):
            return self._key.sign(message, _PSS, _HASH)
        return self._key.sign(message)

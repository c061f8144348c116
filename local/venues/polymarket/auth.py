"""Polymarket's two logins: L1 (an EIP-712 attestation by the wallet) gives a key, L2 (HMAC) uses it.

Checked with `eth_account` and `hmac`, apart from the product's own signer.
"""

import base64
import binascii
import hashlib
import hmac
from hashlib import sha256
from uuid import UUID

from eth_account import Account as EthAccount
from eth_account.messages import encode_typed_data
from flask import Request

from local.venues.ledger import Account
from local.venues.state import VenueState
from local.venues.wire import Json

CHAIN_ID = 137
CLOCK_TOLERANCE_S = 30
_MESSAGE = "This message attests that I control the given wallet"
_CLOB_AUTH = {
    "EIP712Domain": [
        {"name": "name", "type": "string"},
        {"name": "version", "type": "string"},
        {"name": "chainId", "type": "uint256"},
    ],
    "ClobAuth": [
        {"name": "address", "type": "address"},
        {"name": "timestamp", "type": "string"},
        {"name": "nonce", "type": "uint256"},
        {"name": "message", "type": "string"},
    ],
}


class AuthError(Exception):
    """A 401 with the venue's text."""


def attest(state: VenueState, request: Request) -> tuple[Account, int]:
    """L1: the account whose wallet signed the attestation, and the nonce. Raises AuthError.

    A wallet that nobody registered gets an empty account of its own, as on the venue.
    """
    address = request.headers.get("POLY_ADDRESS", "")
    timestamp = request.headers.get("POLY_TIMESTAMP", "")
    nonce = request.headers.get("POLY_NONCE", "0")
    if not nonce.isdigit() or not _fresh(state, timestamp):
        raise AuthError("Invalid L1 Request headers")
    try:
        message = encode_typed_data(
            full_message={
                "types": _CLOB_AUTH,
                "primaryType": "ClobAuth",
                "domain": {"name": "ClobAuthDomain", "version": "1", "chainId": CHAIN_ID},
                "message": {
                    "address": address,
                    "timestamp": timestamp,
                    "nonce": int(nonce),
                    "message": _MESSAGE,
                },
            }
        )
        signer = EthAccount.recover_message(message, signature=request.headers.get("POLY_SIGNATURE", ""))
    except (ValueError, TypeError, binascii.Error) as error:
        raise AuthError("Invalid L1 Request headers") from error
    if signer.lower() != address.lower():
        raise AuthError("Invalid L1 Request headers")
    found = owner_account(state, address)
    if found is None:
        facts = {"owner": address, "funder": address, "signature_type": 0}
        found = state.ledger.open(address.lower(), 0, facts)
    return found, int(nonce)


def credentials(account: Account, nonce: int) -> Json:
    """The key of a wallet and nonce: always the same, so deriving finds what creating made."""
    seed = f"simulated|{account.facts['owner'].lower()}|{nonce}".encode()
    return {
        "apiKey": str(UUID(bytes=sha256(seed + b"|key").digest()[:16], version=4)),
        "secret": base64.urlsafe_b64encode(sha256(seed + b"|secret").digest()).decode(),
        "passphrase": sha256(seed + b"|passphrase").hexdigest(),
    }


def authenticate(state: VenueState, request: Request) -> Account:
    """L2: the account whose key signed timestamp + method + path + body. Raises AuthError."""
    headers = request.headers
    account = owner_account(state, headers.get("POLY_ADDRESS", ""))
    keys = account.facts.get("api_keys", {}) if account else {}
    key = keys.get(headers.get("POLY_API_KEY", ""))
    timestamp = headers.get("POLY_TIMESTAMP", "")
    if account is None or key is None or key["passphrase"] != headers.get("POLY_PASSPHRASE"):
        raise AuthError("Unauthorized/Invalid api key")
    if not _fresh(state, timestamp):
        raise AuthError("Unauthorized/Invalid api key")
    message = f"{timestamp}{request.method}{request.path}".encode() + request.get_data()
    secret = base64.urlsafe_b64decode(key["secret"])
    expected = base64.urlsafe_b64encode(hmac.new(secret, message, hashlib.sha256).digest()).decode()
    if not hmac.compare_digest(expected, headers.get("POLY_SIGNATURE", "")):
        raise AuthError("Unauthorized/Invalid api key")
    return account


def owner_account(state: VenueState, address: str) -> Account | None:
    """The account whose key is this wallet's."""
    for account in state.ledger.accounts.values():
        if account.facts["owner"].lower() == address.lower():
            return account
    return None


def _fresh(state: VenueState, timestamp: str) -> bool:
    now_s = state.time.now_ms() // 1_000
    return timestamp.isdigit() and abs(int(timestamp) - now_s) <= CLOCK_TOLERANCE_S

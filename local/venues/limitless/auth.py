"""Checks Limitless's scoped-token HMAC: timestamp, METHOD, path with query and body, joined by line feeds."""

import base64
import hashlib
import hmac
from datetime import datetime

from flask import Request

from local.venues.ledger import Account
from local.venues.state import VenueState

CLOCK_TOLERANCE_MS = 30_000


class AuthError(Exception):
    """A 401."""


def authenticate(state: VenueState, request: Request) -> Account:
    """The account whose token signed the request. Raises AuthError."""
    timestamp = request.headers.get("lmts-timestamp", "")
    account = _token_account(state, request.headers.get("lmts-api-key", ""))
    if account is None or not _fresh(state, timestamp):
        raise AuthError("Unauthorized")
    # The path as it was sent, before any decoding.
    path = request.environ["RAW_URI"]
    message = f"{timestamp}\n{request.method}\n{path}\n".encode() + request.get_data()
    secret = base64.b64decode(account.facts["secret"])
    expected = base64.b64encode(hmac.new(secret, message, hashlib.sha256).digest()).decode()
    if not hmac.compare_digest(expected, request.headers.get("lmts-signature", "")):
        raise AuthError("Unauthorized")
    return account


def _token_account(state: VenueState, token: str) -> Account | None:
    for account in state.ledger.accounts.values():
        if account.facts["token"] == token:
            return account
    return None


def _fresh(state: VenueState, timestamp: str) -> bool:
    """ISO 8601 with a zone, within half a minute; Unix numbers are not understood."""
    if "T" not in timestamp:
        return False
    try:
        sent = datetime.fromisoformat(timestamp)
    except ValueError:
        return False
    if sent.tzinfo is None:
        return False
    return abs(int(sent.timestamp() * 1_000) - state.time.now_ms()) <= CLOCK_TOLERANCE_MS

"""Ids are computed, not drawn: the same tick, pair, direction and agent give the same trade, everywhere.

ULID: 48 bits of Unix milliseconds and 80 bits, in Crockford's base 32 (26 characters), so that ids sort by
time (github.com/ulid/spec).
"""

import hashlib
import secrets
import uuid

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SEPARATOR = "|"


def ulid(milliseconds: int, low80: int) -> str:
    """26 characters of the ULID with this time and these 80 low bits."""
    if not 0 <= milliseconds < 1 << 48 or not 0 <= low80 < 1 << 80:
        raise ValueError("a ULID has 48 time bits and 80 low bits")
    value = milliseconds << 80 | low80
    return "".join(_CROCKFORD[value >> shift & 31] for shift in range(125, -1, -5))


def ulid_time(text: str) -> int:
    """Unix milliseconds of a ULID, with or without a prefix such as ``trd_``. Raises ValueError."""
    digits = text.rpartition("_")[2]
    if len(digits) != 26:
        raise ValueError(f"{text!r} is not a ULID")
    value = 0
    for digit in digits:
        value = value << 5 | _CROCKFORD.index(digit)
    return value >> 80


def new_agent_id(now_ms: int) -> str:
    """A drawn id: two agents registered in the same millisecond stay two."""
    return "agt_" + ulid(now_ms, secrets.randbits(80))


def trade_id(tick_ms: int, tick_id: str, pair_id: str, direction: str, agent_id: str) -> str:
    """The trade an agent makes of a pair and direction in a tick; also the execution's name.

    A duplicate tick, a retried scan or a second Lambda computes the same id, and finds it taken.
    """
    digest = _sha256(tick_id, pair_id, direction, agent_id)
    return "trd_" + ulid(tick_ms, int.from_bytes(digest[:10], "big"))


def client_order_id(trade: str, leg_index: int, attempt: int) -> str:
    """Version-4-shaped UUID cut from SHA-256(trade | leg | attempt): no dot, 36 characters."""
    digest = _sha256(trade, str(leg_index), str(attempt))
    return str(uuid.UUID(bytes=digest[:16], version=4))


def order_salt(trade: str, leg_index: int, attempt: int) -> int:
    """53 non-zero bits of the same hash: JSON integers stay exact on the venues' JavaScript side."""
    digest = _sha256(trade, str(leg_index), str(attempt))
    return int.from_bytes(digest[16:23], "big") % ((1 << 53) - 1) + 1


def short_hash(*parts: str) -> str:
    """80 bits of SHA-256 over the parts as 16 characters, for pair ids and rule-text hashes."""
    value = int.from_bytes(_sha256(*parts)[:10], "big")
    return "".join(_CROCKFORD[value >> shift & 31] for shift in range(75, -1, -5))


def _sha256(*parts: str) -> bytes:
    return hashlib.sha256(_SEPARATOR.join(parts).encode()).digest()

"""Idempotency keys: the same key and request give the same answer, and the work is done once.

The record of a key is kept for a day. A request that fails leaves none, so that it can be sent again as it
was. One that dies half-way leaves its record: what it had written stands, nobody knows how much, and doing it
again under the same key could do it twice.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from dutchbook.domain.errors import Conflict, StoreUnavailable
from dutchbook.ports.clock import Clock

KEPT_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Remembered:
    request: str
    """Hash of the request that took the key."""
    answer: str
    """Empty while that request is under way."""


class Replays(Protocol):
    """Which keys were used, for which request, with which answer. Times in Unix seconds."""

    def begin(self, key: str, request: str, expires_at: int, now: int) -> Remembered | None:
        """Takes the key, or tells who has it; exactly one caller takes it."""
        ...

    def finish(self, key: str, request: str, answer: str, expires_at: int) -> None: ...

    def forget(self, key: str, request: str) -> None:
        """Gives the key back, if it is still under way for this request."""
        ...


def request_hash(body: Mapping[str, object]) -> str:
    """SHA-256 of a request's meaning: the order of keys does not matter."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def once(replays: Replays, clock: Clock, key: str, request: str, work: Callable[[], str]) -> str:
    """The answer of `work`, or the one it gave before under this key.

    Raises Conflict when the key was used for another request or is under way.
    """
    now = clock.now_ms() // 1000
    expires_at = now + KEPT_SECONDS
    before = replays.begin(key, request, expires_at, now)
    if before is not None:
        return _answer_of(before, request)
    try:
        answer = work()
    except Exception:
        replays.forget(key, request)
        raise
    # it is done: told so even if that cannot be noted, since a retry is refused rather than done again
    with suppress(StoreUnavailable):
        replays.finish(key, request, answer, expires_at)
    return answer


def _answer_of(before: Remembered, request: str) -> str:
    if before.request != request:
        raise Conflict("this Idempotency-Key was used for another request: take a new one")
    if not before.answer:
        raise Conflict(
            "a request with this Idempotency-Key is under way, or ended without a word: "
            "look what it has done, and take a new one for what it has not"
        )
    return before.answer

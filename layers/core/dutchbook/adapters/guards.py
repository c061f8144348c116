"""The Guards table: things that may happen once. `id` is the key, `expiration` (Unix seconds) its TTL.

TTL only tidies up, days late at worst: every condition here looks at the time itself.
"""

import contextlib

from dutchbook.adapters.dynamo import ConditionFailed, Table, Write
from dutchbook.ports.clock import Clock
from dutchbook.usecases.once import Remembered


class DynamoNonces:
    """Satisfies `dutchbook.usecases.sign_in.Nonces`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, nonce: str, expires_at: int) -> None:
        item = {"id": f"NONCE#{nonce}", "expiration": expires_at}
        # excludes giving the same nonce twice, however unlikely 128 bits make it
        self._table.write(Write.put(item, "attribute_not_exists(#id)"))

    def consume(self, nonce: str, now: int) -> bool:
        try:
            # excludes a second sign-in with one message: only one delete finds it, and only in time
            self._table.write(
                Write.delete(
                    {"id": f"NONCE#{nonce}"}, "attribute_exists(#id) AND #expiration > :now", now=now
                )
            )
        except ConditionFailed:
            return False
        return True


class DynamoReplays:
    """Satisfies `dutchbook.usecases.once.Replays`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def begin(self, key: str, request: str, expires_at: int, now: int) -> Remembered | None:
        item = {"id": f"REPLAY#{key}", "expiration": expires_at, "request": request, "answer": ""}
        try:
            # excludes two requests of one key both doing the work
            self._table.write(Write.put(item, "attribute_not_exists(#id) OR #expiration <= :now", now=now))
        except ConditionFailed as taken:
            return Remembered(taken.item["request"], taken.item["answer"])
        return None

    def finish(self, key: str, request: str, answer: str, expires_at: int) -> None:
        # excludes answering for a later request that took the key after this one's record had expired
        self._table.write(
            Write.update(
                {"id": f"REPLAY#{key}"},
                "SET #answer = :answer, #expiration = :expiration",
                "#request = :request",
                answer=answer,
                expiration=expires_at,
                request=request,
            )
        )

    def forget(self, key: str, request: str) -> None:
        # excludes forgetting a finished answer, or another request's record
        with contextlib.suppress(ConditionFailed):
            self._table.write(
                Write.delete(
                    {"id": f"REPLAY#{key}"},
                    "#request = :request AND #answer = :none",
                    request=request,
                    none="",
                )
            )


class DynamoLeases:
    """Satisfies `dutchbook.ports.workflow.Leases`; how often a lease was taken is kept for two days."""

    KEPT_SECONDS = 172_800

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def take(self, name: str, seconds: int) -> int:
        now = self._clock.now_ms() // 1000
        try:
            # excludes two owners at once
            item = self._table.write(
                Write.update(
                    {"id": f"LEASE#{name}"},
                    "SET #until = :until, #expiration = :expiration,"
                    " #taken = if_not_exists(#taken, :zero) + :one",
                    "attribute_not_exists(#until) OR #until <= :now",
                    until=now + seconds,
                    expiration=now + self.KEPT_SECONDS,
                    now=now,
                    zero=0,
                    one=1,
                )
            )
        except ConditionFailed:
            return 0
        return int(item["taken"])

    def give_back(self, name: str) -> None:
        # excludes making an item of nothing; who gives back too late ends another's lease early, which only
        # lets two look at once: every write behind it has a condition of its own
        with contextlib.suppress(ConditionFailed):
            self._table.write(
                Write.update(
                    {"id": f"LEASE#{name}"}, "SET #until = :zero", "attribute_exists(#until)", zero=0
                )
            )

"""How often we may call a venue: the venues' figures as data, and the limiter that keeps to them.

Sources of the figures are the venues' published limits as of November 2026; where a venue publishes none, the
rate that was seen to work stands and says so. Rates and seconds are floats: they are no money.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Lock
from types import MappingProxyType

from dutchbook.domain.errors import VenueThrottled
from dutchbook.domain.venue import Venue


@dataclass(frozen=True, slots=True)
class Rate:
    """A token bucket: `burst` tokens at once, refilled at `per_second`."""

    per_second: float
    burst: float


@dataclass(frozen=True, slots=True)
class RatePlan:
    """Buckets by the name that a call passes; a call may have to pass several. `in_flight` 0 = no cap."""

    rates: Mapping[str, Rate]
    in_flight: int = 0


def _per_ten_seconds(calls: int) -> Rate:
    """The venue counts over ten seconds; spread evenly, with one second's worth at once, we stay below."""
    return Rate(per_second=calls / 10, burst=calls / 10)


POLYMARKET_PLAN = RatePlan(
    MappingProxyType(
        {
            "gamma_events": _per_ten_seconds(500),
            "gamma_markets": _per_ten_seconds(300),
            "clob": _per_ten_seconds(9_000),
            "data": _per_ten_seconds(1_000),
            "data_positions": _per_ten_seconds(150),
            "balance_allowance": _per_ten_seconds(200),
            "balance_allowance_update": _per_ten_seconds(50),
            # on the site's own host, which publishes no figure: as slow as the slowest that is published
            "geoblock": _per_ten_seconds(50),
            "api_key": _per_ten_seconds(100),
            # per signer, tier Standard; the higher tiers allow more
            "order": Rate(per_second=40, burst=60),
            "cancel": Rate(per_second=80, burst=120),
        }
    )
)

KALSHI_DEFAULT_COST = 10
"""Tokens of an ordinary call on a signed bucket; creating an order costs the same."""
KALSHI_CANCEL_COST = 2
KALSHI_GET_ORDER_COST = 2

KALSHI_PLAN = RatePlan(
    MappingProxyType(
        {
            # unpublished: about one call in twenty was refused at 4 to 5 a second
            "unsigned": Rate(per_second=3, burst=3),
            "read": Rate(per_second=200, burst=200),
            "write": Rate(per_second=100, burst=100),
        }
    )
)
"""Tokens of the lowest account tier, Basic; GET /account/limits tells an account its own. One second's refill
is taken as burst, the smallest that any of the documentation's versions gives."""


LIMITLESS_PLAN = RatePlan(
    MappingProxyType({"api": Rate(per_second=1 / 0.3, burst=1)}),  # 300 ms between calls
    in_flight=2,
)

DEFAULT_PLANS: Mapping[Venue, RatePlan] = MappingProxyType(
    {Venue.POLYMARKET: POLYMARKET_PLAN, Venue.KALSHI: KALSHI_PLAN, Venue.LIMITLESS: LIMITLESS_PLAN}
)


HEADROOM_SECONDS = 10.0
"""Over how long the use of a bucket is counted: as Polymarket counts it, and some turns of Limitless's."""


@dataclass(slots=True)
class _Bucket:
    rate: Rate
    tokens: float
    refilled_at: float
    lock: Lock = field(default_factory=Lock)
    taken: deque[tuple[float, float]] = field(default_factory=deque)
    """(when it passes, cost) of the calls of the last seconds."""

    def take(self, cost: float, now: float, patience: float) -> float:
        """Seconds until the tokens are there, having booked them; -1 (nothing booked) beyond `patience`."""
        with self.lock:
            elapsed = max(0.0, now - self.refilled_at)
            self.tokens = min(self.rate.burst, self.tokens + elapsed * self.rate.per_second)
            self.refilled_at = max(now, self.refilled_at)
            # A call dearer than the whole bucket passes when the bucket is full, and leaves a debt.
            due = min(cost, self.rate.burst)
            wait = self.refilled_at - now + max(0.0, due - self.tokens) / self.rate.per_second
            if wait > patience:
                return -1.0
            self.tokens -= cost
            self.taken.append((now + wait, cost))
            self._forget(now)
            return wait

    def headroom(self, now: float) -> int | None:
        """Percent, rounded down, of what the rate allows in the last seconds that is free; None: unused."""
        with self.lock:
            self._forget(now)
            if not self.taken:
                return None
            used = sum(cost for passed, cost in self.taken if passed <= now)
            return max(0, int(100 - 100 * used / (self.rate.per_second * HEADROOM_SECONDS)))

    def _forget(self, now: float) -> None:
        while self.taken and self.taken[0][0] < now - HEADROOM_SECONDS:
            self.taken.popleft()

    def hold_until(self, moment: float) -> None:
        """Nothing passes before this moment (a Retry-After counts for every caller, not just this one)."""
        with self.lock:
            self.tokens = min(self.tokens, 0.0)
            self.refilled_at = max(self.refilled_at, moment)


class Limiter:
    """Makes callers wait their turn, on all threads of this process.

    `monotonic` and `sleep` speak seconds. Other processes are unknown to it: the plans leave room, and the
    venue's own 429 is honoured.
    """

    def __init__(
        self,
        plan: RatePlan,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        patience: float = 5.0,
    ) -> None:
        self._monotonic = monotonic
        self._sleep = sleep
        self._patience = patience
        now = monotonic()
        self._buckets = {name: _Bucket(rate, rate.burst, now) for name, rate in plan.rates.items()}
        self._slots = BoundedSemaphore(plan.in_flight) if plan.in_flight else None

    @contextmanager
    def turn(self, bucket: str, cost: float = 1.0) -> Iterator[None]:
        """Waits for a slot and for tokens, then holds the slot while the call runs.

        Raises VenueThrottled when the wait would be longer than the limiter's patience, and KeyError for a
        bucket that the plan does not have.
        """
        if self._slots is not None and not self._slots.acquire(timeout=self._patience):
            raise VenueThrottled(f"our own limit: no free slot within {self._patience:g} s")
        try:
            wait = self._buckets[bucket].take(cost, self._monotonic(), self._patience)
            if wait < 0:
                raise VenueThrottled(f"our own limit on {bucket}: no turn within {self._patience:g} s")
            if wait > 0:
                self._sleep(wait)
            yield
        finally:
            if self._slots is not None:
                self._slots.release()

    def headroom(self) -> int | None:
        """Percent of our own limit that the last ten seconds left free, in the busiest bucket.

        None while no call was made in that time: nothing was measured.
        """
        now = self._monotonic()
        used = [left for bucket in self._buckets.values() if (left := bucket.headroom(now)) is not None]
        return min(used, default=None)

    def hold(self, bucket: str, seconds: float) -> None:
        """Lets nobody pass the bucket for so long: the venue asked for it."""
        self._buckets[bucket].hold_until(self._monotonic() + seconds)

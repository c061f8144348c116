"""How a venue answers: latency, failures and the distance between its clock and ours."""

from collections import deque
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from statistics import median_low
from threading import Lock

from dutchbook.domain.venue import Venue
from dutchbook.ports.clock import Clock, utc
from dutchbook.ports.markets import VenueHealth

_LATENCIES_KEPT = 512
_OUTCOMES_JUDGED = 20
_OFFSETS_KEPT = 31


class HealthRecorder:
    """Counts the calls to one venue on all threads of this process."""

    def __init__(self, venue: Venue, clock: Clock) -> None:
        self._venue = venue
        self._clock = clock
        self._lock = Lock()
        self._latencies: deque[int] = deque(maxlen=_LATENCIES_KEPT)
        self._outcomes: deque[bool] = deque(maxlen=_OUTCOMES_JUDGED)
        self._offsets: deque[int] = deque(maxlen=_OFFSETS_KEPT)
        self._calls = 0
        self._errors = 0
        self._last_error = ""
        self._breaker = "closed"

    def breaker_is(self, state: str) -> None:
        """``closed`` when a call went through, ``open`` when the circuit breaker held one back."""
        with self._lock:
            self._breaker = state

    def succeeded(self, sent_ms: int, received_ms: int, date: str = "", age: str = "") -> None:
        """An answer that is the venue's own word, be it a refusal. `date` and `age` are its HTTP headers."""
        with self._lock:
            self._calls += 1
            self._outcomes.append(True)
            self._latencies.append(max(0, received_ms - sent_ms))
            offset = _offset_ms(sent_ms, received_ms, date, age)
            if offset is not None:
                self._offsets.append(offset)

    def failed(self, reason: str) -> None:
        """No answer, a server error, a 429, or something unreadable."""
        with self._lock:
            self._calls += 1
            self._errors += 1
            self._outcomes.append(False)
            self._last_error = reason

    def snapshot(self) -> VenueHealth:
        """Unhealthy while more than half of the last calls failed, or the breaker is open.

        The reason is the latest failure.
        """
        with self._lock:
            failures = self._outcomes.count(False)
            healthy = failures * 2 <= len(self._outcomes) and self._breaker == "closed"
            latencies = sorted(self._latencies)
            return VenueHealth(
                venue=self._venue,
                healthy=healthy,
                reason="" if healthy else self._last_error or "the circuit breaker is open",
                checked_at=utc(self._clock.now_ms()),
                latency_p50_ms=_percentile(latencies, 50),
                latency_p95_ms=_percentile(latencies, 95),
                calls=self._calls,
                errors=self._errors,
                breaker=self._breaker,
                clock_offset_ms=median_low(self._offsets) if self._offsets else 0,
            )


def _offset_ms(sent_ms: int, received_ms: int, date: str, age: str) -> int | None:
    """The venue's clock minus ours, to about half a second: the Date header counts whole seconds.

    A cached answer (Age above 0) carries the date of its making and says nothing.
    """
    if not date or age not in ("", "0"):
        return None
    try:
        venue_ms = int(parsedate_to_datetime(date).timestamp() * 1000) + 500
    except (ValueError, OverflowError):
        return None
    return venue_ms - (sent_ms + received_ms) // 2


def _percentile(ordered: Sequence[int], percent: int) -> int:
    """Nearest-rank percentile of ordered values; 0 of none."""
    return ordered[-(-len(ordered) * percent // 100) - 1] if ordered else 0

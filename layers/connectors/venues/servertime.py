"""Our clock, moved to a venue's own where a signature was refused for its time."""

from dutchbook.ports.clock import Clock
from venues.health import HealthRecorder

_TRUSTED_MS = 3_000


class ServerTime:
    """Unix milliseconds to sign with.

    It is our own clock until `resync` or `measured` finds it wrong: machines in the cloud keep time better
    than a Date header, which counts whole seconds, tells it.
    """

    def __init__(self, clock: Clock, recorder: HealthRecorder) -> None:
        self._clock = clock
        self._recorder = recorder
        self._offset_ms = 0

    def now_ms(self) -> int:
        return self._clock.now_ms() + self._offset_ms

    def resync(self) -> None:
        """Takes over the distance that the venue's latest answers have shown."""
        self._offset_ms = self._recorder.snapshot().clock_offset_ms

    def measured(self, venue_ms: int) -> None:
        """Takes over what the venue just said its time is, where that is more than a slow answer explains."""
        offset = venue_ms - self._clock.now_ms()
        if abs(offset) > _TRUSTED_MS:
            self._offset_ms = offset

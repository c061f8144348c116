"""Time for the simulators: the injected clock, and the simulated seconds since they started."""

import time
from typing import Protocol


class Clock(Protocol):
    """What the simulators take for wall time."""

    def now_ms(self) -> int:
        """Unix milliseconds."""
        ...


class WallClock:
    """The machine's own time."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000


class SimTime:
    """Splits time in two: `now_ms` is the clock's (timestamps, signatures), `elapsed_ms` the simulation's.

    The simulation may run faster (`speed`) or be pushed forward (`advance`); signatures may not.
    """

    def __init__(self, clock: Clock, speed: int = 1) -> None:
        if speed < 1:
            raise ValueError("speed is a whole number of simulated seconds per second, at least 1")
        self._clock = clock
        self._speed = speed
        self._started_ms = clock.now_ms()
        self._advanced_ms = 0

    def now_ms(self) -> int:
        """Unix milliseconds of the injected clock."""
        return self._clock.now_ms()

    @property
    def started_ms(self) -> int:
        return self._started_ms

    def elapsed_ms(self) -> int:
        """Simulated milliseconds since the start."""
        return (self._clock.now_ms() - self._started_ms) * self._speed + self._advanced_ms

    def second(self) -> int:
        """Seconds of the simulated day."""
        return self.elapsed_ms() // 1_000

    def advance(self, seconds: int) -> None:
        """Jumps the simulation forward; raises ValueError on a step back."""
        if seconds < 0:
            raise ValueError("simulated time only moves forward")
        self._advanced_ms += seconds * 1_000

"""The wall clock."""

import time


class SystemClock:
    """Satisfies `dutchbook.ports.clock.Clock`."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

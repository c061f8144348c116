"""A clock that stands still until told."""


class FakeClock:
    """Starts ten days after the recorded day."""

    def __init__(self, now_ms: int = 1_773_187_200_000) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        return self._now_ms

    def tick(self, seconds: int) -> None:
        self._now_ms += seconds * 1_000

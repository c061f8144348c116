"""What readers saw when: every version of an order or fill, so that a lagging read can see an old one."""

from typing import Any

from local.venues.simtime import SimTime
from local.venues.wire import Json


class History:
    """Rows by id, in order of first appearance."""

    def __init__(self, time: SimTime) -> None:
        self._time = time
        self._versions: dict[str, list[tuple[int, Json]]] = {}

    def write(self, row_id: str, body: Json) -> None:
        """Adds a version; the caller hands over a body that it will not change."""
        self._versions.setdefault(row_id, []).append((self._time.elapsed_ms(), body))

    def read(self, row_id: str, lag_ms: int = 0) -> Json | None:
        """The row as it was `lag_ms` ago; None when it was not there yet."""
        seen = None
        horizon = self._time.elapsed_ms() - lag_ms
        for at_ms, body in self._versions.get(row_id, ()):
            if at_ms <= horizon:
                seen = body
        return seen

    def all(self, lag_ms: int = 0, **wanted: Any) -> list[Json]:
        """Every row as it was, oldest first, whose fields equal `wanted`."""
        rows = (self.read(row_id, lag_ms) for row_id in self._versions)
        return [row for row in rows if row is not None and all(row[k] == v for k, v in wanted.items())]

"""The invented traders on the other side: the price path's depth, less what was taken, growing back."""

from dutchbook.domain.money import ONE
from local.day.catalogue import Key
from local.day.path import Depth, Level, PricePath, Quote
from local.venues.simtime import SimTime

REFILL_MS = 120_000
"""Taken depth grows back evenly over two simulated minutes."""

_LOT = ONE // 100


class MarketMaker:
    def __init__(self, path: PricePath, time: SimTime) -> None:
        self._path = path
        self._time = time
        self._taken: dict[tuple[Key, str, int], tuple[int, int]] = {}
        self._overrides: dict[Key, Depth] = {}

    def depth(self, key: Key) -> Depth:
        """What stands there now, best first; whole levels vanish when they are used up."""
        depth = self._overrides.get(key) or self._path.depth(key, self._time.second())
        return Depth(self._left(key, "bid", depth.bids), self._left(key, "ask", depth.asks))

    def quote(self, key: Key, second: int) -> Quote:
        """The untraded best prices at a second of the day (for price histories)."""
        return self._path.quote(key, second)

    def take(self, key: Key, side: str, price: int, shares: int) -> None:
        """Remembers that `shares` (micros) of the level are gone. `side` is the maker's: "bid" or "ask"."""
        gone = self._gone(key, side, price)
        self._taken[key, side, price] = (gone + shares, self._time.elapsed_ms())

    def override(self, key: Key, depth: Depth | None) -> None:
        """Pins a market's depth (tests) until given None."""
        if depth is None:
            self._overrides.pop(key, None)
        else:
            self._overrides[key] = depth

    def _left(self, key: Key, side: str, levels: tuple[Level, ...]) -> tuple[Level, ...]:
        # Whole hundredths of a share: no venue shows finer sizes.
        lots = ((price, (shares - self._gone(key, side, price)) // _LOT * _LOT) for price, shares in levels)
        return tuple((price, shares) for price, shares in lots if shares > 0)

    def _gone(self, key: Key, side: str, price: int) -> int:
        taken, at_ms = self._taken.get((key, side, price), (0, 0))
        age = min(self._time.elapsed_ms() - at_ms, REFILL_MS)
        return taken * (REFILL_MS - age) // REFILL_MS

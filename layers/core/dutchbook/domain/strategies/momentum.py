"""Momentum: what has moved fast, far and busily is expected to move on.

Time-series momentum (Moskowitz, Ooi and Pedersen, 2012) on the minutes of one market: the rate of change
over a window, confirmed by activity, beyond a band of average true ranges. A fall of YES is a rise of NO: the
other outcome is bought, nothing is ever sold short.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dutchbook.domain.agent import Limits
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import PPM, format_micros
from dutchbook.domain.opportunity import percent
from dutchbook.domain.risk import Allowance
from dutchbook.domain.strategies.entries import (
    HIGHEST,
    Directional,
    deep,
    enter,
    fit_markets,
    strongest_first,
)
from dutchbook.domain.strategies.indicators import (
    activity_ratio,
    average_true_range,
    flipped,
    minutes,
    rate_of_change,
)
from dutchbook.domain.strategies.params import MomentumParams
from dutchbook.domain.strategies.protocol import TradeIntent, View
from dutchbook.domain.venue import Outcome


@dataclass(frozen=True, slots=True)
class Momentum:
    params: MomentumParams

    @property
    def lookback(self) -> int:
        """Minutes of history it needs: the window, and as much again to compare its activity with."""
        return max(2 * self.params.window, self.params.window + 1, self.params.atr_window + 1)

    def wants(self, view: View) -> list[MarketKey]:
        """Markets whose history is worth reading."""
        return fit_markets(view, self.params)

    def observe(self, view: View) -> Sequence[Directional]:
        found = (self._signal(view, key) for key in self.wants(view))
        return strongest_first([signal for signal in found if signal is not None])

    def size(self, signal: Directional, limits: Limits, allowed: Allowance) -> TradeIntent | None:
        return enter(signal, self.params, limits, allowed)

    def _signal(self, view: View, key: MarketKey) -> Directional | None:
        params, book = self.params, view.books[key]
        series = minutes(view.history.get(key, ()), view.now_ms, self.lookback)
        if not series:
            return None
        outcome = Outcome.YES
        if series[-1].close < series[-1 - params.window].close:
            outcome, series = Outcome.NO, flipped(series)
        change = rate_of_change(series, params.window)
        moved = series[-1].close - series[-1 - params.window].close
        usual = average_true_range(series, params.atr_window)
        active = activity_ratio(series, params.window)
        if change < params.min_move or moved * 1_000 < params.band * usual or active < params.volume_ratio:
            return None
        if not deep(book, outcome, params):
            return None
        target = min(series[-1].close + moved * params.target // PPM, HIGHEST)
        reason = (
            f"{outcome} moved {percent(change)} in {params.window} minutes, {format_micros(moved)} where a"
            f" minute usually moves {format_micros(usual)}; target {format_micros(target)}"
        )
        return Directional(view.markets[key], outcome, book, target, change, reason, view.now_ms)

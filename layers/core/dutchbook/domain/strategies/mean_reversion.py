"""Mean reversion: a price far from its mean is expected back, if deviations have lately died away fast.

The z-score of the close over a window says how far; the half-life of a deviation, from a regression of price
changes on prices (Ornstein-Uhlenbeck; Chan, Algorithmic Trading, 2013, chapter 2), says whether and how fast
it comes back. Cheap YES is bought as YES, dear YES as NO; the target is the mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dutchbook.domain.agent import Limits
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import ONE, format_micros
from dutchbook.domain.risk import Allowance
from dutchbook.domain.strategies.entries import Directional, deep, enter, fit_markets, strongest_first
from dutchbook.domain.strategies.indicators import half_life, minutes, z_score
from dutchbook.domain.strategies.params import ReversionParams
from dutchbook.domain.strategies.protocol import TradeIntent, View
from dutchbook.domain.venue import Outcome


@dataclass(frozen=True, slots=True)
class MeanReversion:
    params: ReversionParams

    @property
    def lookback(self) -> int:
        """Minutes of history it needs."""
        return self.params.window

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
        score = z_score(series) if series else None
        if score is None or abs(score.z) < params.entry_z:
            return None
        life = half_life(series)
        if life is None or life > params.max_half_life:
            return None
        outcome, target = (Outcome.YES, score.mean) if score.z < 0 else (Outcome.NO, ONE - score.mean)
        if not deep(book, outcome, params):
            return None
        reason = (
            f"{outcome} is {abs(score.z) // 10 / 100} deviations below its mean of {params.window} minutes,"
            f" {format_micros(target)}; half of it is usually gone in {life} minutes"
        )
        return Directional(view.markets[key], outcome, book, target, abs(score.z), reason, view.now_ms)

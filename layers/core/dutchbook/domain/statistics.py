"""What users expect to know of a record of trades, counted exactly.

Every figure is computed from integers and rounded down once, at the end. Definitions are the customary ones:

win rate        trades that made money, of all closed trades (one that made nothing is no win)
profit factor   what the winners made over what the losers lost; none without a loser
expectancy      mean dollars a closed trade made
max drawdown    deepest fall of the summed result below its highest point so far, the start included
Sharpe ratio    mean over standard deviation (n − 1) of the days' results (docs/adr/0024), times √365 because
                these markets trade every day; days without a trade count as zero and the riskless rate is
                left out (Sharpe, "The Sharpe Ratio", 1994). The capital divides both and drops out. None
                under two days, or when no day differs from another.
holding         mean time from the first order to the last payout, of trades held to settlement
annual return   what settled trades made on the dollar-days that they tied up, times 365; nothing compounded.
                None where their dollars were tied up for less than a day in the mean: a minute's result times
                half a million says nothing of a year
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from math import isqrt

from dutchbook.domain.money import PPM
from dutchbook.domain.ranking import DAYS_A_YEAR
from dutchbook.domain.result import How, Result

_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Statistics:
    """Dollars in micros, ratios in parts per million; None where a figure has no meaning yet."""

    closed: int
    wins: int
    losses: int
    gross_profit: int
    gross_loss: int
    """As a positive number."""
    max_drawdown: int
    sharpe: int | None
    holding_seconds: int | None
    annual_return: int | None

    @property
    def net(self) -> int:
        return self.gross_profit - self.gross_loss

    @property
    def win_rate(self) -> int | None:
        return self.wins * PPM // self.closed if self.closed else None

    @property
    def profit_factor(self) -> int | None:
        return self.gross_profit * PPM // self.gross_loss if self.gross_loss else None

    @property
    def expectancy(self) -> int | None:
        return self.net // self.closed if self.closed else None


def statistics(results: Sequence[Result], days: Sequence[tuple[str, int]]) -> Statistics:
    """Of results in the order in which they closed, and of the days' own (``2026-11-23``)."""
    made = [result.realised for result in results]
    settled = [result for result in results if result.how is How.SETTLED]
    return Statistics(
        closed=len(results),
        wins=sum(amount > 0 for amount in made),
        losses=sum(amount < 0 for amount in made),
        gross_profit=sum(amount for amount in made if amount > 0),
        gross_loss=-sum(amount for amount in made if amount < 0),
        max_drawdown=max_drawdown(made),
        sharpe=sharpe(every_day(days)),
        holding_seconds=sum(map(_seconds, settled)) // len(settled) if settled else None,
        annual_return=_annual_return(settled),
    )


def max_drawdown(changes: Iterable[int]) -> int:
    """Deepest fall of the running sum below its highest point so far; 0 when it never falls."""
    sums = list(accumulate(changes, initial=0))
    return max(peak - at for peak, at in zip(accumulate(sums, max), sums, strict=True))


def sharpe(daily: Sequence[int]) -> int | None:
    """Yearly Sharpe ratio of daily results, ppm, rounded towards zero."""
    n, total = len(daily), sum(daily)
    spread = n * sum(day * day for day in daily) - total * total  # n² × the variance over n
    if n < 2 or spread == 0:
        return None
    # S/n ÷ √(spread / n(n − 1)) × √365, under one root so that it is rounded once
    size = isqrt(total * total * DAYS_A_YEAR * (n - 1) * PPM * PPM // (n * spread))
    return size if total >= 0 else -size


def every_day(days: Sequence[tuple[str, int]]) -> list[int]:
    """The results of all days from the first to the last, zero where nothing was realised."""
    if not days:
        return []
    known = {date.fromisoformat(day): amount for day, amount in days}
    first, last = min(known), max(known)
    return [known.get(first + timedelta(days=number), 0) for number in range((last - first).days + 1)]


def _seconds(result: Result) -> int:
    return max(0, (result.closed_at - result.opened_at) // timedelta(seconds=1))


def _annual_return(settled: Sequence[Result]) -> int | None:
    tied_up = sum(result.cost * _seconds(result) for result in settled)
    if tied_up <= 0 or tied_up < _DAY_SECONDS * sum(result.cost for result in settled):
        return None
    return sum(result.realised for result in settled) * DAYS_A_YEAR * _DAY_SECONDS * PPM // tied_up

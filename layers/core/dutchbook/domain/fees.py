"""What each venue charges, exactly, per side and in the asset it takes.

A schedule answers for one fill: `charge(side, price, shares)`. Fees in dollars and fees in shares stand
apart, because a fee taken in shares leaves fewer shares to hedge.
"""

from dataclasses import dataclass
from typing import NamedTuple

from dutchbook.domain.venue import Side


class Charge(NamedTuple):
    """Fee of one fill, micros: dollars on top of (BUY) or out of (SELL) the notional, shares out of shares."""

    usd: int
    shares: int


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """Base of the venues' schedules."""

    def charge(self, side: Side, price: int, shares: int) -> Charge:
        """Taker fee of a fill of `shares` (micros, gross) at `price` (micros), rounded against us."""
        raise NotImplementedError

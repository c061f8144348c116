"""What Kalshi gives back over the fills of one order.

Each fill's balance change is floored to the account's precision. What that takes beyond the trade fee is
added up for the order, and given back in whole units of the precision, never more than the fill's own fee
(Kalshi's fee rounding page).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from dutchbook.domain.fees import KalshiFees
from dutchbook.domain.money import mul_ceil, mul_floor
from dutchbook.domain.venue import Side


@dataclass(frozen=True, slots=True)
class SettledFill:
    """Micros of a dollar."""

    trade_fee: int
    rounding_fee: int
    rebate: int
    net_fee: int
    """Trade fee and rounding fee less the rebate."""
    balance_change: int
    """After the rebate; negative when buying."""
    accumulated: int
    """Rounding fees of the order not given back yet."""


def settle_fill(notional: int, trade_fee: int, precision: int, accumulated: int = 0) -> SettledFill:
    """One fill. `notional` is signed, negative for a buy; `accumulated` is what earlier fills left."""
    exact = notional - trade_fee
    floored = exact // precision * precision
    fee = trade_fee + exact - floored
    owed = accumulated + exact - floored
    rebate = min(owed, fee) // precision * precision
    return SettledFill(
        trade_fee=trade_fee,
        rounding_fee=exact - floored,
        rebate=rebate,
        net_fee=fee - rebate,
        balance_change=floored + rebate,
        accumulated=owed - rebate,
    )


def settle_order(fees: KalshiFees, side: Side, fills: Iterable[tuple[int, int]]) -> list[SettledFill]:
    """All (price, shares) fills of an order, in the order in which they happened."""
    settled: list[SettledFill] = []
    accumulated = 0
    for price, shares in fills:
        notional = mul_floor(price, shares) if side is Side.SELL else -mul_ceil(price, shares)
        fill = settle_fill(notional, fees.trade_fee(price, shares), fees.precision, accumulated)
        accumulated = fill.accumulated
        settled.append(fill)
    return settled

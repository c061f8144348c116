"""Kalshi's fee of one fill, with the rounding of summer 2026 for a direct account.

fee = 0.07 x shares x p x (1 - p), up to the next millionth; then the balance change is cut down to
$0.0001 and what that took too much is collected per order and given back in whole $0.0001.
Source: docs.kalshi.com, "Fee rounding".
"""

from typing import NamedTuple

from dutchbook.domain.money import ONE

TAKER_PERCENT = 7
PRECISION = 100
"""Micros: a direct account's balance moves in ten-thousandths of a dollar."""


class FillFee(NamedTuple):
    """The fee that leaves the balance (rounding in, rebate out), and the order's new accumulator. Micros."""

    net: int
    accumulator: int


def taker_fee(price: int, shares: int) -> int:
    """The model fee, rounded up to a millionth of a dollar."""
    return -(-TAKER_PERCENT * shares * price * (ONE - price) // (100 * ONE * ONE))


def fill_fee(fee: int, cash_before_fee: int, accumulator: int) -> FillFee:
    """Rounds the balance change (`cash_before_fee` - fee) down and settles with the order's accumulator."""
    rounding = (cash_before_fee - fee) % PRECISION
    collected = accumulator + rounding
    rebate = min(collected, fee + rounding) // PRECISION * PRECISION
    return FillFee(fee + rounding - rebate, collected - rebate)

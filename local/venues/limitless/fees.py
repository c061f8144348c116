"""Limitless's taker fees at the lowest rank (300 bps): shares of a buy, dollars of a sale. Makers pay none.

The buy curve is the closed form that reproduces the published points; the sell curve is the published points,
joined upwards. Other ranks scale in proportion, which is an assumption of this simulation.
"""

from dutchbook.domain.money import ONE

BASE_RATE_BPS = 300
_SELL_BPS = {
    10_000: 42,
    50_000: 60,
    100_000: 78,
    200_000: 111,
    300_000: 132,
    400_000: 144,
    500_000: 150,
    600_000: 144,
    700_000: 132,
    800_000: 111,
    900_000: 78,
    950_000: 60,
    990_000: 45,
    999_000: 42,
}


def buy_bps(price: int, rate_bps: int) -> int:
    """floor(10000 x min(3 %, 0.026 / p - 0.022)) of the shares, price in micros."""
    return min(BASE_RATE_BPS, (260 * ONE - 220 * price) // price) * rate_bps // BASE_RATE_BPS


def sell_bps(price: int, rate_bps: int) -> int:
    """Of the dollars; between two published points the higher of them."""
    below = [bps for point, bps in _SELL_BPS.items() if point <= price]
    above = [bps for point, bps in _SELL_BPS.items() if point >= price]
    return max(below[-1:] + above[:1]) * rate_bps // BASE_RATE_BPS

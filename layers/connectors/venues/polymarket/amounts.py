"""makerAmount and takerAmount of a Polymarket order, in integers of a millionth.

The venue's grid by tick (decimals of shares, decimals of the computed amount) is the same table in its two
current clients. Integers throughout: the clients that floor binary floats lose 0.01 share on one size in
twenty-two and sign FOK buys one tick below the cap.
"""

from typing import NamedTuple

from dutchbook.domain.errors import InvalidOrder
from dutchbook.domain.money import ONE, format_micros
from dutchbook.domain.venue import Side

CENT = 10_000
"""Shares and a market buy's dollars have two decimals."""

_FINEST_TICK = 100


class Amounts(NamedTuple):
    """What the maker of the order gives and what it asks for, micros."""

    maker: int
    taker: int


_AMOUNT_STEP_BY_TICK = {
    100_000: 1_000,  # tick 0.1    → 3 decimals
    10_000: 100,  # tick 0.01   → 4
    5_000: 10,  # tick 0.005  → 5
    2_500: 1,  # tick 0.0025 → 6
    1_000: 10,  # tick 0.001  → 5
    100: 1,  # tick 0.0001 → 6
}


def limit_amounts(side: Side, price: int, shares: int, tick: int) -> Amounts:
    """Amounts of a limit order (GTC, GTD); price, shares and tick in micros.

    Shares below 0.01 are dropped. On the grid price × shares has no digit to round, so nothing is.
    Raises InvalidOrder when the price is off the tick grid or nothing is left of the shares.
    """
    _check_price(price, tick)
    whole = _floor(shares, CENT, "shares")
    dollars = price * whole // ONE
    return Amounts(dollars, whole) if side is Side.BUY else Amounts(whole, dollars)


def market_buy_amounts(budget: int, price: int, tick: int) -> Amounts:
    """Amounts of a FAK or FOK buy that spends up to `budget` dollars at `price` or better, micros.

    The venue wants whole cents here, and the order asks for the fewest shares those dollars may buy:
    where the book is better than `price`, the same dollars buy more than `taker` shares.
    Raises InvalidOrder off the grid, when a cent is not left, or when the budget is so small that rounding
    the shares down would let the order reach the next finer tick above `price`.
    """
    step = _check_price(price, tick)
    dollars = _floor(budget, CENT, "dollars")
    shares = dollars * ONE // price // step * step
    if dollars * ONE >= (price + _FINEST_TICK) * shares:
        raise InvalidOrder(
            f"${format_micros(dollars)} is too little to hold a price cap of {format_micros(price)}"
        )
    return Amounts(dollars, shares)


def market_sell_amounts(shares: int, price: int, tick: int) -> Amounts:
    """Amounts of a FAK or FOK sell of `shares` at `price` or better; as `limit_amounts`."""
    return limit_amounts(Side.SELL, price, shares, tick)


def _check_price(price: int, tick: int) -> int:
    step = _AMOUNT_STEP_BY_TICK.get(tick)
    if step is None:
        raise InvalidOrder(f"tick {format_micros(tick)} is not one of Polymarket's")
    if price % tick or not tick <= price <= ONE - tick:
        raise InvalidOrder(f"price {format_micros(price)} is off the {format_micros(tick)} grid")
    return step


def _floor(micros: int, step: int, what: str) -> int:
    whole = micros // step * step
    if whole <= 0:
        raise InvalidOrder(f"{format_micros(micros)} {what} leave nothing at two decimals")
    return whole

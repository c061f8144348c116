"""makerAmount and takerAmount of a Limitless order, in integers of a millionth.

The venue refuses an order whose price × contracts is no whole number of raw units ("tick violation").
"""

from typing import NamedTuple

from dutchbook.domain.errors import InvalidOrder
from dutchbook.domain.money import ONE, format_micros
from dutchbook.domain.venue import Side

PRICE_TICK = 1_000
"""Prices have at most three decimals."""
SHARE_STEP = 1_000
"""Whole at every three-decimal price, so a position can be sold again at any of them."""
MIN_MAKER_AMOUNT = 100
"""The venue's validation wants at least this many raw units."""


class Amounts(NamedTuple):
    """What the maker of the order gives and what it asks for, micros."""

    maker: int
    taker: int


def order_amounts(side: Side, price: int, contracts: int) -> Amounts:
    """Amounts of a GTC or FAK order; price and contracts in micros, price × contracts exact.

    Raises InvalidOrder when the price has more than three decimals or is outside (0, 1), when the contracts
    are not a multiple of 0.001 (align them with `align_contracts`), or when too little is offered.
    """
    if price % PRICE_TICK or not 0 < price < ONE:
        raise InvalidOrder(
            f"price {format_micros(price)} is not on Limitless's grid of 0.001 between 0 and 1"
        )
    if contracts <= 0 or contracts % SHARE_STEP:
        raise InvalidOrder(
            f"{format_micros(contracts)} contracts: price × contracts is whole only in steps of 0.001"
        )
    dollars = price * contracts // ONE
    return _checked(Amounts(dollars, contracts) if side is Side.BUY else Amounts(contracts, dollars))


def fill_or_kill_amounts(offered: int) -> Amounts:
    """Amounts of a FOK order: dollars to spend (buy) or contracts to sell, micros, at whatever price.

    Nothing bounds the price, so the connector refuses FOK and trades with FAK; this stands for the format,
    which the vectors hold us to.
    Raises InvalidOrder when too little is offered.
    """
    return _checked(Amounts(offered, 1))


def align_contracts(contracts: int) -> int:
    """Contracts (micros) rounded down to what can be ordered."""
    return contracts // SHARE_STEP * SHARE_STEP


def _checked(amounts: Amounts) -> Amounts:
    if amounts.maker < MIN_MAKER_AMOUNT or amounts.taker <= 0:
        raise InvalidOrder(f"{amounts.maker} raw units are too few: Limitless wants {MIN_MAKER_AMOUNT}")
    return amounts

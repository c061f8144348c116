"""By how much the legs of a trade may differ: one rule for executing, comparing and resolving (ADR 0012).

Dust is booked, shown and valued at the bid, and nobody is told. A remainder is more than that and still too
little for any venue to take an order for; up to a dollar of it is left too, and its owner is told.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from dutchbook.domain.errors import InvalidOrder
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.money import ONE, format_micros, mul_floor
from dutchbook.domain.trade import Leg, Trade
from dutchbook.domain.trade_money import cost_of
from dutchbook.domain.trade_states import LegState
from dutchbook.domain.venue import Side, Venue

DUST = 10_000
"""Shares (micros) that legs may differ by without being mended, unless a lot is larger."""

WHOLE_CENT_BUYS = frozenset({Venue.POLYMARKET})
"""Venues whose market buys spend whole cents: such a leg ends up to a cent's worth of shares short."""

REMAINDER_LIMIT = ONE
"""What shares that no order can mend may be worth (micros of a dollar) for them to be left."""

_CENT = 10_000


class Stray(NamedTuple):
    """What the leg that stands highest has beyond the one that stands lowest."""

    long: Leg
    short: Leg
    shares: int
    """Net, micros."""
    worth: int
    """Micros of a dollar: what these shares cost; of an exit, what sets of so many were to bring."""


def dust_of(*markets: Market) -> int:
    """The least mismatch that an order could mend: 0.01 share, or a lot where that is more."""
    return max([DUST, *(market.size_step for market in markets)])


def cents_worth(limit_price: int) -> int:
    """Shares (micros) that a cent buys at the limit, rounded up, a share at most.

    By so much an order whose dollars are whole cents (Polymarket's buys) may fall short. The bound keeps
    what is ignored below a dollar, whatever the price.
    """
    return min(ONE, -(-_CENT * ONE // limit_price))


def dust(trade: Trade, markets: Mapping[MarketKey, Market]) -> int:
    """Net shares (micros) that are dust: 0.01 share, one lot, or a cent's worth of a whole-cent buy.

    The most of these counts. Markets that are no longer known count with 0.01. A leg that holds nothing
    misses no cents: what it lacks is all that the other holds.
    """
    known = [markets[leg.key] for leg in trade.planned_legs if leg.key in markets]
    cents = [
        cents_worth(leg.limit_price)
        for leg in trade.planned_legs
        if leg.venue in WHOLE_CENT_BUYS and leg.side is Side.BUY and trade.held(leg) > 0
    ]
    return max([dust_of(*known), *cents])


def dust_limit(trade: Trade, markets: Mapping[MarketKey, Market]) -> int:
    """The same for deciding what comes next.

    What no order can sell again, up to a dollar's worth, does not keep missing legs from being placed.
    Whether it can be mended after all is asked again, with the books, when all legs have been tried.
    """
    limit = dust(trade, markets)
    tried = [leg for leg in trade.planned_legs if leg.state is not LegState.PLANNED]
    if not tried or len(tried) == len(trade.planned_legs):
        return limit
    stray = _stray_among(trade, tried)
    left = stray.worth <= REMAINDER_LIMIT and _is_unsellable(trade, stray, markets)
    return stray.shares if left else limit


def stray_of(trade: Trade) -> Stray:
    """By what the legs differ; one that was never placed holds nothing."""
    return _stray_among(trade, trade.planned_legs)


def _stray_among(trade: Trade, legs: Sequence[Leg]) -> Stray:
    long, short = max(legs, key=trade.held), min(legs, key=trade.held)
    shares = trade.held(long) - trade.held(short)
    if trade.exits:
        worth = (trade.expected_cost + trade.expected_profit) * shares // trade.shares
    else:
        worth = cost_of(trade, long, shares)
    return Stray(long, short, shares, worth)


def is_remainder(trade: Trade, stray: Stray, markets: Mapping[MarketKey, Market]) -> bool:
    """Whether no venue takes an order that would mend it, and it is worth no more than REMAINDER_LIMIT.

    Asked of the venues' minimums and of what they have refused, not of a book: what would have to be bought
    is priced at its leg's limit.
    """
    if stray.worth > REMAINDER_LIMIT or not _is_unsellable(trade, stray, markets):
        return False
    bought = stray.long if trade.exits else stray.short
    return any(refusals(trade, bought, Side.BUY, stray.shares)) or (
        bought.key in markets and too_small(markets[bought.key], Side.BUY, stray.shares, bought.limit_price)
    )


def too_small(market: Market, side: Side, shares: int, price: int) -> bool:
    """Whether a market's minimum rules out an order of so many shares (micros) at this price."""
    lots = shares - shares % market.size_step
    if not lots or lots < market.min_size:
        return True
    return side is Side.BUY and mul_floor(price, lots) < market.min_notional


def refusals(trade: Trade, mended: Leg, side: Side, shares: int) -> Iterator[Leg]:
    """Repairs of this leg, of this very size (micros), that their venue has called invalid."""
    for leg in trade.legs:
        wanted = (leg.repairs, leg.side, leg.shares) == (mended.index, side, shares)
        invalid = leg.state is LegState.REJECTED and leg.reason.startswith(InvalidOrder.__name__)
        if leg.is_repair and wanted and invalid:
            yield leg


def words_of(trade: Trade) -> str:
    """The remainder in words: the reason of a trade that ends with it."""
    stray = stray_of(trade)
    left = stray.short if trade.exits else stray.long  # of an exit it is what was not sold
    shares = format_micros(stray.shares)
    return f"{shares} shares of {left.venue} {left.outcome.upper()} left over: too small to sell"


def ended_with_it(trade: Trade) -> bool:
    """Whether the trade ended with just the remainder that it has now: its reason ends with these words."""
    return f"; {trade.reason}".endswith(f"; {words_of(trade)}")


def _is_unsellable(trade: Trade, stray: Stray, markets: Mapping[MarketKey, Market]) -> bool:
    sold = stray.short if trade.exits else stray.long
    return any(refusals(trade, sold, Side.SELL, stray.shares)) or (
        sold.key in markets and too_small(markets[sold.key], Side.SELL, stray.shares, ONE)
    )

"""When to sell what is held, and at what limit. Marked at executable bids, net of fees; never at a middle.

A single position (a directional entry, or what is left over beside a hedged pair) has a stop loss, and where
the strategy has them a take-profit and a time stop. A hedged set cannot lose by waiting: it is sold early
only when the bids of all its legs pay more together than it pays at settlement. What the owner asks to be
closed is sold at what the bids pay within the slippage.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import accumulate
from math import lcm

from dutchbook.domain.agent import Agent, StrategyName
from dutchbook.domain.book import Ladder, OrderBook
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.money import PPM, div_ceil, mul_floor
from dutchbook.domain.opportunity import LegQuote
from dutchbook.domain.plan import PlannedLeg
from dutchbook.domain.quoting import missed_minimum, quote_sell
from dutchbook.domain.sizing import order_legs
from dutchbook.domain.strategies.entries import within_slippage
from dutchbook.domain.strategies.params import momentum_params, reversion_params
from dutchbook.domain.strategies.protocol import TradeIntent
from dutchbook.domain.trade import LegPurpose
from dutchbook.domain.venue import Outcome, Side

SLIPPAGE = 20_000
"""Dollars below the best bid that one exit reaches; what is deeper is sold in a later tick."""


class Why(StrEnum):
    STOP_LOSS = "stop-loss"
    TAKE_PROFIT = "take-profit"
    TIME = "time-stop"
    EARLY = "early-close"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Rules:
    """Ratios in ppm of cost; None: no such exit."""

    stop_loss: int
    take_profit: int | None = None
    max_hold: timedelta | None = None
    asked: bool = False
    """The owner wants everything sold."""


@dataclass(frozen=True, slots=True)
class Lot:
    """Shares of one outcome with what they cost, fees in. Micros."""

    key: MarketKey
    outcome: Outcome
    shares: int
    cost: int
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Exit:
    """What to sell now, and why. Micros."""

    why: Why
    quotes: tuple[LegQuote, ...]
    shares: int
    cost: int
    """What these shares cost."""
    proceeds: int
    """What they bring, net of fees."""

    def intent(
        self, subject: str, title: str, resolves_at: datetime | None, *, simulated: bool
    ) -> TradeIntent:
        """`simulated`: the kind of position that it was computed on; both kinds may go in one tick."""
        first = self.quotes[0]
        what = f"{first.venue}:{first.outcome}:{first.market_id}" if len(self.quotes) == 1 else "all legs"
        return TradeIntent(
            subject=subject,
            direction=f"exit:{self.why}:{what}:{'simulated' if simulated else 'real'}",
            legs=tuple(
                PlannedLeg(leg.key, leg.outcome, Side.SELL, leg.shares, leg.limit_price, 0, LegPurpose.EXIT)
                for leg in order_legs(self.quotes)
            ),
            shares=self.shares,
            cost=self.cost,
            profit=self.proceeds - self.cost,
            resolves_at=resolves_at,
            title=title,
            reason=self.why,
            simulated=simulated,
        )


def rules_of(agent: Agent, *, asked: bool) -> Rules:
    """Raises InvalidInput when the agent's stored parameters make no sense any more."""
    stop = agent.limits.stop_loss
    if agent.strategy is StrategyName.ARBITRAGE:
        return Rules(stop, asked=asked)
    read = momentum_params if agent.strategy is StrategyName.MOMENTUM else reversion_params
    params = read(agent.strategy_params)
    return Rules(stop, params.take_profit, timedelta(minutes=params.max_hold), asked)


def single_exit(lot: Lot, market: Market, book: OrderBook, rules: Rules, now_ms: int) -> Exit | None:
    """What to sell of one position; None: keep it, or nothing can be sold.

    Measured on the part that the bids take within the slippage, with its part of the cost.
    """
    bids = within_slippage(book.ladder(lot.outcome, Side.SELL), SLIPPAGE)
    quote = quote_sell(market, lot.outcome, bids, lot.shares)
    if quote is None or missed_minimum(market, quote):
        return None
    cost = div_ceil(lot.cost * quote.shares, lot.shares)
    proceeds = -quote.cost
    why = _why(rules, cost, proceeds, lot.opened_at, now_ms)
    return None if why is None else Exit(why, (quote,), quote.shares, cost, proceeds)


def _why(rules: Rules, cost: int, proceeds: int, opened_at: datetime | None, now_ms: int) -> Why | None:
    gain = proceeds - cost
    if rules.asked:
        return Why.ASKED
    if gain * PPM <= -rules.stop_loss * cost:
        return Why.STOP_LOSS
    if rules.take_profit is not None and gain * PPM >= rules.take_profit * cost:
        return Why.TAKE_PROFIT
    held = datetime.fromtimestamp(now_ms / 1000, UTC) - opened_at if opened_at else timedelta()
    if rules.max_hold is not None and held >= rules.max_hold:
        return Why.TIME
    return None


def set_exit(
    lots: Sequence[Lot],
    shares: int,
    payout: int,
    markets: Mapping[MarketKey, Market],
    books: Mapping[MarketKey, OrderBook],
    *,
    asked: bool,
) -> Exit | None:
    """What to sell of a hedged set of `shares` a leg, which pays `payout` dollars a share at settlement.

    As much as brings the most above waiting for that; where the owner asks, all that the bids take. None
    where nothing brings more, or nothing can be sold.
    """
    sides = [
        (lot, markets[lot.key], within_slippage(books[lot.key].ladder(lot.outcome, Side.SELL), SLIPPAGE))
        for lot in lots
    ]
    found = [
        one
        for size in _sizes(
            [bids for _, _, bids in sides], shares, lcm(*(side[1].size_step for side in sides))
        )
        if (one := _sold(sides, size, Why.ASKED if asked else Why.EARLY)) is not None
    ]
    if asked:
        return max(found, key=lambda one: one.shares, default=None)
    best = max(found, key=lambda one: one.proceeds - mul_floor(payout, one.shares), default=None)
    return best if best is not None and best.proceeds > mul_floor(payout, best.shares) else None


def _sizes(ladders: Sequence[Ladder], shares: int, step: int) -> list[int]:
    """Where a level of some leg ends: between two of them each further share brings the same."""
    most = min(shares, *(sum(size for _, size in ladder) for ladder in ladders))
    ends = {most, *(end for ladder in ladders for end in accumulate(size for _, size in ladder))}
    return sorted({end // step * step for end in ends if step <= end <= most})


def _sold(sides: Sequence[tuple[Lot, Market, Ladder]], size: int, why: Why) -> Exit | None:
    quotes = []
    for lot, market, bids in sides:
        quote = quote_sell(market, lot.outcome, bids, size)
        if quote is None or quote.shares != size or missed_minimum(market, quote):
            return None
        quotes.append(quote)
    cost = sum(div_ceil(lot.cost * size, lot.shares) for lot, _, _ in sides)
    return Exit(why, tuple(quotes), size, cost, -sum(quote.cost for quote in quotes))

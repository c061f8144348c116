"""A directional entry: one outcome bought on one venue with a limit order, if the book is fit for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from dutchbook.domain.agent import Limits
from dutchbook.domain.book import Ladder, OrderBook
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.money import PPM, div_ceil, mul_floor
from dutchbook.domain.opportunity import LegQuote
from dutchbook.domain.plan import PlannedLeg
from dutchbook.domain.quoting import missed_minimum, quote_buy, quote_sell
from dutchbook.domain.ranking import days_until, settles_at
from dutchbook.domain.risk import Allowance
from dutchbook.domain.strategies.params import EntryParams
from dutchbook.domain.strategies.protocol import Gone, TradeIntent, View, less
from dutchbook.domain.venue import Outcome, Side, Venue

HIGHEST = 999_000
"""No venue trades above it, so no target lies there."""


@dataclass(frozen=True, slots=True)
class Directional:
    """An outcome that a strategy expects to be worth more soon. Micros."""

    market: Market
    outcome: Outcome
    book: OrderBook
    target: int
    """The price of the outcome at which the expectation has come true."""
    strength: int
    """Strongest first; comparable within one strategy only."""
    reason: str
    seen_at_ms: int

    @property
    def subject(self) -> str:
        return str(self.market.key)

    @property
    def venues(self) -> frozenset[Venue]:
        return frozenset({self.market.venue})

    def without(self, gone: Gone) -> "Directional | None":
        asks = less(self.book.ladder(self.outcome, Side.BUY), gone.get((self.market.key, self.outcome), 0))
        if not asks:
            return None
        yes = self.outcome is Outcome.YES
        book = replace(self.book, yes_asks=asks) if yes else replace(self.book, no_asks=asks)
        return replace(self, book=book)


def fit(market: Market, book: OrderBook, now_ms: int, max_age_ms: int, params: EntryParams) -> bool:
    """Whether anything may be entered here: open, fresh, whole, two-sided, narrow, and far from its end.

    A market that names no end is left alone: nobody could say how near its settlement is.
    """
    yes_bids, yes_asks = book.yes_bids, book.yes_asks
    if not (market.tradeable and yes_bids and yes_asks and book.no_bids and book.no_asks):
        return False
    if book.age_ms(now_ms) > max_age_ms or book.crossed:
        return False
    if yes_asks[0][0] - yes_bids[0][0] > params.max_spread:
        return False
    ends = [moment for moment in (market.closes_at, market.resolves_at) if moment is not None]
    if not ends:
        return False
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    return min(ends) - now >= timedelta(hours=params.min_hours)


def fit_markets(view: View, params: EntryParams) -> list[MarketKey]:
    """The view's markets that are fit, in the order of their names."""
    return [
        key
        for key in sorted(view.books)
        if key in view.markets
        and fit(view.markets[key], view.books[key], view.now_ms, view.max_age_ms, params)
    ]


def deep(book: OrderBook, outcome: Outcome, params: EntryParams) -> bool:
    """Whether both what would be bought and what it would be sold to again are there within the slippage."""
    asks = within_slippage(book.ladder(outcome, Side.BUY), params.slippage)
    bids = within_slippage(book.ladder(outcome, Side.SELL), params.slippage)
    return all(sum(mul_floor(*level) for level in side) >= params.min_depth for side in (asks, bids))


def within_slippage(ladder: Ladder, slippage: int) -> Ladder:
    """The levels no further than this (micros) from the best one."""
    return tuple(level for level in ladder if abs(level[0] - ladder[0][0]) <= slippage)


def enter(signal: Directional, params: EntryParams, limits: Limits, allowed: Allowance) -> TradeIntent | None:
    """The largest entry within slippage and money that returns minProfit if the target is reached.

    The return is net of both fees: buying now, selling at the target.
    """
    market = signal.market
    # a market that is fit has an end
    ends = settles_at(market, market)
    if ends is None or days_until(ends, signal.seen_at_ms) > limits.max_days:
        return None
    money = min(
        limits.max_position * params.entry_size // PPM,
        allowed.max_cost,
        allowed.budgets.get(market.venue, 0),
    )
    asks = within_slippage(signal.book.ladder(signal.outcome, Side.BUY), params.slippage)
    quote = _largest(market, signal.outcome, asks, money)
    if quote is None or missed_minimum(market, quote):
        return None
    sold = mul_floor(signal.target, quote.net_shares)
    sold -= market.fees.charge(Side.SELL, signal.target, quote.net_shares).usd
    profit = sold - quote.cost
    if profit * PPM < limits.min_profit * quote.cost or _stopped_at_once(signal, quote, limits):
        return None
    leg = PlannedLeg(quote.key, quote.outcome, quote.side, quote.shares, quote.limit_price, quote.reserve)
    return TradeIntent(
        subject=signal.subject,
        direction=f"{market.venue}:{signal.outcome}",
        legs=(leg,),
        shares=quote.net_shares,
        cost=quote.cost,
        profit=profit,
        resolves_at=ends,
        title=market.question,
        reason=signal.reason,
    )


def _stopped_at_once(signal: Directional, bought: LegQuote, limits: Limits) -> bool:
    """Whether spread and fees alone would already hit the stop loss, or nobody would buy it back."""
    bids = signal.book.ladder(signal.outcome, Side.SELL)
    sold = quote_sell(signal.market, signal.outcome, bids, bought.net_shares)
    if sold is None:
        return True
    cost = div_ceil(bought.cost * sold.shares, bought.net_shares)
    return (cost + sold.cost) * PPM >= limits.stop_loss * cost


def strongest_first(signals: Sequence[Directional]) -> list[Directional]:
    return sorted(signals, key=lambda one: (-one.strength, one.subject))


def _largest(market: Market, outcome: Outcome, asks: Ladder, money: int) -> LegQuote | None:
    """The most lots that the ladder shows and whose worst case the money covers."""
    depth = sum(market.fees.net_of(price, size) for price, size in asks)
    best, low, high = None, 0, depth // market.size_step
    while low < high:
        middle = (low + high + 1) // 2
        quote = quote_buy(market, outcome, asks, middle * market.size_step)
        if quote is None or quote.reserve > money:
            high = middle - 1
        else:
            best, low = quote, middle
    return best

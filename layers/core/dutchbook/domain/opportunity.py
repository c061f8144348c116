"""Two-leg Dutch books: YES of one market and NO of another (or of the same), bought for under a dollar.

Two stages, so that one scan serves many agents. `walk` asks of a pair and a direction what each further
share costs, for nobody in particular; `dutchbook.domain.sizing.cut` takes as much of that curve as one
agent's limits allow and prices it to the millionth. Either may answer with a `Rejection` instead.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from dutchbook.domain.book import Ladder, OrderBook
from dutchbook.domain.fees import BPS, PICO, FeeSchedule
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.money import ONE, PPM, format_micros
from dutchbook.domain.pair import Pair, PairStatus, Relation
from dutchbook.domain.venue import Outcome, Side, Venue

MAX_BOOK_AGE_MS = 3_000
"""Oldest book an order may rely on, counted from the moment it was requested."""

PROPOSE_BELOW = 900_000
"""Across venues, best asks that sum to less than this are a wrong pair rather than a gift."""
BLOCK_BELOW = 800_000


@dataclass(frozen=True, slots=True)
class Direction:
    """One way to bet on a pair: this outcome of `a` and that outcome of `b`, one of which pays."""

    pair_id: str
    label: str
    """Which outcome is bought where, `a` first: ``kalshi:yes+polymarket:no``."""
    a: Market
    a_outcome: Outcome
    b: Market
    b_outcome: Outcome

    @property
    def within_one_venue(self) -> bool:
        return self.a.venue is self.b.venue


def directions(pair: Pair, a: Market, b: Market) -> tuple[Direction, ...]:
    """Both ways to bet on the pair; one way where its two markets are the same one, none on `contains`.

    Raises ValueError when the markets are not the pair's.
    """
    if (a.key, b.key) != (pair.a, pair.b):
        raise ValueError(f"{a.key} and {b.key} are not the markets of {pair.pair_id}")
    ways: list[Direction] = []
    if not pair.is_hedge:
        return ()
    for outcome in (Outcome.YES,) if pair.a == pair.b else (Outcome.YES, Outcome.NO):
        hedge = outcome.other if pair.relation is Relation.SAME else outcome
        ways.append(
            Direction(
                pair.pair_id,
                f"{a.venue.value}:{outcome.value}+{b.venue.value}:{hedge.value}",
                a,
                outcome,
                b,
                hedge,
            )
        )
    return tuple(ways)


class Curve(NamedTuple):
    """What each further net share of a direction costs: slices, cheapest first.

    Parallel tuples rather than an object a slice: a scan makes thousands of them.
    """

    direction: Direction
    a_asks: Ladder
    b_asks: Ladder
    shares: tuple[int, ...]
    """Net shares of each slice, micros."""
    unit_costs: tuple[int, ...]
    """Pico-dollars that a net share of each slice costs on both legs, fees in; below a dollar."""
    requested_at_ms: int
    """When the older of the two books was requested."""
    walked_at_ms: int

    @property
    def best_return(self) -> int:
        """Net return on cost of the first slice, ppm: no size pays more."""
        return (PICO - self.unit_costs[0]) * PPM // self.unit_costs[0]


@dataclass(frozen=True, slots=True)
class LegQuote:
    """What a leg's order would get from the book as it stands. Micros."""

    venue: Venue
    market_id: str
    outcome: Outcome
    side: Side
    limit_price: int
    """Worst level touched, moved onto the market's tick grid if it lies off it."""
    shares: int
    """Gross: what to order."""
    net_shares: int
    """What is held after a fee in shares."""
    notional: int
    """Sum of price × shares over the levels, rounded against us."""
    fee_usd: int
    fee_shares: int
    levels: int
    """How many levels it takes."""
    depth: int
    """Gross shares the book shows at the limit price or better."""
    reserve: int
    """Most it can cost: all of it at the limit price, fees in. A SELL costs nothing."""

    @property
    def key(self) -> MarketKey:
        return MarketKey(self.venue, self.market_id)

    @property
    def cost(self) -> int:
        """Dollars out, fees in; what a SELL brings is negative."""
        return self.fee_usd + (self.notional if self.side is Side.BUY else -self.notional)


@dataclass(frozen=True, slots=True)
class Opportunity:
    """A Dutch book sized for one agent. Micros; ratios in ppm."""

    pair_id: str
    direction: str
    legs: tuple[LegQuote, LegQuote]
    """As found: the pair's `a` first. `order_legs` says which to place first."""
    shares: int
    """Net shares that both legs have."""
    cost: int
    """Of both legs, fees in."""
    payout: int
    """A dollar a net share, whatever happens."""
    net_profit: int
    net_return: int
    """Net profit on cost, rounded down."""
    resolves_at: datetime | None
    """When the later of the two markets pays."""
    days: int | None
    """Until then, rounded up, at least one; None where no venue says."""
    annualised: int | None
    """Simple: net return × 365 / days."""
    requested_at_ms: int
    """When the older of the two books was requested."""

    @property
    def reserve(self) -> Mapping[Venue, int]:
        """Most that each venue can be asked for, dollars."""
        first, second = self.legs
        if first.venue is second.venue:
            return {first.venue: first.reserve + second.reserve}
        return {first.venue: first.reserve, second.venue: second.reserve}


class Reason(StrEnum):
    """Why a direction of a pair is not taken."""

    CLOSED = "closed"
    STALE = "stale"
    NO_ASKS = "no_asks"
    NO_EDGE = "no_edge"
    CROSSED = "crossed"
    SUSPICIOUS = "suspicious"
    ABSURD = "absurd"
    FEES = "fees"
    BELOW_MIN_PROFIT = "below_min_profit"
    BELOW_MINIMUM = "below_minimum"
    BUDGET = "budget"


class Rejection(NamedTuple):
    """Why a direction is not taken. The sentence is made when somebody reads it, not in the scan."""

    pair_id: str
    direction: str
    code: Reason
    facts: tuple[Any, ...]

    @property
    def detail(self) -> str:
        return _SENTENCES[self.code](*self.facts)

    @property
    def pair_status(self) -> PairStatus | None:
        """Where the tripwire sends the pair, if it is the tripwire that rejects."""
        if self.code is Reason.ABSURD:
            return PairStatus.BLOCKED
        return PairStatus.PROPOSED if self.code is Reason.SUSPICIOUS else None


def percent(ppm: int) -> str:
    """Parts per million as a percentage of two decimals, rounded down: 12_345 → ``"1.23 %"``."""
    hundredths = abs(ppm) // 100 if ppm >= 0 else -(ppm // 100)
    return f"{'−' if ppm < 0 else ''}{hundredths // 100}.{hundredths % 100:02d} %"


_SENTENCES: Mapping[Reason, Callable[..., str]] = {
    Reason.CLOSED: lambda venue: f"market of {venue} is not open for trading",
    Reason.STALE: lambda venue, age: f"book of {venue} is {age // 100 / 10} s old",
    Reason.NO_ASKS: lambda venue, outcome: f"nobody sells {outcome} on {venue}",
    Reason.NO_EDGE: lambda total: f"sum of best asks {format_micros(total)}",
    Reason.CROSSED: lambda venue: f"book of {venue} is crossed: a torn snapshot",
    Reason.SUSPICIOUS: lambda total: (
        f"sum of best asks {format_micros(total)}: too good for one question, the pair needs approval anew"
    ),
    Reason.ABSURD: lambda total: (
        f"sum of best asks {format_micros(total)}: not one question, the pair is blocked"
    ),
    Reason.FEES: lambda gross, net: f"fees eat it: gross {percent(gross)}, net {percent(net)}",
    Reason.BELOW_MIN_PROFIT: lambda net, least: f"net {percent(net)} is below the least {percent(least)}",
    Reason.BELOW_MINIMUM: lambda text: f"below {text}",
    Reason.BUDGET: lambda money, minimum: f"{money} buys less than {minimum}",
}


def walk(
    direction: Direction,
    a_book: OrderBook,
    b_book: OrderBook,
    now_ms: int,
    max_age_ms: int = MAX_BOOK_AGE_MS,
) -> Curve | Rejection:
    """Buys both legs level by level while a further net share still costs less than the dollar it pays.

    Fees enter at their rate; rounding to lots, minimums and account precision is `cut`'s business. Where the
    pair's two markets are one, both books are that market's.
    """
    older = a_book if a_book.requested_at_ms <= b_book.requested_at_ms else b_book
    age_ms = now_ms - older.requested_at_ms
    if age_ms > max_age_ms:
        return _reject(direction, Reason.STALE, older.venue, age_ms)
    a, b = direction.a, direction.b
    a_asks = a_book.yes_asks if direction.a_outcome is Outcome.YES else a_book.no_asks
    b_asks = b_book.yes_asks if direction.b_outcome is Outcome.YES else b_book.no_asks
    if not (a_asks and b_asks):
        missing = (b.venue, direction.b_outcome) if a_asks else (a.venue, direction.a_outcome)
        return _reject(direction, Reason.NO_ASKS, *missing)
    total = a_asks[0][0] + b_asks[0][0]
    if total >= ONE:
        # most pairs end here, before any fee is computed: fees only add
        return Rejection(direction.pair_id, direction.label, Reason.NO_EDGE, (total,))
    barred = _barred(direction, a_book, b_book, total)
    if barred is not None:
        return barred
    shares, unit_costs = _slices(a.fees, a_asks, b.fees, b_asks)
    if not shares:
        unit = a.fees.buy_rate(a_asks[0][0])[0] + b.fees.buy_rate(b_asks[0][0])[0]
        return _reject(direction, Reason.FEES, (ONE - total) * PPM // total, (PICO - unit) * PPM // unit)
    return Curve(direction, a_asks, b_asks, shares, unit_costs, older.requested_at_ms, now_ms)


def _barred(direction: Direction, a_book: OrderBook, b_book: OrderBook, total: int) -> Rejection | None:
    """Why prices that pay are not believed: closed markets, torn books, and the tripwire.

    On one market YES and NO for under a dollar is a crossed book and the very thing looked for, so there
    only staleness counts; the tripwire is for pairs across venues.
    """
    for market, book in ((direction.a, a_book), (direction.b, b_book)):
        if not market.tradeable:
            return _reject(direction, Reason.CLOSED, market.venue)
        if a_book is not b_book and book.crossed:
            return _reject(direction, Reason.CROSSED, book.venue)
    if direction.within_one_venue or total >= PROPOSE_BELOW:
        return None
    return _reject(direction, Reason.ABSURD if total < BLOCK_BELOW else Reason.SUSPICIOUS, total)


def _slices(
    a_fees: FeeSchedule, a_asks: Ladder, b_fees: FeeSchedule, b_asks: Ladder
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Net shares and pico-dollars a share of each slice, until one costs a dollar or a ladder ends."""
    a_rates, b_rates = _buy_rates(a_fees), _buy_rates(b_fees)
    shares: list[int] = []
    unit_costs: list[int] = []
    a_next = b_next = a_left = b_left = a_cost = b_cost = 0
    a_end, b_end = len(a_asks), len(b_asks)
    while True:
        # a level of a few micros may be all fee: then the next one is looked at
        while not a_left and a_next < a_end:
            price, size = a_asks[a_next]
            a_cost, kept = a_rates[price]
            a_left = size * kept // BPS
            a_next += 1
        while not b_left and b_next < b_end:
            price, size = b_asks[b_next]
            b_cost, kept = b_rates[price]
            b_left = size * kept // BPS
            b_next += 1
        taken = a_left if a_left < b_left else b_left
        unit = a_cost + b_cost
        if not taken or unit >= PICO:
            return tuple(shares), tuple(unit_costs)
        shares.append(taken)
        unit_costs.append(unit)
        a_left -= taken
        b_left -= taken


class _Rates(dict[int, tuple[int, int]]):
    """A schedule's `buy_rate` by price, computed when first asked for: prices lie on a grid and recur."""

    def __init__(self, fees: FeeSchedule) -> None:
        super().__init__()
        self._buy_rate = fees.buy_rate

    def __missing__(self, price: int) -> tuple[int, int]:
        rate = self[price] = self._buy_rate(price)
        return rate


@lru_cache(maxsize=256)
def _buy_rates(fees: FeeSchedule) -> _Rates:
    return _Rates(fees)


def _reject(direction: Direction, code: Reason, *facts: object) -> Rejection:
    return Rejection(direction.pair_id, direction.label, code, facts)

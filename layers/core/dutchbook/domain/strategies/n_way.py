"""Arbitrage of n legs: an event of which one outcome wins, bought whole for less than it pays.

Every YES pays a dollar between them, if the outcomes exclude each other and one of them always wins. Every NO
pays n − 1 dollars if they exclude each other, and one more if none wins. What the venue's own flags do not
say is not assumed: Kalshi's `mutually_exclusive` and Limitless' neg-risk groups say only the first, a
Polymarket neg-risk event that is not augmented says both. Each outcome is bought where it is cheapest: on the
event's venue, or on another one that an approved pair says asks the same.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, takewhile
from math import lcm
from typing import NamedTuple

from dutchbook.domain.agent import Limits
from dutchbook.domain.book import Ladder
from dutchbook.domain.fees import BPS
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.money import ONE, PPM, mul_floor
from dutchbook.domain.opportunity import PROPOSE_BELOW, LegQuote
from dutchbook.domain.pair import Relation
from dutchbook.domain.plan import PlannedLeg
from dutchbook.domain.quoting import missed_minimum, quote_buy
from dutchbook.domain.ranking import days_until, settles_at
from dutchbook.domain.risk import Allowance
from dutchbook.domain.sizing import order_legs
from dutchbook.domain.strategies.protocol import Gone, TradeIntent, View, less
from dutchbook.domain.trade import whole_event
from dutchbook.domain.venue import Outcome, Side, Venue

MAX_OUTCOMES = 6
"""Legs are placed one after the other, seconds apart, and as many repairs mend them (execute_pair.repair)."""

EXCLUSIVE, EXHAUSTIVE, EVENT_SIZE = "exclusive", "exhaustive", "event_size"
"""Market.terms: at most one YES of the event pays; one always does; how many markets are listed in it."""

_OPEN_ENDED = re.compile(
    r"\b(others?|another|anyother|else|rest|none|neither|nobody|no[ -]one|unlisted|not (listed|named))\b"
    r"|\A(the )?field\Z"
    r"|\A(person|party|player|team|candidate|option|company|country) \w\Z",
    re.IGNORECASE,
)
"""Outcomes that name nobody. A word anywhere is enough: an event passed over costs less than half of one."""


@dataclass(frozen=True, slots=True)
class EventCurve:
    """What each further set of an event costs: slices, cheapest first. Micros, unit costs in pico-dollars."""

    event: str
    outcome: Outcome
    """YES of every outcome, or NO of every outcome."""
    markets: tuple[Market, ...]
    """One an outcome: where it is cheapest."""
    asks: tuple[Ladder, ...]
    payout: int
    """Dollars that a set of one share each pays at least."""
    shares: tuple[int, ...]
    unit_costs: tuple[int, ...]
    walked_at_ms: int

    @property
    def subject(self) -> str:
        return self.event

    @property
    def venues(self) -> frozenset[Venue]:
        return frozenset(market.venue for market in self.markets)

    @property
    def best_return(self) -> int:
        """Net return on cost of the first slice, ppm."""
        return (self.payout * ONE - self.unit_costs[0]) * PPM // self.unit_costs[0]

    def without(self, gone: Gone) -> "EventCurve | None":
        asks = tuple(
            less(ladder, gone.get((market.key, self.outcome), 0))
            for market, ladder in zip(self.markets, self.asks, strict=True)
        )
        shares, unit_costs = _slices(self.markets, asks, self.payout)
        return replace(self, asks=asks, shares=shares, unit_costs=unit_costs) if shares else None

    def pays(self, shares: int, winner: int | None) -> int:
        """Dollars (micros) that sets of these shares pay when this outcome wins; None: none of them."""
        wins = sum((index == winner) is (self.outcome is Outcome.YES) for index in range(len(self.markets)))
        return wins * mul_floor(ONE, shares)


class _Priced(NamedTuple):
    shares: int
    cost: int
    quotes: tuple[LegQuote, ...]


class NWay:
    """Has nothing to tune: minProfit says what is worth taking."""

    def observe(self, view: View) -> Sequence[EventCurve]:
        found = [
            curve
            for name, markets in events(view.markets.values()).items()
            for outcome in (Outcome.YES, Outcome.NO)
            if (curve := self._curve(view, name, markets, outcome)) is not None
        ]
        return sorted(found, key=lambda curve: (-curve.best_return, curve.event, curve.outcome))

    def size(self, signal: EventCurve, limits: Limits, allowed: Allowance) -> TradeIntent | None:
        ends = _paying_ends(signal, limits.min_profit)
        best = _largest(signal, ends[-1], allowed) if ends else None
        while best is not None and not _pays(signal, best, ends, limits.min_profit, allowed):
            best = _largest(signal, _before(best, ends), allowed)
        if best is None:
            return None
        markets = {market.key: market for market in signal.markets}
        if any(missed_minimum(markets[quote.key], quote) for quote in best.quotes):
            return None
        resolves_at = settles_at(*signal.markets)
        if resolves_at is None and len(signal.venues) > 1:
            return None
        if resolves_at is not None and days_until(resolves_at, signal.walked_at_ms) > limits.max_days:
            return None
        return _intent(signal, best)

    def _curve(self, view: View, name: str, markets: Sequence[Market], outcome: Outcome) -> EventCurve | None:
        if outcome is Outcome.YES and not all(_says(market, EXHAUSTIVE) for market in markets):
            return None
        chosen = [_cheapest(view, market, outcome) for market in markets]
        found = [one for one in chosen if one is not None]
        if len(found) < len(markets):
            return None
        payout = ONE if outcome is Outcome.YES else (len(markets) - 1) * ONE
        asks = tuple(ladder for _, ladder in found)
        total = sum(ladder[0][0] for ladder in asks)
        venues = {market.venue for market, _ in found}
        if len(venues) > 1 and total * ONE < PROPOSE_BELOW * payout:
            return None  # across venues such a gap is a wrong pair rather than a gift
        where = tuple(market for market, _ in found)
        shares, unit_costs = _slices(where, asks, payout)
        if not shares:
            return None
        return EventCurve(name, outcome, where, asks, payout, shares, unit_costs, view.now_ms)


def events(markets: Iterable[Market]) -> dict[str, tuple[Market, ...]]:
    """Events whose markets exclude each other and are all here, open, and named; by name, in order."""
    by_event: dict[str, list[Market]] = {}
    for market in markets:
        if market.event_id and _says(market, EXCLUSIVE):
            by_event.setdefault(f"event:{market.venue}:{market.event_id}", []).append(market)
    return {
        name: tuple(sorted(listed, key=lambda market: market.key))
        for name, listed in sorted(by_event.items())
        if _is_whole(listed)
    }


def proves(name: str, markets: Sequence[Market], outcome: Outcome) -> bool:
    """Whether the venue's own flags say that these markets are the whole event of this name.

    For YES of every outcome also that one of them must win.
    """
    whole = events(markets).get(name, ())
    return len(whole) == len(markets) and (
        outcome is Outcome.NO or all(_says(market, EXHAUSTIVE) for market in whole)
    )


def _is_whole(listed: Sequence[Market]) -> bool:
    size = listed[0].terms.get(EVENT_SIZE, "")
    return (
        size == str(len(listed))
        and 2 <= len(listed) <= MAX_OUTCOMES
        and all(
            market.tradeable and not _OPEN_ENDED.search(market.outcome_title.strip()) for market in listed
        )
    )


def _says(market: Market, term: str) -> bool:
    return market.terms.get(term) == "true"


def _cheapest(view: View, market: Market, outcome: Outcome) -> tuple[Market, Ladder] | None:
    """Where the outcome's first share costs least, fees in; None where nobody sells it in a sound book."""
    offers = []
    for key in (market.key, *_twins(view, market.key)):
        there, book = view.markets.get(key), view.books.get(key)
        if there is None or book is None or not there.tradeable or book.crossed:
            continue
        asks = book.ladder(outcome, Side.BUY)
        if asks and book.age_ms(view.now_ms) <= view.max_age_ms:
            offers.append((there.fees.buy_rate(asks[0][0])[0], str(key), there, asks))
    if not offers:
        return None
    _, _, where, ladder = min(offers, key=lambda offer: offer[:2])
    return where, ladder


def _twins(view: View, key: MarketKey) -> Iterator[MarketKey]:
    for pair in view.pairs:
        if pair.relation is Relation.SAME and pair.a != pair.b and key in (pair.a, pair.b):
            yield pair.b if pair.a == key else pair.a


def _slices(
    markets: Sequence[Market], asks: Sequence[Ladder], payout: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Net shares and pico-dollars a set of each slice, until a set costs what it pays or a ladder ends."""
    shares: list[int] = []
    unit_costs: list[int] = []
    levels = [iter(_net(market, ladder)) for market, ladder in zip(markets, asks, strict=True)]
    left = [0] * len(markets)
    cost = [0] * len(markets)
    while True:
        for index, ladder in enumerate(levels):
            while not left[index]:
                level = next(ladder, None)
                if level is None:
                    return tuple(shares), tuple(unit_costs)
                left[index], cost[index] = level
        unit = sum(cost)
        if unit >= payout * ONE:
            return tuple(shares), tuple(unit_costs)
        taken = min(left)
        shares.append(taken)
        unit_costs.append(unit)
        left = [rest - taken for rest in left]


def _net(market: Market, asks: Ladder) -> Iterator[tuple[int, int]]:
    """(net shares, pico-dollars each) a level."""
    for price, size in asks:
        unit, kept = market.fees.buy_rate(price)
        yield size * kept // BPS, unit


def _paying_ends(curve: EventCurve, min_profit: int) -> list[int]:
    dearest = curve.payout * ONE * PPM // (PPM + min_profit)
    paying = takewhile(lambda slice_: slice_[1] <= dearest, zip(curve.shares, curve.unit_costs, strict=True))
    return list(accumulate(shares for shares, _ in paying))


def _price(curve: EventCurve, shares: int) -> _Priced | None:
    quotes = []
    for market, asks in zip(curve.markets, curve.asks, strict=True):
        quote = quote_buy(market, curve.outcome, asks, shares)
        if quote is None:
            return None
        quotes.append(quote)
    return _Priced(shares, sum(quote.cost for quote in quotes), tuple(quotes))


def _largest(curve: EventCurve, at_most: int, allowed: Allowance) -> _Priced | None:
    """The most whole lots that the books show and whose worst case the money covers."""
    lot = lcm(*(market.size_step for market in curve.markets))
    best, low, high = None, 0, at_most // lot
    while low < high:
        middle = (low + high + 1) // 2
        priced = _price(curve, middle * lot)
        if priced is None or not _covered(priced, allowed):
            high = middle - 1
        else:
            best, low = priced, middle
    return best


def _covered(priced: _Priced, allowed: Allowance) -> bool:
    needed = _reserve(priced.quotes)
    return sum(needed.values()) <= allowed.max_cost and all(
        amount <= allowed.budgets.get(venue, 0) for venue, amount in needed.items()
    )


def _reserve(quotes: Iterable[LegQuote]) -> Mapping[Venue, int]:
    sums: dict[Venue, int] = {}
    for quote in quotes:
        sums[quote.venue] = sums.get(quote.venue, 0) + quote.reserve
    return sums


def _before(priced: _Priced, ends: Sequence[int]) -> int:
    """Where the slice begins that this size ends in."""
    return max((end for end in ends if end < priced.shares), default=0)


def _pays(
    curve: EventCurve, priced: _Priced, ends: Sequence[int], min_profit: int, allowed: Allowance
) -> bool:
    """Whether the whole and its last slice return min_profit after all rounding."""
    rest = _largest(curve, _before(priced, ends), allowed)
    shares, cost = (rest.shares, rest.cost) if rest else (0, 0)
    parts = ((priced.shares, priced.cost), (priced.shares - shares, priced.cost - cost))
    return all((mul_floor(curve.payout, size) - paid) * PPM >= min_profit * paid for size, paid in parts)


def _intent(curve: EventCurve, priced: _Priced) -> TradeIntent:
    legs = order_legs(priced.quotes)
    first = curve.markets[0]
    return TradeIntent(
        subject=curve.event,
        direction=whole_event(curve.outcome),
        legs=tuple(
            PlannedLeg(leg.key, leg.outcome, leg.side, leg.shares, leg.limit_price, leg.reserve)
            for leg in legs
        ),
        shares=priced.shares,
        cost=priced.cost,
        profit=mul_floor(curve.payout, priced.shares) - priced.cost,
        resolves_at=settles_at(*curve.markets),
        title=first.event_title or first.title,
        reason=f"{curve.outcome} of all {len(legs)} outcomes costs less than what they pay whichever wins",
    )

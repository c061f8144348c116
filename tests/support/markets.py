"""Sample markets, pairs and books: prices and sizes as decimal strings, the rest is a sensible default."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dutchbook.domain.book import OrderBook, ask_ladder, bid_ladder
from dutchbook.domain.fees import FeeSchedule, KalshiFees, LimitlessFees, PolymarketFees
from dutchbook.domain.market import Market, PriceBand
from dutchbook.domain.money import ONE, parse_micros
from dutchbook.domain.opportunity import Curve, Direction, Opportunity, directions, walk
from dutchbook.domain.pair import Pair, PairStatus, Relation, pair_id_of
from dutchbook.domain.sizing import cut
from dutchbook.domain.venue import Venue

NOW_MS = 1_790_000_000_000
SETTLES = datetime(2026, 10, 21, 14, 13, 20, tzinfo=UTC)
"""Thirty days after NOW_MS, to the second."""
FREE = PolymarketFees(0)
RICH: Mapping[Venue, int] = dict.fromkeys(Venue, 10**15)

type Levels = Iterable[tuple[str, str]]

_SAMPLES: Mapping[Venue, tuple[PriceBand, int, int, int, FeeSchedule]] = {
    Venue.KALSHI: (PriceBand(10_000, 990_000, 10_000), 10_000, 10_000, 0, KalshiFees()),
    Venue.POLYMARKET: (PriceBand(10_000, 990_000, 10_000), 10_000, 5 * ONE, ONE, PolymarketFees(40_000)),
    Venue.LIMITLESS: (PriceBand(1_000, 999_000, 1_000), 1_000, 1_000, ONE, LimitlessFees()),
}


def a_market(venue: Venue, market_id: str = "", **changes: Any) -> Market:
    """Kalshi and Polymarket in cents with lots of 0.01, Limitless in tenths of a cent with lots of 0.001."""
    band, size_step, min_size, min_notional, fees = _SAMPLES[venue]
    base = Market(
        venue=venue,
        market_id=market_id or f"{venue}-market",
        title="Will it rain?",
        tradeable=True,
        price_bands=(band,),
        size_step=size_step,
        min_size=min_size,
        min_notional=min_notional,
        fees=fees,
        resolves_at=SETTLES,
    )
    return replace(base, **changes)


def a_simple_market(venue: Venue, **changes: Any) -> Market:
    """No fees, no minimums: what is left is the walk itself."""
    return a_market(venue, **{"fees": FREE, "min_size": 0, "min_notional": 0, **changes})


def a_pair(a: Market, b: Market, relation: Relation = Relation.SAME) -> Pair:
    return Pair(pair_id_of(a.key, b.key), a.key, b.key, relation, PairStatus.APPROVED)


def ways(a: Market, b: Market, relation: Relation = Relation.SAME) -> tuple[Direction, ...]:
    return directions(a_pair(a, b, relation), a, b)


def levels(pairs: Levels) -> list[tuple[int, int]]:
    return [(parse_micros(price), parse_micros(size)) for price, size in pairs]


def a_book(
    market: Market,
    yes: Levels = (),
    no: Levels = (),
    yes_bids: Levels = (),
    no_bids: Levels = (),
    at_ms: int = NOW_MS,
) -> OrderBook:
    """`yes` and `no` are the asks of both outcomes."""
    return OrderBook(
        *market.key,
        yes_bids=bid_ladder(levels(yes_bids)),
        yes_asks=ask_ladder(levels(yes)),
        no_bids=bid_ladder(levels(no_bids)),
        no_asks=ask_ladder(levels(no)),
        requested_at_ms=at_ms,
    )


def a_curve(direction: Direction, a_asks: Levels, b_asks: Levels) -> Curve:
    """The curve of these asks of the outcomes that the direction buys."""
    found = walk(
        direction,
        a_book(direction.a, **{direction.a_outcome.value: a_asks}),
        a_book(direction.b, **{direction.b_outcome.value: b_asks}),
        NOW_MS,
    )
    assert isinstance(found, Curve), found.detail
    return found


def an_opportunity(curve: Curve, min_profit: int = 0, max_cost: int = 10**15) -> Opportunity:
    found = cut(curve, min_profit, max_cost, RICH)
    assert isinstance(found, Opportunity), found.detail
    return found

"""What holds for every curve that a scan walks."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dutchbook.domain.book import Ladder, OrderBook, ask_ladder
from dutchbook.domain.fees import PICO, KalshiFees, PolymarketFees
from dutchbook.domain.market import Market
from dutchbook.domain.money import ONE
from dutchbook.domain.opportunity import Curve, Rejection, walk
from dutchbook.domain.pair import Relation
from dutchbook.domain.venue import Venue
from tests.support import strategies as some
from tests.support.markets import NOW_MS, a_market, ways

LOT = 10_000


def walked(a: Market, a_asks: Ladder, b: Market, b_asks: Ladder) -> Curve | Rejection:
    """YES of one market and NO of the other on the same venue, so that no tripwire hides the walk."""
    b = replace(b, venue=a.venue, market_id="the other")
    books = (
        OrderBook(*a.key, (), a_asks, (), (), NOW_MS),
        OrderBook(*b.key, (), (), (), b_asks, NOW_MS),
    )
    return walk(ways(a, b)[0], *books, NOW_MS)


def slices(found: Curve | Rejection) -> list[tuple[int, int]]:
    return list(zip(found.shares, found.unit_costs, strict=True)) if isinstance(found, Curve) else []


def edge(found: Curve | Rejection) -> int:
    """Profit of the whole curve before rounding."""
    return sum(shares * (PICO - unit) for shares, unit in slices(found))


@given(
    some.levels,
    some.levels,
    some.markets(),
    some.markets(),
    st.sampled_from((Relation.SAME, Relation.INVERSE)),
    st.integers(1, 98).map(lambda cents: cents * LOT),
)
def test_equal_books_never_pay(bids, asks, a, b, relation, middle):
    bids = [(price, size) for price, size in bids if price <= middle]
    asks = [(price, size) for price, size in asks if price > middle]
    b = replace(b, market_id="the other")
    a_book = OrderBook.from_yes_book(a.key, bids, asks, NOW_MS)
    mirrored = [(ONE - price, size) for price, size in asks], [(ONE - price, size) for price, size in bids]
    b_book = OrderBook.from_yes_book(
        b.key, *((bids, asks) if relation is Relation.SAME else mirrored), NOW_MS
    )
    for way in ways(a, b, relation):
        assert isinstance(walk(way, a_book, b_book, NOW_MS), Rejection)


@given(some.markets(), some.asks, some.markets(), some.asks)
def test_every_slice_pays_and_none_is_cheaper_than_the_one_before(a, a_asks, b, b_asks):
    units = [unit for _, unit in slices(walked(a, a_asks, b, b_asks))]
    assert all(unit < PICO for unit in units)
    assert units == sorted(units)


@given(some.markets(), some.asks, some.markets(), some.asks)
def test_neither_ladder_gives_more_than_it_shows(a, a_asks, b, b_asks):
    found = walked(a, a_asks, b, b_asks)
    total = sum(shares for shares, _ in slices(found))
    for market, ladder in ((a, a_asks), (b, b_asks)):
        assert total <= sum(market.fees.net_of(price, size) for price, size in ladder) <= some.depth(ladder)


@given(some.markets(), some.asks, some.markets(), some.asks)
def test_it_does_not_matter_which_market_is_called_a(a, a_asks, b, b_asks):
    assert slices(walked(a, a_asks, b, b_asks)) == slices(walked(b, b_asks, a, a_asks))


@given(some.markets(), some.asks, some.markets(), some.asks, st.integers(1, 50))
def test_the_edge_falls_as_prices_rise(a, a_asks, b, b_asks, cents):
    dearer = some.dearer(a_asks, cents * LOT)
    assert edge(walked(a, dearer, b, b_asks)) <= edge(walked(a, a_asks, b, b_asks))


@given(some.markets(), some.asks, some.markets(), some.asks, some.levels)
def test_the_edge_never_falls_as_depth_grows(a, a_asks, b, b_asks, more):
    # a fee in shares is rounded up once a level: a level that grows may lose a micro of its rounding
    deeper = ask_ladder([*a_asks, *more])
    assert edge(walked(a, deeper, b, b_asks)) >= edge(walked(a, a_asks, b, b_asks)) - len(a_asks) * PICO


@given(some.asks, some.asks, st.integers(0, 70_000), st.integers(0, 70_000))
def test_the_edge_falls_as_fees_rise(a_asks, b_asks, one, other):
    a = a_market(Venue.KALSHI)
    less, more = sorted((one, other))
    edges = [
        edge(walked(a, a_asks, replace(a, fees=fees), b_asks))
        for rate in (less, more)
        for fees in (KalshiFees(rate), PolymarketFees(rate), PolymarketFees(rate, 2))
    ]
    assert all(dear <= cheap for cheap, dear in zip(edges[:3], edges[3:], strict=True))


# sizes of a few micros, so that every single one can be paired by hand
_tiny = st.lists(st.tuples(some.prices, st.integers(1, 60)), min_size=1, max_size=5).map(ask_ladder)


def each(market: Market, ladder: Ladder) -> list[int]:
    """What each millionth of a net share costs, cheapest first."""
    return sorted(
        market.fees.buy_rate(price)[0]
        for price, size in ladder
        for _ in range(market.fees.net_of(price, size))
    )


@given(some.markets(), _tiny, some.markets(), _tiny)
def test_the_walk_equals_pairing_one_by_one(a, a_asks, b, b_asks):
    pairs = [sum(pair) for pair in zip(each(a, a_asks), each(b, b_asks), strict=False)]
    paying = [cost for cost in pairs if cost < PICO]
    found = slices(walked(a, a_asks, b, b_asks))
    assert sum(shares for shares, _ in found) == len(paying)
    assert sum(shares * unit for shares, unit in found) == sum(paying)

"""Whatever the books, the history and the limits: intents stay inside them, and n-way pays alike."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dutchbook.domain.agent import Limits
from dutchbook.domain.fees import FeeSchedule
from dutchbook.domain.money import ONE, PPM
from dutchbook.domain.quoting import quote_buy
from dutchbook.domain.risk import Allowance
from dutchbook.domain.strategies.arbitrage import Arbitrage
from dutchbook.domain.strategies.mean_reversion import MeanReversion
from dutchbook.domain.strategies.momentum import Momentum
from dutchbook.domain.strategies.n_way import EventCurve, NWay
from dutchbook.domain.strategies.params import momentum_params, reversion_params
from dutchbook.domain.strategies.protocol import TradeIntent, View
from dutchbook.domain.venue import Outcome, Side, Venue
from tests.support.builders import a_limits
from tests.support.events import an_event
from tests.support.histories import a_dated_market, a_view, bars_of, book_around
from tests.support.markets import NOW_MS, a_pair
from tests.support.strategies import asks, markets, schedules

LOOSE = {"maxSpread": "0.2", "minDepth": "0", "volumeRatio": "0", "minMove": "0.1", "band": "0"}

dollars = st.integers(0, 2_000).map(lambda amount: amount * ONE)
allowances = st.builds(
    lambda total, each: Allowance(total, dict(zip(Venue, each, strict=True))),
    dollars,
    st.tuples(dollars, dollars, dollars),
)
limits = st.builds(
    lambda position, profit, days: a_limits(max_position=position, min_profit=profit, max_days=days),
    st.integers(1, 10_000).map(lambda amount: amount * ONE),
    st.sampled_from([1_000, 20_000, 100_000]),
    st.sampled_from([10, 40, 180]),
)


def check(view: View, intent: TradeIntent, most: Limits, allowed: Allowance) -> None:
    """What must hold of every intent, whoever made it."""
    assert sum(intent.reserve.values()) <= allowed.max_cost
    assert all(amount <= allowed.budgets.get(venue, 0) for venue, amount in intent.reserve.items())
    assert intent.cost <= sum(intent.reserve.values())
    assert intent.profit * PPM >= most.min_profit * intent.cost
    assert len({(leg.key, leg.outcome) for leg in intent.legs}) == len(intent.legs)
    for leg in intent.legs:
        market, book = view.markets[leg.key], view.books[leg.key]
        within = tuple(one for one in book.ladder(leg.outcome, Side.BUY) if one[0] <= leg.limit_price)
        quote = quote_buy(market, leg.outcome, within, intent.shares)
        assert quote is not None, "the book does not show what is asked for within the limit"
        assert leg.side is Side.BUY
        assert market.on_grid(leg.limit_price)
        assert leg.shares % market.size_step == 0
        assert leg.shares >= market.min_size
    intent.plan(NOW_MS, "tick", "agt_1", "any")  # raises on what no order could come of


@given(st.data(), limits, allowances, st.sampled_from([True, False]))
def test_arbitrage_stays_within_limits(
    data: st.DataObject, most: Limits, allowed: Allowance, one_market: bool
) -> None:
    a = replace(data.draw(markets()), market_id="a")
    b = a if one_market else replace(data.draw(markets()), market_id="b")
    view = event_view(data, [a, b], [a_pair(a, b)])
    for signal in Arbitrage().observe(view):
        intent = Arbitrage().size(signal, most, allowed)
        if intent is not None:
            check(view, intent, most, allowed)


def event_view(data: st.DataObject, listed: list, pairs: list) -> View:
    books = {}
    for market in listed:
        books[market.key] = replace(
            book_around(market, 50),
            yes_asks=data.draw(asks),
            no_asks=data.draw(asks),
            yes_bids=(),
            no_bids=(),
        )
    return View(NOW_MS, 15_000, {market.key: market for market in listed}, books, pairs)


@st.composite
def event_markets(draw: st.DrawFn) -> list:
    venue = draw(st.sampled_from(Venue))
    fees: FeeSchedule = draw(schedules)
    return [replace(market, fees=fees) for market in an_event(draw(st.integers(2, 6)), venue)]


cheap = st.integers(1, 30).map(lambda cents: ((cents * 10_000, 500 * ONE),))


@given(st.data(), event_markets(), limits, allowances)
def test_an_event_stays_within_limits_and_pays_the_same_whichever_outcome_wins(
    data: st.DataObject, listed: list, most: Limits, allowed: Allowance
) -> None:
    view = event_view(data, listed, [])
    view = replace(
        view, books={key: replace(book, yes_asks=data.draw(cheap)) for key, book in view.books.items()}
    )
    for curve in NWay().observe(view):
        intent = NWay().size(curve, most, allowed)
        if intent is None:
            continue
        check(view, intent, most, allowed)
        assert {settled(curve, intent, winner) for winner in range(len(listed))} == {
            intent.cost + intent.profit
        }


def settled(curve: EventCurve, intent: TradeIntent, winner: int) -> int:
    """Dollars that the legs pay, each settled by itself."""
    wins = {market.key: index == winner for index, market in enumerate(curve.markets)}
    return sum(intent.shares for leg in intent.legs if wins[leg.key] is (leg.outcome is Outcome.YES))


closes = st.lists(st.integers(20, 80), min_size=70, max_size=70)


@given(closes, st.integers(1, 10), limits, allowances)
def test_directional_strategies_stay_within_limits_slippage_and_size(
    cents: list[int], spread: int, most: Limits, allowed: Allowance
) -> None:
    market = a_dated_market()
    view = a_view(market, book_around(market, cents[-1], spread), bars_of(cents))
    momentum = momentum_params(LOOSE)
    reversion = reversion_params({"entryZ": "0.5", "maxSpread": "0.2", "minDepth": "0"})
    for strategy, params in ((Momentum(momentum), momentum), (MeanReversion(reversion), reversion)):
        for signal in strategy.observe(view):
            intent = strategy.size(signal, most, allowed)
            if intent is None:
                continue
            check(view, intent, most, allowed)
            (leg,) = intent.legs
            best = view.books[market.key].ladder(leg.outcome, Side.BUY)[0][0]
            assert leg.limit_price <= best + params.slippage
            assert leg.max_cost <= most.max_position * params.entry_size // PPM
            assert most.max_days >= 20

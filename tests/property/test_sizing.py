"""What holds for every size that is cut from a curve."""

from dataclasses import replace
from fractions import Fraction
from math import lcm

from hypothesis import assume, given
from hypothesis import strategies as st

from dutchbook.domain.book import Ladder, OrderBook, ask_ladder
from dutchbook.domain.dust import dust_of
from dutchbook.domain.fees import KalshiFees, LimitlessFees, LimitlessUnknownFees, PolymarketFees
from dutchbook.domain.market import Market
from dutchbook.domain.money import ONE, PPM
from dutchbook.domain.opportunity import Curve, LegQuote, Opportunity, walk
from dutchbook.domain.pair import Relation
from dutchbook.domain.payoff import guaranteed, payout
from dutchbook.domain.quoting import quote_buy
from dutchbook.domain.sizing import cut, order_legs
from dutchbook.domain.venue import Outcome, Venue
from tests.support import strategies as some
from tests.support.markets import FREE, NOW_MS, RICH, a_simple_market, ways

money = st.integers(30 * ONE, 1_000 * ONE)
min_profits = st.integers(0, 40_000)


@st.composite
def curves(draw: st.DrawFn, free: bool = False) -> Curve:
    """Two markets whose best asks sum to 0.92: that pays after any fees, and no tripwire hides it."""
    a, b = draw(some.markets()), draw(some.markets())
    if free:
        a, b = (replace(market, fees=FREE, min_size=0, min_notional=0) for market in (a, b))
    way = draw(
        st.sampled_from(
            ways(
                a, replace(b, market_id="the other"), draw(st.sampled_from((Relation.SAME, Relation.INVERSE)))
            )
        )
    )
    best = draw(st.integers(5, 87)) * some.CENT
    books = []
    for market, outcome, price in (
        (way.a, way.a_outcome, best),
        (way.b, way.b_outcome, 920_000 - best),
    ):
        first = (price, draw(st.integers(30, 300)) * ONE)
        asks = ask_ladder([first, *(level for level in draw(some.levels) if level[0] >= price)])
        yes, no = (asks, ()) if outcome is Outcome.YES else ((), asks)
        books.append(OrderBook(*market.key, (), yes, (), no, NOW_MS))
    found = walk(way, *books, NOW_MS)
    assert isinstance(found, Curve)
    return found


def taken(curve: Curve, min_profit=0, max_cost=10**15, budgets=RICH) -> Opportunity:
    found = cut(curve, min_profit, max_cost, budgets)
    assume(isinstance(found, Opportunity))
    return found


def sides(curve: Curve, found: Opportunity) -> list[tuple[Market, Ladder, LegQuote]]:
    way = curve.direction
    return [(way.a, curve.a_asks, found.legs[0]), (way.b, curve.b_asks, found.legs[1])]


@given(curves(), min_profits, money, st.fixed_dictionaries(dict.fromkeys(Venue, money)))
def test_sizes_never_exceed_depth_budgets_or_limits(curve, min_profit, max_cost, budgets):
    found = taken(curve, min_profit, max_cost, budgets)
    assert found.cost <= sum(found.reserve.values()) <= max_cost
    assert all(amount <= budgets[venue] for venue, amount in found.reserve.items())
    for market, ladder, leg in sides(curve, found):
        assert leg.shares <= leg.depth <= some.depth(ladder)
        assert leg.shares % market.size_step == 0
        assert leg.shares >= market.min_size
        assert leg.notional >= market.min_notional
        assert market.on_grid(leg.limit_price)


@given(curves(), min_profits)
def test_it_returns_at_least_what_was_asked_after_all_rounding(curve, min_profit):
    found = taken(curve, min_profit)
    assert found.payout - found.cost == found.net_profit
    assert found.net_profit * PPM >= min_profit * found.cost
    assert found.net_return == found.net_profit * PPM // found.cost >= min_profit


@given(curves(), st.integers(0, ONE))
def test_the_payoff_is_the_same_in_every_outcome(curve, yes_value):
    found = taken(curve)
    way = curve.direction
    relation = Relation.SAME if way.a_outcome is not way.b_outcome else Relation.INVERSE
    assert guaranteed(way, relation, *(leg.net_shares for leg in found.legs)) >= found.payout
    # a value between nothing and a dollar is rounded down once on each leg
    assert abs(payout(way, relation, found.shares, found.shares, yes_value) - found.payout) <= 1


@given(curves())
def test_legs_agree_in_net_shares_up_to_dust(curve):
    found = taken(curve)
    way = curve.direction
    for leg in found.legs:
        assert 0 <= leg.net_shares - found.shares <= dust_of(way.a, way.b)
        assert leg.net_shares == leg.shares - leg.fee_shares


def exact_cost(market: Market, ladder: Ladder, gross: int) -> tuple[Fraction, Fraction]:
    """Dollars and net shares of the cheapest `gross` shares, by the venues' formulas, nothing rounded."""
    dollars, net, left = Fraction(0), Fraction(0), gross
    for price, size in ladder:
        part, p = Fraction(min(left, size)), Fraction(price, ONE)
        left -= min(left, size)
        dollars += part * p
        match market.fees:
            case KalshiFees(rate, multiplier):
                dollars += part * Fraction(rate * multiplier, PPM * PPM) * p * (1 - p)
            case PolymarketFees(rate, exponent):
                dollars += part * Fraction(rate, PPM) * (p * (1 - p)) ** exponent
            case LimitlessUnknownFees() as fees if fees.buy_rate(price)[1] < 10_000:
                net -= part * (10_000 - fees.buy_rate(price)[1]) / 10_000
            case LimitlessUnknownFees(rate):
                dollars += part * p * rate / 10_000
            case LimitlessFees(rate, True):
                dollars += part * p * rate / 10_000
            case LimitlessFees() as fees:
                net -= part * fees.buy_bps(price) / 10_000
        net += part
    return dollars, net


@given(curves())
def test_a_cut_equals_adding_up_the_books_and_never_flatters(curve):
    found = taken(curve)
    for market, ladder, leg in sides(curve, found):
        dollars, net = exact_cost(market, ladder, leg.shares)
        # per level: a micro of the notional, a step of the fee, and the account's precision
        slack = leg.levels * (getattr(market.fees, "precision", 0) + 12)
        assert dollars <= leg.cost <= dollars + slack
        assert net - leg.levels <= leg.net_shares <= net


@given(curves(free=True), min_profits)
def test_without_fees_the_size_is_all_that_pays(curve, min_profit):
    found = cut(curve, min_profit, 10**15, RICH)
    lot = lcm(curve.direction.a.size_step, curve.direction.b.size_step)
    paying = 0
    for shares, unit in zip(curve.shares, curve.unit_costs, strict=True):
        if (ONE * ONE - unit) * PPM < min_profit * unit:
            break
        paying += shares
    assert (found.shares if isinstance(found, Opportunity) else 0) == paying // lot * lot


@given(curves(free=True), money, st.fixed_dictionaries(dict.fromkeys(Venue, money)))
def test_not_a_lot_more_would_be_affordable(curve, max_cost, budgets):
    found = taken(curve, 0, max_cost, budgets)
    way = curve.direction
    more = found.shares + lcm(way.a.size_step, way.b.size_step)
    assume(more <= sum(curve.shares))
    legs = [
        quote_buy(market, outcome, asks, more)
        for market, outcome, asks in (
            (way.a, way.a_outcome, curve.a_asks),
            (way.b, way.b_outcome, curve.b_asks),
        )
    ]
    assert None not in legs
    needs = {venue: sum(leg.reserve for leg in legs if leg.venue is venue) for venue in Venue}
    assert sum(needs.values()) > max_cost or any(needs[venue] > budgets[venue] for venue in Venue)


@given(curves(), min_profits, money, money)
def test_more_money_never_buys_less(curve, min_profit, one, other):
    less, more = sorted((one, other))
    poor = taken(curve, min_profit, less)
    rich = cut(curve, min_profit, more, RICH)
    assert isinstance(rich, Opportunity)
    assert rich.shares >= poor.shares


@given(curves(), money, min_profits, min_profits)
def test_asking_for_more_return_never_buys_more(curve, max_cost, one, other):
    modest, greedy = sorted((one, other))
    found = taken(curve, greedy, max_cost)
    more = cut(curve, modest, max_cost, RICH)
    assert isinstance(more, Opportunity)
    assert more.shares >= found.shares


@given(some.asks, some.asks, some.levels)
def test_more_depth_never_earns_less(a_asks, b_asks, extra):
    a, b = a_simple_market(Venue.KALSHI), a_simple_market(Venue.KALSHI, market_id="the other")

    def profit(ladder: Ladder) -> int:
        books = (
            OrderBook(*a.key, (), ladder, (), (), NOW_MS),
            OrderBook(*b.key, (), (), (), b_asks, NOW_MS),
        )
        curve = walk(ways(a, b)[0], *books, NOW_MS)
        found = cut(curve, 0, 10**15, RICH) if isinstance(curve, Curve) else None
        return found.net_profit if isinstance(found, Opportunity) else 0

    assert profit(ask_ladder([*a_asks, *extra])) >= profit(a_asks)


@given(curves())
def test_ordering_legs_loses_none_and_does_not_depend_on_how_they_were_found(curve):
    legs = taken(curve).legs
    ordered = order_legs(legs)
    assert sorted(map(repr, ordered)) == sorted(map(repr, legs))
    assert Venue.LIMITLESS not in {leg.venue for leg in legs} or ordered[0].venue is Venue.LIMITLESS

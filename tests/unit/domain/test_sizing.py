"""One agent's part of a curve: as much as pays and as the money allows, priced to the millionth."""

import pytest

from dutchbook.domain.fees import KalshiFees, PolymarketFees
from dutchbook.domain.money import ONE, PPM, parse_micros
from dutchbook.domain.opportunity import Opportunity, Reason, Rejection
from dutchbook.domain.pair import Relation
from dutchbook.domain.quoting import quote_buy
from dutchbook.domain.sizing import cut, order_legs
from dutchbook.domain.venue import Outcome, Venue
from tests.support.cases import cases
from tests.support.markets import (
    RICH,
    SETTLES,
    a_curve,
    a_market,
    a_simple_market,
    an_opportunity,
    levels,
    ways,
)

KALSHI, POLYMARKET = a_market(Venue.KALSHI), a_market(Venue.POLYMARKET)
FREE_K, FREE_P = a_simple_market(Venue.KALSHI), a_simple_market(Venue.POLYMARKET)


def rejected(curve, min_profit=0, max_cost=10**15, budgets=RICH) -> Rejection:
    found = cut(curve, min_profit, max_cost, budgets)
    assert isinstance(found, Rejection)
    return found


def named(case):
    return case["name"]


@pytest.mark.parametrize("case", cases("books")["hedges"], ids=named)
def test_kalshi_and_polymarket_with_their_fees(case):
    kalshi = a_market(Venue.KALSHI, fees=KalshiFees(precision=parse_micros(case["precision"])))
    polymarket = a_market(Venue.POLYMARKET, fees=PolymarketFees(parse_micros(case["rate"])))
    found = an_opportunity(a_curve(ways(kalshi, polymarket)[0], case["kalshi"], case["polymarket"]))
    a, b = found.legs
    assert found.shares == found.payout == parse_micros(case["shares"])
    assert a.notional + b.notional == parse_micros(case["notional"])
    assert (a.fee_usd, b.fee_usd) == (parse_micros(case["kalshi_fee"]), parse_micros(case["polymarket_fee"]))
    assert found.net_profit == parse_micros(case["net"]) == found.payout - found.cost


@pytest.mark.parametrize("case", cases("books")["free_hedges"], ids=named)
def test_walks_without_fees(case):
    step = parse_micros(case["step"])
    a = a_simple_market(Venue.KALSHI, size_step=step)
    b = a_simple_market(Venue.POLYMARKET, size_step=step)
    direction = ways(a, b, Relation(case.get("relation", "same")))[0]
    budget = parse_micros(case.get("budget", "1000000"))
    found = cut(
        a_curve(direction, case["a"], case["b"]),
        0,
        parse_micros(case.get("max_cost", "1000000")),
        dict.fromkeys(Venue, budget),
    )
    assert isinstance(found, Opportunity)
    assert [leg.shares for leg in found.legs] == [parse_micros(case["shares"])] * 2
    assert found.net_profit == parse_micros(case["net"])


@pytest.mark.parametrize("case", cases("books")["net_shares"], ids=named)
def test_legs_agree_in_net_shares(case):
    limitless = a_market(Venue.LIMITLESS)
    polymarket = a_market(Venue.POLYMARKET, fees=PolymarketFees(parse_micros(case["rate"])))
    found = an_opportunity(a_curve(ways(limitless, polymarket)[0], case["limitless"], case["polymarket"]))
    a, b = found.legs
    assert a.net_shares == b.net_shares == found.shares == parse_micros(case["shares"])
    assert a.shares == parse_micros(case["limitless_order"])
    assert (a.cost, b.cost) == (parse_micros(case["limitless_cost"]), parse_micros(case["polymarket_cost"]))
    assert found.net_profit == parse_micros(case["net"])


def test_yes_and_no_of_one_market_stop_where_the_next_share_loses():
    case = cases("books")["one_market"]
    market = a_market(Venue.POLYMARKET, fees=PolymarketFees(parse_micros(case["rate"])))
    everything = [
        quote_buy(market, outcome, tuple(levels(case[outcome])), parse_micros(case["all_shares"]))
        for outcome in Outcome
    ]
    assert [leg.notional for leg in everything] == [
        parse_micros(case["all_yes_cost"]),
        parse_micros(case["all_no_cost"]),
    ]
    assert sum(leg.cost for leg in everything) > parse_micros(case["all_shares"])
    found = an_opportunity(a_curve(ways(market, market)[0], case["yes"], case["no"]))
    assert found.shares == parse_micros(case["paying_shares"])
    assert found.net_profit > 0
    assert found.reserve == {Venue.POLYMARKET: sum(leg.reserve for leg in found.legs)}


@pytest.mark.parametrize("case", cases("books")["lots"], ids=str)
def test_sizes_are_rounded_down_to_lots(case):
    market = a_simple_market(Venue.KALSHI, size_step=parse_micros(case["step"]))
    asks = [("0.40", case["depth"])]
    found = an_opportunity(a_curve(ways(market, market)[0], asks, asks))
    assert found.shares == parse_micros(case["shares"])


class TestLeastProfit:
    curve = a_curve(ways(FREE_K, FREE_P)[0], [("0.40", "10"), ("0.47", "10")], [("0.50", "100")])

    def test_each_slice_must_pay_it_not_their_average(self):
        # 10 at 0.90 return 11.1 %, 10 more at 0.97 return 3.09 %: 6.95 % together
        assert an_opportunity(self.curve, 50_000).shares == 10 * ONE
        assert an_opportunity(self.curve, 30_000).shares == 20 * ONE

    def test_a_slice_that_pays_it_exactly_is_taken(self):
        curve = a_curve(ways(FREE_K, FREE_P)[0], [("0.46", "10")], [("0.50", "10")])
        assert an_opportunity(curve, 40_000 * PPM // 960_000).shares == 10 * ONE

    def test_when_nothing_pays_it_the_best_return_is_named(self):
        found = rejected(self.curve, 120_000)
        assert found.detail == "net 11.11 % is below the least 12.00 %"

    def test_a_last_slice_of_a_lot_that_rounding_spoils_is_left(self):
        kalshi = a_market(Venue.KALSHI, fees=KalshiFees(precision=10_000))
        curve = a_curve(ways(kalshi, FREE_P)[0], [("0.40", "100"), ("0.41", "0.01")], [("0.50", "1000")])
        assert len(curve.shares) == 2
        assert an_opportunity(curve).shares == 100 * ONE

    def test_an_edge_smaller_than_the_rounding_of_its_only_lot_is_none(self):
        kalshi = a_market(Venue.KALSHI, fees=KalshiFees(precision=10_000))
        found = rejected(a_curve(ways(kalshi, FREE_P)[0], [("0.40", "0.01")], [("0.50", "1000")]))
        assert found.code is Reason.BELOW_MIN_PROFIT
        assert found.detail == "net −33.34 % is below the least 0.00 %"


class TestMoney:
    curve = a_curve(ways(FREE_K, FREE_P)[0], [("0.40", "10"), ("0.41", "10")], [("0.50", "100")])

    def test_what_is_set_aside_stays_within_the_cap(self):
        found = an_opportunity(self.curve, max_cost=18_100_000)
        # 20 would cost 18.1 and yet need 18.2 at the limit prices
        assert found.shares == 19_890_000
        assert sum(found.reserve.values()) <= 18_100_000

    def test_each_venue_has_its_own_money(self):
        found = cut(self.curve, 0, 100 * ONE, {Venue.KALSHI: 100 * ONE, Venue.POLYMARKET: 2 * ONE})
        assert isinstance(found, Opportunity)
        assert found.shares == 4 * ONE

    def test_two_legs_on_one_venue_share_its_money(self):
        market = FREE_P
        curve = a_curve(ways(market, market)[0], [("0.40", "10")], [("0.50", "10")])
        found = cut(curve, 0, 100 * ONE, {Venue.POLYMARKET: 4_500_000})
        assert isinstance(found, Opportunity)
        assert found.shares == 5 * ONE

    def test_too_little_money_says_so(self):
        found = rejected(self.curve, budgets={Venue.KALSHI: ONE}, max_cost=5 * ONE)
        assert found.detail == "$5 in all, $1 on kalshi, $0 on polymarket buys less than one lot"

    def test_money_for_less_than_a_minimum_says_so(self):
        curve = a_curve(ways(KALSHI, POLYMARKET)[0], [("0.40", "100")], [("0.50", "100")])
        found = rejected(curve, max_cost=2 * ONE)
        assert found.code is Reason.BUDGET
        assert found.detail.endswith("buys less than polymarket's minimum of 5 shares")


class TestMinimums:
    def test_depth_below_a_minimum(self):
        curve = a_curve(ways(KALSHI, POLYMARKET)[0], [("0.45", "3.3")], [("0.45", "3.3")])
        assert rejected(curve).detail == "below polymarket's minimum of 5 shares"

    def test_a_notional_below_a_minimum(self):
        curve = a_curve(ways(KALSHI, POLYMARKET)[0], [("0.90", "100")], [("0.03", "20")])
        assert rejected(curve).detail == "below polymarket's minimum of $1"

    def test_depth_below_a_lot(self):
        market = a_simple_market(Venue.KALSHI, size_step=ONE)
        curve = a_curve(ways(market, FREE_P)[0], [("0.40", "0.9")], [("0.5", "9")])
        assert rejected(curve).detail == "below one lot"


def test_lots_of_two_venues_are_met_together():
    a = a_simple_market(Venue.KALSHI, size_step=20_000)
    b = a_simple_market(Venue.POLYMARKET, size_step=30_000)
    found = an_opportunity(a_curve(ways(a, b)[0], [("0.40", "1")], [("0.50", "1")]))
    assert found.shares == 960_000


def test_an_opportunity_says_when_it_pays_and_what_that_is_a_year():
    found = an_opportunity(a_curve(ways(FREE_K, FREE_P)[0], [("0.40", "10")], [("0.50", "10")]))
    assert (found.resolves_at, found.days) == (SETTLES, 30)
    assert (found.net_return, found.annualised) == (111_111, 111_111 * 365 // 30)


def test_an_unknown_date_is_said_to_be_unknown():
    undated = a_simple_market(Venue.KALSHI, resolves_at=None)
    found = an_opportunity(a_curve(ways(undated, FREE_P)[0], [("0.40", "10")], [("0.50", "10")]))
    assert (found.resolves_at, found.days, found.annualised) == (None, None, None)


class TestOrder:
    def legs(self, a, b, a_depth="100", b_depth="100"):
        curve = a_curve(ways(a, b)[0], [("0.40", a_depth)], [("0.50", b_depth)])
        return [leg.venue for leg in order_legs(an_opportunity(curve).legs)]

    def test_limitless_first_however_deep(self):
        limitless = a_market(Venue.LIMITLESS)
        assert self.legs(FREE_K, limitless, "10", "9999") == [Venue.LIMITLESS, Venue.KALSHI]

    def test_then_the_thinner_book(self):
        assert self.legs(FREE_K, FREE_P, "200", "100") == [Venue.POLYMARKET, Venue.KALSHI]

    def test_then_kalshi(self):
        assert self.legs(FREE_P, FREE_K) == [Venue.KALSHI, Venue.POLYMARKET]

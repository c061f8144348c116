"""An agent enters nothing that its owner's limits do not allow, and is told which limit it was."""

from dataclasses import replace

import pytest

from dutchbook.domain.money import ONE
from dutchbook.domain.risk import (
    Allowance,
    Denial,
    Limit,
    Standing,
    allowance,
    loss_at_stop,
    refuses,
    risks_too_much,
    utc_day,
)
from dutchbook.domain.venue import Venue
from tests.support.builders import a_limits
from tests.support.markets import a_curve, a_simple_market, an_opportunity, ways

FREE = Standing(
    exposure=0,
    trades_today=0,
    result_today=0,
    available={Venue.KALSHI: 100 * ONE, Venue.POLYMARKET: 100 * ONE},
)
LIMITS = a_limits()
CURVE = a_curve(
    ways(a_simple_market(Venue.KALSHI), a_simple_market(Venue.POLYMARKET))[0],
    [("0.40", "100")],
    [("0.50", "100")],
)
FOUND = an_opportunity(CURVE)
"""Costs 90 dollars, 40 on Kalshi and 50 on Polymarket, and pays in 30 days."""


def test_an_idle_agent_may_use_all_it_has():
    assert allowance(LIMITS, FREE) == Allowance(500 * ONE, FREE.available)
    assert refuses(LIMITS, FREE, FOUND) is None


def test_open_positions_and_reservations_count_against_max_position():
    allowed = allowance(LIMITS, replace(FREE, exposure=450 * ONE))
    assert isinstance(allowed, Allowance)
    assert allowed.max_cost == 50 * ONE


@pytest.mark.parametrize(
    ("lost", "cost", "denied"), [(0, 500, False), (5, 450, False), (5, 451, True), (49, 11, True)]
)
def test_an_entry_whose_stop_would_break_the_days_limit_is_denied(lost, cost, denied):
    """50 dollars a day with stops at a tenth of cost."""
    denial = risks_too_much(LIMITS, replace(FREE, result_today=-lost * ONE), loss_at_stop(LIMITS, cost * ONE))
    assert (denial is not None) is denied
    assert denial is None or denial.limit is Limit.MAX_DAILY_LOSS


def test_an_overdrawn_venue_has_nothing_rather_than_less():
    allowed = allowance(LIMITS, replace(FREE, available={Venue.KALSHI: -1}))
    assert isinstance(allowed, Allowance)
    assert allowed.budgets == {Venue.KALSHI: 0}


@pytest.mark.parametrize(
    ("limits", "standing", "limit", "detail"),
    [
        ({}, {"trades_today": 50}, Limit.MAX_TRADES, "50 of 50 trades today"),
        ({}, {"result_today": -50 * ONE}, Limit.MAX_DAILY_LOSS, "$50 lost today of at most $50"),
        ({}, {"exposure": 500 * ONE}, Limit.MAX_POSITION, "$500 of $500 in use"),
        ({}, {"exposure": 411 * ONE}, Limit.MAX_POSITION, "$90 needed, $89 left of maxPosition"),
        ({}, {"pairs_in_flight": frozenset({FOUND.pair_id})}, Limit.IN_FLIGHT, "in flight"),
        ({"min_profit": 111_112}, {}, Limit.MIN_PROFIT, "net 11.11 % is below the least 11.11 %"),
        ({"max_days": 29}, {}, Limit.MAX_DAYS, "pays in 30 days, at most 29 allowed"),
        (
            {},
            {"available": {Venue.KALSHI: 39 * ONE, Venue.POLYMARKET: 50 * ONE}},
            Limit.BUDGET,
            "$40 needed on kalshi, $39 free",
        ),
        (
            {},
            {"available": {Venue.KALSHI: 100 * ONE}},
            Limit.PLATFORMS,
            "the agent does not trade on polymarket",
        ),
    ],
)
def test_the_limit_that_is_reached_is_named(limits, standing, limit, detail):
    denial = refuses(a_limits(**limits), replace(FREE, **standing), FOUND)
    assert isinstance(denial, Denial)
    assert denial.limit is limit
    assert detail in denial.detail


@pytest.mark.parametrize(
    ("limits", "standing"),
    [
        ({}, {"trades_today": 49}),
        ({}, {"result_today": -50 * ONE + 1}),
        ({}, {"exposure": 410 * ONE}),
        ({"min_profit": 111_111}, {}),
        ({"max_days": 30}, {}),
        ({}, {"available": {Venue.KALSHI: 40 * ONE, Venue.POLYMARKET: 50 * ONE}}),
    ],
)
def test_a_limit_allows_what_reaches_it_exactly(limits, standing):
    assert refuses(a_limits(**limits), replace(FREE, **standing), FOUND) is None


def test_a_payout_date_nobody_knows_is_too_late():
    denial = refuses(LIMITS, FREE, replace(FOUND, days=None))
    assert denial == Denial(Limit.MAX_DAYS, "no venue says when it pays")


def test_one_venue_settles_both_legs_together_whenever_that_is():
    first, second = FOUND.legs
    within = replace(FOUND, days=None, legs=(first, replace(second, venue=first.venue)))
    assert refuses(LIMITS, FREE, within) is None


def test_days_are_counted_in_utc():
    assert utc_day(1_772_323_199_999) == "2026-02-28"
    assert utc_day(1_772_323_200_000) == "2026-03-01"

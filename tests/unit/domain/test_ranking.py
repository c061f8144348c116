"""Opportunities are ranked by what a dollar earns a year, simply and after fees."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dutchbook.domain.money import PPM, parse_micros
from dutchbook.domain.ranking import annualised, days_until, rank, settles_at
from dutchbook.domain.venue import Venue
from tests.support.cases import rows
from tests.support.markets import NOW_MS, SETTLES, a_curve, a_market, a_simple_market, an_opportunity, ways

KALSHI, POLYMARKET = a_market(Venue.KALSHI), a_market(Venue.POLYMARKET)
DAY_MS = 86_400_000


@pytest.mark.parametrize("row", rows("books", "returns"), ids=str)
def test_returns_are_simple(row):
    net_return = parse_micros(row["net"]) * PPM // parse_micros(row["cost"])
    assert net_return == parse_micros(row["net_return"])
    assert annualised(net_return, row["days"]) == parse_micros(row["annualised"])


def test_a_loss_a_year_is_rounded_away_from_zero():
    assert annualised(-1, 400) == -1


@pytest.mark.parametrize(("wait_ms", "days"), [(-DAY_MS, 1), (0, 1), (1, 1), (DAY_MS, 1), (DAY_MS + 1, 2)])
def test_days_are_rounded_up_and_at_least_one(wait_ms, days):
    assert days_until(SETTLES, NOW_MS + 30 * DAY_MS - wait_ms) == days


def test_a_pair_pays_when_the_later_market_does():
    later = replace(KALSHI, resolves_at=SETTLES + timedelta(days=1))
    assert settles_at(later, POLYMARKET) == settles_at(POLYMARKET, later) == later.resolves_at


def test_the_close_stands_in_for_an_unknown_payout():
    closing = replace(KALSHI, resolves_at=None, closes_at=SETTLES + timedelta(days=2))
    assert settles_at(closing, POLYMARKET) == closing.closes_at
    assert settles_at(replace(closing, closes_at=None), POLYMARKET) is None


def test_rank_is_annual_return_then_dollars_then_pair():
    curve = a_curve(
        ways(a_simple_market(Venue.KALSHI), a_simple_market(Venue.POLYMARKET))[0],
        [("0.40", "10")],
        [("0.50", "10")],
    )
    base = an_opportunity(curve)
    best = replace(base, annualised=base.annualised + 1, net_profit=1)
    richer = replace(base, net_profit=base.net_profit + 1, pair_id="pair_z")
    first, second = replace(base, pair_id="pair_a"), replace(base, pair_id="pair_b")
    undated = replace(base, annualised=None, net_profit=10**12)
    assert sorted([undated, second, richer, best, first], key=rank) == [best, richer, first, second, undated]

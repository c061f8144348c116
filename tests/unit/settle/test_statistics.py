"""Statistics are counted exactly, by the definitions that their page gives."""

from datetime import timedelta

import pytest

from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import ONE, PPM
from dutchbook.domain.result import How, Result
from dutchbook.domain.statistics import every_day, max_drawdown, sharpe, statistics
from dutchbook.domain.venue import Venue
from tests.support.builders import NOW

DAY = timedelta(days=1)


def result(realised, cost=10, days=1, how=How.SETTLED, number=0):
    return Result(
        f"trd_{number}",
        "pair_1",
        "arbitrage",
        how,
        MarketKey(Venue.KALSHI, f"market-{number}"),
        realised * ONE,
        cost * ONE,
        NOW - days * DAY,
        NOW,
    )


def test_a_mixed_record():
    found = statistics([result(3), result(-1), result(2), result(0)], [])
    assert (found.closed, found.wins, found.losses) == (4, 2, 1)
    assert found.win_rate == PPM // 2
    assert found.profit_factor == 5 * PPM
    assert found.expectancy == ONE
    assert found.net == 4 * ONE
    assert found.max_drawdown == ONE


def test_an_empty_record_has_no_ratios():
    found = statistics([], [])
    assert (found.closed, found.net, found.max_drawdown) == (0, 0, 0)
    ratios = (found.win_rate, found.profit_factor, found.expectancy, found.sharpe)
    assert ratios == (None, None, None, None)
    assert (found.holding_seconds, found.annual_return) == (None, None)


def test_without_a_loser_there_is_no_profit_factor():
    assert statistics([result(1)], []).profit_factor is None


@pytest.mark.parametrize(
    ("changes", "deepest"),
    [([], 0), ([5, 5], 0), ([-3, 10], 3), ([10, -4, -4, 20, -5], 8), ([10, -4, 3, -8], 9)],
)
def test_drawdown_is_the_deepest_fall_from_a_high_the_start_included(changes, deepest):
    assert max_drawdown(changes) == deepest


def test_sharpe_by_hand():
    # mean 2, sample deviation 1: 2 × √365 = 38.2099463
    assert sharpe([ONE, 2 * ONE, 3 * ONE]) == 38_209_946
    assert sharpe([-ONE, -2 * ONE, -3 * ONE]) == -38_209_946


def test_sharpe_does_not_depend_on_the_capital():
    assert sharpe([1, 2, 4, 1]) == sharpe([1000, 2000, 4000, 1000])


@pytest.mark.parametrize("daily", [[], [ONE], [ONE, ONE, ONE], [0, 0]])
def test_without_a_spread_there_is_no_sharpe(daily):
    assert sharpe(daily) is None


def test_days_without_a_trade_count_as_zero():
    assert every_day([("2026-02-27", 5), ("2026-03-02", -1)]) == [5, 0, 0, -1]
    assert every_day([]) == []


def test_holding_and_return_are_of_what_was_held_to_settlement():
    """One dollar on ten in ten days, three on thirty in twenty: four on 700 dollar-days."""
    sold = result(50, days=0, how=How.EXITED)
    found = statistics([result(1, 10, 10), result(3, 30, 20), sold], [])
    assert found.holding_seconds == 15 * 86_400
    assert found.annual_return == 4 * 365 * PPM // 700


@pytest.mark.parametrize(
    ("days", "yearly"),
    [((1, 1), 10 * 365 * PPM // 100), ((2, 0), 10 * 365 * PPM // 100), ((1, 0.99), None), ((0.0006,), None)],
    ids=["a day", "a day in the mean", "a little less", "under a minute"],
)
def test_holdings_of_less_than_a_day_have_no_yearly_return(days, yearly):
    """A loss of a tenth in 54 seconds is no loss of 58,000 times the capital a year."""
    assert statistics([result(1, 10, each) for each in days], []).annual_return == yearly

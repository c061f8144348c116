"""The indicators are the textbooks', in integers, over whole minutes."""

from datetime import timedelta

import pytest

from dutchbook.domain.strategies.indicators import (
    Minute,
    activity_ratio,
    average_true_range,
    flipped,
    half_life,
    minutes,
    rate_of_change,
    z_score,
)
from tests.support.histories import bars_of
from tests.support.markets import NOW_MS


def a_series(*closes, quotes=1):
    return [Minute(close, close, close, quotes) for close in closes]


def test_the_minute_under_way_does_not_count():
    bars = bars_of([40, 41, 42])
    under_way = [*bars, bars_of([99])[0].__class__(bars[-1].at + timedelta(minutes=1), *([990_000] * 6), 1)]

    assert [one.close for one in minutes(under_way, NOW_MS, 3)] == [400_000, 410_000, 420_000]


def test_a_quote_stands_until_the_next_one():
    bars = bars_of([40, 41, 42, 43])
    del bars[2]

    assert [one.close for one in minutes(bars, NOW_MS, 4)] == [400_000, 410_000, 410_000, 430_000]
    assert minutes(bars, NOW_MS, 4)[2].quotes == 0


def test_a_close_from_before_the_window_stands_inside_it():
    bars = bars_of([40, 41, 42, 43])
    del bars[1:3]

    assert [one.close for one in minutes(bars, NOW_MS, 3)] == [400_000, 400_000, 430_000]


@pytest.mark.parametrize("gone", [slice(1, 8), slice(3, 10), slice(0, 8)])
def test_a_broken_history_is_none(gone):
    bars = bars_of(range(40, 50))
    del bars[gone]

    assert minutes(bars, NOW_MS, 9) == []


def test_a_short_history_is_none():
    assert minutes(bars_of([40, 41]), NOW_MS, 3) == []
    assert minutes([], NOW_MS, 1) == []


def test_rate_of_change_is_in_parts_of_the_price_before():
    assert rate_of_change(a_series(500_000, 400_000, 440_000), 1) == 100_000
    assert rate_of_change(a_series(500_000, 400_000, 440_000), 2) == -120_000


def test_true_range_reaches_to_the_close_before():
    series = [Minute(50, 50, 50, 1), Minute(60, 58, 59, 1), Minute(58, 52, 55, 1)]

    assert average_true_range(series, 2) == 9  # (60 − 50 + 59 − 52) / 2, rounded up


def test_activity_compares_the_window_with_what_was_before():
    assert activity_ratio(a_series(1, 1, quotes=1) + a_series(1, 1, quotes=3), 2) == 3_000
    assert activity_ratio(a_series(1, 1, quotes=0) + a_series(1, 1, quotes=0), 2) == 0


def test_the_other_outcome_mirrors_highs_and_lows():
    assert flipped([Minute(600_000, 500_000, 550_000, 2)]) == [Minute(500_000, 400_000, 450_000, 2)]


def test_z_is_the_distance_from_the_mean_in_deviations():
    score = z_score(a_series(*[500_000, 510_000] * 10, 400_000))

    assert score is not None
    assert score.mean == (505_000 * 20 + 400_000) // 21
    assert score.z == -(score.mean - 400_000) * 1_000 // score.deviation or score.z < -4_000
    assert z_score(a_series(5, 5, 5)) is None


def test_half_life_of_a_halving_deviation_is_about_a_minute():
    """Deviations that halve each minute have λ = −0.5 and by Chan's formula a half-life of 1.39 minutes."""
    closes = [500_000 + 128_000 // 2**step for step in range(8)]

    assert half_life(a_series(*closes)) == 2


def test_a_trend_has_no_half_life():
    assert half_life(a_series(*range(100_000, 200_000, 10_000))) is None
    assert half_life(a_series(*[100_000 * 11**n // 10**n for n in range(10)])) is None

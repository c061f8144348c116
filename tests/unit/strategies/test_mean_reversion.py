"""Mean reversion enters what is far from its mean where deviations have died away fast; nothing else."""

import random

from dutchbook.domain.strategies.mean_reversion import MeanReversion
from dutchbook.domain.strategies.params import reversion_params
from dutchbook.domain.venue import Outcome
from tests.support.builders import a_limits
from tests.support.histories import CENT, a_dated_market, a_view, bars_of, book_around, plenty

MARKET = a_dated_market()


def reverting(last, seed=3):
    """An hour around fifty cents that halves its deviation every minute, and then a jump."""
    rng, deviation, closes = random.Random(seed), 0.0, []
    for _ in range(59):
        deviation = deviation / 2 + rng.uniform(-1, 1)
        closes.append(50 + deviation)
    return [*closes, last]


def signals(closes, params=None, book_at=None):
    view = a_view(MARKET, book_around(MARKET, book_at or round(closes[-1])), bars_of(closes))
    return MeanReversion(reversion_params(params or {})).observe(view)


def test_a_price_far_below_its_mean_buys_yes_up_to_the_mean():
    (signal,) = signals(reverting(44))

    assert signal.outcome is Outcome.YES
    assert abs(signal.target - 50 * CENT) < CENT
    assert "deviations below its mean" in signal.reason


def test_a_price_far_above_its_mean_buys_no():
    (signal,) = signals(reverting(56))

    assert signal.outcome is Outcome.NO
    assert abs(signal.target - 50 * CENT) < CENT


def test_a_price_near_its_mean_is_left_alone():
    assert signals(reverting(50)) == []


def test_a_trend_is_left_alone_though_it_is_far_from_its_mean():
    assert signals([30 + minute / 3 for minute in range(60)], {"entryZ": "1"}) == []


def test_a_deviation_that_lasts_too_long_is_left_alone():
    steps = [50.0] * 20 + [46.0] * 40

    assert signals(steps, {"entryZ": "0.5", "maxHalfLife": "1"}) == []


def test_the_entry_pays_the_least_profit_at_the_mean():
    (signal,) = signals(reverting(44))
    strategy = MeanReversion(reversion_params({}))

    assert strategy.size(signal, a_limits(), plenty()) is not None
    assert strategy.size(signal, a_limits(min_profit=200_000), plenty()) is None

"""Parameters have defaults and bounds, and a wrong one is refused by its name."""

import pytest

from dutchbook.domain.agent import StrategyName
from dutchbook.domain.errors import InvalidInput
from dutchbook.domain.strategies.params import PARAMS, check, momentum_params, reversion_params


def test_defaults_are_within_their_own_bounds():
    momentum, reversion = momentum_params({}), reversion_params({})

    assert (momentum.window, momentum.min_move, momentum.band) == (15, 20_000, 1_500)
    assert (reversion.window, reversion.entry_z, reversion.slippage) == (60, 2_000, 10_000)


def test_given_values_replace_defaults_and_are_kept_in_their_shortest_form():
    assert momentum_params({"window": "20", "takeProfit": "7.50"}).take_profit == 75_000
    assert check(StrategyName.MOMENTUM, {"takeProfit": "7.50", "band": "2"}) == {
        "band": "2",
        "takeProfit": "7.5",
    }


@pytest.mark.parametrize(
    ("strategy", "name", "value"),
    [
        (StrategyName.MOMENTUM, "window", "2"),
        (StrategyName.MOMENTUM, "window", "15.5"),
        (StrategyName.MOMENTUM, "entryZ", "2"),
        (StrategyName.MOMENTUM, "minMove", "NaN"),
        (StrategyName.MOMENTUM, "takeProfit", "1.00001"),
        (StrategyName.MEAN_REVERSION, "entryZ", "11"),
        (StrategyName.MEAN_REVERSION, "slippage", "0.06"),
        (StrategyName.ARBITRAGE, "window", "15"),
    ],
)
def test_a_wrong_value_or_a_strange_name_is_refused_by_name(strategy, name, value):
    with pytest.raises(InvalidInput) as refusal:
        check(strategy, {name: value})

    assert refusal.value.field == f"strategyParams.{name}"


def test_every_parameter_is_described_once():
    for listed in PARAMS.values():
        assert len({param.name for param in listed}) == len(listed)
        assert all(param.what for param in listed)

"""What an owner may tune of momentum and mean reversion: defaults, bounds and units in one table.

Values come as decimal text and become integers: minutes, parts per million, micros, thousandths. Arbitrage
has nothing to tune.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from dutchbook.domain.agent import StrategyName
from dutchbook.domain.errors import InvalidInput
from dutchbook.domain.money import format_micros, parse_micros


def _whole(micros: int) -> int:
    return _exact(micros, 1_000_000, "must be a whole number")


def _ppm(micros: int) -> int:
    return _exact(micros, 100, "must have at most 4 decimals")


def _milli(micros: int) -> int:
    return _exact(micros, 1_000, "must have at most 3 decimals")


def _same(micros: int) -> int:
    return micros


def _exact(micros: int, unit: int, complaint: str) -> int:
    value, rest = divmod(micros, unit)
    if rest:
        raise ValueError(complaint)
    return value


@dataclass(frozen=True, slots=True)
class Param:
    """One tunable value; default, low and high as an owner writes them."""

    name: str
    field: str
    default: str
    low: str
    high: str
    convert: Callable[[int], int]
    what: str

    def parse(self, text: str) -> int:
        """Raises InvalidInput naming the parameter."""
        where = f"strategyParams.{self.name}"
        try:
            micros = parse_micros(text)
            if not parse_micros(self.low) <= micros <= parse_micros(self.high):
                raise ValueError(f"must be between {self.low} and {self.high}")
            return self.convert(micros)
        except ValueError as error:
            raise InvalidInput(where, str(error)) from error


_ENTRY = (
    Param(
        "entrySize", "entry_size", "10", "1", "100", _ppm, "percent of maxPosition that one entry may cost"
    ),
    Param("slippage", "slippage", "0.01", "0", "0.05", _same, "dollars above the best ask an entry may pay"),
    Param("maxSpread", "max_spread", "0.03", "0.001", "0.2", _same, "widest gap of bid and ask, dollars"),
    Param("minDepth", "min_depth", "50", "0", "10000", _same, "dollars that each side shows within slippage"),
    Param(
        "minHours", "min_hours", "24", "1", "8760", _whole, "hours before the close: nothing entered after"
    ),
    Param("takeProfit", "take_profit", "10", "0.5", "500", _ppm, "percent of cost at which a gain is taken"),
    Param("maxHold", "max_hold", "240", "5", "43200", _whole, "minutes after which a position is closed"),
    Param("cooldown", "cooldown", "30", "0", "1440", _whole, "minutes of rest on a market after a trade"),
)
_MOMENTUM = (
    Param("window", "window", "15", "3", "240", _whole, "minutes that the rate of change looks back"),
    Param("minMove", "min_move", "2", "0.1", "100", _ppm, "least rate of change, percent"),
    Param("atrWindow", "atr_window", "30", "5", "240", _whole, "minutes of the average true range"),
    Param("band", "band", "1.5", "0", "20", _milli, "average true ranges that the move must exceed"),
    Param("volumeRatio", "volume_ratio", "1", "0", "20", _milli, "activity of the window over the usual one"),
    Param("target", "target", "100", "1", "500", _ppm, "percent of the move that is expected to follow"),
)
_REVERSION = (
    Param("window", "window", "60", "10", "720", _whole, "minutes of the mean and the deviation"),
    Param("entryZ", "entry_z", "2", "0.5", "10", _milli, "deviations from the mean at which to enter"),
    Param(
        "maxHalfLife", "max_half_life", "30", "1", "720", _whole, "longest half-life of a deviation, minutes"
    ),
)


@dataclass(frozen=True, slots=True)
class EntryParams:
    """What every directional entry is bounded by. Ratios in ppm, prices and dollars in micros."""

    entry_size: int
    slippage: int
    max_spread: int
    min_depth: int
    min_hours: int
    take_profit: int
    max_hold: int
    cooldown: int


@dataclass(frozen=True, slots=True)
class MomentumParams(EntryParams):
    """Windows in minutes; band and volume_ratio in thousandths."""

    window: int
    min_move: int
    atr_window: int
    band: int
    volume_ratio: int
    target: int


@dataclass(frozen=True, slots=True)
class ReversionParams(EntryParams):
    """Windows in minutes; entry_z in thousandths."""

    window: int
    entry_z: int
    max_half_life: int


PARAMS: Mapping[StrategyName, tuple[Param, ...]] = {
    StrategyName.ARBITRAGE: (),
    StrategyName.MOMENTUM: _ENTRY + _MOMENTUM,
    StrategyName.MEAN_REVERSION: _ENTRY + _REVERSION,
}


def check(strategy: StrategyName, given: Mapping[str, str]) -> dict[str, str]:
    """The given values in their shortest form. Raises InvalidInput naming the first that is wrong."""
    known = {param.name: param for param in PARAMS[strategy]}
    for name in given:
        if name not in known:
            choice = f"choose from {', '.join(known)}" if known else f"{strategy} has nothing to tune"
            raise InvalidInput(f"strategyParams.{name}", choice)
    for name, text in given.items():
        known[name].parse(text)
    return {name: format_micros(parse_micros(text)) for name, text in sorted(given.items())}


def momentum_params(given: Mapping[str, str]) -> MomentumParams:
    """Defaults where nothing is given. Raises InvalidInput."""
    return MomentumParams(**_values(StrategyName.MOMENTUM, given, MomentumParams))


def reversion_params(given: Mapping[str, str]) -> ReversionParams:
    """Defaults where nothing is given. Raises InvalidInput."""
    return ReversionParams(**_values(StrategyName.MEAN_REVERSION, given, ReversionParams))


def _values(strategy: StrategyName, given: Mapping[str, str], kind: type[Any]) -> dict[str, int]:
    check(strategy, given)
    values = {param.field: param.parse(given.get(param.name, param.default)) for param in PARAMS[strategy]}
    return {field.name: values[field.name] for field in fields(kind)}

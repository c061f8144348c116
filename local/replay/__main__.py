"""`make replay FILE=day.jsonl.gz STRATEGY=momentum`: prints the statistics and writes a report."""

import argparse
import json
from dataclasses import replace
from pathlib import Path

from dutchbook.adapters.recording import read_frames
from dutchbook.domain.agent import StrategyName
from dutchbook.domain.errors import InvalidInput
from dutchbook.domain.money import parse_micros
from dutchbook.domain.strategies.params import check
from local.replay.record import record_day
from local.replay.report import figures, html
from local.replay.run import DEFAULT_LIMITS, Replay

_DAY = Path(".local/day.jsonl.gz")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="recorded books; the simulated day without any")
    parser.add_argument("--strategy", type=StrategyName, default=StrategyName.ARBITRAGE)
    parser.add_argument("--params", type=json.loads, default={}, help="strategyParams as JSON")
    parser.add_argument("--max-position", type=parse_micros, default="1000", help="dollars")
    parser.add_argument("--min-profit", type=parse_micros, default="1", help="percent of cost")
    parser.add_argument("--out", type=Path, help="the report; beside the ledger as .json")
    told = parser.parse_args()
    try:
        _replay(told)
    except InvalidInput as error:
        parser.error(str(error))


def _replay(told: argparse.Namespace) -> None:
    limits = replace(
        DEFAULT_LIMITS,
        max_position=told.max_position,
        min_profit=told.min_profit // 100,
    )
    if not isinstance(told.params, dict):
        raise InvalidInput("--params", 'is a JSON object, as {"window": "30"}')
    params = check(told.strategy, {name: str(value) for name, value in told.params.items()})
    files = told.files or [_simulated_day()]
    replay = Replay(told.strategy, limits, params).play(read_frames(files))
    if not replay.ticks:
        raise InvalidInput(", ".join(map(str, files)), "holds no books")
    for name, value in figures(replay):
        print(f"{name}: {value}")
    out = told.out or Path(f".local/replay-{told.strategy}.html")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(html(replay, ", ".join(file.name for file in files)))
    out.with_suffix(".json").write_text(replay.ledger_json())
    print(f"report: {out}")


def _simulated_day() -> Path:
    """A day of it in steps of a minute, recorded once."""
    if not _DAY.exists():
        _DAY.parent.mkdir(parents=True, exist_ok=True)
        record_day(_DAY, hours=24, step=60)
    return _DAY


if __name__ == "__main__":
    main()

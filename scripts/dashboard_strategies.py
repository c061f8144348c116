"""Writes dashboard/strategies.json: what the form offers to tune, from the table that the API checks by."""

import json
import sys

from dutchbook.domain.strategies.params import PARAMS
from local.template import ROOT

FILE = ROOT / "dashboard" / "strategies.json"


def text() -> str:
    """The file's content: strategy → its parameters with default, bounds and meaning."""
    table = {
        strategy.value: [
            {"name": one.name, "default": one.default, "low": one.low, "high": one.high, "what": one.what}
            for one in params
        ]
        for strategy, params in PARAMS.items()
    }
    return json.dumps(table, indent=1) + "\n"


def main() -> int:
    FILE.write_text(text())
    return 0


if __name__ == "__main__":
    sys.exit(main())

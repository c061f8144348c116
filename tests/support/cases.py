"""Reads the case tables of tests/cases: inputs and expected results as decimal strings."""

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).resolve().parents[1] / "cases"


def cases(name: str) -> dict[str, Any]:
    return json.loads((_FOLDER / f"{name}.json").read_text("utf-8"))


def rows(name: str, table: str) -> list[dict[str, Any]]:
    """A table of columns and rows as one dictionary a row."""
    found = cases(name)[table]
    return [dict(zip(found["columns"], row, strict=True)) for row in found["rows"]]

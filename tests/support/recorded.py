"""Small payloads made after recordings of the venues' answers (tests/fixtures/venues)."""

import copy
from pathlib import Path
from typing import Any

from venues.jsonbody import parse_json

_FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "venues"


def recorded_bytes(name: str) -> bytes:
    return (_FOLDER / f"{name}.json").read_bytes()


def recorded(name: str) -> Any:
    """The payload as our own HTTP layer would parse it: fractions are Decimal."""
    return copy.deepcopy(parse_json("application/json", recorded_bytes(name)))

"""Reads tests/fixtures/signing."""

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parents[1] / "fixtures" / "signing"


def signing_fixture(name: str) -> dict[str, Any]:
    """The parsed fixture file of this name, without ``.json``."""
    content: dict[str, Any] = json.loads((_FOLDER / f"{name}.json").read_text())
    return content

"""Small conversions between micros and what travels over HTTP."""

import json
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from dutchbook.domain.money import format_micros, parse_micros

type Json = dict[str, Any]


def number(micros: int) -> float:
    """A JSON number of micros: 520_000 → 0.52. Python's shortest repr keeps up to 15 digits exact."""
    return float(Decimal(micros).scaleb(-6))


def fixed(micros: int, places: int) -> str:
    """Micros with exactly so many decimals, cut towards minus infinity: Kalshi's "0.5200" and "3.00"."""
    unit = 10 ** (6 - places)
    cut = micros // unit * unit
    return f"{Decimal(cut).scaleb(-6):.{places}f}"


def shortest(micros: int) -> str:
    """Micros as the shortest decimal string."""
    return format_micros(micros)


def decimal_micros(value: object) -> int | None:
    """Micros of a decimal string, None when it is not one (or has digits below a millionth)."""
    if not isinstance(value, str):
        return None
    try:
        return parse_micros(value)
    except (ValueError, InvalidOperation):
        return None


def digits(value: object) -> int | None:
    """A non-negative integer sent as a string of digits, else None."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return None


def compact(body: object) -> str:
    """JSON without spaces, as the venues send it."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def iso(ms: int) -> str:
    """RFC 3339 UTC with milliseconds."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03d}Z"


def iso_seconds(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

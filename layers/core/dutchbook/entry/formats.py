"""How the API writes money, ratios and moments: decimal strings and RFC 3339 in UTC."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from dutchbook.domain.money import format_micros

MICROS_PER_PPM_PERCENT = 100
"""1 % is 1_000_000 micros of a percent and 10_000 ppm."""

Amount = Annotated[str, Field(pattern=r"^-?\d+(\.\d{1,6})?$", examples=["12.5"])]
"""Dollars, shares, a price or a percentage as a decimal string."""

Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class Answer(BaseModel):
    """Base of all answers. Built at first use: a cold start answers one route, and there are forty models."""

    model_config = ConfigDict(defer_build=True)


def usd(micros: int) -> str:
    """Dollars as the API shows them."""
    return format_micros(micros)


def percent(ppm: int) -> str:
    """A ratio in parts per million as a percentage."""
    return format_micros(ppm * MICROS_PER_PPM_PERCENT)


def moment(at: datetime) -> str:
    """RFC 3339 in UTC, milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment_or_none(at: datetime | None) -> str | None:
    return None if at is None else moment(at)

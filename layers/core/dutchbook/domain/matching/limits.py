"""Thresholds and ranges in words: "above $1.5k", "O/U 2.5", "between 4% and 5%", "10+", "25 bps"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

_SCALE: Final = {
    "k": 3,
    "thousand": 3,
    "m": 6,
    "mm": 6,
    "mn": 6,
    "million": 6,
    "b": 9,
    "bn": 9,
    "billion": 9,
    "t": 12,
    "tn": 12,
    "trillion": 12,
}
# bounded: at a title of nothing but digits each of them would be read to the end, from every place
_DIGITS: Final = r"\d[\d,]{0,30}(?:\.\d{1,12})?"
_NUMBER: Final = (
    rf"[-+]?\$?{_DIGITS}(?![\d.])(?:\s?(?:k|mm|mn|m|bn|b|tn|t|thousand|million|billion|trillion)\b)?"
)
_UNIT: Final = r"\s*(?:%|percent(?:age points)?|bps|basis points|°\s?[fc]?|degrees)?"
_ABOVE: Final = r"above|over|more than|greater than|higher than|exceeds?|surpass(?:es)?|>"
_AT_LEAST: Final = (
    r"at least|at or above|no less than|minimum of|≥|>=|hits?|reach(?:es)?|touch(?:es)?|rises? to"
)
_BELOW: Final = r"below|under|less than|fewer than|lower than|<"
_AT_MOST: Final = r"at most|at or below|no more than|≤|<=|dips? to|falls? to|drops? to"
_LIMIT: Final = re.compile(
    r"(?:(?<![a-z])(?=[a-z])|(?=[^a-z\s]))"  # words are looked at where they begin
    rf"(?:(?:between\s+(?P<lo>{_NUMBER}){_UNIT}\s*(?:and|to|-)\s*(?P<hi>{_NUMBER})(?P<u0>{_UNIT}))"
    rf"|"
    rf"(?:(?<![\d.])(?P<lo2>\$?\d[\d,.]{{0,40}}\s?[kmbt]?){_UNIT}\s*-\s*(?P<hi2>\$?\d[\d,.]{{0,40}}\s?[kmbt]?\b)(?P<u1>{_UNIT}))"
    rf"|(?:\b(?:o/u|over/under)\s+(?P<line>\d+(?:\.\d+)?))"
    rf"|(?:(?P<op>{_AT_LEAST}|{_AT_MOST}|{_ABOVE}|{_BELOW})\s*(?P<n>{_NUMBER})(?P<u2>{_UNIT}))"
    rf"|(?:(?P<n2>{_NUMBER})(?P<u3>{_UNIT})\s*(?:\+(?P<u5>{_UNIT})|or (?P<or>more|higher|above|less|"
    rf"lower|below|fewer|greater)))"
    rf"|(?:\((?P<hcap>[-+]\d+(?:\.\d+)?)\))"
    rf"|(?:(?<![\w.])(?P<n3>[-+]?\$?{_DIGITS})(?P<u4>\s*(?:%|bps|basis points|percent\b))))"
)
_IS_AT_LEAST, _IS_AT_MOST, _IS_ABOVE = (re.compile(ops).fullmatch for ops in (_AT_LEAST, _AT_MOST, _ABOVE))
_AMOUNT: Final = re.compile(r"([-+]?)\$?([\d,]*\.?\d*)\s*([a-z]*)")
_CENT: Final = Decimal("0.01")
_LAST_CENT: Final = Decimal("0.99")
_UPWARD: Final = {"more", "higher", "above", "greater"}


@dataclass(frozen=True, slots=True)
class Limit:
    """An interval: `low` and `high` (None is unbounded), which ends belong to it, and the unit's kind.

    `form` is threshold (one end), bucket (two ends or one value) or line (an over/under whose side is not
    said).
    """

    low: Decimal | None
    high: Decimal | None
    low_in: bool
    high_in: bool
    unit: str
    form: str

    def __str__(self) -> str:
        if self.form == "line":
            return f"line {self.low}"
        if self.low is not None and self.low == self.high:
            return f"= {self.low}{self.unit}"
        parts = []
        if self.low is not None:
            parts.append(f"{'>=' if self.low_in else '>'} {self.low}{self.unit}")
        if self.high is not None:
            parts.append(f"{'<=' if self.high_in else '<'} {self.high}{self.unit}")
        return " and ".join(parts)

    def counted(self, step: int = 1) -> Limit:
        """For things that come in whole steps: "over 1.5", "more than 1" and "2+" are all at least 2."""
        low, high = self.low, self.high
        if self.form == "line" or (low is None and high is None):
            return self
        if low is not None:
            whole = (low / step).to_integral_value(rounding="ROUND_CEILING") * step
            low = whole + step if whole == low and not self.low_in else whole
        if high is not None:
            whole = (high / step).to_integral_value(rounding="ROUND_FLOOR") * step
            high = whole - step if whole == high and not self.high_in else whole
        return Limit(low, high, low is not None, high is not None, self.unit, self.form)

    def opposite(self) -> Limit | None:
        """The complement of a threshold; a bucket has none that is one interval."""
        if self.form != "threshold":
            return None
        if self.low is not None:
            return Limit(None, self.low, False, not self.low_in, self.unit, "threshold")
        return Limit(self.high, None, not self.high_in, False, self.unit, "threshold")


def find_limits(lower: str) -> tuple[tuple[Limit, ...], tuple[tuple[int, int], ...]]:
    """The limits of folded lower-case text (dates already blanked out), and the spans they used up."""
    limits: list[Limit] = []
    spans: list[tuple[int, int]] = []
    for match in _LIMIT.finditer(lower):
        limit = _limit(match.groupdict())
        if limit is not None:
            limits.append(limit)
            spans.append(match.span())
    return tuple(limits), tuple(spans)


def _limit(found: dict[str, str | None]) -> Limit | None:
    if found["line"]:
        return Limit(Decimal(found["line"]), None, False, False, "", "line")
    if found["hcap"]:
        # "-1.5" gives goals away: the side must win by more than 1.5.
        return Limit(-Decimal(found["hcap"]), None, False, False, "", "threshold")
    if found["lo"] or found["lo2"]:
        return _between(found)
    value = _number(found["n"] or found["n2"] or found["n3"])
    return None if value is None else _of_value(found, value)


def _of_value(found: dict[str, str | None], value: Decimal) -> Limit:
    unit = _unit(found["u2"] or found["u3"] or found["u5"] or found["u4"])
    if found["op"]:
        return _one_sided(found["op"], value, unit)
    if found["n2"]:
        return _worded(found["or"], value, unit)
    return Limit(value, value, True, True, unit, "bucket")


def _between(found: dict[str, str | None]) -> Limit | None:
    low, high = _number(found["lo"] or found["lo2"]), _number(found["hi"] or found["hi2"])
    if low is None or high is None or low > high:
        return None
    return Limit(low, high, True, True, _unit(found["u0"] or found["u1"]), "bucket")


def _worded(direction: str | None, value: Decimal, unit: str) -> Limit:
    """ "10+", "10 or more", "10 or less"."""
    if direction is None or direction in _UPWARD:
        return Limit(value, None, True, False, unit, "threshold")
    return Limit(None, value, False, True, unit, "threshold")


def _one_sided(op: str, value: Decimal, unit: str) -> Limit:
    if _IS_AT_LEAST(op):
        return Limit(value, None, True, False, unit, "threshold")
    if _IS_AT_MOST(op):
        return Limit(None, value, False, True, unit, "threshold")
    if _IS_ABOVE(op):
        if value % 1 == _LAST_CENT:
            # Prices have two decimals: above 79,999.99 is at least 80,000.
            return Limit((value + _CENT).quantize(Decimal(1)), None, True, False, unit, "threshold")
        return Limit(value, None, False, False, unit, "threshold")
    return Limit(None, value, False, False, unit, "threshold")


def _number(raw: str | None) -> Decimal | None:
    match = _AMOUNT.fullmatch((raw or "").strip())
    digits = match.group(2).replace(",", "").rstrip(".") if match else ""
    if match is None or not digits or not digits.replace(".", "", 1).isdigit():
        return None
    value = Decimal(digits).scaleb(_SCALE.get(match.group(3), 0))
    value = value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
    return -value if match.group(1) == "-" else value


def _unit(raw: str | None) -> str:
    text = (raw or "").strip()
    if text.startswith(("%", "percent")):
        return "%"
    if text.startswith(("bps", "basis")):
        return "bps"
    if text.startswith(("°", "degree")):
        return "°"
    return ""

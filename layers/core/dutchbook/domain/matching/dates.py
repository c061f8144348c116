"""Dates in words: a day, a month, a quarter, a year, a season, and which side of it the question means."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import Final, NamedTuple

MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug", "september sept sep", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH: Final = r"(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_LEAD: Final = re.compile(
    r"\b(?:before|by the end of|by end of|by|on|in|after|until|through|during|for|since"
    r"|at the end of|end of"
    r"|prior to)\s+(?:the\s+)?$"
)
_LONGEST_LEAD: Final = 24
_DATE: Final = re.compile(
    r"(?:(?=\d)|(?<![a-z])(?=[jfmasondq]))"  # one look at most letters instead of ten attempts
    + r"(?:(?P<iso>20\d\d-\d\d-\d\d)(?:t[\d:.]+z?)?"
    + rf"|(?P<m1>{_MONTH})\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*(?:%|:\d|-\s*\d+\s*(?:goals|points)))"
    + r"(?:(?:\s*,\s*|\s+)(?P<y1>20\d\d)\b)?"
    + rf"|(?<![\d.,])(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m2>{_MONTH})"
    + r"(?:(?:\s*,\s*|\s+)(?P<y2>20\d\d)\b)?"
    + rf"|(?P<m3>{_MONTH})(?:(?:\s*,\s*|\s+)(?:of\s+)?(?P<y3>20\d\d)\b)"
    + r"|\bq(?P<q>[1-4])(?:\s*,?\s*(?P<yq>20\d\d)\b)?"
    + r"|\b(?P<s1>20\d\d)\s*[-/]\s*(?P<s2>(?:20)?\d\d)\b(?!-)"
    + r"|(?<![\d.$,])\b(?P<y4>20[2-9]\d)\b(?![\d.,]*\d|\s*(?:%|°|k\b))"
    + rf"|(?P<m5>{_MONTH})(?!\s+\d))"
)
_BARE_MAY: Final = {"may", "mar", "march", "jan", "dec", "sep", "jun"}
"""A month alone counts after in, by, before… and at the head; these words are also verbs or names."""


class When(NamedTuple):
    """A stretch of days. `year` 0 means the text gave none (start and end then lie in the leap year 2000).

    `lead` is in, on, by, before, after, end or nothing. A `before` is already turned into the day before
    it, so that "before Jan 1, 2027" and "by December 31, 2026" are the same deadline.
    """

    grain: str
    start: date
    end: date
    lead: str
    year: int

    def __str__(self) -> str:
        stop = self.end.isoformat() if self.year else f"{self.end:%m-%d}"
        return f"{self.lead + ' ' if self.lead else ''}{self.grain} to {stop}"

    @property
    def is_deadline(self) -> bool:
        return self.lead in {"by", "before", "until", "through", "end"}

    def in_year(self, year: int) -> When:
        """The same days in the given year, for a text that named none."""
        if self.year:
            return self
        return When(self.grain, _same_day(self.start, year), _same_day(self.end, year), self.lead, year)


class Dates(NamedTuple):
    """What a text says of time: days and months, years, seasons (first year), and the spans it used up."""

    whens: tuple[When, ...]
    years: frozenset[int]
    seasons: frozenset[int]
    spans: tuple[tuple[int, int], ...]


NO_DATES: Final = Dates((), frozenset(), frozenset(), ())


def find_dates(lower: str) -> Dates:
    """Read the dates of folded lower-case text."""
    whens: list[When] = []
    years: set[int] = set()
    seasons: set[int] = set()
    spans: list[tuple[int, int]] = []
    for match in _DATE.finditer(lower):
        start, stop = match.span()
        before = _LEAD.search(lower, max(0, start - _LONGEST_LEAD), start)
        lead = _lead_of(before.group()) if before else ""
        span = before.start() if before else start, stop
        if match["s1"]:
            first, last = int(match["s1"]), int(match["s2"]) % 100
            if last == (first + 1) % 100:
                seasons.add(first)
                spans.append(span)
            continue
        if match["m5"] in _BARE_MAY and not lead and start:
            continue
        when = _when(match, lead)
        if when is None:
            continue
        spans.append(span)
        if when.year:
            years.add(when.year if when.lead != "before" or when.grain != "year" else when.end.year)
        if when.grain != "year" or when.is_deadline or when.lead in {"in", "after"}:
            whens.append(when)
    if not spans:
        return NO_DATES
    return Dates(tuple(whens), frozenset(years), frozenset(seasons), tuple(spans))


def _lead_of(raw: str) -> str:
    words = raw.split()
    if "end" in words:
        return "by" if words[0] == "by" else "end"
    return {"prior": "before", "during": "in", "for": "", "since": "after"}.get(words[0], words[0])


def _when(found: re.Match[str], lead: str) -> When | None:
    """The stretch of days of one match; None for a day that no calendar has."""
    if found["iso"] or found["m1"] or found["m2"]:
        return _day(found, lead)
    if found["q"]:
        year = int(found["yq"] or 0)
        first = 3 * int(found["q"]) - 2
        return _finish(
            "quarter", date(year or 2000, first, 1), _month_end(year or 2000, first + 2), lead, year
        )
    if found["y4"]:
        year = int(found["y4"])
        return _finish("year", date(year, 1, 1), date(year, 12, 31), lead, year)
    month = MONTHS[(found["m3"] or found["m5"] or "").rstrip(".")]
    year = int(found["y3"] or 0)
    return _finish("month", date(year or 2000, month, 1), _month_end(year or 2000, month), lead, year)


def _day(found: re.Match[str], lead: str) -> When | None:
    if found["iso"]:
        year, month, number = (int(part) for part in found["iso"].split("-"))
    else:
        month = MONTHS[(found["m1"] or found["m2"] or "").rstrip(".")]
        year = int(found["y1"] or found["y2"] or 0)
        number = int(found["d1"] or found["d2"] or 0)
    try:
        day = date(year or 2000, month, number)
    except ValueError:
        return None
    return _finish("day", day, day, lead, year)


def _finish(grain: str, start: date, end: date, lead: str, year: int) -> When:
    if lead == "end":
        # "At the end of June" is how things stand on June 30; "by the end of June" is a deadline.
        return When("day", end, end, "on", year)
    if lead == "before":
        end = start - timedelta(days=1)
        return When(grain, end, end, lead, end.year if year else 0)
    return When(grain, start, end, lead, year)


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _same_day(day: date, year: int) -> date:
    if day.year == 1999:  # the day before a leap-year New Year that had no year of its own
        year -= 1
    last = calendar.monthrange(year, day.month)[1]
    return date(year, day.month, min(day.day, last))

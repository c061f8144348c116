"""Dates and thresholds in words, read exactly."""

from datetime import date
from decimal import Decimal

import pytest

from dutchbook.domain.matching.dates import find_dates
from dutchbook.domain.matching.limits import find_limits


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("by december 31, 2026", date(2026, 12, 31)),
        ("before jan 1, 2027", date(2026, 12, 31)),
        ("before 2027", date(2026, 12, 31)),
        ("in q2 2026", date(2026, 6, 30)),
        ("in may 2026", date(2026, 5, 31)),
        ("on 2026-05-10", date(2026, 5, 10)),
        ("reach $130,000 nov 16, 2026", date(2026, 11, 16)),
    ],
)
def test_a_deadline_is_its_last_day_however_it_is_worded(text, end):
    assert find_dates(text).whens[0].end == end


def test_seasons_are_no_years():
    found = find_dates("the 2025-26 season")
    assert found.seasons == {2025}
    assert not found.years


def test_may_alone_is_a_verb():
    assert not find_dates("it may rain").whens
    assert find_dates("may unemployment rate: 4.2%").whens
    assert find_dates("unemployment in may").whens


def test_a_day_that_no_calendar_has_is_no_date():
    assert not find_dates("on february 30, 2026").whens


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("above $1.5k", "> 1500"),
        ("at least 10%", ">= 10%"),
        ("between 4% and 5%", ">= 4% and <= 5%"),
        ("78-79°", ">= 78° and <= 79°"),
        ("o/u 2.5", "line 2.5"),
        ("3+ goals", ">= 3"),
        ("≤3.9%", "<= 3.9%"),
        ("$500m or more", ">= 500000000"),
        ("spread: (-1.5)", "> 1.5"),
        ("be 4.1%", "= 4.1%"),
        ("below 0.5", "< 0.5"),
    ],
)
def test_limits_are_read_as_intervals(text, said):
    limits, _ = find_limits(text)
    assert [str(limit) for limit in limits] == [said]


def test_whole_things_over_a_half_are_at_least_the_next():
    (over,), _ = find_limits("over 1.5")
    (plus,), _ = find_limits("2+ goals")
    assert over.counted().low == plus.counted().low == Decimal(2)


def test_the_complement_of_a_threshold_excludes_its_end():
    (above,), _ = find_limits("above 4%")
    opposite = above.opposite()
    assert opposite is not None
    assert str(opposite) == "<= 4%"

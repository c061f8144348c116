"""Fields of venues' JSON: defaults for what is missing, a named reason for what is nonsense."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from venues.fields import MAX_TEXT, MAX_TITLE, BadRow, about, exact, instant, text


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-10-05T23:15:00Z", datetime(2026, 10, 5, 23, 15, tzinfo=UTC)),
        ("2026-10-06T01:15:00+02:00", datetime(2026, 10, 5, 23, 15, tzinfo=UTC)),
        ("2026-10-05", datetime(2026, 10, 5, tzinfo=UTC)),
        ("Oct 7, 2026", None),
        (1791366300000, None),
        (None, None),
    ],
)
def test_instants_are_utc_or_none(value, moment):
    assert instant({"at": value}, "at") == moment


def test_a_figure_for_display_takes_the_first_number_and_rounds_down():
    assert about({"a": "many", "b": Decimal("1.23456789")}, "a", "b") == 1_234_567
    assert about({"a": None}, "a", "b") == 0


@pytest.mark.parametrize("value", [None, [], {}, "x", "NaN", "1e60", "0.0000001", True])
def test_an_amount_is_exact_or_refused(value):
    with pytest.raises(BadRow):
        exact(value, "price")


def test_ids_may_come_as_numbers_but_not_as_flags():
    assert text({"id": 5308512}, "id") == "5308512"
    with pytest.raises(BadRow):
        text({"id": True}, "id")


def test_a_text_longer_than_any_of_the_venues_is_refused():
    assert text({"title": "a" * MAX_TITLE}, "title", MAX_TITLE) == "a" * MAX_TITLE
    for key, most in (("title", MAX_TITLE), ("rules", MAX_TEXT)):
        with pytest.raises(BadRow, match=f"{key} is too long"):
            text({key: "a" * (most + 1)}, key, most)

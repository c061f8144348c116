"""Retry-After comes as seconds or as a date, and nonsense is no instruction."""

from email.utils import formatdate

import pytest

from venues.retryafter import retry_after_seconds, retry_after_whole_seconds

NOW_MS = 1_790_000_000_000


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        (" 0 ", 0.0),
        (formatdate(NOW_MS / 1000 + 90, usegmt=True), 90.0),
        (formatdate(NOW_MS / 1000 - 90, usegmt=True), 0.0),
        ("", None),
        ("-5", None),
        ("soon", None),
        ("1e400", None),
    ],
)
def test_both_forms_and_nonsense(value, seconds):
    assert retry_after_seconds({"retry-AFTER": value}, NOW_MS) == seconds


def test_an_absent_header_says_nothing():
    assert retry_after_seconds({}, NOW_MS) is None
    assert retry_after_whole_seconds({}) is None


def test_whole_seconds_are_rounded_up():
    assert retry_after_whole_seconds({"Retry-After": "3"}) == 3

"""Reading levels fast gives what reading them with care gives, whatever a venue sends."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from venues.fields import BadRow, exact, level_pairs, level_rows

NUMBERS = st.one_of(
    st.decimals(0, 10**7, places=6).map(str),
    st.integers(0, 10**7).map(str),
    st.text("0123456789.-+eE _٣²", max_size=8),
    st.integers(),
    st.decimals(allow_nan=True),
    st.booleans(),
    st.none(),
    st.lists(st.integers(), max_size=2),
)


def careful(value):
    try:
        return exact(value, "x")
    except BadRow:
        return "bad"


def fast_pair(price, size):
    try:
        return level_pairs([[price, size]], "yes")[0]
    except BadRow:
        return "bad"


def fast_row(price, size, *, raw_sizes):
    try:
        return level_rows([{"price": price, "size": size}], "bids", raw_sizes=raw_sizes)[0]
    except BadRow:
        return "bad"


@given(NUMBERS, NUMBERS)
@example("1.", ".5")
@example(True, "1")
@example("0.1234567", "1")
@example("٣", "1")
def test_a_level_is_what_its_numbers_are(price, size):
    numbers = careful(price), careful(size)
    expected = "bad" if "bad" in numbers else numbers
    assert fast_pair(price, size) == expected
    assert fast_row(price, size, raw_sizes=False) == expected


@given(NUMBERS, NUMBERS)
@example(Decimal("0.5"), True)
@example(Decimal("0.5"), "1")
def test_raw_sizes_are_integers_and_nothing_else(price, size):
    raw = isinstance(size, int) and not isinstance(size, bool)
    expected = (careful(price), size) if raw and careful(price) != "bad" else "bad"
    assert fast_row(price, size, raw_sizes=True) == expected


@example(["12"])
@example([{"1": "0.5", "2": "1"}])
@given(st.one_of(st.none(), st.text(max_size=3), st.integers(), st.lists(st.text(max_size=2), max_size=3)))
def test_what_is_no_list_of_levels_is_a_bad_row_or_empty(value):
    for read in (level_pairs, lambda side, what: level_rows(side, what, raw_sizes=False)):
        if value in (None, []):
            assert read(value, "bids") == []
        else:
            with pytest.raises(BadRow):
                read(value, "bids")

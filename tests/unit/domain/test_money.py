"""Amounts are exact, or the rounding is named; what is no amount is refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutchbook.domain.money import (
    ONE,
    div_ceil,
    format_micros,
    mul_ceil,
    mul_floor,
    parse_micros,
    parse_micros_ceil,
    parse_micros_floor,
)


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("0.52", 520_000),
        ("19.69", 19_690_000),
        ("-1.5", -1_500_000),
        ("1e-6", 1),
        (7, 7 * ONE),
        (Decimal("0.000001"), 1),
        ("100000000000000000000.000001", 10**26 + 1),
    ],
)
def test_a_decimal_is_read_exactly(text, micros):
    assert parse_micros(text) == micros


def test_digits_below_a_millionth_are_refused_unless_the_way_is_named():
    with pytest.raises(ValueError, match="below a millionth"):
        parse_micros("0.0000015")
    assert parse_micros_floor("0.0000015") == 1
    assert parse_micros_ceil("0.0000015") == 2
    assert parse_micros_floor("-0.0000015") == -2
    assert parse_micros_ceil("-0.0000015") == -1


@pytest.mark.parametrize("digits", [25, 40, 300])
@pytest.mark.parametrize("make", [str, Decimal])
def test_however_many_digits_there_are_none_is_rounded_the_other_way(make, digits):
    under, over = make("0.123456" + "9" * digits), make("0.123456" + "0" * digits + "1")
    for amount in (under, over):
        assert (parse_micros_floor(amount), parse_micros_ceil(amount)) == (123_456, 123_457)
        with pytest.raises(ValueError, match="below a millionth"):
            parse_micros(amount)
    negative = make("-0.123456" + "0" * digits + "1")
    assert (parse_micros_floor(negative), parse_micros_ceil(negative)) == (-123_457, -123_456)


@pytest.mark.parametrize("tiny", ["1e-30", "1e-999999", "1e-999999999"])
def test_the_tiniest_amount_is_more_than_nothing(tiny):
    assert (parse_micros_floor(tiny), parse_micros_ceil(tiny)) == (0, 1)


@pytest.mark.parametrize("parse", [parse_micros, parse_micros_floor, parse_micros_ceil])
def test_a_flood_of_digits_is_refused(parse):
    with pytest.raises(ValueError, match="not an amount"):
        parse("0." + "1" * 20_000)


@pytest.mark.parametrize(
    "nonsense", ["", "abc", "NaN", "Infinity", "-inf", "1e99", 0.52, True, "1,5", "0x10"]
)
@pytest.mark.parametrize("parse", [parse_micros, parse_micros_floor, parse_micros_ceil])
def test_what_is_no_finite_decimal_is_refused(nonsense, parse):
    with pytest.raises(ValueError, match="not a"):
        parse(nonsense)


@pytest.mark.parametrize(
    ("micros", "text"),
    [(520_000, "0.52"), (ONE, "1"), (0, "0"), (1, "0.000001"), (-1_500_000, "-1.5"), (10 * ONE, "10")],
)
def test_the_shortest_decimal_is_written(micros, text):
    assert format_micros(micros) == text


@given(st.integers(-(10**20), 10**20))
def test_writing_and_reading_changes_nothing(micros):
    assert parse_micros(format_micros(micros)) == micros


@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12))
def test_products_are_rounded_the_way_they_say(a, b):
    exact = Decimal(a) * Decimal(b) / ONE
    assert mul_floor(a, b) <= exact <= mul_ceil(a, b)
    assert mul_ceil(a, b) - mul_floor(a, b) == (0 if a * b % ONE == 0 else 1)


def test_quotients_are_rounded_up():
    assert [div_ceil(number, 3) for number in (-4, -3, 0, 1, 3, 4)] == [-1, -1, 0, 1, 1, 2]

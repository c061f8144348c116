"""Over the fills of one order Kalshi gives back what rounding each fill took too much."""

import pytest

from dutchbook.domain.fees import KalshiFees
from dutchbook.domain.kalshi_order_fees import settle_fill, settle_order
from dutchbook.domain.money import ONE, parse_micros
from dutchbook.domain.venue import Side
from tests.support.cases import cases

_FIELDS = ("trade_fee", "rounding_fee", "rebate", "net_fee", "balance_change", "accumulated")


@pytest.mark.parametrize("case", cases("kalshi_fees")["orders"], ids=lambda case: case["name"])
def test_each_fill_of_an_order(case):
    fees = KalshiFees(precision=parse_micros(case["precision"]))
    fill = (parse_micros(case["price"]), parse_micros(case["count"]))
    settled = settle_order(fees, Side.BUY, [fill] * len(case["fills"]))
    expected = [[parse_micros(value) for value in row] for row in case["fills"]]
    assert [[getattr(one, name) for name in _FIELDS] for one in settled] == expected


@pytest.mark.parametrize("case", cases("kalshi_fees")["accumulator"], ids=lambda case: case["notional"])
def test_what_is_given_back_from_given_fees(case):
    accumulated = 0
    for expected in case["fills"]:
        fill = settle_fill(
            -parse_micros(case["notional"]),
            parse_micros(case["trade_fee"]),
            parse_micros(case["precision"]),
            accumulated,
        )
        accumulated = fill.accumulated
        for name, value in expected.items():
            assert getattr(fill, name) == parse_micros(value), (name, expected)


@pytest.mark.parametrize("side", Side)
def test_the_first_fill_of_an_order_costs_what_the_schedule_charges(side):
    fees = KalshiFees(precision=10_000)
    (fill,) = settle_order(fees, side, [(333_000, 7 * ONE)])
    assert fill.net_fee == fees.charge(side, 333_000, 7 * ONE).usd


def test_a_selling_order_is_given_back_too():
    fills = settle_order(KalshiFees(precision=10_000), Side.SELL, [(500_000, 300_000)] * 3)
    assert [fill.rebate for fill in fills] == [0, 0, 10_000]
    assert sum(fill.balance_change for fill in fills) == 430_000

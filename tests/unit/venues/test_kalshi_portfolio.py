"""Kalshi's receipts, orders, fills, balances and limits, in the shapes recorded on its demo host."""

from decimal import Decimal

import pytest

from dutchbook.domain.money import ONE
from dutchbook.domain.venue import Outcome
from venues.fields import BadRow
from venues.kalshi.trading_parsing import (
    is_trading,
    parse_balance,
    parse_fills,
    parse_limits,
    parse_order,
    parse_position,
    parse_receipt,
    parse_total,
)

ORDER = "97ec18b7-10d3-4557-9de0-8598aad625f0"


def receipt(**changes):
    row = {
        "order_id": ORDER,
        "client_order_id": "2b8394e0-515e-4b89-b624-f34067756855",
        "fill_count": "1.00",
        "remaining_count": "0.00",
        "average_fill_price": "0.5200",
        "average_fee_paid": "0.0175",
        "ts_ms": 1781159370164,
    }
    return row | changes


def order(**changes):
    row = {
        "order_id": ORDER,
        "client_order_id": "2b8394e0-515e-4b89-b624-f34067756855",
        "status": "executed",
        "fill_count_fp": "1.00",
        "remaining_count_fp": "0.00",
        "initial_count_fp": "1.00",
    }
    return row | changes


def fill(**changes):
    row = {
        "fill_id": "f4a42159-b500-57c6-efa2-c31d94d916c1",
        "trade_id": "f4a42159-b500-57c6-efa2-c31d94d916c1",
        "order_id": ORDER,
        "count_fp": "1.00",
        "yes_price_dollars": "0.5200",
        "no_price_dollars": "0.4800",
        "fee_cost": "0.017500",
        "created_time": "2026-06-11T06:29:30.164956Z",
    }
    return row | changes


def test_a_receipt_counts_what_was_filled_and_what_still_works():
    assert parse_receipt(receipt()).filled == ONE
    assert not parse_receipt(receipt()).working
    # a self-trade that was prevented, or nothing to take: accepted, and nothing was done
    nothing = parse_receipt(receipt(fill_count="0.00"))
    assert (nothing.filled, nothing.working) == (0, False)
    assert parse_receipt(receipt(fill_count="0.00", remaining_count="1.00")).working


@pytest.mark.parametrize("key", ["order_id", "fill_count", "remaining_count"])
def test_a_receipt_that_lacks_what_counts_is_none(key):
    row = receipt()
    del row[key]
    with pytest.raises(BadRow):
        parse_receipt(row)


def test_an_order_that_was_cancelled_may_have_filled():
    """An IOC that took a part ends as "canceled": the count decides."""
    found = parse_order(order(status="canceled", fill_count_fp="0.40"))
    assert (found.filled, found.working) == (400_000, False)


def test_an_order_may_fill_until_it_is_said_to_have_ended():
    """A read that lags shows the old remaining count of a cancelled order."""
    assert parse_order(order(status="resting", remaining_count_fp="1.00")).working
    assert parse_order(order(status="something_new", remaining_count_fp="0.00")).working
    assert not parse_order(order(status="canceled", remaining_count_fp="1.00")).working


def test_a_fill_is_priced_as_the_outcome_that_was_asked_for():
    for outcome, price in ((Outcome.YES, 520_000), (Outcome.NO, 480_000)):
        (found,) = parse_fills([fill()], ORDER, outcome)
        assert (found.price, found.shares, found.fee_usd) == (price, ONE, 17_500)


def test_fills_of_other_orders_and_repeats_do_not_count():
    rows = [fill(), fill(), fill(order_id="another", fill_id="x"), fill(fill_id="y", count_fp="0.25")]
    found = parse_fills(rows, ORDER, Outcome.YES)
    assert [one.shares for one in found] == [ONE, 250_000]


@pytest.mark.parametrize("broken", [{"count_fp": None}, {"fee_cost": "free"}, {"yes_price_dollars": ""}])
def test_a_fill_that_makes_no_sense_is_told_not_skipped(broken):
    with pytest.raises(BadRow):
        parse_fills([fill(**broken)], ORDER, Outcome.YES)


def test_a_position_is_yes_above_zero_and_no_below():
    yes = parse_position({"ticker": "KX", "position_fp": "3.00"})
    no = parse_position({"ticker": "KX", "position_fp": "-2.50"})
    assert (yes.outcome, yes.shares, no.outcome, no.shares) == (Outcome.YES, 3 * ONE, Outcome.NO, 2_500_000)


BALANCE = {
    "balance": 9801,
    "balance_dollars": "98.0186",
    "balance_breakdown": [{"exchange_index": 0, "balance": "98.0186"}],
}


def test_the_balance_is_read_to_the_ten_thousandth_not_from_truncated_cents():
    assert parse_balance(BALANCE, "") == parse_balance(BALANCE, "0") == 98_018_600


def test_where_the_shard_is_not_known_only_what_the_poorest_holds_is_sure():
    cash = {"0": "100.0000", "2": "200.0000"}
    rows = [{"exchange_index": int(index), "balance": amount} for index, amount in cash.items()]
    payload = {"balance_dollars": "300.0000", "balance_breakdown": rows}
    assert parse_total(payload) == 300 * ONE
    assert parse_balance(payload, "") == 100 * ONE
    assert parse_balance(payload, "2") == 200 * ONE


def test_a_shard_without_cash_has_none():
    assert parse_balance(BALANCE, "2") == 0


def test_a_key_of_one_subaccount_gets_no_breakdown():
    assert parse_balance({"balance_dollars": "5.0000"}, "2") == 5 * ONE


@pytest.mark.parametrize(
    ("payload", "trading"),
    [
        ({"exchange_active": True, "trading_active": True}, True),
        ({"exchange_active": True, "trading_active": False}, False),
        ({"exchange_active": False, "trading_active": True}, False),
        ({"trading_active": "true"}, False),
        ({}, False),
        (None, False),
    ],
)
def test_only_a_plain_yes_means_that_kalshi_trades(payload, trading):
    assert is_trading(payload) is trading


def test_an_accounts_limits_are_its_own():
    payload = {
        "usage_tier": "advanced",
        "read": {"bucket_capacity": 900, "refill_rate": 300},
        "write": {"bucket_capacity": Decimal("300"), "refill_rate": 300},
    }
    assert parse_limits(payload) == {"read": (300, 900), "write": (300, 300)}
    for broken in ({}, {"refill_rate": 0, "bucket_capacity": 0}):
        with pytest.raises(BadRow):
            parse_limits({"read": broken, "write": broken})

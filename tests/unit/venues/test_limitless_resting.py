"""Where a Limitless order stands that may rest: execution, listing and history together."""

import pytest

from dutchbook.domain.money import ONE
from dutchbook.domain.trade import Fill
from dutchbook.domain.venue import Side
from dutchbook.ports.venues import OrderReport, OrderStatus
from venues.fields import BadRow
from venues.limitless.resting import resting_report

ORDER = "c4b1a83a-219f-48db-a9be-1ddadf0bc14c"
TAKEN = Fill(ORDER, 4 * ONE, 390_000, fee_shares=120_000, notional=1_560_000)


def listed(status="LIVE", filled=0, order_id=ORDER):
    """As recorded: raw sizes, newest first."""
    sizes = {"originalSize": str(10 * ONE), "remainingSize": str(10 * ONE - filled)}
    return [{"id": "another", "status": "LIVE"}, {"id": order_id, "status": status, **sizes}]


def mined(event="44c46a93", shares="6", dollars="2.34", strategy="Limit Buy", order_id=ORDER):
    return {
        "orderId": order_id,
        "strategy": strategy,
        "tradeEventId": event,
        "outcomeTokenAmount": shares,
        "collateralAmount": dollars,
        "blockTimestamp": 1_791_369_162,
        "transactionHash": "0xdf0e",
    }


def execution(*fills, status=OrderStatus.DONE, reason="UNMATCHED"):
    return OrderReport(status, ORDER, fills, sum(fill.shares for fill in fills), reason)


def state(report):
    return report.status, report.filled, [(fill.shares, fill.net_shares) for fill in report.fills]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("LIVE", OrderStatus.WORKING),
        ("CANCELED", OrderStatus.DONE),
        ("UNMATCHED", OrderStatus.DONE),
        ("SOMETHING_NEW", OrderStatus.WORKING),
    ],
)
def test_the_list_of_orders_tells_whether_it_still_stands(status, expected):
    """The execution says UNMATCHED of a resting order as of a cancelled one."""
    assert state(resting_report(execution(), Side.BUY, listed(status), [])) == (expected, 0, [])


def test_an_order_that_is_not_listed_yet_is_working():
    report = resting_report(execution(), Side.BUY, listed("CANCELED", order_id="another"), [])
    assert report.status is OrderStatus.WORKING


def test_what_is_held_back_is_working_whatever_the_list_says():
    held = execution(status=OrderStatus.WORKING, reason="DELAYED")
    assert resting_report(held, Side.BUY, listed("MATCHED"), []).status is OrderStatus.WORKING


def test_what_others_took_of_it_is_added_without_a_fee():
    rows = [mined(), mined(order_id="another"), mined("taken", strategy="Market Buy")]
    report = resting_report(execution(TAKEN), Side.BUY, listed("MATCHED", 10 * ONE), rows)
    assert state(report) == (OrderStatus.DONE, 10 * ONE, [(4 * ONE, 3_880_000), (6 * ONE, 6 * ONE)])
    assert (report.fills[1].price, report.fills[1].dollars(Side.BUY)) == (390_000, 2_340_000)


def test_a_row_told_twice_counts_once():
    report = resting_report(execution(), Side.BUY, listed("MATCHED", 6 * ONE), [mined(), mined()])
    assert state(report) == (OrderStatus.DONE, 6 * ONE, [(6 * ONE, 6 * ONE)])


def test_history_that_lags_leaves_fewer_fills_than_are_filled():
    report = resting_report(execution(TAKEN), Side.BUY, listed("MATCHED", 10 * ONE), [])
    assert (report.filled, sum(fill.shares for fill in report.fills)) == (10 * ONE, 4 * ONE)


def test_an_execution_that_tells_of_everything_is_not_counted_again_from_history():
    report = resting_report(execution(TAKEN), Side.BUY, listed("CANCELED", 4 * ONE), [mined(shares="4")])
    assert report.fills == (TAKEN,)


def test_more_fills_than_the_order_filled_make_no_sense():
    rows = [mined("a"), mined("b")]
    with pytest.raises(BadRow):
        resting_report(execution(), Side.BUY, listed("MATCHED", 6 * ONE), rows)

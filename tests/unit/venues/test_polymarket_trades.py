"""What a Polymarket trade says of our order: as taker, as maker, minted with the other token, in buckets."""

from datetime import timedelta

import pytest

from dutchbook.domain.fees import PolymarketFees
from dutchbook.domain.money import ONE
from dutchbook.domain.venue import Outcome, Side
from venues.fields import BadRow
from venues.polymarket.trading_parsing import parse_fills, parse_order, parse_position, trade_ids

ORDER, OTHER = "0x" + "0a" * 32, "0x" + "0b" * 32
TOKEN, OTHER_TOKEN = "111", "222"
FREE, POLITICS = PolymarketFees(0), PolymarketFees(40_000)


def maker(amount, price, asset=TOKEN, order_id=OTHER):
    return {"order_id": order_id, "matched_amount": amount, "price": price, "asset_id": asset}


def trade(**changes):
    row = {
        "id": "t1",
        "taker_order_id": ORDER,
        "asset_id": TOKEN,
        "side": "BUY",
        "size": "15",
        "price": "0.08",
        "status": "TRADE_STATUS_MATCHED",
        "match_time": "1782753360",
        "transaction_hash": "0x" + "0" * 64,
        "fee_rate_bps": "",
        "bucket_index": 0,
        "maker_orders": [maker("15", "0.08")],
        "trader_side": "TAKER",
    }
    return row | changes


def fills(*rows, side=Side.BUY, fees=FREE):
    return parse_fills(rows, ORDER, TOKEN, side, fees)


def test_a_trade_we_took_is_one_fill_at_its_price():
    (fill,) = fills(trade())
    assert (fill.fill_id, fill.shares, fill.price, fill.tx_hash) == ("t1", 15 * ONE, 80_000, "")
    assert (fill.confirmed, fill.failed) == (False, False)


@pytest.mark.parametrize("prefix", ["", "TRADE_STATUS_"])
@pytest.mark.parametrize(
    ("status", "confirmed", "failed"),
    [
        ("MATCHED", False, False),
        ("MATCHED_NOT_BROADCASTED", False, False),
        ("MINED", False, False),
        ("RETRYING", False, False),
        ("CONFIRMED", True, False),
        ("FAILED", False, True),
        ("SOMETHING_NEW", False, False),
    ],
)
def test_only_the_two_last_states_are_last(prefix, status, confirmed, failed):
    (fill,) = fills(trade(status=prefix + status))
    assert (fill.confirmed, fill.failed) == (confirmed, failed)


def test_the_last_word_on_a_confirmed_trade_is_when_it_was_confirmed():
    (waiting,) = fills(trade(status="MINED", last_update="1782753375"))
    assert waiting.confirmed_at is None
    (done,) = fills(trade(status="CONFIRMED", last_update="1782753375"))
    assert done.at is not None
    assert done.confirmed_at == done.at + timedelta(seconds=15)
    (silent,) = fills(trade(status="CONFIRMED"))
    assert silent.confirmed_at is None


def test_a_trade_listed_in_two_states_counts_once_in_the_later_one():
    rows = [trade(status="MINED"), trade(status="CONFIRMED"), trade(status="MATCHED")]
    for order in (rows, rows[::-1]):
        (fill,) = fills(*order)
        assert fill.confirmed


def test_several_makers_come_to_one_price_rounded_against_us():
    makers = [maker("10", "0.08"), maker("5", "0.07")]
    (bought,) = fills(trade(maker_orders=makers))
    assert bought.price == 76_667
    (sold,) = fills(trade(maker_orders=makers), side=Side.SELL)
    assert sold.price == 76_666


def test_a_maker_of_the_other_token_gave_us_the_rest_of_its_dollar():
    """Two buys mint a pair: who bids 0.92 for NO lets us have YES at 0.08."""
    (fill,) = fills(trade(price="0.5", maker_orders=[maker("15", "0.92", OTHER_TOKEN)]))
    assert fill.price == 80_000


def test_makers_that_do_not_add_up_leave_the_rows_own_price():
    (fill,) = fills(trade(maker_orders=[maker("14", "0.07")]))
    assert fill.price == 80_000


def test_where_our_order_rested_the_fill_is_its_element_not_the_top_row():
    row = trade(taker_order_id=OTHER, maker_orders=[maker("99", "0.3"), maker("4", "0.09", order_id=ORDER)])
    (fill,) = fills(row, fees=POLITICS)
    assert (fill.shares, fill.price, fill.fee_usd) == (4 * ONE, 90_000, 0)


def test_other_orders_trades_are_not_ours():
    assert fills(trade(taker_order_id=OTHER)) == ()


def test_buckets_of_one_trade_are_fills_of_their_own():
    found = fills(trade(), trade(bucket_index=1), trade(bucket_index=1))
    assert [fill.fill_id for fill in found] == ["t1", "t1#1"]
    assert trade_ids(found) == {"t1"}


def test_the_taker_pays_the_markets_fee():
    (fill,) = fills(trade(size="100", price="0.5", maker_orders=[maker("100", "0.5")]), fees=POLITICS)
    assert fill.fee_usd == ONE


@pytest.mark.parametrize("broken", [{"size": "many"}, {"size": None}, {"id": ""}, {"maker_orders": ["x"]}])
def test_a_trade_that_makes_no_sense_is_told_not_skipped(broken):
    """A fill left out would look like an order that did less than it did."""
    with pytest.raises(BadRow):
        fills(trade(**broken))


@pytest.mark.parametrize("prefix", ["", "ORDER_STATUS_"])
@pytest.mark.parametrize(
    ("status", "working"),
    [
        ("LIVE", True),
        ("DELAYED", True),
        ("UNMATCHED", True),
        ("SOMETHING_NEW", True),
        ("", True),
        ("MATCHED", False),
        ("CANCELED", False),
        ("CANCELED_MARKET_RESOLVED", False),
        ("INVALID", False),
    ],
)
def test_an_order_may_fill_until_it_is_said_to_have_ended(prefix, status, working):
    found = parse_order({"status": prefix + status, "size_matched": "12.5"})
    assert (found.working, found.matched) == (working, 12_500_000)


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"outcome": "Yes", "outcome_index": 0}, Outcome.YES),
        ({"outcome": "No", "outcome_index": 1}, Outcome.NO),
        ({"outcome": "Up", "outcome_index": 0}, Outcome.YES),
        ({"outcome": "Down", "outcome_index": 1}, Outcome.NO),
    ],
)
def test_positions_name_their_outcome(facts, outcome):
    held = parse_position({"condition_id": "0xc", "current_size": "12.5", **facts})
    assert (held.key.market_id, held.outcome, held.shares) == ("0xc", outcome, 12_500_000)

"""Limitless's executions, profiles and positions, in the shapes that were recorded in 2026."""

import pytest

from dutchbook.domain.errors import VenueUnreachable
from dutchbook.domain.money import ONE
from dutchbook.domain.venue import Outcome, Side
from dutchbook.ports.venues import OrderStatus
from venues.fields import BadRow
from venues.limitless.trading_parsing import (
    parse_locked,
    parse_positions,
    parse_profile,
    parse_report,
    parse_status,
)

ORDER = "ff0dcbf1-f7de-43f0-b6f1-16b972a17f49"


def placed(status="MINED", totals=None, **execution):
    """The recorded buy of 10.752 at 0.93, of which 0.063436 went as the fee."""
    raw = {
        "contractsGross": "10752000",
        "contractsFee": "63436",
        "contractsNet": "10688564",
        "usdGross": "9999360",
        "usdFee": "0",
        "usdNet": "9999360",
    }
    return {
        "order": {"id": ORDER, "createdAt": "2026-05-04T10:26:01.334Z"},
        "makerMatches": [],
        "execution": {
            "matched": True,
            "settlementStatus": status,
            "txHash": "0x101c",
            "totalsRaw": raw | (totals or {}),
            **execution,
        },
    }


def test_a_mined_buy_is_one_fill_with_its_fee_in_shares():
    report = parse_report(placed(), Side.BUY)
    (fill,) = report.fills
    assert (report.status, report.venue_order_id, report.filled) == (OrderStatus.DONE, ORDER, 10_752_000)
    assert (fill.fill_id, fill.price, fill.fee_usd, fill.fee_shares) == (ORDER, 930_000, 0, 63_436)
    assert fill.net_shares == 10_688_564


def test_a_price_of_several_levels_is_rounded_against_us():
    totals = {"contractsGross": "3000000", "usdGross": "1000000"}
    assert parse_report(placed(totals=totals), Side.BUY).fills[0].price == 333_334
    assert parse_report(placed(totals=totals), Side.SELL).fills[0].price == 333_333


@pytest.mark.parametrize("status", ["MINED", "CONFIRMED", "mined"])
def test_what_the_chain_has_is_final(status):
    assert parse_report(placed(status), Side.BUY).status is OrderStatus.DONE


@pytest.mark.parametrize("status", ["MATCHED", "RETRYING", "DELAYED", "", "SOMETHING_NEW"])
def test_until_then_nothing_is_booked_whatever_matched_says(status):
    report = parse_report(placed(status), Side.BUY)
    assert (report.status, report.fills, report.filled) == (OrderStatus.WORKING, (), 0)


@pytest.mark.parametrize("status", ["UNMATCHED", "CANCELED", "FAILED"])
def test_killed_cancelled_and_failed_orders_brought_nothing(status):
    report = parse_report(placed(status, reason="STP_TAKER_REJECTED"), Side.BUY)
    assert (report.status, report.fills, report.filled) == (OrderStatus.DONE, (), 0)
    assert report.reason == f"{status}: STP_TAKER_REJECTED"


@pytest.mark.parametrize(
    "broken",
    [
        {"order": {}},
        {"execution": None},
        placed(totals={"contractsGross": "0"}),
        placed(totals={"contractsFee": "1.5"}),
    ],
)
def test_an_answer_without_its_order_or_totals_makes_no_sense(broken):
    with pytest.raises(BadRow):
        parse_report(placed() | broken, Side.BUY)


def test_a_status_is_found_or_not():
    found = {"results": [{"index": 0, "status": "found", "orderId": ORDER, "data": placed()}]}
    report = parse_status(found, Side.BUY)
    assert report is not None
    assert report.filled == 10_752_000
    assert parse_status({"results": [{"index": 0, "status": "not_found"}]}, Side.BUY) is None
    with pytest.raises(BadRow):
        parse_status({"results": []}, Side.BUY)


@pytest.mark.parametrize("word", ["invalid", "error", "", "Found", None])
def test_any_other_word_than_not_found_is_no_word_of_absence(word):
    with pytest.raises(BadRow):
        parse_status({"results": [{"index": 0, "status": word}]}, Side.BUY)


def profile(**changes):
    row = {
        "id": 1315134,
        "account": "0xAb2B9833FC8B8f55F4De7C4A0FAb8577EF0F7b36",
        "tradeWalletOption": "eoa",
        "smartWallet": "0x1111111111111111111111111111111111111111",
        "embeddedAccount": None,
        "rank": {"feeRateBps": 300},
    }
    return row | changes


def test_the_effective_rate_goes_before_the_ranks():
    assert parse_profile(profile()).fee_rate_bps == 300
    assert parse_profile(profile(effectiveFeeRateBps=250)).fee_rate_bps == 250
    assert parse_profile(profile(effectiveFeeRateBps=0)).fee_rate_bps == 0


@pytest.mark.parametrize("option", ["eoa", None, ""])
def test_a_smart_wallet_that_is_not_chosen_is_not_used(option):
    assert parse_profile(profile(tradeWalletOption=option)).smart_wallet == ""


def test_a_smart_wallet_profile_names_its_wallet_and_its_signer():
    found = parse_profile(profile(tradeWalletOption="smartWallet", embeddedAccount="0xabc"))
    assert (found.smart_wallet, found.embedded) == ("0x1111111111111111111111111111111111111111", "0xabc")


@pytest.mark.parametrize(
    "broken", [{"id": None}, {"account": ""}, {"rank": None}, {"rank": {"feeRateBps": "x"}}]
)
def test_a_profile_that_cannot_sign_makes_no_sense(broken):
    with pytest.raises(BadRow):
        parse_profile(profile(**broken))


POSITIONS = {
    "clob": [
        {
            "market": {"slug": "btc-above", "status": "FUNDED"},
            "orders": {"liveOrders": [], "totalCollateralLocked": "1000040"},
            "tokensBalance": {"no": "0", "yes": "1004763"},
        },
        {
            "market": {"slug": "eth-up", "status": "RESOLVED"},
            "orders": {"liveOrders": [], "totalCollateralLocked": "0"},
            "tokensBalance": {"no": "3", "yes": "3985058"},
        },
    ],
    "amm": [],
    "group": [],
}


def test_positions_are_the_wallets_own_balances_to_the_last_unit():
    held = [(row.key.market_id, row.outcome, row.shares) for row in parse_positions(POSITIONS)]
    assert held == [
        ("btc-above", Outcome.YES, 1_004_763),
        ("eth-up", Outcome.YES, 3_985_058),
        ("eth-up", Outcome.NO, 3),
    ]


def test_what_orders_lock_is_added_up_over_all_markets():
    assert parse_locked(POSITIONS) == ONE + 40
    assert parse_locked({"clob": []}) == 0


def test_an_answer_without_its_list_is_no_empty_wallet():
    for parse in (parse_positions, parse_locked):
        with pytest.raises(VenueUnreachable):
            parse({"message": "Unauthorized"})

"""Limitless's listings and books become markets and books that trading may rely on."""

from datetime import UTC, datetime

import pytest

from dutchbook.domain.errors import NotSent
from dutchbook.domain.fees import LimitlessFees, LimitlessUnknownFees, worst_case
from dutchbook.domain.money import ONE
from dutchbook.domain.venue import Venue
from tests.support.recorded import recorded
from venues.fields import BadRow
from venues.limitless.parsing import group_of, is_last_page, parse_active, parse_book, parse_listing

V3 = "0x05c748E2f4DcDe0ec9Fa8DDc40DE6b867f923fa5"


def the_market(**changes):
    row = recorded("limitless_market")
    for key, value in changes.items():
        if value is None:
            row.pop(key, None)
        else:
            row[key] = value
    parsed = parse_listing(row)
    return parsed.items[0] if parsed.items else parsed.skipped


def test_a_page_gives_single_markets_and_the_leaves_of_groups():
    parsed = parse_active(recorded("limitless_active"))

    assert [market.title for market in parsed.items] == [
        "ETH Up or Down - 5 Min",
        "What price will Bitcoin hit on October 7?: ↑ 92,000",
        "UECL, Qarabag vs Twente: Qarabag",
        "UECL, Qarabag vs Twente: Draw",
    ]
    single, ladder, qarabag, draw = parsed.items
    assert single.key == (Venue.LIMITLESS, "eth-up-or-down-5-min-1791366000")
    assert (single.size_step, single.min_size, single.min_notional) == (1_000, 1_000, ONE)
    assert single.closes_at == datetime(2026, 10, 7, 9, 45, tzinfo=UTC)
    assert single.volume == 20 * ONE
    assert single.terms["exchange"] == V3
    assert single.terms["adapter"] == ""
    assert (single.terms["external_slug"], single.terms["mirror"]) == ("eth-updown-5m-1791366000", "false")
    assert single.terms["taker_delay_ms"] == "250"
    assert ladder.outcome_title == "↑ 92,000"
    assert ladder.event_id == "what-price-will-bitcoin-hit-on-october-7-2026-1791345926180"
    assert (ladder.terms["adapter"], ladder.terms["mirror"]) == ("", "true")
    # a leaf takes what it lacks from its group
    assert qarabag.terms["adapter"] == "0x6151EF8368b6316c1aa3C68453EF083ad31E712D"
    assert draw.closes_at == datetime(2026, 8, 28, 16, tzinfo=UTC)
    assert all(market.tradeable and market.fees == LimitlessFees() for market in parsed.items)


def test_a_resolved_market_is_not_tradeable():
    (market,) = parse_listing(recorded("limitless_resolved")).items

    assert not market.tradeable


def test_without_an_exchange_to_sign_for_nothing_is_tradeable():
    assert the_market().tradeable
    assert not the_market(venue=None).tradeable
    assert not the_market(venue={"exchange": None}).tradeable
    assert not the_market(expired=True).tradeable
    assert not the_market(status="LOCKED").tradeable


@pytest.mark.parametrize(
    ("changes", "fees"),
    [
        ({}, LimitlessFees()),
        ({"metadata": {"fee": False}}, LimitlessFees(rate_bps=0)),
        ({"metadata": None}, worst_case(Venue.LIMITLESS)),
        (
            {"venue": {"exchange": V3, "feeModuleType": "COLLATERAL", "feeModule": "0x1"}},
            LimitlessFees(collateral=True),
        ),
        ({"venue": {"exchange": V3, "feeModuleType": None}}, LimitlessFees()),
        ({"venue": {"exchange": V3, "feeModuleType": "POINTS"}}, LimitlessUnknownFees()),
        (
            {"metadata": None, "venue": {"exchange": V3, "feeModuleType": "COLLATERAL"}},
            LimitlessFees(collateral=True),
        ),
        (
            {"metadata": {"fee": False}, "venue": {"exchange": V3, "feeModuleType": "POINTS"}},
            LimitlessFees(rate_bps=0),
        ),
    ],
)
def test_fees_follow_the_markets_flag_and_its_fee_module(changes, fees):
    assert the_market(**changes).fees == fees


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"tradeType": "amm"}, "market has no order book"),
        ({"tradeType": None}, "market has no order book"),
        ({"hidden": True}, "market is hidden"),
        ({"tokens": None}, "tokens is no object"),
        ({"tokens": {"yes": "1"}}, "no is missing"),
        ({"slug": None}, "slug is missing"),
        ({"collateralToken": {"symbol": "WETH", "decimals": 18}}, "collateral has not six decimals"),
    ],
)
def test_rows_that_cannot_be_traded_are_skipped_and_counted(changes, reason):
    assert the_market(**changes) == {reason: 1}


def test_nulls_and_nonsense_times_do_no_harm():
    market = the_market(expirationTimestamp="soon", volume=None, settings=None, categories=None)

    assert (market.closes_at, market.volume, market.category) == (None, 0, "")
    assert market.terms["taker_delay_ms"] == "0"
    assert the_market(expirationTimestamp=10**30).closes_at is None


def test_the_last_page_is_short_or_the_total_says_so():
    full = {"data": [{}] * 25, "totalMarketsCount": 50}

    assert not is_last_page(full, 1)
    assert is_last_page(full, 2)
    assert is_last_page({"data": [{}] * 7}, 1)
    with pytest.raises(NotSent):
        is_last_page({"message": "no"}, 1)


def test_a_leaf_names_its_group():
    assert group_of({"groupSlug": "ladder"}) == "ladder"
    assert group_of({"groupSlug": None}) == group_of([]) == ""


def test_the_yes_book_mirrors_into_the_no_side_and_sizes_are_raw():
    book = parse_book(recorded("limitless_book"), the_market(), 9)

    assert (book.yes_bids[0], book.yes_asks[0]) == ((21_000, 1_000 * ONE), (53_000, 1_000 * ONE))
    assert (book.no_asks[0], book.no_bids[0]) == ((979_000, 1_000 * ONE), (947_000, 1_000 * ONE))
    assert book.requested_at_ms == 9


@pytest.mark.parametrize(
    "change",
    [
        {"tokenId": "another"},
        {"bids": "none"},
        {"bids": [{"price": "0.4", "size": "1.5"}]},
        {"bids": [{"price": "0.4", "size": True}]},
        {"asks": [None]},
    ],
)
def test_a_broken_book_or_another_tokens_is_refused(change):
    with pytest.raises(BadRow):
        parse_book({**recorded("limitless_book"), **change}, the_market(), 0)


def test_null_sides_are_empty():
    book = parse_book({"bids": None}, the_market(), 0)

    assert book.yes_bids == book.yes_asks == ()

"""Gamma's catalogue rows and the CLOB's books become markets and books that trading may rely on."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from dutchbook.domain.errors import NotSent
from dutchbook.domain.fees import PolymarketFees, worst_case
from dutchbook.domain.market import PriceBand
from dutchbook.domain.money import ONE
from dutchbook.domain.venue import Venue
from tests.support.recorded import recorded
from venues.polymarket.parsing import parse_books, parse_events, parse_markets

BTC = "0xcd5f9f505e0c0182746aa65963f72f01e7463259e5ea9f56672c0fe3a37f348a"


def the_market(**changes):
    page = recorded("polymarket_events")
    row = page["events"][0]["markets"][0]
    for key, value in changes.items():
        if value is None:
            row.pop(key, None)
        else:
            row[key] = value
    parsed = parse_events(page)
    return parsed.items[0] if parsed.items else parsed.skipped


def test_an_events_page_gives_its_markets_and_the_next_cursor():
    parsed = parse_events(recorded("polymarket_events"))

    (market,) = parsed.items
    assert market.key == (Venue.POLYMARKET, BTC)
    assert market.tradeable
    assert market.price_bands == (PriceBand(10_000, 990_000, 10_000),)
    assert (market.size_step, market.min_size, market.min_notional) == (10_000, 5 * ONE, ONE)
    assert market.fees == PolymarketFees(70_000, 1)
    assert (market.event_id, market.outcome_title) == ("1133988", "Up")
    assert market.closes_at == market.resolves_at == datetime(2026, 10, 5, 23, 15, tzinfo=UTC)
    assert market.volume == 15_803_040_388
    assert market.terms["yes_token"].startswith("25070934348813416902")
    assert market.terms["no_token"].startswith("111614563957165270026")
    assert (market.terms["version"], market.terms["neg_risk"]) == ("v1", "false")
    assert parsed.next_cursor == "page-two"
    assert not parsed.skipped


def test_a_markets_page_reads_the_event_inside_each_row():
    parsed = parse_markets(recorded("polymarket_markets"))

    assert [market.event_title for market in parsed.items] == ["What will happen before GTA VI?"] * 2
    assert parsed.items[0].outcome_title == "New Rihanna Album"
    assert parsed.items[0].rules == "Own words: New Rihanna Album before GTA VI?"
    assert parsed.items[0].terms["version"] == "v1"
    assert parsed.next_cursor == ""


@pytest.mark.parametrize("key", ["active", "acceptingOrders", "enableOrderBook"])
def test_a_market_is_tradeable_only_while_all_its_switches_are_on(key):
    assert not the_market(**{key: False}).tradeable
    assert not the_market(**{key: None}).tradeable


def test_a_closed_market_is_not_tradeable():
    assert not the_market(closed=True).tradeable


def test_version_two_markets_trade_position_ids_even_when_both_ids_are_there():
    market = the_market(version="v2", positionIds=["663", "664"])

    assert (market.terms["yes_token"], market.terms["no_token"]) == ("663", "664")
    assert the_market(positionIds=["663", "664"]).terms["yes_token"] != "663"


def test_outcomes_written_no_first_are_turned_round():
    market = the_market(outcomes='["No", "Yes"]', clobTokenIds='["1", "2"]')

    assert (market.terms["yes_token"], market.terms["no_token"]) == ("2", "1")


@pytest.mark.parametrize(
    ("changes", "fees"),
    [
        ({"feesEnabled": False}, PolymarketFees(0)),
        ({"feesEnabled": False, "feeSchedule": None}, PolymarketFees(0)),
        ({"feeSchedule": None}, worst_case(Venue.POLYMARKET)),
        ({"feesEnabled": None, "feeSchedule": None}, worst_case(Venue.POLYMARKET)),
        ({"feeSchedule": {"rate": Decimal("0.05"), "exponent": 1}}, PolymarketFees(50_000, 1)),
        ({"feeSchedule": {"rate": Decimal("0.0500001"), "exponent": 2}}, PolymarketFees(50_001, 2)),
        ({"feeSchedule": {"rate": Decimal("0.05"), "exponent": 4}}, PolymarketFees(50_000, 4)),
        ({"feeSchedule": {"rate": Decimal("0.05"), "exponent": 5}}, worst_case(Venue.POLYMARKET)),
        ({"feeSchedule": {"rate": Decimal("0.05"), "exponent": 300_000}}, worst_case(Venue.POLYMARKET)),
        ({"feeSchedule": {"rate": "dear", "exponent": 1}}, worst_case(Venue.POLYMARKET)),
        ({"feeSchedule": {"rate": Decimal("-0.05"), "exponent": 1}}, worst_case(Venue.POLYMARKET)),
        ({"feeSchedule": {"rate": True, "exponent": 1}}, worst_case(Venue.POLYMARKET)),
        (
            {"feeSchedule": {"rate": Decimal("0.05"), "exponent": Decimal("0.5")}},
            worst_case(Venue.POLYMARKET),
        ),
    ],
)
def test_fees_come_from_the_markets_schedule_and_are_dearest_where_it_says_nothing(changes, fees):
    assert the_market(**changes).fees == fees


def test_a_delay_for_takers_is_kept_in_milliseconds():
    assert the_market(secondsDelay=3).terms["taker_delay_ms"] == "3000"
    assert "taker_delay_ms" not in the_market(secondsDelay=0).terms


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"outcomes": '["A", "B", "C"]'}, "market is not binary"),
        ({"clobTokenIds": '["1"]'}, "market is not binary"),
        ({"clobTokenIds": '["", "2"]'}, "market is not binary"),
        ({"clobTokenIds": None}, "clobTokenIds is no list"),
        ({"outcomes": "{broken"}, "outcomes is no list"),
        ({"outcomes": "[1, 2]"}, "outcomes is no list"),
        ({"version": "v9"}, "version is unknown"),
        ({"conditionId": None}, "conditionId is missing"),
        ({"question": ["?"]}, "question is no text"),
        ({"orderPriceMinTickSize": None}, "orderPriceMinTickSize is no number"),
        ({"orderPriceMinTickSize": 0}, "orderPriceMinTickSize is out of range"),
        ({"orderMinSize": "lots"}, "orderMinSize is no exact number"),
    ],
)
def test_rows_that_cannot_be_traded_are_skipped_and_counted(changes, reason):
    assert the_market(**changes) == {reason: 1}


def test_one_bad_row_does_not_take_the_page_with_it():
    page = recorded("polymarket_events")
    page["events"][0]["markets"][:0] = ["garbage", None, {}]
    page["events"].insert(0, 7)

    parsed = parse_events(page)

    assert [market.market_id for market in parsed.items] == [BTC]
    assert parsed.skipped.total() == 4


@pytest.mark.parametrize("payload", [None, [], {}, {"events": None}, "text"])
def test_an_answer_without_its_list_is_a_failed_read_not_an_empty_page(payload):
    with pytest.raises(NotSent):
        parse_events(payload)


def test_both_tokens_books_become_one_best_level_first():
    (market,) = parse_events(recorded("polymarket_events")).items

    (book,) = parse_books(recorded("polymarket_books"), [market], 1_000).items

    assert book.key == market.key
    assert book.yes_bids[0] == (950_000, 142_400_000)
    assert book.yes_asks == (
        (960_000, 441_400_000),
        (970_000, 1_185_220_000),
        (980_000, 3_414 * ONE),
        (990_000, 13_330_750_000),
    )
    assert (book.no_bids[0][0], book.no_asks[0][0]) == (40_000, 50_000)
    assert book.requested_at_ms == 1_000
    assert not book.crossed


def test_a_market_with_a_token_missing_has_no_book():
    (market,) = parse_events(recorded("polymarket_events")).items
    yes_only = recorded("polymarket_books")[:1]

    parsed = parse_books(yes_only, [market], 0)

    assert (parsed.items, parsed.skipped.total()) == ([], 0)


def test_an_empty_book_is_a_book():
    (market,) = parse_events(recorded("polymarket_events")).items
    empty = [
        {"asset_id": market.terms["yes_token"], "bids": [], "asks": None},
        {"asset_id": market.terms["no_token"]},
    ]

    (book,) = parse_books(empty, [market], 0).items

    assert book.yes_bids == book.yes_asks == book.no_bids == book.no_asks == ()


@pytest.mark.parametrize(
    "level",
    [{"price": "0.4"}, {"price": "x", "size": "1"}, {"price": "0.4", "size": "0.0000001"}, "0.4", None],
)
def test_a_book_with_a_broken_level_is_left_out_whole(level):
    (market,) = parse_events(recorded("polymarket_events")).items
    books = recorded("polymarket_books")
    books[0]["bids"].append(level)

    parsed = parse_books([*books, "garbage"], [market], 0)

    assert parsed.items == []
    assert parsed.skipped.total() == 2

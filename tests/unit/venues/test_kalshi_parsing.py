"""Kalshi's events and books become markets and books that trading may rely on."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from dutchbook.domain.errors import NotSent
from dutchbook.domain.fees import KalshiFees, worst_case
from dutchbook.domain.market import PriceBand
from dutchbook.domain.money import ONE
from dutchbook.domain.venue import Venue
from tests.support.recorded import recorded
from venues.kalshi.parsing import SeriesTerms, parse_books, parse_event, parse_events, parse_series

LEP = "KXWTACHALLENGERMATCH-26JUN11JIMLEP-LEP"
JIM = "KXWTACHALLENGERMATCH-26JUN11JIMLEP-JIM"
SERIES = {"KXWTACHALLENGERMATCH": SeriesTerms("quadratic", 1)}


def the_market(series=SERIES, event=(), **changes):
    page = recorded("kalshi_events")
    page["events"] = page["events"][:1]
    page["events"][0].update(event)
    page["events"][0]["markets"] = page["events"][0]["markets"][:1]
    row = page["events"][0]["markets"][0]
    for key, value in changes.items():
        if value is None:
            row.pop(key, None)
        else:
            row[key] = value
    parsed = parse_events(page, series)
    return parsed.items[0] if parsed.items else parsed.skipped


def test_an_events_page_gives_its_markets_and_leaves_combos_out():
    parsed = parse_events(recorded("kalshi_events"), SERIES)

    assert [market.market_id for market in parsed.items] == [LEP, JIM]
    assert parsed.skipped == {"market is a combo": 1}
    market = parsed.items[0]
    assert (
        market.title == "Will Varvara Lepchenko win the Jimenez Kasintseva vs Lepchenko: Round Of 16 match?"
    )
    assert (market.event_title, market.outcome_title) == (
        "Jimenez Kasintseva vs Lepchenko",
        "Varvara Lepchenko",
    )
    assert (market.size_step, market.min_size, market.min_notional) == (10_000, 10_000, 0)
    assert market.price_bands == (PriceBand(0, ONE, 10_000),)
    assert (market.on_grid(10_000), market.on_grid(15_000), market.on_grid(0), market.on_grid(ONE)) == (
        True,
        False,
        False,
        False,
    )
    assert market.closes_at == datetime(2026, 6, 25, 16, tzinfo=UTC)
    assert market.resolves_at == datetime(2026, 6, 11, 19, tzinfo=UTC)
    assert market.volume == 2 * ONE
    assert market.terms == {
        "series": "KXWTACHALLENGERMATCH",
        "exchange_index": "3",
        "exclusive": "true",
        "event_size": "2",
    }
    assert market.fees == KalshiFees()


def test_a_tapered_grid_is_fine_at_its_edges_and_coarse_between():
    market = parse_events(recorded("kalshi_events"), SERIES).items[1]

    assert [market.on_grid(price) for price in (1_000, 99_000, 101_000, 110_000, 901_000)] == [
        True,
        True,
        False,
        True,
        True,
    ]


def test_only_active_markets_are_tradeable():
    assert the_market().tradeable
    for status in ("initialized", "inactive", "closed", "determined", "finalized"):
        assert not the_market(status=status).tradeable


@pytest.mark.parametrize(
    ("series", "event", "fees"),
    [
        ({"KXWTACHALLENGERMATCH": SeriesTerms("quadratic_with_maker_fees", 1)}, {}, KalshiFees()),
        (
            {"KXWTACHALLENGERMATCH": SeriesTerms("quadratic", Decimal("0.5"))},
            {},
            KalshiFees(multiplier_ppm=500_000),
        ),
        (SERIES, {"fee_multiplier_override": Decimal("1.5")}, KalshiFees(multiplier_ppm=1_500_000)),
        (
            {"KXWTACHALLENGERMATCH": SeriesTerms("quadratic", Decimal("0.5"))},
            {"fee_multiplier_override": Decimal("0.75")},
            KalshiFees(multiplier_ppm=750_000),
        ),
        (
            {},
            {"fee_type_override": "quadratic", "fee_multiplier_override": 2},
            KalshiFees(multiplier_ppm=2_000_000),
        ),
        (SERIES, {"fee_multiplier_override": "half"}, worst_case(Venue.KALSHI)),
        (SERIES, {"fee_type_override": "flat"}, worst_case(Venue.KALSHI)),
        (SERIES, {"fee_type_override": "margin_market_maker_program_fees"}, worst_case(Venue.KALSHI)),
        ({}, {}, worst_case(Venue.KALSHI)),
        ({"KXWTACHALLENGERMATCH": SeriesTerms("quadratic", None)}, {}, worst_case(Venue.KALSHI)),
        ({"KXWTACHALLENGERMATCH": SeriesTerms("quadratic", -1)}, {}, worst_case(Venue.KALSHI)),
        ({"KXWTACHALLENGERMATCH": SeriesTerms("quadratic", "half")}, {}, worst_case(Venue.KALSHI)),
        ({"KXWTACHALLENGERMATCH": SeriesTerms("quadratic", True)}, {}, worst_case(Venue.KALSHI)),
    ],
)
def test_the_events_override_beats_the_series_and_the_unknown_is_dearest(series, event, fees):
    assert the_market(series, event).fees == fees


@pytest.mark.parametrize("relief", [0, Decimal("0.5"), "0.5"])
@pytest.mark.parametrize("series", [SERIES, {}])
def test_an_events_lower_rate_is_never_relied_on(series, relief):
    """It ends at first pitch; a market that was stored before would promise half of what is charged after."""
    event = {"fee_type_override": "quadratic_with_maker_fees", "fee_multiplier_override": relief}
    assert the_market(series, event).fees == KalshiFees()


def test_a_fee_waiver_counts_only_when_it_outlasts_the_market():
    assert the_market(fee_waiver_expiration_time="2026-06-25T16:00:00Z").fees == KalshiFees(multiplier_ppm=0)
    assert the_market(fee_waiver_expiration_time="2026-06-20T00:00:00Z").fees == KalshiFees()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"market_type": "scalar"}, "market is not binary"),
        ({"notional_value_dollars": "10.0000"}, "contract does not pay a dollar"),
        ({"price_ranges": None}, "price_ranges is missing"),
        ({"price_ranges": [{"start": "0", "end": "1", "step": "0"}]}, "price_ranges is out of range"),
        ({"price_ranges": [{"start": "0", "end": "1"}]}, "step is no number"),
        ({"ticker": None}, "ticker is missing"),
        ({"mve_collection_ticker": "KXMVE-R"}, "market is a combo"),
    ],
)
def test_rows_that_cannot_be_traded_are_skipped_and_counted(changes, reason):
    assert the_market(**changes) == {reason: 1}


def test_nulls_and_missing_texts_do_no_harm():
    market = the_market(title=None, rules_primary=None, expected_expiration_time=None, exchange_index=None)

    assert market.title == "Jimenez Kasintseva vs Lepchenko"
    assert market.resolves_at == market.closes_at
    assert market.rules == ""


def test_one_event_alone_reads_its_markets_beside_or_inside_it():
    event = recorded("kalshi_events")["events"][0]
    beside = {"event": {**event, "markets": None}, "markets": event["markets"]}

    inside = parse_event({"event": event}, SERIES)

    assert [market.market_id for market in inside.items] == [LEP, JIM]
    assert parse_event(beside, SERIES).items == inside.items
    assert parse_event({"error": {"code": "not_found"}}, SERIES).items == []


def test_broken_series_are_left_out():
    payload = {"series": [{"ticker": "A", "fee_type": "quadratic", "fee_multiplier": 1}, {}, None]}

    assert parse_series(payload) == {"A": SeriesTerms("quadratic", 1)}


def test_books_hold_bids_and_their_complements_are_the_asks():
    parsed = parse_books(recorded("kalshi_books"), [LEP, JIM], 5)

    lep, jim = parsed.items
    assert (lep.yes_bids, lep.yes_asks) == (((470_000, 3 * ONE),), ((520_000, 3 * ONE),))
    assert (lep.no_bids, lep.no_asks) == (((480_000, 3 * ONE),), ((530_000, 3 * ONE),))
    assert (jim.yes_asks[0], jim.no_asks[0]) == ((250_000, 40 * ONE), (760_000, 100_000 * ONE))
    assert lep.requested_at_ms == 5


def test_a_null_or_missing_side_is_empty_and_sentinel_prices_are_no_quotes():
    payload = {
        "orderbooks": [
            {"ticker": "A", "orderbook_fp": {"yes_dollars": None, "no_dollars": [["0.0000", "5.00"]]}},
            {"ticker": "B", "orderbook_fp": {"no_dollars": [["1.0000", "5.00"], ["0.3000", "2.00"]]}},
        ]
    }

    empty, one_sided = parse_books(payload, ["A", "B"], 0).items

    assert empty.yes_bids == empty.yes_asks == empty.no_bids == empty.no_asks == ()
    assert (one_sided.yes_bids, one_sided.yes_asks) == ((), ((700_000, 2 * ONE),))


def test_broken_and_unasked_books_are_left_out_and_counted():
    payload = {
        "orderbooks": [
            {"ticker": "A", "orderbook_fp": None},
            {"ticker": "A", "orderbook_fp": {"yes_dollars": [["0.4"]]}},
            {"ticker": "A", "orderbook_fp": {"yes_dollars": {}}},
            {"ticker": "ELSE", "orderbook_fp": {}},
            None,
        ]
    }

    parsed = parse_books(payload, ["A"], 0)

    assert (parsed.items, parsed.skipped.total()) == ([], 5)


def test_an_answer_without_its_list_is_a_failed_read():
    for parse in (lambda p: parse_events(p, {}), parse_series, lambda p: parse_books(p, ["A"], 0)):
        with pytest.raises(NotSent):
            parse({"msg": "no"})

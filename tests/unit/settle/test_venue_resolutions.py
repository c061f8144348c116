"""What each venue's answer to "how did it end" is read as, from its documented shapes and the simulators'."""

from dataclasses import replace

import pytest

from dutchbook.domain.money import ONE
from dutchbook.domain.settlement import Resolution, Stage
from dutchbook.domain.venue import Outcome, Venue
from local.venues.settlement import settle
from tests.support.markets import a_market
from tests.support.simulated import simulation
from venues.fields import BadRow
from venues.kalshi.resolution import parse_resolution as parse_kalshi
from venues.kalshi.resolution import parse_resolutions as parse_kalshi_page
from venues.limitless.resolution import parse_resolution as parse_limitless
from venues.polymarket.resolution import parse_resolutions as parse_polymarket
from venues.resolutions import open_resolutions

CONDITION = "0x" + "ab" * 32


def kalshi(**changes):
    return parse_kalshi({"ticker": "RAIN-26", "status": "finalized", "result": "yes"} | changes)


@pytest.mark.parametrize(
    ("changes", "stage", "value"),
    [
        ({"status": "active", "result": ""}, Stage.OPEN, None),
        ({"status": "closed", "result": ""}, Stage.OPEN, None),
        ({"status": "determined"}, Stage.RESOLVED, ONE),
        ({"status": "disputed"}, Stage.RESOLVED, ONE),
        ({"status": "amended", "result": "no"}, Stage.RESOLVED, 0),
        ({}, Stage.PAYABLE, ONE),
        ({"settlement_value_dollars": "1.0000"}, Stage.PAYABLE, ONE),
        ({"result": "no", "settlement_value_dollars": "0.0000"}, Stage.PAYABLE, 0),
        ({"result": "scalar", "settlement_value_dollars": "0.3700"}, Stage.PAYABLE, 370_000),
        ({"result": "scalar"}, Stage.RESOLVED, None),
        ({"result": "void"}, Stage.RESOLVED, None),
        (
            {"result": "no", "settlement_value_dollars": "0.0500", "settlement_bounds_type": "floor"},
            Stage.PAYABLE,
            50_000,
        ),
    ],
)
def test_kalshi(changes, stage, value):
    found = kalshi(**changes)
    assert (found.stage, found.yes_value) == (stage, value)


@pytest.mark.parametrize("value", ["0.0000", "1.5000", "soon"])
def test_kalshi_contradicting_itself_is_left_to_a_human(value):
    with pytest.raises(BadRow):
        kalshi(settlement_value_dollars=value)


def test_kalshi_rows_that_cannot_be_used_are_told_by_ticker():
    good = {"ticker": "GOOD", "status": "finalized", "result": "yes"}
    odd = good | {"ticker": "ODD", "settlement_value_dollars": "0.0000"}
    found = parse_kalshi_page({"markets": [good, odd]}, ["GOOD", "ODD", "UNKNOWN"])
    assert {one.key.market_id: one.unreadable for one in found} == {
        "GOOD": "",
        "ODD": "result and settlement_value_dollars contradict each other",
    }


def test_kalshi_rows_without_a_ticker_may_be_any_that_is_missing():
    good = {"ticker": "GOOD", "status": "finalized", "result": "yes"}
    found = parse_kalshi_page({"markets": [good, {"status": "finalized"}, "?"]}, ["GOOD", "LOST"])
    assert {one.key.market_id: bool(one.unreadable) for one in found} == {"GOOD": False, "LOST": True}


def polymarket(row, **terms):
    market = a_market(Venue.POLYMARKET, CONDITION, terms={"yes_index": "0"} | terms)
    return parse_polymarket({"data": [row] if row else []}, [market])


def resolved(**changes):
    return {"condition_id": CONDITION, "status": "resolved", "payouts": [0, ONE]} | changes


@pytest.mark.parametrize(
    ("row", "terms", "stage", "value"),
    [
        (None, {}, Stage.OPEN, None),
        (resolved(status="proposed"), {}, Stage.OPEN, None),
        (resolved(payouts=None), {}, Stage.RESOLVED, None),
        (resolved(), {}, Stage.PAYABLE, 0),
        (resolved(condition_id=CONDITION.upper().replace("X", "x")), {}, Stage.PAYABLE, 0),
        (resolved(), {"yes_index": "1"}, Stage.PAYABLE, ONE),
        (resolved(payouts=[500_000, 500_000]), {}, Stage.PAYABLE, 500_000),
    ],
)
def test_polymarket(row, terms, stage, value):
    (found,) = polymarket(row, **terms)
    assert (found.stage, found.yes_value) == (stage, value)


@pytest.mark.parametrize(
    ("row", "terms"),
    [
        (resolved(payouts=[ONE, ONE]), {}),
        (resolved(payouts=[ONE]), {}),
        (resolved(payouts=[2 * ONE, -ONE]), {}),
        (resolved(), {"yes_index": ""}),
    ],
)
def test_polymarket_payouts_that_make_no_sense_are_told_and_not_paid(row, terms):
    (found,) = polymarket(row, **terms)
    assert found.stage is Stage.OPEN
    assert found.unreadable


def limitless(**changes):
    told = {"slug": "rain", "status": "RESOLVED", "winningOutcomeIndex": 1, "payoutNumerators": [0, 1]}
    return parse_limitless(told | changes, a_market(Venue.LIMITLESS, "rain"))


@pytest.mark.parametrize(
    ("changes", "stage", "value"),
    [
        ({"status": "FUNDED"}, Stage.OPEN, None),
        ({"status": "LOCKED"}, Stage.OPEN, None),
        ({}, Stage.RESOLVED, 0),
        ({"payoutNumerators": None}, Stage.RESOLVED, 0),
        ({"payoutNumerators": None, "winningOutcomeIndex": 0}, Stage.RESOLVED, ONE),
        ({"payoutNumerators": [1, 1], "winningOutcomeIndex": None}, Stage.RESOLVED, 500_000),
        ({"payoutNumerators": None, "winningOutcomeIndex": None}, Stage.RESOLVED, None),
    ],
)
def test_limitless(changes, stage, value):
    found = limitless(**changes)
    assert (found.stage, found.yes_value) == (stage, value)


@pytest.mark.parametrize(
    "changes",
    [
        {"payoutNumerators": [1, 2]},
        {"payoutNumerators": [0, 0]},
        {"payoutNumerators": [1]},
        {"payoutNumerators": None, "winningOutcomeIndex": 2},
        {"slug": "snow"},
    ],
)
def test_limitless_that_does_not_share_out_a_dollar_is_not_paid(changes):
    with pytest.raises(BadRow):
        limitless(**changes)


def test_a_no_share_gets_the_rest_of_the_dollar():
    found = Resolution(a_market(Venue.KALSHI).key, Stage.PAYABLE, 370_000)
    assert (found.worth(Outcome.YES), found.worth(Outcome.NO)) == (370_000, 630_000)


@pytest.fixture(scope="module")
def world():
    with simulation() as world:
        yield world


@pytest.mark.parametrize("payout", [0, ONE, 500_000])
@pytest.mark.parametrize("venue", list(Venue))
def test_every_simulated_venue_tells_open_from_payable(world, venue, payout):
    state = world.state(venue)
    unsettled = [name for name in state.listings if name not in state.settled][:2]
    stays, goes = world.public.data[venue].markets(unsettled).values()
    settle(state, goes.market_id, payout)
    read = open_resolutions(env_of(world), world.public.http, world.clock)[venue]

    found = read.resolutions([stays, goes])

    assert found[stays.market_id] == Resolution(stays.key, Stage.OPEN)
    assert found[goes.market_id] == Resolution(goes.key, Stage.PAYABLE, payout)


def test_limitless_is_not_payable_before_the_chain_is(world):
    state = world.state(Venue.LIMITLESS)
    slug = next(name for name in state.listings if name not in state.settled)
    market = world.public.data[Venue.LIMITLESS].markets([slug])[slug]
    settle(state, slug, ONE)
    read = open_resolutions(env_of(world), world.public.http, world.clock)[Venue.LIMITLESS]
    read._chain.payout_denominator = lambda *_: 0
    assert read.resolutions([market])[slug] == Resolution(market.key, Stage.RESOLVED, ONE)


def test_limitless_words_that_cannot_be_used_are_told(world):
    state = world.state(Venue.LIMITLESS)
    slug = next(name for name in state.listings if name not in state.settled)
    market = world.public.data[Venue.LIMITLESS].markets([slug])[slug]
    read = open_resolutions(env_of(world), world.public.http, world.clock)[Venue.LIMITLESS]
    listing = read._client.listing
    read._client.listing = lambda name: replace(listing(name), data={"slug": "another"})
    assert read.resolutions([market])[slug].unreadable == "market was not asked for"


def test_a_market_the_venue_does_not_know_is_absent(world):
    for venue in (Venue.KALSHI, Venue.LIMITLESS):
        read = open_resolutions(env_of(world), world.public.http, world.clock)[venue]
        assert read.resolutions([replace(a_market(venue), market_id="NO-SUCH")]) == {}


def env_of(world):
    urls = world.venues.urls
    return {
        "POLYMARKET_CLOB_BASE": urls["polymarket"],
        "POLYMARKET_DATA_BASE": urls["polymarket"],
        "KALSHI_API_BASE": urls["kalshi"],
        "LIMITLESS_API_BASE": urls["limitless"],
        "BASE_RPC_URL": urls["limitless"] + "/rpc",
    }

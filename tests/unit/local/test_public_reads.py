"""The simulated venues answer public reads in the venues' own shapes, and a real HTTP client can use them."""

import hashlib
import json

import pytest
import requests

from local.day.catalogue import Key, load_day
from local.venues.server import SimulatedVenues
from tests.unit.local.support import FakeClock

DEMOCRATS = "KXPRESPARTY-2028-D"


@pytest.fixture(scope="module")
def venues():
    with SimulatedVenues(seed=7, clock=FakeClock()) as running:
        yield running


@pytest.fixture
def kalshi(venues):
    return venues.urls["kalshi"] + "/trade-api/v2"


@pytest.fixture
def polymarket(venues):
    return venues.urls["polymarket"]


@pytest.fixture
def limitless(venues):
    return venues.urls["limitless"]


def get(url, **params):
    return requests.get(url, params=params, timeout=5)


def test_kalshi_pages_through_every_event_once(kalshi):
    seen, cursor = [], ""
    while True:
        body = get(f"{kalshi}/events", limit=60, cursor=cursor, with_nested_markets="true").json()
        seen += [event["event_ticker"] for event in body["events"]]
        cursor = body["cursor"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 200


def test_kalshi_starts_over_on_a_garbage_cursor(kalshi):
    assert get(f"{kalshi}/markets", limit=5, cursor="!!").json() == get(f"{kalshi}/markets", limit=5).json()


def test_kalshi_refuses_a_page_over_the_maximum_with_its_bare_message(kalshi):
    answer = get(f"{kalshi}/markets", limit=1001)
    assert answer.status_code == 400
    assert set(answer.json()) == {"msg"}


def test_kalshi_book_shows_bids_only_worst_first_and_agrees_with_the_market(kalshi):
    book = get(f"{kalshi}/markets/{DEMOCRATS}/orderbook").json()["orderbook_fp"]
    market = get(f"{kalshi}/markets/{DEMOCRATS}").json()["market"]
    assert book["yes_dollars"] == sorted(book["yes_dollars"])
    assert book["no_dollars"] == sorted(book["no_dollars"])
    assert book["yes_dollars"][-1] == [market["yes_bid_dollars"], market["yes_bid_size_fp"]]
    assert book["no_dollars"][-1][0] == market["no_bid_dollars"]
    assert "liquidity_dollars" not in market
    assert "yes_bid" not in market


def test_kalshi_batch_wants_the_key_repeated(kalshi):
    both = get(f"{kalshi}/markets/orderbooks", tickers=[DEMOCRATS, "KXPRESPARTY-2028-R"]).json()
    commas = get(f"{kalshi}/markets/orderbooks", tickers=f"{DEMOCRATS},KXPRESPARTY-2028-R").json()
    assert [row["ticker"] for row in both["orderbooks"]] == [DEMOCRATS, "KXPRESPARTY-2028-R"]
    assert commas["orderbooks"] == []


def test_polymarket_keyset_pages_end_without_a_cursor(polymarket):
    seen, cursor = [], None
    while True:
        params = {"limit": 500, "closed": "false"} | ({"after_cursor": cursor} if cursor else {})
        body = get(f"{polymarket}/markets/keyset", **params).json()
        assert len(body["markets"]) <= 100
        seen += [market["conditionId"] for market in body["markets"]]
        if "next_cursor" not in body:
            break
        cursor = body["next_cursor"]
    assert len(seen) == len(set(seen)) == 901


def test_gamma_refuses_offset_and_hides_lists_in_strings(polymarket):
    assert get(f"{polymarket}/events/keyset", offset=0).status_code == 422
    market = get(f"{polymarket}/markets/keyset", limit=1).json()["markets"][0]
    assert json.loads(market["outcomes"]) == ["Yes", "No"]
    assert len(json.loads(market["clobTokenIds"])) == 2


def test_polymarket_books_are_worst_first_mirrored_and_hashed(polymarket):
    market = get(f"{polymarket}/markets/keyset", id="565065").json()["markets"][0]
    yes, no = json.loads(market["clobTokenIds"])
    asked = [{"token_id": no}, {"token_id": "1"}, {"token_id": yes}]
    books = {
        row["asset_id"]: row for row in requests.post(f"{polymarket}/books", json=asked, timeout=5).json()
    }
    assert set(books) == {yes, no}
    prices = [float(level["price"]) for level in books[yes]["asks"]]
    assert prices == sorted(prices, reverse=True)
    best_ask, mirrored = books[yes]["asks"][-1], books[no]["bids"][-1]
    assert round(float(best_ask["price"]) + float(mirrored["price"]), 6) == 1
    assert best_ask["size"] == mirrored["size"]
    unhashed = books[yes] | {"hash": ""}
    text = json.dumps(unhashed, separators=(",", ":"))
    assert books[yes]["hash"] == hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def test_polymarket_refuses_more_than_500_books(polymarket):
    answer = requests.post(f"{polymarket}/books", json=[{"token_id": "1"}] * 501, timeout=5)
    assert (answer.status_code, answer.json()) == (400, {"error": "Payload exceeds the limit"})


def test_limitless_leaves_say_that_they_are_simulated_and_name_their_twin(limitless, polymarket):
    markets = get(f"{limitless}/markets/active", limit=25).json()
    assert markets["totalMarketsCount"] == len(markets["data"]) == 10
    for market in markets["data"]:
        assert market["title"].endswith("(simulated)")
        assert market["slug"].startswith("simulated-")
        twin = get(f"{polymarket}/markets/slug/{market['metadata']['externalSlug']}").json()
        assert market["title"] == f"{twin['question']} (simulated)"


def test_limitless_book_is_one_yes_book_in_raw_units(limitless):
    slug = get(f"{limitless}/markets/active").json()["data"][0]["slug"]
    book = get(f"{limitless}/markets/{slug}/orderbook").json()
    assert [row["price"] for row in book["bids"]] == sorted((r["price"] for r in book["bids"]), reverse=True)
    assert all(isinstance(row["size"], int) and row["size"] >= 10_000 for row in book["asks"])


def test_limitless_refuses_unknown_parameters(limitless):
    answer = get(f"{limitless}/markets/active", colour="red")
    assert answer.status_code == 400
    assert isinstance(answer.json()["message"], list)


def test_dates_move_with_the_replay_so_that_the_day_is_always_today(venues, kalshi):
    recorded = load_day().listings("kalshi")[DEMOCRATS].closes_at
    shown = get(f"{kalshi}/markets/{DEMOCRATS}").json()["market"]["close_time"]
    # The fake clock starts 10 days after the recorded day.
    assert shown.startswith(recorded.replace(day=recorded.day + 10).strftime("%Y-%m-%d"))


def test_a_pinned_book_is_what_every_route_shows(venues, kalshi):
    state = venues.states["kalshi"]
    depth = venues.states["kalshi"].maker.depth(Key("kalshi", DEMOCRATS))
    state.pin(DEMOCRATS, depth._replace(bids=()))
    try:
        market = get(f"{kalshi}/markets/{DEMOCRATS}").json()["market"]
        assert (market["yes_bid_dollars"], market["yes_bid_size_fp"]) == ("0.0000", "0.00")
    finally:
        state.pin(DEMOCRATS, None)

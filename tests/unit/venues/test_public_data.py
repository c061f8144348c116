"""The three venues' public data over the wire: paging, batching, and what a part of the answers is worth."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from dutchbook.domain.agent import Mode
from dutchbook.domain.errors import Halted, NotSent
from dutchbook.domain.fees import KalshiFees, worst_case
from dutchbook.domain.venue import Venue
from dutchbook.ports.venues import Account
from tests.support.market_data import FakeClock
from tests.support.markets import a_market
from tests.support.paper_store import InMemoryPaperStore
from tests.support.recorded import recorded_bytes
from venues.paper.connector import PaperConnector
from venues.ratelimit import Rate, RatePlan
from venues.registry import Hosts, Registry, open_public_data

GAMMA, CLOB = "https://gamma.test", "https://clob.test"
KALSHI, LIMITLESS = "https://kalshi.test/trade-api/v2", "https://limitless.test"
LEP = "KXWTACHALLENGERMATCH-26JUN11JIMLEP-LEP"
FAST = Rate(1_000_000, 1_000_000)
UNLIMITED = {
    venue: RatePlan(
        dict.fromkeys(
            ["gamma_events", "gamma_markets", "clob", "unsigned", "read", "api"],
            FAST,
        )
    )
    for venue in Venue
}


@pytest.fixture
def public():
    clock = FakeClock()
    hosts = Hosts(GAMMA, CLOB, KALSHI, LIMITLESS)
    return open_public_data(hosts, clock, plans=UNLIMITED, sleep=clock.sleep)


@pytest.fixture
def wire():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def payload(name: str):
    return json.loads(recorded_bytes(name))


def queries(wire) -> list[dict[str, list[str]]]:
    return [parse_qs(urlsplit(call.request.url).query) for call in wire.calls]


# ------------------------------------------------------------------------------------------ polymarket


def test_polymarkets_catalogue_follows_the_cursor_to_its_end(public, wire):
    wire.get(f"{GAMMA}/events/keyset", json=payload("polymarket_events"))
    wire.get(f"{GAMMA}/events/keyset", json={"events": []})

    markets = list(public.data[Venue.POLYMARKET].catalogue())

    assert len(markets) == 1
    assert [query.get("after_cursor") for query in queries(wire)] == [None, ["page-two"]]


def test_a_cursor_that_comes_again_ends_the_catalogue(public, wire):
    wire.get(f"{GAMMA}/events/keyset", json=payload("polymarket_events"))

    assert len(list(public.data[Venue.POLYMARKET].catalogue())) == 2
    assert len(wire.calls) == 2


def test_polymarkets_markets_are_asked_by_condition_id_and_unknown_ones_are_absent(public, wire):
    wire.get(f"{GAMMA}/markets/keyset", json=payload("polymarket_markets"))
    known = payload("polymarket_markets")["markets"][1]["conditionId"]

    found = public.data[Venue.POLYMARKET].markets([known, "0xabsent", known])

    assert list(found) == [known]
    assert queries(wire)[0]["condition_ids"] == [known, "0xabsent"]


def test_polymarkets_books_go_in_batches_of_500_tokens_and_a_failed_batch_is_only_missing(public, wire):
    markets = [
        a_market(Venue.POLYMARKET, f"m{n}", terms={"yes_token": f"y{n}", "no_token": f"n{n}"})
        for n in range(251)
    ]

    def answer(request):
        tokens = [row["token_id"] for row in json.loads(request.body)]
        assert len(tokens) <= 500
        if "y250" in tokens:
            return 500, {}, ""
        books = [{"asset_id": token, "bids": [], "asks": []} for token in tokens]
        return 200, {}, json.dumps(books)

    wire.add_callback(responses.POST, f"{CLOB}/books", answer, content_type="application/json")
    data = public.data[Venue.POLYMARKET]

    found = data.books(markets)

    assert len(found) == 250
    with pytest.raises(NotSent):
        data.books(markets[250:])
    assert data.books([]) == {}


# ---------------------------------------------------------------------------------------------- kalshi


def test_kalshis_catalogue_prices_markets_by_their_series(public, wire):
    series = {"ticker": "KXWTACHALLENGERMATCH", "fee_type": "quadratic", "fee_multiplier": 0.5}
    wire.get(f"{KALSHI}/series", json={"series": [series]})
    wire.get(f"{KALSHI}/events", json={**payload("kalshi_events"), "cursor": "again"})
    data = public.data[Venue.KALSHI]

    markets = list(data.catalogue())

    # the second page repeats its cursor, as an unknown cursor would: it ends there
    assert len(wire.calls) == 3
    assert {market.fees for market in markets} == {KalshiFees(multiplier_ppm=500_000)}
    assert data.skipped["market is a combo"] == 2


def test_kalshis_markets_come_through_their_events_and_series_are_kept_for_a_while(wire):
    clock = FakeClock()
    data = open_public_data(Hosts(GAMMA, CLOB, KALSHI, LIMITLESS), clock, plans=UNLIMITED).data[Venue.KALSHI]
    event = payload("kalshi_events")["events"][0]
    wire.get(f"{KALSHI}/markets", json={"markets": [event["markets"][0]]})
    wire.get(f"{KALSHI}/events/{event['event_ticker']}", json={"event": event})
    terms = wire.get(
        f"{KALSHI}/series/KXWTACHALLENGERMATCH",
        json={"series": {"ticker": "KXWTACHALLENGERMATCH", "fee_type": "quadratic", "fee_multiplier": 1}},
    )

    found = data.markets([LEP, "KXABSENT"])
    data.markets([LEP])

    assert list(found) == [LEP]
    assert found[LEP].fees == KalshiFees()
    assert queries(wire)[0]["tickers"] == [f"{LEP},KXABSENT"]
    assert terms.call_count == 1
    clock.advance(600_000)
    data.markets([LEP])
    assert terms.call_count == 2


def test_a_series_kalshi_does_not_know_is_priced_dearest(public, wire):
    event = payload("kalshi_events")["events"][0]
    wire.get(f"{KALSHI}/markets", json={"markets": [event["markets"][0], None]})
    wire.get(f"{KALSHI}/events/{event['event_ticker']}", json={"event": event})
    wire.get(f"{KALSHI}/series/KXWTACHALLENGERMATCH", status=404, json={"error": {"code": "not_found"}})

    assert public.data[Venue.KALSHI].markets([LEP])[LEP].fees == worst_case(Venue.KALSHI)


def test_kalshis_books_repeat_the_key_at_most_100_times(public, wire):
    wire.get(f"{KALSHI}/markets/orderbooks", json=payload("kalshi_books"))
    markets = [a_market(Venue.KALSHI, LEP), *(a_market(Venue.KALSHI, f"K{n}") for n in range(120))]

    found = public.data[Venue.KALSHI].books(markets)

    assert list(found) == [LEP]
    assert sorted(len(query["tickers"]) for query in queries(wire)) == [21, 100]


def test_kalshis_reads_are_signed_where_a_key_is_at_hand(wire):
    def sign(method: str, url: str) -> dict[str, str]:
        return {"KALSHI-ACCESS-KEY": f"{method} {url}"}

    data = open_public_data(
        Hosts(GAMMA, CLOB, KALSHI, LIMITLESS), FakeClock(), plans=UNLIMITED, kalshi_sign=sign
    ).data[Venue.KALSHI]
    wire.get(f"{KALSHI}/markets/orderbooks", json=payload("kalshi_books"))

    data.books([a_market(Venue.KALSHI, LEP)])

    signed = wire.calls[0].request.headers["KALSHI-ACCESS-KEY"]
    assert signed == f"GET {KALSHI}/markets/orderbooks"


# ------------------------------------------------------------------------------------------- limitless


def test_limitless_catalogue_turns_pages_until_a_short_one_and_drops_doubles(public, wire):
    page = payload("limitless_active")
    full = {**page, "data": page["data"] + [{"tradeType": "amm"}] * 22}
    wire.get(f"{LIMITLESS}/markets/active", json=full)
    wire.get(f"{LIMITLESS}/markets/active", json=page)
    data = public.data[Venue.LIMITLESS]

    assert len(list(data.catalogue())) == 4
    assert [(query["page"], query["limit"]) for query in queries(wire)] == [(["1"], ["25"]), (["2"], ["25"])]
    assert data.skipped["market has no order book"] == 22


def test_a_limitless_leaf_is_read_through_its_group(public, wire):
    group = payload("limitless_active")["data"][1]
    leaf = {**group["markets"][0], "groupSlug": group["slug"], "marketType": "single"}
    wire.get(f"{LIMITLESS}/markets/{leaf['slug']}", json=leaf)
    wire.get(f"{LIMITLESS}/markets/{group['slug']}", json=group)
    wire.get(f"{LIMITLESS}/markets/gone", status=404, json={"message": "Market not found"})

    found = public.data[Venue.LIMITLESS].markets([leaf["slug"], "gone"])

    assert {slug: market.title for slug, market in found.items()} == {
        leaf["slug"]: "What price will Bitcoin hit on October 7?: ↑ 92,000"
    }


def test_limitless_books_come_one_by_one_and_markets_without_are_absent(public, wire):
    book = payload("limitless_book")
    market = a_market(Venue.LIMITLESS, "btc", terms={"yes_token": book["tokenId"], "no_token": "2"})
    amm = a_market(Venue.LIMITLESS, "amm", terms={"yes_token": "1", "no_token": "2"})
    wire.get(f"{LIMITLESS}/markets/btc/orderbook", json=book)
    wire.get(f"{LIMITLESS}/markets/amm/orderbook", status=400, json={"message": "no order book"})
    data = public.data[Venue.LIMITLESS]

    assert list(data.books([market, amm])) == ["btc"]
    assert data.books([amm]) == {}


# ----------------------------------------------------------------------------------- health and registry


def test_a_venue_that_answers_html_raises_and_is_marked_while_the_others_go_on(public, wire):
    wire.get(f"{KALSHI}/markets/orderbooks", body="<html>", content_type="text/html")
    book = payload("limitless_book")
    wire.get(f"{LIMITLESS}/markets/btc/orderbook", json=book)
    market = a_market(Venue.LIMITLESS, "btc", terms={"yes_token": book["tokenId"], "no_token": "2"})

    with pytest.raises(NotSent):
        public.data[Venue.KALSHI].books([a_market(Venue.KALSHI, LEP)])
    public.data[Venue.LIMITLESS].books([market])

    health = {seen.venue: seen for seen in public.health()}
    assert not health[Venue.KALSHI].healthy
    assert "HTML" in health[Venue.KALSHI].reason or "html" in health[Venue.KALSHI].reason
    assert (health[Venue.LIMITLESS].healthy, health[Venue.LIMITLESS].calls) == (True, 1)


def a_registry(public, **options) -> Registry:
    return Registry(public.data, InMemoryPaperStore(), FakeClock(), **options)


def test_simulated_trades_get_the_paper_venue_whatever_the_mode(public):
    for mode in Mode:
        connector = a_registry(public).trading(Venue.KALSHI, Account("agt_1", mode), simulated=True)
        assert isinstance(connector, PaperConnector)
        assert connector.venue is Venue.KALSHI


def test_live_connectors_need_the_switch_the_mode_and_the_wiring(public):
    live, demo = Account("agt_1", Mode.LIVE), Account("agt_1", Mode.DEMO)
    built = []

    def factory(account: Account):
        built.append(account)
        return PaperConnector("x", public.data[Venue.KALSHI], InMemoryPaperStore(), FakeClock())

    wired = {Venue.KALSHI: factory}
    with pytest.raises(Halted, match="switched off"):
        a_registry(public, live=wired).trading(Venue.KALSHI, live, simulated=False)
    with pytest.raises(Halted, match="not in live mode"):
        a_registry(public, live=wired, live_trading=True).trading(Venue.KALSHI, demo, simulated=False)
    with pytest.raises(Halted, match="live trading on kalshi is not wired"):
        a_registry(public, live_trading=True).trading(Venue.KALSHI, live, simulated=False)
    assert built == []

    a_registry(public, live=wired, live_trading=True).trading(Venue.KALSHI, live, simulated=False)

    assert built == [live]
    assert a_registry(public).data(Venue.LIMITLESS) is public.data[Venue.LIMITLESS]

"""What `MarketStore` promises, of the store in memory and of DynamoDB alike; then what is DynamoDB's own."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dutchbook.adapters.dynamo import Table
from dutchbook.adapters.markets import DynamoMarketStore
from dutchbook.domain.book import OrderBook
from dutchbook.domain.errors import InvalidInput, NotFound, WrongState
from dutchbook.domain.fees import KalshiFees, LimitlessFees, PolymarketFees
from dutchbook.domain.market import Market, MarketKey, PriceBand
from dutchbook.domain.money import ONE
from dutchbook.domain.pair import Pair, PairStatus, Relation
from dutchbook.domain.prices import Bar
from dutchbook.domain.venue import Venue
from dutchbook.ports.markets import MARKET_SLOTS, CatalogueShrank, OpportunityRecord, Quote, VenueHealth
from tests.support.builders import NOW, NOW_MS
from tests.support.ledger import MemoryMarketStore


@pytest.fixture
def dynamo_store(tables, clock):
    return DynamoMarketStore(tables.markets, tables.guards, clock)


@pytest.fixture
def other_store(tables, clock):
    """Another process on the same tables."""
    return DynamoMarketStore(tables.markets, tables.guards, clock)


@pytest.fixture(params=["memory", "dynamodb"])
def store(request, clock):
    if request.param == "memory":
        return MemoryMarketStore(clock)
    return request.getfixturevalue("dynamo_store")


def a_market(market_id="M-1", venue=Venue.KALSHI, fees=None, **changes):
    base = Market(
        venue=venue,
        market_id=market_id,
        title="Will it rain?",
        tradeable=True,
        price_bands=(PriceBand(1000, 99_000, 1000), PriceBand(100_000, 990_000, 10_000)),
        size_step=10_000,
        min_size=ONE,
        min_notional=0,
        fees=fees or KalshiFees(multiplier_ppm=500_000),
        closes_at=NOW,
        volume=123,
        terms={"series": "KXRAIN"},
    )
    return replace(base, **changes)


def a_pair(pair_id="pair_1", **changes):
    base = Pair(
        pair_id,
        MarketKey(Venue.KALSHI, "M-1"),
        MarketKey(Venue.POLYMARKET, "0xm:1#2"),
        Relation.SAME,
        PairStatus.PROPOSED,
        title="Rain",
        rules_hash="h1",
    )
    return replace(base, **changes)


def a_record(**changes):
    base = OpportunityRecord(
        "20261123T120000Z", "pair_1", "kalshi:yes+polymarket:no", "Rain", NOW, "taken", ""
    )
    return replace(base, **changes)


def a_book(ms=NOW_MS, bid=400_000, ask=420_000, levels=1):
    key = MarketKey(Venue.LIMITLESS, "rain")
    bids = [(bid - 1000 * level, ONE) for level in range(levels)]
    return OrderBook.from_yes_book(key, bids, [(ask, 2 * ONE)], ms)


def test_markets_come_back_as_they_were_put(store):
    markets = [
        a_market(),
        a_market("0xm", Venue.POLYMARKET, PolymarketFees(250, 2), resolves_at=NOW),
        a_market("slug:with#signs", Venue.LIMITLESS, LimitlessFees(250, collateral=True)),
    ]

    assert store.put_markets(markets) == 3

    assert store.market(markets[1].key) == markets[1]
    assert store.market(MarketKey(Venue.KALSHI, "none")) is None
    keys = [*(market.key for market in markets), markets[0].key, MarketKey(Venue.KALSHI, "none")]
    assert store.markets(keys) == {market.key: market for market in markets}


def test_only_markets_that_changed_are_written(store):
    store.put_markets(a_market(f"M-{number}") for number in range(150))

    again = [a_market(f"M-{number}", tradeable=number != 7) for number in range(150)]

    assert store.put_markets(again) == 1
    assert store.put_markets(again) == 0
    assert store.market(again[7].key) == again[7]


def test_a_known_pair_gets_new_facts_and_keeps_its_decision(store):
    store.put_pair(a_pair())
    store.set_pair_status("pair_1", [PairStatus.PROPOSED], PairStatus.REJECTED, "other city", "0xop")

    store.put_pair(a_pair(score_ppm=990_000, status=PairStatus.APPROVED, reason="sure"))
    store.put_pair(a_pair(score_ppm=990_000))

    expected = a_pair(score_ppm=990_000, status=PairStatus.REJECTED, reason="other city")
    assert store.pair("pair_1") == expected
    assert store.pairs(PairStatus.REJECTED, 10).items == (expected,)
    assert store.pair("pair_2") is None


def test_a_pair_moves_only_from_an_expected_status_and_changes_its_list(store):
    store.put_pair(a_pair())

    approved = store.set_pair_status("pair_1", [PairStatus.PROPOSED], PairStatus.APPROVED, "read", "0xop")
    with pytest.raises(WrongState):
        store.set_pair_status("pair_1", [PairStatus.PROPOSED], PairStatus.REJECTED, "late", "0xop")
    with pytest.raises(NotFound):
        store.set_pair_status("pair_2", [PairStatus.PROPOSED], PairStatus.REJECTED, "", "0xop")

    assert approved == a_pair(status=PairStatus.APPROVED, reason="read") == store.pair("pair_1")
    assert store.pairs(PairStatus.PROPOSED, 10).items == ()
    assert store.pairs(PairStatus.APPROVED, 10).items == (approved,)


def test_proposals_are_stored_once_and_listed_without_their_evidence(store):
    found = a_pair(evidence=("date: 2026",), doubts=("source: a / b", "void: a / b"), score_ppm=1)

    assert store.propose([found, found]) == 1
    assert store.propose([found]) == 0

    assert store.pair("pair_1") == found
    listed = replace(found, evidence=(), doubts=("source: a / b",))
    assert store.pairs(PairStatus.PROPOSED, 10).items == (listed,)


def test_a_decision_stands_until_a_text_is_another(store):
    store.propose([a_pair()])
    store.set_pair_status("pair_1", [PairStatus.PROPOSED], PairStatus.APPROVED, "read", "0xop")

    assert store.propose([a_pair()]) == 0
    assert store.propose([a_pair(rules_hash="h2", status=PairStatus.UNSURE)]) == 1

    pair = store.pair("pair_1")
    assert (pair.status, pair.rules_hash) == (PairStatus.UNSURE, "h2")
    assert pair.reason.startswith("reopened")
    assert store.pairs(PairStatus.APPROVED, 10).items == ()


def test_what_pays_again_and_again_is_known_since_when(store, clock):
    way, lapse = ("pair_1", "a:yes+b:no"), timedelta(seconds=60)
    assert store.first_seen([way], NOW, lapse) == {way: NOW}
    soon = NOW + timedelta(seconds=45)

    assert store.first_seen([way, ("pair_2", "x")], soon, lapse) == {way: NOW, ("pair_2", "x"): soon}
    assert store.first_seen([way], soon + lapse, lapse)[way] == NOW
    late = soon + 3 * lapse
    assert store.first_seen([way], late, lapse) == {way: late}
    assert store.first_seen([], late, lapse) == {}


def test_open_markets_are_walked_slot_by_slot_without_their_rules(store):
    store.put_markets(a_market(f"M-{number}", rules="long text") for number in range(300))
    store.put_markets([a_market("M-0", tradeable=False), a_market("0xm", Venue.POLYMARKET)])

    slots = [list(store.listed(Venue.KALSHI, [slot])) for slot in range(MARKET_SLOTS)]

    assert max(map(len, slots)) < 40
    assert {market.market_id for slot in slots for market in slot} == {f"M-{n}" for n in range(1, 300)}
    assert sum(1 for _ in store.listed(Venue.KALSHI, range(MARKET_SLOTS))) == 299
    assert {market.rules for slot in slots for market in slot} == {""}
    assert store.market(a_market("M-1").key).rules == "long text"


def test_what_a_pass_has_not_seen_is_closed_and_still_known(store):
    store.put_markets(a_market(f"M-{number}") for number in range(5))
    store.put_markets([a_market("0xm", Venue.POLYMARKET)])
    store.note_listed(Venue.KALSHI, "p1", "0", ["M-0", "M-1"])
    store.note_listed(Venue.KALSHI, "p1", "1", ["M-2", "M-4"])
    store.note_listed(Venue.KALSHI, "p0", "0", ["M-3"])

    assert store.close_missing(Venue.KALSHI, "p1") == 1
    assert store.close_missing(Venue.KALSHI, "p1") == 0

    gone = a_market("M-3")
    assert store.market(gone.key) == replace(gone, tradeable=False)
    assert store.markets([gone.key, a_market("M-4").key])[gone.key].tradeable is False
    assert gone.market_id not in {one.market_id for one in store.listed(Venue.KALSHI, range(MARKET_SLOTS))}
    assert store.put_markets([gone]) == 1
    assert store.market(gone.key) == gone


def test_a_pass_that_saw_less_than_half_closes_nothing(store):
    store.put_markets(a_market(f"M-{number}") for number in range(100))
    store.note_listed(Venue.KALSHI, "p1", "0", [f"M-{number}" for number in range(49)])

    with pytest.raises(CatalogueShrank, match="kalshi"):
        store.close_missing(Venue.KALSHI, "p1")

    assert sum(1 for _ in store.listed(Venue.KALSHI, range(MARKET_SLOTS))) == 100


def listed_of_100(store, pass_id, ids):
    """What a pass over a hundred markets closes that saw these."""
    store.note_listed(Venue.KALSHI, pass_id, "0", [f"M-{number}" for number in ids])
    try:
        return store.close_missing(Venue.KALSHI, pass_id)
    except CatalogueShrank:
        return None


@pytest.mark.parametrize(
    ("passes", "closed"),
    [
        ([("p1", range(30)), ("p2", range(20))], [None, 70]),
        ([("p1", range(30)), ("p1", range(30))], [None, None]),
        ([("p1", range(30)), ("p2", range(100)), ("p3", range(30))], [None, 0, None]),
        ([("p1", range(40)), ("p2", range(60, 100))], [None, None]),
        ([("p1", []), ("p2", [])], [None, None]),
    ],
    ids=["two agree", "one repeated", "whole in between", "two disagree", "nothing at all"],
)
def test_a_catalogue_has_shrunk_when_a_second_pass_says_so(store, passes, closed):
    store.put_markets(a_market(f"M-{number}") for number in range(100))
    assert [listed_of_100(store, *each) for each in passes] == closed


def test_pairs_are_listed_page_by_page(store):
    for number in range(5):
        store.put_pair(a_pair(f"pair_{number}"))

    first = store.pairs(PairStatus.PROPOSED, 3)
    second = store.pairs(PairStatus.PROPOSED, 3, first.next_key)

    assert [pair.pair_id for pair in (*first.items, *second.items)] == [f"pair_{n}" for n in range(5)]
    assert second.next_key == ""


def test_opportunities_are_newest_tick_first_and_best_first_within(store):
    later = NOW + timedelta(seconds=15)
    records = [
        a_record(pair_id="low", annualised=10, legs=({"venue": "kalshi"},), first_seen_at=NOW),
        a_record(pair_id="loss", annualised=-7),
        a_record(pair_id="high", annualised=900_000, seen_at=NOW + timedelta(milliseconds=3)),
        a_record(pair_id="new", tick_id="20261123T120015Z", seen_at=later),
    ]
    store.put_opportunities([*records, records[0]])

    page = store.opportunities(later, 10)

    assert page.items == (records[3], records[2], records[0], records[1])


def test_opportunities_page_across_hours_and_end_after_a_day(store):
    records = [
        a_record(tick_id=f"{at:%Y%m%dT%H%M%SZ}", seen_at=at)
        for at in (NOW - timedelta(hours=hours) for hours in (0, 1, 1.5, 23.9, 24.1, 30))
    ]
    store.put_opportunities(records)

    seen, start = [], ""
    for _ in range(5):
        page = store.opportunities(NOW, 1, start)
        seen += page.items
        if not (start := page.next_key):
            break

    assert seen == records[:4]


def test_books_and_quotes_are_kept(store, clock):
    book = a_book()
    store.put_books([book])

    assert store.books([book.key, MarketKey(Venue.KALSHI, "none")]) == {book.key: book}
    assert store.quotes(book.key, NOW, 10) == [Quote(NOW, 400_000, 420_000, 580_000, 600_000)]
    assert store.quotes(book.key, NOW + timedelta(seconds=1), 10) == []


def test_an_empty_side_has_no_best_price(store):
    empty = OrderBook.from_yes_book(MarketKey(Venue.LIMITLESS, "rain"), [], [], NOW_MS)

    store.put_books([empty])

    assert store.quotes(empty.key, NOW, 1) == [Quote(NOW, None, None, None, None)]


def test_history_is_one_bar_a_minute(store, clock):
    key = a_book().key
    for seconds, bid in [(0, 400_000), (15, 404_000), (45, 398_000), (60, 410_000), (200, 402_000)]:
        store.put_books([a_book(NOW_MS + seconds * 1000, bid, bid + 20_001)])

    seen = store.history(key, NOW + timedelta(seconds=1))

    first = Bar(NOW, 410_000, 414_000, 408_000, 408_000, 398_000, 418_001, 3)
    assert seen[0] == first
    assert [(bar.at - NOW) // timedelta(minutes=1) for bar in seen] == [0, 1, 3]
    assert store.history(key, NOW + timedelta(minutes=1)) == seen[1:]
    assert store.history(MarketKey(Venue.KALSHI, "none"), NOW) == []


def test_a_side_that_is_empty_makes_no_bar(store):
    empty = OrderBook.from_yes_book(MarketKey(Venue.LIMITLESS, "rain"), [(400_000, ONE)], [], NOW_MS)
    store.put_books([empty])

    assert store.history(empty.key, NOW) == []


def test_the_last_word_on_a_venues_health_counts(store):
    sick = VenueHealth(Venue.KALSHI, False, "HTTP 503", NOW, 40, 90, 12, 3, "open", -20, 85, 240)
    fine = VenueHealth(Venue.LIMITLESS, True, "", NOW)

    store.put_health([fine, replace(sick, healthy=True)])
    store.put_health([sick])

    assert list(store.health()) == [sick, fine]


def test_a_tick_is_leased_once_until_the_lease_ends(store, clock):
    expires_at = NOW_MS // 1000 + 60

    assert store.lease_tick("t1", expires_at)
    assert not store.lease_tick("t1", expires_at)
    assert store.lease_tick("t2", expires_at)
    clock.advance(60_000)
    assert store.lease_tick("t1", expires_at + 60)


def test_one_scan_holds_the_lease_until_it_lets_go_or_its_time_is_over(store, clock):
    until = NOW_MS // 1000 + 31

    assert store.lease_scan(until)
    assert not store.lease_scan(until)
    store.release_scan(until)
    assert store.lease_scan(until)
    clock.advance(31_000)
    assert store.lease_scan(until + 31)
    store.release_scan(until)  # of the one that took too long
    assert not store.lease_scan(until + 31)


# -------------------------------------------------------------------------------------- DynamoDB's own


def test_trading_volume_alone_is_no_news_until_it_doubles(dynamo_store):
    dynamo_store.put_markets([a_market(volume=1000)])

    assert dynamo_store.put_markets([a_market(volume=1023)]) == 0
    assert dynamo_store.put_markets([a_market(volume=2100)]) == 1


def test_ten_levels_a_side_are_kept(dynamo_store):
    book = a_book(levels=14)
    dynamo_store.put_books([book])

    assert dynamo_store.books([book.key])[book.key].yes_bids == book.yes_bids[:10]


def test_history_grows_on_change_or_once_a_minute(store):
    key = a_book().key
    for seconds, bid in [(0, 400_000), (15, 400_000), (30, 410_000), (45, 410_000), (90, 410_000)]:
        store.put_books([a_book(NOW_MS + seconds * 1000, bid)])

    moments = [(quote.at - NOW).total_seconds() for quote in store.quotes(key, NOW, 10)]

    assert moments == [0, 30, 90]
    assert store.books([key])[key].requested_at_ms == NOW_MS + 90_000


def test_a_change_is_kept_whichever_of_two_warm_processes_sees_it(dynamo_store, other_store):
    """Each remembers what it saw last; in between the other may have noted another price."""
    key = a_book().key
    turns = [(0, 400_000), (15, 410_000), (30, 400_000), (45, 400_000), (60, 410_000), (75, 410_000)]
    for turn, (seconds, bid) in enumerate(turns):
        store = other_store if turn % 2 else dynamo_store
        store.put_books([a_book(NOW_MS + seconds * 1000, bid)])

    moments = [(quote.at - NOW).total_seconds() for quote in dynamo_store.quotes(key, NOW, 10)]

    assert moments == [0, 15, 30, 60]


def test_a_process_that_writes_alone_reads_no_books_to_know_what_changed(dynamo_store, monkeypatch):
    dynamo_store.put_books([a_book()])
    reads = []

    def get_many(self, keys, **how):
        reads.extend(keys)
        return []

    monkeypatch.setattr(Table, "get_many", get_many)

    dynamo_store.put_books([a_book(NOW_MS + 15_000, 410_000)])

    assert reads == []


def test_bars_outlive_the_quotes_they_were_made_of(dynamo_store, clock):
    key = a_book().key
    for minute in range(150):
        dynamo_store.put_books([a_book(NOW_MS + minute * 60_000, 400_000 + minute * 1000, 600_000)])
    clock.advance(150 * 60_000)
    before = dynamo_store.history(key, NOW)

    packed = dynamo_store.roll_up([key], NOW + timedelta(minutes=150))

    assert (len(before), packed) == (150, 2)
    assert dynamo_store.history(key, NOW) == before, "the third hour is still quotes"
    assert dynamo_store.roll_up([key], NOW + timedelta(minutes=150)) == 0
    clock.advance(40 * 3600 * 1000)
    assert dynamo_store.roll_up([key], NOW + timedelta(hours=42, minutes=30)) == 40
    clock.advance(10 * 24 * 3600 * 1000)
    assert dynamo_store.quotes(key, NOW, 10) == []
    assert dynamo_store.history(key, NOW) == before
    assert dynamo_store.history(key, NOW + timedelta(minutes=119)) == before[119:]
    clock.advance(80 * 24 * 3600 * 1000)
    assert dynamo_store.history(key, NOW) == []


def test_packing_markets_that_nobody_scans_asks_for_no_quotes(dynamo_store, clock, monkeypatch):
    seen = a_book()
    dynamo_store.put_books([seen])
    clock.advance(3_600_000)
    asked = []
    known = Table.query

    def query(self, condition, **how):
        asked.append(how["pk"])
        return known(self, condition, **how)

    monkeypatch.setattr(Table, "query", query)
    unseen = [MarketKey(Venue.KALSHI, f"K-{number}") for number in range(150)]

    assert dynamo_store.roll_up([seen.key, *unseen], NOW + timedelta(hours=1)) == 1
    assert set(asked) == {f"BARS#{seen.key}", f"HIST#{seen.key}"}


def test_a_market_seen_for_the_first_time_is_packed_from_its_first_hour(dynamo_store, clock):
    key = a_book().key
    clock.advance(10 * 60_000)
    dynamo_store.put_books([a_book(NOW_MS + 10 * 60_000)])

    assert dynamo_store.roll_up([key], NOW + timedelta(minutes=10)) == 0
    clock.advance(60 * 60_000)
    assert dynamo_store.roll_up([key], NOW + timedelta(minutes=70)) == 1


def test_what_has_expired_is_not_there_though_dynamodb_has_not_removed_it(dynamo_store, clock):
    book = a_book()
    dynamo_store.put_books([book])
    dynamo_store.put_health([VenueHealth(Venue.KALSHI, True, "", NOW)])

    clock.advance(2 * 24 * 3600 * 1000)

    assert dynamo_store.books([book.key]) == {}
    assert dynamo_store.quotes(book.key, NOW, 10) == []
    assert dynamo_store.health() == []


@pytest.mark.parametrize("cursor", ["nonsense", "e30", "eyJwayI6IjEifQ", "WzFd"])
def test_a_cursor_that_is_not_ours_is_the_callers_mistake(dynamo_store, cursor):
    with pytest.raises(InvalidInput, match="cursor"):
        dynamo_store.opportunities(NOW, 10, cursor)


def test_a_market_that_was_listed_anew_meanwhile_is_not_closed(dynamo_store, tables):
    dynamo_store.put_markets([a_market("M-1"), a_market("M-2"), a_market("M-3")])
    dynamo_store.note_listed(Venue.KALSHI, "p1", "0", ["M-2", "M-3"])
    again = a_market("M-1", title="Will it snow?")
    tables.client.interrupt("transact_write_items", lambda: dynamo_store.put_markets([again]))

    assert dynamo_store.close_missing(Venue.KALSHI, "p1") == 0
    assert dynamo_store.market(again.key) == again


def test_a_decision_between_the_matchers_read_and_write_is_not_lost(dynamo_store, tables):
    dynamo_store.propose([a_pair()])

    def approve():
        dynamo_store.set_pair_status("pair_1", [PairStatus.PROPOSED], PairStatus.APPROVED, "read", "0xop")

    tables.client.interrupt("transact_write_items", approve)
    dynamo_store.propose([a_pair(score_ppm=5)])

    assert (dynamo_store.pair("pair_1").status, dynamo_store.pair("pair_1").score_ppm) == (
        PairStatus.APPROVED,
        5,
    )

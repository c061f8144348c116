"""What `PaperStore` promises, of the store in memory and of DynamoDB alike."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from dutchbook.adapters.paper import DynamoPaperStore
from dutchbook.domain.errors import InsufficientFunds
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import ONE
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.paper import Moves
from dutchbook.ports.venues import VenuePosition
from tests.support.paper_store import InMemoryPaperStore

KEY = MarketKey(Venue.KALSHI, "KX:A#1")


@pytest.fixture(params=["memory", "dynamodb"])
def store(request, clock):
    if request.param == "memory":
        return InMemoryPaperStore()
    return DynamoPaperStore(request.getfixturevalue("tables").markets, clock)


def test_a_record_id_is_taken_once(store):
    assert store.put_record("agt_1", KEY, "c-1", {"shares": "10"})
    assert not store.put_record("agt_1", KEY, "c-1", {"shares": "11"})
    assert store.put_record("agt_2", KEY, "c-1", {"shares": "12"})

    assert store.records("agt_1", ["c-1", "c-2"]) == {"c-1": {"shares": "10"}}


def test_amounts_move_with_their_record_or_neither_does(store):
    store.move_balance("agt_1", Venue.KALSHI, 10 * ONE, "opening")
    store.move_shares("agt_1", KEY, Outcome.YES, 5, "gift")

    assert store.put_record("agt_1", KEY, "c-1", {}, Moves(-4 * ONE, {Outcome.YES: -5, Outcome.NO: 0}))
    assert not store.put_record("agt_1", KEY, "c-1", {}, Moves(-4 * ONE))
    for beyond in (Moves(-6 * ONE - 1), Moves(0, {Outcome.YES: -1}), Moves(-ONE, {Outcome.NO: -1})):
        with pytest.raises(InsufficientFunds):
            store.put_record("agt_1", KEY, "c-2", {}, beyond)
    assert store.put_record("agt_1", KEY, "c-2", {}, Moves(ONE, {Outcome.NO: 7}))

    assert store.balance("agt_1", Venue.KALSHI) == 7 * ONE
    assert list(store.positions("agt_1", Venue.KALSHI)) == [VenuePosition(KEY, Outcome.NO, 7)]


def test_a_level_gives_no_more_than_it_displays(store):
    taken = [store.consume(KEY, "yes:buy", 400_000, 40, 100, "t1") for _ in range(4)]

    assert taken == [40, 40, 20, 0]
    assert store.consume(KEY, "yes:buy", 400_000, 40, 30, "t1") == 0
    assert store.consume(KEY, "yes:buy", 410_000, 40, 100, "t1") == 40
    assert store.consume(KEY, "no:buy", 400_000, 40, 100, "t1") == 40
    assert store.consume(KEY, "yes:buy", 400_000, 40, 100, "t2") == 40


def test_racing_orders_never_take_the_same_depth(store):
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: store.consume(KEY, "yes:buy", 400_000, 7, 50, "t1"), range(10)))

    assert sum(taken) == 50


def test_a_balance_moves_once_for_each_entry_and_never_below_zero(store):
    for _ in range(2):
        store.move_balance("agt_1", Venue.KALSHI, 10 * ONE, "opening")
    for _ in range(2):
        store.move_balance("agt_1", Venue.KALSHI, -4 * ONE, "c-1:hold")
    with pytest.raises(InsufficientFunds):
        store.move_balance("agt_1", Venue.KALSHI, -6 * ONE - 1, "c-2:hold")
    with pytest.raises(InsufficientFunds):
        store.move_balance("agt_1", Venue.POLYMARKET, -1, "c-2:hold")

    assert store.balance("agt_1", Venue.KALSHI) == 6 * ONE
    assert store.balance("agt_1", Venue.POLYMARKET) == 0
    assert store.balance("agt_2", Venue.KALSHI) == 0


def test_a_refused_entry_may_be_tried_again(store):
    with pytest.raises(InsufficientFunds):
        store.move_balance("agt_1", Venue.KALSHI, -1, "c-1:hold")
    store.move_balance("agt_1", Venue.KALSHI, 5, "opening")

    store.move_balance("agt_1", Venue.KALSHI, -1, "c-1:hold")

    assert store.balance("agt_1", Venue.KALSHI) == 4


def test_shares_move_once_for_each_entry_and_are_listed_by_venue(store):
    other = MarketKey(Venue.POLYMARKET, "0xm")
    for _ in range(2):
        store.move_shares("agt_1", KEY, Outcome.YES, 10, "c-1:bought")
    store.move_shares("agt_1", KEY, Outcome.NO, 3, "c-1:bought")
    store.move_shares("agt_1", KEY, Outcome.NO, -3, "c-2:hold")
    store.move_shares("agt_1", other, Outcome.YES, 7, "c-1:bought")
    with pytest.raises(InsufficientFunds):
        store.move_shares("agt_1", KEY, Outcome.YES, -11, "c-3:hold")

    assert list(store.positions("agt_1", Venue.KALSHI)) == [VenuePosition(KEY, Outcome.YES, 10)]
    assert list(store.positions("agt_1", Venue.POLYMARKET)) == [VenuePosition(other, Outcome.YES, 7)]

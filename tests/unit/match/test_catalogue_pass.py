"""A catalogue pass sees every open market once, writes what changed and closes what is gone."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from dutchbook.domain.errors import VenueUnreachable
from dutchbook.domain.venue import Venue
from dutchbook.ports.markets import MARKET_SLOTS
from dutchbook.ports.venues import Account, CataloguePage, MarketData, VenueConnector
from dutchbook.usecases.match_markets.catalogue import LONGEST_MS, Listing, Progress, list_some
from tests.support.builders import NOW_MS
from tests.support.ledger import MemoryMarketStore
from tests.support.market_data import FakeClock, FakeMarketData
from tests.support.markets import a_market


class Venues:
    """The Connectors port for a catalogue: public data only."""

    def __init__(self, data: Mapping[Venue, MarketData]) -> None:
        self._data = data

    def data(self, venue: Venue) -> MarketData:
        return self._data[venue]

    def trading(self, venue: Venue, account: Account, *, simulated: bool) -> VenueConnector:
        raise AssertionError("a catalogue pass trades nothing")


class Pass:
    """A venue with markets and a store; `run` calls until the pass is done, as the state machine does."""

    def __init__(self, count: int = 250) -> None:
        self.clock = FakeClock(NOW_MS)
        self.store = MemoryMarketStore(self.clock)
        self.venue = FakeMarketData(
            Venue.KALSHI, [a_market(Venue.KALSHI, f"M-{number}") for number in range(count)]
        )
        self.world = Listing(self.clock, self.store, Venues({Venue.KALSHI: self.venue}))
        self.calls = 0

    def run(self, number: int = 1) -> Progress:
        progress = Progress(Venue.KALSHI, f"p{number}")
        while not progress.done:
            # between two calls all that is known is what the state machine keeps: JSON
            progress = list_some(self.world, Progress.from_event(progress.to_record()))
            self.calls += 1
        return progress

    def open_ids(self) -> set[str]:
        return {market.market_id for market in self.store.listed(Venue.KALSHI, range(MARKET_SLOTS))}


def test_every_open_market_is_stored_and_nothing_is_written_twice():
    listed = Pass()

    first, again = listed.run(1), listed.run(2)

    assert (first.listed, first.parts, first.written, first.closed) == (250, 3, 250, 0)
    assert (again.listed, again.written) == (250, 0)
    assert len(listed.open_ids()) == 250


def test_what_changed_is_written_and_what_is_gone_is_closed_but_not_forgotten():
    listed = Pass()
    listed.run(1)
    listed.venue.drop_market("M-7")
    listed.venue.set_market(replace(a_market(Venue.KALSHI, "M-8"), rules="other words"))

    second = listed.run(2)

    assert (second.written, second.closed) == (1, 1)
    assert "M-7" not in listed.open_ids()
    gone = listed.store.market(a_market(Venue.KALSHI, "M-7").key)
    assert gone is not None
    assert not gone.tradeable


def test_a_long_catalogue_is_listed_in_several_calls_each_within_its_time():
    listed = Pass()
    page = listed.venue.catalogue_page

    def slow(cursor: str) -> CataloguePage:
        listed.clock.advance(LONGEST_MS)
        return page(cursor)

    listed.venue.catalogue_page = slow

    assert listed.run().listed == 250
    assert listed.calls == 4, "a page a call, and one to close"


def test_a_venue_that_fails_half_way_closes_nothing():
    listed = Pass()
    listed.run(1)
    listed.venue.drop_market("M-7")
    listed.venue.page_size = 10
    listed.venue.failure = VenueUnreachable("down")

    with pytest.raises(VenueUnreachable):
        listed.run(2)

    assert len(listed.open_ids()) == 250


def test_a_venue_that_suddenly_lists_hardly_anything_closes_nothing_and_says_so():
    listed = Pass()
    listed.run(1)
    for number in range(200):
        listed.venue.drop_market(f"M-{number}")

    second = listed.run(2)

    assert second.closed == 0
    assert second.problem
    assert len(listed.open_ids()) == 250


def test_a_cursor_that_comes_again_ends_the_pass_as_a_failure():
    listed = Pass()
    listed.venue.catalogue_page = lambda _cursor: CataloguePage([], "again")

    with pytest.raises(VenueUnreachable, match="circles"):
        listed.run()


def test_a_market_that_comes_back_is_open_again():
    listed = Pass()
    listed.run(1)
    listed.venue.drop_market("M-7")
    listed.run(2)
    listed.venue.set_market(a_market(Venue.KALSHI, "M-7"))

    assert listed.run(3).written == 1
    assert "M-7" in listed.open_ids()

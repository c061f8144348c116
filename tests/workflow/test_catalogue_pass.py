"""The catalogue's state machine over the deployed handlers: what is tried again, what a failure costs."""

import importlib
from pathlib import Path

import pytest

from dutchbook.domain.errors import BreakerOpen, VenueThrottled, VenueUnreachable
from dutchbook.domain.venue import Venue
from dutchbook.usecases.match_markets.catalogue import Listing
from local.dispatch import state_machine
from tests.support.builders import NOW_MS
from tests.support.ledger import MemoryMarketStore
from tests.support.market_data import FakeClock, FakeMarketData
from tests.support.markets import a_market
from tests.workflow.conftest import Context

app = importlib.import_module("functions.scan.app")
DEFINITION = Path(__file__).parents[2] / "statemachines" / "catalogue.asl.json"
FUNCTIONS = {"CatalogueFunctionArn": "catalogue", "MatchFunctionArn": "match"}


class Venues(dict):
    """The Connectors port for a catalogue: public data only."""

    def data(self, venue):
        return self[venue]


class Failing(FakeMarketData):
    """Raises these errors before it answers."""

    errors = ()

    def catalogue_page(self, cursor):
        if self.errors:
            first, *self.errors = self.errors
            raise first
        return super().catalogue_page(cursor)


@pytest.fixture
def cloud(monkeypatch):
    clock = FakeClock(NOW_MS)
    store = MemoryMarketStore(clock)
    venues = Venues({venue: Failing(venue, [a_market(venue)]) for venue in Venue})
    monkeypatch.setattr(app, "listing", lambda: Listing(clock, store, venues))
    monkeypatch.setattr(app, "store", lambda: store)
    handlers = {
        "catalogue": lambda event: app.catalogue(event, Context()),
        "match": lambda event: app.match(event, Context()),
    }
    event = {"scheduled_time": "2026-11-23T12:00:00Z", "venues": [str(venue) for venue in Venue]}
    with state_machine(DEFINITION, FUNCTIONS, handlers, clock.sleep) as machine:
        yield store, venues, lambda: machine.run("pass", event)


@pytest.mark.parametrize("error", [VenueUnreachable, VenueThrottled, BreakerOpen])
def test_a_venue_that_answers_at_the_third_time_is_listed(cloud, error):
    store, venues, run = cloud
    venues[Venue.KALSHI].errors = [error("no answer"), error("no answer")]

    ended = run()

    assert (ended.status, "VenueLost" in ended.states) == ("SUCCEEDED", False)
    assert store.market(a_market(Venue.KALSHI).key) is not None


def test_known_pairs_are_reviewed_before_new_ones_are_looked_for(cloud):
    _, _, run = cloud
    states = run().states
    assert states.index("EachStatus") < states.index("EachPart")
    assert (states.count("Review"), "ReviewLost" in states, "PartLost" in states) == (5, False, False)


def test_a_venue_that_never_answers_costs_its_own_part_only(cloud):
    store, venues, run = cloud
    venues[Venue.KALSHI].errors = [VenueUnreachable("no answer")] * 9

    ended = run()

    assert (ended.status, ended.states.count("VenueLost")) == ("SUCCEEDED", 1)
    assert len(venues[Venue.KALSHI].errors) == 6, "tried three times"
    assert store.market(a_market(Venue.POLYMARKET).key) is not None

"""The simulators' books can be moved over their control, and only to books that could stand there."""

import pytest
import requests

from local.venues.server import SimulatedVenues
from tests.unit.local.support import FakeClock

MARKET = "KXPRESPARTY-2028-D"


@pytest.fixture(scope="module")
def venues():
    with SimulatedVenues(seed=7, clock=FakeClock()) as running:
        yield running


@pytest.fixture
def state(venues):
    return venues.states["kalshi"]


def pin(venues, **body):
    url = venues.urls["kalshi"] + "/_sim/kalshi/book"
    return requests.post(url, json={"market": MARKET, **body}, timeout=5)


def test_a_pinned_book_is_what_everybody_sees_until_it_is_let_go(venues, state):
    before = state.depth(MARKET)

    assert pin(venues, bids=[["0.58", "10"], ["0.5", "20"]], asks=[["0.6", "1.5"]]).ok
    assert state.depth(MARKET).bids == ((580_000, 10_000_000), (500_000, 20_000_000))
    assert state.depth(MARKET).asks == ((600_000, 1_500_000),)
    assert pin(venues).json()["pinned"] is False
    assert state.depth(MARKET) == before


@pytest.mark.parametrize(
    "body",
    [
        {"bids": [["0.6", "1"]], "asks": [["0.5", "1"]]},
        {"bids": [["0.5", "1"], ["0.6", "1"]]},
        {"asks": [["1", "1"]]},
        {"asks": [["0.5", "0"]]},
        {"asks": [["half", "1"]]},
        {"asks": 5},
        {"market": "unknown", "bids": []},
    ],
    ids=["crossed", "out of order", "a dollar", "nothing", "no number", "no list", "no market"],
)
def test_what_could_not_stand_there_is_refused(venues, body):
    assert pin(venues, **body).status_code == 400

"""People hear of a venue that is down, not of a single lost request and not every minute."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dutchbook.domain.venue import Venue
from dutchbook.ports.markets import VenueHealth
from dutchbook.usecases.watch_venues import watch
from tests.support.builders import NOW, NOW_MS
from tests.support.execution import Notices
from tests.support.ledger import MemoryMarketStore
from tests.support.market_data import FakeClock

DOWN = VenueHealth(Venue.KALSHI, False, "503 from the venue", NOW, calls=20, errors=18)


def told(*health):
    clock, notices = FakeClock(NOW_MS), Notices()
    markets = MemoryMarketStore(clock)
    markets.put_health(health)
    return watch(markets, notices, clock), notices, (markets, clock)


def test_a_venue_that_is_down_is_told_with_its_reason():
    down, notices, _ = told(DOWN, VenueHealth(Venue.POLYMARKET, True, "", NOW, calls=20))
    assert down == ["kalshi"]
    (notice,) = notices
    assert (notice.kind, notice.venue) == ("venue down", "kalshi")
    assert "503 from the venue" in notice.what


def test_it_is_told_once_while_it_lasts():
    _, notices, (markets, clock) = told(DOWN)
    watch(markets, notices, clock)
    assert len(notices) == 1


@pytest.mark.parametrize(
    "health",
    [
        replace(DOWN, healthy=True),
        replace(DOWN, calls=1, errors=1),
        replace(DOWN, checked_at=NOW - timedelta(minutes=10)),
    ],
)
def test_what_is_no_outage_now_is_not_told(health):
    down, notices, _ = told(health)
    assert (down, notices) == ([], [])

"""Kalshi's weekly maintenance by the calendar: exact in Eastern time, whatever the season."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dutchbook.domain.errors import MarketClosed
from dutchbook.domain.money import ONE
from dutchbook.domain.venue import Venue
from tests.support.market_data import FakeClock
from venues.environments import kalshi
from venues.health import HealthRecorder
from venues.kalshi.maintenance import eastern, in_maintenance
from venues.kalshi.trading import KalshiTrading
from venues.servertime import ServerTime

NEW_YORK = ZoneInfo("America/New_York")


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def new_york(text: str) -> int:
    return ms(datetime.fromisoformat(text).replace(tzinfo=NEW_YORK))


@pytest.mark.parametrize(
    ("moment", "paused"),
    [
        ("2026-11-26T02:59:59", False),
        ("2026-11-26T03:00:00", True),
        ("2026-11-26T04:59:59", True),
        ("2026-11-26T05:00:00", False),
        ("2026-07-02T02:59:59", False),
        ("2026-07-02T03:00:00", True),
        ("2026-07-02T04:59:59", True),
        ("2026-07-02T05:00:00", False),
        ("2026-07-01T04:00:00", False),
        ("2026-07-03T04:00:00", False),
        # the Thursdays before and after the clocks change
        ("2026-03-05T03:00:00", True),
        ("2026-03-12T03:00:00", True),
        ("2026-10-29T03:00:00", True),
        ("2026-11-05T03:00:00", True),
    ],
)
def test_thursdays_from_three_to_five_in_the_morning(moment, paused):
    assert in_maintenance(new_york(moment)) is paused


def test_utc_moves_with_the_clocks():
    assert in_maintenance(ms(datetime(2026, 7, 2, 7, tzinfo=UTC)))
    assert not in_maintenance(ms(datetime(2026, 11, 26, 7, 59, 59, tzinfo=UTC)))
    assert in_maintenance(ms(datetime(2026, 11, 26, 8, tzinfo=UTC)))


def test_eastern_time_is_the_time_zone_databases():
    """Every half hour of the days around each change of clocks, and every 13 hours of the rest."""
    for year in range(2024, 2040):
        moments = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=13 * step) for step in range(675)]
        for month in (3, 11):
            first = datetime(year, month, 1, tzinfo=UTC)
            moments += [first + timedelta(minutes=30 * step) for step in range(48 * 15)]
        for moment in moments:
            assert eastern(ms(moment)) == moment.astimezone(NEW_YORK).replace(tzinfo=None)


class Calls:
    """Kalshi's answers while its status still says that it trades."""

    def exchange_status(self):
        return {"exchange_active": True, "trading_active": True}

    def balance(self):
        return {"balance_dollars": "100.0000"}


def at(moment: str, *, keeps_calendar: bool = True) -> KalshiTrading:
    clock = FakeClock(new_york(moment))
    time = ServerTime(clock, HealthRecorder(Venue.KALSHI, clock))
    return KalshiTrading(Calls(), time, keeps_calendar=keeps_calendar)


@pytest.mark.parametrize("moment", ["2026-11-26T02:55:00", "2026-11-26T03:00:00", "2026-11-26T04:59:59"])
def test_no_trade_begins_in_the_window_or_so_late_that_it_would_end_in_it(moment):
    with pytest.raises(MarketClosed, match="Thursdays"):
        at(moment).balance()


@pytest.mark.parametrize("moment", ["2026-11-26T02:54:59", "2026-11-26T05:00:00"])
def test_outside_of_it_trades_begin(moment):
    assert at(moment).balance().available == 100 * ONE


def test_a_simulator_keeps_no_calendar():
    assert at("2026-11-26T03:00:00", keeps_calendar=False).balance().available == 100 * ONE


@pytest.mark.parametrize(
    ("base", "own"),
    [("", True), ("https://api.elections.kalshi.com", True), ("http://localhost:8123", False)],
)
def test_kalshis_own_hosts_keep_it(base, own):
    assert kalshi({"KALSHI_API_BASE": base}).is_kalshis_own is own

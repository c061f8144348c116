"""Kalshi's weekly maintenance: Thursdays 03:00 to 05:00 US Eastern, when no order is placed or amended. Pure.

Eastern time is computed from the rule that the United States keep since 2007 (daylight saving from the second
Sunday of March, 2 a.m. standard time, to the first Sunday of November, 2 a.m. daylight time) rather than from
a time zone database, which the Lambda runtime does not promise to have. The tests compare it with one.
"""

from datetime import UTC, datetime, timedelta

LEAD_MS = 300_000
"""No trade is begun so shortly before: its last order would come into the window."""
_THURSDAY, _SUNDAY = 3, 6
_START_HOUR, _END_HOUR = 3, 5
_STANDARD, _DAYLIGHT = timedelta(hours=-5), timedelta(hours=-4)


def in_maintenance(unix_ms: int) -> bool:
    """Whether Kalshi's trading is paused by its calendar at this moment."""
    local = eastern(unix_ms)
    return local.weekday() == _THURSDAY and _START_HOUR <= local.hour < _END_HOUR


def eastern(unix_ms: int) -> datetime:
    """Wall-clock time in New York, without a zone."""
    moment = datetime.fromtimestamp(unix_ms // 1000, UTC).replace(tzinfo=None)
    summer_starts = _sunday(moment.year, 3, 2) + timedelta(hours=2) - _STANDARD
    summer_ends = _sunday(moment.year, 11, 1) + timedelta(hours=2) - _DAYLIGHT
    return moment + (_DAYLIGHT if summer_starts <= moment < summer_ends else _STANDARD)


def _sunday(year: int, month: int, number: int) -> datetime:
    """Midnight of the month's first, second, … Sunday."""
    first = datetime(year, month, 1)  # noqa: DTZ001  (wall-clock time)
    return first + timedelta(days=(_SUNDAY - first.weekday()) % 7 + 7 * (number - 1))

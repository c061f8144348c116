"""What a listing says of time outside its text: its times, its ticker and its slug."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime
from typing import Final, NamedTuple

from dutchbook.domain.matching.aliases.phrases import FIRST_YEARS
from dutchbook.domain.matching.dates import MONTHS

_TICKER_DATE: Final = re.compile(r"(?P<yy>[2-4]\d)(?:(?P<mon>[A-Z]{3})(?P<dd>\d{2})?\d*)?[A-Z]*")
_TICKER_YEAR: Final = re.compile(r"(?:[A-Z0-9]*[A-Z]|20)(?P<yy>[2-4]\d)")
_TICKER: Final = re.compile(r"[A-Z0-9.]+(?:-[A-Z0-9.]+)+")
_TICKER_BODY: Final = re.compile(
    r"KX(?:LEADER|NEXTTEAM|TEAMSIN)?(WNBA|NBA|NFL|MLB|NHL|MLS|UFC|PGA|NCAAF|NASCAR|OSCAR|GRAM|EMMY|TONY)"
)
_BODY_OF: Final = {"oscar": "oscars", "gram": "grammys", "emmy": "emmys", "tony": "tonys"}
_GRAMMYS: Final = re.compile(r"KXGRAM[A-Z0-9]*-([5-9]\d)\b")
"""Kalshi numbers the ceremonies of this one award: KXGRAMAOTY-69."""
_SLUG_DAY: Final = re.compile(r"-(20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?=-|$)")
_BY_FIRST_YEAR: Final = re.compile(r"KX(?:NFL(?!DRAFT)|NCAAF|CFB)", re.IGNORECASE)
_CREATED: Final = re.compile(r"-(1[6-9]\d{11})$")


class Hints(NamedTuple):
    """What the listing says of time outside its text."""

    event_day: date | None
    ticker_year: int
    closes: date | None
    by_first_year: bool = False
    """American football: the "2026 season" ends, and is settled, in 2027."""
    body: str = ""
    """The sports body in the ticker (KXWNBADPOY-26): Kalshi's titles may leave it out."""
    created: date | None = None
    """When the listing was made, where its name says so: Limitless's slugs end in that millisecond."""
    by_last_year: bool = False
    """A cup, the NBA, the NHL: a ticker's "26" is the season that ends in 2026."""


def hints_of(
    identity: str, event_time: datetime | None, close_time: datetime | None, slug: str = ""
) -> Hints:
    """Time hints of a listing; Kalshi tickers carry the event's day (KXEPLGAME-26MAY17…) or at least its
    year, Polymarket's slugs of matches the day (mlb-tor-det-2026-05-16).
    """
    day = event_time.date() if event_time else None
    if day is None and (dated := _SLUG_DAY.search(slug)):
        day = _calendar_day(dated[1])
    year = 0
    bare = identity.rsplit(":", 1)[-1]
    if _TICKER.fullmatch(bare):
        year, ticker_day = _ticker_time(bare.split("-")[1:])
        day = day or ticker_day
    closes = close_time.date() if close_time else None
    series = _TICKER_BODY.match(bare)
    if edition := _GRAMMYS.match(bare):
        year = FIRST_YEARS["grammy"] + int(edition[1])
    made = _CREATED.search(slug or bare)
    return Hints(
        day,
        year,
        closes,
        bool(_BY_FIRST_YEAR.search(bare)),
        _BODY_OF.get(series[1].lower(), series[1].lower()) if series else "",
        datetime.fromtimestamp(int(made[1]) // 1000, UTC).date() if made else None,
    )


def _calendar_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _ticker_time(parts: list[str]) -> tuple[int, date | None]:
    """The year, and the day if there is one, that a Kalshi ticker's parts carry."""
    for part in parts:
        match = _TICKER_DATE.fullmatch(part)
        if match:
            year, month = 2000 + int(match["yy"]), MONTHS.get((match["mon"] or "").lower(), 0)
            if month and match["dd"] and 1 <= int(match["dd"]) <= calendar.monthrange(year, month)[1]:
                return year, date(year, month, int(match["dd"]))
            return year, None
    for part in parts:
        match = _TICKER_YEAR.fullmatch(part)
        if match:
            return 2000 + int(match["yy"]), None
    return 0, None

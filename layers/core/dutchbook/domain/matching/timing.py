"""Whether two questions mean the same day, deadline, year and season."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from dutchbook.domain.matching.comparison import Comparison
from dutchbook.domain.matching.dates import Dates, When
from dutchbook.domain.matching.hints import Hints
from dutchbook.domain.matching.judgement import Family

_DAY: Final = timedelta(days=1)
_SETTLING: Final = timedelta(days=21)
"""Venues keep a game's market open up to two weeks after it (Kalshi: 13 days)."""
_SERIES: Final = frozenset({"mlb", "nba", "nhl", "wnba"})
"""Leagues whose clubs meet again within days."""
_NEXT_DAY: Final = frozenset({"mlb"})
"""Leagues whose clubs meet again on the next day."""
_NEAR: Final = timedelta(days=3)
_REPORTED_AFTER: Final = timedelta(days=31)
_AHEAD: Final = timedelta(days=270)
_NEXT_YEAR_S: Final = 10
"""From October on venues list the next year's championships beside this one's."""
_SAME_TERM: Final = timedelta(days=45)
"""Where no text names a date the closing times are the only deadlines: further apart they ask of two."""


def compare_game_day(
    left: Dates,
    right: Dates,
    mine: Hints,
    theirs: Hints,
    into: Comparison,
    *,
    leagues: frozenset[str] = frozenset(),
) -> None:
    """Games: one day apart is the same game (venues use UTC or local days), more is another game.

    In `leagues` whose clubs meet several days running the same two sides are not enough: the day must be
    known on both sides, and in baseball be the same.
    """
    a, b = _game_day(left, mine, right, theirs), _game_day(right, theirs, left, mine)
    if leagues & _SERIES and (a is None or b is None):
        into.doubt(Family.DATE, a or "day not said", b or "day not said")
    if a is not None and b is not None:
        if a != b and leagues & _NEXT_DAY and abs(a - b) <= _DAY:
            into.doubt(Family.DATE, a, b)
        elif abs(a - b) <= _DAY:
            into.agree("game day", a)
        else:
            into.veto(Family.DATE, a, b)
        return
    day, closes = (a, theirs.closes) if a is not None else (b, mine.closes)
    if day is not None:
        if closes is None:
            into.doubt(Family.DATE, a or "", b or "")
        elif day - _DAY <= closes <= day + _SETTLING:
            into.agree("game day within closing time", day)
        else:
            into.veto(Family.DATE, a or f"closes {mine.closes}", b or f"closes {theirs.closes}")
    elif mine.closes and theirs.closes and abs(mine.closes - theirs.closes) > _SETTLING:
        into.veto(Family.DATE, f"closes {mine.closes}", f"closes {theirs.closes}")


def compare_day_of_one_side(
    left: Dates, right: Dates, mine: Hints, theirs: Hints, into: Comparison, *, is_daily: bool
) -> None:
    """A game of which one club or player alone is named: who plays every few days is told by the day only.

    No closing time will do: one venue closes a week after the game, another two.
    """
    a, b = _game_day(left, mine, right, theirs), _game_day(right, theirs, left, mine)
    if a is None or b is None:
        into.doubt(Family.DATE, a or "day not said", b or "day not said")
    elif a == b or (not is_daily and abs(a - b) <= _DAY):
        into.agree("game day", a)
    else:
        (into.doubt if abs(a - b) <= _DAY else into.veto)(Family.DATE, a, b)


def _game_day(dates: Dates, hints: Hints, other: Dates, other_hints: Hints) -> date | None:
    """The day in the text, its year taken from the hints or else from the other side; else the hinted day."""
    for when in dates.whens:
        if when.grain == "day" and not when.is_deadline:
            year = (
                when.year or _hinted_year(hints) or min(other.years, default=0) or _hinted_year(other_hints)
            )
            if year:
                return when.in_year(year).start
    return hints.event_day


def _hinted_year(hints: Hints) -> int:
    if hints.event_day is not None:
        return hints.event_day.year
    return hints.ticker_year or (hints.closes.year if hints.closes else 0)


def compare_dates(left: Dates, right: Dates, mine: Hints, theirs: Hints, into: Comparison) -> None:
    """Everything that is no game: deadlines, periods, years and seasons."""
    a, b = main_date(left), main_date(right)
    if a is not None and b is not None:
        _compare_whens(dated(a, left, mine), dated(b, right, theirs), left, right, into)
    elif a is not None:
        _compare_with_hint(dated(a, left, mine), right, theirs, into, is_left=True)
    elif b is not None:
        _compare_with_hint(dated(b, right, theirs), left, mine, into, is_left=False)
    _compare_years(left, right, mine, theirs, into)


def compare_terms(left: Dates, right: Dates, mine: Hints, theirs: Hints, into: Comparison) -> None:
    """Where neither text says until when ("Will X leave office?"), the closing times do.

    No veto: venues set them generously. Not for whole events, whose questions close one after another.
    """
    undated = not (left.whens or right.whens or _years(left) or _years(right))
    if undated and mine.closes and theirs.closes and abs(mine.closes - theirs.closes) > _SAME_TERM:
        into.doubt(Family.DATE, f"closes {mine.closes}", f"closes {theirs.closes}")


def dated(when: When, dates: Dates, hints: Hints) -> When:
    """A date without a year takes the text's only year, else the one that ends nearest to closing time."""
    if when.year:
        return when
    if len(dates.years) == 1:
        return when.in_year(min(dates.years))
    if hints.closes is not None:
        tries = [when.in_year(hints.closes.year + step) for step in (-1, 0)]
        nearest = min(tries, key=lambda dated: abs(dated.end - _closing(hints)))
        if abs(nearest.end - _closing(hints)) <= _SETTLING:
            return nearest
    return when


def _closing(hints: Hints) -> date:
    return hints.closes or date.min


def main_date(dates: Dates) -> When | None:
    """The date that the question turns on: the last one in the text, days before months before years."""
    best: When | None = None
    rank = {"day": 3, "month": 2, "quarter": 2, "year": 1}
    for when in dates.whens:
        if when.grain == "year" and not when.is_deadline:
            continue
        if best is None or rank[when.grain] >= rank[best.grain]:
            best = when
    return best


def _compare_whens(a: When, b: When, left: Dates, right: Dates, into: Comparison) -> None:
    year = a.year or b.year or min(left.years | right.years, default=0)
    if year:
        a = a if a.year else a.in_year(min(left.years, default=year))
        b = b if b.year else b.in_year(min(right.years, default=year))
    if a.end == b.end:
        if a.grain == b.grain or (a.is_deadline or b.is_deadline):
            into.agree("date", a)
        else:
            into.doubt(Family.DATE, a, b)
        if {a.lead, b.lead} & {"on"} and (a.is_deadline != b.is_deadline):
            into.doubt(Family.DATE, a, b)
        return
    if a.grain != b.grain and a.start <= b.end and b.start <= a.end:
        family = Family.DATE
        if a.is_deadline or b.is_deadline:
            into.veto(family, a, b)
        else:
            into.doubt(family, a, b)
        return
    into.veto(Family.DAY_BOUNDARY if abs(a.end - b.end) <= _DAY else Family.DATE, a, b)


def _compare_with_hint(when: When, other: Dates, hints: Hints, into: Comparison, *, is_left: bool) -> None:
    if when.grain == "year" and when.end.year in other.years:
        into.agree("deadline", when)
        return
    whole = next((each for each in other.whens if each.grain == "year" and each.lead == "in"), None)
    if whole is not None and when.year:
        if when.is_deadline and when.end == whole.end:
            into.agree("by the end of the year", when)
        else:
            into.veto(Family.DATE, *_ordered(str(when), str(whole), is_left))
        return
    closes = hints.closes
    year = when.year or (closes.year if closes else 0)
    if closes is not None and year and abs(when.in_year(year).end - closes) <= _NEAR:
        into.agree("date within closing time", when)
        return
    if closes is not None and year and when.in_year(year).start > closes + _NEAR:
        into.veto(Family.DATE, *_ordered(str(when), f"closes {closes}", is_left))
        return
    said = f"closes {closes}" if closes else ""
    into.doubt(Family.DATE, *_ordered(str(when), said, is_left))


def _compare_years(left: Dates, right: Dates, mine: Hints, theirs: Hints, into: Comparison) -> None:
    a, b = _years(left), _years(right)
    if a and b:
        if left.seasons and right.seasons:
            if left.seasons & right.seasons:
                into.agree("season", _season(left.seasons & right.seasons))
            else:
                into.veto(Family.SEASON, _season(left.seasons), _season(right.seasons))
        elif mine.by_first_year and theirs.by_first_year and bool(left.seasons) != bool(right.seasons):
            _compare_with_first_year(left, right, into)
        elif a & b:
            into.agree("year", sorted(a & b)[0])
        elif (left.seasons | right.seasons) & (left.years | right.years):
            into.doubt(Family.SEASON, _said(left), _said(right))
        else:
            into.veto(Family.SEASON, _said(left), _said(right))
        return
    if a or b:
        said, hints = (left, theirs) if a else (right, mine)
        _compare_year_with_hint(said, hints, into, is_left=bool(a))


def _compare_with_first_year(left: Dates, right: Dates, into: Comparison) -> None:
    """American football: its "2026 season" is that of 2026-27, and never that of 2025-26."""
    if (left.seasons | right.seasons) & (left.years | right.years):
        into.agree("season", _season(left.seasons | right.seasons))
    else:
        into.veto(Family.SEASON, _said(left), _said(right))


def _compare_year_with_hint(said: Dates, hints: Hints, into: Comparison, *, is_left: bool) -> None:
    """One text names the year or season, the other only carries it in its ticker or closing time."""
    years, closes = _years(said), hints.closes
    if said.seasons:
        first = min(said.seasons)
        if closes is not None and date(first, 9, 1) <= closes <= date(first + 1, 12, 31):
            into.agree("season by closing time", _season(said.seasons))
        elif closes is not None and not (hints.ticker_year == first + 1 and closes.year > first):
            into.veto(Family.SEASON, *_ordered(_said(said), f"closes {closes}", is_left))
        elif hints.ticker_year == first + 1 and hints.by_last_year:
            into.agree("season by ticker", _season(said.seasons))
        else:
            # A ticker's "26" is the season that ends or the one that begins in 2026: it does not say which.
            into.doubt(Family.SEASON, *_ordered(_said(said), str(hints.ticker_year or ""), is_left))
        return
    if hints.ticker_year in years or (hints.by_first_year and hints.ticker_year - 1 in years):
        into.agree("year by ticker", hints.ticker_year)
    elif closes is not None and (closes.year in years or closes.year - 1 in years):
        if hints.ticker_year > max(years):
            into.doubt(Family.SEASON, *_ordered(_said(said), str(hints.ticker_year), is_left))
        else:
            into.agree("year by closing time", closes.year)
    elif closes is not None or hints.ticker_year:
        into.veto(Family.SEASON, *_ordered(_said(said), str(closes or hints.ticker_year), is_left))
    elif hints.created is not None and _is_next(said, hints.created):
        into.agree("the next such date after it was listed", hints.created)
    else:
        into.doubt(Family.SEASON, *_ordered(_said(said), "", is_left))


def _is_next(said: Dates, created: date) -> bool:
    """Whether a text without a year, listed on that day, means the date that the other text gives in full:
    a month, a quarter or a day that ends within the next nine months or, for a report, has just ended; or the
    year that it was listed in, before the next one's markets are.
    """
    when = main_date(said)
    if when is None or when.grain == "year":
        return said.years == {created.year} and created.month < _NEXT_YEAR_S
    return bool(when.year) and -_REPORTED_AFTER <= when.end - created <= _AHEAD


def _years(dates: Dates) -> frozenset[int]:
    return dates.years | frozenset(first + 1 for first in dates.seasons)


def _season(seasons: frozenset[int]) -> str:
    return ", ".join(f"{first}-{(first + 1) % 100:02}" for first in sorted(seasons))


def _said(dates: Dates) -> str:
    return _season(dates.seasons) or ", ".join(str(year) for year in sorted(dates.years))


def _ordered(said: str, hinted: str, is_left: bool) -> tuple[str, str]:
    return (said, hinted) if is_left else (hinted, said)

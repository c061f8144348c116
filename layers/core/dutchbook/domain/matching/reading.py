"""A listing's text as facts: who, what, how much, when. What the aligner compares is read here, once."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import Final, NamedTuple

from dutchbook.domain.matching.aliases.contests import CUPS, DIVISIONS
from dutchbook.domain.matching.aliases.economy import NEW_YORK
from dutchbook.domain.matching.aliases.phrases import FIRST_YEARS, fill_blanks, reword
from dutchbook.domain.matching.aliases.places import STATES
from dutchbook.domain.matching.aliases.words import SOFT, STOP, SYNONYMS
from dutchbook.domain.matching.dates import MONTHS, NO_DATES, Dates, find_dates
from dutchbook.domain.matching.lexicon import Entity, lexicon, tokens_of
from dutchbook.domain.matching.limits import Limit, find_limits
from dutchbook.domain.matching.listing import Listing
from dutchbook.domain.matching.predicates import Predicate, find_predicate
from dutchbook.domain.matching.sides import Side, Sides, find_sides, side_of
from dutchbook.domain.matching.text import digitise, fold, words_of

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
_AMERICAN_FOOTBALL: Final = frozenset({"nfl", "ncaaf"})
_BY_LAST_YEAR: Final = frozenset({"nba", "nhl"})
_DISTRICT: Final = re.compile(
    r"\b(?P<state>[A-Z][a-z]+(?: [A-Z][a-z]+)?)(?:'s)? (?P<number>\d{1,2})(?:st|nd|rd|"
    r"th)?(?: Congressional)? (?:District|House)"
)
_DESCRIPTION: Final = re.compile(
    r"\?\s*[:\-]?\s*(?=This market|The market|This is|In the upcoming|If |On |\")"
)
_CLOCK: Final = re.compile(
    r"\b\d{1,2}(?::\d\d)?\s*[ap]\.?m\.?\b(?:\s*(?:e[sd]?t|utc|gmt|p[sd]t|c[sd]t))?|\b\d{1,2}:\d\d\b",
    re.IGNORECASE,
)
_CLOCK_TIME: Final = re.compile(
    r"\b(\d{1,2})(?::(\d\d))?\s*([ap])\.?m\.?\b\s*(e[sd]?t|utc|gmt|p[sd]?t|c[sd]?t)?"
)
_DIGIT: Final = re.compile(r"\d")
_MONTH_GATE: Final = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)")
_POLARITY: Final = re.compile(r"\b(?:not|won't|wont|fail(?:s)? to|never|without|un(?:able))\b")
_QUARTER_POINT: Final = 25
"""Basis points: what central banks' moves are multiples of."""
_NEW_YORK_CLOSE: Final = "960e"
"""4 p.m. Eastern, as `Reading.clock` has it."""
_INITIALS: Final = re.compile(r" \(([A-Z]{2,6})\)")
_CREATED: Final = re.compile(r"-(1[6-9]\d{11})$")
_PREDICATE_WORDS_TABLE: Final = """
nominee primary ticket presidential winner win champion leader lead hit record score team teams control
place btts spread totals total o u ou assist run house1
"""
_PREDICATE_WORDS: Final = frozenset(_PREDICATE_WORDS_TABLE.split())


_USED_UP: Final = {
    "golden boot": frozenset({"golden boot", "goal", "goalscorer", "scorer", "top", "full"}),
    "spread": frozenset({"point", "goal", "run", "map", "round"}),
}
"""What a kind already says; a spread's unit is compared as the measure."""


_PARTY_WORDS: Final = frozenset({"d", "r", "democrat", "republican", "balance", "power"})


class Term(NamedTuple):
    """One thing in the bag of a text: a canonical word or an entity. `weight` 0 is soft."""

    text: str
    entity: Entity | None
    capital: bool
    weight: int


class Reading(NamedTuple):
    """The facts of one text. An empty field means that the text does not say."""

    text: str
    predicate: Predicate
    sides: Sides | None
    bag: tuple[Term, ...]
    limits: tuple[Limit, ...]
    dates: Dates
    negated: bool
    moves: frozenset[str]
    clock: str
    """A time of day, as minutes after midnight with its zone's letter ("1020e"), where the text has exactly
    one.
    """


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


def strip_description(title: str) -> str:
    """Some feeds append the rules to the title: keep the question."""
    match = _DESCRIPTION.search(title)
    return title[: match.start() + 1] if match else title


def _said_before(match: re.Match[str]) -> str:
    """Initials in brackets of the words before them ("Chinese Communist Party (CCP)") add nothing."""
    words = match.string[: match.start()].split()[-len(match[1]) :]
    return "" if "".join(word[0] for word in words).upper() == match[1] else match.group()


@lru_cache(maxsize=200_000)
def read(text: str) -> Reading:
    """Read one text (a title, or a title with its outcome)."""
    cased = digitise(reword(_INITIALS.sub(_said_before, fold(strip_description(fill_blanks(text))))))
    if "District" in cased or "House" in cased:
        cased = _DISTRICT.sub(_district, cased)
    lower = cased.lower()
    predicate = find_predicate(cased, lower)
    sides = find_sides(cased)
    used: list[tuple[int, int]] = list(predicate.spans)
    if sides:
        used.append(sides.span)
    plain = _blank(lower, used)
    has_digit = _DIGIT.search(plain) is not None
    dates = find_dates(lower) if has_digit or _names_month(lower) else NO_DATES
    used.extend(dates.spans)
    spans: tuple[tuple[int, int], ...] = ()
    limits: tuple[Limit, ...] = ()
    plain = _blank(lower, used) if has_digit else ""
    if _DIGIT.search(plain):
        limits, spans = find_limits(_CLOCK.sub(lambda m: " " * len(m.group()), plain))
        cased_plain = _CLOCK.sub(" ", _blank(cased, [*used, *spans]))
    else:
        cased_plain = _blank(cased, used)
    bag = _bag(cased_plain)
    used_up = _USED_UP.get(predicate.kind)
    if used_up:
        bag = tuple(term for term in bag if term.text not in used_up)
    if predicate.kind == "combination" and predicate.detail:
        # "D House, R Senate", "Republican Senate, Democratic House": who holds what is one thing.
        bag = tuple(term for term in bag if term.text not in _PARTY_WORDS)
        bag = (*bag, Term(predicate.detail, None, True, 1))
    bag = (*bag, *_bodies(predicate.stages))
    texts = {term.text for term in bag}
    moves = frozenset({"cut", "hike", "maintain"} & texts)
    limits = tuple(_in_steps(limit, predicate, moves) for limit in limits)
    clock = _clock(lower) if has_digit and not predicate.candle else ""
    if clock == _NEW_YORK_CLOSE and "close" in predicate.basis and _is_listed(bag):
        clock = ""
    return Reading(text, predicate, sides, bag, limits, dates, bool(_POLARITY.search(lower)), moves, clock)


def _is_listed(bag: tuple[Term, ...]) -> bool:
    return any(term.entity is not None and term.entity.name in NEW_YORK for term in bag)


def _bodies(stages: frozenset[str]) -> Iterator[Term]:
    """The sports body whose division a stage names."""
    for stage in stages:
        if stage.startswith("division ") and (body := DIVISIONS.get(stage.split()[1])):
            yield Term(body, tokens_of(words_of(body.upper()))[0].entity, True, 1)


def _in_steps(limit: Limit, predicate: Predicate, moves: frozenset[str]) -> Limit:
    """Goals come one by one, degrees are reported whole, central banks move by quarters of a point."""
    if predicate.kind in {"temperature", "spread"} or (predicate.measure and not limit.unit):
        return limit.counted()
    ends = [end for end in (limit.low, limit.high) if end is not None]
    if moves and limit.unit == "bps" and not any(end % _QUARTER_POINT for end in ends):
        return limit.counted(_QUARTER_POINT)
    return limit


def _clock(lower: str) -> str:
    found = _CLOCK_TIME.findall(lower)
    if len(found) != 1:
        return ""
    hour, minute, half, zone = found[0]
    minutes = (int(hour) % 12 + (12 if half == "p" else 0)) * 60 + int(minute or 0)
    return f"{minutes}{zone[:1]}"


def _bag(cased: str) -> tuple[Term, ...]:
    terms: dict[str, Term] = {}
    for token in tokens_of(words_of(cased)):
        if token.entity is None:
            term = _plain_term(token.text, token.capital)
        else:
            term = Term(token.text, token.entity, token.capital, 1)
        if term is not None:
            terms.setdefault(term.text, term)
    return tuple(terms.values())


@lru_cache(maxsize=50_000)
def _plain_term(word: str, capital: bool) -> Term | None:
    """A word in its canonical form and its weight; None for one that carries no meaning."""
    if word in STOP:
        return None
    text = SYNONYMS.get(word) or (word if word in lexicon().nicknames else _singular(word))
    weight = 0 if text in SOFT or word in SOFT or text in _PREDICATE_WORDS else 1
    return Term(text, None, capital, weight)


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word[-1] == "s" and word[-2] not in "su" and not word.endswith("is"):
        return word[:-1]
    return word


def _blank(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, stop in spans:
        text = text[:start] + " " * (stop - start) + text[stop:]
    return text


def _names_month(lower: str) -> bool:
    return _MONTH_GATE.search(lower) is not None


def _district(match: re.Match[str]) -> str:
    code = state_codes().get(match["state"].lower())
    return f"{code}-{match['number']} House" if code else match.group()


@cache
def state_codes() -> dict[str, str]:
    """State name in lower case to postal code."""
    rows = (line.split("|") for line in STATES.strip().splitlines())
    return {name.lower(): code for name, code in rows}


def is_bare_match(reading: Reading) -> bool:
    """Whether a title without a predicate only names a match ("Cup: A vs. B"): no ordinary word is left
    over.
    """
    return not any(
        term.weight and not term.capital and term.entity is None and term.text.isalpha()
        for term in reading.bag
    )


def with_seasons(hints: Hints, reading: Reading) -> Hints:
    """The hints, with how the competition that the text names counts its seasons.

    American football by the first year, but for its finals and drafts, which have a day; cups over two years
    by that of the final.
    """
    names = {term.entity.name for term in reading.bag if term.entity is not None}
    by_first = not names.isdisjoint(_AMERICAN_FOOTBALL) and all(term.text != "draft" for term in reading.bag)
    by_last = hints.body in _BY_LAST_YEAR or not names.isdisjoint(CUPS)
    if not (by_first or by_last):
        return hints
    return hints._replace(by_first_year=hints.by_first_year or by_first, by_last_year=by_last)


def full_text(listing: Listing) -> str:
    """The question as one text: an outcome that the title does not repeat is put after a colon."""
    title = listing.title.strip()
    outcome = listing.outcome.strip()
    if outcome and outcome.lower() not in {"yes", "no"} and fold(outcome).lower() not in fold(title).lower():
        return f"{title}: {outcome}" if not title.endswith("?") else f"{title[:-1]}: {outcome}"
    return title


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


def outcome_side(text: str) -> Side | None:
    """A named outcome as a side, to compare it with the sides of its event."""
    return side_of(digitise(fold(text)))

"""What a venue's rule text says about settlement: on what, by whom, where, when, and if the thing is called
off.

A fact that one text states and the other, though known, leaves out is unknown there: a doubt. A fact
stated on both sides with different values refuses the pair.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from dutchbook.domain.matching.comparison import Comparison
from dutchbook.domain.matching.judgement import Family
from dutchbook.domain.matching.text import fold

_BASIS: Final = (
    ("inauguration", r"inaugurat|sworn in(?:to)?|takes? (?:the oath|office)|assumes? office"),
    (
        "race call",
        r"calls? the (?:race|election)|race (?:is )?called|(?:according to|"
        r"based on) the winner of the .{0,60}election|winner of the .{0,60}(?:election|"
        r"race)|projected winner|election call|\w+ call$",
    ),
    ("certification", r"certifi(?:ed|cation) (?:by|results|winner)"),
)
_SOURCES: Final = (
    ("Associated Press", r"associated press|\bap\b"),
    ("Fox News", r"\bfox(?: news)?\b"),
    ("NBC", r"\bnbc\b"),
    ("CNN", r"\bcnn\b"),
    ("Chainlink", r"chainlink"),
    ("Pyth", r"\bpyth\b"),
    ("Binance", r"binance"),
    ("Coinbase", r"coinbase (?:exchange|price|spot)|\bcoinbase\b"),
    ("CF Benchmarks", r"cf benchmarks|\bbrti\b|real[- ]time index"),
    ("BLS", r"bureau of labor statistics|\bbls\b"),
    ("BEA", r"bureau of economic analysis|\bbea\b"),
    ("ONS", r"office for national statistics|\bons\b"),
    ("NWS", r"national weather service|\bnws\b"),
    ("Weather Underground", r"weather underground|wunderground"),
    ("AccuWeather", r"accuweather"),
    ("RealClearPolitics", r"realclear"),
    ("Silver Bulletin", r"silver bulletin"),
    ("538", r"fivethirtyeight|\b538\b"),
    ("Billboard", r"\bbillboard\b"),
    ("Spotify", r"\bspotify\b"),
    ("Rotten Tomatoes", r"rotten tomatoes"),
    ("Box Office Mojo", r"box office mojo"),
    ("The Numbers", r"the numbers"),
    ("LMArena", r"lmarena|chatbot arena|lm arena"),
    ("HLTV", r"\bhltv\b"),
    ("TSA", r"\btsa\b"),
    ("AAA", r"\baaa\b"),
    ("FRED", r"\bfred\b"),
    ("Yahoo Finance", r"yahoo finance"),
)
_STATIONS: Final = (
    ("Central Park", r"central park|\bknyc\b|\bnyc\b(?= station)"),
    ("LaGuardia", r"laguardia|\bklga\b"),
    ("JFK", r"\bkjfk\b|john f\.? kennedy international|\bjfk\b"),
    ("Newark", r"newark liberty|\bkewr\b"),
    ("Midway", r"midway|\bkmdw\b"),
    ("O'Hare", r"o'?hare|\bkord\b"),
    ("Austin-Bergstrom", r"bergstrom|\bkaus\b"),
    ("Camp Mabry", r"camp mabry|\bkatt\b"),
    ("Miami International", r"miami international|\bkmia\b"),
    ("LAX", r"los angeles international|\bklax\b|\blax\b"),
    ("Downtown Los Angeles", r"downtown los angeles|\bkcqt\b"),
    ("Philadelphia International", r"philadelphia international|\bkphl\b"),
    ("Denver International", r"denver international|\bkden\b"),
    ("Buckley", r"buckley|\bkbkf\b"),
    ("Reagan National", r"reagan national|\bkdca\b"),
    ("Dulles", r"dulles|\bkiad\b"),
    ("Hobby", r"hobby airport|\bkhou\b"),
    ("Bush Intercontinental", r"bush intercontinental|\bkiah\b"),
    ("Love Field", r"love field|\bkdal\b"),
    ("Dallas Fort Worth", r"dallas[-/ ]fort worth international|\bkdfw\b"),
    ("Heathrow", r"heathrow|\beGLL\b"),
    ("London City", r"london city airport|\beglc\b"),
)
_VOID_TRIGGER: Final = re.compile(
    r"cancel(?:l?ed|lation)?|postponed?|abandon(?:ed)?|suspended|no contest|called off"
    r"|not (?:played|completed|held)|does not (?:take place|occur)"
)
_VOIDS: Final = (
    ("last price", r"last (?:traded |fair )?(?:market )?price|last traded|fair (?:market )?(?:value|price)"),
    ("half", r"50[-/ ]50|50%|half"),
    ("other", r"resolves? to \"?other"),
    ("refund", r"refund|void(?:ed)?\b"),
    (
        "no",
        r"(?:cancel|postpone|abandon|not (?:played|completed|held)|"
        r"does not)[^.;]{0,140}resolves? (?:to )?\"?no\b",
    ),
    ("stays open", r"(?:remain|stay)s? open"),
)
_INSTANT: Final = re.compile(
    r"(?:determin(?:ed|ation)[^.]{0,30}?|expir\w+[^.]{0,20}?)"
    r"(?:(20\d\d-\d\d-\d\d)(?:t(\d\d:\d\d)z?)?"
    r"|\b((?:one|two|three|\d+) (?:hour|day|week)s? (?:later|earlier)))"
)
_DAY_ZONE: Final = (
    ("UTC", r"\b(?:11:59|23:59|12:00|00:00)\s*(?:[ap]m)?\s*\(?(?:utc|gmt)"),
    ("ET", r"\b(?:11:59|23:59|12:00)\s*(?:[ap]m)?\s*\(?(?:e[sd]?t|eastern)"),
)
_TOUCH: Final = re.compile(
    r"any (?:1[- ]minute |one[- ]minute )?candle|at any (?:point|time)|intraday|"
    r"touch(?:es)?\b|high price equal|\"high\" price"
)
_CLOSE: Final = re.compile(
    r"closing (?:price|value|level)|official close|close price|settlement price|"
    r"trimmed mean|average of the (?:last|final)|60 seconds"
)
_BASKET: Final = re.compile(
    r"\b(?:all|each|every) of the following|in all of\b|\band (?:also )?(?:win|"
    r"wins)\b.*\band\b|\ball\b[^.]{0,60}(?:states|races|elections)"
)
_LIST: Final = re.compile(
    r"\b(?:the )?listed\b|following (?:list|candidates)|named (?:below|above)|one or group"
)
_TITLES: Final = re.compile(r"\bincumbents?\b|all (?:the )?(?:candidates|nominees)")


class RuleFacts(NamedTuple):
    """The facts of one rule text; an empty field is not stated."""

    basis: frozenset[str]
    sources: frozenset[str]
    stations: frozenset[str]
    void: frozenset[str]
    instant: str
    zone: str
    touch: str
    basket: bool
    candidates: str


@lru_cache(maxsize=20_000)
def read_rules(text: str) -> RuleFacts:
    """Read a rule text (or a title that carries its rule)."""
    lower = fold(text).lower()
    void_text = _void_part(lower)
    instant = _INSTANT.search(lower)
    return RuleFacts(
        _named(_BASIS, lower),
        _named(_SOURCES, lower),
        _named(_STATIONS, lower),
        _named(_VOIDS, void_text) if void_text else frozenset(),
        " ".join(part for part in instant.groups() if part) if instant else "",
        next(iter(sorted(_named(_DAY_ZONE, lower))), ""),
        "touch" if _TOUCH.search(lower) else "close" if _CLOSE.search(lower) else "",
        bool(_BASKET.search(lower)),
        "listed" if _LIST.search(lower) else "by title" if _TITLES.search(lower) else "",
    )


def compare_scope(left: str, right: str, into: Comparison) -> None:
    """What titles alone can tell: one contest against all of several, a listed set against everybody of a
    kind.
    """
    a, b = read_rules(left), read_rules(right)
    if a.basket != b.basket:
        into.veto(Family.BASKET, _scope(basket=a.basket), _scope(basket=b.basket))
    _texts(Family.CANDIDATES, a.candidates, b.candidates, into)
    if a.instant and b.instant:
        _texts(Family.DETERMINATION, a.instant, b.instant, into)
    for family, mine, theirs in ((Family.SOURCE, a.sources, b.sources), (Family.VOID, a.void, b.void)):
        if mine and theirs:
            _sets(family, mine, theirs, into)


def compare_rules(left: str, right: str, into: Comparison) -> None:
    """Compare two rule texts. One that is not read (empty) leaves the other's void policy open."""
    if not left or not right:
        into.evidence.append("rules: not read on " + ("both sides" if not left and not right else "one side"))
        _sets(Family.VOID, read_rules(left).void, read_rules(right).void, into)
        return
    a, b = read_rules(left), read_rules(right)
    _sets(Family.BASIS, a.basis, b.basis, into)
    _sets(Family.STATION, a.stations, b.stations, into)
    _sets(Family.SOURCE, a.sources, b.sources, into)
    _sets(Family.VOID, a.void, b.void, into)
    _texts(Family.DETERMINATION, a.instant, b.instant, into)
    if a.zone and b.zone:
        _texts(Family.DAY_BOUNDARY, a.zone, b.zone, into)
    if a.touch and b.touch:
        _texts(Family.TOUCH, a.touch, b.touch, into)
    if a.basket != b.basket:
        into.veto(Family.BASKET, _scope(basket=a.basket), _scope(basket=b.basket))
    _texts(Family.CANDIDATES, a.candidates, b.candidates, into)


def _scope(*, basket: bool) -> str:
    return "all of several" if basket else "one"


def _void_part(lower: str) -> str:
    match = _VOID_TRIGGER.search(lower)
    return lower[max(0, match.start() - 80) :] if match else ""


def _named(rules: tuple[tuple[str, str], ...], text: str) -> frozenset[str]:
    return frozenset(name for name, rule in rules if re.search(rule, text))


def _sets(family: Family, left: frozenset[str], right: frozenset[str], into: Comparison) -> None:
    said, other = ", ".join(sorted(left)), ", ".join(sorted(right))
    if left and right:
        if left == right:
            into.agree(family.value, said)
        elif left & right and family is Family.SOURCE:
            into.doubt(family, said, other)
        else:
            into.veto(family, said, other)
    elif left or right:
        into.doubt(family, said, other)


def _texts(family: Family, left: str, right: str, into: Comparison) -> None:
    if left and right:
        if left == right:
            into.agree(family.value, left)
        else:
            into.veto(family, left, right)
    elif left or right:
        into.doubt(family, left, right)

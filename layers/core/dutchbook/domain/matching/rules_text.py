"""What a venue's rule text says about settlement: on what, by whom, where, when, and if the thing is called
off.

A fact that one text states and the other, though known, leaves out is unknown there: a doubt. A fact
stated on both sides with different values refuses the pair.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from dutchbook.domain.matching.comparison import Comparison
from dutchbook.domain.matching.judgement import Family
from dutchbook.domain.matching.text import fold

type _Rule = tuple[str, str, tuple[str, ...]]
"""A name, a pattern, and substrings of which every text that the pattern fits has one."""

_BASIS: Final = (
    (
        "inauguration",
        r"inaugurat|sworn in(?:to)?|takes? (?:the oath|office)|assumes? office",
        ("inaugurat", "sworn in", "oath", "office"),
    ),
    (
        "race call",
        r"calls? the (?:race|election)|race (?:is )?called|(?:according to|"
        r"based on) the winner of the .{0,60}election|winner of the .{0,60}(?:election|"
        r"race)|projected winner|election call|\w+ call$",
        ("call", "winner"),
    ),
    ("certification", r"certifi(?:ed|cation) (?:by|results|winner)", ("certif",)),
)
_SOURCES: Final = (
    ("Associated Press", r"associated press|\bap\b", ("associated press", "ap")),
    ("Fox News", r"\bfox(?: news)?\b", ("fox",)),
    ("NBC", r"\bnbc\b", ("nbc",)),
    ("CNN", r"\bcnn\b", ("cnn",)),
    ("Chainlink", r"chainlink", ("chainlink",)),
    ("Pyth", r"\bpyth\b", ("pyth",)),
    ("Binance", r"binance", ("binance",)),
    ("Coinbase", r"coinbase (?:exchange|price|spot)|\bcoinbase\b", ("coinbase",)),
    ("CF Benchmarks", r"cf benchmarks|\bbrti\b|real[- ]time index", ("cf benchmarks", "brti", "real")),
    ("BLS", r"bureau of labor statistics|\bbls\b", ("bureau of labor", "bls")),
    ("BEA", r"bureau of economic analysis|\bbea\b", ("bureau of economic", "bea")),
    ("ONS", r"office for national statistics|\bons\b", ("national statistics", "ons")),
    ("NWS", r"national weather service|\bnws\b", ("national weather", "nws")),
    ("Weather Underground", r"weather underground|wunderground", ("underground",)),
    ("AccuWeather", r"accuweather", ("accuweather",)),
    ("RealClearPolitics", r"realclear", ("realclear",)),
    ("Silver Bulletin", r"silver bulletin", ("silver bulletin",)),
    ("538", r"fivethirtyeight|\b538\b", ("fivethirtyeight", "538")),
    ("Billboard", r"\bbillboard\b", ("billboard",)),
    ("Spotify", r"\bspotify\b", ("spotify",)),
    ("Rotten Tomatoes", r"rotten tomatoes", ("rotten tomatoes",)),
    ("Box Office Mojo", r"box office mojo", ("box office mojo",)),
    ("The Numbers", r"the numbers", ("the numbers",)),
    ("LMArena", r"lmarena|chatbot arena|lm arena", ("arena",)),
    ("HLTV", r"\bhltv\b", ("hltv",)),
    ("TSA", r"\btsa\b", ("tsa",)),
    ("AAA", r"\baaa\b", ("aaa",)),
    ("FRED", r"\bfred\b", ("fred",)),
    ("Yahoo Finance", r"yahoo finance", ("yahoo finance",)),
)
_STATIONS: Final = (
    ("Central Park", r"central park|\bknyc\b|\bnyc\b(?= station)", ("central park", "nyc")),
    ("LaGuardia", r"laguardia|\bklga\b", ("laguardia", "klga")),
    ("JFK", r"\bkjfk\b|john f\.? kennedy international|\bjfk\b", ("jfk", "john f")),
    ("Newark", r"newark liberty|\bkewr\b", ("newark liberty", "kewr")),
    ("Midway", r"midway|\bkmdw\b", ("midway", "kmdw")),
    ("O'Hare", r"o'?hare|\bkord\b", ("hare", "kord")),
    ("Austin-Bergstrom", r"bergstrom|\bkaus\b", ("bergstrom", "kaus")),
    ("Camp Mabry", r"camp mabry|\bkatt\b", ("camp mabry", "katt")),
    ("Miami International", r"miami international|\bkmia\b", ("miami international", "kmia")),
    ("LAX", r"los angeles international|\bklax\b|\blax\b", ("los angeles international", "lax")),
    ("Downtown Los Angeles", r"downtown los angeles|\bkcqt\b", ("downtown los angeles", "kcqt")),
    (
        "Philadelphia International",
        r"philadelphia international|\bkphl\b",
        ("philadelphia international", "kphl"),
    ),
    ("Denver International", r"denver international|\bkden\b", ("denver international", "kden")),
    ("Buckley", r"buckley|\bkbkf\b", ("buckley", "kbkf")),
    ("Reagan National", r"reagan national|\bkdca\b", ("reagan national", "kdca")),
    ("Dulles", r"dulles|\bkiad\b", ("dulles", "kiad")),
    ("Hobby", r"hobby airport|\bkhou\b", ("hobby airport", "khou")),
    ("Bush Intercontinental", r"bush intercontinental|\bkiah\b", ("bush intercontinental", "kiah")),
    ("Love Field", r"love field|\bkdal\b", ("love field", "kdal")),
    ("Dallas Fort Worth", r"dallas[-/ ]fort worth international|\bkdfw\b", ("fort worth", "kdfw")),
    ("Heathrow", r"heathrow|\beGLL\b", ("heathrow",)),
    ("London City", r"london city airport|\beglc\b", ("london city airport", "eglc")),
)
_VOID_TRIGGER: Final = re.compile(
    r"cancel(?:l?ed|lation)?|postponed?|abandon(?:ed)?|suspended|no contest|called off"
    r"|not (?:played|completed|held)|does not (?:take place|occur)"
)
_VOIDS: Final = (
    (
        "last price",
        r"last (?:traded |fair )?(?:market )?price|last traded|fair (?:market )?(?:value|price)",
        ("last", "fair"),
    ),
    ("half", r"50[-/ ]50|50%|half", ("50", "half")),
    ("other", r"resolves? to \"?other", ("other",)),
    ("refund", r"refund|void(?:ed)?\b", ("refund", "void")),
    (
        "no",
        r"(?:cancel|postpone|abandon|not (?:played|completed|held)|"
        r"does not)[^.;]{0,140}resolves? (?:to )?\"?no\b",
        ("resolve",),
    ),
    ("stays open", r"(?:remain|stay)s? open", ("open",)),
)
_INSTANT: Final = re.compile(
    r"(?:determin(?:ed|ation)[^.]{0,30}?|expir\w+[^.]{0,20}?)"
    r"(?:(20\d\d-\d\d-\d\d)(?:t(\d\d:\d\d)z?)?"
    r"|\b((?:one|two|three|\d+) (?:hour|day|week)s? (?:later|earlier)))"
)
_DAY_ZONE: Final = (
    ("UTC", r"\b(?:11:59|23:59|12:00|00:00)\s*(?:[ap]m)?\s*\(?(?:utc|gmt)", ("utc", "gmt")),
    ("ET", r"\b(?:11:59|23:59|12:00)\s*(?:[ap]m)?\s*\(?(?:e[sd]?t|eastern)", ("11:59", "23:59", "12:00")),
)
_TOUCH: Final = (
    (
        "touch",
        r"any (?:1[- ]minute |one[- ]minute )?candle|at any (?:point|time)|intraday|"
        r"touch(?:es)?\b|high price equal|\"high\" price",
        ("candle", "at any", "intraday", "touch", "high"),
    ),
    (
        "close",
        r"closing (?:price|value|level)|official close|close price|settlement price|"
        r"trimmed mean|average of the (?:last|final)|60 seconds",
        ("clos", "settlement", "mean", "average", "seconds"),
    ),
)
_BASKET: Final = (
    (
        "all of several",
        r"\b(?:all|each|every) of the following|in all of\b|\band (?:also )?(?:win|"
        r"wins)\b.*\band\b|\ball\b[^.]{0,60}(?:states|races|elections)",
        ("following", "and win", "and also win", "all"),
    ),
)
_CANDIDATES: Final = (
    (
        "listed",
        r"\b(?:the )?listed\b|following (?:list|candidates)|named (?:below|above)|one or group",
        ("listed", "following", "named", "one or group"),
    ),
    ("by title", r"\bincumbents?\b|all (?:the )?(?:candidates|nominees)", ("incumbent", "all")),
)


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
        min(_named(_DAY_ZONE, lower), default=""),
        next(_fitting(_TOUCH, lower), ""),
        bool(_named(_BASKET, lower)),
        next(_fitting(_CANDIDATES, lower), ""),
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


def _named(rules: tuple[_Rule, ...], text: str) -> frozenset[str]:
    return frozenset(_fitting(rules, text))


def _fitting(rules: tuple[_Rule, ...], text: str) -> Iterator[str]:
    """The names of the rules that fit. A pattern is tried, and compiled, only where it can fit."""
    for name, rule, triggers in rules:
        for trigger in triggers:
            if trigger in text:
                if re.search(rule, text):
                    yield name
                break


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

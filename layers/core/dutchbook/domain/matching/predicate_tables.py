"""The patterns by which predicates.py reads a question, as data: measures, periods, kinds, markers,
placeholders.
"""

from __future__ import annotations

import re
from typing import Final

MEASURES: Final = (
    ("corners", r"corners?"),
    ("cards", r"cards?|bookings?"),
    ("fours", r"fours"),
    ("sixes", r"sixes"),
    ("kills", r"kills"),
    ("rebounds", r"rebounds"),
    ("assists", r"assists"),
    ("three pointers", r"three pointers|3-pointers|threes"),
    ("stolen bases", r"stolen bases?|steal the most bases"),
    ("steals", r"steals"),
    ("blocks", r"blocks"),
    ("strikeouts", r"strikeouts?|strike out"),
    ("total bases", r"total bases"),
    ("home runs", r"home runs?"),
    ("hits", r"hits\b(?! \$)"),
    ("rbi", r"rbis?"),
    ("touchdowns", r"touchdowns?|tds?"),
    ("passing yards", r"passing yards"),
    ("rushing yards", r"rushing yards"),
    ("receiving yards", r"receiving yards"),
    ("receptions", r"receptions"),
    ("saves", r"saves"),
    ("shots", r"shots(?: on (?:target|goal))?"),
    ("goals", r"goals?"),
    ("runs", r"runs"),
    ("points", r"points|pts"),
    ("sets", r"sets"),
    ("maps", r"maps"),
    ("rounds", r"rounds"),
    ("games", r"games"),
    ("tricks", r"hat-?tricks?"),
)
MEASURE: Final = re.compile(
    rf"\b(?:{'|'.join(f'(?P<m{at}>{rule})' for at, (_, rule) in enumerate(MEASURES))})\b"
)
_MEASURE_WORDS_TABLE: Final = """
corner corners card cards booking bookings fours sixes kills rebounds assists pointers threes stolen steals
blocks strikeout strikeouts strike bases run runs hits rbi rbis touchdown touchdowns td tds yards receptions
saves shots goal goals points pts sets maps rounds games hattrick hattricks trick tricks
"""
MEASURE_WORDS: Final = frozenset(_MEASURE_WORDS_TABLE.split())
"""Words of which every text that MEASURE finds something in has one."""
COUNTED: Final = frozenset(name for name, _ in MEASURES)
_PLAYER_MEASURES_TABLE: Final = """
rebounds, assists, steals, blocks, strikeouts, hits, rbi, touchdowns, receptions, saves, shots
three pointers, total bases, home runs, passing yards, rushing yards, receiving yards
"""
PLAYER_MEASURES: Final = frozenset(_PLAYER_MEASURES_TABLE.strip().replace("\n", ", ").split(", "))

_PERIODS: Final = (
    (
        "series",
        r"(?<!world )(?<!drama )(?<!comedy )(?<!limited )(?<!television )(?<!tv )(?<!cup )"
        r"\bseries (?:winner|score|price)|\b(?:round|playoffs?|finals?|"
        r"semifinals?) series\b|win (?:the )?series\b|win series",
        ("series",),
    ),
    ("either half", r"either hal(?:f|ves)", ("either hal",)),
    ("both halves", r"both hal(?:f|ves)", ("both hal",)),
    ("first half", r"1st[- ]half|\b1h\b|half-?time|\bat the half\b", ("half", "1h")),
    ("second half", r"2nd[- ]half|\b2h\b", ("half", "2h")),
    (
        "quarter",
        r"\b(?P<quarter>[1-4])(?:st|nd|rd|th)? quarter|\b(?P<quarter2>[1-4])q\b",
        ("quarter", "1q", "2q", "3q", "4q"),
    ),
    ("first 5 innings", r"1st 5\b|first five innings|\bf5\b", ("1st 5", "first five", "f5")),
    ("inning", r"(?P<inning>\d)(?:st|nd|rd|th) inning", ("inning",)),
    ("period", r"(?P<period>[1-3])(?:st|nd|rd) period", ("period",)),
    ("set", r"\bset (?P<set>[1-5])\b|(?P<set2>[1-5])(?:st|nd|rd) set\b", ("set",)),
    ("map", r"\bmap (?P<map>[1-5])\b|\bgame (?P<map2>[1-7])\b", ("map ", "game ")),
    ("round", r"\b(?:in|after|of) round (?P<round>\d)\b|\bround (?P<round2>[1-4]) leader", ("round ",)),
)
PERIOD: Final = tuple((name, re.compile(rule), triggers) for name, rule, triggers in _PERIODS)

# Order matters: the first kind that fits names the question.
_KINDS: Final = (
    ("mention", r"\b(?:say|says|said|mention|mentions|mentioned)\b", ("say", "said", "mention")),
    (
        "series score",
        r"\bwin \d ?- ?\d\b|series score|\bin (?:4|5|6|7) games\b",
        ("win ", "series score", " games"),
    ),
    ("exact score", r"exact score|correct score", ("score",)),
    (
        "both teams score",
        r"\bbtts\b|both teams? to score|both teams score|\bboth\b.+\bscore\b",
        ("score", "btts", "both"),
    ),
    ("odd even", r"odd/even|odd or even", ("odd/", "odd or")),
    ("toss", r"\btoss\b", ("toss",)),
    ("completed", r"completed match", ("completed",)),
    (
        "method of finish",
        r"method of (?:finish|victory)|\bby (?:ko|tko|submission|decision)\b|\bko or tko\b|won by submission",
        ("method", "ko", "submission", "decision"),
    ),
    (
        "win some way",
        r"\bto nil\b|clean sheet|from behind|double chance|draw no bet|in (?:overtime|extra time)|"
        r"on penalties",
        (" nil", "clean", "behind", "double", "no bet", "time", "penalt"),
    ),
    ("go the distance", r"go the distance", ("distance",)),
    (
        "first to score",
        r"first (?:team )?to score|1st (?:team )?to score|run scored in the|inning runs?\b",
        ("to score", "run scored", "inning run"),
    ),
    ("double double", r"(?:double|triple)[- ]doubles?", ("double",)),
    ("first goalscorer", r"(?:1st|last) goal ?scorer", ("scorer",)),
    ("goalscorer", r"anytime goal ?scorer|: goalscorers?|to score a goal", ("scorer", "score a goal")),
    (
        "golden boot",
        r"\btop (?:goal ?)?scorer|score the most goals|goals? leader|golden boot|lead .+ in goals\b",
        ("scorer", "most goals", "leader", "golden boot", "lead "),
    ),
    (
        "spread",
        r"\bspreads?\b|handicap|wins?\b.{0,40}? by (?:over|more than|"
        r"at least) [\d.]+ (?:goals|points|runs|rounds|maps)|win by (?:over|"
        r"more than) [\d.]+",
        ("spread", "handicap", " by "),
    ),
    ("margin of victory", r"margin of victory|popular vote margin", ("margin",)),
    ("turnout", r"turnout|total vote count|votes cast", ("turnout", "vote")),
    ("vote share", r"vote share|percent(?:age)? of the (?:popular )?vote|% of the vote", ("vote",)),
    ("popular vote", r"popular vote", ("popular vote",)),
    ("seats", r"\bseats\b(?<!most seats)", ("seats",)),
    (
        "combination",
        r"balance of power|win the (?:house|senate)\b.* and .*\b(?:house|senate|presidency)|"
        r"all of the following|sweep|\bd senate\b|\br senate\b",
        ("balance", "all of", " and ", "sweep", "senate,"),
    ),
    (
        "candidacy",
        r"(?<!home )\bruns? for\b|\brunning for\b|\bcandidacy\b|declare for",
        ("run", "candidacy", "declare"),
    ),
    ("squad", r"\bsquads?\b|\broster\b", ("squad", "roster")),
    (
        "ticket",
        r"\b(?:presidential |democratic |republican )ticket\b|running mate",
        ("ticket", "running mate"),
    ),
    (
        "matchup",
        r"presidential nominees\b|presidential matchup|\bmatchup\b.+presiden",
        ("nominees", "matchup"),
    ),
    ("primary place", r"(?:place|finish|advance).+primary|primary.+(?:advance|runoff)", ("primary",)),
    (
        "nominee",
        r"\bnominees?\b|\bnomination\b|primary winner|\bprimary\b",
        ("nominee", "nomination", "primary"),
    ),
    ("runoff", r"\brun-?off\b", ("run",)),
    (
        "second place",
        r"(?:finish|come|place|in) (?:in )?2nd\b(?! half)|runner-?up|2nd place",
        ("2nd", "runner"),
    ),
    (
        "nth place",
        r"\b(?:[3-9]|\d\d)(?:st|nd|rd|th) place\b|\bfinish (?:in )?(?:[3-9]|\d\d)(?:st|nd|"
        r"rd|th)\b|last place",
        ("place", "finish"),
    ),
    ("top finish", r"\btop[- ]\d+\b", ("top",)),
    ("make cut", r"make the cut|miss the cut", ("the cut",)),
    ("relegated", r"relegat\w*", ("relegat",)),
    (
        "qualify",
        r"\bqualif(?:y|ies|ied|iers?)|(?:make|clinch|earn|miss|secure) .{0,40}(?:playoffs?"
        r"|postseason|berth|spot)|playoff (?:qualifiers?|teams?)|"
        r"make (?:it to )?the (?:postseason|knockout)|advance\b|"
        r"\breach(?:es)?\b(?=.{0,48}(?:finals?|quarter|round|knockout|playoff|stage))|"
        r"(?:be )?eliminated|progress to",
        (
            "qualif",
            "make",
            "clinch",
            "earn",
            "miss ",
            "secure",
            "playoff",
            "advance",
            "reach",
            "eliminat",
            "progress",
        ),
    ),
    (
        "up or down",
        r"up or down|price up in next|price down in next|higher or lower",
        ("up or down", "price up", "price down", "higher or"),
    ),
    (
        "temperature",
        r"(?:high|low|highest|lowest|max|maximum|minimum)\s+temp(?:erature)?|\btemperature\b",
        ("temp",),
    ),
    (
        "seasonal total",
        r"\d\+? .+(?:during|in) (?:the )?.{0,40}(?:regular )?season|wins? total|win total",
        ("season", "total"),
    ),
    (
        "lead",
        r"\bleaders?\b|\bleads?\b|"
        r"\b(?:the most|highest|lowest|most)(?! seats) [\w ]+(?: (?:in|of|for|during|at)\b|:)|"
        r"have the (?:most|highest|lowest)|hit the most|record the most|"
        r"strike out the most",
        ("lead", "most", "highest", "lowest"),
    ),
    (
        "team total",
        r"\bscores? (?:over|under|more than|at least) [\d.]+|team totals?",
        ("score", "team total"),
    ),
    ("player stat", r"^(?!.* (?:vs?\.?|at|@) )[^:?]{3,40}: (?:points|goals|runs|hits) o/u", (": ",)),
    (
        "total",
        r"\bo/u\b|over/under|\btotals?\b.{0,20}(?:goals|runs|points|corners|cards|maps|"
        r"games|sets|rounds|kills|fours|sixes|score)|\btotals?\b$|: totals?\b|(?:over|"
        r"under|at least) [\d.]+ (?:total |match )*(?:goals|runs|points|corners|cards|maps"
        r"|games|sets|rounds|kills|fours|sixes)|\d\+ total|total (?:match )?(?:fours|sixes"
        r"|kills)",
        ("o/u", "over", "under", "total", "at least"),
    ),
    ("player stat", r"^[^:?]{3,40}: \d+\+ \w+|^[^:?]{3,40}: [\w ]+ o/u", (": ",)),
    ("more markets", r"more markets|player props|game props", ("more markets", "props")),
    (
        "win",
        r"\bwin(?:s|ner|ners|ning)?\b|\bchampions?\b|\bchampionship winner|\bvictor(?:y|"
        r"ious)?\b|\bbe elected\b|\bbe the next (?:president|governor|senator|mayor)\b|"
        r"finish(?:es)? 1st|1st place|end in a (?:draw|tie)|\bmoneyline\b|\bleading at\b|"
        r"\bbeat\b|\bdefeat\b|control the (?:house|senate)|draw at",
        (
            "win",
            "champion",
            "victor",
            "elected",
            "next",
            "finish",
            "1st place",
            "draw",
            "tie",
            "moneyline",
            "leading",
            "beat",
            "defeat",
            "control",
        ),
    ),
)
FIRST_PLACE: Final = re.compile(r"finish(?:es)? (?:in )?1st(?: place)?|1st place|place 1st")
KIND: Final = tuple((name, re.compile(rule), triggers) for name, rule, triggers in _KINDS)

_MARKERS: Final = (
    ("stage", "group", r"\bgroup ([a-l])\b", ("group",)),
    ("stage", "pool", r"\bpool ([a-h])\b", ("pool",)),
    ("stage", "group stage", r"\bgroup stage\b", ("group",)),
    ("stage", "knockout", r"knockout", ("knockout",)),
    ("stage", "round of", r"\bround of (\d+)", ("round of",)),
    ("stage", "quarterfinal", r"quarter-?finals?", ("quarter",)),
    ("stage", "semifinal", r"semi-?finals?", ("semi",)),
    ("stage", "grand final", r"\bgrand final\b", ("grand final",)),
    (
        "stage",
        "final",
        r"\b(?:reach(?:es)?|make|in|advance to|qualify for)\b (?:the )?(?:[\w'-]+ ){0,5}(?P<final>finals?)\b",
        ("final",),
    ),
    ("stage", "playoffs", r"playoffs?|postseason", ("playoff", "postseason")),
    ("stage", "1st round", r"\b1st round\b", ("1st round",)),
    ("stage", "second round", r"\b2nd round\b|run-?off", ("2nd round", "run")),
    ("stage", "regular season champion", r"regular season (?:champion|title|winner)", ("regular season",)),
    (
        "stage",
        "division",
        r"\b((?:al|nl|nfc|afc|american league|national league) (?:east|west|north|south|"
        r"central))\b|\b(atlantic|metropolitan|central|pacific|northwest|southeast|"
        r"southwest) division\b",
        ("east", "west", "north", "south", "central", "division"),
    ),
    ("stage", "top", r"\btop[- ](\d+)\b", ("top",)),
    ("stage", "place", r"\b(\d+)(?:st|nd|rd|th) place\b", (" place",)),
    ("stage", "rank", r"#(\d+)\b", ("#",)),
    ("stage", "stage", r"\bstage (\d)\b", ("stage",)),
    ("stage", "week", r"\bweek (\d+)\b", ("week",)),
    ("stage", "matchday", r"\b(?:matchday|matchweek|gameweek|game day) (\d+)", ("match", "game")),
    ("basis", "inaugurated", r"inaugurat|sworn in|take(?:s)? office", ("inaugur", "sworn", "office")),
    (
        "basis",
        "announced",
        r"\bannounce[sd]?\b(?! an? (?:increase|decrease|cut|hike|change)| no )|\bannouncement\b",
        ("announce",),
    ),
    (
        "basis",
        "touch",
        r"\bhits?\s+\$?\d|\breach(?:es)?\s+\$?\d|\btouch|\bdips? to\b|\bever\b.+\b(?:above"
        r"|below)\b|\ball[- ]time high\b|\(high\)|\(low\)|intraday|at any (?:point|time)|"
        r"how high will|how low will",
        (
            "hit",
            "reach",
            "touch",
            "dip",
            "ever",
            "all",
            "(high)",
            "(low)",
            "intraday",
            "at any",
            "how high",
            "how low",
        ),
    ),
    (
        "basis",
        "close",
        r"\bclos(?:e|es|ing)\b(?! early| the)|\bsettles?\b|"
        r"\bat \d{1,2}(?::\d\d)?\s*[ap]\.?m\b|\bend of (?:day|month|year)\b",
        ("clos", "settl", "m ", "m.", "end of", "pm", "am"),
    ),
    ("basis", "average", r"trimmed mean|\baverage (?:price|of)\b|\btwap\b", ("mean", "average", "twap")),
    ("grain", "monthly", r"\bmonthly\b|\bmom\b|month-over-month|month over month", ("month", "mom")),
    (
        "grain",
        "annual",
        r"\bannual\b|\byoy\b|year-over-year|year over year|for the year ending|12-month",
        ("annual", "yoy", "year", "12-month"),
    ),
    ("grain", "quarterly", r"\bquarterly\b|\bqoq\b|quarter-over-quarter", ("quarter", "qoq")),
    ("grain", "seasonal", r"\bregular season\b", ("regular season",)),
)
"""Slot, marker, pattern, and substrings of which one must be there before the pattern is tried."""
MARKER: Final = tuple((slot, name, re.compile(rule), triggers) for slot, name, rule, triggers in _MARKERS)
CANDLE: Final = re.compile(
    r""
    r"(?P<h1>\d{1,2})(?::(?P<m1>\d\d))?\s*(?P<p1>[ap])m\s*-\s*(?P<h2>\d{1,2})(?::(?P<m2>\d\d))?\s*(?P<p2>[ap])m"
    r"|\b(?P<len>\d+)[- ]?(?:mins?|minutes?|m)\b|\b(?P<hour>hourly|1 hour)\b|"
    r"\b(?P<daily>daily)\b|(?P<day>up or down on (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
    r" \d{1,2}\b(?!.*\d ?[ap]m))|\b(?P<at>\d{1,2})\s*(?P<ap>[ap])m\b"
)
PLACEHOLDER: Final = re.compile(
    r"\b(?i:person|player|candidate|team|party|placeholder|company|song|option|artist|"
    r"club|country|movie|film|driver|individual|album|pitcher|nominee|contestant|book|show|golfer|actor|chef|"
    r"manager|fighter)\s+\"?(?!(?:FC|SC|AC|CF|AI|TV|US|UK|EU|UN|PC|NY|LA|DC)\b)[A-Z]{1,2}\d?\"?(?=\s|[?.,:\"]|$)"
    r"|\b(?i:city|state|region|model)\s+\"?[A-HJ-RT-WZ]\"?(?=\s|[?.,:\"]|$)"
    r"|\b(?i:person|player|candidate|option|placeholder|team|company)\s+\d{1,3}(?=\s|[?.,:\"]|$)"
    r"|\b(?:Will|will)\s+(?:the\s+)?\"?[A-Z]\"?\s+(?:win|be|become|finish|lead|have|score|get|make)\b"
)
"""A letter or number where a name will be filled in; "City FC" and "Model Y" are names."""
LONE_LETTERS: Final = re.compile(r"[\s\"][A-Z]{1,2}\d?(?=[\s?.,:\"]|$)")
NUMBERED: Final = frozenset({"person", "player", "candidate", "option", "placeholder", "team", "company"})
"""What every placeholder has: a letter or two that stand alone, or one of these words before a number."""
OTHER_GATE: Final = ("other", "different", "none", "no one", "noone", "nobody", "else", "field")
"""Substrings of which every one of OTHER's has one."""
OTHER: Final = re.compile(
    r"\b(?:(?<!after )another|any other|some other|a different|none of|no other)\s+\w+|"
    r"\bsomeone else\b|\bno ?one\b|\bnobody\b|\banyone else\b"
    r"|\bother\s*\??$|^other\b|\bother (?:candidate|team|player|person|party|score)\b|"
    r"\bthe field\b|\bfield\s*$|\bnone\s*\??$"
    r"|: other\b"
)
_USED_UP_TABLE: Final = """
mention, exact score, series score, both teams score, odd even, toss, completed, go the distance, first
to score, double double, first goalscorer, goalscorer, squad, ticket, nominee, runoff, second place, nth
place, top finish, make cut, relegated, qualify, up or down, more markets, popular vote, candidacy
"""
USED_UP: Final = frozenset(name.strip() for name in _USED_UP_TABLE.replace("\n", " ").split(","))
"""Kinds whose words are blanked once recognised; those of the others carry names or numbers."""
SCORE: Final = re.compile(r"\b(\d{1,3}) ?- ?(\d{1,3})\b(?! ?-)")
METHODS: Final = (
    ("decision", r"\bdecision\b"),
    ("knockout", r"\b(?:t?ko|knockout)\b"),
    ("submission", r"\bsubmission\b"),
    ("draw", r"\bdraw\b"),
)
START: Final = re.compile(r"\b(\d{1,2})(?::(\d\d))?\s*([ap])m\b")
CHAMBERS: Final = re.compile(
    r"\b(democrat\w*|republican\w*|d|r)\b(?: party)?(?: wins?| controls?| takes?)?(?: the)? "
    r"(house|senate|presidency)"
)

"""Ways of saying the same that no single word carries, as data: trigger, pattern, what it is read as.

A row is tried only where its trigger stands in the lower-case text. Patterns see folded text whose capitals
are kept; order matters, a later row sees what earlier ones wrote.
"""

from __future__ import annotations

import re
from typing import Final

from dutchbook.domain.matching.text import PLAIN_WORDS
from dutchbook.domain.matching.triggers import Triggers

_MONTH: Final = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_HEAD: Final = r"(?:us |uk )?(?:president|prime minister|pm|chancellor|supreme leader)"
_OF_A_FIGURE: Final = (
    r"\b((?:CPI|PPI|PCE|GDP|inflation)(?: growth)?) (?:increases?|rises?|grows?)(?: by)?"
    r"(?= (?:\d|more|at|over|above|less))"
)
_TABLE: Final = (
    # Middle initials: "Lorie K. Logan".
    (". ", r"(?<=[a-z]) (?-i:[A-Z])\. (?=(?-i:[A-Z][a-z]))", " "),
    # A span of days: "May 8-15" is "May 8 to May 15".
    (
        "-",
        rf"\b({_MONTH}) (\d{{1,2}})\s?-\s?(\d{{1,2}})(?![\d:.%]|\s?(?:am|pm|goals|points))\b",
        r"\1 \2 to \1 \3",
    ),
    # A game's number within its series names no part of the game.
    ("game ", r"^game [1-7]: (?=.+ (?:at|vs\.?|@) )", ""),
    (" x ", r"(?<=[A-Za-z]) (?-i:x) (?=(?-i:[A-Z]))", " and "),
    # Jobs are payrolls, however they are counted.
    ("lose", r"\bloses? jobs\b", "have less than 0 nonfarm payrolls"),
    ("jobs", r"\badd(?:s|ed)?\b(.{0,40}?)\bjobs\b", r"\1 nonfarm payrolls"),
    ("jobs", r"\b(?:how many )?jobs (?:numbers?|report|(?:be )?(?:added|created))\b", "nonfarm payrolls"),
    # Leaving an office.
    (
        "european commission",
        r"\b(?:(?:President|Head) of the (?:European|EU) Commission|(?:European|EU) Commission President)\b",
        "Commission-President",
    ),
    (
        " from ",
        r"\b(retires?|resigns?|steps down) from (?:the )?(?:US )?(?:Supreme Court|SCOTUS|Senate|Congress)\b",
        r"\1",
    ),
    ("cease", r"\bceases? to be\b", "out as"),
    ("no longer", r"\b(?:is |be )?no longer\b", "out as"),
    ("step", r"\bsteps? down\b", "out"),
    ("office", r"\b(?:leaves?|leaving|out of|exits?) office\b", "out"),
    (
        " as ",
        r"\b(out|leaves?|leaving|exits?|removed|ousted) as (?:the )?(?:(?-i:[A-Z]\w+) )?"
        rf"{_HEAD}(?: of (?-i:[A-Z]\w+))?\b",
        r"\1",
    ),
    (" as ", r"\b(?:be )?(?:removed|ousted) as\b", "out as"),
    ("euro 2", r"\bEuro (?=20\d\d\b)", "Euros "),
    ("member", r"\bbecomes? (?:an? )?(?:full )?((?:\w+ ){1,2})member\b", r"join \1"),
    ("member of", r"\bbecomes? (?:an? )?(?:full )?member of\b", "join"),
    # What a price touches, and how much a token is worth.
    ("(high)", r"\bhits? \(high\)", "reach"),
    ("(low)", r"\bhits? \(low\)", "dip to"),
    ("how high", r"\bhow high will (.+?) (?:get|go|be)\b", r"what price will \1 hit"),
    ("how low", r"\bhow low will (.+?) (?:get|go|be)\b", r"what price will \1 dip to"),
    (
        "what price will",
        r"\bwhat price will (.+?) (?:hit|reach)( .*?)?\?[:\s]*(?:\u2191\s*|at least )?(?=\$?\d)(\S+)"
        r"(?: or (?:above|higher|more))?$",
        r"will \1 reach \3\2",
    ),
    (
        "what ",
        r"\bwhat (?:price )?will (.+?) (?:hit|reach)( .*?)?\?[:\s]*above (\$?\d\S*)$",
        r"will \1 reach \3\2",
    ),
    ("what price will", r"\bwhat price will (.+?) hit( .*?)?\?[:\s]*\u2193\s*(\S+)$", r"will \1 dip to \3\2"),
    ("usd", r"(?<=\d) USD(?:/\w+)?\b", ""),
    (" dollars", r"(?<=\d) dollars\b", ""),
    (
        "at any",
        r"\b(?:above|over) (\$\d[\d,.]*\w?) at any (?:point|time)\b",
        r"reach \1",
    ),
    ("bps)", r"(?<=\d) \(\d+ bps\)", ""),
    ("fdv", r"\bmarket cap \(FDV\)", "FDV"),
    ("fully diluted", r"\bfully[- ]diluted (?:valuation|value|market cap)\b", "FDV"),
    # Verdicts, deals and meetings.
    (
        "meeting",
        rf"\b(?:at|after|following|in) (?:(?:the|their|its) )?({_MONTH}(?: \d{{4}})?) "
        r"(?:Bank of \w+ )?"
        r"(?:(?:FOMC|Fed|MPC|Governing Council|Board of Directors'?|monetary|policy|key|rate) )*"
        r"meeting\b",
        r"in \1",
    ),
    ("airdrop", r"\b(?:perform|conduct|carry out|do)s? (?:an? )?(?=(?:\w+ )?airdrop)", ""),
    (
        "rate",
        r"\b(?:keeps?|holds?|leaves?) (?:interest |its |the )?rates? (?:unchanged|steady|on hold)\b",
        "maintain",
    ),
    ("gas ", r"\b(?<!natural )gas (?=(?:hits?|reach(?:es)?|above|over|below) \$)", "gas prices "),
    ("opening weekend", r"\bdomestic(?:ally)?\b", ""),
    (" no ", r"\bno (?=(?:Fed )?rate (?:cut|hike)s?\b)", "0 "),
    (" form", r"\b(hurricane|storm|cyclone) forms?\b", r"\1"),
    ("american league ", r"\bAmerican League (?=(?:East|West|Central)\b)", "AL "),
    ("national league ", r"\bNational League (?=(?:East|West|Central)\b)", "NL "),
    ("state of the union", r"\bState of the Union(?: address| speech)?\b", "SOTU"),
    ("rate", r"\b(?:cash|policy|benchmark|repo|key interest|key|base|bank) rate(?=s? |\b)", "rate"),
    *(
        (word, rf"\b(?:{word})s? (?=(?:above|below|over|under)\b)", "")
        for word in ("rise", "fall", "climb", "drop")
    ),
    ("raise", r"\braises?(?= (?:interest )?rates?\b)", "hike"),
    (" to $", r"\b(?:drops?|falls?) to (?=\$\d)", "dip to "),
    ("posts", r"\bposts? (?=(?:[\d-]+ )?tweets\b)", ""),
    ("post ", r"\bposts? (?=(?:[\d-]+ )?tweets\b)", ""),
    ("worth", r"\bworth (?:more than|over|at least|above) \$1 ?(trillion|billion)\b", r"a \1aire"),
    ("shut", r"\bshuts? down\b(?=.*\?|$)", "shutdown"),
    # Pardons are the president's.
    ("trump pardon", r"\b(?:(?:President|Donald(?: J\.)?) )?Trump (?=pardons?\b)", ""),
    ("pardoned by", r"\bpardoned by (?:President )?(?:Donald )?Trump\b", "pardoned"),
    ("pardon", r"\b(?:receives?|granted) an? (?:presidential )?pardon\b", "pardoned"),
    ("achieved", r"\b(?:it )?(?:has |have )?achieved\b", ""),
    ("retirement", r"\bannounces? (?:(?:his|her|their) )?retirement\b", "retire"),
    ("scoring title", r"\bwin the (.{0,12})scoring title\b", r"lead the \1in points per game"),
    (
        "beat",
        r"^will (?:the )?(.+?) beat (?:the )?((?-i:[A-Z])[^?]*?)((?: (?:on|in|at|for)\b[^?]*)?)\?",
        r"\1 vs. \2\3: \1",
    ),
    # A number that names a thing counts nothing: "Flight 14" is one flight.
    *(
        (f"{word} ", rf"\b({word}) (\d{{1,3}})\b(?!\.\d|%)", r"\1\2")
        for word in ("flight", "episode", "proposition", "prop", "amendment", "phase", "chapter", "volume")
    ),
    # How long after: a day is no month.
    ("after", r"\b(?:one|1|a) (hour|day|week|month|year) after\b", r"\1after"),
    # Which of two comes first.
    (
        " first?",
        r"^(?:will |who will |which will )?(.+?) or (.+?) ((?:\w+ ){1,2})first\?\s*(?:\1)$",
        r"\1 \3before \2",
    ),
    (
        " first?",
        r"^(?:will |who will |which will )?(.+?) or (.+?) ((?:\w+ ){1,2})first\?\s*(?:\2)$",
        r"\2 \3before \1",
    ),
    # Elections.
    ("election", r"\b(?:legislative|knesset|bundestag|sejm|riksdag)(?= elections?\b)", "parliamentary"),
    ("elected", r"\b(?:be )?re-?elected(?: as)?\b", "win"),
    ("state election", r"\bstate election\b", "election"),
    (
        "round",
        r"\b(?:advance|qualify|progress|proceed)s? (?:to|for) (?:the |a )?(?:second|2nd) round\b",
        "make the runoff",
    ),
    (
        "off",
        r"\b(?:advance|qualify|progress|proceed)s? (?:to|for) (?:the |a )?run-?off\b",
        "make the runoff",
    ),
    ("guilty", r"\b(?:be )?found guilty\b", "convicted"),
    ("agree", r"\bagrees?(?: to| on)?(?: an?)? (?=(?:\w+ ){0,2}(?:ceasefire|truce|deal)\b)", ""),
    ("deal signed", r"\bdeal signed\b", "deal"),
    ("deal", r"\b(?:reach(?:es)?|sign(?:s|ed)?|strikes?|make|made?) (?:an? )?(?=(?:\w+ ){0,3}deal\b)", ""),
    ("on record", r"\bon record\b", "ever"),
    # The best of a final or an all-star game is not the season's.
    (
        "mvp",
        r"\b(Super Bowl|World Series|All-Star(?: Game)?|Finals?|Cup) (?:MVP|Most Valuable Player)\b",
        r"\1 FinalMVP",
    ),
    # Of a figure, to rise by so much is its value; of a central bank's rate it is a move.
    *((word, _OF_A_FIGURE, r"\1") for word in ("increase", "rise", "grow")),
    ("settle", r"\bsettles? (?=(?:at|above|below|over|under|between|higher|lower)\b)", "close "),
    ("ath", r"\b(?-i:ATH)\b", "all time high"),
    ("presidential", r"\bpresidential (?:run|bid|campaign|candidacy)\b", "running for president"),
    ("actor", r"\b(next (?:(?-i:[A-Z])\w+ ){1,3})actor\b", r"\1"),
    # Rankings and stages.
    ("streamed", r"(?:#1 )?\bmost[- ]streamed\b", "top"),
    ("#1", r"#1\b", "top"),
    ("rounds ", r"\brounds \d-\d\b", ""),
    (
        "knockout",
        r"\b(?:reach|advance to|make|qualify for) (?:the )?knockout (?:stages?|rounds?|phase)\b",
        "advance",
    ),
    (" law", r"\b(?:is |be )?(?:signed into|becomes?|enacted into) law\b", "become law"),
    ("by market cap", r"\bby market cap(?:italization)?\b", ""),
    ("temp", r"\b(?:high|max|maximum) temp(?:erature)?\b", "highest temperature"),
    ("temp", r"\b(?:low|min|minimum) temp(?:erature)?\b", "lowest temperature"),
    (" ai", r"(?:\btop|#1|\bnumber one|\bhighest[- ]ranked) (?=(?:\w+ ){0,2}AI\b)", "best "),
    ("ranked", r"\b(?:top|highest)[- ]ranked (?=(?:\w+ ){0,2}models?\b)", "best "),
    ("grossing", r"\b(?:top|highest)[- ]grossing\b", "highest grossing"),
    ("box office", r"\bbox office(?: gross(?:es)?)?\b", "gross"),
    ("opening weekend", r"\bgross(?:es|ed)?\b", ""),
    ("x ", r"\bposts? on (?-i:X)\b", "tweets"),
    ("rain", r"\brain(?:s|fall)?\b", "precipitation"),
    ("hike", r"\bhikes? (?:rates? )?(?:by )?0 ?bps\b", "no change"),
    ("no change", r"\b(?:there be )?no change\b", "maintain"),
    (
        "announce",
        r"\bannounces? (?=maintain\b|an? (?:\d+ ?bps )?(?:rate )?(?:increase|decrease|cut|hike)\b)",
        "",
    ),
)  # fmt: skip
_ROMAN: Final = {"i": 1, "v": 5, "x": 10, "l": 50}
_SUPER_BOWL: Final = re.compile(r"\bSuper Bowl ([IVXL]+)\b")
FIRST_YEARS: Final = {
    "academy": 1928,
    "oscar": 1928,
    "grammy": 1958,
    "golden globe": 1943,
    "emmy": 1948,
    "tony": 1947,
}
_ORDINAL: Final = re.compile(r"\d(?:st|nd|rd|th) ")
_CEREMONY: Final = re.compile(
    r"\b(\d{2})(?:st|nd|rd|th) (?:annual )?(?:primetime )?"
    r"(academy|oscar|grammy|golden globe|emmy|tony)(?=s?\b)",
    re.IGNORECASE,
)
"""Award ceremonies by number: the 99th Academy Awards are those of 2027."""
PHRASES: Final = tuple((trigger, re.compile(rule, re.IGNORECASE), to) for trigger, rule, to in _TABLE)
_TRIGGERS: Final = Triggers([(trigger,) for trigger, _, _ in _TABLE])


_BLANK: Final = re.compile(
    r"\b(?:(?:above|below|over|under|between|at least|less than|more than|hits?|reach|by|before|in|on)\s*)?"
    r"\$?(?:_{2,}|\.{2,}|\u2026)\s?%?",
    re.IGNORECASE,
)
"""Where a title leaves out what its questions differ in: "Bitcoin above ___ on May 13?", "IPO by...?"."""


_FILLED: Final = re.compile(
    rf"^(?P<head>.*?)(?:_{{2,}}|\.{{2,}}|\u2026)(?P<tail>.*?)\??\s*:\s*"
    rf"(?P<value>\$?\d[\d,.]*\s?[kmbt]?%?|{_MONTH} \d{{1,2}}(?:, \d{{4}})?)$",
    re.IGNORECASE,
)
"""A blank whose filling the venue writes behind a colon: "Token FDV above ___?: $500M"."""


def fill_blanks(raw: str) -> str:
    """A raw title with its blank filled by the outcome behind it, else without it: it says nothing."""
    if not ("__" in raw or ".." in raw or "\u2026" in raw):
        return raw
    filled = _FILLED.match(raw)
    return filled["head"] + filled["value"] + filled["tail"] if filled else _BLANK.sub(" ", raw)


def reword(text: str) -> str:
    """The text in the words that the other tables know."""
    lower = text.lower()
    rows = _TRIGGERS.rows(lower, PLAIN_WORDS.findall(lower))
    while rows:
        row = rows.pop(0)
        _, rule, to = PHRASES[row]
        text, count = rule.subn(to, text)
        if count:
            lower = text.lower()
            rows = [later for later in _TRIGGERS.rows(lower, PLAIN_WORDS.findall(lower)) if later > row]
    if "super bowl" in lower:
        text = _SUPER_BOWL.sub(_super_bowl_year, text)
    return _CEREMONY.sub(_with_year, text) if _ORDINAL.search(lower) else text


def _super_bowl_year(match: re.Match[str]) -> str:
    """Super Bowl LX was played in February 2026."""
    values = [_ROMAN[letter.lower()] for letter in match[1]]
    number = sum(-value if value < max(values[at:]) else value for at, value in enumerate(values))
    return f"Super Bowl {1966 + number}"


def _with_year(match: re.Match[str]) -> str:
    return f"{FIRST_YEARS[match[2].lower()] + int(match[1])} {match[2]}"

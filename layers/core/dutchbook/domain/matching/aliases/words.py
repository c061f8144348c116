"""Plain words: those that carry no meaning for a match, those that carry little, and those that mean the same."""

from __future__ import annotations

from typing import Final

STOP: Final = frozenset(
    """
    a an and are as at be been being by can did do does during else ever for from get gets had has have he her his
    how if in into is it its itself just may more most no not of off on or our over own per she should so some such
    than that the their them then there these they this those to under up upon us was we were what when where
    whether which while who whom whose why will with within would you your happen happens happened yes resolve
    resolves market markets question following according
    """.split()
)

SOFT: Final = frozenset(
    """
    any another anyone anybody someone candidate candidates official officially officialy award awards trophy prize winner
    winners win wins won champion champions championship title titles finals season regular race race's seat
    general election elections special event events men mens men's male fc cf sc ac afc club team teams
    national new year time times again next last current currently overall
    become becomes became named name next's more other level game games match matches matchup series tournament
    cup league leagues party world global globally international pro professional player players pitcher driver
    drivers person people number many much total result results outcome place finish finishes finished price prices
    value rate growth real monthly annual change index level reported report release released edt est et utc gmt pm am
    et noon close closing closed day days date main after conference held hold holds
    annual country countries overall singles included include includes list nation nations player
    make makes made reach reaches year-over-year interest
    """.split()
)
"""Words that a venue adds or leaves out at will; alone they neither join nor part two questions."""

CLUB_WORDS: Final = frozenset(
    """
    fc cf sc ac afc cfc bc bk fk sk ik if nk hk kk sv tsv tsg vfb vfl spvgg ssv fsv bsc sg rc rcd cd ca ud sd cp us as ss
    ssc acf asd usd cfr aj ogc osc sco losc aa ec se cr fbc fbpa fbk jk gnk ksc kv kvc krc rsc royale royal club
    clube clubs futebol futbol football calcio sport sporting sportif deportivo deportes atletico associacao associazione
    de da do la le los el das der des del e y the of esporte esports gaming team basket basketball bk baloncesto
    balompie saudi squad hotspur 1
    """.split()
) | {str(year) for year in range(1860, 1960)} | {f"{number:02}" for number in range(100)} | {
    str(number) for number in range(10, 100)
}  # fmt: skip
"""Parts of a club's formal name that newspapers drop. Never dropped when nothing else is left."""

DIVISION: Final = frozenset(
    """
    women womens w ladies feminine femenino femenil femeni u17 u18 u19 u20 u21 u23 youth academy reserves reserve ii iii b
    challengers juniors jr junior
    """.split()
)
"""Words that make another side or another person of the same name; both questions must have them."""

SYNONYMS: Final = {
    "leaves": "leave", "left": "leave", "leaving": "leave", "out": "leave", "ousted": "leave", "depart": "leave",
    "departs": "leave", "exits": "leave", "exit": "leave",
    "resigns": "resign", "resigned": "resign", "resignation": "resign",
    "visits": "visit", "visited": "visit", "visiting": "visit", "travels": "visit", "travel": "visit",
    "meets": "meet", "meeting": "meeting", "met": "meet",
    "releases": "release", "launches": "launch", "launched": "launch", "airdrops": "airdrop",
    "drops": "release", "invades": "invade", "invasion": "invade", "captures": "capture",
    "captured": "capture", "acquires": "acquire", "acquired": "acquire", "buy": "acquire", "buys": "acquire",
    "purchase": "acquire", "dies": "die", "death": "die", "dead": "die", "impeached": "impeach",
    "impeachment": "impeach", "pardons": "pardon", "pardoned": "pardon", "arrested": "arrest", "charged": "charge",
    "indicted": "indict", "indictment": "indict", "convicted": "convict", "conviction": "convict",
    "sentenced": "sentence", "confirmed": "confirm", "confirms": "confirm", "nominates": "nominate",
    "nominated": "nominate", "banned": "ban", "bans": "ban", "weds": "marry", "married": "marry", "marries": "marry",
    "wedding": "marry", "engaged": "engage", "recognise": "recognize", "recognizes": "recognize",
    "recognised": "recognize", "cease": "ceasefire", "truce": "ceasefire", "cease-fire": "ceasefire",
    "signs": "sign", "signed": "sign", "joins": "join", "joined": "join", "traded": "trade", "trades": "trade",
    "played": "play", "plays": "play", "playing": "play", "performs": "perform", "manager": "coach",
    "managers": "coach", "actor": "actor", "movie": "film", "movies": "film", "films": "film",
    "biggest": "largest", "top": "top", "highest": "highest", "temp": "temperature", "tie": "draw", "ties": "draw",
    "mins": "minute", "min": "minute", "minutes": "minute", "hourly": "hour", "1h": "1h", "songs": "song", "picked": "pick", "picks": "pick", "drafted": "pick", "selected": "pick",
    "singer": "artist", "company": "company", "companies": "company", "largest": "largest", "utd": "united",
    "intl": "international", "st": "saint", "mt": "mount", "ft": "fort", "championships": "championship",
    "qualifies": "qualify", "qualified": "qualify", "qualification": "qualify", "advances": "advance",
    "relegation": "relegated", "hikes": "hike", "hiked": "hike", "raises": "hike", "increase": "hike",
    "increases": "hike", "decrease": "cut", "decreases": "cut", "cuts": "cut", "lowers": "cut", "maintains": "maintain",
    "hold": "hold", "unchanged": "maintain", "pause": "maintain", "hks": "hike",
}  # fmt: skip

EXONYMS: Final = {
    "praha": "prague", "munchen": "munich", "koln": "cologne", "wien": "vienna", "milano": "milan", "torino": "turin",
    "roma": "rome", "napoli": "naples", "sevilla": "seville", "lisboa": "lisbon", "kobenhavn": "copenhagen",
    "goteborg": "gothenburg", "moskva": "moscow", "warszawa": "warsaw", "beograd": "belgrade", "bucuresti": "bucharest",
    "kiev": "kyiv", "bruxelles": "brussels", "antwerpen": "antwerp", "brugge": "bruges", "gent": "ghent",
    "nurnberg": "nuremberg", "basle": "basel", "firenze": "florence", "genova": "genoa", "venezia": "venice",
    "sankt": "saint", "st": "saint", "utd": "united", "ath": "athletic", "dep": "deportivo", "intl": "international",
    "odessa": "odesa", "kharkov": "kharkiv", "lvov": "lviv", "brno": "brno", "krakow": "cracow", "braunschweig": "brunswick",
    "hannover": "hanover", "zuerich": "zurich", "genf": "geneva", "geneve": "geneva", "marseilles": "marseille",
    "lyons": "lyon", "den": "the", "osasuna": "osasuna", "rhein": "rhine", "wanderers": "wanderers",
}  # fmt: skip
"""City and club words in two languages, for side names."""

COMMON: Final = frozenset(
    """
    bank open grand first new east west north south central general special state city county district college
    university school high street party cup league prize award movie film album song price rate cut hike deal war
    peace strike ban tax bill act law court house senate emergency early late final semi quarter round stage group pool
    major minor super big total exact score spread over under both half game map set match series season world
    annual monthly weekly daily yearly core net gross real nominal first second third
    """.split()
)
"""Ordinary words that titles write with a capital: never the missing first name of somebody."""

"""The alias tables as one phrase index, read once: words in, tagged entities out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final, NamedTuple

from dutchbook.domain.matching.aliases import clubs, contests, economy, people, places, us_sports
from dutchbook.domain.matching.aliases.words import CLUB_WORDS, SOFT
from dutchbook.domain.matching.text import Word, digitise, fold, words_of

_MAX_PHRASE: Final = 6

# A club or final belongs to a body; naming the body as well adds nothing, leaving it out takes nothing away.
BODIES: Final = frozenset(
    {
        "nba",
        "wnba",
        "nfl",
        "mlb",
        "nhl",
        "mls",
        "ufc",
        "pga",
        "f1",
        "nascar",
        "cs2",
        "lol",
        "dota",
        "valorant",
        "r6",
        "ncaab",
        "ncaaf",
        "ncaaw",
        "olympics",
        "liv golf",
    }
)
PARENT: Final = {
    "nba finals": "nba",
    "super bowl": "nfl",
    "afc championship": "nfl",
    "nfc championship": "nfl",
    "world series": "mlb",
    "stanley cup": "nhl",
    "mls cup": "mls",
    "college football playoff": "ncaaf",
    "american league": "mlb",
    "national league": "mlb",
    "pga championship": "pga",
}


class Entity(NamedTuple):
    """A thing with a name: the tags say what it may be, the ids are comparable across spellings."""

    name: str
    tags: frozenset[str]
    ids: frozenset[str]


class Token(NamedTuple):
    """An entity as a text names it."""

    text: str
    entity: Entity
    capital: bool


class Lexicon(NamedTuple):
    phrases: dict[tuple[str, ...], tuple[Entity, bool]]
    """The words of a name to what it names, and whether it must be in capitals."""
    sizes: dict[str, list[int]]
    """A name's first word to how many words the names have that begin with it, longest first."""
    clubs: dict[str, frozenset[str]]
    """Full club and national-team names, words joined by a space, to club ids (a place names several)."""
    nicknames: dict[str, frozenset[str]]
    """A club's nickname alone ("thunder"): only where both questions are of its league."""
    club_parts: dict[str, frozenset[str]]
    """Words of which one club's names alone are made ("leverkusen"): enough to name it as a side."""
    club_places: dict[str, str]
    given: dict[str, frozenset[str]]


_TABLES = {
    "work": economy.WORKS,
    "organisation": economy.ORGANISATIONS,
    "league": contests.LEAGUES,
    "award": contests.AWARDS,
    "office": contests.OFFICES,
    "party": contests.PARTIES,
    "asset": economy.ASSETS,
    "indicator": economy.INDICATORS,
}


@cache
def lexicon() -> Lexicon:
    """Build the index (once a process, about 10 ms)."""
    index = _Builder()
    for kind, table in _TABLES.items():
        index.table(kind, table)
    index.second_identity("indicator", "country", economy.BANK_COUNTRIES)
    index.table("country", places.COUNTRIES)
    index.table("state", places.STATES, skip_codes=True)
    index.table("city", places.CITIES)
    index.table("person", people.PEOPLE)
    for league, table in us_sports.LEAGUES.items():
        index.league(league, table)
    index.club_table(clubs.CLUBS)
    return index.finish()


def tokens_of(words: list[Word]) -> list[Token | Word]:
    """The longest known phrases as entities, the rest as plain words, in order."""
    phrases, sizes = lexicon().phrases, lexicon().sizes
    tokens: list[Token | Word] = []
    at, size = 0, len(words)
    texts = tuple([word.text for word in words])
    while at < size:
        word = words[at]
        if texts[at] not in sizes:  # as of most
            tokens.append(word)
            at += 1
            continue
        for length in sizes[texts[at]]:
            stop = at + length
            named = phrases.get(texts[at:stop]) if stop <= size else None
            if named is None:
                continue
            entity, needs_capitals = named
            if not (needs_capitals and not word.upper) and not (
                length == 1 and (_is_surname_of_another(words, at, entity) or _is_given_name(words, at))
            ):
                tokens.append(Token(entity.name, entity, True))
                at = stop
                break
        else:
            tokens.append(word)
            at += 1
    return tokens


def _is_surname_of_another(words: list[Word], at: int, entity: Entity) -> bool:
    """ "Trump" alone is the president; in "Mary Trump" it is not."""
    if "person" not in entity.tags or at == 0:
        return False
    before = words[at - 1]
    return (
        before.capital
        and before.text not in SOFT
        and before.text
        not in {
            "will",
            "president",
            "for",
            "when",
            "did",
            "us",
            "and",
            "vs",
            "x",
        }
    )


_NAMES_AND_COUNTRIES: Final = frozenset({"jordan", "chad"})


def _is_given_name(words: list[Word], at: int) -> bool:
    """ "Jordan" alone is the country; in "Jordan Bardella" and "Michael Jordan" it is not."""
    if words[at].text not in _NAMES_AND_COUNTRIES:
        return False
    after = words[at + 1] if at + 1 < len(words) else None
    before = words[at - 1].text if at else ""
    return (after is not None and after.capital and not after.upper) or before in people.FIRST_NAMES


class _Builder:
    def __init__(self) -> None:
        self._ids: dict[tuple[str, ...], tuple[set[str], set[str], bool]] = {}
        self._clubs: dict[str, set[str]] = {}
        self._nicknames: dict[str, set[str]] = {}
        self._places: dict[str, str] = {}

    def table(self, kind: str, table: str, *, skip_codes: bool = False) -> None:
        for canonical, names in _lines(table):
            for name in (canonical, *names):
                is_code = name.isupper() and len(name) <= 4 and name.isalpha()
                if not (skip_codes and is_code):
                    self._add(name, kind, f"{kind}:{canonical.lower()}")
            if kind == "country":
                self._club(canonical, f"country:{canonical.lower()}")
                for name in names:
                    self._club(name, f"country:{canonical.lower()}")

    def second_identity(self, kind: str, other: str, table: dict[str, str]) -> None:
        """Things that may go by the name of another (a central bank by its country's)."""
        wanted = {f"{kind}:{name}": f"{other}:{value}" for name, value in table.items()}
        for _, ids, _ in self._ids.values():
            ids.update([wanted[identity] for identity in ids if identity in wanted])

    def league(self, league: str, table: str) -> None:
        for place, names in _lines(table):
            nickname, *others = names
            club = f"{league}:{place} {nickname}".lower()
            self._places[club] = f"place:{place.lower()}"
            self._add(place, "place", f"place:{place.lower()}")
            self._club(place, club)
            self._club(nickname, club)
            full = nickname if league == "mls" else f"{place} {nickname}"
            self._club(full, club)
            self._add(full, "club", club)
            self._nicknames.setdefault(_key(nickname), set()).add(club)
            for other in others:
                self._club(other, club)
                if " " in other:
                    self._add(other, "club", club)
                elif not other.isupper():
                    self._nicknames.setdefault(_key(other), set()).add(club)

    def club_table(self, table: str) -> None:
        for canonical, names in _lines(table):
            club = f"club:{canonical.lower()}"
            for name in (canonical, *names):
                self._club(name, club)
                if len(_words(name)) > 1:
                    self._add(name, "club", club)
                else:
                    self._nicknames.setdefault(_key(name), set()).add(club)

    def finish(self) -> Lexicon:
        phrases: dict[tuple[str, ...], tuple[Entity, bool]] = {}
        sizes: dict[str, set[int]] = {}
        for words, (tags, ids, capitals) in self._ids.items():
            name = min(ids).split(":", 1)[1]
            phrases[words] = Entity(name, frozenset(tags), frozenset(ids)), capitals
            sizes.setdefault(words[0], set()).add(len(words))
        given: dict[str, set[str]] = {}
        for line in people.GIVEN.split("\n"):
            names = line.split()
            for name in names:
                given.setdefault(name, set()).update(names)
        return Lexicon(
            phrases,
            {word: sorted(lengths, reverse=True) for word, lengths in sizes.items()},
            {name: frozenset(ids) for name, ids in self._clubs.items()},
            {name: frozenset(ids) for name, ids in self._nicknames.items()},
            _unique_parts(self._clubs),
            self._places,
            {name: frozenset(forms) for name, forms in given.items()},
        )

    def _add(self, name: str, tag: str, identity: str) -> None:
        words = _words(name)
        if not words or len(words) > _MAX_PHRASE:
            return
        needs_capitals = len(words) == 1 and name.replace(".", "").isupper() and len(name) <= 5
        tags, ids, was = self._ids.get(words, (set(), set(), True))
        tags.add(tag)
        ids.add(identity)
        self._ids[words] = (tags, ids, was and needs_capitals)

    def _club(self, name: str, club: str) -> None:
        self._clubs.setdefault(_key(name), set()).add(club)


def _unique_parts(clubs_by_name: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    parts: dict[str, set[str]] = {}
    for name, ids in clubs_by_name.items():
        for word in name.split():
            parts.setdefault(word, set()).update(ids)
    return {
        word: frozenset(ids)
        for word, ids in parts.items()
        if len(ids) == 1 and len(word) > 4 and word not in CLUB_WORDS and not min(ids).startswith("country:")
    }


def _lines(table: str) -> Iterator[tuple[str, list[str]]]:
    for line in table.strip().splitlines():
        canonical, *names = line.split("|")
        yield canonical, names


def _words(name: str) -> tuple[str, ...]:
    return tuple(word.text for word in words_of(digitise(fold(name))))


def _key(name: str) -> str:
    return " ".join(_words(name))


def clubs_named(words: Iterable[str]) -> frozenset[str]:
    """The clubs or national teams that these words name in full; empty when unknown."""
    return lexicon().clubs.get(" ".join(words), frozenset())

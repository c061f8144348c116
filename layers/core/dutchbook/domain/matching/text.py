"""Unicode to plain words: accents folded, quotes and dashes unified, number words turned into digits."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

# Letters that Unicode does not decompose, and signs that mean the same to a reader.
_LETTERS: Final = str.maketrans(
    {
        "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "æ": "ae", "Æ": "Ae",
        "œ": "oe", "Œ": "Oe", "ð": "d", "þ": "th", "’": "'", "‘": "'", "´": "'", "`": "'", "ʼ": "'", "“": '"',
        "”": '"', "–": "-", "—": "-", "−": "-", "‑": "-", "·": " ", "•": " ", "…": " ", "®": "", "™": "",
        "\u00a0": " ", "\u200b": "", "*": "", "_": " ", "º": "°",
    }
)  # fmt: skip
_TAG: Final = re.compile(r"<[a-zA-Z/][^>]*>")
_NUMBER_WORDS: Final = {
    "zero": "0", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "fifteen": "15", "twenty": "20",
    "thirty": "30", "forty": "40", "fifty": "50", "hundred": "100",
}  # fmt: skip
_ORDINALS: Final = {
    "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th", "sixth": "6th",
    "seventh": "7th", "eighth": "8th", "ninth": "9th", "tenth": "10th", "1st": "1st",
}  # fmt: skip
_DIGITISE: Final = re.compile(r"\b(" + "|".join(_NUMBER_WORDS | _ORDINALS) + r")\b", re.IGNORECASE)
_NUMBERS: Final = frozenset(_NUMBER_WORDS | _ORDINALS)
PLAIN_WORDS: Final = re.compile(r"[a-z0-9]+")
_WORD: Final = re.compile(r"[A-Z]{2}-(?:\d{1,2}|AL)\b|[A-Za-z0-9&]+(?:['.][A-Za-z0-9&]+)*")
"""A congressional district (NY-07) or a word with its inner dots and apostrophes (U.S, O'Neil)."""


_WHOLE: Final = {"A's": "Athletics", "a's": "athletics", "&": "", "&&": ""}
"""Words that the general rules would leave nothing of, or that are nothing."""


class Word(NamedTuple):
    """A word in lower case without dots and possessive, whether it began with a capital, and if all were."""

    text: str
    capital: bool
    upper: bool
    entity: None = None
    """A plain word names nothing; the lexicon's tokens may."""


def fold(text: str) -> str:
    """Plain ASCII letters, single spaces, no markup; case is kept, because capitals mark names."""
    if not text.isascii():
        text = text.translate(_LETTERS)
        if not text.isascii():  # most have a dash or a curly quote only
            text = unicodedata.normalize("NFKD", text)
            text = "".join(c for c in text if not unicodedata.combining(c)).translate(_LETTERS)
    elif "*" in text or "_" in text or "`" in text:
        text = text.translate(_LETTERS)
    if "<" in text:
        text = _TAG.sub(" ", text)
    return " ".join(text.split())


def digitise(text: str) -> str:
    """Number words as digits ("three" is 3, "First" is 1st), so that they align with figures."""
    if _NUMBERS.isdisjoint(PLAIN_WORDS.findall(text.lower())):
        return text  # as most are: the pattern takes ten times as long
    return _DIGITISE.sub(_digits_of, text)


def _digits_of(match: re.Match[str]) -> str:
    word = match.group(1).lower()
    return _NUMBER_WORDS.get(word) or _ORDINALS[word]


def words_of(folded: str) -> list[Word]:
    """The words of folded text, in order; a congressional district (NY-07) is one word, `ny-7`."""
    return [word for piece in folded.split() for word in _words_in(piece)]


@lru_cache(maxsize=50_000)
def _words_in(piece: str) -> tuple[Word, ...]:
    """The words between two spaces. Catalogues use few, often."""
    return tuple([word for raw in _WORD.findall(piece) if (word := _word(raw))])


def _word(raw: str) -> Word | None:
    """A word as it stands in a text; None when nothing is left of it."""
    if raw.isalnum():
        bare = raw
    elif raw in _WHOLE:
        bare = _WHOLE[raw]
    elif "-" in raw:
        state, _, number = raw.lower().partition("-")
        return Word(f"{state}-{number.lstrip('0')}", True, True)
    else:
        bare = raw.removesuffix("'s").removesuffix("'S").replace("'", "").replace(".", "")
    capital = "A" <= bare[:1] <= "Z"
    return Word(bare.lower(), capital, capital and len(bare) > 1 and bare.isupper()) if bare else None

"""Reading fields of venues' JSON: what is missing gets a default, what is nonsense is told by name.

Venues add, drop and null keys without notice; a row that cannot be used is skipped and counted, and never
takes the page with it.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

from dutchbook.domain.book import Level
from dutchbook.domain.errors import VenueUnreachable
from dutchbook.domain.money import parse_micros, parse_micros_floor
from venues.jsonbody import Json

type Row = dict[str, Json]


MAX_TEXT = 20_000
"""Characters; a market of the venues has 3,000. What is longer is no text of theirs, and slow to read."""
MAX_TITLE = 1_000


class BadRow(ValueError):
    """A row we cannot use. The text is a short reason without values, so that reasons can be counted."""


@dataclass(slots=True)
class Parsed[T]:
    """What a payload held, where the next page starts (empty: nowhere), and why rows were left out."""

    items: list[T] = field(default_factory=list)
    next_cursor: str = ""
    skipped: Counter[str] = field(default_factory=Counter)

    def add[**P](self, make: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> None:
        """Adds what `make` returns, or counts why it could not."""
        try:
            self.items.append(make(*args, **kwargs))
        except BadRow as reason:
            self.skipped[str(reason)] += 1


def row(value: Json, what: str) -> Row:
    """The value as an object. Raises BadRow."""
    if not isinstance(value, dict):
        raise BadRow(f"{what} is no object")
    return value


def items_of(value: Json, key: str) -> Iterator[Json]:
    """Items of the list under `key` of a payload; none where there is no such list."""
    listed = value.get(key) if isinstance(value, dict) else None
    yield from listed if isinstance(listed, list) else ()


def page_of(payload: Json, key: str) -> list[Json]:
    """The list that a page is made of, under `key` or (empty key) the payload itself.

    Raises VenueUnreachable: an answer without its list is nonsense, not an empty page.
    """
    listed = payload if not key else payload.get(key) if isinstance(payload, dict) else None
    if not isinstance(listed, list):
        raise VenueUnreachable(f"the answer has no list of {key or 'rows'}")
    return listed


def text(source: Mapping[str, Json], key: str, most: int = MAX_TEXT) -> str:
    """A string or integer as text; empty where it is missing or null. Raises BadRow, also beyond `most`."""
    value = source.get(key)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadRow(f"{key} is no text")
    if isinstance(value, str) and len(value) > most:
        raise BadRow(f"{key} is too long")
    return str(value).strip()


def required(source: Mapping[str, Json], key: str, most: int = MAX_TEXT) -> str:
    """As `text`, and it must not be empty. Raises BadRow."""
    value = text(source, key, most)
    if not value:
        raise BadRow(f"{key} is missing")
    return value


def flag(source: Mapping[str, Json], key: str) -> bool:
    """True only for JSON true."""
    return source.get(key) is True


def micros(source: Mapping[str, Json], key: str) -> int:
    """An exact decimal, text or number, in micros. Raises BadRow where it is missing or finer."""
    return exact(source.get(key), key)


def exact(value: Json, what: str) -> int:
    """A decimal in micros. Raises BadRow."""
    if not isinstance(value, str | int | Decimal):
        raise BadRow(f"{what} is no number")
    try:
        return parse_micros(value)
    except ValueError as error:
        raise BadRow(f"{what} is no exact number") from error


def about(source: Mapping[str, Json], *keys: str) -> int:
    """The first of the keys that holds a number, in micros rounded down; 0 for none. For display only."""
    for key in keys:
        value = source.get(key)
        if isinstance(value, str | int | Decimal):
            try:
                return parse_micros_floor(value)
            except ValueError:
                continue
    return 0


def instant(source: Mapping[str, Json], key: str) -> datetime | None:
    """An ISO 8601 time in UTC; None where it is missing or nonsense."""
    value = source.get(key)
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def texts(value: Json, what: str) -> list[str]:
    """A list of strings, given as such or as JSON inside a string (Gamma's habit). Raises BadRow."""
    if isinstance(value, str):
        try:
            value = cast(Json, json.loads(value, parse_float=Decimal))
        except (ValueError, RecursionError) as error:
            raise BadRow(f"{what} is no list") from error
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BadRow(f"{what} is no list")
    return [str(item) for item in value]


def level_pairs(value: Json, what: str) -> list[Level]:
    """[[price, size], …] in micros; null is an empty side. Raises BadRow for a broken level."""
    side = _side(value, what)
    try:
        # other things than lists come in twos as well: strings, objects
        if all(type(level) is list for level in side):
            return [(_price(price), _plain(size)) for price, size in cast(Sequence[list[str]], side)]
    except _ANYTHING_ODD:
        pass
    return [_pair(item, what) for item in side]


def level_rows(value: Json, what: str, *, raw_sizes: bool) -> list[Level]:
    """[{"price", "size"}, …] in micros; `raw_sizes` are integers of a millionth already. Raises BadRow."""
    side = _side(value, what)
    # not looked at here: what is no such row ends in one of _ANYTHING_ODD
    expected = cast(Sequence[dict[str, Any]], side)
    try:
        if not raw_sizes:
            return [(_price(level["price"]), _plain(level["size"])) for level in expected]
        raw = [(_number(level["price"]), level["size"]) for level in expected]
        if all(type(size) is int for _, size in raw):
            return cast(list[Level], raw)
    except _ANYTHING_ODD:
        pass
    levels = []
    for item in side:
        level = row(item, what)
        size = level.get("size")
        if raw_sizes:
            if isinstance(size, bool) or not isinstance(size, int):
                raise BadRow(f"{what} size is no raw integer")
            levels.append((micros(level, "price"), size))
        else:
            levels.append((micros(level, "price"), exact(size, f"{what} size")))
    return levels


# Two hundred thousand numbers a tick: plain digits with a point, which all venues send, are read without a
# Decimal. Whatever else there is makes the side be read again the careful way, which says what is wrong.

_ANYTHING_ODD = (TypeError, ValueError, KeyError, IndexError, AttributeError)
_PLACES = (1_000_000, 100_000, 10_000, 1_000, 100, 10, 1)


def _plain(text: str) -> int:
    """Micros of a string such as ``"19.69"``. Raises ValueError or another of _ANYTHING_ODD for all else."""
    whole, point, part = text.partition(".")
    digits = whole + part
    if not digits.isdigit() or (point and not part):
        raise ValueError(text)
    return int(digits) * _PLACES[len(part)]


@lru_cache(maxsize=4_096)
def _price(text: str) -> int:
    """As `_plain`: prices lie on a grid, so the same few strings come again and again."""
    return _plain(text)


@lru_cache(maxsize=4_096, typed=True)
def _number(value: Decimal | int | str) -> int:
    """As `parse_micros`, for prices sent as JSON numbers. Raises ValueError."""
    return parse_micros(value)


def _side(value: Json, what: str) -> Sequence[Json]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise BadRow(f"{what} is no list")
    return value


def _pair(value: Json, what: str) -> Level:
    if not isinstance(value, list) or len(value) != 2:
        raise BadRow(f"{what} level is no pair")
    return exact(value[0], f"{what} price"), exact(value[1], f"{what} size")

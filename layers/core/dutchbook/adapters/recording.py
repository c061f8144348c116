"""Recorded books: one JSON line a tick, gzipped; what changed since the line before, or everything.

A line: {"v": 1, "tick", "at_ms", "period_ms", "full", "markets": [items], "pairs": [items] or absent,
"books": {key: [yes bids, yes asks, no bids, no asks]}, "gone": [keys]}. Levels are [price, shares] in micros;
NO ladders that only mirror YES are null. `full`: nothing before counts.

Beside the ticks, a line of what a settlement pass has learned: {"v": 1, "tick", "at_ms", "resolved":
{key: what a YES share pays, micros; null: bets are given back}}.

Gzip members may follow each other in one file, so lines of several files can be put together with cat.
"""

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from dutchbook.adapters import aws
from dutchbook.adapters.market_items import (
    listed_pair_key,
    market_from_item,
    market_to_item,
    pair_from_item,
    pair_to_item,
)
from dutchbook.domain.book import Ladder, OrderBook, complement
from dutchbook.domain.errors import InvalidInput, StoreUnavailable
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.pair import Pair
from dutchbook.domain.settlement import Resolution, Stage
from dutchbook.usecases.scan_markets.seen import Seen

VERSION = 1

type Sides = tuple[Ladder, Ladder, Ladder, Ladder]


@dataclass(frozen=True, slots=True)
class Frame:
    """One recorded tick as it is read back: the changes only."""

    tick_id: str
    at_ms: int
    period_ms: int
    full: bool
    markets: Sequence[Market]
    pairs: Sequence[Pair] | None
    """None: as before."""
    books: Mapping[MarketKey, Sides]
    gone: Sequence[MarketKey]
    resolved: Mapping[MarketKey, int | None]
    """What a YES share of these markets pays from now on, micros; None: bets are given back."""

    @property
    def ticks(self) -> bool:
        """Whether books were looked at; a line of resolutions alone says nothing of them."""
        return self.period_ms > 0


class Shelf(Protocol):
    """Where lines go."""

    @property
    def keeps_lines_together(self) -> bool:
        """Whether lines are read back one after the other, so that changes are enough."""
        ...

    def put(self, tick_id: str, member: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class DiskShelf:
    """Appends to one file."""

    path: Path
    keeps_lines_together: bool = True

    def put(self, tick_id: str, member: bytes) -> None:  # noqa: ARG002
        with self.path.open("ab") as file:
            file.write(member)


@dataclass(frozen=True, slots=True)
class S3Shelf:
    """An object a tick, each full in itself: ticks of several Lambdas have no order among them.

    Raises StoreUnavailable, also where the bucket refuses: a recording that fails costs the scan nothing.
    """

    client: Any
    bucket: str
    keeps_lines_together: bool = False

    def put(self, tick_id: str, member: bytes) -> None:
        day = f"{tick_id[:4]}-{tick_id[4:6]}-{tick_id[6:8]}"
        try:
            self.client.put_object(Bucket=self.bucket, Key=f"books/{day}/{tick_id}.jsonl.gz", Body=member)
        except (BotoCoreError, ClientError) as error:
            raise StoreUnavailable(f"bucket {self.bucket}: {error}") from error


@dataclass(slots=True)
class Recorder:
    """Writes what a tick has seen. One of the scan's followers."""

    shelf: Shelf
    _markets: dict[MarketKey, Market] = field(default_factory=dict)
    _pairs: tuple[Pair, ...] | None = None
    _books: dict[MarketKey, Sides] = field(default_factory=dict)

    def record(self, seen: Seen) -> dict[str, int]:
        if not self.shelf.keeps_lines_together:
            self._markets, self._pairs, self._books = {}, None, {}
        full = not self._books
        markets = [market for key, market in seen.markets.items() if self._markets.get(key) != market]
        books = {key: _sides(book) for key, book in sorted(seen.books.items())}
        changed = {key: sides for key, sides in books.items() if self._books.get(key) != sides}
        line: dict[str, Any] = {
            "v": VERSION,
            "tick": seen.tick_id,
            "at_ms": seen.at_ms,
            "period_ms": seen.period_ms,
            "full": full,
            "markets": [market_to_item(market) for market in markets],
            "books": {str(key): _packed(sides) for key, sides in changed.items()},
            "gone": [str(key) for key in self._books if key not in books],
        }
        if tuple(seen.pairs) != self._pairs:
            line["pairs"] = [
                pair_to_item(pair, listed_pair_key(pair.status, pair.pair_id)) for pair in seen.pairs
            ]
        _put(self.shelf, line)
        self._markets.update({market.key: market for market in markets})
        self._pairs, self._books = tuple(seen.pairs), books
        return {"books": len(changed)}


def record_resolutions(shelf: Shelf, at: datetime, answers: Iterable[Resolution]) -> None:
    """Writes those that are final. Raises StoreUnavailable."""
    final = sorted((each for each in answers if each.stage is Stage.PAYABLE), key=lambda each: each.key)
    if final:
        resolved = {str(each.key): None if each.refund else each.yes_value for each in final}
        at_ms = int(at.timestamp() * 1000)
        _put(shelf, {"v": VERSION, "tick": f"{at:%Y%m%dT%H%M%SZ}-paid", "at_ms": at_ms, "resolved": resolved})


def shelf_at(where: str) -> Shelf:
    """A path has a slash, a bucket's name has none."""
    return DiskShelf(Path(where)) if "/" in where else S3Shelf(aws.s3(), where)


def _put(shelf: Shelf, line: Mapping[str, Any]) -> None:
    text = json.dumps(line, separators=(",", ":")) + "\n"
    shelf.put(line["tick"], gzip.compress(text.encode(), 6, mtime=0))


def read_frames(paths: Iterable[Path]) -> Iterator[Frame]:
    """The lines of recorded files in the order of the files' names.

    Raises InvalidInput naming the file that is not there, is no recording or is of another version.
    """
    for path in sorted(paths):
        try:
            with gzip.open(path, "rt", encoding="utf-8") as file:
                for text in file:
                    yield _frame(json.loads(text))
        except OSError as error:
            raise InvalidInput(str(path), f"cannot be read: {error}") from error
        except (EOFError, ValueError, KeyError, TypeError, AttributeError, zlib.error) as error:
            raise InvalidInput(str(path), f"is no recording of books: {error}") from error


def _frame(line: Mapping[str, Any]) -> Frame:
    if line["v"] != VERSION:
        raise ValueError(f"recordings of version {line['v']} cannot be read")
    return Frame(
        tick_id=line["tick"],
        at_ms=line["at_ms"],
        period_ms=line.get("period_ms", 0),
        full=line.get("full", False),
        markets=[market_from_item(item) for item in line.get("markets", [])],
        pairs=[pair_from_item(item) for item in line["pairs"]] if "pairs" in line else None,
        books={MarketKey.parse(key): _unpacked(sides) for key, sides in line.get("books", {}).items()},
        gone=[MarketKey.parse(key) for key in line.get("gone", [])],
        resolved={MarketKey.parse(key): value for key, value in line.get("resolved", {}).items()},
    )


def _sides(book: OrderBook) -> Sides:
    return book.yes_bids, book.yes_asks, book.no_bids, book.no_asks


def _packed(sides: Sides) -> list[Any]:
    yes_bids, yes_asks, no_bids, no_asks = sides
    mirrored = no_bids == complement(yes_asks) and no_asks == complement(yes_bids)
    return [yes_bids, yes_asks, None, None] if mirrored else [yes_bids, yes_asks, no_bids, no_asks]


def _unpacked(sides: Sequence[Any]) -> Sides:
    yes_bids, yes_asks = _ladder(sides[0]), _ladder(sides[1])
    if sides[2] is None:
        return yes_bids, yes_asks, complement(yes_asks), complement(yes_bids)
    return yes_bids, yes_asks, _ladder(sides[2]), _ladder(sides[3])


def _ladder(levels: Sequence[Sequence[int]]) -> Ladder:
    return tuple((price, shares) for price, shares in levels)

"""Prices kept in the Markets table: each change for two days, then a bar a minute for ninety.

    QUOTE#venue:id   LATEST         the latest book, and when its best prices were last noted
    QUOTES           WRITER         the process that wrote last: only its memory of the last quotes is right
    HIST#venue:id    milliseconds   best prices, on change or once a minute
    BARS#venue:id    hour           that hour's bars, one item (a sixtieth of the writes of one item a bar)

Hours are packed in order, so that a bar is read either from an hour's item or, after the last of these, from
the quotes.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from dutchbook.adapters import market_items as items
from dutchbook.adapters.dynamo import Item, Table
from dutchbook.domain.book import OrderBook
from dutchbook.domain.market import MarketKey
from dutchbook.domain.prices import Bar, Noted, Sample, bars, best_of, is_news
from dutchbook.ports.clock import Clock, utc
from dutchbook.ports.markets import Quote

BARS_SECONDS = 90 * 24 * 3600
_HOUR = timedelta(hours=1)
_HOUR_FORMAT = "%Y-%m-%dT%H"
_QUOTES_A_PAGE = 500
_WRITER = {"pk": "QUOTES", "sk": "WRITER"}
_AT_ONCE = 8


class PriceHistory:
    """Quotes and bars of markets; what has expired is not there."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock
        self._name = uuid4().hex
        self._last: dict[MarketKey, Noted] = {}
        """Last quote of each market and when it was noted (ms); void once another process has written."""

    def put(self, books: Sequence[OrderBook]) -> None:
        """Keeps each market's latest book, and its best prices on change or once a minute.

        Scans exclude each other by their lease: there is one writer at a time, not always the same one.
        """
        if not books:
            return
        before = self._noted([book.key for book in books])
        news = [book for book in books if is_news(book, before.get(book.key))]
        after = before | {book.key: Noted(best_of(book), book.requested_at_ms) for book in news}
        for key in after:
            self._last.pop(key, None)  # not known until it is written
        # the quotes first: a latest book must not show a change that no quote tells of
        self._table.put_many(
            [
                items.new_item(**_WRITER, name=self._name),
                *map(items.quote_to_item, news),
                *({**items.book_to_item(book), "noted_at_ms": after[book.key].at_ms} for book in books),
            ]
        )
        self._last.update(after)

    def _noted(self, keys: Sequence[MarketKey]) -> dict[MarketKey, Noted]:
        """The markets' last quotes and when each was noted: as remembered, while nobody else has written."""
        writer = self._table.get(_WRITER)
        if writer is None or writer["name"] != self._name:
            self._last = {}
        unknown = [key for key in keys if key not in self._last]
        for item in self._table.get_many(map(items.quote_key, unknown)):
            book = items.book_from_item(item)
            self._last[book.key] = Noted(best_of(book), item.get("noted_at_ms", 0))
        return {key: self._last[key] for key in keys if key in self._last}

    def quotes(self, key: MarketKey, since: datetime, limit: int) -> Sequence[Quote]:
        found, _ = self._table.query(
            "#pk = :pk AND #sk >= :since",
            pk=items.history_partition(key),
            since=items.history_sort(_ms(since)),
            limit=limit,
            consistent=False,
        )
        return [items.quote_from_item(item) for item in found if self._alive(item)]

    def history(self, key: MarketKey, since: datetime) -> Sequence[Bar]:
        since = since.replace(second=0, microsecond=0)
        packed = self._table.query_all(
            "#pk = :pk AND #sk >= :since",
            pk=_partition(key),
            since=f"{since:{_HOUR_FORMAT}}",
            consistent=False,
        )
        found: list[Bar] = []
        rest = since
        for item in packed:
            if self._alive(item):
                rest = _hour_of(item) + _HOUR
                found += [bar for bar in _bars_from_item(item) if bar.at >= since]
        return found + bars(self._samples(key, rest))

    def roll_up(self, keys: Sequence[MarketKey], now: datetime) -> int:
        """Packs each market's hours that are over and not packed yet; returns how many were written."""
        ended = _hour_start(now) - _HOUR
        wanted = {_key(key, ended)["pk"]: key for key in keys}
        done = self._table.get_many(
            [_key(key, ended) for key in wanted.values()], consistent=False, only=("pk",)
        )
        for item in done:
            del wanted[item["pk"]]
        scanned = self._scanned(wanted.values())
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            hours = pool.map(lambda key: self._hours(key, ended), scanned)
            packed = [item for items_ in hours for item in items_]
        # the same quotes give the same bars: packing an hour twice writes the same item
        self._table.put_many(packed)
        return len(packed)

    def _scanned(self, keys: Iterable[MarketKey]) -> list[MarketKey]:
        """Those with a latest book, which outlives the last look at a market by a day; the others were packed
        while they had one, and asking for their quotes would cost two calls a market for nothing.
        """
        latest = map(items.quote_key, keys)
        found = self._table.get_many(latest, consistent=False, only=("market",))
        return [MarketKey.parse(item["market"]) for item in found]

    def _hours(self, key: MarketKey, ended: datetime) -> list[Item]:
        """Items of the hours after the last packed one up to `ended`, in order, empty hours too."""
        last, _ = self._table.query(
            "#pk = :pk", pk=_partition(key), descending=True, limit=1, consistent=False
        )
        oldest = _hour_start(utc(self._clock.now_ms() - items.HISTORY_SECONDS * 1000)) + _HOUR
        first = max(_hour_of(last[0]) + _HOUR, oldest) if last else oldest
        by_hour: dict[datetime, list[Bar]] = {}
        for bar in bars(self._samples(key, first)):
            by_hour.setdefault(_hour_start(bar.at), []).append(bar)
        if not (last or by_hour):
            return []  # nobody has looked at it yet
        if not last:
            first = min(by_hour)
        hours = (ended - first) // _HOUR + 1
        return [
            _bars_to_item(key, hour, by_hour.get(hour, []))
            for hour in (first + number * _HOUR for number in range(hours))
        ]

    def _samples(self, key: MarketKey, since: datetime) -> Iterable[Sample]:
        found = self._table.query_all(
            "#pk = :pk AND #sk >= :since",
            pk=items.history_partition(key),
            since=items.history_sort(_ms(since)),
            limit=_QUOTES_A_PAGE,
            consistent=False,
        )
        for item in found:
            if self._alive(item):
                yield Sample(int(item["sk"]), *item["prices"][:2])

    def _alive(self, item: Item) -> bool:
        expires_at: int = item["expires_at"]
        return expires_at * 1000 > self._clock.now_ms()


def _partition(key: MarketKey) -> str:
    return f"BARS#{key}"


def _key(key: MarketKey, hour: datetime) -> dict[str, str]:
    return {"pk": _partition(key), "sk": f"{hour:{_HOUR_FORMAT}}"}


def _bars_to_item(key: MarketKey, hour: datetime, packed: Sequence[Bar]) -> Item:
    """A bar is [minute, open, high, low, close, bid, ask, quotes]."""
    rows: list[Any] = [
        [bar.at.minute, bar.open, bar.high, bar.low, bar.close, bar.bid, bar.ask, bar.quotes]
        for bar in packed
    ]
    return items.new_item(**_key(key, hour), expires_at=int(hour.timestamp()) + BARS_SECONDS, bars=rows)


def _bars_from_item(item: Item) -> list[Bar]:
    hour = _hour_of(item)
    return [Bar(hour.replace(minute=minute), *prices) for minute, *prices in item["bars"]]


def _hour_of(item: Item) -> datetime:
    return datetime.strptime(item["sk"], _HOUR_FORMAT).replace(tzinfo=UTC)


def _hour_start(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)

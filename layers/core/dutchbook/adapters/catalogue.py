"""The venues' open markets: written when they change, walked in slots, closed when missing.

A pass lists a venue page by page, in as many invocations as it takes; what it has seen is kept as eight bytes
a market. When it is complete, open markets that it has not seen are moved out of the slots.
"""

import base64
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import batched

from dutchbook.adapters import market_items as items
from dutchbook.adapters.dynamo import ConditionFailed, Item, Table, Write
from dutchbook.domain.market import Market, MarketKey, gone
from dutchbook.domain.venue import Venue
from dutchbook.ports.clock import Clock, utc
from dutchbook.ports.markets import MARKET_SLOTS, CatalogueShrank

_COMPARED_AT_ONCE = 100
_AT_ONCE = 8
_DIGEST_BYTES = 8
_LISTED_SECONDS = 24 * 3600
_AGREES_WITHIN_SECONDS = 2 * 3600
"""Well before what the first of two passes saw is forgotten."""
_FACTS_FOR_MATCHING = (
    "market",
    "title",
    "tradeable",
    "price_bands",
    "size_step",
    "min_size",
    "min_notional",
    "fees",
    "event_id",
    "event_title",
    "outcome_title",
    "category",
    "closes_at",
    "resolves_at",
    "volume",
    "terms",
)


class Catalogue:
    """Markets by key, by slot, and the passes that keep them true."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def put(self, markets: Iterable[Market]) -> int:
        some = batched(markets, _COMPARED_AT_ONCE, strict=False)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return sum(pool.map(self._put_changed, some))

    def _put_changed(self, some: Sequence[Market]) -> int:
        wanted = {item["sk"] + item["pk"]: item for item in map(items.market_to_item, some)}
        keys = [{"pk": item["pk"], "sk": item["sk"]} for item in wanted.values()]
        known = self._table.get_many(keys, consistent=False, only=("pk", "sk", "content_hash"))
        hashes = {item["sk"] + item["pk"]: item["content_hash"] for item in known}
        changed = [item for key, item in wanted.items() if hashes.get(key) != item["content_hash"]]
        self._table.put_many(changed)
        return len(changed)

    def get(self, keys: Iterable[MarketKey]) -> Mapping[MarketKey, Market]:
        """Open ones, and closed ones where there is no open one."""
        wanted = dict.fromkeys(keys)
        found = self._read(map(items.market_key, wanted))
        missing = [key for key in wanted if key not in found]
        return {**found, **self._read(map(items.closed_key, missing))} if missing else found

    def _read(self, keys: Iterable[Mapping[str, str]]) -> dict[MarketKey, Market]:
        markets = map(items.market_from_item, self._table.get_many(keys, consistent=False))
        return {market.key: market for market in markets}

    def listed(self, venue: Venue, slots: Iterable[int]) -> Iterator[Market]:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for markets in pool.map(lambda slot: self._open_ones(venue, slot), slots):
                yield from markets

    def _open_ones(self, venue: Venue, slot: int) -> list[Market]:
        found = self._slot(venue, slot, _FACTS_FOR_MATCHING)
        return [items.market_from_item(item) for item in found if item["tradeable"]]

    def note_listed(self, venue: Venue, pass_id: str, part: str, market_ids: Collection[str]) -> None:
        packed = base64.b64encode(b"".join(sorted(map(_digest, market_ids)))).decode()
        expires_at = self._clock.now_ms() // 1000 + _LISTED_SECONDS
        # the same page read again writes the same part
        self._table.put_many(
            [items.new_item(_pass(venue, pass_id), part, expires_at=expires_at, digests=packed)]
        )

    def close_missing(self, venue: Venue, pass_id: str) -> int:
        seen = self._seen(venue, pass_id)
        missing: list[MarketKey] = []
        listed = 0
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for ids in pool.map(lambda slot: self._ids(venue, slot), range(MARKET_SLOTS)):
                listed += len(ids)
                missing += [MarketKey(venue, one) for one in ids if _digest(one) not in seen]
        before = self._shrunk_pass(venue)
        if 2 * len(missing) > listed >= MARKET_SLOTS:
            also_missing = (
                self._not_in(venue, before, missing) if before not in ("", pass_id) and seen else []
            )
            if 2 * len(also_missing) <= listed:
                self._note_shrunk(venue, pass_id)
                raise CatalogueShrank(f"{venue} listed {listed - len(missing)} of {listed} open markets")
            missing = also_missing
        elif before:
            # the venue is whole again: a later fall needs a second pass of its own
            self._table.write(Write.delete(_shrunk(venue)))
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return sum(pool.map(self._close, missing))

    def _shrunk_pass(self, venue: Venue) -> str:
        """The last complete pass, of late, that saw less than half; "" for none."""
        note = self._table.get(_shrunk(venue))
        return note["pass_id"] if note and note["expires_at"] > self._clock.now_ms() // 1000 else ""

    def _note_shrunk(self, venue: Venue, pass_id: str) -> None:
        expires_at = self._clock.now_ms() // 1000 + _AGREES_WITHIN_SECONDS
        key = _shrunk(venue)
        self._table.put_many([items.new_item(key["pk"], key["sk"], pass_id=pass_id, expires_at=expires_at)])

    def _not_in(self, venue: Venue, pass_id: str, keys: Iterable[MarketKey]) -> list[MarketKey]:
        seen = self._seen(venue, pass_id)
        return [key for key in keys if _digest(key.market_id) not in seen]

    def _seen(self, venue: Venue, pass_id: str) -> set[bytes]:
        parts = self._table.query_all("#pk = :pk", pk=_pass(venue, pass_id))
        packed = b"".join(base64.b64decode(part["digests"]) for part in parts)
        return {packed[at : at + _DIGEST_BYTES] for at in range(0, len(packed), _DIGEST_BYTES)}

    def _ids(self, venue: Venue, slot: int) -> list[str]:
        return [item["sk"] for item in self._slot(venue, slot, ("sk",))]

    def _slot(self, venue: Venue, slot: int, only: Sequence[str]) -> Iterator[Item]:
        return self._table.query_all(
            "#pk = :pk", pk=items.market_slot(venue, slot), consistent=False, only=only
        )

    def _close(self, key: MarketKey) -> bool:
        """Out of its slot and under its own name: still there for whoever holds a position on it."""
        item = self._table.get(items.market_key(key))
        if item is None:
            return False
        market = gone(items.market_from_item(item), utc(self._clock.now_ms()))
        closed = {**items.market_to_item(market), **items.closed_key(key)}
        closed["expires_at"] = self._clock.now_ms() // 1000 + items.CLOSED_SECONDS
        try:
            # excludes closing what another pass has just listed with other facts
            self._table.transact(
                [
                    Write.delete(items.market_key(key), "#content_hash = :seen", seen=item["content_hash"]),
                    Write.put(closed),
                ]
            )
        except ConditionFailed:
            return False
        return True


def _pass(venue: Venue, pass_id: str) -> str:
    return f"LISTED#{venue.value}#{pass_id}"


def _shrunk(venue: Venue) -> dict[str, str]:
    return {"pk": f"LISTED#{venue.value}", "sk": "SHRUNK"}


def _digest(market_id: str) -> bytes:
    """Eight bytes: among 200,000 markets two share them once in a billion passes."""
    return hashlib.sha256(market_id.encode()).digest()[:_DIGEST_BYTES]

"""`dutchbook.ports.markets.MarketStore` on DynamoDB: the Markets table, and tick leases in Guards."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from dutchbook.adapters import market_items as items
from dutchbook.adapters.catalogue import Catalogue
from dutchbook.adapters.dynamo import (
    ConditionFailed,
    Item,
    Table,
    Write,
    make_cursor,
    read_cursor,
)
from dutchbook.adapters.price_history import PriceHistory
from dutchbook.domain.book import OrderBook
from dutchbook.domain.errors import InvalidInput, NotFound, WrongState
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.pair import Pair, PairStatus, judged_again, on_texts
from dutchbook.domain.prices import Bar
from dutchbook.domain.venue import Venue
from dutchbook.ports.clock import Clock
from dutchbook.ports.markets import OpportunityRecord, Quote, VenueHealth
from dutchbook.ports.paging import Page

_HOURS_BACK = 24
_SCAN_LEASE = "LEASE#scan"
_ABSENT = "attribute_not_exists(#pk)"


class DynamoMarketStore:
    """Catalogue, pairs, opportunities, quotes and venue health; what has expired is not there."""

    def __init__(self, table: Table, guards: Table, clock: Clock) -> None:
        self._table = table
        self._guards = guards
        self._clock = clock
        self._catalogue = Catalogue(table, clock)
        self._prices = PriceHistory(table, clock)

    # -------------------------------------------------------------------------------------- markets

    def put_markets(self, markets: Iterable[Market]) -> int:
        return self._catalogue.put(markets)

    def market(self, key: MarketKey) -> Market | None:
        return self._catalogue.get([key]).get(key)

    def markets(self, keys: Sequence[MarketKey]) -> Mapping[MarketKey, Market]:
        return self._catalogue.get(keys)

    def listed(self, venue: Venue, slots: Iterable[int]) -> Iterator[Market]:
        return self._catalogue.listed(venue, slots)

    def note_listed(self, venue: Venue, pass_id: str, part: str, market_ids: Collection[str]) -> None:
        self._catalogue.note_listed(venue, pass_id, part, market_ids)

    def close_missing(self, venue: Venue, pass_id: str) -> int:
        return self._catalogue.close_missing(venue, pass_id)

    # ---------------------------------------------------------------------------------------- pairs

    def put_pair(self, pair: Pair) -> None:
        def attempt() -> None:
            item = self._table.get(items.pair_key(pair.pair_id))
            if item is None:
                self._write_pair(None, pair, {})
                return
            known = items.pair_from_item(item)
            refreshed = replace(pair, status=known.status, reason=known.reason)
            if refreshed != known:
                self._write_pair(item, refreshed, {})

        self._table.retry(attempt)

    def propose(self, found: Sequence[Pair]) -> int:
        wanted = {pair.pair_id: pair for pair in found}
        items_ = self._table.get_many([items.pair_key(pair_id) for pair_id in wanted])
        known = {item["pair_id"]: item for item in items_}
        return sum(self._propose(pair, known.get(pair_id)) for pair_id, pair in wanted.items())

    def _propose(self, found: Pair, item: Item | None) -> bool:
        """Writes what has become of the pair, from the item as read; read again when somebody was faster."""

        def attempt() -> bool:
            nonlocal item
            before, item = item, None
            if before is None:
                before = self._table.get(items.pair_key(found.pair_id))
            if before is None:
                self._write_pair(None, found, {})
                return True
            known = items.pair_from_item(before)
            outcome = judged_again(known, found)
            if outcome == known:
                return False
            self._write_pair(
                before, outcome, {} if outcome.status is known.status else {"decided_by": "matcher"}
            )
            return True

        return self._table.retry(attempt)

    def pair(self, pair_id: str) -> Pair | None:
        """Strongly consistent: a live trade needs an approval that still stands."""
        item = self._table.get(items.pair_key(pair_id))
        return items.pair_from_item(item) if item else None

    def pairs(self, status: PairStatus, limit: int, start: str = "") -> Page[Pair]:
        found, following = self._table.query(
            "#pk = :pk", pk=items.pairs_partition(status), limit=limit, start=start, consistent=False
        )
        return Page(tuple(items.pair_from_item(item) for item in found), following)

    def set_pair_status(
        self,
        pair_id: str,
        expected: Iterable[PairStatus],
        new: PairStatus,
        reason: str,
        actor: str,
        rules_hash: str = "",
    ) -> Pair:
        allowed = frozenset(expected)

        def attempt() -> Pair:
            item = self._table.get(items.pair_key(pair_id))
            if item is None:
                raise NotFound(pair_id)
            pair = items.pair_from_item(item)
            if pair.status not in allowed:
                raise WrongState(f"pair {pair_id} is {pair.status}")
            decided = replace(on_texts(pair, rules_hash), status=new, reason=reason)
            self._write_pair(item, decided, {"decided_by": actor})
            return decided

        return self._table.retry(attempt)

    def _write_pair(self, before: Item | None, pair: Pair, facts: Mapping[str, str]) -> None:
        version = before["version"] if before else 0
        item = {
            **items.pair_to_item(pair, items.pair_key(pair.pair_id)),
            "decided_by": before.get("decided_by", "") if before else "",
            **facts,
            "version": version + 1,
        }
        listed = items.listed_pair_to_item(pair)
        # excludes overwriting a decision or facts written since the pair was read
        if before is None:
            writes = [Write.put(item, _ABSENT), Write.put(listed)]
        else:
            writes = [Write.put(item, "#version = :version", version=version), Write.put(listed)]
            old = PairStatus(before["status"])
            if old is not pair.status:
                writes.append(Write.delete(items.listed_pair_key(old, pair.pair_id)))
        self._table.transact(writes)

    # -------------------------------------------------------------------------------- opportunities

    def put_opportunities(self, records: Sequence[OpportunityRecord]) -> None:
        wanted = {(item["pk"], item["sk"]): item for item in map(items.opportunity_to_item, records)}
        self._table.put_many(wanted.values())

    def opportunities(self, now: datetime, limit: int, start: str = "") -> Page[OpportunityRecord]:
        found: list[Item] = []
        for item in self._newest_first(now, limit, start):
            if item["expires_at"] > now.timestamp():
                found.append(item)
            if len(found) == limit:
                last = {"pk": item["pk"], "sk": item["sk"]}
                return Page(tuple(map(items.opportunity_from_item, found)), make_cursor(last))
        return Page(tuple(map(items.opportunity_from_item, found)))

    def first_seen(
        self, ways: Collection[tuple[str, str]], now: datetime, lapse: timedelta
    ) -> Mapping[tuple[str, str], datetime]:
        keys = [items.age_key(pair_id, direction) for pair_id, direction in dict.fromkeys(ways)]
        known = self._table.get_many(keys, consistent=False)
        fresh = {
            items.way_of_age(item): item["first_seen_at"]
            for item in known
            if datetime.fromisoformat(item["seen_at"]) >= now - lapse
        }
        since = {way: datetime.fromisoformat(fresh[way]) if way in fresh else now for way in ways}
        self._table.put_many(items.age_to_item(way, first, now) for way, first in since.items())
        return since

    def _newest_first(self, now: datetime, limit: int, start: str) -> Iterator[Item]:
        partitions = [items.hour_partition(now - timedelta(hours=hours)) for hours in range(_HOURS_BACK + 1)]
        if start:
            reached = read_cursor(start).get("pk")
            if reached not in partitions:
                raise InvalidInput("cursor", "has expired; start again without it")
            partitions = partitions[partitions.index(reached) :]
        for partition in partitions:
            while True:
                page, start = self._table.query(
                    "#pk = :pk", pk=partition, descending=True, limit=limit, start=start, consistent=False
                )
                yield from page
                if not start:
                    break

    # -------------------------------------------------------------------------------- books, health

    def put_books(self, books: Iterable[OrderBook]) -> None:
        self._prices.put(list({book.key: book for book in books}.values()))

    def books(self, keys: Sequence[MarketKey]) -> Mapping[MarketKey, OrderBook]:
        found = self._table.get_many(map(items.quote_key, dict.fromkeys(keys)), consistent=False)
        books = (items.book_from_item(item) for item in found if self._alive(item))
        return {book.key: book for book in books}

    def quotes(self, key: MarketKey, since: datetime, limit: int) -> Sequence[Quote]:
        return self._prices.quotes(key, since, limit)

    def history(self, key: MarketKey, since: datetime) -> Sequence[Bar]:
        return self._prices.history(key, since)

    def roll_up(self, keys: Sequence[MarketKey], now: datetime) -> int:
        return self._prices.roll_up(keys, now)

    def put_health(self, health: Sequence[VenueHealth]) -> None:
        latest = {one.venue: one for one in health}
        self._table.put_many(map(items.health_to_item, latest.values()))

    def health(self) -> Sequence[VenueHealth]:
        found = self._table.query_all("#pk = :pk", pk="HEALTH", consistent=False)
        return [items.health_from_item(item) for item in found if self._alive(item)]

    def _alive(self, item: Item) -> bool:
        expires_at: int = item["expires_at"]
        return expires_at * 1000 > self._clock.now_ms()

    # ---------------------------------------------------------------------------------------- ticks

    def lease_tick(self, tick_id: str, expires_at: int) -> bool:
        # excludes a second scan of the tick
        return self._lease(f"TICK#{tick_id}", expires_at)

    def lease_scan(self, expires_at: int) -> bool:
        # excludes two scans side by side, of whichever ticks
        return self._lease(_SCAN_LEASE, expires_at)

    def release_scan(self, expires_at: int) -> None:
        # excludes ending the lease of a scan that has taken over since
        over = Write.put({"id": _SCAN_LEASE, "expiration": 0}, "#expiration = :mine", mine=expires_at)
        with suppress(ConditionFailed):
            self._guards.write(over)

    def _lease(self, name: str, expires_at: int) -> bool:
        try:
            # excludes a second holder; TTL removes late, so an expired lease may be taken over
            self._guards.write(
                Write.put(
                    {"id": name, "expiration": expires_at},
                    "attribute_not_exists(#id) OR #expiration <= :now",
                    now=self._clock.now_ms() // 1000,
                )
            )
        except ConditionFailed:
            return False
        return True

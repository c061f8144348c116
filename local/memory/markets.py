"""The market store in memory."""

import zlib
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from dutchbook.domain.book import OrderBook
from dutchbook.domain.errors import NotFound, WrongState
from dutchbook.domain.market import Market, MarketKey, gone
from dutchbook.domain.pair import Pair, PairStatus, judged_again, on_texts
from dutchbook.domain.prices import Bar, Noted, Sample, bars, best_of, is_news
from dutchbook.domain.venue import Venue
from dutchbook.ports.clock import Clock, utc
from dutchbook.ports.markets import MARKET_SLOTS, CatalogueShrank, OpportunityRecord, Quote, VenueHealth
from dutchbook.ports.paging import Page
from local.memory.agents import page_of


class MemoryMarketStore:
    """Satisfies `dutchbook.ports.markets.MarketStore`; no book is cut, and only opportunities expire."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.stored: dict[MarketKey, Market] = {}
        self.all_pairs: dict[str, Pair] = {}
        self.records: dict[tuple[datetime, str, str], OpportunityRecord] = {}
        self.latest: dict[MarketKey, OrderBook] = {}
        self.kept: dict[MarketKey, list[Quote]] = {}
        self.noted: dict[MarketKey, Noted] = {}
        self.checks: dict[Venue, VenueHealth] = {}
        self.leases: dict[str, int] = {}
        self.ages: dict[tuple[str, str], tuple[datetime, datetime]] = {}
        self.passes: dict[tuple[Venue, str, str], set[str]] = {}
        self.shrunk: dict[Venue, str] = {}
        self.closed: set[MarketKey] = set()
        self._listed_pairs: dict[PairStatus, list[Pair]] = {}
        """By status, as `pairs` tells them; emptied when a pair changes. A scan asks at every tick."""

    def put_markets(self, markets: Iterable[Market]) -> int:
        changed = [market for market in markets if self.stored.get(market.key) != market]
        self.stored.update({market.key: market for market in changed})
        self.closed -= {market.key for market in changed}
        return len(changed)

    def market(self, key: MarketKey) -> Market | None:
        return self.stored.get(key)

    def markets(self, keys: Sequence[MarketKey]) -> Mapping[MarketKey, Market]:
        return {key: self.stored[key] for key in keys if key in self.stored}

    def listed(self, venue: Venue, slots: Iterable[int]) -> Iterator[Market]:
        wanted = set(slots)
        for key, market in self.stored.items():
            slot = zlib.crc32(key.market_id.encode()) % MARKET_SLOTS
            if key.venue is venue and market.tradeable and slot in wanted:
                yield replace(market, rules="")

    def note_listed(self, venue: Venue, pass_id: str, part: str, market_ids: Collection[str]) -> None:
        self.passes[venue, pass_id, part] = set(market_ids)

    def close_missing(self, venue: Venue, pass_id: str) -> int:
        noted = [ids for (where, name, _), ids in self.passes.items() if (where, name) == (venue, pass_id)]
        listed = [key for key in self.stored if key.venue is venue and key not in self.closed]
        missing = [key for key in listed if key.market_id not in set().union(*noted)]
        before = self.shrunk.pop(venue, "")
        if 2 * len(missing) > len(listed) >= MARKET_SLOTS:
            seen = set().union(*(ids for place, ids in self.passes.items() if place[:2] == (venue, before)))
            also = [key for key in missing if key.market_id not in seen]
            if before in ("", pass_id) or not any(noted) or 2 * len(also) <= len(listed):
                self.shrunk[venue] = pass_id
                raise CatalogueShrank(f"{venue} listed too few")
            missing = also
        for key in missing:
            self.closed.add(key)
            self.stored[key] = gone(self.stored[key], utc(self.clock.now_ms()))
        return len(missing)

    def propose(self, found: Sequence[Pair]) -> int:
        before = dict(self.all_pairs)
        for pair in found:
            known = self.all_pairs.get(pair.pair_id)
            again = judged_again(known, pair) if known else pair
            self._keep(again)
        ids = {pair.pair_id for pair in found}
        return sum(self.all_pairs[pair_id] != before.get(pair_id) for pair_id in ids)

    def put_pair(self, pair: Pair) -> None:
        known = self.all_pairs.get(pair.pair_id, pair)
        self._keep(replace(pair, status=known.status, reason=known.reason))

    def pair(self, pair_id: str) -> Pair | None:
        return self.all_pairs.get(pair_id)

    def pairs(self, status: PairStatus, limit: int, start: str = "") -> Page[Pair]:
        if status not in self._listed_pairs:
            wanted = [pair for pair in self.all_pairs.values() if pair.status is status]
            self._listed_pairs[status] = [
                replace(pair, evidence=(), doubts=pair.doubts[:1])
                for pair in sorted(wanted, key=lambda pair: pair.pair_id)
            ]
        return page_of(self._listed_pairs[status], limit, start)

    def set_pair_status(
        self,
        pair_id: str,
        expected: Iterable[PairStatus],
        new: PairStatus,
        reason: str,
        actor: str,  # noqa: ARG002
        rules_hash: str = "",
    ) -> Pair:
        if pair_id not in self.all_pairs:
            raise NotFound(pair_id)
        pair = self.all_pairs[pair_id]
        if pair.status not in set(expected):
            raise WrongState(f"{pair_id} is {pair.status}")
        return self._keep(replace(on_texts(pair, rules_hash), status=new, reason=reason))

    def _keep(self, pair: Pair) -> Pair:
        self.all_pairs[pair.pair_id] = pair
        self._listed_pairs.clear()
        return pair

    def first_seen(
        self, ways: Collection[tuple[str, str]], now: datetime, lapse: timedelta
    ) -> Mapping[tuple[str, str], datetime]:
        for way in ways:
            first, seen = self.ages.get(way, (now, now))
            self.ages[way] = (first if seen >= now - lapse else now, now)
        return {way: self.ages[way][0] for way in ways}

    def put_opportunities(self, records: Sequence[OpportunityRecord]) -> None:
        self.records.update({(one.seen_at, one.pair_id, one.direction): one for one in records})

    def opportunities(self, now: datetime, limit: int, start: str = "") -> Page[OpportunityRecord]:
        alive = [one for one in self.records.values() if now - timedelta(hours=24) < one.seen_at <= now]
        best_first = sorted(alive, key=lambda one: (one.tick_id, one.annualised), reverse=True)
        return page_of(best_first, limit, start)

    def put_books(self, books: Iterable[OrderBook]) -> None:
        asked = cache(utc)  # the books of one call were asked for together
        for one in books:
            key = one.key
            self.latest[key] = one
            if is_news(one, self.noted.get(key)):
                self.noted[key] = Noted(best_of(one), one.requested_at_ms)
                self.kept.setdefault(key, []).append(Quote(asked(one.requested_at_ms), *best_of(one)))

    def books(self, keys: Sequence[MarketKey]) -> Mapping[MarketKey, OrderBook]:
        return {key: self.latest[key] for key in keys if key in self.latest}

    def quotes(self, key: MarketKey, since: datetime, limit: int) -> Sequence[Quote]:
        return [quote for quote in self.kept.get(key, []) if quote.at >= since][:limit]

    def history(self, key: MarketKey, since: datetime) -> Sequence[Bar]:
        first = since.replace(second=0, microsecond=0)
        kept = self.kept.get(key, [])
        # quotes come in order of time
        recent = kept[bisect_left(kept, first, key=lambda quote: quote.at) :]
        samples = (Sample(int(quote.at.timestamp() * 1000), quote.yes_bid, quote.yes_ask) for quote in recent)
        return bars(samples)

    def roll_up(self, keys: Sequence[MarketKey], now: datetime) -> int:  # noqa: ARG002
        return 0  # nothing expires here

    def put_health(self, health: Sequence[VenueHealth]) -> None:
        self.checks.update({one.venue: one for one in health})

    def health(self) -> Sequence[VenueHealth]:
        return [self.checks[venue] for venue in sorted(self.checks)]

    def lease_tick(self, tick_id: str, expires_at: int) -> bool:
        if self.leases.get(tick_id, 0) * 1000 > self.clock.now_ms():
            return False
        self.leases[tick_id] = expires_at
        return True

    def lease_scan(self, expires_at: int) -> bool:
        return self.lease_tick("scan", expires_at)

    def release_scan(self, expires_at: int) -> None:
        if self.leases.get("scan") == expires_at:
            del self.leases["scan"]

"""What the Markets table holds, as items, by hand; with its keys.

    MARKET#venue#slot        market id      open markets, in slots so that a venue's can be walked in parts
    CLOSED#venue:id          MARKET         markets that are no longer listed
    PAIR#id                  PAIR           the pair itself; decisions are conditions on this item
    PAIRS#status             pair id        the same facts again but the evidence, to list by status
    AGE#pair                 direction      since when it has paid without a break
    OPP#yyyymmddhh           tick#best-first#pair#direction
    QUOTE#venue:id           LATEST         ten levels a side
    QUOTES                   WRITER         which process wrote the quotes last
    HIST#venue:id            milliseconds   best prices (price_history.py packs them by the hour)
    HEALTH                   venue
    LISTED#venue#pass        part           hashes of the ids that a catalogue pass has seen

`expires_at` is Unix seconds. DynamoDB removes late, so whoever reads filters on it too.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from dutchbook.adapters.agent_items import text_to_time, time_to_text
from dutchbook.adapters.dynamo import SCHEMA_VERSION, Item
from dutchbook.domain.book import Ladder, OrderBook
from dutchbook.domain.fees import fee_schedule_from_record
from dutchbook.domain.ids import short_hash
from dutchbook.domain.market import Market, MarketKey, PriceBand
from dutchbook.domain.pair import Pair, PairStatus, Relation
from dutchbook.domain.prices import best_of
from dutchbook.domain.venue import Venue
from dutchbook.ports.clock import utc
from dutchbook.ports.markets import MARKET_SLOTS, OpportunityRecord, Quote, VenueHealth

LEVELS = 10
"""Levels a side that are kept of a book."""
OPPORTUNITY_SECONDS = 24 * 3600
AGE_SECONDS = 24 * 3600
LATEST_SECONDS = 24 * 3600
HISTORY_SECONDS = 2 * 24 * 3600
HEALTH_SECONDS = 24 * 3600
CLOSED_SECONDS = 400 * 24 * 3600
"""Long after any position on it is paid out."""

_RANK_DIGITS = 16
_RANK_ZERO = 10**15
"""Added to a rank, so that negative ones sort as text too."""
_RECORD_INTS = ("shares", "cost", "net_profit", "net_return", "annualised", "days", "trades")
_HEALTH_INTS = ("latency_p50_ms", "latency_p95_ms", "calls", "errors", "clock_offset_ms")
_HEALTH_MEASURED = ("rate_limit_headroom", "book_age_ms")
"""None where nothing was measured; absent from records of before they were."""


def new_item(pk: str, sk: str, **facts: Any) -> Item:
    """An item with what every item has."""
    return {"pk": pk, "sk": sk, "schema_version": SCHEMA_VERSION, **facts}


# ------------------------------------------------------------------------------------------- markets


def market_slot(venue: Venue, slot: int) -> str:
    return f"MARKET#{venue.value}#{slot:02d}"


def market_key(key: MarketKey) -> dict[str, str]:
    slot = zlib.crc32(key.market_id.encode()) % MARKET_SLOTS
    return {"pk": market_slot(key.venue, slot), "sk": key.market_id}


def closed_key(key: MarketKey) -> dict[str, str]:
    return {"pk": f"CLOSED#{key}", "sk": "MARKET"}


def market_to_item(market: Market) -> Item:
    item = new_item(
        **market_key(market.key),
        market=str(market.key),
        title=market.title,
        tradeable=market.tradeable,
        price_bands=[list(band) for band in market.price_bands],
        size_step=market.size_step,
        min_size=market.min_size,
        min_notional=market.min_notional,
        fees=market.fees.to_record(),
        event_id=market.event_id,
        event_title=market.event_title,
        outcome_title=market.outcome_title,
        category=market.category,
        rules=market.rules,
        closes_at=time_to_text(market.closes_at),
        resolves_at=time_to_text(market.resolves_at),
        volume=market.volume,
        terms=dict(market.terms),
    )
    item["content_hash"] = _content_hash(item)
    return item


def _content_hash(item: Item) -> str:
    """Of all facts but the volume, of which only a doubling counts: it moves with every trade."""
    facts = {**item, "volume": item["volume"].bit_length()}
    return short_hash(*(f"{name}={facts[name]!r}" for name in sorted(facts)))


def market_from_item(item: Item) -> Market:
    key = MarketKey.parse(item["market"])
    # what a projection left out (rules) is empty
    return Market(
        venue=key.venue,
        market_id=key.market_id,
        title=item["title"],
        tradeable=item["tradeable"],
        price_bands=tuple(PriceBand(*band) for band in item["price_bands"]),
        size_step=item["size_step"],
        min_size=item["min_size"],
        min_notional=item["min_notional"],
        fees=fee_schedule_from_record(item["fees"]),
        event_id=item["event_id"],
        event_title=item["event_title"],
        outcome_title=item["outcome_title"],
        category=item["category"],
        rules=item.get("rules", ""),
        closes_at=text_to_time(item["closes_at"]),
        resolves_at=text_to_time(item["resolves_at"]),
        volume=item["volume"],
        terms=item["terms"],
    )


# --------------------------------------------------------------------------------------------- pairs


def pair_key(pair_id: str) -> dict[str, str]:
    return {"pk": f"PAIR#{pair_id}", "sk": "PAIR"}


def listed_pair_key(status: PairStatus, pair_id: str) -> dict[str, str]:
    return {"pk": pairs_partition(status), "sk": pair_id}


def pairs_partition(status: PairStatus) -> str:
    return f"PAIRS#{status.value}"


def pair_to_item(pair: Pair, key: Mapping[str, str]) -> Item:
    return new_item(
        **key,
        pair_id=pair.pair_id,
        a=str(pair.a),
        b=str(pair.b),
        relation=pair.relation.value,
        status=pair.status.value,
        score_ppm=pair.score_ppm,
        title=pair.title,
        rules_hash=pair.rules_hash,
        reason=pair.reason,
        evidence=list(pair.evidence),
        doubts=list(pair.doubts),
    )


def listed_pair_to_item(pair: Pair) -> Item:
    """For lists: without the evidence, which is most of an item, but with whether there are doubts."""
    brief = replace(pair, evidence=(), doubts=pair.doubts[:1])
    return pair_to_item(brief, listed_pair_key(pair.status, pair.pair_id))


def pair_from_item(item: Item) -> Pair:
    return Pair(
        pair_id=item["pair_id"],
        a=MarketKey.parse(item["a"]),
        b=MarketKey.parse(item["b"]),
        relation=Relation(item["relation"]),
        status=PairStatus(item["status"]),
        score_ppm=item["score_ppm"],
        title=item["title"],
        rules_hash=item["rules_hash"],
        reason=item["reason"],
        # pairs written before the matcher was there have neither
        evidence=tuple(item.get("evidence", ())),
        doubts=tuple(item.get("doubts", ())),
    )


# ------------------------------------------------------------------------------------- opportunities


def hour_partition(at: datetime) -> str:
    return f"OPP#{at:%Y%m%d%H}"


def opportunity_to_item(record: OpportunityRecord) -> Item:
    """Its sort key, read backwards, gives the newest tick first and within it the best annualised return."""
    rank = f"{record.annualised + _RANK_ZERO:0{_RANK_DIGITS}d}"
    return new_item(
        hour_partition(record.seen_at),
        f"{record.tick_id}#{rank}#{record.pair_id}#{record.direction}",
        expires_at=int(record.seen_at.timestamp()) + OPPORTUNITY_SECONDS,
        tick_id=record.tick_id,
        pair_id=record.pair_id,
        direction=record.direction,
        title=record.title,
        seen_at=time_to_text(record.seen_at),
        verdict=record.verdict,
        reason=record.reason,
        legs=[dict(leg) for leg in record.legs],
        first_seen_at=time_to_text(record.first_seen_at),
        **{name: getattr(record, name) for name in _RECORD_INTS},
    )


def opportunity_from_item(item: Item) -> OpportunityRecord:
    return OpportunityRecord(
        tick_id=item["tick_id"],
        pair_id=item["pair_id"],
        direction=item["direction"],
        title=item["title"],
        seen_at=datetime.fromisoformat(item["seen_at"]),
        verdict=item["verdict"],
        reason=item["reason"],
        legs=tuple(item["legs"]),
        first_seen_at=text_to_time(item["first_seen_at"]),
        **{name: item[name] for name in _RECORD_INTS},
    )


def age_key(pair_id: str, direction: str) -> dict[str, str]:
    return {"pk": f"AGE#{pair_id}", "sk": direction}


def age_to_item(way: tuple[str, str], first_seen_at: datetime, now: datetime) -> Item:
    return new_item(
        **age_key(*way),
        expires_at=int(now.timestamp()) + AGE_SECONDS,
        first_seen_at=time_to_text(first_seen_at),
        seen_at=time_to_text(now),
    )


def way_of_age(item: Item) -> tuple[str, str]:
    return item["pk"].removeprefix("AGE#"), item["sk"]


# ------------------------------------------------------------------------------------ books and quotes


def quote_key(key: MarketKey) -> dict[str, str]:
    return {"pk": f"QUOTE#{key}", "sk": "LATEST"}


def history_partition(key: MarketKey) -> str:
    return f"HIST#{key}"


def history_sort(ms: int) -> str:
    return f"{ms:013d}"


def book_to_item(book: OrderBook) -> Item:
    return new_item(
        **quote_key(book.key),
        expires_at=book.requested_at_ms // 1000 + LATEST_SECONDS,
        market=str(book.key),
        requested_at_ms=book.requested_at_ms,
        yes_bids=_levels(book.yes_bids),
        yes_asks=_levels(book.yes_asks),
        no_bids=_levels(book.no_bids),
        no_asks=_levels(book.no_asks),
    )


def book_from_item(item: Item) -> OrderBook:
    key = MarketKey.parse(item["market"])
    return OrderBook(
        venue=key.venue,
        market_id=key.market_id,
        yes_bids=_ladder(item["yes_bids"]),
        yes_asks=_ladder(item["yes_asks"]),
        no_bids=_ladder(item["no_bids"]),
        no_asks=_ladder(item["no_asks"]),
        requested_at_ms=item["requested_at_ms"],
    )


def _levels(ladder: Ladder) -> list[list[int]]:
    return [list(level) for level in ladder[:LEVELS]]


def _ladder(levels: Sequence[Sequence[int]]) -> Ladder:
    return tuple((price, size) for price, size in levels)


def quote_of(book: OrderBook) -> Quote:
    return Quote(utc(book.requested_at_ms), *best_of(book))


def quote_to_item(book: OrderBook) -> Item:
    quote = quote_of(book)
    return new_item(
        history_partition(book.key),
        history_sort(book.requested_at_ms),
        expires_at=book.requested_at_ms // 1000 + HISTORY_SECONDS,
        prices=[quote.yes_bid, quote.yes_ask, quote.no_bid, quote.no_ask],
    )


def quote_from_item(item: Item) -> Quote:
    prices: Sequence[int | None] = item["prices"]
    return Quote(utc(int(item["sk"])), *prices)


# -------------------------------------------------------------------------------------------- health


def health_to_item(health: VenueHealth) -> Item:
    return new_item(
        "HEALTH",
        health.venue.value,
        expires_at=int(health.checked_at.timestamp()) + HEALTH_SECONDS,
        healthy=health.healthy,
        reason=health.reason,
        checked_at=time_to_text(health.checked_at),
        breaker=health.breaker,
        **{name: getattr(health, name) for name in _HEALTH_INTS + _HEALTH_MEASURED},
    )


def health_from_item(item: Item) -> VenueHealth:
    return VenueHealth(
        venue=Venue(item["sk"]),
        healthy=item["healthy"],
        reason=item["reason"],
        checked_at=datetime.fromisoformat(item["checked_at"]),
        breaker=item["breaker"],
        **{name: item[name] for name in _HEALTH_INTS},
        rate_limit_headroom=item.get("rate_limit_headroom"),
        book_age_ms=item.get("book_age_ms"),
    )

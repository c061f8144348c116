"""What the simulated venues list: the recorded catalogue of 2026-03-01, and ten invented Limitless leaves.

Recorded facts (ids, titles, quotes, volumes, dates) come from `kalshi.json.gz` and `polymarket.json.gz`, made
by `scripts/make_day.py`. Everything about Limitless here is invented: its leaves mirror named Polymarket
questions and say "(simulated)" in their titles. Prices are micros of a dollar.
"""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from dutchbook.domain.money import parse_micros

HERE = Path(__file__).parent
DAY_START = datetime(2026, 3, 1, tzinfo=UTC)
"""The recorded day. A replay moves every date by the days between this and the replay's start."""

CENT = 10_000
MILL = 1_000


class Key(NamedTuple):
    """A market anywhere: Kalshi ticker, Polymarket condition id, Limitless slug."""

    venue: str
    market_id: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One binary market with its recorded quote (None = nobody quotes that side)."""

    key: Key
    title: str
    outcome: str
    bid: int | None
    ask: int | None
    tick: int
    volume: int
    closes_at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)
    """The venue's own extras (token ids, slug, neg_risk ...)."""


@dataclass(frozen=True, slots=True)
class Event:
    """Listings under one heading."""

    event_id: str
    title: str
    facts: Mapping[str, Any]
    listings: tuple[Listing, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """What the simulation does to a question's prices, over and over (see `path.py`)."""

    kind: str
    cheap: str
    dear: str
    gap: int
    period_s: int
    opens_s: int
    lasts_s: int
    depth: int


@dataclass(frozen=True, slots=True)
class Question:
    """One question that several venues ask."""

    title: str
    keys: Mapping[str, Key]
    scenario: Scenario


@dataclass(frozen=True, slots=True)
class Day:
    kalshi: tuple[Event, ...]
    polymarket: tuple[Event, ...]
    limitless: tuple[Event, ...]
    questions: tuple[Question, ...]

    def listings(self, venue: str) -> dict[str, Listing]:
        """Every listing of a venue by market id, in catalogue order."""
        events: tuple[Event, ...] = getattr(self, venue)
        return {listing.key.market_id: listing for event in events for listing in event.listings}


def token_id(*parts: str) -> str:
    """An invented 256-bit outcome token id, the same on every run."""
    return str(int.from_bytes(sha256("|".join(("simulated", *parts)).encode()).digest()))


@cache
def load_day() -> Day:
    """Reads the fixture; about 1,750 markets."""
    polymarket = tuple(_polymarket_event(row) for row in _read_gz("polymarket.json.gz"))
    by_id = {listing.facts["id"]: listing for event in polymarket for listing in event.listings}
    rows = json.loads((HERE / "questions.json").read_text())["questions"]
    return Day(
        kalshi=tuple(_kalshi_event(row) for row in _read_gz("kalshi.json.gz")),
        polymarket=polymarket,
        limitless=tuple(_mirror(row, by_id[row["polymarket"]]) for row in rows if "limitless" in row),
        questions=tuple(_question(row, by_id[row["polymarket"]]) for row in rows),
    )


def _read_gz(name: str) -> list[dict[str, Any]]:
    with gzip.open(HERE / name) as stream:
        rows: list[dict[str, Any]] = json.load(stream)
    return rows


def _kalshi_event(row: Mapping[str, Any]) -> Event:
    listings = tuple(
        Listing(
            key=Key("kalshi", market["ticker"]),
            title=market["title"],
            outcome=market["outcome"],
            bid=_quoted(market["bid"]),
            ask=_quoted(market["ask"]),
            tick=CENT,
            volume=market["volume"],
            closes_at=_time(market["close"]),
            facts={**market, "event": row["event"], "series": row["series"]},
        )
        for market in row["markets"]
    )
    return Event(row["event"], row["title"], row, listings)


def _polymarket_event(row: Mapping[str, Any]) -> Event:
    listings = tuple(_polymarket_listing(market, row) for market in row["markets"])
    return Event(row["id"], row["title"], row, listings)


def _polymarket_listing(market: Mapping[str, Any], event: Mapping[str, Any]) -> Listing:
    bid, ask = _quoted(market["bid"]), _quoted(market["ask"])
    # The recording lacks the tick; a quote with three decimals shows a grid of a tenth of a cent.
    fine = any(price is not None and price % CENT for price in (bid, ask))
    return Listing(
        key=Key("polymarket", market["condition"]),
        title=market["question"],
        outcome="Yes",
        bid=bid,
        ask=ask,
        tick=MILL if fine else CENT,
        volume=market["volume"],
        closes_at=_time(market["end"] or "2026-12-31T00:00:00Z"),
        facts={**market, "event": event["id"], "tags": event["tags"], "neg_risk": event["neg_risk"]},
    )


def _mirror(row: Mapping[str, Any], twin: Listing) -> Event:
    """An invented Limitless leaf: its Polymarket twin's question and quote, half a cent wider each side."""
    slug = row["limitless"]
    listing = Listing(
        key=Key("limitless", slug),
        title=f"{twin.title} (simulated)",
        outcome="Yes",
        bid=None if twin.bid is None else max(twin.bid - CENT // 2, MILL),
        ask=None if twin.ask is None else min(twin.ask + CENT // 2, 999 * MILL),
        tick=MILL,
        volume=twin.volume // 1000,
        closes_at=twin.closes_at,
        facts={
            "id": 900_000 + int(twin.facts["id"]) % 100_000,
            "external_slug": twin.facts["slug"],
            "condition": "0x" + sha256(f"simulated|{slug}".encode()).hexdigest(),
            "tokens": [token_id(slug, "yes"), token_id(slug, "no")],
            "tags": twin.facts["tags"],
            # Its takers are held back for a quarter of a second, as the real venue does on many markets.
            "taker_delay_ms": 250 if row["scenario"]["kind"] == "profitable" else 0,
        },
    )
    return Event(slug, listing.title, {}, (listing,))


def _question(row: Mapping[str, Any], twin: Listing) -> Question:
    keys = {"polymarket": twin.key}
    keys |= {venue: Key(venue, row[venue]) for venue in ("kalshi", "limitless") if venue in row}
    scenario = row["scenario"]
    return Question(
        title=row["title"],
        keys=keys,
        scenario=Scenario(
            kind=scenario["kind"],
            cheap=scenario["cheap"],
            dear=scenario["dear"],
            gap=parse_micros(scenario["gap"]),
            period_s=scenario["period_s"],
            opens_s=scenario["opens_s"],
            lasts_s=scenario["lasts_s"],
            depth=parse_micros(scenario["depth"]),
        ),
    )


def _quoted(text: str | None) -> int | None:
    """Micros of a quote; 0 and 1 mean that nobody quotes."""
    if text is None:
        return None
    micros = parse_micros(text)
    return micros if 0 < micros < 1_000_000 else None


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)

"""Records the simulated day: `python -m local.replay.record --out day.jsonl.gz`.

Markets are read over HTTP from the simulated venues through the product's own parsers; books are the day's
price path at each step. The same seed and step give the same bytes.
"""

import argparse
import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

from dutchbook.adapters.recording import DiskShelf, Recorder
from dutchbook.domain.book import OrderBook
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.pair import Pair
from dutchbook.domain.venue import Venue
from dutchbook.usecases.scan_markets.seen import Seen
from local.day.catalogue import DAY_START, Key, load_day
from local.day.path import PricePath
from local.demo.seed import PAIRS_FILE, pair_of
from local.replay.run import ReplayClock
from local.venues.server import SimulatedVenues
from venues.ratelimit import DEFAULT_PLANS, Rate, RatePlan
from venues.registry import Hosts, open_public_data

SEED = 2026
_UNLIMITED = Rate(1_000_000, 1_000_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(".local/day.jsonl.gz"))
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--step", type=int, default=60, help="seconds between ticks")
    told = parser.parse_args()
    told.out.parent.mkdir(parents=True, exist_ok=True)
    told.out.unlink(missing_ok=True)
    ticks = record_day(told.out, told.hours, told.step)
    print(f"{ticks} ticks in {told.out}, {told.out.stat().st_size // 1024} KiB")


def record_day(out: Path, hours: int, step: int, seed: int = SEED) -> int:
    """Appends the day's first hours to the file; returns how many ticks it wrote."""
    pairs = [pair_of(row) for row in json.loads(PAIRS_FILE.read_text())["pairs"]]
    markets = read_markets({key for pair in pairs for key in (pair.a, pair.b)})
    recorder = Recorder(DiskShelf(out))
    ticks = 0
    for seen in day(pairs, markets, hours, step, seed):
        recorder.record(seen)
        ticks += 1
    return ticks


def day(
    pairs: list[Pair], markets: Mapping[MarketKey, Market], hours: int, step: int, seed: int
) -> Iterator[Seen]:
    """What a scan would have seen at each step of the day."""
    path = PricePath(load_day(), seed)
    for second in range(0, hours * 3_600, step):
        at = DAY_START + timedelta(seconds=second)
        books = {}
        for key in markets:
            depth = path.depth(Key(key.venue.value, key.market_id), second)
            books[key] = OrderBook.from_yes_book(key, depth.bids, depth.asks, 0)
        at_ms = int(at.timestamp() * 1000)
        tick_id = at.strftime("%Y%m%dT%H%M%SZ")
        yield Seen(tick_id, at_ms, step * 1000, at_ms // (step * 1000), True, pairs, markets, books)


def read_markets(keys: set[MarketKey]) -> dict[MarketKey, Market]:
    """From the simulated venues on the recorded day, so that every date is the recorded one."""
    clock = ReplayClock(int(DAY_START.timestamp() * 1000))
    plans = {venue: RatePlan(dict.fromkeys(plan.rates, _UNLIMITED)) for venue, plan in DEFAULT_PLANS.items()}
    with SimulatedVenues(seed=SEED, clock=clock) as venues:
        urls = venues.urls
        hosts = Hosts.from_env(
            {
                "POLYMARKET_CLOB_BASE": urls["polymarket"],
                "POLYMARKET_GAMMA_BASE": urls["polymarket"],
                "KALSHI_API_BASE": urls["kalshi"],
                "LIMITLESS_API_BASE": urls["limitless"],
            }
        )
        data = open_public_data(hosts, clock, plans=plans).data
        found: dict[MarketKey, Market] = {}
        for venue in Venue:
            ids = sorted(key.market_id for key in keys if key.venue is venue)
            found |= {market.key: market for market in data[venue].markets(ids).values()}
    return dict(sorted(found.items()))


if __name__ == "__main__":
    main()

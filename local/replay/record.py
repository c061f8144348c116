"""Records the simulated day: `python -m local.replay.record --out day.jsonl.gz`.

Markets are read over HTTP from the simulated venues through the product's own parsers; books are the day's
price path at each step. The same seed and step give the same bytes.
"""

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from dutchbook.adapters.recording import DiskShelf, Recorder, record_resolutions
from dutchbook.domain.book import OrderBook
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.money import ONE
from dutchbook.domain.pair import Pair
from dutchbook.domain.settlement import Resolution, Stage
from dutchbook.domain.venue import Venue
from dutchbook.ports.clock import utc
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


@dataclass(frozen=True, slots=True)
class Answer:
    """How a question of the day is answered. Invented, as the day's prices are."""

    title: str
    yes_value: int
    paid_s: Mapping[str, int]
    """By venue, the second of the day from which its market pays."""


_HOUR = 3_600
ANSWERS = (
    Answer(
        "Josh Shapiro wins the 2028 US presidential election",
        yes_value=0,
        paid_s={"kalshi": 6 * _HOUR, "polymarket": 8 * _HOUR},
    ),
    Answer(
        "Starmer out by June 30, 2026",
        yes_value=ONE,
        paid_s={"polymarket": 14 * _HOUR, "limitless": 15 * _HOUR},
    ),
)
"""Two questions pay within the day, each venue in its own time; the others' pairs stay locked."""


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
    shelf = DiskShelf(out)
    recorder, ticks = Recorder(shelf), 0
    for seen in day(pairs, markets, hours, step, seed):
        at = utc(seen.at_ms)
        record_resolutions(shelf, at, answered(at - timedelta(seconds=step), at))
        recorder.record(seen)
        ticks += 1
    return ticks


def answered(after: datetime, until: datetime) -> list[Resolution]:
    """What markets have begun to pay since a moment."""
    keys = {question.title: question.keys for question in load_day().questions}
    return [
        Resolution(
            MarketKey(Venue(venue), keys[answer.title][venue].market_id), Stage.PAYABLE, answer.yes_value
        )
        for answer in ANSWERS
        for venue, second in answer.paid_s.items()
        if after < DAY_START + timedelta(seconds=second) <= until
    ]


def day(
    pairs: list[Pair], markets: Mapping[MarketKey, Market], hours: int, step: int, seed: int
) -> Iterator[Seen]:
    """What a scan would have seen at each step of the day: markets that pay have no books any more."""
    path = PricePath(load_day(), seed)
    for second in range(0, hours * _HOUR, step):
        at = DAY_START + timedelta(seconds=second)
        over = {resolution.key for resolution in answered(DAY_START, at)}
        traded = [pair for pair in pairs if not {pair.a, pair.b} & over]
        books = {}
        for key in (each for each in markets if each not in over):
            depth = path.depth(Key(key.venue.value, key.market_id), second)
            books[key] = OrderBook.from_yes_book(key, depth.bids, depth.asks, 0)
        at_ms = int(at.timestamp() * 1000)
        tick_id = at.strftime("%Y%m%dT%H%M%SZ")
        yield Seen(tick_id, at_ms, step * 1000, at_ms // (step * 1000), True, traded, markets, books)


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

"""How fast a replay goes, beside the scan's own walk of the same pairs.

Two hundred pairs with twenty levels a side, every book changed at every tick, a third of the pairs crossing:
the most a tick can bring. `scan` is the product's scan of the same books and stores, which a replay may
take three times of; `scan_walk` is its walk of both ladders alone, a small part of it (the rest of a scan is
sizing, records and stores). A replayed tick adds reading the frame, strategies, exits and executions.
Prints one `name: value` row a figure.
"""

import dataclasses
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bench.walk import CENT, Job, jobs
from dutchbook.adapters.recording import Frame, Sides
from dutchbook.domain.agent import StrategyName
from dutchbook.domain.book import Ladder, OrderBook
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.opportunity import walk
from dutchbook.domain.pair import Pair, PairStatus, Relation
from dutchbook.ports.clock import utc
from dutchbook.usecases.scan_markets.tick import Tick, scan
from local.replay.run import Replay

PAIRS = 200
TICKS = 60
PERIOD_MS = 15_000
START = datetime(2026, 3, 1, tzinfo=UTC)


def frames(made: list[Job]) -> Iterator[Frame]:
    """Every tick all books, each a cent up or down as a whole."""
    rng = random.Random(2)
    books = {book.key: book for _, a, b in made for book in (a, b)}
    markets: dict[MarketKey, Market] = {}
    pairs: dict[str, Pair] = {}
    for way, _, _ in made:
        markets |= {way.a.key: way.a, way.b.key: way.b}
        pairs[way.pair_id] = Pair(way.pair_id, way.a.key, way.b.key, Relation.SAME, PairStatus.APPROVED)
    for number in range(TICKS):
        at = START + timedelta(milliseconds=PERIOD_MS * number)
        shift = rng.choice((-CENT, 0, CENT))
        yield Frame(
            tick_id=at.strftime("%Y%m%dT%H%M%SZ"),
            at_ms=int(at.timestamp() * 1000),
            period_ms=PERIOD_MS,
            full=number == 0,
            markets=list(markets.values()) if number == 0 else (),
            pairs=list(pairs.values()) if number == 0 else None,
            books={key: _moved(book, shift) for key, book in books.items()},
            gone=(),
            resolved={},
        )


def _moved(book: OrderBook, shift: int) -> Sides:
    def by(ladder: Ladder, step: int) -> Ladder:
        return tuple((price + step, size) for price, size in ladder)

    return (
        by(book.yes_bids, shift),
        by(book.yes_asks, shift),
        by(book.no_bids, -shift),
        by(book.no_asks, -shift),
    )


def main() -> None:
    made = jobs(PAIRS)
    recorded = list(frames(made))
    for strategy in StrategyName:
        replay, alone = Replay(strategy), Replay(strategy)
        walked = scanned = played = 0.0
        # they take turns, since these machines change speed while one runs
        for frame in recorded:
            start = time.perf_counter()
            for way, a, b in made:
                walk(way, a, b, 0)
            walked += time.perf_counter() - start
            scanned += scan_alone(alone, frame)
            start = time.perf_counter()
            replay.step(frame)
            played += time.perf_counter() - start
        name = strategy.value.replace("-", "_")
        print(f"replay_ticks_per_s_{name}: {TICKS / played:.1f}")
        print(f"scan_ticks_per_s_{name}: {TICKS / scanned:.1f}")
        print(f"scan_walk_200_pairs_per_s_{name}: {TICKS / walked:.1f}")
        print(f"replay_times_scan_{name}: {played / scanned:.2f}")
        print(f"replay_times_scan_walk_{name}: {played / walked:.2f}")


def scan_alone(world: Replay, frame: Frame) -> float:
    """Seconds of the product's scan of the frame's books: no strategies, no exits, nothing executed."""
    world.show(frame)
    tick = Tick(utc(frame.at_ms), utc(world.clock.now_ms()), frame.period_ms)
    start = time.perf_counter()
    scan(tick, dataclasses.replace(world.world, followers={}))
    return time.perf_counter() - start


if __name__ == "__main__":
    main()

"""How long a scan takes to walk its pairs, beside a plain float walk without fees on the same books.

Books are two-sided with 20 levels, both directions of each pair are walked, a third of the pairs cross. Ours
is exact, with fees, net shares, tick rules and a reason for every rejection; the float walk only adds up what
a cross would cost. Prints one `name: value` row a figure.
"""

import random
import time
from collections.abc import Callable

from dutchbook.domain.book import OrderBook
from dutchbook.domain.fees import FeeSchedule, KalshiFees, LimitlessFees, PolymarketFees
from dutchbook.domain.market import Market, MarketKey, PriceBand
from dutchbook.domain.money import ONE
from dutchbook.domain.opportunity import Curve, Direction, directions, walk
from dutchbook.domain.pair import Pair, PairStatus, Relation, pair_id_of
from dutchbook.domain.venue import Side, Venue

LEVELS = 20
CENT = 10_000
ROUNDS = 15
_FEES: dict[Venue, FeeSchedule] = {
    Venue.KALSHI: KalshiFees(),
    Venue.POLYMARKET: PolymarketFees(40_000),
    Venue.LIMITLESS: LimitlessFees(),
}
_VENUES = (
    (Venue.KALSHI, Venue.POLYMARKET),
    (Venue.LIMITLESS, Venue.POLYMARKET),
    (Venue.KALSHI, Venue.LIMITLESS),
)

type Job = tuple[Direction, OrderBook, OrderBook]
type FloatLadder = tuple[tuple[float, float], ...]


def _market(key: MarketKey) -> Market:
    return Market(
        venue=key.venue,
        market_id=key.market_id,
        title="generated",
        tradeable=True,
        price_bands=(PriceBand(1_000, 999_000, 1_000),),
        size_step=CENT,
        min_size=CENT,
        min_notional=0,
        fees=_FEES[key.venue],
    )


def _book(rng: random.Random, key: MarketKey, middle: int) -> OrderBook:
    """Twenty levels a side, a cent apart, around the middle price."""

    def size() -> int:
        return rng.randrange(100, 50_000) * CENT

    bids = [(middle - (level + 1) * CENT // 2, size()) for level in range(LEVELS)]
    asks = [(middle + (level + 1) * CENT // 2, size()) for level in range(LEVELS)]
    return OrderBook.from_yes_book(key, bids, asks, 0)


def jobs(pairs: int, seed: int = 1) -> list[Job]:
    """Both directions of every pair; in a third of the pairs the second venue is 8 cents dearer."""
    rng = random.Random(seed)
    made: list[Job] = []
    for number in range(pairs):
        a_venue, b_venue = _VENUES[number % len(_VENUES)]
        a_key, b_key = MarketKey(a_venue, f"a{number}"), MarketKey(b_venue, f"b{number}")
        middle = rng.randrange(20, 80) * CENT
        shift = 8 * CENT if number // len(_VENUES) % 3 == 0 else rng.randrange(-1, 2) * CENT // 2
        a_book, b_book = _book(rng, a_key, middle), _book(rng, b_key, middle + shift)
        pair = Pair(pair_id_of(a_key, b_key), a_key, b_key, Relation.SAME, PairStatus.APPROVED)
        made.extend((way, a_book, b_book) for way in directions(pair, _market(a_key), _market(b_key)))
    return made


def _floats(job: Job) -> tuple[FloatLadder, FloatLadder]:
    direction, a_book, b_book = job
    ladders = a_book.ladder(direction.a_outcome, Side.BUY), b_book.ladder(direction.b_outcome, Side.BUY)
    a, b = (tuple((price / ONE, size / ONE) for price, size in ladder) for ladder in ladders)
    return a, b


def float_walk(a: FloatLadder, b: FloatLadder) -> tuple[float, float]:
    """Shares and profit while the next share of both legs costs less than a dollar. No fees."""
    i = j = 0
    a_price, a_left = a[0]
    b_price, b_left = b[0]
    shares = profit = 0.0
    while a_price + b_price < 1.0:
        taken = a_left if a_left < b_left else b_left
        shares += taken
        profit += taken * (1.0 - a_price - b_price)
        a_left -= taken
        b_left -= taken
        if a_left <= 0.0:
            i += 1
            if i == len(a):
                break
            a_price, a_left = a[i]
        if b_left <= 0.0:
            j += 1
            if j == len(b):
                break
            b_price, b_left = b[j]
    return shares, profit


def _best_ms(*contestants: Callable[[], object]) -> list[float]:
    """Best time of each, ms; they take turns, since these machines change speed while one runs."""
    best = [float("inf")] * len(contestants)
    for _ in range(ROUNDS):
        for number, work in enumerate(contestants):
            start = time.perf_counter()
            work()
            best[number] = min(best[number], time.perf_counter() - start)
    return [seconds * 1000 for seconds in best]


def main() -> None:
    some, many = jobs(1_000), jobs(10_000)
    floats = [_floats(job) for job in some]
    curves = sum(isinstance(walk(*job, now_ms=0), Curve) for job in some)
    exact, plain, ten_times = _best_ms(
        lambda: [walk(way, a, b, 0) for way, a, b in some],
        lambda: [float_walk(a, b) for a, b in floats],
        lambda: [walk(way, a, b, 0) for way, a, b in many],
    )
    print(f"scan_walk_1000_pairs_ms: {exact:.2f}")
    print(f"float_walk_1000_pairs_ms: {plain:.2f}")
    print(f"scan_walk_times_float: {exact / plain:.2f}")
    print(f"scan_walk_10000_pairs_ms: {ten_times:.2f}")
    print(f"scan_walk_curves_of_1000_pairs: {curves}")


if __name__ == "__main__":
    main()

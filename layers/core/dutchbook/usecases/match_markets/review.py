"""The review of known pairs: closed when a market is, opened again when a text changes; prices are packed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from dutchbook.domain.errors import WrongState
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.matching.judge import judge
from dutchbook.domain.matching.listing import Listing
from dutchbook.domain.pair import Pair, PairStatus, rules_hash_of
from dutchbook.ports.clock import Clock, utc
from dutchbook.ports.markets import MarketStore
from dutchbook.ports.paging import pages
from dutchbook.usecases.match_markets.matching import pair_of

_PAIRS_A_PAGE = 100
LONGEST_MS = 40_000
"""How long one call goes on; the next pass is faster with what was done and gets further."""
REVIEWED = (
    PairStatus.APPROVED,
    PairStatus.PROPOSED,
    PairStatus.UNSURE,
    PairStatus.REJECTED,
    PairStatus.BLOCKED,
)
_TRADED = frozenset({PairStatus.APPROVED, PairStatus.PROPOSED})


@dataclass(slots=True)
class ReviewReport:
    """What came of the review of one status, in counts."""

    pairs: int = 0
    unfinished: bool = False
    closed: int = 0
    reopened: int = 0
    hours_packed: int = 0


def review(store: MarketStore, clock: Clock, status: PairStatus) -> ReviewReport:
    """Looks at every pair of this status. Repeating it changes nothing."""
    report = ReviewReport()
    deadline = clock.now_ms() + LONGEST_MS
    # the whole list first: what is decided here leaves it
    for pairs in [page.items for page in pages(partial(store.pairs, status, _PAIRS_A_PAGE)) if page.items]:
        if clock.now_ms() >= deadline:
            report.unfinished = True
            break
        now = utc(clock.now_ms())
        markets = store.markets(sorted({key for pair in pairs for key in (pair.a, pair.b)}))
        report.pairs += len(pairs)
        report.closed += sum(_close(store, pair, markets, now) for pair in pairs)
        report.reopened += store.propose(list(_changed(pairs, markets)))
        if status in _TRADED:
            report.hours_packed += store.roll_up(sorted(markets), now)
    return report


def _close(store: MarketStore, pair: Pair, markets: Mapping[MarketKey, Market], now: datetime) -> bool:
    """A market that stopped trading for a while comes back; one whose time is over does not."""
    over = [key for key in (pair.a, pair.b) if _is_over(markets.get(key), now)]
    if not over:
        return False
    try:
        # excludes closing what an operator has decided on since the pair was read: the next review sees it
        reason = f"{over[0]} is no longer traded"
        store.set_pair_status(pair.pair_id, [pair.status], PairStatus.CLOSED, reason, "catalogue")
    except WrongState:
        return False
    return True


def _is_over(market: Market | None, now: datetime) -> bool:
    if market is None or market.tradeable:
        return False
    return market.closes_at is None or market.closes_at <= now


def _changed(pairs: Sequence[Pair], markets: Mapping[MarketKey, Market]) -> Iterator[Pair]:
    """Pairs whose texts are no longer those that they were judged on, judged anew."""
    for pair in pairs:
        a, b = markets.get(pair.a), markets.get(pair.b)
        if a is None or b is None or not (a.tradeable and b.tradeable) or a is b:
            continue
        if pair.rules_hash and pair.rules_hash != rules_hash_of(a, b):
            yield pair_of(a, b, judge(Listing.of(a), Listing.of(b)))

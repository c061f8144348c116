"""The pairs that a tick may trade on."""

from collections.abc import Iterator

from dutchbook.domain.pair import Pair, PairStatus
from dutchbook.ports.markets import MarketStore

_PAIRS_A_PAGE = 1_000


def live_pairs(store: MarketStore, demo_threshold: int | None) -> Iterator[Pair]:
    """Approved pairs, and those that the matcher is sure enough of for demo agents."""
    yield from _pairs(store, PairStatus.APPROVED)
    if demo_threshold is not None:
        for pair in _pairs(store, PairStatus.PROPOSED):
            if pair.may_be_tried(demo_threshold):
                yield pair


def _pairs(store: MarketStore, status: PairStatus) -> Iterator[Pair]:
    start = ""
    while True:
        page = store.pairs(status, _PAIRS_A_PAGE, start)
        yield from page.items
        if not (start := page.next_key):
            return

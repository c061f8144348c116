"""The pairs that a tick may trade on."""

from collections.abc import Iterator
from functools import partial

from dutchbook.domain.pair import Pair, PairStatus
from dutchbook.ports.markets import MarketStore
from dutchbook.ports.paging import pages

_PAIRS_A_PAGE = 1_000


def live_pairs(store: MarketStore, demo_threshold: int | None) -> Iterator[Pair]:
    """Approved pairs, and those that the matcher is sure enough of for demo agents."""
    yield from _pairs(store, PairStatus.APPROVED)
    if demo_threshold is not None:
        for pair in _pairs(store, PairStatus.PROPOSED):
            if pair.may_be_tried(demo_threshold):
                yield pair


def _pairs(store: MarketStore, status: PairStatus) -> Iterator[Pair]:
    for page in pages(partial(store.pairs, status, _PAIRS_A_PAGE)):
        yield from page.items

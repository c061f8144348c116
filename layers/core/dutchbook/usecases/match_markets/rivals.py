"""Two pairs that want the same market: at most one of them is right.

Within a part of the catalogues the best fit is kept and equals are left to a human. Here the same is done
with what other parts have proposed, which only the store knows.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from dutchbook.domain.errors import WrongState
from dutchbook.domain.market import MarketKey
from dutchbook.domain.pair import Pair, PairStatus, Relation
from dutchbook.domain.venue import Venue
from dutchbook.ports.markets import MarketStore
from dutchbook.ports.paging import pages

_PAIRS_A_PAGE = 1_000
_STANDING = (PairStatus.APPROVED, PairStatus.PROPOSED)

type _Place = tuple[MarketKey, Venue, Relation]
"""A market has one partner of each relation on another venue: "A vs. B" is the same as A's and the opposite
of B's.
"""


def settle_with_standing(store: MarketStore, found: Iterable[Pair]) -> int:
    """Leaves proposals to a human that fit no better than another pair of the market; returns how many.

    `found` are the proposals just stored. An approved pair stands: a human has read its texts.
    """
    ours = {pair.pair_id for pair in found if pair.status is PairStatus.PROPOSED}
    if not ours:
        return 0
    by_place: dict[_Place, list[Pair]] = {}
    standing = list(_standing(store))
    for pair in standing:
        for place in _places(pair):
            by_place.setdefault(place, []).append(pair)
    doubtful: dict[str, Pair] = {}
    for pair in standing:
        if pair.pair_id not in ours:
            continue
        for rival in (other for place in _places(pair) for other in by_place[place] if other is not pair):
            for one, other in ((pair, rival), (rival, pair)):
                if one.status is PairStatus.PROPOSED and not _is_better(one, other):
                    doubtful.setdefault(one.pair_id, other)
    return sum(_leave_open(store, pair_id, rival) for pair_id, rival in sorted(doubtful.items()))


def _standing(store: MarketStore) -> Iterator[Pair]:
    for status in _STANDING:
        for page in pages(partial(store.pairs, status, _PAIRS_A_PAGE)):
            yield from page.items


def _places(pair: Pair) -> Sequence[_Place]:
    if pair.a == pair.b:
        return ()
    return (pair.a, pair.b.venue, pair.relation), (pair.b, pair.a.venue, pair.relation)


def _is_better(one: Pair, other: Pair) -> bool:
    return other.status is PairStatus.PROPOSED and one.score_ppm > other.score_ppm


def _leave_open(store: MarketStore, pair_id: str, rival: Pair) -> bool:
    reason = f"{rival.a} and {rival.b} fit as well ({rival.pair_id}, {rival.status})"
    try:
        # excludes overwriting what was decided since the pairs were listed
        store.set_pair_status(pair_id, [PairStatus.PROPOSED], PairStatus.UNSURE, reason, "matcher")
    except WrongState:
        return False
    return True

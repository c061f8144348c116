"""Which markets a tick asks for: all of them where the venue's limits allow, else the best and then in turn.

A venue that gives one book a call and three calls a second cannot be read whole every 15 seconds. Half of
its places go to the pairs that were nearest to paying when they were last seen, half go round all the others,
so that each is seen again after a known number of ticks. The same tick with the same last books chooses the
same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dutchbook.domain.book import OrderBook
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import ONE, div_ceil
from dutchbook.domain.pair import Pair, Relation
from dutchbook.domain.venue import Outcome, Side, Venue

BOOKS_A_TICK: Mapping[Venue, int] = {Venue.POLYMARKET: 10_000, Venue.KALSHI: 2_000, Venue.LIMITLESS: 40}
"""Polymarket: 40 calls of 250 markets. Kalshi: 20 calls of 100, of the 45 that 3 a second allow without a
key. Limitless: a book a call, 300 ms apart, so 12 of the 15 seconds."""

SLOW: frozenset[Venue] = frozenset({Venue.LIMITLESS})
"""Venues whose books take most of a tick: pairs without them are not kept waiting."""

_UNSEEN = 2 * ONE
"""Sum of asks of a pair that nobody has seen lately: further from paying than any that was."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a tick looks at; `waiting` pairs have their turn in a later one."""

    pairs: tuple[Pair, ...]
    waiting: int
    rotation: int = 1
    """Ticks within which every pair has its turn."""


def crowded(pairs: Iterable[Pair], budgets: Mapping[Venue, int] = BOOKS_A_TICK) -> frozenset[Venue]:
    """Venues on which the pairs have more markets than a tick may ask for."""
    wanted: dict[Venue, set[MarketKey]] = {}
    for pair in pairs:
        for key in (pair.a, pair.b):
            wanted.setdefault(key.venue, set()).add(key)
    return frozenset(venue for venue, keys in wanted.items() if len(keys) > budgets[venue])


def select(
    pairs: Sequence[Pair],
    last: Mapping[MarketKey, OrderBook],
    turn: int,
    budgets: Mapping[Venue, int] = BOOKS_A_TICK,
) -> Selection:
    """The pairs of a tick. `last` are the books last seen, `turn` the tick's number."""
    full = crowded(pairs, budgets)
    if not full:
        return Selection(tuple(pairs), 0)
    nearest = sorted(pairs, key=lambda pair: (sum_of_asks(pair, last), pair.pair_id))
    chosen: dict[Venue, set[MarketKey]] = {venue: set() for venue in full}
    for pair in nearest:
        _add(pair, chosen, {venue: budgets[venue] // 2 for venue in full})
    step = max(1, min(budgets[venue] for venue in full) // 2)
    for pair in _from_turn(sorted(pairs, key=lambda pair: pair.pair_id), turn, step):
        _add(pair, chosen, budgets)
    looked_at = tuple(
        pair for pair in pairs if all(key in chosen.get(key.venue, (key,)) for key in (pair.a, pair.b))
    )
    return Selection(looked_at, len(pairs) - len(looked_at), div_ceil(len(pairs), step))


def sum_of_asks(pair: Pair, books: Mapping[MarketKey, OrderBook]) -> int:
    """What the cheaper of the pair's two bets cost at the best prices last seen, micros."""
    a, b = books.get(pair.a), books.get(pair.b)
    if a is None or b is None:
        return _UNSEEN
    costs = []
    for outcome in (Outcome.YES, Outcome.NO):
        hedge = outcome.other if pair.relation is Relation.SAME else outcome
        a_asks, b_asks = a.ladder(outcome, Side.BUY), b.ladder(hedge, Side.BUY)
        if a_asks and b_asks:
            costs.append(a_asks[0][0] + b_asks[0][0])
    return min(costs, default=_UNSEEN)


def _add(pair: Pair, chosen: Mapping[Venue, set[MarketKey]], budgets: Mapping[Venue, int]) -> None:
    """Chooses the pair's markets where there is room for all of them."""
    new = [key for key in {pair.a, pair.b} if key.venue in chosen and key not in chosen[key.venue]]
    counts = {venue: sum(key.venue is venue for key in new) for venue in chosen}
    if all(len(chosen[venue]) + count <= budgets[venue] for venue, count in counts.items()):
        for key in new:
            chosen[key.venue].add(key)


def turn_of[T](items: Sequence[T], turn: int, places: int) -> list[T]:
    """As many as there are places, beginning that much further on every turn."""
    if len(items) <= places:
        return list(items)
    first = turn * places % len(items)
    return [*items[first:], *items[:first]][:places]


def _from_turn(pairs: Sequence[Pair], turn: int, step: int) -> Sequence[Pair]:
    """All pairs, beginning that much further on every turn."""
    if not pairs:
        return pairs
    first = turn * step % len(pairs)
    return [*pairs[first:], *pairs[:first]]

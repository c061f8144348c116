"""Held markets of a venue that is asked one book at a time are asked for first, within the tick's budget."""

from dutchbook.domain.market import MarketKey
from dutchbook.domain.pair import Pair, PairStatus, Relation, pair_id_of
from dutchbook.domain.venue import Venue
from dutchbook.usecases.scan_markets.selection import BOOKS_A_TICK, turn_of
from tests.support.market_data import FakeMarketData
from tests.unit.scan.test_tick import KALSHI, World, a_book, a_market

BUDGET = BOOKS_A_TICK[Venue.LIMITLESS]


def a_crowd(world: World, pairs: int, held: int) -> list[MarketKey]:
    """A Limitless with more pairs than a tick may ask for, and held markets that are in none of them."""
    keys = [MarketKey(Venue.LIMITLESS, f"m-{number:03d}") for number in range(pairs + held)]
    data = FakeMarketData(Venue.LIMITLESS, [a_market(key) for key in keys], world.clock)
    world.data[Venue.LIMITLESS] = data
    world.store.put_markets([a_market(key) for key in keys])
    for key in keys:
        data.set_book(a_book(key, 300_000, 320_000))
    for key in keys[held:]:
        pair = Pair(pair_id_of(KALSHI, key), KALSHI, key, Relation.SAME, PairStatus.APPROVED)
        world.store.put_pair(pair)
    return keys[:held]


def test_held_markets_have_their_books_though_the_venue_is_crowded() -> None:
    world = World()
    held = a_crowd(world, pairs=60, held=12)
    seen: list[set[MarketKey]] = []

    def follow(one: object) -> dict[str, int]:
        seen.append(set(one.books))  # type: ignore[attr-defined]
        return {}

    world.scan(held=lambda: held, followers={"exits": follow})
    (books,) = seen
    assert set(held) <= books
    assert sum(key.venue is Venue.LIMITLESS for key in books) <= BUDGET


def test_more_than_half_of_the_budget_goes_in_turn() -> None:
    items = list(range(50))
    assert {one for turn in range(5) for one in turn_of(items, turn, 20)} == set(items)
    assert turn_of(items[:3], 7, 20) == [0, 1, 2]

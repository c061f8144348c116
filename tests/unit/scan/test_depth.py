"""No share of a book is sold twice in a tick, whoever looks at the book and however often it is read."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import ONE
from dutchbook.domain.pair import Pair, PairStatus, Relation, pair_id_of
from dutchbook.domain.plan import PlannedLeg
from dutchbook.domain.venue import Outcome, Side, Venue
from dutchbook.usecases.scan_markets.depth import Depth
from dutchbook.usecases.scan_markets.seen import Seen
from tests.support.market_data import FakeMarketData
from tests.unit.scan.test_tick import KALSHI, POLYMARKET, World, a_book, a_market

LIMITLESS = MarketKey(Venue.LIMITLESS, "rain")


def bought(world: World) -> Mapping[tuple[MarketKey, Outcome], int]:
    sums: Counter[tuple[MarketKey, Outcome]] = Counter()
    for plan in world.plans:
        for leg in plan.legs:
            sums[leg.key, leg.outcome] += leg.shares
    return sums


def test_a_market_of_a_quick_and_a_slow_pair_is_shared_out_once() -> None:
    world = World()
    pair = Pair(
        pair_id_of(KALSHI, LIMITLESS), KALSHI, LIMITLESS, Relation.SAME, PairStatus.APPROVED, title="Rain?"
    )
    world.store.put_markets([a_market(LIMITLESS)])
    world.store.put_pair(pair)
    world.data[Venue.LIMITLESS] = FakeMarketData(Venue.LIMITLESS, [a_market(LIMITLESS)], world.clock)
    world.data[Venue.LIMITLESS].set_book(a_book(LIMITLESS, 480_000, 500_000))
    world.add_agents(12, platforms=tuple(Venue))
    world.scan()
    assert 0 < bought(world)[KALSHI, Outcome.YES] <= 100 * ONE


def test_those_that_look_after_the_scan_are_told_what_is_gone() -> None:
    world = World()
    world.add_agents(4)
    seen: list[Seen] = []

    def follow(one: Seen) -> Mapping[str, int]:
        seen.append(one)
        return {}

    world.scan(followers={"next": follow})
    (after,) = seen
    book = after.depth.left(after.books[POLYMARKET], simulated=True)
    assert book.ladder(Outcome.NO, Side.BUY) == ()
    assert after.depth.left(book, simulated=False) is book


def test_depth_is_counted_by_outcome_and_by_kind_of_money() -> None:
    depth, book = Depth(), a_book(KALSHI, 380_000, 400_000)
    depth.take([replace(a_planned_leg(), shares=30 * ONE)], simulated=True)
    left = depth.left(book, simulated=True)
    assert left.yes_asks == ((400_000, 70 * ONE),)
    assert left.no_asks == book.no_asks
    assert depth.left(book, simulated=False) is book


def a_planned_leg() -> PlannedLeg:
    return PlannedLeg(KALSHI, Outcome.YES, Side.BUY, ONE, 400_000, ONE)


def test_scan_exits_and_strategies_take_their_starts_from_one_bucket() -> None:
    world = World()
    world.add_agents(10, budgets={Venue.KALSHI: 5 * ONE, Venue.POLYMARKET: 5 * ONE})
    left: list[int] = []

    def follow(seen: Seen) -> Mapping[str, int]:
        left.append(seen.starts.free(simulated=True))
        seen.starts.take(7)
        return {}

    report = world.scan(max_starts=10, followers={"exits": follow, "entries": follow})
    assert left == [10 - report.started, max(0, 3 - report.started)]

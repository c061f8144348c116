"""One tick with many agents on DynamoDB: who is served, how much, and what it costs to find out."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dutchbook.adapters import agent_items, keys
from dutchbook.adapters.agents import DynamoAgents
from dutchbook.adapters.ledger import DynamoLedger
from dutchbook.adapters.markets import DynamoMarketStore
from dutchbook.domain.agent import DEMO_BUDGET, Agent, AgentState, Mode
from dutchbook.domain.book import OrderBook
from dutchbook.domain.fees import PolymarketFees
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.money import ONE
from dutchbook.domain.opportunity import Curve, directions, walk
from dutchbook.domain.pair import Pair, PairStatus, Relation, pair_id_of
from dutchbook.domain.plan import TradePlan
from dutchbook.domain.sizing import least_shares, reach
from dutchbook.domain.venue import Venue
from dutchbook.ports.agents import ACTIVE_SLOTS, VenueBudget
from dutchbook.usecases.scan_markets.tick import Scan, Tick, TickReport, scan
from tests.support.aws import Tables
from tests.support.builders import NOW, a_limits, an_agent
from tests.support.ledger import MemoryAgents, MemoryLedger, MemoryMarketStore
from tests.support.market_data import FakeClock, FakeMarketData
from tests.support.markets import a_market
from tests.unit.scan.test_tick import Starts, Venues

VENUES = (Venue.KALSHI, Venue.POLYMARKET)


class Crowd:
    """Many agents and pairs; every fifth pair pays, each agent asks for one of five least profits."""

    def __init__(self, store: Any, agents: Any, ledger: Any, clock: FakeClock) -> None:
        self.store, self.agents, self.ledger, self.clock = store, agents, ledger, clock
        self.data = {venue: FakeMarketData(venue, (), clock) for venue in VENUES}
        self.starts = Starts()
        self.pairs: dict[str, Pair] = {}
        self.books: dict[MarketKey, OrderBook] = {}
        self.markets: dict[MarketKey, Market] = {}

    def add_pairs(self, count: int) -> None:
        for number in range(count):
            a, b = (
                replace(
                    a_market(venue, f"{venue.value}-{number}"),
                    fees=PolymarketFees(0),
                    min_size=5 * ONE,
                    min_notional=0,
                    resolves_at=NOW + timedelta(days=30 + number % 3),
                )
                for venue in VENUES
            )
            pair = Pair(pair_id_of(a.key, b.key), a.key, b.key, Relation.SAME, PairStatus.APPROVED)
            asks = [(400_000 + 10_000 * level, (20 + number % 7) * ONE) for level in range(6)]
            bid = 480_000 if number % 5 == 0 else 380_000
            self._list(a, OrderBook.from_yes_book(a.key, [(390_000, ONE)], asks, 0))
            self._list(b, OrderBook.from_yes_book(b.key, [(bid, 300 * ONE)], [(bid + 20_000, ONE)], 0))
            self.store.put_pair(pair)
            self.pairs[pair.pair_id] = pair
        self.store.put_markets(self.markets.values())

    def add_rival(self, market_id: str) -> None:
        """A second pair that needs the first one's asks of this Kalshi market."""
        key = MarketKey(Venue.KALSHI, market_id)
        old = next(pair for pair in self.pairs.values() if pair.a == key)
        b = replace(self.markets[old.b], market_id=f"{market_id}-rival")
        self._list(b, replace(self.books[old.b], market_id=b.market_id))
        pair = Pair(pair_id_of(key, b.key), key, b.key, Relation.SAME, PairStatus.APPROVED)
        self.store.put_markets([b])
        self.store.put_pair(pair)
        self.pairs[pair.pair_id] = pair

    def _list(self, market: Market, book: OrderBook) -> None:
        self.data[market.venue].set_market(market)
        self.data[market.venue].set_book(book)
        self.markets[market.key], self.books[market.key] = market, book

    def agent(self, number: int) -> Agent:
        """One in ten is not active, one in four asks for more than any pair pays."""
        return an_agent(
            f"agt_{number:06d}",
            platforms=VENUES,
            limits=a_limits(min_profit=(5_000, 20_000, 40_000, 300_000)[number % 4]),
            state=AgentState.PAUSED if number % 10 == 9 else AgentState.ACTIVE,
        )

    def scan(self, offset: int = 0, **changes: Any) -> TickReport:
        self.clock.ms = int((NOW + timedelta(seconds=offset)).timestamp() * 1000) + 200
        world = Scan(
            clock=self.clock,
            agents=self.agents,
            ledger=self.ledger,
            store=self.store,
            connectors=Venues(self.data),
            workflow=self.starts,
            health=list,
            live_trading=False,
        )
        minute = f"{NOW + timedelta(seconds=offset // 60 * 60):%Y-%m-%dT%H:%M:%SZ}"
        return scan(Tick.of_schedule(minute, minute, offset % 60, 15), replace(world, **changes))

    @property
    def plans(self) -> Sequence[TradePlan]:
        return list(self.starts.started.values())

    def curve(self, pair_id: str) -> Curve:
        pair = self.pairs[pair_id]
        (way, _) = directions(pair, self.markets[pair.a], self.markets[pair.b])
        curve = walk(way, self.books[pair.a], self.books[pair.b], 0)
        assert isinstance(curve, Curve)
        return curve


def fill_table(tables: Tables, agents: Iterable[Agent]) -> None:
    """Agents with their simulated budgets as `DynamoAgents.add` writes them, in batches: a transaction each
    would take minutes here."""
    items, used = [], {}
    for agent in agents:
        items.append(agent_items.agent_to_item(agent))
        used[keys.used_slot(agent)["sk"]] = dict(keys.used_slot(agent))
        for venue in agent.platforms:
            budget = VenueBudget(venue, DEMO_BUDGET, 0, 0, DEMO_BUDGET)
            items.append(agent_items.budget_to_item(agent.agent_id, True, budget))
    tables.ledger.put_many([*items, *used.values()])


def on_dynamodb(tables: Tables, clock: FakeClock) -> Crowd:
    return Crowd(
        DynamoMarketStore(tables.markets, tables.guards, clock),
        DynamoAgents(tables.ledger, clock),
        DynamoLedger(tables.ledger, clock),
        clock,
    )


def check_shares(crowd: Crowd) -> None:
    """The rule of domain/allocation.py, read off the plans alone."""
    limits = {number: crowd.agent(number).limits.min_profit for number in range(4)}
    by_pair: dict[str, list[TradePlan]] = defaultdict(list)
    for plan in crowd.plans:
        by_pair[plan.pair_id].append(plan)
    for pair_id, plans in by_pair.items():
        curve = crowd.curve(pair_id)
        taken: Counter[MarketKey] = Counter()
        for plan in plans:
            assert plan.shares >= least_shares(curve)
            for leg in plan.legs:
                taken[leg.key] += leg.shares
        for key, ladder in ((curve.direction.a.key, curve.a_asks), (curve.direction.b.key, curve.b_asks)):
            assert taken[key] <= sum(size for _, size in ladder), "more sold than the book shows"
        for least in set(limits.values()):
            inside = [p for p in plans if limits[int(p.agent_id[4:]) % 4] >= least]
            assert sum(p.shares for p in inside) <= reach(curve, least), "a slice that does not pay enough"
        assert len({plan.agent_id for plan in plans}) == len(plans)
        same_limit = [p.shares for p in plans if limits[int(p.agent_id[4:]) % 4] == 5_000]
        # the last to be served have what rounding and the others left
        assert len(same_limit) < 3 or sorted(same_limit)[1] >= max(same_limit) - 2 * 10_000


@pytest.mark.parametrize(
    ("agents", "pairs"), [pytest.param(400, 20), pytest.param(5_000, 200, marks=pytest.mark.slow)]
)
def test_one_tick_serves_the_agents_whose_turn_it_is_by_the_rule(tables, clock, agents, pairs):
    crowd = on_dynamodb(tables, clock)
    crowd.add_pairs(pairs)
    fill_table(tables, map(crowd.agent, range(agents)))

    report = crowd.scan(max_starts=300)

    assert report.opportunities == pairs // 5
    assert report.started == len(crowd.plans) > 0
    assert report.started <= 300
    served = {int(plan.agent_id[4:]) for plan in crowd.plans}
    assert not {number for number in served if number % 10 == 9 or number % 4 == 3}
    check_shares(crowd)
    before = dict(crowd.starts.started)
    again = crowd.scan(max_starts=300)
    assert (again.outcome, again.started) == ("duplicate", 0)
    assert crowd.starts.started == before


def in_memory(agents: int, pairs: int) -> Crowd:
    clock = FakeClock(int(NOW.timestamp() * 1000))
    people = MemoryAgents(clock)
    crowd = Crowd(MemoryMarketStore(clock), people, MemoryLedger(people), clock)
    crowd.add_pairs(pairs)
    for number in range(agents):
        people.add(crowd.agent(number))
    return crowd


def test_every_agent_that_fits_is_served_within_its_turns():
    crowd = in_memory(300, 5)
    fitting = {f"agt_{number:06d}" for number in range(300) if number % 10 != 9 and number % 4 != 3}
    served: Counter[str] = Counter()
    for tick in range(20 * ACTIVE_SLOTS):
        crowd.starts.started.clear()
        crowd.scan(15 * tick, max_starts=12)
        assert len(crowd.plans) <= 12
        served.update(plan.agent_id for plan in crowd.plans)
    assert set(served) == fitting
    assert max(served.values()) < 10 * min(served.values())


def test_two_opportunities_that_need_one_book_do_not_sell_it_twice():
    crowd = in_memory(60, 5)
    crowd.add_rival("kalshi-0")
    report = crowd.scan()
    assert report.opportunities == 2
    shared = MarketKey(Venue.KALSHI, "kalshi-0")
    taken = sum(leg.shares for plan in crowd.plans for leg in plan.legs if leg.key == shared)
    assert 0 < taken <= sum(size for _, size in crowd.books[shared].yes_asks)


def test_the_same_tick_computed_twice_is_the_same():
    first, second = in_memory(100, 10), in_memory(100, 10)
    first.scan()
    second.scan()
    assert first.starts.started == second.starts.started != {}


def test_real_trades_have_the_whole_book_and_simulated_ones_too():
    crowd = in_memory(40, 5)
    live = an_agent(
        "agt_live", platforms=VENUES, mode=Mode.LIVE, credentials=VENUES, limits=a_limits(min_profit=5_000)
    )
    crowd.agents.add(live)
    crowd.scan(live_trading=True)
    (plan,) = [plan for plan in crowd.plans if plan.agent_id == "agt_live"]
    curve = crowd.curve(plan.pair_id)
    assert plan.shares == reach(curve, 5_000)
    simulated = [p.shares for p in crowd.plans if p.pair_id == plan.pair_id and p is not plan]
    assert sum(simulated) > 0


def test_what_a_tick_reads_does_not_grow_with_agents_that_must_wait(tables, clock, monkeypatch):
    """Ten times the agents, the same number of requests for agents and their money."""
    asked: Counter[str] = Counter()

    def count(agents: int) -> int:
        for number in range(agents):
            known.setdefault(number, crowd.agent(number))
        fill_table(tables, list(known.values()))
        asked.clear()
        crowd.scan(15 * agents, max_starts=10)
        return asked["query"] + asked["batch_get_item"]

    crowd = on_dynamodb(tables, clock)
    crowd.add_pairs(5)
    known: dict[int, Agent] = {}
    for name in ("query", "batch_get_item"):
        real = getattr(tables.client, name)

        def counted(*, _name: str = name, _real: Any = real, **request: Any) -> Any:
            asked[_name] += (
                request.get("TableName", next(iter(request.get("RequestItems", {})), "")) == "LedgerTable"
            )
            return _real(**request)

        monkeypatch.setattr(tables.client, name, counted, raising=False)

    few, many = count(100), count(1_000)
    assert many <= few

"""Entries and exits over DynamoDB: a signal from kept prices becomes a trade, a fall closes it, once."""

from datetime import timedelta

from dutchbook.adapters.agents import DynamoAgents
from dutchbook.adapters.ledger import DynamoLedger
from dutchbook.adapters.markets import DynamoMarketStore
from dutchbook.adapters.paper import DynamoPaperStore
from dutchbook.adapters.settlements import DynamoSettlements
from dutchbook.domain.agent import AgentState, StrategyName
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Venue
from dutchbook.ports.clock import utc
from dutchbook.usecases.execute_pair import Execution
from dutchbook.usecases.manage_positions import Keeper, manage_positions
from dutchbook.usecases.run_strategies import Desk, run_strategies
from dutchbook.usecases.scan_markets.seen import Seen
from local.replay.saga import Queue, run
from tests.support.builders import a_limits, an_agent
from tests.support.execution import Notices
from tests.support.histories import book_around
from tests.support.market_data import FakeClock, FakeMarketData
from tests.support.markets import NOW_MS, a_market
from venues.registry import Registry

START_MS = NOW_MS // 60_000 * 60_000


class Street:
    """One market on Polymarket, stores in DynamoDB."""

    def __init__(self, tables):
        self.clock = FakeClock(START_MS + 200)
        ends = utc(START_MS) + timedelta(days=20)
        self.market = a_market(Venue.POLYMARKET, "0xrain", closes_at=ends, resolves_at=ends)
        self.agents = DynamoAgents(tables.ledger, self.clock)
        self.ledger = DynamoLedger(tables.ledger, self.clock)
        self.settlements = DynamoSettlements(tables.ledger, self.clock)
        self.store = DynamoMarketStore(tables.markets, tables.guards, self.clock)
        self.data = FakeMarketData(Venue.POLYMARKET, [self.market], self.clock)
        paper = DynamoPaperStore(tables.markets, self.clock)
        venues = Registry(
            {Venue.POLYMARKET: self.data}, paper, self.clock, paper_latency_ms=0, sleep=self.clock.sleep
        )
        self.queue = Queue()
        self.execution = Execution(
            self.ledger,
            self.agents,
            self.store,
            venues,
            Notices(),
            self.clock,
            live_trading=False,
            settlements=self.settlements,
        )
        self.keeper = Keeper(
            self.clock, self.agents, self.ledger, self.settlements, self.store, venues, self.queue
        )
        self.desk = Desk(self.clock, self.agents, self.ledger, self.store, self.queue, live_trading=False)
        self.store.put_markets([self.market])

    def tick(self, minute, cents):
        """What the followers do at this minute with this price, and the ends of what they start."""
        self.clock.ms = START_MS + minute * 60_000 + 200
        self.data.set_book(book_around(self.market, cents))
        books = {book.key: book for book in self.data.books([self.market]).values()}
        self.store.put_books(books.values())
        at_ms = START_MS + minute * 60_000
        seen = Seen(f"t{minute}", at_ms, 60_000, minute, True, [], {self.market.key: self.market}, books)
        manage_positions(self.keeper, seen)
        run_strategies(self.desk, seen)
        return [run(self.execution, plan, self.clock.sleep) for plan in self.queue.take()]


def test_a_rise_is_bought_its_fall_is_sold_and_the_opening_trade_is_closed(tables):
    street = Street(tables)
    params = {"window": "3", "atrWindow": "5", "minMove": "1", "cooldown": "60"}
    agent = an_agent(
        strategy=StrategyName.MOMENTUM,
        strategy_params=params,
        platforms=(Venue.POLYMARKET,),
        limits=a_limits(min_profit=1_000),
    )
    street.agents.add(agent)
    for minute in range(7):
        assert street.tick(minute, 40) == []
    ends = [end for minute, cents in enumerate((44, 48, 52, 52), 7) for end in street.tick(minute, cents)]
    assert ends == ["FILLED"]
    (position,) = street.ledger.positions(agent.agent_id)
    (opening,) = position.trade_ids
    assert position.cost <= agent.limits.max_position // 10

    assert street.tick(11, 35) == ["FILLED"]

    assert street.ledger.positions(agent.agent_id) == []
    exit_, entry = street.ledger.trades(agent.agent_id, 5).items
    assert exit_.direction == f"exit:stop-loss:polymarket:yes:{street.market.market_id}:simulated"
    assert (exit_.closes, exit_.state, entry.trade_id) == ((opening,), TradeState.FILLED, opening)
    assert street.ledger.trade(opening).closed_at is not None
    totals = street.agents.totals(agent.agent_id, simulated=True)
    assert totals.realised == exit_.realised < 0
    (result,) = street.settlements.results(agent.agent_id, simulated=True)
    assert result.realised == exit_.realised


def test_a_closing_agent_ends_inactive(tables):
    street = Street(tables)
    agent = an_agent(
        strategy=StrategyName.MOMENTUM,
        strategy_params={"window": "3", "atrWindow": "5", "minMove": "1", "cooldown": "60"},
        platforms=(Venue.POLYMARKET,),
        limits=a_limits(min_profit=1_000),
    )
    street.agents.add(agent)
    for minute, cents in enumerate([40] * 7 + [44, 48, 52]):
        street.tick(minute, cents)
    assert street.ledger.positions(agent.agent_id)
    street.agents.set_state(agent.agent_id, [AgentState.ACTIVE], AgentState.CLOSING, "asked", "owner")

    assert street.tick(11, 52) == ["FILLED"]

    assert street.agents.get(agent.agent_id).state is AgentState.INACTIVE

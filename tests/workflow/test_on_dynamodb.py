"""A demo trade as it runs in the cloud: state machine, handlers, DynamoDB and the paper venue."""

from dataclasses import replace

import pytest

from dutchbook.adapters.agents import DynamoAgents
from dutchbook.adapters.ledger import DynamoLedger
from dutchbook.adapters.markets import DynamoMarketStore
from dutchbook.adapters.paper import DynamoPaperStore
from dutchbook.domain.agent import AgentState
from dutchbook.domain.money import ONE
from dutchbook.domain.trade import LegPurpose
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Venue
from tests.support.aws import fake_aws
from tests.support.builders import a_limits, an_agent
from tests.support.execution import KALSHI_MARKET, POLYMARKET_MARKET, World, a_plan, polymarket_book
from venues.registry import Registry


class CloudWorld(World):
    """The same books and clock; money, markets and paper orders are in DynamoDB."""

    def use(self, tables) -> None:
        self.agents = DynamoAgents(tables.ledger, self.clock)
        self.agents.add(self.agent)
        self.ledger = DynamoLedger(tables.ledger, self.clock)
        self.markets = DynamoMarketStore(tables.markets, tables.guards, self.clock)
        self.markets.put_markets([KALSHI_MARKET, POLYMARKET_MARKET])
        self.paper = DynamoPaperStore(tables.markets, self.clock)
        data = {Venue.KALSHI: self.kalshi_data, Venue.POLYMARKET: self.polymarket_data}
        self.execution = replace(
            self.execution,
            ledger=self.ledger,
            agents=self.agents,
            markets=self.markets,
            connectors=Registry(data, self.paper, self.clock, sleep=self.clock.sleep),
        )


@pytest.fixture
def world(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "")
    return CloudWorld(agent=an_agent(limits=a_limits(stop_loss=150_000)))


def run(machine, world):
    with machine(world) as running, fake_aws() as tables:
        world.use(tables)
        result = running.run(a_plan().trade_id, a_plan().to_payload())
        trade = world.trade
        budgets = world.agents.budgets("agt_1", simulated=True)
        cash = {venue: world.paper.balance("agt_1", venue) for venue in budgets}
        agent = world.agents.get("agt_1")
    return result, trade, budgets, cash, agent


def check_money(trade, budgets, cash):
    """Every balance of the ledger is the paper venue's own, to the millionth."""
    for venue, budget in budgets.items():
        assert budget.reserved == 0
        assert budget.available == cash[venue]
        assert budget.available + budget.spent == budget.funded


def test_hedged(machine, world):
    result, trade, budgets, cash, _ = run(machine, world)
    assert result.end == "Hedged"
    assert len(result.states) <= 10
    assert trade.state is TradeState.HEDGED
    assert trade.locked > 0
    assert [leg.net_filled for leg in trade.legs] == [100 * ONE, 100 * ONE]
    check_money(trade, budgets, cash)


def test_unwound(machine, world):
    """Polymarket's NO is gone when the second leg's Lambda looks."""
    reads = [0]
    inner = world.polymarket_data.books

    def books(markets):
        reads[0] += 1
        if reads[0] == 2:
            world.polymarket_data.set_book(polymarket_book(no_ask=90))
        return inner(markets)

    world.polymarket_data.books = books
    result, trade, budgets, cash, agent = run(machine, world)
    assert result.end == "Flat"
    assert trade.legs[-1].purpose is LegPurpose.UNWIND
    assert trade.realised < 0
    assert budgets[Venue.KALSHI].funded == 1_000 * ONE + trade.realised
    check_money(trade, budgets, cash)
    assert agent.state is AgentState.ACTIVE

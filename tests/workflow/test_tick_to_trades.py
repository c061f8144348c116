"""One tick's trades of many agents, executed for real: state machine, handlers, DynamoDB, paper venue."""

import hashlib
from collections import Counter
from types import SimpleNamespace

import pytest

from dutchbook.adapters.paper import DynamoPaperStore
from dutchbook.domain.market import MarketKey
from dutchbook.domain.trade_states import TradeState
from dutchbook.usecases.execute_pair import Execution
from tests.adapters.test_many_agents import Crowd, on_dynamodb
from tests.support.aws import fake_aws
from tests.support.builders import NOW_MS
from tests.support.execution import Notices
from tests.support.market_data import FakeClock
from venues.registry import Registry


@pytest.fixture(autouse=True)
def credentials(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "")


def execution_of(crowd: Crowd, tables) -> Execution:
    paper = DynamoPaperStore(tables.markets, crowd.clock)
    return Execution(
        ledger=crowd.ledger,
        agents=crowd.agents,
        markets=crowd.store,
        connectors=Registry(crowd.data, paper, crowd.clock, sleep=crowd.clock.sleep),
        notifier=Notices(),
        clock=crowd.clock,
        live_trading=False,
    )


@pytest.mark.parametrize(
    ("agents", "pairs", "trades", "order"),
    [
        (8, 5, 4, "a"),
        (8, 5, 4, "b"),
        pytest.param(70, 30, 50, "a", marks=pytest.mark.slow),
        pytest.param(70, 30, 50, "b", marks=pytest.mark.slow),
    ],
)
def test_shares_of_one_book_are_all_there_to_be_bought_in_any_order(machine, agents, pairs, trades, order):
    world = SimpleNamespace(clock=FakeClock(NOW_MS), execution=None)
    with machine(world) as running, fake_aws() as tables:
        crowd = on_dynamodb(tables, world.clock)
        crowd.add_pairs(pairs)
        for number in range(agents):
            crowd.agents.add(crowd.agent(number))
        crowd.scan(max_starts=trades)
        world.execution = execution_of(crowd, tables)
        # one after the other in an order that nobody chose: whoever comes first takes the best levels
        drawn = {hashlib.sha256(f"{order}{plan.trade_id}".encode()).digest(): plan for plan in crowd.plans}
        plans = [plan for _, plan in sorted(drawn.items())]
        ends = Counter(running.run(plan.trade_id, plan.to_payload()).end for plan in plans)
        done = [crowd.ledger.trade(plan.trade_id) for plan in plans]

    assert ends == {"Hedged": trades}
    bought: Counter[MarketKey] = Counter()
    for plan, trade in zip(plans, done, strict=True):
        assert trade.state is TradeState.HEDGED
        assert [leg.net_filled for leg in trade.legs] == [plan.shares] * 2
        for leg in trade.legs:
            bought[MarketKey(leg.venue, leg.market_id)] += leg.shares
    for key, shares in bought.items():
        book = crowd.books[key]
        asks = book.yes_asks if key.venue.value == "kalshi" else book.no_asks
        assert shares <= sum(size for _, size in asks)

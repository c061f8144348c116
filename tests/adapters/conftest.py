"""An AWS in memory for each test, and both implementations of each store for the contract tests."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from dutchbook.adapters.agents import DynamoAgents
from dutchbook.adapters.ledger import DynamoLedger
from dutchbook.adapters.settlements import DynamoSettlements
from dutchbook.ports.agents import Agents
from dutchbook.ports.ledger import Ledger
from dutchbook.ports.settlement import Settlements
from tests.support.aws import Tables, fake_aws
from tests.support.builders import NOW_MS
from tests.support.ledger import MemoryAgents, MemoryLedger
from tests.support.market_data import FakeClock
from tests.support.settlements import MemorySettlements


@dataclass(frozen=True)
class Money:
    agents: Agents
    ledger: Ledger
    clock: FakeClock
    settlements: Settlements


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW_MS)


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tables]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "")
    with fake_aws() as tables:
        yield tables


@pytest.fixture(params=["memory", "dynamodb"])
def money(request: pytest.FixtureRequest, clock: FakeClock) -> Money:
    if request.param == "memory":
        agents = MemoryAgents(clock)
        ledger = MemoryLedger(agents)
        return Money(agents, ledger, clock, MemorySettlements(ledger))
    tables = request.getfixturevalue("tables")
    return Money(
        DynamoAgents(tables.ledger, clock),
        DynamoLedger(tables.ledger, clock),
        clock,
        DynamoSettlements(tables.ledger, clock),
    )

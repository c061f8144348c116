"""What the functions of execute are made of: the only module that names their concrete classes."""

import os
from functools import cache

from dutchbook.adapters.agents import DynamoAgents
from dutchbook.adapters.clock import SystemClock
from dutchbook.adapters.dynamo import Table
from dutchbook.adapters.ledger import DynamoLedger
from dutchbook.adapters.markets import DynamoMarketStore
from dutchbook.adapters.notifier import SnsNotifier
from dutchbook.adapters.paper import DynamoPaperStore
from dutchbook.entry.settings import ExecuteSettings
from dutchbook.usecases.execute_pair import Execution
from venues.registry import Hosts, Registry, open_public_data


@cache
def settings() -> ExecuteSettings:
    """Read once. Raises SettingsError naming the variable."""
    return ExecuteSettings.from_env(os.environ)


@cache
def execution() -> Execution:
    """Built at the first invocation, kept for the life of the function."""
    told = settings()
    clock = SystemClock()
    ledger, markets, guards = (
        Table(name) for name in (told.ledger_table, told.markets_table, told.guards_table)
    )
    public = open_public_data(Hosts.from_env(os.environ), clock)
    return Execution(
        ledger=DynamoLedger(ledger, clock),
        agents=DynamoAgents(ledger, clock),
        markets=DynamoMarketStore(markets, guards, clock),
        connectors=Registry(
            public.data,
            DynamoPaperStore(markets, clock),
            clock,
            live_trading=told.live_trading,
            paper_latency_ms=told.paper_latency_ms,
        ),
        notifier=SnsNotifier(told.notify_topic_arn, guards, clock),
        clock=clock,
        live_trading=told.live_trading,
    )

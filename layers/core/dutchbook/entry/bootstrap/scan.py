"""What Scan is made of: the only module that names its concrete classes."""

import os
from functools import cache

from dutchbook.adapters.agents import DynamoAgents
from dutchbook.adapters.clock import SystemClock
from dutchbook.adapters.dynamo import Table
from dutchbook.adapters.ledger import DynamoLedger
from dutchbook.adapters.markets import DynamoMarketStore
from dutchbook.adapters.paper import DynamoPaperStore
from dutchbook.adapters.workflow import StepFunctionsWorkflow
from dutchbook.entry.settings import ScanSettings
from dutchbook.usecases.scan_markets.tick import Scan
from venues.registry import Hosts, Registry, open_public_data


@cache
def settings() -> ScanSettings:
    """Read once. Raises SettingsError naming the variable."""
    return ScanSettings.from_env(os.environ)


@cache
def world() -> Scan:
    """Built at the first tick, kept for the life of the function."""
    told = settings()
    clock = SystemClock()
    ledger, markets = Table(told.ledger_table), Table(told.markets_table)
    public = open_public_data(Hosts.from_env(os.environ), clock)
    return Scan(
        clock=clock,
        agents=DynamoAgents(ledger, clock),
        ledger=DynamoLedger(ledger, clock),
        store=DynamoMarketStore(markets, Table(told.guards_table), clock),
        connectors=Registry(public.data, DynamoPaperStore(markets), clock),
        workflow=StepFunctionsWorkflow(told.execute_pair_arn),
        health=public.health,
        live_trading=told.live_trading,
    )

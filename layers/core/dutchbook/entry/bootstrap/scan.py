"""What Scan, Catalogue and Match are made of: the only module that names their concrete classes."""

import os
from collections.abc import Callable, Mapping
from functools import cache, partial

from dutchbook.adapters.agents import DynamoAgents
from dutchbook.adapters.breaker import DynamoBreakers
from dutchbook.adapters.clock import SystemClock
from dutchbook.adapters.dynamo import Table
from dutchbook.adapters.ledger import DynamoLedger
from dutchbook.adapters.markets import DynamoMarketStore
from dutchbook.adapters.paper import DynamoPaperStore
from dutchbook.adapters.recording import Recorder, shelf_at
from dutchbook.adapters.settlements import DynamoSettlements
from dutchbook.adapters.workflow import StepFunctionsWorkflow
from dutchbook.domain.venue import Venue
from dutchbook.entry.settings.scan import CatalogueSettings, ScanSettings
from dutchbook.usecases.manage_positions import Keeper, manage_positions
from dutchbook.usecases.match_markets.catalogue import Listing
from dutchbook.usecases.run_strategies import Desk, run_strategies
from dutchbook.usecases.scan_markets.seen import Seen
from dutchbook.usecases.scan_markets.tick import Scan
from venues.registry import Hosts, Registry, open_public_data

_BOOK_SECONDS = 3.0
"""A book that takes longer is too old to trade on."""


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
    breakers = DynamoBreakers(told.guards_table)
    public = open_public_data(
        Hosts.from_env(os.environ),
        clock,
        guards={venue: breakers.of(venue) for venue in Venue},
        read_timeout=_BOOK_SECONDS,
    )
    agents, book = DynamoAgents(ledger, clock), DynamoLedger(ledger, clock)
    shelf = DynamoMarketStore(markets, Table(told.guards_table), clock)
    connectors = Registry(public.data, DynamoPaperStore(markets), clock)
    workflow = StepFunctionsWorkflow(told.execute_pair_arn)
    settlements = DynamoSettlements(ledger, clock)
    keeper = Keeper(clock, agents, book, settlements, shelf, connectors, workflow)
    desk = Desk(clock, agents, book, shelf, workflow, told.live_trading)
    return Scan(
        clock=clock,
        agents=agents,
        ledger=book,
        store=shelf,
        connectors=connectors,
        workflow=workflow,
        followers={
            "exits": partial(manage_positions, keeper),
            "entries": partial(run_strategies, desk),
            **_recording(told.record_books),
        },
        health=public.health,
        live_trading=told.live_trading,
        held=lambda: {position.key for position in settlements.held()},
        max_starts=told.max_starts,
        demo_threshold=told.demo_pair_threshold,
    )


def _recording(where: str) -> dict[str, Callable[[Seen], Mapping[str, int]]]:
    """The recorder of this tick's books, where there is one."""
    return {"recorded": Recorder(shelf_at(where)).record} if where else {}


@cache
def store() -> DynamoMarketStore:
    """Of Catalogue and Match, which know nothing of agents and money."""
    told = CatalogueSettings.from_env(os.environ)
    return DynamoMarketStore(Table(told.markets_table), Table(told.guards_table), SystemClock())


@cache
def listing() -> Listing:
    clock = SystemClock()
    markets = Table(CatalogueSettings.from_env(os.environ).markets_table)
    public = open_public_data(Hosts.from_env(os.environ), clock)
    return Listing(clock, store(), Registry(public.data, DynamoPaperStore(markets), clock))

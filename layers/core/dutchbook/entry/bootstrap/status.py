"""What Status is made of: the only module that names its concrete classes."""

import os
from dataclasses import dataclass
from functools import cache, partial

from dutchbook.adapters.agents import DynamoAgents
from dutchbook.adapters.alerts import DynamoAlerts
from dutchbook.adapters.clock import SystemClock
from dutchbook.adapters.credentials import DynamoCredentials
from dutchbook.adapters.dynamo import Table
from dutchbook.adapters.ledger import DynamoLedger
from dutchbook.adapters.markets import DynamoMarketStore
from dutchbook.adapters.settlements import DynamoSettlements
from dutchbook.adapters.token_secret import read_secret
from dutchbook.entry.cursors import Cursors
from dutchbook.entry.settings.status import StatusSettings
from dutchbook.entry.token_keys import KeyRing
from dutchbook.ports.agents import Agents
from dutchbook.ports.clock import Clock
from dutchbook.ports.credentials import CredentialRecords
from dutchbook.ports.ledger import Ledger
from dutchbook.ports.markets import MarketStore
from dutchbook.ports.notices import Alerts
from dutchbook.ports.settlement import Settlements
from dutchbook.usecases.report_results import Book


@dataclass(frozen=True, slots=True)
class StatusServices:
    """Ports that Status's routes use."""

    settings: StatusSettings
    agents: Agents
    ledger: Ledger
    markets: MarketStore
    settlements: Settlements
    alerts: Alerts
    credentials: CredentialRecords
    clock: Clock
    cursors: Cursors

    @property
    def book(self) -> Book:
        """What the reports on results read."""
        return Book(self.agents, self.ledger, self.settlements, self.markets)

    def open(self, cursor: str, scope: str) -> str:
        """Where the page starts. Raises Malformed."""
        return self.cursors.open(cursor, scope, self.clock.now_ms() // 1000)

    def seal(self, start: str, scope: str) -> str | None:
        return self.cursors.seal(start, scope, self.clock.now_ms() // 1000)


@cache
def services() -> StatusServices:
    """Built at the first request, kept for the life of the function. Raises SettingsError."""
    settings = StatusSettings.from_env(os.environ)
    clock, ledger_table = SystemClock(), Table(settings.ledger_table)
    ring = KeyRing(partial(read_secret, settings.cursor_secret_id))
    return StatusServices(
        settings=settings,
        agents=DynamoAgents(ledger_table, clock),
        ledger=DynamoLedger(ledger_table, clock),
        markets=DynamoMarketStore(Table(settings.markets_table), Table(settings.guards_table), clock),
        settlements=DynamoSettlements(ledger_table, clock),
        alerts=DynamoAlerts(ledger_table),
        credentials=DynamoCredentials(ledger_table),
        clock=clock,
        cursors=Cursors(lambda: ring.keys().signing()),
    )

"""What Settle is made of: the only module that names its concrete classes.

It has no credentials: simulated positions are paid by the paper venue, real ones are marked and left to
Redeem.
"""

import os
from functools import cache, partial

from dutchbook.adapters.agents import DynamoAgents
from dutchbook.adapters.alerts import DynamoAlerts
from dutchbook.adapters.clock import SystemClock
from dutchbook.adapters.dynamo import Table
from dutchbook.adapters.ledger import DynamoLedger
from dutchbook.adapters.markets import DynamoMarketStore
from dutchbook.adapters.notifier import SnsNotifier
from dutchbook.adapters.paper import DynamoPaperStore
from dutchbook.adapters.recording import record_resolutions, shelf_at
from dutchbook.adapters.settlements import DynamoSettlements
from dutchbook.entry.settings.settle import SettleSettings
from dutchbook.usecases.settle_positions import Desk
from venues.paper.redeem import PaperRedeemer
from venues.registry import Hosts, open_public_data
from venues.resolutions import open_resolutions


@cache
def desk() -> Desk:
    """Built at the first pass, kept for the life of the function. Raises SettingsError."""
    told = SettleSettings.from_env(os.environ)
    clock = SystemClock()
    ledger, markets, guards = (
        Table(name) for name in (told.ledger_table, told.markets_table, told.guards_table)
    )
    paper = PaperRedeemer(DynamoPaperStore(markets, clock))
    public = open_public_data(Hosts.from_env(os.environ), clock)
    return Desk(
        settlements=DynamoSettlements(ledger, clock),
        ledger=DynamoLedger(ledger, clock),
        agents=DynamoAgents(ledger, clock),
        markets=DynamoMarketStore(markets, guards, clock),
        resolutions=open_resolutions(os.environ, public.http, clock),
        redeemer=lambda position: paper if position.simulated else None,
        notifier=SnsNotifier(told.notify_topic_arn, guards, DynamoAlerts(ledger), clock),
        clock=clock,
        record=partial(record_resolutions, shelf_at(told.record_books)) if told.record_books else None,
    )

"""What the functions of execute are made of: the only module that names their concrete classes."""

import os
from collections.abc import Callable, Mapping
from functools import cache

from dutchbook.adapters.agents import DynamoAgents
from dutchbook.adapters.alerts import DynamoAlerts
from dutchbook.adapters.breaker import DynamoBreakers
from dutchbook.adapters.clock import SystemClock
from dutchbook.adapters.dynamo import Table
from dutchbook.adapters.guards import DynamoLeases
from dutchbook.adapters.ledger import DynamoLedger
from dutchbook.adapters.markets import DynamoMarketStore
from dutchbook.adapters.notifier import SnsNotifier
from dutchbook.adapters.paper import DynamoPaperStore
from dutchbook.adapters.settlements import DynamoSettlements
from dutchbook.adapters.token_secret import read_secret
from dutchbook.adapters.webhook import Webhook
from dutchbook.adapters.workflow import StepFunctionsWorkflow
from dutchbook.domain.secret import Secret
from dutchbook.domain.venue import Venue
from dutchbook.entry import metrics
from dutchbook.entry.settings.execute import ExecuteSettings, NotifySettings
from dutchbook.entry.settings.reading import SettingsError
from dutchbook.ports.clock import Clock
from dutchbook.usecases.execute_pair import Execution, Sweep
from venues.registry import Hosts, LiveFactory, PublicData, Registry, open_public_data


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
    breakers = DynamoBreakers(told.guards_table)
    public = open_public_data(
        Hosts.from_env(os.environ), clock, guards={venue: breakers.of(venue) for venue in Venue}
    )
    return Execution(
        ledger=DynamoLedger(ledger, clock),
        agents=DynamoAgents(ledger, clock),
        markets=DynamoMarketStore(markets, guards, clock),
        connectors=Registry(
            public.data,
            DynamoPaperStore(markets, clock),
            clock,
            live_trading=told.live_trading,
            live=_live(told, public, clock),
            paper_latency_ms=told.paper_latency_ms,
        ),
        notifier=SnsNotifier(told.notify_topic_arn, guards, DynamoAlerts(ledger), clock),
        clock=clock,
        live_trading=told.live_trading,
        settlements=DynamoSettlements(ledger, clock),
        on_end=metrics.trade_ended,
    )


def sweep(time_left: Callable[[], bool]) -> Sweep:
    """The sweeper of one invocation. Raises SettingsError when it is not told what to ask about."""
    told, clock = settings(), execution().clock
    if not told.execute_pair_arn:
        raise SettingsError("EXECUTE_PAIR_ARN is not set: give it in template.yaml's Environment")
    return Sweep(
        execution=execution(),
        executions=StepFunctionsWorkflow(told.execute_pair_arn),
        leases=DynamoLeases(Table(told.guards_table), clock),
        time_left=time_left,
    )


@cache
def webhook() -> Webhook:
    """Read once: a new URL takes effect with the next start of the function."""
    return Webhook(Secret(read_secret(NotifySettings.from_env(os.environ).webhook_secret_id)))


def _live(told: ExecuteSettings, public: PublicData, clock: Clock) -> Mapping[Venue, LiveFactory]:
    """Live connectors, for the functions that may read keys, once the stack says yes to real orders.

    Imported only then: a demo stack never loads what signs orders.
    """
    if not told.live_trading or not told.secrets_prefix:
        return {}
    from dutchbook.adapters.secrets import AuditedSecrets, SecretsManagerStore  # noqa: PLC0415
    from venues import environments  # noqa: PLC0415
    from venues.live import Environments, LiveConnectors  # noqa: PLC0415

    places = Environments(
        environments.polymarket(os.environ),
        environments.kalshi(os.environ),
        environments.limitless(os.environ),
    )
    agents = DynamoAgents(Table(told.ledger_table), clock)
    secrets = AuditedSecrets(SecretsManagerStore(told.secrets_prefix), agents, clock, "execute")
    return LiveConnectors(public, places, secrets, clock, live_trading=True).factories()

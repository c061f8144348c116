"""What Redeem is made of: the only module that names its concrete classes, and the only one with a chain."""

import os
from functools import cache, partial

from chain.redeem import ChainRedeemer, connect, limitless_claim, polymarket_claim
from chain.wallet import Chain, Wallet
from dutchbook.adapters.agents import DynamoAgents
from dutchbook.adapters.alerts import DynamoAlerts
from dutchbook.adapters.clock import SystemClock
from dutchbook.adapters.dynamo import Table
from dutchbook.adapters.ledger import DynamoLedger
from dutchbook.adapters.markets import DynamoMarketStore
from dutchbook.adapters.notifier import SnsNotifier
from dutchbook.adapters.secrets import AuditedSecrets, SecretsManagerStore
from dutchbook.adapters.settlements import DynamoSettlements
from dutchbook.domain.errors import Halted
from dutchbook.domain.venue import Venue
from dutchbook.entry.settings.settle import RedeemSettings
from dutchbook.ports.ledger import Position
from dutchbook.ports.secrets import SecretStore
from dutchbook.ports.settlement import Redeemer
from dutchbook.ports.venues import Account
from dutchbook.usecases.settle_positions import Desk
from venues import environments
from venues.credentials import PRIVATE_KEY
from venues.kalshi.redeem import KalshiRedeemer
from venues.live import Environments, LiveConnectors
from venues.registry import Hosts, open_public_data
from venues.resolutions import open_resolutions


@cache
def desk() -> Desk:
    """Built at the first pass, kept for the life of the function. Raises SettingsError."""
    told = RedeemSettings.from_env(os.environ)
    clock = SystemClock()
    ledger, guards = Table(told.ledger_table), Table(told.guards_table)
    markets = DynamoMarketStore(Table(told.markets_table), guards, clock)
    agents = DynamoAgents(ledger, clock)
    secrets = AuditedSecrets(SecretsManagerStore(told.secrets_prefix), agents, clock, "redeem")
    public = open_public_data(Hosts.from_env(os.environ), clock)
    places = Environments(
        environments.polymarket(os.environ),
        environments.kalshi(os.environ),
        environments.limitless(os.environ),
    )
    live = LiveConnectors(public, places, secrets, clock, live_trading=told.live_trading)
    # connected when they are called: most passes need no node
    polygon = partial(connect, places.polymarket.rpc, places.polymarket.exchanges.chain_id)
    base = partial(connect, places.limitless.rpc, places.limitless.chain_id)
    redeemers: dict[Venue, Redeemer] = {
        Venue.KALSHI: KalshiRedeemer(partial(live.connector, Venue.KALSHI)),
        Venue.POLYMARKET: ChainRedeemer(
            polygon,
            markets,
            polymarket_claim(places.polymarket),
            partial(live.holder, Venue.POLYMARKET),
            partial(_wallet, secrets, Venue.POLYMARKET),
        ),
        Venue.LIMITLESS: ChainRedeemer(
            base,
            markets,
            limitless_claim(places.limitless),
            partial(live.holder, Venue.LIMITLESS),
            partial(_wallet, secrets, Venue.LIMITLESS),
        ),
    }

    def redeemer(position: Position) -> Redeemer | None:
        """Simulated positions are Settle's; real ones wait while live trading is switched off."""
        return redeemers[position.key.venue] if told.live_trading and not position.simulated else None

    return Desk(
        settlements=DynamoSettlements(ledger, clock),
        ledger=DynamoLedger(ledger, clock),
        agents=agents,
        markets=markets,
        resolutions=open_resolutions(os.environ, public.http, clock),
        redeemer=redeemer,
        notifier=SnsNotifier(told.notify_topic_arn, guards, DynamoAlerts(ledger), clock),
        clock=clock,
    )


def _wallet(secrets: SecretStore, venue: Venue, account: Account, chain: Chain) -> Wallet:
    fields = secrets.get(account.agent_id, venue) or {}
    if PRIVATE_KEY not in fields:
        raise Halted(f"no {venue} key is stored for {account.agent_id}")
    return Wallet(chain, fields[PRIVATE_KEY])

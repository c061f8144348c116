"""What Register is made of: the only module that names its concrete classes."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial

from dutchbook.adapters.agents import DynamoAgents
from dutchbook.adapters.clock import SystemClock
from dutchbook.adapters.credentials import DynamoCredentials
from dutchbook.adapters.dynamo import Table
from dutchbook.adapters.guards import DynamoNonces, DynamoReplays
from dutchbook.adapters.ledger import DynamoLedger
from dutchbook.adapters.markets import DynamoMarketStore
from dutchbook.adapters.secrets import SecretsManagerStore
from dutchbook.adapters.settlements import DynamoSettlements
from dutchbook.adapters.token_secret import read_secret
from dutchbook.domain.errors import NotAuthorised
from dutchbook.domain.secret import InvalidCredential, Secret
from dutchbook.domain.venue import Venue
from dutchbook.entry.settings.register import RegisterSettings
from dutchbook.entry.token_keys import KeyRing
from dutchbook.entry.tokens import Tokens
from dutchbook.ports.agents import Agents
from dutchbook.ports.clock import Clock
from dutchbook.ports.ledger import Ledger
from dutchbook.ports.markets import MarketStore
from dutchbook.ports.secrets import SecretStore
from dutchbook.ports.settlement import Settlements
from dutchbook.usecases.manage_credentials import Checked, Keeper, Login, Verify
from dutchbook.usecases.once import Replays
from dutchbook.usecases.register_agent import Checksum
from dutchbook.usecases.report_results import Book, evidence_of
from dutchbook.usecases.sign_in import Nonces, Policy, Recover, TokenIssuer


@dataclass(frozen=True, slots=True)
class RegisterServices:
    """Ports that Register's routes use."""

    agents: Agents
    ledger: Ledger
    markets: MarketStore
    settlements: Settlements
    clock: Clock
    checksum: Checksum
    nonces: Nonces
    replays: Replays
    tokens: TokenIssuer
    recover: Recover
    policy: Policy
    keeper: Keeper
    live_trading: bool


@cache
def services() -> RegisterServices:
    """Built at the first request, kept for the life of the function. Raises SettingsError."""
    settings = RegisterSettings.from_env(os.environ)
    clock, ledger_table = SystemClock(), Table(settings.ledger_table)
    guards_table = Table(settings.guards_table)
    agents, ledger = DynamoAgents(ledger_table, clock), DynamoLedger(ledger_table, clock)
    markets = DynamoMarketStore(Table(settings.markets_table), guards_table, clock)
    settlements = DynamoSettlements(ledger_table, clock)
    book = Book(agents, ledger, settlements, markets)
    secrets = SecretsManagerStore(settings.secrets_prefix, kms_key_id=settings.data_key_id)
    ring = KeyRing(partial(read_secret, settings.token_secret_id))
    return RegisterServices(
        agents=agents,
        ledger=ledger,
        markets=markets,
        settlements=settlements,
        clock=clock,
        checksum=checksum_address,
        nonces=DynamoNonces(guards_table),
        replays=DynamoReplays(guards_table),
        tokens=Tokens(ring, settings.siwe_domain),
        recover=recover_signer,
        policy=Policy(settings.siwe_domain, settings.site_origin),
        keeper=Keeper(
            agents=agents,
            secrets=secrets,
            records=DynamoCredentials(ledger_table),
            ledger=ledger,
            clock=clock,
            check=check_credentials,
            verify=_verifier(settings, secrets, clock),
            evidence=partial(evidence_of, book),
        ),
        live_trading=settings.live_trading,
    )


def checksum_address(address: str) -> str:
    """EIP-55, imported when an address has capitals: the keccak is not needed to start."""
    from venues.crypto import checksum_address as eip55  # noqa: PLC0415

    return eip55(address)


def recover_signer(message: bytes, signature: bytes) -> str:
    """Who signed the message with `personal_sign`; imported at the first sign-in. Raises ValueError."""
    from venues.crypto import personal_message_digest, recover_address  # noqa: PLC0415

    return recover_address(personal_message_digest(message), signature)


def check_credentials(venue: Venue, wallet: str, fields: Mapping[str, Secret]) -> Checked:
    """Offline check of a venue's credentials; imported when some are set. Raises InvalidInput."""
    from venues.credential_check import check  # noqa: PLC0415

    return check(venue, wallet, fields)


def _verifier(settings: RegisterSettings, secrets: SecretStore, clock: Clock) -> Verify:
    def verify(venue: Venue, fields: Mapping[str, Secret]) -> Login:
        # imported at the first test of credentials: no other request of Register speaks to a venue
        from venues import environments  # noqa: PLC0415
        from venues.live import Environments, LiveConnectors  # noqa: PLC0415
        from venues.registry import Hosts, open_public_data  # noqa: PLC0415

        places = Environments(
            environments.polymarket(os.environ),
            environments.kalshi(os.environ),
            environments.limitless(os.environ),
        )
        public = open_public_data(Hosts.from_env(os.environ), clock)
        live = LiveConnectors(public, places, secrets, clock, live_trading=settings.live_trading)
        try:
            found = live.verify(venue, fields)
        except InvalidCredential as error:
            raise NotAuthorised(f"{venue}: {error}") from None
        return Login(found.account_id, found.available)

    return verify

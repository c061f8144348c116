"""The HTTP functions over stores in memory: the same routers, events and answers as behind the gateway."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dutchbook.domain.errors import WrongState
from dutchbook.domain.secret import Secret
from dutchbook.domain.venue import Venue
from dutchbook.entry.bootstrap import register as register_parts
from dutchbook.entry.bootstrap import status as status_parts
from dutchbook.entry.cursors import Cursors
from dutchbook.entry.http import resolver
from dutchbook.entry.replay import answered_once
from dutchbook.entry.routes import agents, auth, credentials, operators, public, records, status
from dutchbook.entry.settings.status import StatusSettings
from dutchbook.entry.token_keys import KeyRing
from dutchbook.entry.tokens import Tokens
from dutchbook.ports.notices import Alert
from dutchbook.ports.paging import Page
from dutchbook.usecases.manage_credentials import CredentialRecord, Keeper, Login, Verify
from dutchbook.usecases.once import Remembered
from dutchbook.usecases.report_results import evidence_of
from dutchbook.usecases.sign_in import Policy
from tests.support.agents import MemoryAgents, page_of
from tests.support.builders import NOW_MS, WALLET
from tests.support.ledger import MemoryLedger, MemoryMarketStore
from tests.support.settlements import MemorySettlements
from venues.crypto import EthereumSigner

SETTINGS = StatusSettings(
    stage="test",
    ledger_table="ledger",
    markets_table="markets",
    guards_table="guards",
    live_trading=False,
    cursor_secret_id="cursor",
    site_origin="https://dutchbook.example",
)
POLICY = Policy("dutchbook.example", "https://dutchbook.example")
TOKEN_SECRET = json.dumps({"kid": "k1", "current": "c" * 64})
LATER = 2**33
"""Unix seconds of an expiry that no test reaches."""


@dataclass
class FixedClock:
    ms: int = NOW_MS

    def now_ms(self) -> int:
        return self.ms


class LambdaContext:
    """What Lambda hands to a handler beside the event."""

    function_name = "test"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:test"
    aws_request_id = "req-1"


class MemoryNonces:
    """Satisfies `dutchbook.usecases.sign_in.Nonces`."""

    def __init__(self) -> None:
        self.given: dict[str, int] = {}

    def add(self, nonce: str, expires_at: int) -> None:
        self.given[nonce] = expires_at

    def consume(self, nonce: str, now: int) -> bool:
        return self.given.pop(nonce, 0) > now


class MemoryReplays:
    """Satisfies `dutchbook.usecases.once.Replays`."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[int, Remembered]] = {}

    def begin(self, key: str, request: str, expires_at: int, now: int) -> Remembered | None:
        until, before = self.kept.get(key, (0, None))
        if before is not None and until > now:
            return before
        self.kept[key] = (expires_at, Remembered(request, ""))
        return None

    def finish(self, key: str, request: str, answer: str, expires_at: int) -> None:
        self.kept[key] = (expires_at, Remembered(request, answer))

    def forget(self, key: str, request: str) -> None:
        self.kept.pop(key, None)


class MemoryAlerts:
    """Satisfies `dutchbook.ports.notices.Alerts`."""

    def __init__(self) -> None:
        self.kept: list[Alert] = []

    def add(self, alert: Alert) -> None:
        if alert not in self.kept:
            self.kept.append(alert)

    def of_agent(self, agent_id: str, limit: int, start: str = "") -> Page[Alert]:
        own = [alert for alert in self.kept if alert.notice.agent_id == agent_id]
        return page_of(sorted(own, key=lambda alert: alert.at, reverse=True), limit, start)


class MemorySecrets:
    """Satisfies `dutchbook.ports.secrets.SecretStore`."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, Venue], Mapping[str, Secret]] = {}

    def put(self, agent_id: str, venue: Venue, fields: Mapping[str, Secret]) -> None:
        self.kept[agent_id, venue] = fields

    def get(self, agent_id: str, venue: Venue) -> Mapping[str, Secret] | None:
        return self.kept.get((agent_id, venue))

    def delete(self, agent_id: str, venue: Venue) -> None:
        self.kept.pop((agent_id, venue), None)


class MemoryCredentials:
    """Satisfies `dutchbook.usecases.manage_credentials.CredentialRecords`."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, Venue], CredentialRecord] = {}

    def put(self, agent_id: str, record: CredentialRecord) -> None:
        self.kept[agent_id, record.venue] = record

    def verified(self, agent_id: str, record: CredentialRecord) -> None:
        now = self.kept.get((agent_id, record.venue))
        if now is None or now.set_id != record.set_id:
            raise WrongState("changed meanwhile")
        self.kept[agent_id, record.venue] = record

    def of_agent(self, agent_id: str) -> Sequence[CredentialRecord]:
        return [record for (owner, _), record in self.kept.items() if owner == agent_id]

    def delete(self, agent_id: str, venue: Venue) -> None:
        self.kept.pop((agent_id, venue), None)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)

    @property
    def fields(self) -> set[str]:
        """Names of the fields that a problem complains of."""
        return {error["field"] for error in self.body["errors"]}


def http_event(
    method: str,
    path: str,
    body: object = None,
    *,
    wallet: str | None = WALLET,
    operator: bool = False,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    base64: bool = False,
) -> dict[str, Any]:
    """An API Gateway HTTP API event, payload 2.0, as the authorizer lets it through."""
    context: dict[str, Any] = {
        "stage": "$default",
        "requestId": "req-1",
        "http": {"method": method, "path": path},
    }
    if wallet is not None:
        context["authorizer"] = {"lambda": {"wallet": wallet, "operator": operator, "expires_at": LATER}}
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": "&".join(f"{name}={value}" for name, value in (query or {}).items()),
        "headers": {"content-type": "application/json", **(headers or {})},
        "requestContext": context,
        "isBase64Encoded": base64,
    }
    if query:
        event["queryStringParameters"] = dict(query)
    if body is not None:
        event["body"] = body if isinstance(body, str) else json.dumps(body)
    return event


def account_of(venue: Venue, fields: Mapping[str, Secret]) -> str:
    """As a venue that takes every key names its account."""
    if venue is Venue.KALSHI:
        return fields["kalshiApiKey"].reveal()
    if venue is Venue.POLYMARKET:
        return fields["polymarketFunder"].reveal().lower()
    return EthereumSigner(fields["privateKey"]).address.lower()


@dataclass
class Api:
    """Register and Status over one memory."""

    clock: FixedClock = field(default_factory=FixedClock)
    live_trading: bool = False
    verify: Verify = field(default=lambda venue, fields: Login(account_of(venue, fields), 250_000_000))
    """What a venue answers to a login: the account and its balance, or an error raised."""

    def __post_init__(self) -> None:
        self.agents = MemoryAgents(self.clock)
        self.ledger = MemoryLedger(self.agents)
        self.settlements = MemorySettlements(self.ledger)
        self.markets = MemoryMarketStore(self.clock)
        self.alerts = MemoryAlerts()
        self.secrets = MemorySecrets()
        self.credentials = MemoryCredentials()
        self.nonces = MemoryNonces()
        self.replays = MemoryReplays()
        self.tokens = Tokens(KeyRing(lambda: TOKEN_SECRET), POLICY.domain)
        routers = (agents.router, auth.router, credentials.router, operators.router)
        self.register = resolver(*routers, around=[answered_once(register_parts.services)])
        self.register.dependency_overrides[register_parts.services] = self.register_services
        self.status = resolver(status.router, records.router, public.router)
        self.status.dependency_overrides[status_parts.services] = self.status_services

    def register_services(self) -> register_parts.RegisterServices:
        return register_parts.RegisterServices(
            agents=self.agents,
            ledger=self.ledger,
            markets=self.markets,
            settlements=self.settlements,
            clock=self.clock,
            checksum=register_parts.checksum_address,
            nonces=self.nonces,
            replays=self.replays,
            tokens=self.tokens,
            recover=register_parts.recover_signer,
            policy=POLICY,
            keeper=Keeper(
                self.agents,
                self.secrets,
                self.credentials,
                self.ledger,
                self.clock,
                register_parts.check_credentials,
                self.verify,
                lambda agent: evidence_of(self.status_services().book, agent),
            ),
            live_trading=self.live_trading,
        )

    def status_services(self) -> status_parts.StatusServices:
        return status_parts.StatusServices(
            settings=SETTINGS,
            agents=self.agents,
            ledger=self.ledger,
            markets=self.markets,
            settlements=self.settlements,
            alerts=self.alerts,
            credentials=self.credentials,
            clock=self.clock,
            cursors=Cursors(lambda: b"k" * 32),
        )

    def call(self, method: str, path: str, body: object = None, **how: Any) -> Answer:
        """Calls the function that serves the method: GET is Status, all else Register."""
        app = self.status if method == "GET" else self.register
        result = app.resolve(http_event(method, path, body, **how), None)
        return Answer(result["statusCode"], result["headers"], result.get("body") or "")


def registration(**changes: object) -> dict[str, object]:
    """A valid registration; a change of None leaves the field out."""
    base: dict[str, object] = {
        "wallet": WALLET,
        "platforms": {"polymarket": True, "kalshi": True},
        "strategy": "arbitrage",
        "maxPosition": 100,
        "minProfit": 2.0,
        "maxTrades": 50,
        "stopLoss": 5.0,
    }
    return {name: value for name, value in (base | changes).items() if value is not None}

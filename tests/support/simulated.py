"""The simulated venues on this machine's own ports, and our public data and live connectors against them.

Time stands still until a test moves it, for us and for the venues alike.
"""

import base64
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from dutchbook.domain.agent import Mode
from dutchbook.domain.money import parse_micros
from dutchbook.domain.secret import Secret
from dutchbook.domain.venue import Venue
from dutchbook.ports.clock import Clock
from dutchbook.ports.venues import Account, VenueConnector
from local.day.path import Depth
from local.venues.faults import Fault
from local.venues.server import SimulatedVenues
from local.venues.state import VenueState
from tests.support.market_data import FakeClock
from venues import credentials, environments
from venues.live import Environments, LiveConnectors
from venues.ratelimit import Rate, RatePlan
from venues.registry import Hosts, PublicData, open_public_data

ACCOUNT = Account("agt_contract", Mode.LIVE)
READ_TIMEOUT = 1.5
"""Seconds; a fault that delays longer is an answer that never comes."""

_FAST = Rate(1_000_000, 1_000_000)
_BUCKETS = (
    "gamma_events gamma_markets clob data data_positions balance_allowance balance_allowance_update geoblock "
    "api_key order cancel unsigned read write api"
)
UNLIMITED = {venue: RatePlan(dict.fromkeys(_BUCKETS.split(), _FAST)) for venue in Venue}

KALSHI_KEY_ID = "11111111-2222-4333-8444-555555555555"
HARDHAT_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
HARDHAT_ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"


class ShiftedClock:
    """The machine's own time, so many milliseconds off."""

    def __init__(self, shift_ms: int) -> None:
        self._shift_ms = shift_ms

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000 + self._shift_ms


class MemorySecrets:
    """Satisfies `dutchbook.ports.secrets.SecretStore`; `reads` counts what was asked for."""

    def __init__(self) -> None:
        self.reads = 0
        self._fields: dict[tuple[str, Venue], Mapping[str, Secret]] = {}

    def put(self, agent_id: str, venue: Venue, fields: Mapping[str, Secret]) -> None:
        self._fields[agent_id, venue] = fields

    def get(self, agent_id: str, venue: Venue) -> Mapping[str, Secret] | None:
        self.reads += 1
        return self._fields.get((agent_id, venue))

    def delete(self, agent_id: str, venue: Venue) -> None:
        self._fields.pop((agent_id, venue), None)


@dataclass
class Simulation:
    """One run of the simulators with what we build on top of them."""

    venues: SimulatedVenues
    clock: Clock
    live_trading: bool = True
    secrets: MemorySecrets = field(default_factory=MemorySecrets)
    public: PublicData = field(init=False)
    live: LiveConnectors = field(init=False)

    def __post_init__(self) -> None:
        urls = self.venues.urls
        env = {
            "POLYMARKET_CLOB_BASE": urls["polymarket"],
            "POLYMARKET_GAMMA_BASE": urls["polymarket"],
            "POLYMARKET_DATA_BASE": urls["polymarket"],
            "POLYMARKET_GEOBLOCK_URL": urls["polymarket"] + "/api/geoblock",
            "KALSHI_API_BASE": urls["kalshi"],
            "LIMITLESS_API_BASE": urls["limitless"],
            "BASE_RPC_URL": urls["limitless"] + "/rpc",
        }
        self.environments = Environments(
            environments.polymarket(env), environments.kalshi(env), environments.limitless(env)
        )
        hosts = Hosts(
            self.environments.polymarket.gamma,
            self.environments.polymarket.clob,
            self.environments.kalshi.api,
            self.environments.limitless.api,
        )
        self.public = open_public_data(
            hosts, self.clock, plans=UNLIMITED, read_timeout=READ_TIMEOUT, sleep=self._nap
        )
        self.live = LiveConnectors(
            self.public,
            self.environments,
            self.secrets,
            self.clock,
            live_trading=self.live_trading,
            order_timeout=READ_TIMEOUT,
        )

    def state(self, venue: Venue) -> VenueState:
        return self.venues.states[venue.value]

    def open_account(self, venue: Venue, cash: str, **facts: Any) -> None:
        self.state(venue).ledger.open(ACCOUNT.agent_id, parse_micros(cash), facts)

    def connector(self, venue: Venue) -> VenueConnector:
        return self.live.connector(venue, ACCOUNT)

    def fault(self, venue: Venue, kind: str, path: str, **more: Any) -> None:
        self.state(venue).faults.plan(Fault(kind=kind, path=path, **more))

    def show(self, venue: Venue, market_id: str, bids: Mapping[str, str], asks: Mapping[str, str]) -> None:
        """Pins the YES book: {price: shares}, best first."""
        depth = Depth(_levels(bids), _levels(asks))
        self.state(venue).pin(market_id, depth)

    def _nap(self, seconds: float) -> None:
        """Waits between repeated reads cost a test no time."""


@contextmanager
def simulation(*, live_trading: bool = True) -> Iterator[Simulation]:
    clock = FakeClock(1_773_187_200_000)
    with SimulatedVenues(seed=7, clock=clock) as venues:
        yield Simulation(venues, clock, live_trading)


def open_kalshi(world: Simulation, cash: str = "1000", **facts: Any) -> None:
    key = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    world.open_account(Venue.KALSHI, cash, keys={KALSHI_KEY_ID: public}, **facts)
    fields = {credentials.KALSHI_KEY_ID: Secret(KALSHI_KEY_ID), credentials.KALSHI_PRIVATE_KEY: Secret(pem)}
    world.secrets.put(ACCOUNT.agent_id, Venue.KALSHI, fields)


def open_polymarket(
    world: Simulation, cash: str = "1000", funder: str = HARDHAT_ADDRESS, kind: int = 0, **facts: Any
) -> None:
    world.open_account(
        Venue.POLYMARKET, cash, owner=HARDHAT_ADDRESS, funder=funder, signature_type=kind, **facts
    )
    fields = {credentials.PRIVATE_KEY: Secret(HARDHAT_KEY), credentials.POLYMARKET_FUNDER: Secret(funder)}
    world.secrets.put(ACCOUNT.agent_id, Venue.POLYMARKET, fields)


LIMITLESS_TOKEN = "tok_contract"  # the simulated account's, worth nothing
LIMITLESS_SECRET = base64.b64encode(b"s" * 32).decode()


def open_limitless(world: Simulation, cash: str = "1000", **facts: Any) -> None:
    world.open_account(
        Venue.LIMITLESS,
        cash,
        **{
            "address": HARDHAT_ADDRESS,
            "token": LIMITLESS_TOKEN,
            "secret": LIMITLESS_SECRET,
            "fee_rate_bps": 300,
            **facts,
        },
    )
    fields = {
        credentials.PRIVATE_KEY: Secret(HARDHAT_KEY),
        credentials.LIMITLESS_TOKEN_ID: Secret(LIMITLESS_TOKEN),
        credentials.LIMITLESS_SECRET: Secret(LIMITLESS_SECRET),
    }
    world.secrets.put(ACCOUNT.agent_id, Venue.LIMITLESS, fields)


def _levels(side: Mapping[str, str]) -> tuple[tuple[int, int], ...]:
    return tuple((parse_micros(price), parse_micros(shares)) for price, shares in side.items())

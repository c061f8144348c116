"""One scenario's venues: fresh simulators, an account on each, our live connectors in front of them."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from dutchbook.domain.money import ONE
from dutchbook.domain.secret import Secret
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.clock import Clock
from local.day.path import Depth
from local.venues.server import SimulatedVenues
from local.venues.state import VenueState
from venues import credentials, environments
from venues.crypto import EthereumSigner
from venues.live import Environments, LiveConnectors
from venues.ratelimit import Rate, RatePlan
from venues.registry import Hosts, PublicData, open_public_data

MARKETS: Mapping[Venue, str] = {
    Venue.KALSHI: "KXPRESPARTY-2028-D",
    Venue.POLYMARKET: "0x8213d395e079614d6c4d7f4cbb9be9337ab51648a21cc2a334ae8f1966d164b4",
    Venue.LIMITLESS: "simulated-jd-vance-2028",
}
FUNDED = 1_000 * ONE
ANSWER_SECONDS = 0.5
"""Longer than the simulators ever take, shorter than the delay that is dealt."""

_CENT = 10_000
_DEEP = 500 * ONE
_BUCKETS = (
    "gamma_events gamma_markets clob data data_positions balance_allowance balance_allowance_update geoblock "
    "api_key order cancel unsigned read write api"
)
_UNLIMITED = {venue: RatePlan(dict.fromkeys(_BUCKETS.split(), Rate(1_000_000, 1_000_000))) for venue in Venue}


class AccountKeys:
    """Satisfies `dutchbook.ports.secrets.SecretStore`: keys made from the agent's id."""

    def __init__(self, agent_id: str) -> None:
        digest = hashlib.sha256(agent_id.encode()).digest()
        self._agent_id = agent_id
        self.ethereum = digest.hex()
        self.address = EthereumSigner(Secret(self.ethereum)).address
        self.kalshi_id = str(UUID(bytes=digest[:16], version=4))
        self.kalshi = Ed25519PrivateKey.from_private_bytes(digest)
        self.token = f"tok_{digest.hex()[:12]}"
        self.token_secret = base64.b64encode(digest).decode()

    def facts(self, venue: Venue) -> dict[str, Any]:
        """What the simulator checks an account's requests against."""
        if venue is Venue.KALSHI:
            public = self.kalshi.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            return {"keys": {self.kalshi_id: public.decode()}}
        if venue is Venue.POLYMARKET:
            return {"owner": self.address, "funder": self.address, "signature_type": 0}
        return {
            "address": self.address,
            "token": self.token,
            "secret": self.token_secret,
            "fee_rate_bps": 300,
        }

    def get(self, agent_id: str, venue: Venue) -> Mapping[str, Secret] | None:
        if agent_id != self._agent_id:
            return None
        if venue is Venue.KALSHI:
            pem = self.kalshi.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
            return {
                credentials.KALSHI_KEY_ID: Secret(self.kalshi_id),
                credentials.KALSHI_PRIVATE_KEY: Secret(pem),
            }
        key = {credentials.PRIVATE_KEY: Secret(self.ethereum)}
        if venue is Venue.POLYMARKET:
            return key | {credentials.POLYMARKET_FUNDER: Secret(self.address)}
        return key | {
            credentials.LIMITLESS_TOKEN_ID: Secret(self.token),
            credentials.LIMITLESS_SECRET: Secret(self.token_secret),
        }

    def put(self, agent_id: str, venue: Venue, fields: Mapping[str, Secret]) -> None:
        raise NotImplementedError("the keys are made, not stored")

    def delete(self, agent_id: str, venue: Venue) -> None:
        raise NotImplementedError("the keys are made, not stored")


class Places:
    """The simulators, public data and live connectors, pinned to books that pay: YES at 0.40, NO at 0.50."""

    def __init__(self, simulated: SimulatedVenues, agent_id: str, clock: Clock) -> None:
        self._simulated = simulated
        self.agent_id = agent_id
        keys = AccountKeys(agent_id)
        for venue in Venue:
            self.state(venue).ledger.open(agent_id, FUNDED, keys.facts(venue))
        environment = _environment(simulated.urls)
        places = Environments(
            environments.polymarket(environment),
            environments.kalshi(environment),
            environments.limitless(environment),
        )
        self.public: PublicData = open_public_data(
            Hosts.from_env(environment),
            clock,
            plans=_UNLIMITED,
            read_timeout=ANSWER_SECONDS,
            sleep=_no_nap,
        )
        self.live = LiveConnectors(
            self.public, places, keys, clock, live_trading=True, order_timeout=ANSWER_SECONDS
        )

    def state(self, venue: Venue) -> VenueState:
        return self._simulated.states[venue.value]

    def show(self, venue: Venue, bid: int, ask: int, depth: int = _DEEP) -> None:
        """Pins the YES book, prices in cents, the same depth two levels deep."""
        bids = tuple((price * _CENT, depth) for price in (bid, bid - 2) if price > 0)
        asks = tuple((price * _CENT, depth) for price in (ask, ask + 2) if price < 100)
        self.state(venue).pin(MARKETS[venue], Depth(bids, asks))

    def cash(self, venue: Venue) -> int:
        return self.state(venue).ledger.accounts[self.agent_id].cash

    def shares(self, venue: Venue, outcome: Outcome) -> int:
        account = self.state(venue).ledger.accounts[self.agent_id]
        return account.shares.get((MARKETS[venue], outcome.value), 0)

    def let_time_act(self) -> None:
        """Trades that were matched settle: a venue notices when it is asked."""
        for venue in Venue:
            with self.state(venue).lock:
                self.state(venue).refresh()


def _environment(urls: Mapping[str, str]) -> dict[str, str]:
    return {
        "POLYMARKET_CLOB_BASE": urls["polymarket"],
        "POLYMARKET_GAMMA_BASE": urls["polymarket"],
        "POLYMARKET_DATA_BASE": urls["polymarket"],
        "POLYMARKET_GEOBLOCK_URL": urls["polymarket"] + "/api/geoblock",
        "KALSHI_API_BASE": urls["kalshi"] + "/trade-api/v2",
        "LIMITLESS_API_BASE": urls["limitless"],
        "BASE_RPC_URL": urls["limitless"] + "/rpc",
    }


def _no_nap(seconds: float) -> None:
    """Waits between repeated reads cost no time."""

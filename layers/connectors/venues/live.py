"""Live connectors of accounts: what an account's stored credentials make of each venue.

A session holds an account's signers for at most five minutes from when the secret was read, so that rotated
credentials are taken up and removed ones stop working; then it is dropped, whether it is asked for or not, at
the next call for any. While live trading is off nothing here reads a secret or sends a request.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from threading import Lock

from dutchbook.domain.errors import Halted, NotAuthorised, NotSent, VenueUnreachable
from dutchbook.domain.secret import InvalidCredential, Secret
from dutchbook.domain.venue import Venue
from dutchbook.ports.clock import Clock
from dutchbook.ports.secrets import SecretStore
from dutchbook.ports.venues import Account, VenueConnector
from venues import credentials
from venues.crypto import EthereumSigner
from venues.environments import KalshiEnvironment, LimitlessEnvironment, PolymarketEnvironment
from venues.fields import BadRow
from venues.health import HealthRecorder
from venues.http import VenueHttp
from venues.jsonbody import Json
from venues.kalshi.trading import KalshiTrading
from venues.kalshi.trading_calls import KalshiTradingCalls
from venues.kalshi.trading_parsing import parse_limits
from venues.limitless import signing as limitless_signing
from venues.limitless.errors import classify
from venues.limitless.trading import FeeRate, LimitlessTrading
from venues.limitless.trading_calls import ORDER_TIMEOUT_SECONDS, LimitlessCalls
from venues.limitless.trading_parsing import Profile, parse_profile
from venues.polymarket import auth as polymarket_auth
from venues.polymarket import signing as polymarket_signing
from venues.polymarket.trading import PolymarketTrading
from venues.polymarket.trading_calls import PolymarketCalls, open_api_key
from venues.ratelimit import Limiter, Rate, RatePlan
from venues.registry import LiveFactory, PublicData
from venues.rpc import RPC_PLAN, ChainReader
from venues.servertime import ServerTime

SESSION_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Environments:
    polymarket: PolymarketEnvironment
    kalshi: KalshiEnvironment
    limitless: LimitlessEnvironment


@dataclass(frozen=True, slots=True)
class VerifiedAccount:
    """An account whose credentials the venue has accepted."""

    account_id: str
    """What one live agent may own, in lower case, as `credential_check` names it offline: Kalshi's key id,
    Polymarket's funder, the address of Limitless's key (its profile trades with no other)."""
    available: int
    """Dollars (micros) free to spend."""


@dataclass(frozen=True, slots=True)
class _Session:
    account_id: str
    connector: VenueConnector
    holder: str = ""
    """Address that the account's shares lie at; none where there is no chain."""


class LiveConnectors:
    """Opens sessions and keeps them. `monotonic` speaks seconds."""

    def __init__(
        self,
        public: PublicData,
        environments: Environments,
        secrets: SecretStore,
        clock: Clock,
        *,
        live_trading: bool,
        monotonic: Callable[[], float] = time.monotonic,
        order_timeout: float = ORDER_TIMEOUT_SECONDS,
    ) -> None:
        self._public = public
        self._environments = environments
        self._secrets = secrets
        self._clock = clock
        self._live_trading = live_trading
        self._monotonic = monotonic
        # the chain's node is not the venue: it has limits, health and failures of its own
        node = VenueHttp(
            Venue.LIMITLESS, Limiter(RPC_PLAN), HealthRecorder(Venue.LIMITLESS, clock), clock, classify
        )
        self._base = ChainReader(node, environments.limitless.rpc)
        self._order_timeout = order_timeout
        self._lock = Lock()
        self._sessions: dict[tuple[str, Venue], tuple[float, _Session]] = {}

    def factories(self) -> Mapping[Venue, LiveFactory]:
        """For Registry.live; empty while live trading is off."""
        return {venue: partial(self.connector, venue) for venue in Venue} if self._live_trading else {}

    def connector(self, venue: Venue, account: Account) -> VenueConnector:
        """Raises Halted (live trading is off, no credentials), NotAuthorised, NotSent, StoreUnavailable."""
        return self._session(venue, account).connector

    def holder(self, venue: Venue, account: Account) -> str:
        """The address that holds the account's shares on its chain. Raises as `connector` does."""
        return self._session(venue, account).holder

    def _session(self, venue: Venue, account: Account) -> _Session:
        self._check_live()
        key, now = (account.agent_id, venue), self._monotonic()
        with self._lock:
            old = [name for name, (read_at, _) in self._sessions.items() if now - read_at >= SESSION_SECONDS]
            for name in old:
                del self._sessions[name]
            kept = self._sessions.get(key)
        if kept is not None:
            return kept[1]
        fields = self._secrets.get(account.agent_id, venue)
        if not fields:
            raise Halted(f"no {venue} credentials are stored for {account.agent_id}")
        try:
            session = self._open(venue, fields)
        except InvalidCredential as error:
            raise NotAuthorised(f"{venue}: {error}") from None
        with self._lock:
            # as old as the secret that it was opened with, however long the login took
            self._sessions[key] = (now, session)
        return session

    def verify(self, venue: Venue, fields: Mapping[str, Secret]) -> VerifiedAccount:
        """Logs in and reads the balance. Raises Halted, InvalidCredential, NotAuthorised, NotSent."""
        self._check_live()
        if venue is Venue.KALSHI:
            credentials.kalshi(fields, already_checked=False)
        session = self._open(venue, fields)
        return VerifiedAccount(session.account_id, session.connector.balance().available)

    def _check_live(self) -> None:
        if not self._live_trading:
            raise Halted("live trading is switched off for this stack")

    def _open(self, venue: Venue, fields: Mapping[str, Secret]) -> _Session:
        openers = {
            Venue.KALSHI: self._open_kalshi,
            Venue.POLYMARKET: self._open_polymarket,
            Venue.LIMITLESS: self._open_limitless,
        }
        return openers[venue](fields)

    def _open_kalshi(self, fields: Mapping[str, Secret]) -> _Session:
        keys = credentials.kalshi(fields)
        http, api = self._public.http[Venue.KALSHI], self._environments.kalshi.api
        server_time = self._server_time(Venue.KALSHI)
        calls = KalshiTradingCalls(http, api, keys.signer, server_time)
        try:
            limits = parse_limits(calls.limits())
        except (NotSent, BadRow):
            pass  # the tier is not known now: the lowest one's limits are the venue's own
        else:
            plan = RatePlan({name: Rate(refill, burst) for name, (refill, burst) in limits.items()})
            calls = KalshiTradingCalls(http.limited_by(Limiter(plan)), api, keys.signer, server_time)
        own = self._environments.kalshi.is_kalshis_own
        connector = KalshiTrading(calls, server_time, keeps_calendar=own)
        return _Session(keys.key_id.lower(), connector)

    def _open_polymarket(self, fields: Mapping[str, Secret]) -> _Session:
        environment = self._environments.polymarket
        wallet = credentials.polymarket(fields, environment)
        http, server_time = self._public.http[Venue.POLYMARKET], self._server_time(Venue.POLYMARKET)
        try:
            seconds = http.get(f"{environment.clob}/time", bucket="clob").data
        except NotSent:
            seconds = None  # then our own clock has to do; a wrong one is refused with a 401
        if isinstance(seconds, int):
            server_time.measured(seconds * 1000 + 500)
        key = open_api_key(http, environment, wallet.signer, server_time)
        requests = polymarket_auth.RequestSigner(wallet.signer.address, key)
        orders = polymarket_signing.OrderSigner(
            wallet.signer,
            api_key=key.key,
            signature_type=wallet.signature_type,
            funder=wallet.funder,
            exchanges=environment.exchanges,
        )
        calls = PolymarketCalls(http, environment, requests, wallet.signature_type, server_time)
        data = self._public.data[Venue.POLYMARKET]
        connector = PolymarketTrading(calls, orders, environment.exchanges, data, server_time)
        return _Session(wallet.funder.lower(), connector, wallet.funder)

    def _open_limitless(self, fields: Mapping[str, Secret]) -> _Session:
        environment = self._environments.limitless
        keys = credentials.limitless(fields)
        server_time = self._server_time(Venue.LIMITLESS)
        calls = LimitlessCalls(
            self._public.http[Venue.LIMITLESS],
            environment.api,
            keys.requests,
            server_time,
            self._order_timeout,
        )
        try:
            profile = parse_profile(_asked_in_time(calls.profile, server_time))
        except BadRow as error:
            raise VenueUnreachable(f"limitless's profile makes no sense: {error}") from error
        signer = _limitless_signer(keys.signer, profile, environment.chain_id)

        def cash() -> int:
            return self._base.token_balance(environment.usdc, signer.maker)

        connector = LimitlessTrading(calls, signer, FeeRate(profile.fee_rate_bps), cash, server_time)
        return _Session(keys.signer.address.lower(), connector, signer.maker)

    def _server_time(self, venue: Venue) -> ServerTime:
        return ServerTime(self._clock, self._public.recorders[venue])


def _asked_in_time(ask: Callable[[], Json], server_time: ServerTime) -> Json:
    """The answer; a refusal may be our clock's fault, so it is asked once more by the venue's own."""
    try:
        return ask()
    except NotAuthorised:
        server_time.resync()
        return ask()


def _limitless_signer(key: EthereumSigner, profile: Profile, chain_id: int) -> limitless_signing.OrderSigner:
    """Raises InvalidCredential where the venue would answer "Signer does not match" to every order."""
    own = profile.embedded if profile.smart_wallet else profile.account
    if own.lower() != key.address.lower():
        raise InvalidCredential(
            f"{credentials.PRIVATE_KEY} is the key of {key.address}, but the API token's profile trades with "
            f"{own}: derive the token with that key's account, or set the profile's wallet to it (eoa)"
        )
    kind = limitless_signing.SignatureType.SMART_WALLET if profile.smart_wallet else None
    return limitless_signing.OrderSigner(
        key,
        owner_id=profile.owner_id,
        signature_type=kind or limitless_signing.SignatureType.EOA,
        maker=profile.smart_wallet or None,
        chain_id=chain_id,
    )

"""Hands out each venue's public data and its connectors: paper for simulated trades, live where wired.

While live trading is off nothing but public reads and paper orders leaves this process: no live connector is
ever built.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from dutchbook.domain.agent import Mode
from dutchbook.domain.errors import Halted
from dutchbook.domain.venue import Venue
from dutchbook.ports.clock import Clock
from dutchbook.ports.markets import VenueHealth
from dutchbook.ports.paper import PaperStore
from dutchbook.ports.venues import Account, MarketData, VenueConnector
from venues import environments
from venues.health import HealthRecorder
from venues.http import Guard, VenueHttp, unguarded
from venues.kalshi import errors as kalshi_errors
from venues.kalshi.client import KalshiClient, Sign
from venues.kalshi.data import KalshiData
from venues.limitless import errors as limitless_errors
from venues.limitless.client import LimitlessClient
from venues.limitless.data import LimitlessData
from venues.paper.connector import DEFAULT_LATENCY_MS, TICK_MS, PaperConnector
from venues.polymarket import errors as polymarket_errors
from venues.polymarket.client import PolymarketClient
from venues.polymarket.data import PolymarketData
from venues.ratelimit import DEFAULT_PLANS, Limiter, RatePlan

type LiveFactory = Callable[[Account], VenueConnector]

_CLASSIFIERS = {
    Venue.POLYMARKET: polymarket_errors.classify,
    Venue.KALSHI: kalshi_errors.classify,
    Venue.LIMITLESS: limitless_errors.classify,
}


@dataclass(frozen=True, slots=True)
class Hosts:
    """Base URLs of the public APIs, without a trailing slash; Kalshi's ends in /trade-api/v2."""

    polymarket_gamma: str
    polymarket_clob: str
    kalshi: str
    limitless: str

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Hosts":
        """The real hosts unless a variable points elsewhere. Raises InvalidEnvironment."""
        polymarket = environments.polymarket(env)
        return cls(
            polymarket_gamma=polymarket.gamma,
            polymarket_clob=polymarket.clob,
            kalshi=environments.kalshi(env).api,
            limitless=environments.limitless(env).api,
        )


@dataclass(frozen=True, slots=True)
class PublicData:
    """Public reads of every venue, with the HTTP and the health they share with later connectors."""

    data: Mapping[Venue, MarketData]
    http: Mapping[Venue, VenueHttp]
    recorders: Mapping[Venue, HealthRecorder]

    def health(self) -> list[VenueHealth]:
        """How each venue has answered so far."""
        return [
            replace(recorder.snapshot(), rate_limit_headroom=self.http[venue].headroom())
            for venue, recorder in self.recorders.items()
        ]


def open_public_data(
    hosts: Hosts,
    clock: Clock,
    *,
    plans: Mapping[Venue, RatePlan] = DEFAULT_PLANS,
    kalshi_sign: Sign | None = None,
    guards: Mapping[Venue, Guard] | None = None,
    read_timeout: float = 10.0,
    sleep: Callable[[float], None] = time.sleep,
) -> PublicData:
    """One pooled session, limiter and health record a venue. Opens no connection yet.

    `guards` are the venues' circuit breakers; without one every call goes through.
    """
    recorders = {venue: HealthRecorder(venue, clock) for venue in Venue}
    http = {
        venue: VenueHttp(
            venue,
            Limiter(plans[venue], sleep=sleep),
            recorders[venue],
            clock,
            _CLASSIFIERS[venue],
            sleep=sleep,
            read_timeout=read_timeout,
            guard=(guards or {}).get(venue, unguarded),
        )
        for venue in Venue
    }
    data: dict[Venue, MarketData] = {
        Venue.POLYMARKET: PolymarketData(
            PolymarketClient(http[Venue.POLYMARKET], gamma=hosts.polymarket_gamma, clob=hosts.polymarket_clob)
        ),
        Venue.KALSHI: KalshiData(KalshiClient(http[Venue.KALSHI], api=hosts.kalshi, sign=kalshi_sign), clock),
        Venue.LIMITLESS: LimitlessData(LimitlessClient(http[Venue.LIMITLESS], api=hosts.limitless)),
    }
    return PublicData(data, http, recorders)


@dataclass(frozen=True, slots=True)
class Registry:
    """ports.Connectors. `live` builds a venue's live connector for an account."""

    market_data: Mapping[Venue, MarketData]
    paper_store: PaperStore
    clock: Clock
    live_trading: bool = False
    live: Mapping[Venue, LiveFactory] = field(default_factory=dict)
    paper_latency_ms: int = DEFAULT_LATENCY_MS
    paper_tick_ms: int = TICK_MS
    sleep: Callable[[float], None] = time.sleep

    def data(self, venue: Venue) -> MarketData:
        return self.market_data[venue]

    def trading(self, venue: Venue, account: Account, *, simulated: bool) -> VenueConnector:
        """Raises Halted unless live trading is on, the account is live and the venue is wired for it."""
        if simulated:
            return PaperConnector(
                account.agent_id,
                self.market_data[venue],
                self.paper_store,
                self.clock,
                latency_ms=self.paper_latency_ms,
                tick_ms=self.paper_tick_ms,
                sleep=self.sleep,
            )
        if not self.live_trading:
            raise Halted("live trading is switched off")
        if account.mode is not Mode.LIVE:
            raise Halted(f"{account.agent_id} is not in live mode")
        if venue not in self.live:
            raise Halted(f"live trading on {venue} is not wired")
        return self.live[venue](account)

"""Whole trades with real money's code: the saga, our live connectors and the simulated venues over HTTP.

Whatever happens on the way, a trade ends, and our books say of each venue what its own books say.
"""

from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest

from dutchbook.domain.agent import Agent, Mode
from dutchbook.domain.market import Market
from dutchbook.domain.money import ONE, format_micros, parse_micros
from dutchbook.domain.pair import Pair, PairStatus, Relation
from dutchbook.domain.plan import PlannedLeg, TradePlan
from dutchbook.domain.quoting import worst_cost
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Outcome, Side, Venue
from dutchbook.usecases.execute_pair import Execution
from tests.support.builders import a_limits, an_agent
from tests.support.execution import TRADE_ID, Notices, World
from tests.support.ledger import MemoryAgents, MemoryLedger, MemoryMarketStore
from tests.support.paper_store import InMemoryPaperStore
from tests.support.simulated import (
    ACCOUNT,
    Simulation,
    open_kalshi,
    open_limitless,
    open_polymarket,
    simulation,
)
from venues.registry import Registry

MARKETS = {
    Venue.KALSHI: "KXPRESPARTY-2028-D",
    Venue.POLYMARKET: "0x8213d395e079614d6c4d7f4cbb9be9337ab51648a21cc2a334ae8f1966d164b4",
    Venue.LIMITLESS: "simulated-jd-vance-2028",
}
OPEN = {Venue.KALSHI: open_kalshi, Venue.POLYMARKET: open_polymarket, Venue.LIMITLESS: open_limitless}
ORDER_PATHS = {
    Venue.KALSHI: "/trade-api/v2/portfolio/events/orders",
    Venue.POLYMARKET: "/order",
    Venue.LIMITLESS: "/orders",
}
FUNDED = 1_000 * ONE
SHARES = 50 * ONE


@dataclass
class LiveWorld(World):
    """`first` buys YES at 0.40, `second` NO at 0.50: a dollar for some 0.92 to 0.95 with fees."""

    simulated: Simulation | None = None
    first: Venue = Venue.KALSHI
    second: Venue = Venue.POLYMARKET
    shares: int = SHARES
    second_bid: str = "0.50"
    """Best bid for YES on the second venue: NO costs the rest of a dollar."""

    def __post_init__(self) -> None:
        sim = self.simulated
        assert sim is not None
        self.clock = sim.clock
        for venue in (self.first, self.second):
            OPEN[venue](sim)
            wide = {self.second_bid: "500"} if venue is self.second else {"0.38": "500"}
            asks = {"0.40": "500", "0.42": "500"} if venue is self.first else {"0.75": "500"}
            sim.show(venue, MARKETS[venue], wide, asks)
        self.listed = {venue: self._market(sim, venue) for venue in (self.first, self.second)}
        self.agents = MemoryAgents(self.clock)
        self.agents.add(self.agent)
        self.ledger = MemoryLedger(self.agents)
        self.markets = MemoryMarketStore(self.clock)
        self.markets.put_markets(self.listed.values())
        keys = [market.key for market in self.listed.values()]
        self.markets.put_pair(Pair("pair_1", keys[0], keys[1], Relation.SAME, PairStatus.APPROVED))
        self.notices = Notices()
        registry = Registry(
            sim.public.data,
            InMemoryPaperStore(),
            self.clock,
            live_trading=True,
            live=sim.live.factories(),
        )
        self.execution = Execution(
            ledger=self.ledger,
            agents=self.agents,
            markets=self.markets,
            connectors=registry,
            notifier=self.notices,
            clock=self.clock,
            live_trading=True,
        )

    @staticmethod
    def _market(sim: Simulation, venue: Venue) -> Market:
        return sim.public.data[venue].markets([MARKETS[venue]])[MARKETS[venue]]

    @property
    def plan(self) -> TradePlan:
        legs = (
            self._leg(self.first, Outcome.YES, "0.40"),
            self._leg(self.second, Outcome.NO, format_micros(ONE - parse_micros(self.second_bid))),
        )
        cost = sum(leg.max_cost for leg in legs)
        return TradePlan(
            trade_id=TRADE_ID,
            agent_id=ACCOUNT.agent_id,
            pair_id="pair_1",
            direction=f"{self.first}:yes+{self.second}:no",
            strategy="arbitrage",
            tick_id="tick",
            legs=legs,
            shares=self.shares,
            expected_cost=cost,
            expected_profit=self.shares - cost,
            title="Will it rain?",
        )

    def _leg(self, venue: Venue, outcome: Outcome, price: str) -> PlannedLeg:
        market, limit = self.listed[venue], parse_micros(price)
        gross = -(-market.fees.gross_up(limit, self.shares) // market.size_step) * market.size_step
        return PlannedLeg(market.key, outcome, Side.BUY, gross, limit, worst_cost(market, gross, limit))

    def check_books(self) -> None:
        """What we think we hold and have spent on each venue is what the venue says."""
        positions = {(p.key, p.outcome): p.shares for p in self.ledger.positions(ACCOUNT.agent_id)}
        for venue, market in self.listed.items():
            account = self.simulated.state(venue).ledger.accounts[ACCOUNT.agent_id]
            for outcome in Outcome:
                there = account.shares.get((market.market_id, outcome.value), 0)
                assert positions.get((market.key, outcome), 0) == there, (venue, outcome)
            legs = [leg for leg in self.trade.legs if leg.venue is venue]
            flow = sum(_cash_flow(leg) for leg in legs)
            # a fill's price is told in whole micros, rounded against us
            assert 0 <= account.cash - FUNDED - flow <= 1_000, venue


def _cash_flow(leg) -> int:
    if leg.side is Side.BUY:
        return -leg.notional - leg.fee_usd
    return leg.notional - leg.fee_usd


def live_agent() -> Agent:
    return an_agent(
        ACCOUNT.agent_id,
        mode=Mode.LIVE,
        platforms=tuple(Venue),
        credentials=tuple(Venue),
        limits=replace(a_limits(max_position=FUNDED, stop_loss=200_000), min_profit=5_000),
    )


@contextmanager
def live_world(first: Venue, second: Venue, **more):
    with simulation() as running:
        yield LiveWorld(
            agent=live_agent(), live_trading=True, simulated=running, first=first, second=second, **more
        )


ROUTES = [
    (Venue.KALSHI, Venue.POLYMARKET),
    (Venue.LIMITLESS, Venue.KALSHI),
    (Venue.LIMITLESS, Venue.POLYMARKET),
]


def run(world: LiveWorld) -> TradeState:
    world.drive(world.plan)
    assert world.trade.ended
    assert not world.trade.simulated
    world.clock.advance(30_000)
    for venue in world.listed:
        world.simulated.state(venue).faults.clear()
        world.simulated.connector(venue).balance()
    return world.trade.state


@pytest.mark.parametrize(("first", "second"), ROUTES)
def test_a_trade_is_hedged_and_both_venues_agree(first, second):
    with live_world(first, second) as world:
        assert run(world) is TradeState.HEDGED
        world.check_books()
        held = [world.trade.held(leg) for leg in world.trade.planned_legs]
        assert max(held) - min(held) <= 10_000


def test_what_whole_cents_leave_over_is_dust():
    """7.83 shares at 0.32 are $2.5056, and Polymarket takes $2.50: 0.018 of Limitless's are too many."""
    more = {"shares": parse_micros("7.83"), "second_bid": "0.68"}
    with live_world(Venue.LIMITLESS, Venue.POLYMARKET, **more) as world:
        assert run(world) is TradeState.HEDGED
        world.check_books()
        first, second = world.trade.legs
        assert 10_000 < world.trade.held(first) - world.trade.held(second) < 20_000


LOST = {
    "the connection closes after the venue acted": ("drop", {}),
    "the connection closes before": ("refuse", {}),
    "a gateway page": ("html", {"status": 502}),
    "an engine that restarts": ("status", {"status": 425, "body": '{"error":"restarting"}'}),
    "the limiter": ("status", {"status": 429, "retry_after": "1"}),
}


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("leg", [0, 1])
@pytest.mark.parametrize(("first", "second"), ROUTES)
def test_an_order_whose_answer_is_lost_is_found_and_the_trade_ends_whole(first, second, leg, fault):
    kind, more = LOST[fault]
    with live_world(first, second) as world:
        venue = (first, second)[leg]
        world.simulated.fault(venue, kind, ORDER_PATHS[venue], method="POST", **more)
        state = run(world)
        assert state in (TradeState.HEDGED, TradeState.FLAT, TradeState.NOT_TAKEN), world.trade.reason
        world.check_books()


def test_a_fee_rate_that_changed_is_signed_anew_within_the_trade():
    with live_world(Venue.LIMITLESS, Venue.KALSHI) as world:
        world.simulated.live.connector(Venue.LIMITLESS, ACCOUNT)
        ledger = world.simulated.state(Venue.LIMITLESS).ledger
        ledger.accounts[ACCOUNT.agent_id].facts["fee_rate_bps"] = 290
        assert run(world) is TradeState.HEDGED
        world.check_books()


def test_a_polymarket_trade_that_fails_to_settle_is_mended():
    with live_world(Venue.KALSHI, Venue.POLYMARKET) as world:
        world.simulated.state(Venue.POLYMARKET).failing_trades = 1
        assert run(world) in (TradeState.HEDGED, TradeState.FLAT)
        world.check_books()


def test_a_second_leg_that_is_refused_is_undone():
    with live_world(Venue.KALSHI, Venue.POLYMARKET) as world:
        body = '{"error":"order couldn\'t be fully filled. FOK order is killed"}'
        world.simulated.fault(
            Venue.POLYMARKET, "status", "/order", method="POST", status=400, body=body, count=-1
        )
        assert run(world) is TradeState.FLAT
        world.check_books()


def test_nothing_is_bought_anywhere_where_one_venue_blocks_the_place():
    """The second leg's venue is asked before the first leg leaves."""
    with live_world(Venue.KALSHI, Venue.POLYMARKET) as world:
        world.simulated.state(Venue.POLYMARKET).geoblocked = True
        world.drive(world.plan)
        assert world.trade.state is TradeState.NOT_TAKEN
        assert world.trade.reason.startswith("NotEligible")
        assert not world.simulated.state(Venue.KALSHI).ledger.entries


def test_nothing_is_bought_anywhere_while_one_venue_is_paused():
    with live_world(Venue.LIMITLESS, Venue.KALSHI) as world:
        paused = '{"exchange_active":true,"trading_active":false}'
        path = "/trade-api/v2/exchange/status"
        world.simulated.fault(Venue.KALSHI, "status", path, status=200, body=paused, count=-1)
        world.drive(world.plan)
        assert world.trade.state is TradeState.NOT_TAKEN
        assert world.trade.reason.startswith("MarketClosed")
        assert not world.simulated.state(Venue.LIMITLESS).ledger.entries

"""A small world in which trades are executed: two venues, one agent, one Dutch book between them.

YES costs 0.40 on Kalshi and NO 0.50 on Polymarket: a pair pays a dollar for 0.90. Fees are the venues' own.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from dutchbook.domain.agent import Agent
from dutchbook.domain.book import OrderBook
from dutchbook.domain.errors import Conflict, Denied, DutchbookError, NotSent, category_of
from dutchbook.domain.fees import KalshiFees, PolymarketFees
from dutchbook.domain.market import Market, MarketKey, PriceBand
from dutchbook.domain.money import ONE
from dutchbook.domain.pair import Pair, PairStatus, Relation
from dutchbook.domain.plan import PlannedLeg, TradePlan
from dutchbook.domain.quoting import worst_cost
from dutchbook.domain.trade import Trade
from dutchbook.domain.venue import Outcome, Side, Venue
from dutchbook.ports.notices import Notice
from dutchbook.usecases import execute_pair
from dutchbook.usecases.execute_pair import Execution, Next, Step
from tests.support.builders import NOW_MS, an_agent
from tests.support.ledger import MemoryAgents, MemoryLedger, MemoryMarketStore
from tests.support.market_data import FakeClock, FakeMarketData
from tests.support.venue import ScriptedVenue, ScriptedVenues

CENT = 10_000
TRADE_ID = "trd_01KB0000000000000000000000"
KALSHI = MarketKey(Venue.KALSHI, "KXRAIN-26")
POLYMARKET = MarketKey(Venue.POLYMARKET, "0xrain")

KALSHI_MARKET = Market(
    *KALSHI,
    title="Will it rain?",
    tradeable=True,
    price_bands=(PriceBand(CENT, 99 * CENT, CENT),),
    size_step=CENT,
    min_size=CENT,
    min_notional=0,
    fees=KalshiFees(),
)
POLYMARKET_MARKET = Market(
    *POLYMARKET,
    title="Will it rain?",
    tradeable=True,
    price_bands=(PriceBand(CENT, 99 * CENT, CENT),),
    size_step=CENT,
    min_size=5 * ONE,
    min_notional=ONE,
    fees=PolymarketFees(40_000),
)


_LEG_STEPS = (Step.BUY, Step.SELL, Step.WAIT_BUY, Step.WAIT_SELL)


class Notices(list[Notice]):
    """Satisfies `dutchbook.ports.notices.Notifier`; each dedupe key once."""

    def send(self, notice: Notice) -> None:
        if not notice.dedupe_key or notice.dedupe_key not in {one.dedupe_key for one in self}:
            self.append(notice)

    @property
    def kinds(self) -> list[str]:
        return [notice.kind for notice in self]


def kalshi_book(yes_bid: int = 38, yes_ask: int = 40, depth: int = 200) -> OrderBook:
    """Prices in cents, depth in shares a level; the NO side is the complement."""
    return OrderBook.from_bids(
        KALSHI, [(yes_bid * CENT, depth * ONE)], [((100 - yes_ask) * CENT, depth * ONE)], 0
    )


def polymarket_book(no_bid: int = 48, no_ask: int = 50, depth: int = 200) -> OrderBook:
    return OrderBook.from_yes_book(
        POLYMARKET, [((100 - no_ask) * CENT, depth * ONE)], [((100 - no_bid) * CENT, depth * ONE)], 0
    )


@dataclass
class World:
    """Everything an execution touches, and the means to run one."""

    agent: Agent = field(default_factory=an_agent)
    live_trading: bool = False
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW_MS))
    retry_crashes: bool = True
    """Whether a leg's Lambda that dies is invoked again (Lambda.ServiceException) or its error is caught.

    Steps that send nothing are always invoked again.
    """

    def __post_init__(self) -> None:
        self.agents = MemoryAgents(self.clock)
        self.agents.add(self.agent)
        self.ledger = MemoryLedger(self.agents)
        self.markets = MemoryMarketStore(self.clock)
        self.markets.put_markets([KALSHI_MARKET, POLYMARKET_MARKET])
        self.markets.put_pair(Pair("pair_1", KALSHI, POLYMARKET, Relation.SAME, PairStatus.APPROVED))
        self.kalshi = ScriptedVenue(Venue.KALSHI, self.clock)
        self.polymarket = ScriptedVenue(Venue.POLYMARKET, self.clock)
        self.kalshi_data = FakeMarketData(Venue.KALSHI, [KALSHI_MARKET], self.clock)
        self.polymarket_data = FakeMarketData(Venue.POLYMARKET, [POLYMARKET_MARKET], self.clock)
        self.kalshi_data.set_book(kalshi_book())
        self.polymarket_data.set_book(polymarket_book())
        self.venues = ScriptedVenues([self.kalshi, self.polymarket], [self.kalshi_data, self.polymarket_data])
        self.notices = Notices()
        self.execution = Execution(
            ledger=self.ledger,
            agents=self.agents,
            markets=self.markets,
            connectors=self.venues,
            notifier=self.notices,
            clock=self.clock,
            live_trading=self.live_trading,
        )

    @property
    def trade(self) -> Trade:
        trade = self.ledger.trade(TRADE_ID)
        assert trade is not None
        return trade

    def drive(self, plan: TradePlan | None = None, steps: int = 400) -> Next:
        """Goes through the steps as the state machine does, until the trade has ended."""
        plan = plan or a_plan()
        on = self._step(plan, lambda: execute_pair.reserve(self.execution, plan), None)
        for _ in range(steps):
            if on.step.isupper():
                return on
            on = self._follow(plan, on)
        raise AssertionError(f"no end after {steps} steps: {on}")

    def _follow(self, plan: TradePlan, on: Next) -> Next:
        buys = on.step in (Step.BUY, Step.WAIT_BUY)
        if on.step in (Step.WAIT_BUY, Step.WAIT_SELL):
            self.clock.sleep(on.wait)
        acts: dict[Step, Callable[[], Next]] = {
            Step.REPAIR: lambda: execute_pair.repair(self.execution, plan.trade_id, on.round),
            Step.FINISH: lambda: execute_pair.finish(self.execution, plan.trade_id),
            Step.QUARANTINE: lambda: self.quarantine(plan, on.reason),
        }
        return self._step(
            plan, acts.get(on.step, lambda: self.leg(on.leg, on.round, buys, plan.trade_id)), on
        )

    def reserve(self, plan: TradePlan) -> Next:
        return execute_pair.reserve(self.execution, plan)

    def leg(self, index: int, round_: int = 0, adds_yes: bool = True, trade_id: str = TRADE_ID) -> Next:
        return execute_pair.advance_leg(self.execution, trade_id, index, round_, adds_yes_exposure=adds_yes)

    def quarantine(self, plan: TradePlan, cause: str) -> Next:
        return execute_pair.quarantine(self.execution, plan.trade_id, plan.agent_id, cause)

    def _step(self, plan: TradePlan, act: Callable[[], Next], on: Next | None) -> Next:
        last: Exception = AssertionError("no attempt")
        for attempt in range(5):
            try:
                return act()
            except NotSent as error:
                last = error
            except Exception as error:
                last = error
                sends = on is not None and on.step in _LEG_STEPS
                if isinstance(error, DutchbookError) or (sends and not self.retry_crashes):
                    break
            self.clock.sleep(2**attempt)
        return self._caught(plan, last, on)

    def _caught(self, plan: TradePlan, error: Exception, on: Next | None) -> Next:
        """The Catch blocks of the state machine."""
        name = category_of(error).__name__ if isinstance(error, DutchbookError) else "Runtime.ExitError"
        if on is None and isinstance(error, Denied | Conflict):
            raise error
        to_quarantine = on is None or name == "InvariantBroken" or on.step not in _LEG_STEPS
        if to_quarantine and not (on and on.step is not Step.QUARANTINE and name == "Conflict"):
            return self.quarantine(plan, str(error))
        assert on is not None
        return execute_pair.recover(self.execution, plan.trade_id, on.leg, on.round, name, str(error))


def a_plan(count: int = 100, **changes: Any) -> TradePlan:
    """YES on Kalshi at 0.40 first, then NO on Polymarket at 0.50; `count` whole pairs."""
    amount = count * ONE
    yes = PlannedLeg(
        KALSHI, Outcome.YES, Side.BUY, amount, 40 * CENT, worst_cost(KALSHI_MARKET, amount, 40 * CENT)
    )
    no = PlannedLeg(
        POLYMARKET, Outcome.NO, Side.BUY, amount, 50 * CENT, worst_cost(POLYMARKET_MARKET, amount, 50 * CENT)
    )
    cost = yes.max_cost + no.max_cost
    base = TradePlan(
        trade_id=TRADE_ID,
        agent_id="agt_1",
        pair_id="pair_1",
        direction="kalshi:yes+polymarket:no",
        strategy="arbitrage",
        tick_id="2026-11-23T12:00:00Z",
        legs=(yes, no),
        shares=amount,
        expected_cost=cost,
        expected_profit=amount - cost,
        title="Will it rain?",
    )
    return replace(base, **changes)

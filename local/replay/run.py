"""The replay itself: a world in memory, venues that show recorded books, a clock that is the recording's.

Everything that decides is the product's: scan, strategies, exits, saga, paper venue, accounting. Only the
stores are in memory and an execution is run to its end before the next tick.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from itertools import count
from typing import Any

from dutchbook.adapters.recording import Frame, Sides
from dutchbook.domain.agent import Agent, AgentState, Limits, Mode, StrategyName
from dutchbook.domain.book import OrderBook
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.money import ONE, PPM
from dutchbook.domain.pair import Pair, PairStatus
from dutchbook.domain.settlement import Resolution, Stage
from dutchbook.domain.venue import Venue
from dutchbook.ports.clock import utc
from dutchbook.ports.notices import Notice
from dutchbook.ports.venues import CataloguePage, MarketData
from dutchbook.usecases.execute_pair import Execution
from dutchbook.usecases.manage_positions import Keeper, manage_positions
from dutchbook.usecases.open_profit import open_profit
from dutchbook.usecases.report_results import Book, Performance, measure
from dutchbook.usecases.run_strategies import Desk, run_strategies
from dutchbook.usecases.scan_markets.tick import Scan, Tick, scan
from dutchbook.usecases.settle_positions import close_what_is_gone
from local.memory.agents import MemoryAgents
from local.memory.ledger import MemoryLedger
from local.memory.markets import MemoryMarketStore
from local.memory.paper import InMemoryPaperStore
from local.memory.settlements import MemorySettlements
from local.replay.saga import Queue, run
from venues.registry import Registry

AGENT_ID = "agt_00000000000000000000REPAY0"
WALLET = "0x" + "00" * 20
_AFTER_TICK_MS = 200
"""How long after its moment a tick sees its books."""

DEFAULT_LIMITS = Limits(
    max_position=1_000 * ONE,
    min_profit=PPM // 100,
    max_trades=500,
    stop_loss=PPM // 10,
    max_daily_loss=100 * ONE,
    max_days=3_650,
)


class ReplayClock:
    """Time of the recording; it moves with the frames and with waits."""

    def __init__(self, now_ms: int = 0) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        return self._now_ms

    def reach(self, now_ms: int) -> None:
        """Never back: a tick whose executions waited is followed late."""
        self._now_ms = max(self._now_ms, now_ms)

    def sleep(self, seconds: float) -> None:
        self._now_ms += round(seconds * 1000)


class RecordedVenue:
    """ports.MarketData over the frame that is on."""

    def __init__(self, venue: Venue, clock: ReplayClock) -> None:
        self.venue = venue
        self._clock = clock
        self.listed: dict[str, Market] = {}
        self.sides: dict[str, Sides] = {}

    def catalogue(self) -> Iterable[Market]:
        return list(self.listed.values())

    def catalogue_page(self, cursor: str) -> CataloguePage:  # noqa: ARG002
        return CataloguePage(tuple(self.listed.values()), "")

    def markets(self, market_ids: Sequence[str]) -> Mapping[str, Market]:
        return {name: self.listed[name] for name in market_ids if name in self.listed}

    def books(
        self,
        markets: Sequence[Market],
        seconds: float | None = None,  # noqa: ARG002 - the port's
    ) -> Mapping[str, OrderBook]:
        now_ms, sides = self._clock.now_ms(), self.sides
        return {
            market.market_id: OrderBook(self.venue, market.market_id, *sides[market.market_id], now_ms)
            for market in markets
            if market.market_id in sides
        }


class Silence:
    """ports.Notifier: nobody is called in a replay."""

    def send(self, notice: Notice) -> None:
        """Says nothing."""


@dataclass(frozen=True, slots=True)
class Point:
    """The book at a moment. Dollars in micros."""

    at: datetime
    result: int
    """Realised, of hedged sets with their last leg."""
    unrealised: int
    locked: int
    """Profit of hedged sets that wait for settlement, whole ones and what is left of those paid in part."""


@dataclass
class Replay:
    """One agent, one strategy, from the first frame to the last."""

    strategy: StrategyName
    limits: Limits = DEFAULT_LIMITS
    params: Mapping[str, str] = field(default_factory=dict)
    sample_ms: int = 900_000
    """How often the curve has a point."""
    clock: ReplayClock = field(default_factory=ReplayClock)
    ticks: int = 0
    ends: dict[str, int] = field(default_factory=dict)
    """How executions ended, by state."""
    curve: list[Point] = field(default_factory=list)
    withdrawn: set[str] = field(default_factory=set)
    """Pairs that the recording has dropped and not listed again."""

    def __post_init__(self) -> None:
        clock = self.clock
        self.agents = MemoryAgents(clock)
        self.ledger = MemoryLedger(self.agents)
        self.settlements = MemorySettlements(self.ledger)
        self.store = MemoryMarketStore(clock)
        self.paper = InMemoryPaperStore()
        self.venues = {venue: RecordedVenue(venue, clock) for venue in Venue}
        public: dict[Venue, MarketData] = {**self.venues}
        connectors = Registry(public, self.paper, clock, paper_latency_ms=0, sleep=clock.sleep)
        claims = count(1)
        self.queue = Queue()
        self.execution = Execution(
            self.ledger,
            self.agents,
            self.store,
            connectors,
            Silence(),
            clock,
            live_trading=False,
            settlements=self.settlements,
            claim=lambda: f"{next(claims):032x}",
        )
        keeper = Keeper(clock, self.agents, self.ledger, self.settlements, self.store, connectors, self.queue)
        desk = Desk(clock, self.agents, self.ledger, self.store, self.queue, live_trading=False)
        followers: dict[str, Callable[..., Mapping[str, int]]] = {
            "exits": partial(manage_positions, keeper),
            "entries": partial(run_strategies, desk),
        }
        self.world = Scan(
            clock,
            self.agents,
            self.ledger,
            self.store,
            connectors,
            self.queue,
            health=lambda: [],
            live_trading=False,
            followers=followers,
        )

    def play(self, frames: Iterable[Frame]) -> "Replay":
        for frame in frames:
            self.step(frame)
        self._sample()
        return self

    def step(self, frame: Frame) -> None:
        """One recorded tick, with all the executions that it starts, or what markets paid."""
        if frame.ticks:
            self._tick(frame)
        else:
            self.clock.reach(frame.at_ms)
        self._settle(frame.resolved)

    def _tick(self, frame: Frame) -> None:
        self.show(frame)
        tick = Tick(utc(frame.at_ms), utc(self.clock.now_ms()), frame.period_ms)
        scan(tick, self.world)
        for plan in self.queue.take():
            end = run(self.execution, plan, self.clock.sleep)
            self.ends[end] = self.ends.get(end, 0) + 1
        self.ticks += 1
        if not self.curve or self.clock.now_ms() - self.curve[-1].at.timestamp() * 1000 >= self.sample_ms:
            self._sample()

    def performance(self) -> Performance:
        book = Book(self.agents, self.ledger, self.settlements, self.store)
        return measure(book, AGENT_ID, simulated=True)

    def ledger_json(self) -> str:
        """All that the run has booked, as text that is the same for the same run."""
        books = self.agents.books[AGENT_ID, True]
        told = {
            "agent": self.agents.agents[AGENT_ID],
            "trades": [self.ledger.stored[trade_id] for trade_id in sorted(self.ledger.stored)],
            "budgets": [books.budgets[venue] for venue in sorted(books.budgets)],
            "totals": books.totals,
            "days": [books.days[day] for day in sorted(books.days)],
            "positions": [books.positions[place] for place in sorted(books.positions)],
            "payouts": books.paid,
            "results": books.results,
        }
        plain = {name: _plain(value) for name, value in told.items()}
        return json.dumps(plain, indent=1, sort_keys=True, default=str) + "\n"

    def _agent(self) -> Agent:
        return Agent(
            agent_id=AGENT_ID,
            wallet=WALLET,
            platforms=tuple(Venue),
            strategy=self.strategy,
            limits=self.limits,
            mode=Mode.DEMO,
            state=AgentState.ACTIVE,
            created_at=utc(self.clock.now_ms()),
            strategy_params=dict(self.params),
        )

    def show(self, frame: Frame) -> None:
        """Moves the clock to the frame and the venues' books to what it recorded."""
        self.clock.reach(frame.at_ms + _AFTER_TICK_MS)
        if AGENT_ID not in self.agents.agents:
            self.agents.add(self._agent())
        if frame.full:
            for venue in self.venues.values():
                venue.sides.clear()
        for market in frame.markets:
            self.venues[market.venue].listed[market.market_id] = market
        self.store.put_markets(frame.markets)
        if frame.pairs is not None:
            self._list(frame.pairs)
        for key, sides in frame.books.items():
            self.venues[key.venue].sides[key.market_id] = sides
        for key in frame.gone:
            self.venues[key.venue].sides.pop(key.market_id, None)

    def _list(self, pairs: Sequence[Pair]) -> None:
        """What the recording stack scanned from now on; what the replay itself has blocked stays blocked."""
        for pair in pairs:
            self.store.put_pair(pair)
            if pair.pair_id in self.withdrawn:
                self.withdrawn.remove(pair.pair_id)
                self.store.set_pair_status(pair.pair_id, PairStatus, pair.status, "listed again", "replay")
        listed = {pair.pair_id for pair in pairs}
        for pair_id, known in list(self.store.all_pairs.items()):
            if pair_id not in listed and known.status in (PairStatus.APPROVED, PairStatus.PROPOSED):
                self.withdrawn.add(pair_id)
                self.store.set_pair_status(
                    pair_id, PairStatus, PairStatus.CLOSED, "not listed any more", "replay"
                )

    def _settle(self, resolved: Mapping[MarketKey, int | None]) -> None:
        paid = [position for position in self.settlements.held() if position.key in resolved]
        for position in paid:
            value = resolved[position.key]
            answer = Resolution(position.key, Stage.PAYABLE, value, refund=value is None)
            self.settlements.settle(position, answer)
        touched = {trade_id for position in paid for trade_id in position.trade_ids}
        close_what_is_gone(self.ledger, self.settlements, AGENT_ID, touched)

    def _sample(self) -> None:
        totals = self.agents.totals(AGENT_ID, simulated=True)
        held = self.ledger.positions(AGENT_ID)
        worth = open_profit(self.ledger, self.store, held)
        deferred = sum(day.deferred for day in self.agents.days(AGENT_ID, "", simulated=True))
        self.curve.append(
            Point(
                utc(self.clock.now_ms()),
                totals.realised - deferred,
                worth.unrealised,
                worth.locked + deferred,
            )
        )


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return {name: _text_keys(part) for name, part in asdict(value).items()}


def _text_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _text_keys(part) for name, part in value.items()}
    return [_text_keys(part) for part in value] if isinstance(value, list | tuple) else value

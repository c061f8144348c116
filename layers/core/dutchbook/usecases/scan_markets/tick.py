"""One scan: pairs → books → opportunities → which agents → executions started.

Books are fetched once for all agents. A venue that is down, slow or answers nonsense costs the pairs that
need it and nothing else. A duplicate tick does nothing; one that starts late is dropped, never piled up.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from dutchbook.domain.errors import DutchbookError, StoreUnavailable, WrongState
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.opportunity import Curve, Rejection, directions, walk
from dutchbook.domain.pair import Pair, PairStatus
from dutchbook.domain.ranking import annualised, days_until, settles_at
from dutchbook.domain.venue import Venue
from dutchbook.ports.agents import Agents
from dutchbook.ports.clock import Clock, utc
from dutchbook.ports.ledger import Ledger
from dutchbook.ports.markets import MarketStore, OpportunityRecord, VenueHealth
from dutchbook.ports.venues import Connectors
from dutchbook.ports.workflow import Workflow
from dutchbook.usecases.scan_markets.allocate import Allocator, Taken
from dutchbook.usecases.scan_markets.depth import Depth
from dutchbook.usecases.scan_markets.fetching import QUICK_SECONDS, SLOW_SECONDS, Fetched, Fetching, collect
from dutchbook.usecases.scan_markets.live_pairs import live_pairs
from dutchbook.usecases.scan_markets.records import of_curve, of_rejection, of_skipped
from dutchbook.usecases.scan_markets.seen import Seen
from dutchbook.usecases.scan_markets.selection import BOOKS_A_TICK, SLOW, Selection, crowded, select, turn_of
from dutchbook.usecases.scan_markets.starts import MOST_STARTS, Starts

_LEASE_SECONDS = 3_600
_SCAN_SECONDS = 31
"""No scan lives longer: its function is ended after 30."""
_MINUTE_MS = 60_000
_STARTERS = 16
"""Executions being started at a time."""
_MISSED_TICKS = 4
"""An opportunity not seen in its turn nor within these ticks after it is a new one when it comes back."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A scheduled moment. Its id is that moment, so that a repeated trigger is the same tick."""

    at: datetime
    due: datetime
    """When it should run: the scheduler fires anywhere within its minute; that is not the tick's delay."""
    period_ms: int

    @property
    def at_ms(self) -> int:
        return int(self.at.timestamp() * 1000)

    @property
    def tick_id(self) -> str:
        return self.at.strftime("%Y%m%dT%H%M%SZ")

    @property
    def number(self) -> int:
        """Counts ticks since 1970: one more each time, by which turns are taken."""
        return self.at_ms // self.period_ms

    def is_late(self, now_ms: int) -> bool:
        """Whether it begins more than a period after it should, or so late that its minute's ticks and those
        of the next would come together: the scheduler may hand out an old minute too."""
        delay, age = now_ms - int(self.due.timestamp() * 1000), now_ms - self.at_ms
        return delay > self.period_ms or age > _MINUTE_MS + self.period_ms

    @classmethod
    def of_schedule(
        cls, scheduled_time: str, started_at: str, offset_seconds: int, period_seconds: int
    ) -> "Tick":
        """From the scheduler's minute, the ticker's start (both RFC 3339) and this scan's offset.

        Raises ValueError when a time has no zone.
        """
        minute, started = datetime.fromisoformat(scheduled_time), datetime.fromisoformat(started_at)
        if minute.tzinfo is None or started.tzinfo is None:
            raise ValueError("scheduled_time and started_at need a time zone")
        offset = timedelta(seconds=offset_seconds)
        return cls(minute.replace(second=0, microsecond=0) + offset, started + offset, period_seconds * 1000)


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan needs of the world."""

    clock: Clock
    agents: Agents
    ledger: Ledger
    store: MarketStore
    connectors: Connectors
    workflow: Workflow
    health: Callable[[], Sequence[VenueHealth]]
    live_trading: bool
    held: Callable[[], Iterable[MarketKey]] = tuple
    """Markets that agents hold: where a slow venue is crowded, these are asked for first, for the exits."""
    max_starts: int = MOST_STARTS
    """Trades started in a tick; agents beyond wait for their turn in a later one."""
    followers: Mapping[str, Callable[[Seen], Mapping[str, int]]] = field(default_factory=dict)
    """By name, who else looks at the tick's books once its opportunities are started; their counts go into
    the report. One that fails costs the tick nothing."""
    demo_threshold: int | None = None
    """Least score (ppm) of a pair that nobody approved for demo agents to trade it; None: none is traded."""
    quick_seconds: float = QUICK_SECONDS
    slow_seconds: float = SLOW_SECONDS
    """How long venues have for their books, those that are asked in batches and the others."""


@dataclass(slots=True)
class TickReport:
    """What happened, in counts."""

    tick_id: str
    outcome: str = "scanned"
    """``scanned``, ``duplicate``, ``late``, ``overlapping`` (another scan is under way) or ``stopped`` (the
    kill switch: seen, nothing started)."""
    pairs: int = 0
    proposed: int = 0
    """Of these, pairs that nobody has approved: demo agents only."""
    waiting: int = 0
    """Pairs not looked at because a venue's call budget was spent: their turn comes."""
    books: int = 0
    opportunities: int = 0
    best_edge: int = 0
    """Best net return on cost of the tick, ppm; 0 when nothing pays."""
    rejected: int = 0
    started: int = 0
    already_started: int = 0
    not_started: int = 0
    """Starts that the workflow did not answer; the same agents may have their turn in the next tick."""
    down: dict[str, str] = field(default_factory=dict)
    """Venue → why its books are missing; follower → why it failed."""

    followed: dict[str, dict[str, int]] = field(default_factory=dict)
    """Counts of those that looked at the books after the scan."""

    def to_record(self) -> dict[str, Any]:
        """For the log and the ticker's history."""
        return asdict(self)


def scan(tick: Tick, world: Scan) -> TickReport:
    """Runs one tick. Raises only what makes the whole scan impossible (the stores failing)."""
    report = TickReport(tick.tick_id)
    now_ms = world.clock.now_ms()
    if tick.is_late(now_ms):
        report.outcome = "late"
        return report
    # excludes a second scan of this tick by a repeated trigger or a second Lambda
    if not world.store.lease_tick(tick.tick_id, tick.at_ms // 1000 + _LEASE_SECONDS):
        report.outcome = "duplicate"
        return report
    until = now_ms // 1000 + _SCAN_SECONDS
    # excludes two scans side by side: each would share out the same depth and the same agents' money
    if not world.store.lease_scan(until):
        report.outcome = "overlapping"
        return report
    try:
        _Run(tick, world, report).run()
    finally:
        world.store.release_scan(until)
    return report


@dataclass(slots=True)
class _Run:
    """One tick under way."""

    tick: Tick
    world: Scan
    report: TickReport
    fetched: Fetched = field(default_factory=Fetched)
    records: list[OpportunityRecord] = field(default_factory=list)
    markets: Mapping[MarketKey, Market] = field(default_factory=dict)
    ages: dict[Venue, int] = field(default_factory=dict)
    """Of each venue's oldest book when it was judged, milliseconds."""
    held: list[MarketKey] = field(default_factory=list)
    rotation: int = 1
    starts: Starts = field(init=False)
    depth: Depth = field(default_factory=Depth)

    def __post_init__(self) -> None:
        self.starts = Starts.of(self.world.max_starts, live_trading=self.world.live_trading)

    def run(self) -> None:
        world, report = self.world, self.report
        pairs = list(live_pairs(world.store, world.demo_threshold))
        report.proposed = sum(pair.status is PairStatus.PROPOSED for pair in pairs)
        chosen = self._select(pairs)
        report.pairs, report.waiting = len(pairs), chosen.waiting
        self.rotation = chosen.rotation
        keys = {key for pair in chosen.pairs for key in (pair.a, pair.b)}
        self.markets = world.store.markets(sorted({*keys, *self.held}))
        trading = world.ledger.control().trading
        if not trading:
            report.outcome = "stopped"
        allocator = self._allocator() if trading else None
        for wave in self._waves(chosen.pairs):
            self._serve(wave, allocator)
        report.books = len(self.fetched.books)
        report.down = {venue.value: reason for venue, reason in self.fetched.down.items()}
        world.store.put_opportunities(self._with_ages())
        world.store.put_books(self.fetched.books.values())
        world.store.put_health(self._health())
        self._follow(chosen.pairs, trading=trading)

    def _health(self) -> list[VenueHealth]:
        """As the calls went; a venue whose books did not come in time is unhealthy whatever they say."""
        down = self.fetched.down
        aged = [replace(seen, book_age_ms=self.ages.get(seen.venue)) for seen in self.world.health()]
        return [
            replace(seen, healthy=False, reason=down[seen.venue]) if seen.venue in down else seen
            for seen in aged
        ]

    def _follow(self, pairs: Sequence[Pair], *, trading: bool) -> None:
        tick = self.tick
        approved = [pair for pair in pairs if pair.status is PairStatus.APPROVED]
        seen = Seen(
            tick.tick_id,
            tick.at_ms,
            tick.period_ms,
            tick.number,
            trading,
            approved,
            self.markets,
            self.fetched.books,
            self.depth,
            self.starts,
        )
        for name, follow in self.world.followers.items():
            try:
                self.report.followed[name] = dict(follow(seen))
            except DutchbookError as error:
                self.report.down[name] = f"{type(error).__name__}: {error}"

    def _select(self, pairs: Sequence[Pair]) -> Selection:
        full = crowded(pairs)
        seen = [key for pair in pairs if {pair.a.venue, pair.b.venue} & full for key in (pair.a, pair.b)]
        last = self.world.store.books(seen) if seen else {}
        budgets = dict(BOOKS_A_TICK)
        for venue in full & SLOW:
            there = sorted({key for key in self.world.held() if key.venue is venue})
            held = turn_of(there, self.tick.number, budgets[venue] // 2)
            budgets[venue] -= len(held)
            self.held += held
        return select(pairs, last, self.tick.number, budgets)

    def _allocator(self) -> Allocator:
        world, tick = self.world, self.tick
        return Allocator(
            tick_ms=tick.at_ms,
            tick_id=tick.tick_id,
            turn=tick.number,
            agents=world.agents,
            ledger=world.ledger,
            now_ms=world.clock.now_ms,
            live_trading=world.live_trading,
            starts=self.starts,
            depth=self.depth,
        )

    def _waves(self, pairs: Sequence[Pair]) -> Iterator[Sequence[Pair]]:
        """Pairs with their books: those of quick venues first, those that need a slow one when it is done.

        The quick side of a slow pair is asked for last, so that it is as young as it can be.
        """
        slow = [pair for pair in pairs if {pair.a.venue, pair.b.venue} & SLOW]
        quick = [pair for pair in pairs if not {pair.a.venue, pair.b.venue} & SLOW]
        world = self.world
        with Fetching(world.connectors) as fetching:
            late = fetching.ask(self._markets_of(slow, slow=True), world.slow_seconds)
            self._quickly(fetching, quick)
            yield quick
            collect(late, self.fetched, world.slow_seconds)
            self._quickly(fetching, slow)
            yield slow

    def _quickly(self, fetching: Fetching, pairs: Iterable[Pair]) -> None:
        """Books of the pairs' markets at quick venues."""
        seconds = self.world.quick_seconds
        collect(fetching.ask(self._markets_of(pairs, slow=False), seconds), self.fetched, seconds)

    def _markets_of(self, pairs: Iterable[Pair], *, slow: bool) -> list[Market]:
        """Markets of the pairs at venues of this kind; a venue that is down is not asked twice in a tick."""
        asked = {key for pair in pairs for key in (pair.a, pair.b) if (key.venue in SLOW) is slow}
        keys = sorted(asked.union(self.held) if slow else asked)
        return [
            self.markets[key] for key in keys if key in self.markets and key.venue not in self.fetched.down
        ]

    def _serve(self, pairs: Sequence[Pair], allocator: Allocator | None) -> None:
        """Judges the pairs of a wave and starts what agents take."""
        curves = self._judge(pairs)
        self.report.opportunities += len(curves)
        self.report.best_edge = max([self.report.best_edge, *(curve.best_return for curve in curves)])
        taken: Sequence[Taken] = []
        if allocator is not None and curves:
            proposed = frozenset(pair.pair_id for pair in pairs if pair.status is PairStatus.PROPOSED)
            taken = allocator.serve(curves, self.fetched.books, proposed)
            _start(taken, self.world.workflow, self.report)
        now_ms = self.world.clock.now_ms()
        why = allocator.why if allocator is not None else _stopped
        self.records += [of_curve(self.report.tick_id, curve, taken, why(curve), now_ms) for curve in curves]

    def _judge(self, pairs: Sequence[Pair]) -> list[Curve]:
        """Curves of the directions that pay, best first; a record with the reason for each that does not."""
        curves: list[Curve] = []
        books, now_ms = self.fetched.books, self.world.clock.now_ms()
        for pair in pairs:
            if skip := self._why_skipped(pair):
                self._reject(of_skipped(self.report.tick_id, pair, skip, utc(now_ms)))
                continue
            for book in (books[pair.a], books[pair.b]):
                self.ages[book.venue] = max(self.ages.get(book.venue, 0), book.age_ms(now_ms))
            for direction in directions(pair, self.markets[pair.a], self.markets[pair.b]):
                found = walk(direction, books[pair.a], books[pair.b], now_ms, self.tick.period_ms)
                if isinstance(found, Curve):
                    curves.append(found)
                else:
                    self._reject(of_rejection(self.report.tick_id, direction, found, utc(now_ms)))
                    _trip(pair, found, self.world.store)
        return sorted(curves, key=_rank)

    def _reject(self, record: OpportunityRecord) -> None:
        self.records.append(record)
        self.report.rejected += 1

    def _why_skipped(self, pair: Pair) -> str:
        for key in (pair.a, pair.b):
            if key not in self.markets:
                return f"market {key} is not in the catalogue"
            if key in self.fetched.books:
                continue
            if key.venue in self.fetched.down:
                return f"{key.venue.value} is not answering: {self.fetched.down[key.venue]}"
            return f"{key.venue.value} shows no book for {key.market_id}"
        return ""

    def _with_ages(self) -> list[OpportunityRecord]:
        """What pays carries since when: the same opportunity seen again is not a new one."""
        ways = [(record.pair_id, record.direction) for record in self.records if record.verdict != "rejected"]
        lapse = timedelta(milliseconds=(self.rotation + _MISSED_TICKS) * self.tick.period_ms)
        since = self.world.store.first_seen(ways, utc(self.world.clock.now_ms()), lapse)
        return [
            replace(record, first_seen_at=since.get((record.pair_id, record.direction)))
            for record in self.records
        ]


def _rank(curve: Curve) -> tuple[bool, int, int, str, str]:
    """Best yearly return of the first slice, then best return; what never says when it pays comes last."""
    direction = curve.direction
    settles = settles_at(direction.a, direction.b)
    days = None if settles is None else days_until(settles, curve.walked_at_ms)
    yearly = 0 if days is None else annualised(curve.best_return, days)
    return days is None, -yearly, -curve.best_return, direction.pair_id, direction.label


def _trip(pair: Pair, rejection: Rejection, store: MarketStore) -> None:
    """A gap that no real pair shows takes the pair out until a human has looked."""
    status = rejection.pair_status
    if status is None or status is pair.status:
        return
    try:
        # excludes overwriting what an operator has decided since the pairs were read
        store.set_pair_status(pair.pair_id, [pair.status], status, rejection.detail, "tripwire")
    except WrongState:
        return


def _stopped(_: Curve) -> str:
    return "trading is stopped"


def _start(taken: Sequence[Taken], workflow: Workflow, report: TickReport) -> None:
    """Side by side: the ids are computed, so a start that is not answered may be repeated without harm."""

    def start(each: Taken) -> bool | None:
        try:
            return workflow.start(each.plan.trade_id, each.plan.to_payload())
        except StoreUnavailable:
            return None

    if not taken:
        return
    with ThreadPoolExecutor(min(_STARTERS, len(taken))) as pool:
        answers = list(pool.map(start, taken))
    report.started += answers.count(True)
    report.already_started += answers.count(False)
    report.not_started += answers.count(None)

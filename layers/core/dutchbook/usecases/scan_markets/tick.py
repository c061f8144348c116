"""One scan: pairs → books → opportunities → which agents → executions started.

Books are fetched once for all agents. A venue that is down, slow or answers nonsense costs the pairs that
need it and nothing else. A duplicate tick does nothing; one that starts late is dropped, never piled up.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from dutchbook.domain.book import OrderBook
from dutchbook.domain.errors import NotSent
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.opportunity import Curve, Rejection, directions, walk
from dutchbook.domain.pair import Pair, PairStatus
from dutchbook.domain.venue import Venue
from dutchbook.ports import (
    Agents,
    Clock,
    Connectors,
    Ledger,
    MarketStore,
    OpportunityRecord,
    VenueHealth,
    Workflow,
    utc,
)
from dutchbook.usecases.scan_markets.allocate import Taken, allocate
from dutchbook.usecases.scan_markets.records import of_curve, of_rejection, of_skipped

_PAIRS_A_PAGE = 100
_LEASE_SECONDS = 3_600


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

    def is_late(self, now_ms: int) -> bool:
        return now_ms - int(self.due.timestamp() * 1000) > self.period_ms

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
    max_starts: int = 300


@dataclass(slots=True)
class TickReport:
    """What happened, in counts."""

    tick_id: str
    outcome: str = "scanned"
    """``scanned``, ``duplicate``, ``late`` or ``stopped`` (the kill switch: seen, nothing started)."""
    pairs: int = 0
    books: int = 0
    opportunities: int = 0
    rejected: int = 0
    started: int = 0
    already_started: int = 0
    down: dict[str, str] = field(default_factory=dict)
    """Venue → why its books are missing."""

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

    pairs = list(_approved_pairs(world.store))
    markets = world.store.markets(sorted({key for pair in pairs for key in (pair.a, pair.b)}))
    books, down = _fetch_books(world.connectors, markets.values())
    report.pairs, report.books = len(pairs), len(books)
    report.down = {venue.value: reason for venue, reason in down.items()}

    curves, records = _judge(tick, pairs, markets, books, down, world)
    report.opportunities, report.rejected = len(curves), len(records)
    if world.ledger.control().trading:
        taken = allocate(
            tick.at_ms,
            tick.tick_id,
            curves,
            books,
            world.agents,
            world.clock.now_ms(),
            live_trading=world.live_trading,
        )
        _start(taken[: world.max_starts], world.workflow, report)
    else:
        report.outcome, taken = "stopped", []
    records += [of_curve(tick.tick_id, curve, taken, world.clock.now_ms()) for curve in curves]

    world.store.put_opportunities(records)
    world.store.put_books(books.values())
    world.store.put_health(world.health())
    return report


def _approved_pairs(store: MarketStore) -> Iterator[Pair]:
    start = ""
    while True:
        page = store.pairs(PairStatus.APPROVED, _PAIRS_A_PAGE, start)
        yield from page.items
        if not (start := page.next_key):
            return


def _fetch_books(
    connectors: Connectors, markets: Iterable[Market]
) -> tuple[dict[MarketKey, OrderBook], dict[Venue, str]]:
    """Books of all markets, the venues side by side; a venue that fails is named with its reason."""
    by_venue: dict[Venue, list[Market]] = {}
    for market in markets:
        by_venue.setdefault(market.venue, []).append(market)
    books: dict[MarketKey, OrderBook] = {}
    down: dict[Venue, str] = {}
    if not by_venue:
        return books, down
    with ThreadPoolExecutor(len(by_venue)) as pool:
        asked = {
            venue: pool.submit(connectors.data(venue).books, wanted) for venue, wanted in by_venue.items()
        }
    for venue, answer in asked.items():
        try:
            books.update({book.key: book for book in answer.result().values()})
        except NotSent as error:
            down[venue] = str(error)
    return books, down


def _judge(
    tick: Tick,
    pairs: Sequence[Pair],
    markets: Mapping[MarketKey, Market],
    books: Mapping[MarketKey, OrderBook],
    down: Mapping[Venue, str],
    world: Scan,
) -> tuple[list[Curve], list[OpportunityRecord]]:
    """Curves of the directions that pay, and a record with the reason for each that does not."""
    curves: list[Curve] = []
    records: list[OpportunityRecord] = []
    now_ms = world.clock.now_ms()
    for pair in pairs:
        skip = _why_skipped(pair, markets, books, down)
        if skip:
            records.append(of_skipped(tick.tick_id, pair, skip, utc(now_ms)))
            continue
        for direction in directions(pair, markets[pair.a], markets[pair.b]):
            found = walk(direction, books[pair.a], books[pair.b], now_ms, tick.period_ms)
            if isinstance(found, Curve):
                curves.append(found)
            else:
                records.append(of_rejection(tick.tick_id, direction, found, utc(now_ms)))
                _trip(pair, found, world.store)
    curves.sort(key=lambda curve: (-curve.best_return, curve.direction.pair_id))
    return curves, records


def _why_skipped(
    pair: Pair,
    markets: Mapping[MarketKey, Market],
    books: Mapping[MarketKey, OrderBook],
    down: Mapping[Venue, str],
) -> str:
    for key in (pair.a, pair.b):
        if key.venue in down:
            return f"{key.venue.value} is not answering: {down[key.venue]}"
        if key not in markets:
            return f"market {key} is not in the catalogue"
        if key not in books:
            return f"{key.venue.value} shows no book for {key.market_id}"
    return ""


def _trip(pair: Pair, rejection: Rejection, store: MarketStore) -> None:
    """A gap that no real pair shows takes the pair out until a human has looked."""
    status = rejection.pair_status
    if status is not None:
        # excludes overwriting what an operator has decided since the pairs were read
        store.set_pair_status(pair.pair_id, [PairStatus.APPROVED], status, rejection.detail, "tripwire")


def _start(taken: Sequence[Taken], workflow: Workflow, report: TickReport) -> None:
    for each in taken:
        if workflow.start(each.plan.trade_id, each.plan.to_payload()):
            report.started += 1
        else:
            report.already_started += 1

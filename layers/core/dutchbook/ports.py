"""What the use cases need from the world, as Protocols of few methods."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from dutchbook.domain.agent import Agent, AgentState, Limits, Mode
from dutchbook.domain.book import OrderBook
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.pair import Pair, PairStatus
from dutchbook.domain.trade import Fill, Leg, LegState, Trade, TradeState
from dutchbook.domain.venue import Outcome, Side, Venue


class Clock(Protocol):
    def now_ms(self) -> int:
        """Unix milliseconds."""
        ...


def utc(now_ms: int) -> datetime:
    return datetime.fromtimestamp(now_ms / 1000, UTC)


# --------------------------------------------------------------------------------------------- venues


class OrderStatus(StrEnum):
    """What a venue says of an order. Fill counts decide what is held, never this word."""

    WORKING = "working"
    """Resting, delayed or still being matched: it may fill."""
    DONE = "done"
    """It can no longer fill, however much it has filled."""
    NOT_FOUND = "not_found"
    """Unknown to the venue now; within its read lag no proof that it never arrived."""


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """A limit order that takes what is there and cancels the rest (IOC / FAK). Micros."""

    trade_id: str
    leg_index: int
    client_order_id: str
    key: MarketKey
    outcome: Outcome
    side: Side
    shares: int
    limit_price: int


@dataclass(frozen=True, slots=True)
class Intent:
    """Everything needed to send the very same order again, stored before the first sending."""

    client_order_id: str
    venue_order_id: str
    """Computed where it can be (Polymarket's digest), else empty."""
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OrderReport:
    """Where an order stands at the venue."""

    status: OrderStatus
    venue_order_id: str
    fills: tuple[Fill, ...]
    filled: int
    """Gross shares matched, micros; may run ahead of `fills`, which lag on some venues."""
    reason: str = ""
    awaits_confirmation: bool = False
    """Matched fills that the venue may yet undo are among `fills`."""


@dataclass(frozen=True, slots=True)
class Balance:
    venue: Venue
    available: int
    """Dollars (micros) free to spend."""


@dataclass(frozen=True, slots=True)
class VenuePosition:
    key: MarketKey
    outcome: Outcome
    shares: int


@dataclass(frozen=True, slots=True)
class Account:
    """Whose orders these are. Demo accounts need no credentials."""

    agent_id: str
    mode: Mode


class MarketData(Protocol):
    """Public reads of one venue."""

    venue: Venue

    def catalogue(self) -> Iterable[Market]:
        """All open markets, page by page. Raises NotSent when the venue cannot be read."""
        ...

    def markets(self, market_ids: Sequence[str]) -> Mapping[str, Market]:
        """Markets by id; unknown ids are absent."""
        ...

    def books(self, markets: Sequence[Market]) -> Mapping[str, OrderBook]:
        """Order books by market id, in as few calls as the venue allows; missing ones are absent.

        Raises NotSent when the venue is down, slow or answers nonsense.
        """
        ...


class VenueConnector(Protocol):
    """Trading on one venue for one account.

    `prepare` sends nothing: it signs and computes ids so that they can be stored before `place`.
    """

    venue: Venue

    def prepare(self, request: OrderRequest, market: Market) -> Intent:
        """Raises Refused (InvalidOrder) when the venue's grid or minimums forbid the order."""
        ...

    def place(self, intent: Intent, market: Market) -> OrderReport:
        """Sends the intent's bytes. Raises NotSent, Refused, OutcomeUnknown, or Conflict (id known there)."""
        ...

    def lookup(self, intent: Intent, market: Market) -> OrderReport:
        """Finds the order by its ids. Raises NotSent when the venue cannot be asked."""
        ...

    def cancel(self, intent: Intent, market: Market) -> None:
        """Asks for cancellation; an order that is already done is no error."""
        ...

    def balance(self) -> Balance: ...

    def positions(self) -> Sequence[VenuePosition]: ...

    def read_lag_ms(self) -> int:
        """How long after sending a NOT_FOUND still proves nothing."""
        ...


class Connectors(Protocol):
    """Hands out the connector of a venue: paper for simulated trades, live otherwise."""

    def trading(self, venue: Venue, account: Account, *, simulated: bool) -> VenueConnector: ...

    def data(self, venue: Venue) -> MarketData: ...


# --------------------------------------------------------------------------------------------- stores


@dataclass(frozen=True, slots=True)
class VenueBudget:
    """available + reserved + spent = funded; funded grows and shrinks with realised profit. Micros."""

    venue: Venue
    available: int
    reserved: int
    spent: int
    funded: int


@dataclass(frozen=True, slots=True)
class Position:
    """What an agent holds of one outcome, with what it paid (fees in). Micros."""

    agent_id: str
    key: MarketKey
    outcome: Outcome
    shares: int
    cost: int
    trade_ids: tuple[str, ...] = ()
    opened_at: datetime | None = None
    simulated: bool = True
    title: str = ""


@dataclass(frozen=True, slots=True)
class DayCount:
    """Of one agent on one UTC day. Micros."""

    day: str
    trades: int = 0
    realised: int = 0
    fees: int = 0


@dataclass(frozen=True, slots=True)
class Page[T]:
    items: tuple[T, ...]
    next_key: str = ""
    """Opaque start of the next page; empty at the end."""


@dataclass(frozen=True, slots=True)
class Control:
    """The operators' kill switch."""

    trading: bool = True
    reason: str = ""
    updated_at: datetime | None = None
    updated_by: str = ""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    at: datetime
    actor: str
    action: str
    detail: Mapping[str, str]


class Agents(Protocol):
    """Agents and what is counted of them."""

    def add(self, agent: Agent) -> None:
        """Stores a new agent with its budgets. Raises Conflict when the id is taken."""
        ...

    def get(self, agent_id: str) -> Agent | None:
        """Strongly consistent."""
        ...

    def of_wallet(self, wallet: str, limit: int, start: str = "") -> Page[Agent]: ...

    def set_state(
        self, agent_id: str, expected: Iterable[AgentState], new: AgentState, reason: str, actor: str
    ) -> Agent:
        """Moves the state if it is one of `expected`. Raises WrongState, NotFound."""
        ...

    def set_limits(self, agent_id: str, version: int, limits: Limits, mode: Mode, actor: str) -> Agent:
        """Raises WrongState when the agent was edited since `version`."""
        ...

    def active_by_min_profit(self, at_most: int, limit: int) -> Iterable[Agent]:
        """Active agents whose min_profit is at most this (ppm), without reading the others."""
        ...

    def budgets(self, agent_id: str) -> Mapping[Venue, VenueBudget]: ...

    def day(self, agent_id: str, day: str) -> DayCount: ...

    def record_outcome(self, agent_id: str, *, failed: bool) -> int:
        """Counts consecutive failures; a success sets them to 0. Returns the count."""
        ...

    def audit(self, agent_id: str, limit: int, start: str = "") -> Page[AuditEntry]: ...

    def write_audit(self, agent_id: str, entry: AuditEntry) -> None: ...


class Ledger(Protocol):
    """Money. Every write is conditional on the state it saw; repeating one changes nothing."""

    def reserve(self, trade: Trade, limits: Limits) -> None:
        """One transaction: budgets, exposure, day counter, in-flight marker, trade in RESERVED.

        Raises LimitExceeded (budget, maxPosition, maxTrades), AlreadyReserved (the trade, or another of the
        agent on this pair, is there).
        """
        ...

    def trade(self, trade_id: str) -> Trade | None:
        """With its legs and fills, strongly consistent."""
        ...

    def move_trade(self, trade_id: str, expected: TradeState, new: TradeState, reason: str = "") -> Trade:
        """Raises WrongState when it is no longer in `expected` (already being in `new` is success)."""
        ...

    def put_leg(self, trade_id: str, leg: Leg) -> None:
        """Adds a leg in PLANNED. Raises AlreadyExists when the index is taken."""
        ...

    def move_leg(self, trade_id: str, leg: Leg, expected: LegState) -> Leg:
        """Stores the leg's new state and facts if it is still in `expected`. Raises WrongState."""
        ...

    def book_fills(self, trade_id: str, index: int, fills: Sequence[Fill]) -> Leg:
        """Books each fill id once: leg totals, position, budget; a failed one is reversed once."""
        ...

    def finish(
        self, trade_id: str, expected: TradeState, new: TradeState, *, reason: str, locked: int = 0
    ) -> Trade:
        """Terminal state: releases what is still reserved and the in-flight marker, exactly once."""
        ...

    def trades(self, agent_id: str, limit: int, start: str = "") -> Page[Trade]:
        """Newest first."""
        ...

    def positions(self, agent_id: str) -> Sequence[Position]: ...

    def open_trades(self, older_than_ms: int, limit: int) -> Sequence[str]:
        """Ids of trades not terminal and last touched before; eventually consistent."""
        ...

    def control(self) -> Control:
        """The kill switch, strongly consistent."""
        ...

    def set_control(self, control: Control) -> None: ...


@dataclass(frozen=True, slots=True)
class OpportunityRecord:
    """What the scan saw of a pair in a tick, taken or rejected, money in micros and ratios in ppm."""

    tick_id: str
    pair_id: str
    direction: str
    title: str
    seen_at: datetime
    verdict: str
    """``taken``, ``eligible`` (nobody's limits fit) or ``rejected``."""
    reason: str
    shares: int = 0
    cost: int = 0
    net_profit: int = 0
    net_return: int = 0
    annualised: int = 0
    days: int = 0
    legs: tuple[Mapping[str, str], ...] = ()
    first_seen_at: datetime | None = None
    trades: int = 0


@dataclass(frozen=True, slots=True)
class VenueHealth:
    venue: Venue
    healthy: bool
    reason: str
    checked_at: datetime
    latency_p50_ms: int = 0
    latency_p95_ms: int = 0
    calls: int = 0
    errors: int = 0
    breaker: str = "closed"
    clock_offset_ms: int = 0


class MarketStore(Protocol):
    """Catalogue, pairs, quotes and opportunities: high churn, eventual reads are fine."""

    def put_markets(self, markets: Iterable[Market]) -> int:
        """Writes what changed; returns how many items were written."""
        ...

    def market(self, key: MarketKey) -> Market | None: ...

    def markets(self, keys: Sequence[MarketKey]) -> Mapping[MarketKey, Market]: ...

    def put_pair(self, pair: Pair) -> None: ...

    def pair(self, pair_id: str) -> Pair | None: ...

    def pairs(self, status: PairStatus, limit: int, start: str = "") -> Page[Pair]: ...

    def set_pair_status(
        self, pair_id: str, expected: Iterable[PairStatus], new: PairStatus, reason: str, actor: str
    ) -> Pair: ...

    def put_opportunities(self, records: Sequence[OpportunityRecord]) -> None: ...

    def opportunities(self, now: datetime, limit: int, start: str = "") -> Page[OpportunityRecord]:
        """Newest tick first, best first within it."""
        ...

    def put_books(self, books: Iterable[OrderBook]) -> None:
        """Keeps the latest quote of each market, and history on change or once a minute."""
        ...

    def put_health(self, health: Sequence[VenueHealth]) -> None: ...

    def health(self) -> Sequence[VenueHealth]: ...

    def lease_tick(self, tick_id: str, expires_at: int) -> bool:
        """True for the first caller of this tick only."""
        ...


class PaperStore(Protocol):
    """The paper venue's own memory, shared by every Lambda: orders, fills, balances, consumed depth."""

    def put_order(self, agent_id: str, client_order_id: str, record: Mapping[str, str]) -> bool:
        """False when the id is taken (the order is there already)."""
        ...

    def order(self, agent_id: str, client_order_id: str) -> Mapping[str, str] | None: ...

    def consume(
        self, key: MarketKey, ladder: str, price: int, shares: int, displayed: int, book_id: str
    ) -> int:
        """Takes up to `shares` of a level, never more than `displayed` in all for that book.

        Returns what was taken."""
        ...

    def move_balance(self, agent_id: str, venue: Venue, amount: int, entry_id: str) -> None:
        """Adds (or takes) dollars once for each entry id. Raises InsufficientFunds below zero."""
        ...

    def balance(self, agent_id: str, venue: Venue) -> int: ...

    def move_shares(
        self, agent_id: str, key: MarketKey, outcome: Outcome, shares: int, entry_id: str
    ) -> None:
        """Adds (or takes) shares once for each entry id. Raises InsufficientFunds below zero."""
        ...

    def positions(self, agent_id: str, venue: Venue) -> Sequence[VenuePosition]: ...


class SecretStore(Protocol):
    def put(self, agent_id: str, venue: Venue, fields: Mapping[str, str]) -> None: ...

    def get(self, agent_id: str, venue: Venue) -> Mapping[str, str] | None: ...

    def delete(self, agent_id: str, venue: Venue) -> None: ...


class Workflow(Protocol):
    def start(self, name: str, payload: Mapping[str, object]) -> bool:
        """Starts execute_pair under this name; False when it was started before."""
        ...


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to a human: what happened, to which agent and trade, where, and what happens next."""

    kind: str
    agent_id: str
    what: str
    next_step: str
    trade_id: str = ""
    venue: str = ""
    dedupe_key: str = ""


class Notifier(Protocol):
    def send(self, notice: Notice) -> None: ...

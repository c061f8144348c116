"""What the use cases need from the world, as Protocols of few methods."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from dutchbook.domain.agent import Agent, AgentState, Limits, Mode, StrategyName
from dutchbook.domain.book import OrderBook
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.pair import Pair, PairStatus
from dutchbook.domain.prices import Bar
from dutchbook.domain.result import Result
from dutchbook.domain.secret import Secret
from dutchbook.domain.settlement import Resolution, Stage
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
    attempt: int = 0
    """1 for an order that the venue wanted signed anew (TermsChanged): other ids, another salt."""


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


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """Some of a venue's open markets. A market may come twice: pages shift while they are turned."""

    markets: Sequence[Market]
    next_cursor: str = ""
    """Of the next page; empty at the end."""


class MarketData(Protocol):
    """Public reads of one venue."""

    venue: Venue

    def catalogue(self) -> Iterable[Market]:
        """All open markets, page by page. Raises NotSent when the venue cannot be read."""
        ...

    def catalogue_page(self, cursor: str) -> CataloguePage:
        """One page of the open markets, the first for an empty cursor. Raises NotSent."""
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

    def balance(self, market: Market | None = None) -> Balance:
        """Dollars that can be spent now; with a market, on its orders, where the venue keeps cash apart.

        Raises MarketClosed while the venue as a whole does not trade, NotEligible where it does not serve us,
        NotSent when it cannot be asked.
        """
        ...

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
    """available + reserved + spent = funded; funded grows and shrinks with realised profit. Micros.

    Below zero `available` means that fills cost more than was there (a fill is never left unbooked): nothing
    can be reserved until it is covered, and a human should know.
    """

    venue: Venue
    available: int
    reserved: int
    spent: int
    funded: int
    fees: int = 0
    """All that was charged on the venue so far."""

    @property
    def overdrawn(self) -> int:
        return max(0, -self.available)


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
    stage: Stage = Stage.OPEN
    """As the last look at the venue found it."""
    worth: int | None = None
    """What a share pays, once the venue has said so."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """A position that was paid out. Micros."""

    agent_id: str
    key: MarketKey
    outcome: Outcome
    simulated: bool
    shares: int
    cost: int
    payout: int
    worth: int | None
    """What a share paid; None for a bet that was given back."""
    at: datetime
    trade_ids: tuple[str, ...]
    title: str = ""

    @property
    def realised(self) -> int:
        return self.payout - self.cost


@dataclass(frozen=True, slots=True)
class DayCount:
    """Of one agent on one UTC day. Micros."""

    day: str
    """``2026-11-23``"""
    trades: int = 0
    realised: int = 0
    fees: int = 0


@dataclass(frozen=True, slots=True)
class Purse:
    """What an agent has of one kind of money, and what it did today."""

    budgets: Mapping[Venue, VenueBudget]
    day: DayCount


@dataclass(frozen=True, slots=True)
class Totals:
    """Of one agent since it was registered. Micros."""

    trades: int = 0
    """Reserved, whatever became of them."""
    realised: int = 0
    fees: int = 0
    locked: int = 0
    """Net profit of HEDGED trades when they were finished."""
    exposure: int = 0
    """Open cost plus reservations: what maxPosition caps."""


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


ACTIVE_SLOTS = 16
"""Parts into which active agents fall: a tick reads one at least, and all of them while agents are few."""


class Agents(Protocol):
    """Agents and what is counted of them.

    Simulated and real money are kept in separate books (budgets, positions, exposure, day counts), so that a
    demo's results never count as money. Methods of both stores raise StoreUnavailable when the store cannot
    answer; every write may be repeated.
    """

    def add(self, agent: Agent) -> None:
        """Stores a new agent in its state with its budgets. Raises AlreadyExists when the id is taken.

        Each platform gets a simulated and a real budget: `agent.budgets`, else DEMO_BUDGET and max_position.
        Adding the very same agent again is success.
        """
        ...

    def get(self, agent_id: str) -> Agent | None:
        """Strongly consistent."""
        ...

    def of_wallet(self, wallet: str, limit: int, start: str = "") -> Page[Agent]: ...

    def set_state(
        self, agent_id: str, expected: Iterable[AgentState], new: AgentState, reason: str, actor: str
    ) -> Agent:
        """Moves the state if it is one of `expected`. Raises WrongState, NotFound.

        Already being in `new` is WrongState too, unless `new` is expected: activating twice is told.
        """
        ...

    def set_limits(
        self,
        agent_id: str,
        version: int,
        limits: Limits,
        mode: Mode,
        actor: str,
        strategy_params: Mapping[str, str] | None = None,
    ) -> Agent:
        """`strategy_params`: None keeps them. Raises WrongState when edited since `version`, NotFound."""
        ...

    def set_credential(self, agent_id: str, venue: Venue, *, present: bool, actor: str) -> Agent:
        """Notes that verified credentials of the venue are stored, or no longer. Raises NotFound."""
        ...

    def set_budget(
        self, agent_id: str, venue: Venue, funded: int, *, simulated: bool, actor: str
    ) -> VenueBudget:
        """Changes what the venue's book was funded with (micros), moving the free part with it.

        Raises LimitExceeded when more than the new sum is reserved or spent, NotFound.
        """
        ...

    def claim_account(self, agent_id: str, venue: Venue, account_id: str) -> None:
        """Makes the agent the one owner of a venue account. Raises AlreadyExists when another agent is."""
        ...

    def release_account(self, agent_id: str, venue: Venue, account_id: str) -> None:
        """Gives the account up; no error when the agent does not own it."""
        ...

    def candidates(
        self, strategy: StrategyName, mode: Mode, at_most: int, turn: int, enough: int
    ) -> Sequence[Agent]:
        """Active agents of a strategy and mode whose min_profit is at most this (ppm), and no others.

        Agents stand in ACTIVE_SLOTS slots by their ids. Whole slots are read, beginning at another one each
        `turn` (a number that grows by one a tick), until `enough` agents are found: so each slot is first in
        one of ACTIVE_SLOTS turns, and what is read does not grow with agents that must wait anyway. No order.
        Eventually consistent: `Ledger.reserve` checks the state again.
        """
        ...

    def budgets(self, agent_id: str, *, simulated: bool) -> Mapping[Venue, VenueBudget]: ...

    def purses(self, agents: Sequence[Agent], day: str, *, simulated: bool) -> Mapping[str, Purse]:
        """Budgets on the agents' platforms and the day's counts, by agent id, read in batches.

        Eventually consistent: `Ledger.reserve` checks the money again.
        """
        ...

    def day(self, agent_id: str, day: str, *, simulated: bool) -> DayCount: ...

    def days(self, agent_id: str, first: str, *, simulated: bool) -> Sequence[DayCount]:
        """The days since `first` (``2026-11-23``) on which anything was counted, oldest first."""
        ...

    def totals(self, agent_id: str, *, simulated: bool) -> Totals: ...

    def record_outcome(self, agent_id: str, *, failed: bool) -> int:
        """Counts consecutive failures; a success sets them to 0. Returns the count.

        Told twice it counts twice, which pauses an agent early rather than late.
        """
        ...

    def remove(self, agent_id: str, expected: AgentState, handed_over: str, actor: str) -> None:
        """Takes the agent off its wallet's list for good, if it is still in `expected`; noted in the audit.

        What it did and holds stays written. Raises WrongState, NotFound.
        """
        ...

    def audit(self, agent_id: str, limit: int, start: str = "") -> Page[AuditEntry]:
        """Newest first."""
        ...

    def write_audit(self, agent_id: str, entry: AuditEntry) -> None:
        """The same entry written twice is one."""
        ...


class Ledger(Protocol):
    """Money. Every write is conditional on the state it saw; repeating one changes nothing.

    Raises StoreUnavailable when the store cannot answer. That says nothing about an order: after one may have
    left, repeat the step (it finds its intent) and never release on it.
    """

    def reserve(self, trade: Trade, limits: Limits) -> None:
        """One transaction: budgets, exposure, day counter, in-flight marker, trade in RESERVED with its legs.

        Raises LimitExceeded (the message starts with the limit: ``budget.kalshi``, ``maxPosition``,
        ``maxTrades``), AlreadyReserved (the trade has moved on, or another of the agent is in flight on this
        pair), Halted (the agent is not active), NotFound (no such agent or budget). Reserving a trade again
        that is still RESERVED is success. A trade whose legs are all of purpose EXIT may start while the
        agent is paused, halted or inactive, and counts for no limit but the budgets.
        """
        ...

    def trade(self, trade_id: str) -> Trade | None:
        """With its legs and fills, strongly consistent."""
        ...

    def move_trade(self, trade_id: str, expected: TradeState, new: TradeState, reason: str = "") -> Trade:
        """Raises WrongState when it is no longer in `expected` (already being in `new` is success).

        Terminal states are `finish`'s. Raises InvariantBroken for an arrow that TRADE_ARROWS does not have,
        NotFound.
        """
        ...

    def put_leg(self, trade_id: str, leg: Leg) -> None:
        """Adds a leg in PLANNED. Raises AlreadyExists when the index is taken by another leg.

        The same leg already being there, whatever became of it, is success. Raises WrongState when the trade
        is over (QUARANTINED is not), NotFound.
        """
        ...

    def move_leg(self, trade_id: str, leg: Leg, expected: LegState) -> Leg:
        """Stores the leg's new state and facts if it is still in `expected`. Raises WrongState.

        Facts are shares, limit_price, client and venue order id, intent, reason, submitted_at, sends,
        absent_since; fills and totals belong to `book_fills` and are left alone. A leg that was UNKNOWN once
        stays `doubted`. Staying in `expected` stores facts only. Already being in the new state with the
        same intent is success; with another intent it is WrongState (somebody else sent it: read the stored
        one). An empty venue_order_id or intent keeps what is stored. Raises InvariantBroken for an arrow that
        LEG_ARROWS does not have, NotFound. Returns the leg as stored.
        """
        ...

    def book_fills(self, trade_id: str, index: int, fills: Sequence[Fill]) -> Leg:
        """Books each fill id once: leg totals, position, budget; a failed one is reversed once.

        Late fills of a finished trade are booked too. What exceeds the reservation comes out of the free
        budget, below zero if need be (`VenueBudget.overdrawn`), because it is spent already. See
        domain/accounting.py. Raises InvariantBroken when a fill comes back with other shares or another
        price, NotFound. Returns the leg with its totals and all fills.
        """
        ...

    def finish(
        self, trade_id: str, expected: TradeState, new: TradeState, *, reason: str, locked: int = 0
    ) -> Trade:
        """Terminal state: releases what is still reserved and the in-flight marker, exactly once.

        A quarantined trade keeps what is reserved on a venue that has not said what became of a leg, until
        `checked` or a later `finish`.

        Already being in `new` is success and changes nothing. Raises WrongState, InvariantBroken for an arrow
        that TRADE_ARROWS does not have or a `new` that is not terminal, NotFound.
        """
        ...

    def in_flight(self, wanted: Collection[tuple[str, str]]) -> Collection[tuple[str, str]]:
        """Those (agent id, pair id) of `wanted` that have a trade under way; eventually consistent."""
        ...

    def trades(self, agent_id: str, limit: int, start: str = "") -> Page[Trade]:
        """Newest first."""
        ...

    def positions(self, agent_id: str) -> Sequence[Position]:
        """What is held, simulated and real; `cost` is the average-cost basis of the shares left."""
        ...

    def under_way(self, agent_id: str) -> Sequence[str]:
        """Ids of the agent's trades that have not ended, strongly consistent."""
        ...

    def open_trades(self, older_than_ms: int, limit: int) -> Sequence[str]:
        """Ids of trades not terminal and last touched before; eventually consistent."""
        ...

    def unchecked(self, older_than_ms: int, limit: int) -> Sequence[str]:
        """Ids of ended trades, last touched before, that are yet to be compared with the venues' records."""
        ...

    def checked(self, trade_id: str, *, done: bool) -> None:
        """Notes that an ended trade was compared with the venues' own records.

        done: it leaves `unchecked`, and what a quarantined trade still held back is released. Else it goes to
        the back of the queue. Repeating changes nothing. Raises NotFound, WrongState while it is under way.
        """
        ...

    def control(self) -> Control:
        """The kill switch, strongly consistent."""
        ...

    def set_control(self, control: Control) -> None: ...


class Settlements(Protocol):
    """Positions on their way to cash. The same promises as the Ledger, whose money this moves."""

    def held(self) -> Iterable[Position]:
        """Every agent's positions that are not empty; eventually consistent, so `settle` reads again."""
        ...

    def mark(self, position: Position, stage: Stage, worth: int | None) -> None:
        """Notes how far a position is and what a share will pay. Moves no money."""
        ...

    def settle(self, position: Position, resolution: Resolution) -> Settlement | None:
        """Pays the position out, exactly once: shares and cost are gone, the payout is free to spend.

        The difference is realised, in the agent's sums, in its day and in the trades that brought the shares;
        trades of which nothing else is held are closed and their results written. None when nothing is held.
        Raises ValueError when the venue names no value.
        """
        ...

    def close(self, trade_id: str) -> Trade:
        """Notes that nothing of a trade is held any more: it waits for no profit. Repeating changes nothing.

        Raises NotFound, and WrongState while the trade is under way.
        """
        ...

    def rule(self, resolution: Resolution) -> None:
        """Keeps an operator's word on a market that its venue closed without a value; the last one counts."""
        ...

    def rulings(self, keys: Iterable[MarketKey]) -> Mapping[MarketKey, Resolution]:
        """What operators have said of these markets, strongly consistent."""
        ...

    def flag(self, trade_id: str, text: str) -> bool:
        """Flags a trade; False when it is flagged already. Raises NotFound."""
        ...

    def history(self, agent_id: str, limit: int, start: str = "", *, simulated: bool) -> Page[Settlement]:
        """What was paid out, newest first."""
        ...

    def results(self, agent_id: str, *, simulated: bool) -> Sequence[Result]:
        """What each closed trade came to, oldest first."""
        ...


class Resolutions(Protocol):
    """What one venue says of markets' questions. Public reads."""

    def resolutions(self, markets: Sequence[Market]) -> Mapping[str, Resolution]:
        """By market id; what the venue does not tell is absent. Raises NotSent when it cannot be asked."""
        ...


class Redeemer(Protocol):
    """Fetches the money of positions whose markets are payable."""

    def redeem(self, position: Position, resolution: Resolution) -> bool:
        """Whether the money is on the account now; False: it was asked for, look again later.

        May be repeated. Raises NotSent, OutcomeUnknown (it may be on its way), Halted (live trading is off).
        """
        ...


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
class Quote:
    """Best prices of a market at a moment, micros; None where the side is empty."""

    at: datetime
    yes_bid: int | None
    yes_ask: int | None
    no_bid: int | None
    no_ask: int | None


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


MARKET_SLOTS = 16
"""Parts into which a venue's open markets fall, so that many can share the work on them."""


class CatalogueShrank(RuntimeError):
    """A venue listed less than half of what it listed before: more likely its fault than the markets' end."""


class MarketStore(Protocol):
    """Catalogue, pairs, quotes and opportunities: high churn, eventual reads are fine."""

    def put_markets(self, markets: Iterable[Market]) -> int:
        """Writes what changed; returns how many items were written."""
        ...

    def market(self, key: MarketKey) -> Market | None: ...

    def markets(self, keys: Sequence[MarketKey]) -> Mapping[MarketKey, Market]:
        """What is known of these markets, closed ones too."""
        ...

    def listed(self, venue: Venue, slots: Iterable[int]) -> Iterator[Market]:
        """Open markets of a venue that stand in these of its MARKET_SLOTS slots, without their rule texts."""
        ...

    def note_listed(self, venue: Venue, pass_id: str, part: str, market_ids: Collection[str]) -> None:
        """Notes what one part of a catalogue pass has seen. The same part may be noted twice."""
        ...

    def close_missing(self, venue: Venue, pass_id: str) -> int:
        """Closes the open markets that no part of a complete pass has seen; returns how many.

        Raises CatalogueShrank, having closed none, when that would be more than half of them.
        """
        ...

    def put_pair(self, pair: Pair) -> None:
        """Stores a new pair, or the new facts of a known one: its status and reason stay as decided."""
        ...

    def propose(self, found: Sequence[Pair]) -> int:
        """Stores what the matcher found, new or judged again; returns how many pairs were written.

        What was decided on a known pair stands unless its texts are others now: see
        `dutchbook.domain.pair.judged_again`.
        """
        ...

    def pair(self, pair_id: str) -> Pair | None: ...

    def pairs(self, status: PairStatus, limit: int, start: str = "") -> Page[Pair]:
        """By pair id, without the evidence and with at most one of the doubts."""
        ...

    def set_pair_status(
        self, pair_id: str, expected: Iterable[PairStatus], new: PairStatus, reason: str, actor: str
    ) -> Pair:
        """Raises WrongState when the status is none of `expected`, NotFound."""
        ...

    def first_seen(
        self, ways: Collection[tuple[str, str]], now: datetime, lapse: timedelta
    ) -> Mapping[tuple[str, str], datetime]:
        """Since when each (pair id, direction) has paid; notes that it does now.

        One that was not noted within `lapse` is new.
        """
        ...

    def put_opportunities(self, records: Sequence[OpportunityRecord]) -> None: ...

    def opportunities(self, now: datetime, limit: int, start: str = "") -> Page[OpportunityRecord]:
        """Newest tick first, best first within it."""
        ...

    def put_books(self, books: Iterable[OrderBook]) -> None:
        """Keeps the latest book of each market (ten levels a side), and its best prices on change or once a
        minute."""
        ...

    def books(self, keys: Sequence[MarketKey]) -> Mapping[MarketKey, OrderBook]:
        """Latest books kept, ten levels a side; for show, never to trade on."""
        ...

    def quotes(self, key: MarketKey, since: datetime, limit: int) -> Sequence[Quote]:
        """Best prices since then, on change or once a minute, oldest first; kept for two days."""
        ...

    def history(self, key: MarketKey, since: datetime) -> Sequence[Bar]:
        """One bar a minute since then, oldest first, up to now; kept for ninety days.

        For charts and strategies. Minutes without a quote have no bar; the bar of the minute under way
        still changes.
        """
        ...

    def roll_up(self, keys: Sequence[MarketKey], now: datetime) -> int:
        """Packs the bars of hours that are over, so that they outlive the quotes. Repeating changes nothing.

        Returns how many hours were packed. To be called at least once a day.
        """
        ...

    def put_health(self, health: Sequence[VenueHealth]) -> None: ...

    def health(self) -> Sequence[VenueHealth]: ...

    def lease_tick(self, tick_id: str, expires_at: int) -> bool:
        """True for the first caller of this tick only. `expires_at` in Unix seconds."""
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
    """Credentials of one agent on one venue, as named fields. Raises StoreUnavailable."""

    def put(self, agent_id: str, venue: Venue, fields: Mapping[str, Secret]) -> None: ...

    def get(self, agent_id: str, venue: Venue) -> Mapping[str, Secret] | None:
        """None when there are none. Kept in memory for at most five minutes."""
        ...

    def delete(self, agent_id: str, venue: Venue) -> None:
        """No error when there are none."""
        ...


class Workflow(Protocol):
    def start(self, name: str, payload: Mapping[str, object]) -> bool:
        """Starts execute_pair under this name; False when it was started before."""
        ...


class Executions(Protocol):
    def running(self, name: str) -> bool:
        """Whether execute_pair runs under this name, or may soon. Raises StoreUnavailable."""
        ...


class Leases(Protocol):
    """Who looks after a thing just now."""

    def take(self, name: str, seconds: int) -> int:
        """How often it was taken so far, this time included; 0 while somebody else has it."""
        ...

    def give_back(self, name: str) -> None:
        """Others may take it at once. No error when it is nobody's."""
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


@dataclass(frozen=True, slots=True)
class Alert:
    """A notice as it was sent, kept for its agent's owner."""

    at: datetime
    notice: Notice


class Alerts(Protocol):
    def add(self, alert: Alert) -> None:
        """The same alert added twice is one. Raises StoreUnavailable."""
        ...

    def of_agent(self, agent_id: str, limit: int, start: str = "") -> Page[Alert]:
        """Newest first."""
        ...


class Notifier(Protocol):
    def send(self, notice: Notice) -> None:
        """Once for each dedupe_key within an hour, without a key every time. Raises StoreUnavailable."""
        ...

"""Trades, what they hold, and the switch that stops them."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dutchbook.domain.agent import Agent, Limits
from dutchbook.domain.market import MarketKey
from dutchbook.domain.settlement import Stage
from dutchbook.domain.trade import Fill, Leg, Trade
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.domain.venue import Outcome
from dutchbook.ports.agents import DayCount, Totals
from dutchbook.ports.paging import Page


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
    answered: int = 0
    """Shares whose sister was paid nothing or a dollar: what they will pay is known, so they have no stop."""


@dataclass(frozen=True, slots=True)
class Control:
    """The operators' kill switch."""

    trading: bool = True
    reason: str = ""
    updated_at: datetime | None = None
    updated_by: str = ""


@dataclass(frozen=True, slots=True)
class Clearance:
    """What decides whether an agent's order may leave, each part strongly read."""

    control: Control
    agent: Agent | None
    day: DayCount
    totals: Totals


def as_it_is(leg: Leg) -> Leg:
    """The `then` of `book_fills` that moves nothing."""
    return leg


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

    def latest(self, trade_id: str) -> Trade | None:
        """As this ledger has read or written it last, where that is known: to say what comes next, which will
        read it again, never to spend on."""
        ...

    def move_trade(self, trade_id: str, expected: TradeState, new: TradeState, reason: str = "") -> Trade:
        """Raises WrongState when it is no longer in `expected` (already being in `new` is success).

        Terminal states are `finish`'s. Raises InvariantBroken for an arrow that TRADE_ARROWS does not have,
        NotFound.
        """
        ...

    def put_leg(self, trade_id: str, leg: Leg, *, needed: int = 0, max_position: int | None = None) -> None:
        """Adds a leg in PLANNED, and reserves for it what the trade does not hold back already.

        `needed` (micros of a dollar): what the trade must hold back on the leg's venue once the leg is there;
        what its reservation lacks is taken from the free budget in the same transaction. `max_position`: how
        much the agent's open positions and reservations may cost with it; None: any.

        Raises LimitExceeded (the message starts with the limit: ``budget.kalshi``, ``maxPosition``) and adds
        nothing, AlreadyExists when the index is taken by another leg or another repair is under way,
        WrongState when the trade is over (a QUARANTINED one may get legs that need no money: what was done by
        hand), NotFound. The same leg already being there, whatever became of it, is success and reserves
        nothing.
        """
        ...

    def move_leg(self, trade_id: str, leg: Leg, expected: LegState) -> Leg:
        """Stores the leg's new state and facts if it is still in `expected`. Raises WrongState.

        Facts are shares, limit_price, client and venue order id, intent, reason, submitted_at, sends,
        absent_since; fills and totals belong to `book_fills` and are left alone. A leg that was UNKNOWN once
        stays `doubted`. Staying in `expected` stores facts only. Already being in the new state with the
        same intent is success; with another intent it is WrongState (somebody else sent it: read the stored
        one). SUBMITTING with an intent opens a RESERVED trade in the same write, so that its reservation is
        not released as untouched; once the trade has ended it is WrongState, in QUARANTINED too: no order
        leaves for a trade whose reservation is released, or which a human is mending by hand. An empty
        venue_order_id or intent keeps what is stored. Raises InvariantBroken for an arrow that
        LEG_ARROWS does not have, NotFound. Returns the leg as stored.
        """
        ...

    def book_fills(
        self, trade_id: str, index: int, fills: Sequence[Fill], then: Callable[[Leg], Leg] = as_it_is
    ) -> Leg:
        """Books each fill id once: leg totals, position, budget; a failed one is reversed once.

        `then` says, of the leg with its totals and all fills, how it is to be stored with them: state and
        facts as for `move_leg`. Who sees the fills sees the state (of more than fifty, the last ones). It may
        be asked more than once.

        Late fills of a finished trade are booked too. What exceeds the reservation comes out of the free
        budget, below zero if need be (`VenueBudget.overdrawn`), because it is spent already. See
        domain/accounting.py. Raises InvariantBroken when a fill comes back with other shares or another
        price, or for an arrow that LEG_ARROWS does not have, NotFound. Returns the leg as stored.
        """
        ...

    def finish(
        self,
        trade_id: str,
        expected: TradeState,
        new: TradeState,
        *,
        reason: str,
        locked: int = 0,
        seen: Trade | None = None,
    ) -> Trade:
        """Terminal state: releases what is still reserved and the in-flight marker, exactly once.

        `seen`: the trade that `new` and `locked` were computed from; WrongState when its legs are not as they
        were then. None: this end is right whatever the legs are.

        A quarantined trade keeps what is reserved on a venue that has not said what became of a leg, until
        `checked` or a later `finish`.

        Already being in `new` is success and changes nothing. Raises WrongState, InvariantBroken for an arrow
        that TRADE_ARROWS does not have or a `new` that is not terminal, NotFound.
        """
        ...

    def count_end(self, trade: Trade, *, failed: bool | None) -> int:
        """Counts the trade's end, if it is not yet: failures of the agent in a row; a success sets them to 0.

        None: neither. `Trade.counted` says afterwards that it was. Returns the failures in a row as they are
        now. Counting an end again, or one that is not the last any more, changes nothing.
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

    def quarantined(self, agent_id: str) -> Sequence[str]:
        """Ids of the agent's trades that are QUARANTINED, oldest first, strongly consistent."""
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

    def clearance(self, agent_id: str, day: str, *, simulated: bool) -> Clearance:
        """The kill switch, the agent, its sums and what it did on a day (``2026-11-23``), in one call."""
        ...

    def set_control(self, control: Control) -> None: ...

"""Trades and their legs: what may happen to them, as tables.

A leg is one order. What goes wrong is mended by further legs (a retry of the second, an unwind of the first),
each with its own index, so that every order has one client order id and one record.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from dutchbook.domain.agent import Mode
from dutchbook.domain.market import MarketKey
from dutchbook.domain.venue import Outcome, Side, Venue


class TradeState(StrEnum):
    RESERVED = "RESERVED"
    """Money set aside; nothing has left."""
    OPENING = "OPENING"
    """An order may have left."""
    CONFIRMING = "CONFIRMING"
    """All legs matched; a venue has yet to confirm."""
    UNWINDING = "UNWINDING"
    """Legs differ; the difference is being closed."""
    HEDGED = "HEDGED"
    FILLED = "FILLED"
    """A single-leg trade is filled."""
    FLAT = "FLAT"
    """Undone: nothing is held."""
    NOT_TAKEN = "NOT_TAKEN"
    """Nothing was bought."""
    QUARANTINED = "QUARANTINED"
    """A human must look: the agent is halted, an alarm is out."""


TERMINAL_TRADE_STATES = frozenset(
    {TradeState.HEDGED, TradeState.FILLED, TradeState.FLAT, TradeState.NOT_TAKEN, TradeState.QUARANTINED}
)

TRADE_ARROWS: Mapping[TradeState, frozenset[TradeState]] = {
    TradeState.RESERVED: frozenset({TradeState.OPENING, TradeState.NOT_TAKEN}),
    TradeState.OPENING: frozenset(
        {
            TradeState.CONFIRMING,
            TradeState.UNWINDING,
            TradeState.HEDGED,
            TradeState.FILLED,
            TradeState.FLAT,
            TradeState.NOT_TAKEN,
            TradeState.QUARANTINED,
        }
    ),
    TradeState.CONFIRMING: frozenset(
        {TradeState.UNWINDING, TradeState.HEDGED, TradeState.FILLED, TradeState.FLAT, TradeState.QUARANTINED}
    ),
    TradeState.UNWINDING: frozenset(
        {TradeState.CONFIRMING, TradeState.HEDGED, TradeState.FILLED, TradeState.FLAT, TradeState.QUARANTINED}
    ),
    TradeState.HEDGED: frozenset(),
    TradeState.FILLED: frozenset(),
    TradeState.FLAT: frozenset(),
    TradeState.NOT_TAKEN: frozenset(),
    # a human, or the sweeper with the venues' own books, resolves it
    TradeState.QUARANTINED: frozenset({TradeState.HEDGED, TradeState.FILLED, TradeState.FLAT}),
}


class LegState(StrEnum):
    PLANNED = "PLANNED"
    SUBMITTING = "SUBMITTING"
    """The intent is stored; the request may have left."""
    UNKNOWN = "UNKNOWN"
    """The request left and no answer proves anything."""
    ACKED = "ACKED"
    """The venue has the order; it may still fill."""
    FILLED = "FILLED"
    PARTIAL = "PARTIAL"
    """Done with less than asked."""
    CANCELLED = "CANCELLED"
    """Done with nothing."""
    REJECTED = "REJECTED"
    CONFIRMING = "CONFIRMING"
    """Matched; the venue settles later (Polymarket)."""
    CONFIRMED = "CONFIRMED"
    FAILED = "FAILED"
    """Settlement failed: some or all of the matched shares never came."""


LEG_ARROWS: Mapping[LegState, frozenset[LegState]] = {
    LegState.PLANNED: frozenset({LegState.SUBMITTING, LegState.REJECTED}),
    LegState.SUBMITTING: frozenset(
        {
            LegState.UNKNOWN,
            LegState.ACKED,
            LegState.FILLED,
            LegState.PARTIAL,
            LegState.CANCELLED,
            LegState.REJECTED,
            LegState.CONFIRMING,
        }
    ),
    LegState.UNKNOWN: frozenset(
        {
            LegState.ACKED,
            LegState.FILLED,
            LegState.PARTIAL,
            LegState.CANCELLED,
            LegState.REJECTED,
            LegState.CONFIRMING,
        }
    ),
    LegState.ACKED: frozenset(
        {LegState.FILLED, LegState.PARTIAL, LegState.CANCELLED, LegState.CONFIRMING, LegState.UNKNOWN}
    ),
    # venues report fills late: after a cancel or a partial, more may have been filled
    LegState.CANCELLED: frozenset({LegState.PARTIAL, LegState.FILLED, LegState.CONFIRMING}),
    LegState.PARTIAL: frozenset({LegState.FILLED, LegState.CONFIRMING}),
    LegState.CONFIRMING: frozenset({LegState.CONFIRMED, LegState.FAILED}),
    LegState.FILLED: frozenset(),
    LegState.REJECTED: frozenset(),
    LegState.CONFIRMED: frozenset(),
    LegState.FAILED: frozenset(),
}

OPEN_LEG_STATES = frozenset({LegState.SUBMITTING, LegState.UNKNOWN, LegState.ACKED})
"""States in which the order may yet change what we hold."""


class LegPurpose(StrEnum):
    OPEN = "open"
    COMPLETE = "complete"
    """Second try of a leg that fell short."""
    UNWIND = "unwind"
    """Closes what another leg bought."""
    EXIT = "exit"


@dataclass(frozen=True, slots=True)
class Fill:
    """One match as the venue reports it; `fill_id` is unique at the venue.

    shares are gross; a fee taken in shares stands in fee_shares, one taken in dollars in fee_usd. Micros.
    """

    fill_id: str
    shares: int
    price: int
    fee_usd: int = 0
    fee_shares: int = 0
    at: datetime | None = None
    confirmed: bool = True
    """False while the venue may still undo it (Polymarket before CONFIRMED)."""
    failed: bool = False
    """The venue undid it: it counts for nothing."""
    tx_hash: str = ""

    @property
    def net_shares(self) -> int:
        return self.shares - self.fee_shares


@dataclass(frozen=True, slots=True)
class Leg:
    """One order of a trade. Shares, prices and dollars in micros."""

    index: int
    venue: Venue
    market_id: str
    outcome: Outcome
    side: Side
    shares: int
    """Gross shares asked for."""
    limit_price: int
    purpose: LegPurpose = LegPurpose.OPEN
    repairs: int | None = None
    """Index of the leg that this one completes or unwinds."""
    state: LegState = LegState.PLANNED
    client_order_id: str = ""
    venue_order_id: str = ""
    """Known before sending where it can be computed (Polymarket's digest)."""
    intent: Mapping[str, str] = field(default_factory=dict)
    """What was stored before sending and is sent again byte for byte: body, salt, timestamp."""
    filled: int = 0
    """Gross shares matched and not failed."""
    net_filled: int = 0
    """Shares held (or given up) after fees taken in shares."""
    notional: int = 0
    """Sum of price × shares of the fills, rounded against us."""
    fee_usd: int = 0
    fee_shares: int = 0
    reason: str = ""
    submitted_at: datetime | None = None
    updated_at: datetime | None = None
    fills: tuple[Fill, ...] = ()

    @property
    def key(self) -> MarketKey:
        return MarketKey(self.venue, self.market_id)

    @property
    def adds_yes_exposure(self) -> bool:
        """BuyLeg places these (buy YES, sell NO); SellLeg the others (sell YES, buy NO)."""
        return (self.outcome is Outcome.YES) == (self.side is Side.BUY)


@dataclass(frozen=True, slots=True)
class Trade:
    """One execution for one agent. Dollars and shares in micros, ratios in parts per million."""

    trade_id: str
    agent_id: str
    wallet: str
    pair_id: str
    direction: str
    """Which outcome is bought where, e.g. ``kalshi:yes+polymarket:no``."""
    strategy: str
    mode: Mode
    simulated: bool
    """True when no leg may reach a venue: demo, or a live yes that is missing on any leg."""
    tick_id: str
    state: TradeState
    legs: tuple[Leg, ...]
    """In the order in which they are placed: harder leg first."""
    reserved: Mapping[Venue, int]
    """Dollars set aside on each venue."""
    shares: int
    """Net shares each leg is to end with."""
    expected_cost: int
    expected_profit: int
    min_profit: int
    stop_loss: int
    created_at: datetime
    updated_at: datetime
    resolves_at: datetime | None = None
    title: str = ""
    reason: str = ""
    realised: int = 0
    """Profit booked by closing legs (negative: a loss)."""
    locked: int = 0
    """Net profit waiting for settlement when HEDGED."""
    mode_reason: str = ""
    """Why a live agent's trade is simulated."""

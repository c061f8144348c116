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
from dutchbook.domain.money import mul_ceil, mul_floor
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
        {
            TradeState.UNWINDING,
            TradeState.HEDGED,
            TradeState.FILLED,
            TradeState.FLAT,
            # every match was undone by the venue
            TradeState.NOT_TAKEN,
            TradeState.QUARANTINED,
        }
    ),
    TradeState.UNWINDING: frozenset(
        {
            TradeState.CONFIRMING,
            TradeState.HEDGED,
            TradeState.FILLED,
            TradeState.FLAT,
            TradeState.NOT_TAKEN,
            TradeState.QUARANTINED,
        }
    ),
    # a fill that a venue reports after the end leaves legs that differ
    TradeState.HEDGED: frozenset({TradeState.QUARANTINED}),
    TradeState.FILLED: frozenset({TradeState.QUARANTINED}),
    TradeState.FLAT: frozenset({TradeState.QUARANTINED}),
    TradeState.NOT_TAKEN: frozenset({TradeState.QUARANTINED}),
    # an operator resolves it: the books say which end it is
    TradeState.QUARANTINED: frozenset(
        {TradeState.HEDGED, TradeState.FILLED, TradeState.FLAT, TradeState.NOT_TAKEN}
    ),
}


class LegState(StrEnum):
    PLANNED = "PLANNED"
    """Nothing has left. With an intent: prepared, and the same bytes are what may leave."""
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
            # NotSent: provably nothing left, the same bytes may go again
            LegState.PLANNED,
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
            # proven absent: the same bytes go again (SAME_BYTES_SAFE)
            LegState.SUBMITTING,
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
    # believed to be absent, and yet it was there
    LegState.REJECTED: frozenset({LegState.PARTIAL, LegState.FILLED, LegState.CONFIRMING}),
    LegState.CONFIRMED: frozenset(),
    LegState.FAILED: frozenset(),
}

OPEN_LEG_STATES = frozenset({LegState.SUBMITTING, LegState.UNKNOWN, LegState.ACKED})
"""States in which the order may yet change what we hold."""

SAME_BYTES_SAFE = frozenset({Venue.KALSHI, Venue.POLYMARKET})
"""Venues where sending the same bytes again cannot make a second order, and says whether the first is there.

Kalshi answers a known client id with 409 for ever, Polymarket a known order hash with "Duplicated". Limitless
answers 409 too, but an order may still arrive within its receive window: there we only ever look.
"""


def leg_may_move(old: LegState, new: LegState) -> bool:
    """Whether a write may change a leg like this. Staying where it is only adds facts."""
    return new is old or new in LEG_ARROWS[old]


def trade_may_move(old: TradeState, new: TradeState) -> bool:
    return new is old or new in TRADE_ARROWS[old]


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
    notional: int | None = None
    """Dollars of the match where the venue tells them and no price (Limitless): `price` is rounded then."""

    @property
    def net_shares(self) -> int:
        return self.shares - self.fee_shares

    def dollars(self, side: Side) -> int:
        """Dollars (micros) before fees: what a BUY paid, rounded up, or a SELL brought, rounded down."""
        if self.notional is not None:
            return self.notional
        return (mul_ceil if side is Side.BUY else mul_floor)(self.price, self.shares)


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
    """When the intent was last stored for sending."""
    sends: int = 0
    """How often the same bytes were about to be sent."""
    absent_since: datetime | None = None
    """When the venue first said that it does not know the order, if it has said nothing else since."""
    doubted: bool = False
    """Whether it ever was UNKNOWN: a first sending may be under way though a later one never left."""
    updated_at: datetime | None = None
    fills: tuple[Fill, ...] = ()

    @property
    def key(self) -> MarketKey:
        return MarketKey(self.venue, self.market_id)

    @property
    def adds_yes_exposure(self) -> bool:
        """BuyLeg places these (buy YES, sell NO); SellLeg the others (sell YES, buy NO)."""
        return (self.outcome is Outcome.YES) == (self.side is Side.BUY)

    @property
    def is_repair(self) -> bool:
        return self.purpose in (LegPurpose.COMPLETE, LegPurpose.UNWIND)


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
    """Profit booked by closing legs and by payouts (negative: a loss)."""
    locked: int = 0
    """Net profit of a HEDGED trade that is still waiting for settlement."""
    mode_reason: str = ""
    """Why a live agent's trade is simulated."""
    settled: Mapping[int, int] = field(default_factory=dict)
    """By index of the legs that were paid out: what a share paid."""
    closes: tuple[str, ...] = ()
    """Of an exit: the trades that brought what it sells."""
    closed_at: datetime | None = None
    """When nothing of it was held any more; a trade that ended holding nothing has none."""
    flag: str = ""
    """What a human should know of it: venues that settled differently."""

    @property
    def planned_legs(self) -> tuple[Leg, ...]:
        """What the trade set out to do, in order; the other legs repair these."""
        return tuple(leg for leg in self.legs if not leg.is_repair)

    @property
    def exits(self) -> bool:
        """Whether the trade closes what others opened."""
        return all(leg.purpose is LegPurpose.EXIT for leg in self.planned_legs)

    @property
    def ended(self) -> bool:
        return self.state in TERMINAL_TRADE_STATES

    @property
    def unsure(self) -> tuple[Leg, ...]:
        """Legs whose order may yet change what is held."""
        return tuple(leg for leg in self.legs if leg.state in OPEN_LEG_STATES)

    @property
    def nothing_left(self) -> bool:
        """No order of this trade can ever have reached a venue."""
        return all(
            leg.state in (LegState.PLANNED, LegState.REJECTED) and not leg.doubted for leg in self.legs
        )

    def held(self, leg: Leg) -> int:
        """Net shares (micros) that a planned leg stands at after what completed or unwound it.

        Of an exit: how many it has sold and not bought back.
        Found by the index that a repair names, never by its place in the list.
        """
        return leg.net_filled + sum(
            repair.net_filled if repair.side is leg.side else -repair.net_filled
            for repair in self.legs
            if repair.is_repair and repair.repairs == leg.index
        )


# ------------------------------------------------------------------------------- what comes next


class Act(StrEnum):
    """What to do next with a trade that has not ended."""

    PLACE = "place"
    ASK = "ask"
    """Look the order up: it may have filled, or its fills await confirmation."""
    REPAIR = "repair"
    """Legs differ by more than dust."""
    FINISH = "finish"


@dataclass(frozen=True, slots=True)
class Decision:
    act: Act
    leg: Leg | None = None
    """The leg to place or to ask about."""
    target: int = 0
    """Net shares (micros) that the leg to place is to bring."""


def decide(trade: Trade, dust_limit: int) -> Decision:
    """The next act for a trade, from what is stored of it alone.

    Whoever comes next (a retry, a redrive, the sweeper, a second Lambda) decides the same from the same
    records, so no step needs to remember what an earlier one was about to do.
    """
    for leg in trade.legs:
        if leg.state in OPEN_LEG_STATES:
            return Decision(Act.ASK, leg)
    for leg in trade.legs:
        if leg.is_repair and leg.state is LegState.PLANNED:
            return Decision(Act.PLACE, leg, leg.shares)
    return _decide_planned(trade, dust_limit)


def _decide_planned(trade: Trade, dust_limit: int) -> Decision:
    planned = trade.planned_legs
    tried = [leg for leg in planned if leg.state is not LegState.PLANNED]
    waiting = [leg for leg in planned if leg.state is LegState.PLANNED]
    held = [trade.held(leg) for leg in tried]
    if held and max(held) - min(held) > dust_limit:
        return Decision(Act.REPAIR)
    target = min(held, default=trade.shares)
    if waiting and target > 0:
        return Decision(Act.PLACE, waiting[0], target)
    for leg in trade.legs:
        if leg.state is LegState.CONFIRMING:
            return Decision(Act.ASK, leg)
    return Decision(Act.FINISH)


def end_state(trade: Trade) -> TradeState:
    """How a trade that needs nothing more has ended."""
    held = [trade.held(leg) for leg in trade.planned_legs]
    if min(held) > 0 and len(held) > 1:
        return TradeState.FLAT if trade.exits else TradeState.HEDGED
    if min(held) > 0:
        return TradeState.FILLED
    if any(leg.filled for leg in trade.legs):
        return TradeState.FLAT
    return TradeState.NOT_TAKEN


def locked_profit(trade: Trade) -> int:
    """Dollars (micros) that the held sets pay at settlement less what they cost, fees in, rounded down.

    What a set of one share a leg pays follows from the plan: cost plus profit, over its shares. The cost
    of legs that were partly unwound counts in proportion; dust beyond the sets counts as lost.
    """
    if end_state(trade) is not TradeState.HEDGED:
        return 0
    sets = min(trade.held(leg) for leg in trade.planned_legs)
    payout = (trade.expected_cost + trade.expected_profit) * sets // trade.shares
    return payout - sum(cost_of(trade, leg, trade.held(leg)) for leg in trade.planned_legs)


def cost_of(trade: Trade, leg: Leg, shares: int) -> int:
    """What this many (micros) of the net shares bought for a planned leg cost, fees in, rounded up."""
    total = sum(part.net_filled for part in _bought_for(trade, leg))
    return -(-whole_cost(trade, leg) * shares // total) if total else 0


def whole_cost(trade: Trade, leg: Leg) -> int:
    """What all that was bought for a planned leg cost, fees in, whatever was sold again since."""
    return sum(part.notional + part.fee_usd for part in _bought_for(trade, leg))


def _bought_for(trade: Trade, leg: Leg) -> list[Leg]:
    """The leg itself and what completed it."""
    return [leg] + [
        part for part in trade.legs if part.purpose is LegPurpose.COMPLETE and part.repairs == leg.index
    ]


def spent_on(trade: Trade, venue: Venue) -> int:
    """Dollars (micros) that the trade's purchases have taken on a venue, fees in."""
    return sum(
        leg.notional + leg.fee_usd for leg in trade.legs if leg.venue is venue and leg.side is Side.BUY
    )

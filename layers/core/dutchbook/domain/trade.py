"""Trades, their legs and fills, as they are stored.

A leg is one order. What goes wrong is mended by further legs (a retry of the second, an unwind of the first),
each with its own index, so that every order has one client order id and one record.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from dutchbook.domain.agent import Mode
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import ONE, mul_ceil, mul_floor
from dutchbook.domain.trade_states import OPEN_LEG_STATES, TERMINAL_TRADE_STATES, LegState, TradeState
from dutchbook.domain.venue import Outcome, Side, Venue

SAME_BYTES_SAFE = frozenset({Venue.KALSHI, Venue.POLYMARKET})
"""Venues where sending the same bytes again cannot make a second order, and says whether the first is there.

Kalshi answers a known client id with 409 for ever, Polymarket a known order hash with "Duplicated". Limitless
answers 409 too, but an order may still arrive within its receive window: there we only ever look.
"""


def whole_event(outcome: Outcome) -> str:
    """The direction of a trade that buys this outcome of every market of an event."""
    return f"all:{outcome}"


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
    confirmed_at: datetime | None = None
    """When the venue says that it was settled on chain (Polymarket); None where it tells no time."""

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


def with_facts(known: Leg, leg: Leg, now: datetime) -> Leg:
    """The stored leg with the facts that a ledger's `move_leg` may change; fills and totals stay."""
    return replace(
        known,
        state=leg.state,
        shares=leg.shares,
        limit_price=leg.limit_price,
        client_order_id=leg.client_order_id,
        venue_order_id=leg.venue_order_id or known.venue_order_id,
        intent=leg.intent or known.intent,
        reason=leg.reason,
        submitted_at=leg.submitted_at or known.submitted_at,
        sends=leg.sends,
        absent_since=leg.absent_since,
        doubted=known.doubted or leg.state is LegState.UNKNOWN,
        updated_at=now,
    )


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
    deferred: int = 0
    """Of `realised`: what paid legs made or lost that is judged with the legs that are still held."""
    closes: tuple[str, ...] = ()
    """The trades that brought what this one sells, or closes on a venue that nets."""
    closed_at: datetime | None = None
    """When nothing of it was held any more; a trade that ended holding nothing has none."""
    flag: str = ""
    """What a human should know of it: venues that settled differently."""
    ends: int = 0
    """How often it has ended: a quarantine after another end, and its resolution, are ends of their own."""
    counted: int = 0
    """The last of its ends that is in the figures and among its agent's failures."""

    @property
    def planned_legs(self) -> tuple[Leg, ...]:
        """What the trade set out to do, in order; the other legs repair these."""
        return tuple(leg for leg in self.legs if not leg.is_repair)

    @property
    def exits(self) -> bool:
        """Whether the trade closes what others opened."""
        return all(leg.purpose is LegPurpose.EXIT for leg in self.planned_legs)

    @property
    def result(self) -> int:
        """What the trade is judged by so far (docs/adr/0024)."""
        return self.realised - self.deferred

    @property
    def voided(self) -> bool:
        """Whether a paid leg paid something between nothing and a dollar a share.

        Then nothing follows from it for the other legs: another venue may still answer the question.
        """
        return any(0 < worth < ONE for worth in self.settled.values())

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

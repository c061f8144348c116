"""What may happen to trades and their legs, as tables."""

from collections.abc import Mapping
from enum import StrEnum


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


def leg_may_move(old: LegState, new: LegState) -> bool:
    """Whether a write may change a leg like this. Staying where it is only adds facts."""
    return new is old or new in LEG_ARROWS[old]


def trade_may_move(old: TradeState, new: TradeState) -> bool:
    return new is old or new in TRADE_ARROWS[old]

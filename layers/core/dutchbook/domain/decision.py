"""What comes next for a trade, from what is stored of it alone."""

from dataclasses import dataclass
from enum import StrEnum

from dutchbook.domain.errors import AlreadyExists
from dutchbook.domain.trade import Leg, Trade
from dutchbook.domain.trade_states import OPEN_LEG_STATES, LegState, TradeState


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


def succeeded(trade: Trade, state: TradeState) -> bool:
    """Whether the trade did what it set out to do; an exit of several legs that sold them all ends FLAT."""
    if trade.exits:
        return state is not TradeState.NOT_TAKEN and min(map(trade.held, trade.planned_legs)) > 0
    return state in (TradeState.HEDGED, TradeState.FILLED)


def check_one_repair(trade: Trade, leg: Leg) -> None:
    """Raises AlreadyExists while another repair of the trade may still bring or take shares.

    Two of them, each planned by a Lambda that did not see the other's, would mend the same shares twice. What
    a human has done by hand of an ended trade is no plan, and no repair stands in its way.
    """
    if trade.ended or not leg.is_repair:
        return
    for other in trade.legs:
        if other.is_repair and (other.state is LegState.PLANNED or other.state in OPEN_LEG_STATES):
            raise AlreadyExists(f"{trade.trade_id} is being repaired by leg {other.index} already")

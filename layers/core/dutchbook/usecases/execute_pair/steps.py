"""What the state machine is told to do next: a small dict of ids, words and whole seconds."""

from dataclasses import dataclass
from enum import StrEnum

from dutchbook.domain.decision import Act, decide
from dutchbook.domain.trade import Leg, Trade
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.usecases.execute_pair.context import Execution

MAX_ROUNDS = 20
"""How often one leg is looked at before a human is called: some seven minutes in all."""

NO_LEG = -1

_WAITS = (2, 2, 3, 4, 6, 8, 10, 15, 20, 30)
"""Seconds before each look; the last one repeats."""


class Step(StrEnum):
    """Names of the branches of the state machine's Route; a trade's end has the name of its state."""

    BUY = "buy"
    SELL = "sell"
    WAIT_BUY = "wait_buy"
    WAIT_SELL = "wait_sell"
    REPAIR = "repair"
    FINISH = "finish"
    QUARANTINE = "quarantine"
    HEDGED = TradeState.HEDGED.value
    FILLED = TradeState.FILLED.value
    FLAT = TradeState.FLAT.value
    NOT_TAKEN = TradeState.NOT_TAKEN.value
    QUARANTINED = TradeState.QUARANTINED.value


@dataclass(frozen=True, slots=True)
class Next:
    step: Step
    leg: int = NO_LEG
    round: int = 0
    """How often this leg has been looked at in a row."""
    wait: int = 0
    """Seconds to wait first, where the step is a wait."""
    reason: str = ""

    def to_json(self) -> dict[str, str | int]:
        return {
            "next": self.step.value,
            "leg": str(self.leg),
            "round": self.round,
            "wait": self.wait,
            "reason": self.reason,
        }


def ended(state: TradeState, reason: str = "") -> Next:
    return Next(Step(state.value), reason=reason)


def following(trade: Trade, dust_limit: int, index: int = NO_LEG, round_: int = 0) -> Next:
    """The step that follows, after leg `index` has been looked at `round_` times before.

    Coming back to the same leg always waits and always counts, so no loop is without end.
    """
    if trade.ended:
        return ended(trade.state, trade.reason)
    decision = decide(trade, dust_limit)
    leg = decision.leg
    if leg is None:
        # a repair may have to wait for this very leg to settle, so the count goes on
        return Next(Step.REPAIR, index, round_ + 1) if decision.act is Act.REPAIR else Next(Step.FINISH)
    if decision.act is Act.PLACE and leg.index != index:
        return Next(Step.BUY if leg.adds_yes_exposure else Step.SELL, leg.index)
    return wait_for(leg, round_ + 1 if leg.index == index else 0)


def wait_for(leg: Leg, round_: int) -> Next:
    if round_ > MAX_ROUNDS:
        return Next(Step.QUARANTINE, leg.index, round_, reason=_stuck(leg))
    seconds = _WAITS[min(round_, len(_WAITS) - 1)]
    return Next(Step.WAIT_BUY if leg.adds_yes_exposure else Step.WAIT_SELL, leg.index, round_, seconds)


def enter_confirming(execution: Execution, trade: Trade, dust_limit: int) -> Trade:
    """Shows a trade as CONFIRMING when only the venues' settlement is left to wait for."""
    decision = decide(trade, dust_limit)
    waits = decision.act is Act.ASK and decision.leg and decision.leg.state is LegState.CONFIRMING
    if not waits or trade.state not in (TradeState.OPENING, TradeState.UNWINDING):
        return trade
    # excludes a second Lambda that has moved the trade on
    return execution.ledger.move_trade(trade.trade_id, trade.state, TradeState.CONFIRMING)


def _stuck(leg: Leg) -> str:
    if leg.state is LegState.CONFIRMING:
        return f"{leg.venue} has not confirmed the fills of leg {leg.index} in time"
    return f"{leg.venue} does not say what became of leg {leg.index} ({leg.state})"

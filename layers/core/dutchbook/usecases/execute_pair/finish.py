"""How a trade ends, what is told about it, and the way back when a step itself has failed."""

from contextlib import suppress
from dataclasses import replace

from dutchbook.domain.accounting import NETTING_VENUES
from dutchbook.domain.agent import AgentState
from dutchbook.domain.decision import Act, decide, end_state, succeeded
from dutchbook.domain.dust import stray_of, words_of
from dutchbook.domain.errors import (
    EdgeGone,
    Halted,
    LimitExceeded,
    NotEligible,
    NotFound,
    NotSent,
    PriceMoved,
    StaleBook,
    VenueUnreachable,
    WrongState,
)
from dutchbook.domain.reasons import RESOLVED
from dutchbook.domain.trade import Trade
from dutchbook.domain.trade_money import locked_profit
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.usecases.execute_pair.context import Execution, leg_of
from dutchbook.usecases.execute_pair.place import reject
from dutchbook.usecases.execute_pair.steps import MAX_ROUNDS, Next, Step, ended, following, wait_for
from dutchbook.usecases.execute_pair.tell import (
    ACTOR,
    all_of,
    halt,
    quarantined,
    released,
    tell_end,
    tell_pause,
    was_released,
    why_paused,
)

MAX_FAILURES = 5
"""More failed trades than this in a row pause the agent."""

_FELL_SHORT = frozenset({LegState.REJECTED, LegState.CANCELLED, LegState.FAILED, LegState.PARTIAL})

_TEXT = 500
"""Longest cause that is kept, characters."""

_NOT_A_FAILURE = frozenset(
    error.__name__ for error in (EdgeGone, StaleBook, LimitExceeded, Halted, NotEligible, PriceMoved)
)
"""A market that moved on, or our own limits, say nothing about whether trading works."""


def finish(execution: Execution, trade_id: str) -> Next:
    """Ends a trade that needs nothing more and releases what it did not spend.

    Finishing again changes nothing. A trade that still needs something is sent on to it.
    """
    execution = execution.for_step()
    trade = execution.trade(trade_id)
    dust_limit = execution.dust(trade)
    if not trade.ended and decide(trade, dust_limit).act is not Act.FINISH:
        return following(trade, dust_limit)
    if trade.ended:
        return ended(trade.state, trade.reason)
    if stray_of(trade).shares > execution.plain_dust(trade):
        return finish_with_remainder(execution, trade)
    trade = _end(execution, trade)
    return ended(trade.state, trade.reason)


def finish_with_remainder(execution: Execution, trade: Trade) -> Next:
    """Ends a trade whose legs differ by too few shares to mend: booked as dust, told to the owner."""
    done = _end(execution, trade, words_of(trade))
    return ended(done.state, done.reason)


def _end(execution: Execution, trade: Trade, remainder: str = "") -> Trade:
    state = end_state(trade)
    reason = remainder or ("" if succeeded(trade, state) else _why(trade))
    locked = 0 if _netted(trade) else locked_profit(trade)
    # excludes a second release of the reservation, and an end computed before a fill, an order or a leg that
    # came meanwhile
    done = execution.ledger.finish(
        trade.trade_id, trade.state, state, reason=reason, locked=locked, seen=trade
    )
    after_end(execution, done)
    return done


def after_end(execution: Execution, trade: Trade) -> None:
    """Everything that follows from the end that the ledger has of a trade; each part even if another fails.

    Doing it again does what a Lambda that died has left undone, and nothing twice; but the figures hear of an
    end once more where it died between telling them and noting it.
    """
    if trade.reason.startswith(RESOLVED):
        return  # nobody needs to be told, and it says nothing of whether trading works
    all_of(lambda: tell_end(execution, trade), lambda: _count(execution, trade))


def quarantine(execution: Execution, trade_id: str, agent_id: str, cause: str) -> Next:
    """Flags the trade, halts its agent and calls a human; does each of the three even if another fails.

    A trade of which nothing ever left is released instead: it holds nothing, so nobody needs to be halted.
    Raises WrongState when an order of it is claimed for sending meanwhile; then it needs another look.
    """
    trade = execution.ledger.trade(trade_id)
    if trade is None or (not trade.ended and trade.nothing_left):
        return _release(execution, trade, agent_id, trade_id, cause)
    if trade.ended and trade.state is not TradeState.QUARANTINED:
        return ended(trade.state, trade.reason)
    call_human(execution, trade, cause)
    return ended(TradeState.QUARANTINED, cause)


def call_human(execution: Execution, trade: Trade, cause: str) -> None:
    """Flags the trade, halts its agent, sends the alarm: each of the three even if another fails."""

    def flag() -> None:
        flagged = trade
        if trade.state is not TradeState.QUARANTINED:
            # excludes flagging a trade that has come to another end meanwhile
            flagged = execution.ledger.finish(
                trade.trade_id, trade.state, TradeState.QUARANTINED, reason=cause
            )
        _count(execution, flagged)

    all_of(
        flag,
        lambda: halt(execution, trade),
        lambda: execution.notifier.send(quarantined(trade, cause)),
    )


def recover(
    execution: Execution, trade_id: str, index: int, round_: int, error: str, cause: str = ""
) -> Next:
    """Finds the way on after a step has failed: from the ledger, and a look later each time.

    NotSent after all its retries gives the leg up: nothing of it has left.
    """
    trade = execution.trade(trade_id)
    dust_limit = execution.dust(trade)
    if trade.ended:
        return following(trade, dust_limit)
    if round_ >= MAX_ROUNDS:
        return Next(Step.QUARANTINE, index, round_, reason=f"steps keep failing: {error}: {cause}"[:_TEXT])
    if index < 0:
        return replace(following(trade, dust_limit), round=round_ + 1)
    leg = leg_of(trade, index)
    if leg.state is LegState.PLANNED and error == NotSent.__name__:
        reject(execution, trade, leg, VenueUnreachable(f"not sent after several tries: {cause}"[:_TEXT]))
        return following(execution.trade(trade_id), dust_limit)
    on = following(trade, dust_limit, index, round_)
    if on.step in (Step.BUY, Step.SELL) and on.leg == index:
        return wait_for(leg, round_ + 1)
    return on


def _netted(trade: Trade) -> bool:
    """Both sides of one market at a venue that nets them: the dollar is there already, nothing is locked."""
    keys = [leg.key for leg in trade.planned_legs]
    return len(set(keys)) < len(keys) and keys[0].venue in NETTING_VENUES


def _count(execution: Execution, trade: Trade) -> None:
    """Counts the end in the figures and among its agent's failures, and pauses the agent at the sixth.

    A pause begins the count anew: without that, an agent that its owner has activated again would be paused
    by whoever looks at this trade once more.
    """
    if trade.counted < trade.ends:
        execution.on_end(trade)
    failed = _is_failure(trade)
    failures = execution.ledger.count_end(trade, failed=failed)
    if failed and failures > MAX_FAILURES:
        with suppress(WrongState, NotFound):
            # excludes waking an agent that its owner has stopped, or that is halted
            execution.agents.set_state(
                trade.agent_id, [AgentState.ACTIVE], AgentState.PAUSED, why_paused(failures, trade), ACTOR
            )
        execution.agents.forget_failures(trade.agent_id)
    tell_pause(execution, trade)


def _is_failure(trade: Trade) -> bool | None:
    """None where the end says nothing about whether trading works, or the agent is halted for it."""
    if trade.state is TradeState.QUARANTINED or was_released(trade):
        return None
    if trade.state is TradeState.NOT_TAKEN and trade.reason.partition(":")[0] in _NOT_A_FAILURE:
        return None
    return not succeeded(trade, trade.state)


def _release(execution: Execution, trade: Trade | None, agent_id: str, trade_id: str, cause: str) -> Next:
    if trade is not None:
        # excludes releasing once an order may be out: every leg is still as it was seen, provably not sent
        done = execution.ledger.finish(trade_id, trade.state, TradeState.NOT_TAKEN, reason=cause, seen=trade)
        after_end(execution, done)
    execution.notifier.send(released(agent_id, trade_id, cause))
    return ended(TradeState.NOT_TAKEN, cause)


def _why(trade: Trade) -> str:
    """The reason of the leg that failed first; what a venue says of a leg that it filled is none."""
    failed = (leg for leg in trade.legs if leg.state in _FELL_SHORT)
    return next((leg.reason for leg in failed if leg.reason), "nothing was filled")

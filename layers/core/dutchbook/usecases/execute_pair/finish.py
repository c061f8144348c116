"""How a trade ends, what is told about it, and the way back when a step itself has failed."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from dutchbook.domain.accounting import NETTING_VENUES
from dutchbook.domain.agent import AgentState
from dutchbook.domain.decision import Act, decide, end_state
from dutchbook.domain.dust import DUST, stray_of, words_of
from dutchbook.domain.errors import (
    EdgeGone,
    Halted,
    LimitExceeded,
    NotAuthorised,
    NotEligible,
    NotFound,
    NotSent,
    PriceMoved,
    StaleBook,
    VenueUnreachable,
    WrongState,
)
from dutchbook.domain.money import format_micros
from dutchbook.domain.trade import Leg, Trade
from dutchbook.domain.trade_money import locked_profit
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.ports.notices import Notice
from dutchbook.usecases.execute_pair.context import Execution, leg_of
from dutchbook.usecases.execute_pair.place import reject
from dutchbook.usecases.execute_pair.steps import MAX_ROUNDS, Next, Step, ended, following, wait_for
from dutchbook.usecases.settle_positions import close_what_is_gone

MAX_FAILURES = 5
"""More failed trades than this in a row pause the agent."""

ACTOR = "execute_pair"

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
    left = words_of(trade)
    done = _end(execution, trade, left)
    execution.notifier.send(
        Notice(
            kind="remainder",
            agent_id=done.agent_id,
            what=f"{done.title or done.pair_id}: {left}. The trade ended as {done.state}.",
            next_step="Nothing needs to be done: what is left is shown, valued at the bid and paid out at"
            " settlement. The agent goes on.",
            trade_id=done.trade_id,
            dedupe_key=f"remainder:{done.trade_id}",
        )
    )
    return ended(done.state, done.reason)


def _end(execution: Execution, trade: Trade, remainder: str = "") -> Trade:
    state = end_state(trade)
    reason = remainder or ("" if _succeeded(trade, state) else _why(trade))
    locked = 0 if _netted(trade) else locked_profit(trade)
    # excludes a second release of the reservation, and ending a trade that moved on meanwhile
    done = execution.ledger.finish(trade.trade_id, trade.state, state, reason=reason, locked=locked)
    if state is TradeState.FLAT and not _succeeded(done, state) and not remainder:
        execution.notifier.send(_unwound(done))
    if done.exits and _succeeded(done, state):
        _closed(execution, done)
    _tell_refused_keys(execution, done)
    _count(execution, done)
    execution.on_end(done)
    return done


def quarantine(execution: Execution, trade_id: str, agent_id: str, cause: str) -> Next:
    """Flags the trade, halts its agent and calls a human; does each of the three even if another fails.

    A trade of which nothing ever left is released instead: it holds nothing, so nobody needs to be halted.
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
        if trade.state is not TradeState.QUARANTINED:
            # excludes flagging a trade that has come to another end meanwhile
            execution.on_end(
                execution.ledger.finish(trade.trade_id, trade.state, TradeState.QUARANTINED, reason=cause)
            )

    _all_of(
        flag,
        lambda: _halt(execution, trade.agent_id, trade.trade_id),
        lambda: _alarm(execution, trade, cause),
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


def _why(trade: Trade) -> str:
    """The reason of the leg that failed first."""
    return next((leg.reason for leg in trade.legs if leg.reason), "nothing was filled")


def _succeeded(trade: Trade, state: TradeState) -> bool:
    """Whether the trade did what it set out to do; an exit of several legs that sold them all ends FLAT."""
    if trade.exits:
        return state is not TradeState.NOT_TAKEN and min(map(trade.held, trade.planned_legs)) > 0
    return state in (TradeState.HEDGED, TradeState.FILLED)


def _closed(execution: Execution, trade: Trade) -> None:
    """After a sale: trades of which nothing is left wait for nothing, and a closing agent may be done."""
    if execution.settlements is not None:
        close_what_is_gone(execution.ledger, execution.settlements, trade.agent_id, trade.closes)
    execution.notifier.send(
        Notice(
            kind="exited",
            agent_id=trade.agent_id,
            what=f"{trade.title or trade.pair_id}: sold ({trade.direction}), result"
            f" ${format_micros(trade.realised)}.",
            next_step="Nothing needs to be done.",
            trade_id=trade.trade_id,
            dedupe_key=f"exited:{trade.trade_id}",
        )
    )
    if any(position.shares > DUST for position in execution.ledger.positions(trade.agent_id)):
        return
    with suppress(WrongState, NotFound):
        # excludes stopping an agent that is not closing, or is not any more
        execution.agents.set_state(
            trade.agent_id, [AgentState.CLOSING], AgentState.INACTIVE, "all positions are closed", ACTOR
        )


def _netted(trade: Trade) -> bool:
    """Both sides of one market at a venue that nets them: the dollar is there already, nothing is locked."""
    keys = [leg.key for leg in trade.planned_legs]
    return len(set(keys)) < len(keys) and keys[0].venue in NETTING_VENUES


def _count(execution: Execution, trade: Trade) -> None:
    """Counts the trade among its agent's consecutive failures, and pauses the agent at the sixth."""
    if trade.state is TradeState.NOT_TAKEN and trade.reason.partition(":")[0] in _NOT_A_FAILURE:
        return
    failed = not _succeeded(trade, trade.state)
    failures = execution.agents.record_outcome(trade.agent_id, failed=failed)
    if failures <= MAX_FAILURES:
        return
    why = f"{failures} trades in a row failed; the last one: {trade.reason}"
    try:
        # excludes waking an agent that its owner has stopped, or that is halted
        execution.agents.set_state(trade.agent_id, [AgentState.ACTIVE], AgentState.PAUSED, why, ACTOR)
    except WrongState:
        return
    execution.notifier.send(
        Notice(
            kind="paused",
            agent_id=trade.agent_id,
            what=f"The agent is paused: {why}",
            next_step="Look at the reason, then activate the agent again. What is open is still managed.",
            trade_id=trade.trade_id,
            dedupe_key=f"paused:{trade.trade_id}",
        )
    )


def _tell_refused_keys(execution: Execution, trade: Trade) -> None:
    for venue in {leg.venue for leg in trade.legs if leg.reason.startswith(NotAuthorised.__name__)}:
        execution.notifier.send(
            Notice(
                kind="credentials",
                agent_id=trade.agent_id,
                what=f"{venue} refuses the agent's credentials, or what they may do: {trade.reason}",
                next_step="Test them, and store new ones if they are no longer good. Until then no trade on"
                f" {venue} will succeed, and after six failures in a row the agent is paused.",
                trade_id=trade.trade_id,
                venue=venue.value,
                dedupe_key=f"credentials:{trade.agent_id}:{venue}",
            )
        )


def _release(execution: Execution, trade: Trade | None, agent_id: str, trade_id: str, cause: str) -> Next:
    if trade is not None:
        # excludes releasing once an order may be out: every leg is still provably not sent
        execution.on_end(execution.ledger.finish(trade_id, trade.state, TradeState.NOT_TAKEN, reason=cause))
    execution.notifier.send(
        Notice(
            kind="failed",
            agent_id=agent_id,
            what=f"A trade failed before anything was sent: {cause}",
            next_step="Nothing is held and the money is released. The next scan may try again.",
            trade_id=trade_id,
            dedupe_key=f"failed:{trade_id}",
        )
    )
    return ended(TradeState.NOT_TAKEN, cause)


def _halt(execution: Execution, agent_id: str, trade_id: str) -> None:
    try:
        # any state: what an agent was allowed to do before a quarantine does not matter after it
        execution.agents.set_state(
            agent_id, list(AgentState), AgentState.HALTED, f"{trade_id} is quarantined", ACTOR
        )
    except NotFound:
        return


def _alarm(execution: Execution, trade: Trade, cause: str) -> None:
    held = ", ".join(
        f"{format_micros(trade.held(leg))} {leg.outcome} on {leg.venue}" for leg in trade.planned_legs
    )
    execution.notifier.send(
        Notice(
            kind="quarantined",
            agent_id=trade.agent_id,
            what=f"{trade.title or trade.pair_id}: {cause}. Held by the ledger: {held}",
            next_step="The agent is halted. Compare with the venues' own orders and positions, then resolve"
            " the trade (runbook: quarantined).",
            trade_id=trade.trade_id,
            venue=_unsure(trade),
            dedupe_key=f"quarantined:{trade.trade_id}",
        )
    )


def _unsure(trade: Trade) -> str:
    open_legs: list[Leg] = [leg for leg in trade.legs if leg.state is not LegState.REJECTED]
    return open_legs[-1].venue.value if open_legs else ""


def _unwound(trade: Trade) -> Notice:
    return Notice(
        kind="unwound",
        agent_id=trade.agent_id,
        what=f"{trade.title or trade.pair_id}: a leg fell short and the other was closed again, result"
        f" ${format_micros(trade.realised)}. {trade.reason}",
        next_step="Nothing is held. The agent goes on.",
        trade_id=trade.trade_id,
        dedupe_key=f"unwound:{trade.trade_id}",
    )


def _all_of(*acts: Callable[[], None]) -> None:
    """Does every act, then raises what the first failing one raised."""
    failures: list[Exception] = []
    for act in acts:
        try:
            act()
        except Exception as error:
            failures.append(error)
    if failures:
        raise failures[0]

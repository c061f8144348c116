"""What follows from a trade's end: who is told of it, an agent halted, trades that an exit has closed.

All of it may be done again, and is: a Lambda may die between writing an end and telling of it, so whoever
compares the trade with the venues afterwards does it anew. Each notice has its key and is sent once.
"""

from collections.abc import Callable
from contextlib import suppress

from dutchbook.domain.agent import AgentState
from dutchbook.domain.decision import succeeded
from dutchbook.domain.dust import DUST, ended_with_it, words_of
from dutchbook.domain.errors import NotAuthorised, NotFound, WrongState
from dutchbook.domain.money import format_micros
from dutchbook.domain.reasons import why_halted
from dutchbook.domain.trade import Trade
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.ports.notices import FOR_GOOD_SECONDS, Notice
from dutchbook.usecases.execute_pair.context import Execution
from dutchbook.usecases.settle_positions import close_what_is_gone

ACTOR = "execute_pair"

_IN_A_ROW = "trades in a row failed"


def tell_end(execution: Execution, trade: Trade) -> None:
    """Everything that follows from the end that the ledger has of a trade. Doing it again changes nothing."""
    if trade.state is TradeState.QUARANTINED:
        all_of(
            lambda: halt(execution, trade),
            lambda: execution.notifier.send(quarantined(trade, trade.reason)),
        )
        return
    all_of(
        lambda: _close_what_is_gone(execution, trade),
        lambda: tell_refused_keys(execution, trade),
        lambda: _tell_result(execution, trade),
    )


def _tell_result(execution: Execution, trade: Trade) -> None:
    if trade.exits and succeeded(trade, trade.state):
        _closed(execution, trade)
    if ended_with_it(trade):
        execution.notifier.send(_remainder(trade))
    elif trade.state is TradeState.FLAT and not succeeded(trade, trade.state):
        execution.notifier.send(_unwound(trade))
    elif was_released(trade):
        execution.notifier.send(released(trade.agent_id, trade.trade_id, trade.reason))


def tell_pause(execution: Execution, trade: Trade) -> None:
    """Tells of the pause that this trade's failure has led to, if the agent still is paused for it."""
    agent = execution.agents.get(trade.agent_id)
    if agent is None or agent.state is not AgentState.PAUSED:
        return
    if _IN_A_ROW not in agent.state_reason or trade.trade_id not in agent.state_reason:
        return
    execution.notifier.send(
        Notice(
            kind="paused",
            agent_id=trade.agent_id,
            what=f"The agent is paused: {agent.state_reason}",
            next_step="Look at the reason, then activate the agent again. What is open is still managed.",
            trade_id=trade.trade_id,
            dedupe_key=f"paused:{trade.trade_id}",
            once_seconds=FOR_GOOD_SECONDS,
        )
    )


def why_paused(failures: int, trade: Trade) -> str:
    """Names the trade, so that whoever looks at it later finds that its failure was the last."""
    return f"{failures} {_IN_A_ROW}; the last one, {trade.trade_id}: {trade.reason}"


def tell_refused_keys(execution: Execution, trade: Trade) -> None:
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


def halt(execution: Execution, trade: Trade) -> None:
    running = [state for state in AgentState if state is not AgentState.HALTED]
    with suppress(NotFound, WrongState):
        # any state: what an agent was allowed to do before a quarantine does not matter after it
        execution.agents.set_state(
            trade.agent_id, running, AgentState.HALTED, why_halted(trade.trade_id), ACTOR
        )


def quarantined(trade: Trade, cause: str) -> Notice:
    held = ", ".join(
        f"{format_micros(trade.held(leg))} {leg.outcome} on {leg.venue}" for leg in trade.planned_legs
    )
    number = trade.ends if trade.state is TradeState.QUARANTINED else trade.ends + 1
    return Notice(
        kind="quarantined",
        agent_id=trade.agent_id,
        what=f"{trade.title or trade.pair_id}: {cause}. Held by the ledger: {held}",
        next_step="The agent is halted. Compare with the venues' own orders and positions, then resolve"
        " the trade (runbook: quarantined).",
        trade_id=trade.trade_id,
        venue=_last_venue(trade),
        # resolved and quarantined anew, it is told anew
        dedupe_key=f"quarantined:{trade.trade_id}:{number}",
        once_seconds=FOR_GOOD_SECONDS,
    )


def released(agent_id: str, trade_id: str, cause: str) -> Notice:
    return Notice(
        kind="failed",
        agent_id=agent_id,
        what=f"A trade failed before anything was sent: {cause}",
        next_step="Nothing is held and the money is released. The next scan may try again.",
        trade_id=trade_id,
        dedupe_key=f"failed:{trade_id}",
        once_seconds=FOR_GOOD_SECONDS,
    )


def all_of(*acts: Callable[[], None]) -> None:
    """Does every act, then raises what the first failing one raised."""
    failures: list[Exception] = []
    for act in acts:
        try:
            act()
        except Exception as error:
            failures.append(error)
    if failures:
        raise failures[0]


def was_released(trade: Trade) -> bool:
    """Whether it ended before any leg was tried, which only a failing step brings about."""
    return trade.state is TradeState.NOT_TAKEN and all(
        leg.state is LegState.PLANNED for leg in trade.planned_legs
    )


def _close_what_is_gone(execution: Execution, trade: Trade) -> None:
    """Trades of which nothing is left wait for nothing: what it sold or netted away, and itself where a part
    of it was paid and the rest undone or sold by hand.
    """
    gone = {*trade.closes, *([trade.trade_id] if trade.deferred else [])}
    if gone and execution.settlements is not None:
        close_what_is_gone(execution.ledger, execution.settlements, trade.agent_id, gone)


def _closed(execution: Execution, trade: Trade) -> None:
    """After a sale: a closing agent may be done."""
    execution.notifier.send(
        Notice(
            kind="exited",
            agent_id=trade.agent_id,
            what=f"{trade.title or trade.pair_id}: sold ({trade.direction}), result"
            f" ${format_micros(trade.realised)}.",
            next_step="Nothing needs to be done.",
            trade_id=trade.trade_id,
            dedupe_key=f"exited:{trade.trade_id}",
            once_seconds=FOR_GOOD_SECONDS,
        )
    )
    if any(position.shares > DUST for position in execution.ledger.positions(trade.agent_id)):
        return
    with suppress(WrongState, NotFound):
        # excludes stopping an agent that is not closing, or is not any more
        execution.agents.set_state(
            trade.agent_id, [AgentState.CLOSING], AgentState.INACTIVE, "all positions are closed", ACTOR
        )


def _remainder(trade: Trade) -> Notice:
    return Notice(
        kind="remainder",
        agent_id=trade.agent_id,
        what=f"{trade.title or trade.pair_id}: {words_of(trade)}. The trade ended as {trade.state}.",
        next_step="Nothing needs to be done: what is left is shown, valued at the bid and paid out at"
        " settlement. The agent goes on.",
        trade_id=trade.trade_id,
        dedupe_key=f"remainder:{trade.trade_id}",
        once_seconds=FOR_GOOD_SECONDS,
    )


def _unwound(trade: Trade) -> Notice:
    return Notice(
        kind="unwound",
        agent_id=trade.agent_id,
        what=f"{trade.title or trade.pair_id}: a leg fell short and the other was closed again, result"
        f" ${format_micros(trade.realised)}. {trade.reason}",
        next_step=f"{_held_words(trade)} The agent goes on.",
        trade_id=trade.trade_id,
        dedupe_key=f"unwound:{trade.trade_id}",
        once_seconds=FOR_GOOD_SECONDS,
    )


def _held_words(trade: Trade) -> str:
    """What is left of a trade that was closed again: nothing, or less than an order could mend."""
    left = [
        f"{format_micros(trade.held(leg))} {leg.outcome} on {leg.venue}"
        for leg in trade.planned_legs
        if trade.held(leg)
    ]
    return f"Left as dust: {', '.join(left)}." if left else "Nothing is held."


def _last_venue(trade: Trade) -> str:
    open_legs = [leg for leg in trade.legs if leg.state is not LegState.REJECTED]
    return open_legs[-1].venue.value if open_legs else ""

"""Trades that nobody looks after any more: their execution is gone, or a venue spoke after their end.

A sweep does what the state machine would have done, one look a time, from the same records and through the
same steps; what needs a wait is left to the next sweep. It never touches a trade whose execution runs.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain, zip_longest

from dutchbook.domain.errors import (
    Conflict,
    Denied,
    InvariantBroken,
    NotFound,
    NotSent,
    OutcomeUnknown,
    Refused,
)
from dutchbook.domain.trade import Trade
from dutchbook.ports.workflow import Executions, Leases
from dutchbook.usecases.execute_pair.compare import compare
from dutchbook.usecases.execute_pair.context import Execution
from dutchbook.usecases.execute_pair.finish import finish, quarantine, recover
from dutchbook.usecases.execute_pair.leg import advance_leg
from dutchbook.usecases.execute_pair.repair import repair
from dutchbook.usecases.execute_pair.steps import Next, Step, following

STALE_MS = 60_000
"""A trade untouched for so long is looked at, if no execution runs: longer than any one step."""

AFTER_END_MS = 60_000
"""Ended trades are compared so long after they were last touched: longer than any venue's reads lag."""

MAX_LOOKS = 20
"""Sweeps of one trade, a minute apart, after which a human is called."""

LEASE_SECONDS = 60
"""Longer than the function that sweeps may run."""

TRADES_A_SWEEP = 500
"""The oldest of each queue that are drawn from: about as many as a sweep has time to look at."""

GIVE_UP_LOOKS = 3
"""A leg that could not be sent in so many sweeps is given up, and what it left open is repaired."""

_STEPS_A_LOOK = 40
_NEXT_SWEEP = Next(Step.WAIT_BUY)
_WAITS = (Step.WAIT_BUY, Step.WAIT_SELL)
_ENDED_EARLY = "its execution ended before anything was sent"


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a sweep needs. `time_left` says whether there is time for one more trade."""

    execution: Execution
    executions: Executions
    leases: Leases
    time_left: Callable[[], bool] = lambda: True


@dataclass(slots=True)
class SweepReport:
    """Trade ids by what became of them."""

    seen: dict[str, list[str]] = field(default_factory=dict)
    """``running``, ``leased``, ``waiting``, a terminal state, ``compared``, ``again`` or ``unknown``."""
    failed: dict[str, str] = field(default_factory=dict)

    def note(self, what: str, trade_id: str) -> None:
        self.seen.setdefault(what, []).append(trade_id)


def sweep(world: Sweep) -> SweepReport:
    """Looks once at every trade that is still for too long, and at those that have just ended, in turns.

    One trade that fails keeps no other from being looked at; `failed` says which did, and why.
    """
    report = SweepReport()
    now_ms, ledger = world.execution.clock.now_ms(), world.execution.ledger
    waiting = zip_longest(
        _in_any_order(ledger.open_trades(now_ms - STALE_MS, TRADES_A_SWEEP), now_ms),
        _in_any_order(ledger.unchecked(now_ms - AFTER_END_MS, TRADES_A_SWEEP), now_ms),
    )
    for trade_id in filter(None, chain.from_iterable(waiting)):
        if not world.time_left():
            break
        try:
            report.note(sweep_trade(world, trade_id), trade_id)
        except Exception as error:
            report.failed[trade_id] = f"{type(error).__name__}: {error}"
    return report


def _in_any_order(trade_ids: Iterable[str], now_ms: int) -> list[str]:
    """Another order in each sweep: trades that stay in front of their queue (their execution runs, or their
    look fails) and take up the time keep the same others waiting no longer than by chance.
    """
    return sorted(trade_ids, key=lambda trade_id: sha256(f"{now_ms}|{trade_id}".encode()).digest())


def sweep_trade(world: Sweep, trade_id: str) -> str:
    """One look at one trade; says what became of it. Raises StoreUnavailable, and whatever is a bug."""
    trade = world.execution.ledger.trade(trade_id)
    if trade is None:
        return "unknown"
    if not trade.ended and world.executions.running(trade_id):
        return "running"
    # a lease for each part of a trade's life: looks before its end do not count for those after it
    name = f"{'ENDED' if trade.ended else 'SWEEP'}#{trade_id}"
    looks = world.leases.take(name, LEASE_SECONDS)
    if not looks:
        return "leased"
    try:
        if trade.ended:
            return "compared" if compare(world.execution, trade, looks) else "again"
        return _go_on(world.execution, trade, looks)
    finally:
        world.leases.give_back(name)


def _go_on(execution: Execution, trade: Trade, looks: int) -> str:
    """As far as it goes without waiting."""
    on = following(trade, execution.dust(trade))
    if looks > MAX_LOOKS:
        on = Next(Step.QUARANTINE, reason=f"{MAX_LOOKS} sweeps have not brought it to an end ({on.step})")
    if trade.nothing_left:
        # a chance of minutes ago is not entered any more: releases it, unless an order is claimed meanwhile
        on = Next(Step.QUARANTINE, reason=_ENDED_EARLY)
    for number in range(_STEPS_A_LOOK):
        if on.step.isupper():
            return on.step.value
        if on.step in _WAITS and number:
            return "waiting"
        on = _step(execution, trade, on, looks)
    return "waiting"


def _step(execution: Execution, trade: Trade, on: Next, looks: int) -> Next:
    """What the state machine does with this step, its Catch blocks included."""
    try:
        return _act(execution, trade, on, looks)
    except InvariantBroken as error:
        return Next(Step.QUARANTINE, reason=f"{type(error).__name__}: {error}")
    except NotSent as error:
        if looks >= GIVE_UP_LOOKS and on.leg >= 0:
            return recover(execution, trade.trade_id, on.leg, 0, NotSent.__name__, str(error))
    except (Conflict, OutcomeUnknown, Refused, Denied, NotFound):
        pass  # somebody else was faster, or a venue is silent
    return _NEXT_SWEEP


def _act(execution: Execution, trade: Trade, on: Next, looks: int) -> Next:
    trade_id = trade.trade_id
    acts: dict[Step, Callable[[], Next]] = {
        Step.REPAIR: lambda: repair(execution, trade_id, on.round),
        Step.FINISH: lambda: finish(execution, trade_id),
        Step.QUARANTINE: lambda: quarantine(execution, trade_id, trade.agent_id, on.reason),
    }
    if on.step in acts:
        return acts[on.step]()
    buys = on.step in (Step.BUY, Step.WAIT_BUY)
    return advance_leg(execution, trade_id, on.leg, looks, adds_yes_exposure=buys)

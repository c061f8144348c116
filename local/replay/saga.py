"""execute_pair without Step Functions: the same steps in one loop, waits on the replay's clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from dutchbook.domain.errors import Conflict, Denied, DutchbookError, NotSent, category_of
from dutchbook.domain.plan import TradePlan
from dutchbook.usecases import execute_pair
from dutchbook.usecases.execute_pair import Execution, Next, Step

_TRIES = 3
_MOST_STEPS = 400
_WAITS = (Step.WAIT_BUY, Step.WAIT_SELL)
_LEGS = (Step.BUY, Step.SELL, *_WAITS)


@dataclass(slots=True)
class Queue:
    """ports.Workflow: keeps what was started, each name once, until it is run."""

    names: set[str] = field(default_factory=set)
    waiting: dict[str, TradePlan] = field(default_factory=dict)

    def start(self, name: str, payload: Mapping[str, object]) -> bool:
        if name in self.names:
            return False
        self.names.add(name)
        self.waiting[name] = TradePlan.from_payload(payload)
        return True

    def take(self) -> list[TradePlan]:
        """In the order of their ids: starts come from several threads, and a replay has one order only."""
        plans = [self.waiting[name] for name in sorted(self.waiting)]
        self.waiting.clear()
        return plans


def run(execution: Execution, plan: TradePlan, sleep: Callable[[float], None]) -> str:
    """Takes one trade to its end, as the state machine does; says which."""
    try:
        on = execute_pair.reserve(execution, plan)
    except (Denied, Conflict) as error:
        return type(error).__name__
    for _ in range(_MOST_STEPS):
        if on.step.isupper():
            return on.step.value
        on = _follow(execution, plan, on, sleep)
    raise RuntimeError(f"{plan.trade_id} came to no end: {on}")


def _follow(execution: Execution, plan: TradePlan, on: Next, sleep: Callable[[float], None]) -> Next:
    if on.step in _WAITS:
        sleep(on.wait)
    error: DutchbookError | None = None
    for attempt in range(_TRIES):
        try:
            return _act(execution, plan, on)
        except NotSent as again:
            error = again
            sleep(2**attempt)
        except DutchbookError as other:
            error = other
            break
    cause = f"{type(error).__name__}: {error}"
    name = category_of(error).__name__ if error else ""
    if on.step not in _LEGS or name == "InvariantBroken":
        return execute_pair.quarantine(execution, plan.trade_id, plan.agent_id, cause)
    return execute_pair.recover(execution, plan.trade_id, on.leg, on.round, name, cause)


def _act(execution: Execution, plan: TradePlan, on: Next) -> Next:
    if on.step is Step.REPAIR:
        return execute_pair.repair(execution, plan.trade_id, on.round)
    if on.step is Step.FINISH:
        return execute_pair.finish(execution, plan.trade_id)
    if on.step is Step.QUARANTINE:
        return execute_pair.quarantine(execution, plan.trade_id, plan.agent_id, on.reason)
    buys = on.step in (Step.BUY, Step.WAIT_BUY)
    return execute_pair.advance_leg(execution, plan.trade_id, on.leg, on.round, adds_yes_exposure=buys)

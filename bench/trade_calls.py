"""What a hedged demo trade asks of DynamoDB: `python -m bench.trade_calls`; docs/cost.md counts with it.

The steps of the happy path with the stores of the local stack, paper venue in. A strong read counts one, be
it an item or a query of less than 4 KB, and so does each item of a batch; writes are counted by the item.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dutchbook.adapters import aws
from dutchbook.domain.plan import TradePlan
from dutchbook.usecases.execute_pair import Execution, Step, advance_leg, finish, reserve
from local.processes import free_port
from local.stack import LocalStack

_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem"})
ROWS = ("strong_reads", "eventual_reads", "transacted_items", "single_writes")


@dataclass
class Meter:
    """Listens to a client's requests."""

    seen: Counter[str] = field(default_factory=Counter)

    def note(self, params: Mapping[str, Any], model: Any, **_: Any) -> None:
        operation = model.name
        if operation in ("GetItem", "Query"):
            self._read(params, 1)
        elif operation == "BatchGetItem":
            for asked in params["RequestItems"].values():
                self._read(asked, len(asked["Keys"]))
        elif operation == "TransactWriteItems":
            self.seen["transacted_items"] += len(params["TransactItems"])
        elif operation == "BatchWriteItem":
            self.seen["single_writes"] += sum(len(puts) for puts in params["RequestItems"].values())
        elif operation in _WRITES:
            self.seen["single_writes"] += 1
        else:
            raise ValueError(f"{operation} is not counted yet")

    def _read(self, asked: Mapping[str, Any], items: int) -> None:
        self.seen["strong_reads" if asked.get("ConsistentRead") else "eventual_reads"] += items


def main() -> None:
    stack = LocalStack(port=free_port(), lambda_port=free_port()).start()
    try:
        seen = measure()
    finally:
        stack.stop()
    for row in ROWS:
        print(f"trade_{row}: {seen[row]}")


def measure() -> Counter[str]:
    """Counts by row name. The stack's environment is set."""
    from bench.cold_events import plans  # noqa: PLC0415 - wants the environment
    from dutchbook.entry.bootstrap import execute  # noqa: PLC0415 - as well

    (plan,) = plans(1)
    execution, meter = execute.execution(), Meter()
    aws.dynamodb().meta.events.register("provide-client-params.dynamodb.*", meter.note)
    play(execution, plan)
    return meter.seen


def play(execution: Execution, plan: TradePlan) -> None:
    """The happy path, step by step. Raises RuntimeError when the trade takes another one."""
    following = reserve(execution, plan)
    for leg in range(len(plan.legs)):
        if following.step not in (Step.BUY, Step.SELL) or following.leg != leg:
            raise RuntimeError(f"leg {leg} was not next, but {following}")
        adds = following.step is Step.BUY
        following = advance_leg(execution, plan.trade_id, leg, following.round, adds_yes_exposure=adds)
    ended = finish(execution, plan.trade_id)
    if ended.step is not Step.HEDGED:
        raise RuntimeError(f"it ended as {ended}")


if __name__ == "__main__":
    main()

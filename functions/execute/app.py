"""Execute: the steps of execute_pair. BuyLeg and SellLeg place orders, Trade does the ledger's steps, Sweep
looks after trades that no execution looks after, Notify passes notices on to a chat.
"""

from dutchbook.entry.cold_start import imports_done

# isort: split
import json
import time
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any

from dutchbook.adapters.webhook import text_of
from dutchbook.domain.errors import InvalidInput
from dutchbook.domain.plan import TradePlan
from dutchbook.entry.bootstrap import execute as bootstrap
from dutchbook.entry.categories import named_by_category
from dutchbook.entry.observability import annotate, logger
from dutchbook.usecases import execute_pair
from dutchbook.usecases.execute_pair import Execution, Next, Sweep
from dutchbook.usecases.watch_venues import watch

imports_done()

type Event = Mapping[str, Any]
type Step = Callable[[Execution, Event], Next]


def _handler(step: Step) -> Callable[[dict[str, Any], object], dict[str, Any]]:
    @wraps(step)
    @logger.inject_lambda_context(clear_state=True)
    def handle(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
        started, ids = time.time(), {"trade_id": event["trade_id"], "agent_id": event["agent_id"]}
        logger.append_keys(step="execute", **ids)
        try:
            with named_by_category():
                following = step(bootstrap.execution(), event)
        finally:
            annotate("execute", started, **ids)
        answer = following.to_json()
        logger.info("step done", extra={"after": event.get("step", "leg"), "answer": answer})
        return answer

    return handle


@_handler
def buy_leg(execution: Execution, event: Event) -> Next:
    return execute_pair.advance_leg(
        execution, event["trade_id"], int(event["leg"]), event["round"], adds_yes_exposure=True
    )


@_handler
def sell_leg(execution: Execution, event: Event) -> Next:
    return execute_pair.advance_leg(
        execution, event["trade_id"], int(event["leg"]), event["round"], adds_yes_exposure=False
    )


@_handler
def trade(execution: Execution, event: Event) -> Next:
    """event["step"]: reserve, recover, repair, finish or quarantine."""
    step = _TRADE_STEPS.get(event["step"])
    if step is None:
        raise InvalidInput("step", f"none of {', '.join(_TRADE_STEPS)}")
    return step(execution, event)


def _reserve(execution: Execution, event: Event) -> Next:
    plan = TradePlan.from_payload(event)
    # joins the trade's lines with those of the scan that found it
    logger.append_keys(tick_id=plan.tick_id)
    return execute_pair.reserve(execution, plan)


def _recover(execution: Execution, event: Event) -> Next:
    leg, round_ = int(event["leg"]), event["round"]
    # an execution ends under the definition that it began with: an older one tells error and cause apart
    failure = event.get("failure") or {"Error": event["error"], "Cause": event["cause"]}
    cause = failure.get("Cause") or ""  # a timeout may come without one
    return execute_pair.recover(execution, event["trade_id"], leg, round_, failure.get("Error", ""), cause)


def _repair(execution: Execution, event: Event) -> Next:
    return execute_pair.repair(execution, event["trade_id"], event["round"])


def _finish(execution: Execution, event: Event) -> Next:
    return execute_pair.finish(execution, event["trade_id"])


def _quarantine(execution: Execution, event: Event) -> Next:
    after = event["after"]
    error = after.get("error") or {}
    cause = after.get("reason") or f"{error.get('Error')}: {error.get('Cause') or 'no cause'}"[:500]
    return execute_pair.quarantine(execution, event["trade_id"], event["agent_id"], cause)


_TRADE_STEPS: dict[str, Step] = {
    "reserve": _reserve,
    "recover": _recover,
    "repair": _repair,
    "finish": _finish,
    "quarantine": _quarantine,
}


class SweepFailed(RuntimeError):
    """Something could not be looked at; raised after all else was, so that the alarm on errors hears."""


@logger.inject_lambda_context(clear_state=True)
def sweep(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """On schedule: every trade that needs a look. From the queue: the trades whose executions have failed."""
    logger.append_keys(step="sweep")
    world = bootstrap.sweep(lambda: bool(context.get_remaining_time_in_millis() > _TIME_FOR_A_TRADE_MS))
    if "Records" in event:
        return {"batchItemFailures": _failed_executions(world, event["Records"])}
    report = execute_pair.sweep(world)
    failed, down = dict(report.failed), []
    try:
        # after the trades: they need nobody to be told of venues, and telling may be what is out of order
        down = watch(world.execution.markets, world.execution.notifier, world.execution.clock)
    except Exception as error:
        failed["venues"] = f"{type(error).__name__}: {error}"
    logger.info("swept", extra={"seen": report.seen, "failed": failed, "down": down})
    if failed:
        raise SweepFailed(json.dumps(failed)[:1_000])
    return report.seen


_TIME_FOR_A_TRADE_MS = 20_000


def _failed_executions(world: Sweep, records: Iterable[Event]) -> list[dict[str, str]]:
    """One look at the trade of each. What fails is delivered again; further looks come on schedule."""
    failures = []
    for record in records:
        trade_id = json.loads(record["body"])["detail"]["name"]
        try:
            seen = execute_pair.sweep_trade(world, trade_id)
            logger.info("swept", extra={"trade_id": trade_id, "seen": seen})
        except Exception:
            logger.exception("sweep failed", extra={"trade_id": trade_id})
            failures.append({"itemIdentifier": record["messageId"]})
    return failures


@logger.inject_lambda_context(clear_state=True)
def notify(event: dict[str, Any], context: object) -> None:  # noqa: ARG001 - Lambda's signature
    """Each record of an SNS event to the webhook. Raises when one cannot be passed on: Lambda tries again."""
    logger.append_keys(step="notify")
    for record in event["Records"]:
        bootstrap.webhook().send(text_of(record["Sns"]["Message"]))

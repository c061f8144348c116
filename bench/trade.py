"""How long a trade takes here, and how many state transitions: `python -m bench.trade`.

`trade_local_p50_ms` is from the start of execute_pair to the moment its second leg is placed, with the real
state machine, handlers and stores of the local stack, on simulators at zero latency.
`moto_execution_floor_ms` is a state machine of as many tasks, each invoking an empty function, on moto as it
is installed; `local_execution_floor_ms` the same on our local cloud, which is a quickened moto. All are read
off the executions' own histories, medians of interleaved runs.
"""

import json
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.aws import client
from local.processes import LISTENING, free_port, spawn, stop, wait_for
from local.stack import LocalStack
from local.template import ACCOUNT, REGION

ROUNDS = 11
_LEGS = 2
_PATIENCE_SECONDS = 60
_REST_SECONDS = 0.7
"""Two unsigned book reads a trade, three a second are allowed: a trade would wait for the one before."""


def main() -> None:
    for name, value in measure().items():
        print(f"{name}: {value}")


def measure() -> dict[str, float]:
    """Medians in milliseconds, their ratio, and the transitions of the happy path."""
    stack = LocalStack(port=free_port()).start()
    empty = _EmptyFunctions()
    try:
        with (
            _cloud("bench.plain_moto", empty.url, says="Running on") as plain,
            _cloud("local.cloud", empty.url, says=LISTENING) as quick,
        ):
            return _rounds(stack, plain, quick)
    finally:
        empty.stop()
        stack.stop()


@contextmanager
def _cloud(module: str, functions: str, says: str) -> Iterator[str]:
    """The address of a cloud whose Lambdas are at `functions`, once it `says` that it listens."""
    port = free_port()
    url, name = f"http://127.0.0.1:{port}", f"cloud-{port}"
    process = spawn(name, module, ["--port", str(port), "--lambda-host", functions])
    try:
        wait_for(name, process, f"{url}/moto-api/", says)
        yield url
    finally:
        stop(process)


def _rounds(stack: LocalStack, plain: str, quick: str) -> dict[str, float]:
    from bench.cold_events import plans  # noqa: PLC0415 - wants the environment

    machines = client("stepfunctions", stack.endpoint)
    arn = stack.template.arns["ExecutePair"]
    floors = [_Floor(plain), _Floor(quick)]
    taken: list[float] = []
    transitions: list[int] = []
    # the first round warms all up
    for number, plan in enumerate(plans(ROUNDS + 1)):
        for floor in floors:
            floor.run(f"floor-{number}")
        trade = _history(machines, arn, plan.trade_id, plan.to_payload())
        taken.append(_until_task(trade, 1 + _LEGS))
        transitions.append(sum(event["type"].endswith("StateEntered") for event in trade))
        time.sleep(_REST_SECONDS)
    p50 = statistics.median(taken[1:])
    moto_ms, local_ms = (statistics.median(floor.taken[1:]) for floor in floors)
    return {
        "trade_transitions": statistics.median(transitions),
        "trade_local_p50_ms": round(p50, 1),
        "moto_execution_floor_ms": round(moto_ms, 1),
        "trade_local_vs_moto_floor": round(p50 / moto_ms, 2),
        "local_execution_floor_ms": round(local_ms, 1),
        "trade_local_vs_local_floor": round(p50 / local_ms, 2),
    }


class _Floor:
    """A state machine of as many empty tasks as a trade has until its second leg is placed."""

    def __init__(self, cloud: str) -> None:
        self._machines = client("stepfunctions", cloud)
        self._arn = _machine_of_empty_tasks(self._machines, 1 + _LEGS)
        self.taken: list[float] = []

    def run(self, name: str) -> None:
        self.taken.append(_until_task(_history(self._machines, self._arn, name, {}), 1 + _LEGS))


def _machine_of_empty_tasks(machines: Any, tasks: int) -> str:
    names = [f"Task{number}" for number in range(tasks)]
    states: dict[str, Any] = {
        name: {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:empty"},
            "Next": following,
        }
        for name, following in zip(names, [*names[1:], "Done"], strict=True)
    } | {"Done": {"Type": "Succeed"}}
    answer = machines.create_state_machine(
        name="empty",
        definition=json.dumps({"StartAt": names[0], "States": states}),
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/local",
    )
    arn: str = answer["stateMachineArn"]
    return arn


def _history(machines: Any, arn: str, name: str, payload: dict[str, Any]) -> list[Any]:
    """The events of one execution, which must succeed."""
    execution = machines.start_execution(stateMachineArn=arn, name=name, input=json.dumps(payload))
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (status := machines.describe_execution(**_of(execution))["status"]) == "RUNNING":
        if time.monotonic() > deadline:
            raise RuntimeError(f"{name} does not end")
        time.sleep(0.25)
    if status != "SUCCEEDED":
        raise RuntimeError(f"{name} ended {status}")
    events: list[Any] = machines.get_execution_history(**_of(execution), maxResults=1000)["events"]
    return events


def _of(execution: Any) -> dict[str, str]:
    return {"executionArn": execution["executionArn"]}


def _until_task(events: list[Any], count: int) -> float:
    """Milliseconds from the start of an execution to the end of its `count`-th task."""
    ends = [event["timestamp"] for event in events if event["type"] == "TaskStateExited"]
    started: datetime = events[0]["timestamp"]
    elapsed: float = (ends[count - 1] - started).total_seconds() * 1000
    return elapsed


class _EmptyFunctions:
    """Answers every invocation with an empty object."""

    def __init__(self) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("content-length") or 0))
                self.send_response(200)
                self.send_header("content-length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, format: str, *args: Any) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


if __name__ == "__main__":
    main()

"""How long a trade takes here, and how many state transitions: `python -m bench.trade`.

`trade_local_p50_ms` is from the start of execute_pair to the moment its second leg is placed, with the real
state machine, handlers and stores of the local stack, on simulators at zero latency.
`moto_execution_floor_ms` is the same machinery with nothing to do: a state machine of as many tasks, each
invoking an empty function. Both are read off the executions' own histories, medians of interleaved runs.
"""

import json
import statistics
import threading
import time
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.aws import client
from local.processes import free_port, spawn, stop, wait_for
from local.stack import LocalStack
from local.template import ACCOUNT, REGION

ROUNDS = 11
_LEGS = 2
_PATIENCE_SECONDS = 60


def main() -> None:
    for name, value in measure().items():
        print(f"{name}: {value}")


def measure() -> dict[str, float]:
    """Medians in milliseconds, their ratio, and the transitions of the happy path."""
    stack = LocalStack(port=free_port()).start()
    empty = _EmptyFunctions()
    port = free_port()
    name = f"cloud-{port}"
    cloud = spawn(name, "local.cloud", ["--port", str(port), "--lambda-host", empty.url])
    try:
        wait_for(name, cloud, f"http://127.0.0.1:{port}/moto-api/")
        return _rounds(stack, f"http://127.0.0.1:{port}")
    finally:
        stop(cloud)
        empty.stop()
        stack.stop()


def _rounds(stack: LocalStack, empty_cloud: str) -> dict[str, float]:
    from bench.cold_events import plans  # noqa: PLC0415 - wants the environment

    machines, floor_machines = client("stepfunctions", stack.endpoint), client("stepfunctions", empty_cloud)
    floor_arn = _machine_of_empty_tasks(floor_machines, 1 + _LEGS)
    arn = stack.template.arns["ExecutePair"]
    taken: list[float] = []
    floors: list[float] = []
    transitions: list[int] = []
    # the first round warms both up
    for number, plan in enumerate(plans(ROUNDS + 1)):
        floor = _history(floor_machines, floor_arn, f"floor-{number}", {})
        trade = _history(machines, arn, plan.trade_id, plan.to_payload())
        if number:
            floors.append(_until_task(floor, 1 + _LEGS))
            taken.append(_until_task(trade, 1 + _LEGS))
            transitions.append(sum(event["type"].endswith("StateEntered") for event in trade))
    p50, floor_ms = statistics.median(taken), statistics.median(floors)
    return {
        "trade_transitions": statistics.median(transitions),
        "trade_local_p50_ms": round(p50, 1),
        "moto_execution_floor_ms": round(floor_ms, 1),
        "trade_local_vs_moto_floor": round(p50 / floor_ms, 2),
    }


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

"""How long a cold function takes to its first answer: `python -m bench.cold`.

A fresh interpreter imports the built artefact as Lambda does and handles one event, against the local stack's
stores and simulators. `cold_floor_ms` is bare boto3 with one client and one call, in the same rounds: medians
of nine, interleaved, because a machine's clock drifts.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.api import Wallet
from local.processes import free_port
from local.runtime import BUILD, import_path, runtime_folder
from local.stack import LocalStack, local_environment
from local.template import ROOT

ROUNDS = 9
_HANDLE = """
import json, sys
import app
event = json.load(sys.stdin)
class Context:
    function_name = "cold"; memory_limit_in_mb = 512; aws_request_id = "r"
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:cold"
    def get_remaining_time_in_millis(self): return 30000
answer = app.{attribute}(event, Context())
assert answer.get("statusCode", 200) < 500, answer
"""
_ANSWERED = """
import os
os._exit(0)
"""
"""Lambda keeps the process: to take the interpreter down is no part of an answer, nor of the floor."""
_FLOOR = """
import boto3, os
client = boto3.client("dynamodb", region_name="us-east-1", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
client.get_item(TableName=os.environ["LEDGER_TABLE"], Key={"pk": {"S": "x"}, "sk": {"S": "x"}})
"""


def main() -> None:
    for name, value in measure().items():
        print(f"{name}: {value}")


def measure() -> dict[str, float]:
    """Medians in milliseconds by row name, and each target's ratio to the floor."""
    if not BUILD.exists():
        raise SystemExit("nothing is built: run `make build` first")
    stack = LocalStack(port=free_port(), lambda_port=free_port()).start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            return _rounds(stack, runtime_folder(Path(folder)))
    finally:
        stack.stop()


def _rounds(stack: LocalStack, runtime: Path) -> dict[str, float]:
    from bench.cold_events import legs_to_place, scan_event, token, without_pacing  # noqa: PLC0415 - wants the environment

    wallet = Wallet()
    legs = legs_to_place(ROUNDS)
    without_pacing()
    bearer = f"Bearer {token(wallet)}"
    taken: dict[str, list[float]] = {}
    for number in range(ROUNDS):
        events: dict[str, tuple[str, Mapping[str, Any]]] = {
            "cold_authorize_ms": ("AuthorizeFunction", {"type": "REQUEST", "identitySource": [bearer]}),
            "cold_status_ms": ("StatusFunction", _sample("venues")),
            "cold_register_ms": ("RegisterFunction", _sample("auth_nonce")),
            "cold_scan_ms": ("ScanFunction", scan_event(number)),
            "cold_leg_ms": legs[number],
        }
        taken.setdefault("cold_floor_ms", []).append(_run([runtime], _FLOOR, {}, stack, "ScanFunction"))
        for row, (function, event) in events.items():
            program = _HANDLE.format(attribute=stack.template.handler(function)[1])
            path = import_path(stack.template, function, runtime)
            taken.setdefault(row, []).append(_run(path, program, event, stack, function))
    rows = {row: round(statistics.median(times), 1) for row, times in taken.items()}
    floor = rows["cold_floor_ms"]
    ratios = {row.replace("_ms", "_vs_floor"): round(value / floor, 2) for row, value in rows.items()}
    del ratios["cold_floor_vs_floor"]
    return rows | ratios


def _run(path: list[Path], program: str, event: Mapping[str, Any], stack: LocalStack, function: str) -> float:
    environment = stack.template.environment(function) | local_environment()
    environment |= {"PYTHONPATH": os.pathsep.join(map(str, path)), "PATH": os.environ["PATH"]}
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-S", "-c", program + _ANSWERED],
        input=json.dumps(event),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    elapsed = time.perf_counter() - started
    if done.returncode:
        raise RuntimeError(f"{function}: {done.stderr[-2_000:]}")
    return elapsed * 1000


def _sample(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((ROOT / "events" / f"{name}.json").read_text())
    return event


if __name__ == "__main__":
    main()

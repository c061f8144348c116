"""Runs the built functions in their Lambda containers against the local stack.

`python -m local.sam invoke events/x.json` is one invocation, `… e2e` a whole trade whose every
step went through a container. Needs `sam build` and a Docker engine.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local.api import Api, Wallet
from local.bridge import CONTAINER_HOST, bridge_address, docker_answers, forward
from local.demo.__main__ import AGENT
from local.demo.seed import seed_pairs
from local.gateway import routes_of
from local.processes import ProcessFailed, free_port, spawn, stop, wait_for
from local.schedule import Scheduler
from local.stack import LocalStack
from local.template import REGION, ROOT

_BUILT = ROOT / ".aws-sam" / "build" / "template.yaml"
_BY_NAME = {
    "scan": "ScanFunction",
    "authorize": "AuthorizeFunction",
    "buy_leg": "BuyLegFunction",
    "sell_leg": "SellLegFunction",
    "sweep": "SweepFunction",
    "trade": "TradeFunction",
}
"""Sample events that are no HTTP request, by the start of their file's name."""
_TRADE_SECONDS = 240
_SAM_LISTENS = "Running on"
"""What sam's own servers print once they have their port."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    invoke_one = commands.add_parser("invoke")
    invoke_one.add_argument("event", type=Path)
    commands.add_parser("e2e")
    options = parser.parse_args()
    if not _BUILT.exists():
        print("nothing is built: run `make build` first", file=sys.stderr)
        return 2
    if not docker_answers():
        print("no Docker engine answers: the containers of sam local need one", file=sys.stderr)
        return 2
    try:
        return invoke(options.event) if options.command == "invoke" else trade_through_containers()
    except ProcessFailed as error:
        print(error, file=sys.stderr)
        return 1


def function_of(path: Path, event: dict[str, Any], stack: LocalStack) -> str:
    """Which function the sample event is for. Raises ValueError when neither route nor name tells."""
    key = event.get("routeKey", "")
    if event.get("type") == "REQUEST":
        return "AuthorizeFunction"
    for route in routes_of(stack.template):
        if key == f"{route.method} {route.path}":
            return route.function
    for start, function in _BY_NAME.items():
        if path.stem.startswith(start):
            return function
    raise ValueError(f"{path}: no route of the template and no function's name")


def invoke(path: Path) -> int:
    """One invocation in its container; prints what the function answers. Fails when it raises."""
    event = json.loads(path.read_text())
    with _stack(free_port()) as (stack, arguments):
        seed_pairs()
        function = function_of(path, event, stack)
        done = subprocess.run(
            [_sam(), "local", "invoke", function, "-e", str(path), *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    print(done.stdout)
    if done.returncode or '"errorType"' in done.stdout:
        print(done.stderr, file=sys.stderr)
        return 1
    return 0


def trade_through_containers() -> int:
    """register → activate → scan → execute → status, each in its container, to a HEDGED trade."""
    lambda_port, api_port = free_port(), free_port()
    wallet = Wallet()
    with _stack(api_port, lambda_port, wallet.address) as (stack, arguments):
        seed_pairs()
        warm = ["--warm-containers", "LAZY"]
        functions = spawn_sam("start-lambda", lambda_port, [*arguments, *warm])
        wait_for(f"start-lambda-{lambda_port}", functions, f"http://127.0.0.1:{lambda_port}/", _SAM_LISTENS)
        gateway = spawn_sam("start-api", api_port, [*arguments, *warm])
        wait_for(f"start-api-{api_port}", gateway, f"http://127.0.0.1:{api_port}/api/health", _SAM_LISTENS)
        try:
            return _trade(Api(stack.url), wallet, stack)
        finally:
            stop(gateway)
            stop(functions)


def _trade(api: Api, wallet: Wallet, stack: LocalStack) -> int:
    api.sign_in(wallet)
    agent_id = api.post("/api/agent/register", {"wallet": wallet.address, **AGENT})["agent_id"]
    api.post("/api/agent/activate", {"agent_id": agent_id})
    print(f"registered and activated {agent_id} through containers", flush=True)
    schedule = Scheduler(stack.template, stack.endpoint)
    schedule.start()
    deadline = time.monotonic() + _TRADE_SECONDS
    try:
        while time.monotonic() < deadline:
            time.sleep(3)
            trades = api.get(f"/api/agent/{agent_id}/trades")["items"]
            states = [trade["state"] for trade in trades]
            print("trades:", ", ".join(states) or "none yet", flush=True)
            if "HEDGED" in states:
                stats = api.get(f"/api/agent/status/{agent_id}")["stats"]
                print(f"HEDGED through containers; locked profit {stats['locked_profit']}", flush=True)
                return 0
    finally:
        schedule.stop()
    print("no trade was hedged in time", file=sys.stderr)
    return 1


@contextmanager
def _stack(port: int, lambda_port: int = 0, operator: str = "") -> Iterator[tuple[LocalStack, list[str]]]:
    """The stack, and the arguments with which sam's containers find it."""
    stack = LocalStack(port=port, lambda_port=lambda_port or free_port(), operator=operator)
    stack.start()
    try:
        urls = [stack.endpoint, *stack.venue_urls.values()]
        forward(bridge_address(), [urlsplit(url).port or 0 for url in urls])
        variables = ROOT / ".local" / f"containers-{port}.json"
        variables.write_text(json.dumps(_variables(stack)))
        yield (
            stack,
            [
                *("-t", str(_BUILT)),
                *("--env-vars", str(variables)),
                *("--region", REGION),
                "--skip-pull-image",
                *("--add-host", f"{CONTAINER_HOST}:host-gateway"),
            ],
        )
    finally:
        stack.stop()


def _variables(stack: LocalStack) -> dict[str, dict[str, str]]:
    """Each function's environment, with this machine under the name that containers know."""
    return {
        function: {
            name: value.replace("http://127.0.0.1:", f"http://{CONTAINER_HOST}:")
            for name, value in stack.template.environment(function).items()
        }
        for function in stack.template.resources("AWS::Serverless::Function")
    }


def spawn_sam(command: str, port: int, arguments: list[str]) -> subprocess.Popen[bytes]:
    return spawn(f"{command}-{port}", "samcli", ["local", command, "--port", str(port), *arguments])


def _sam() -> str:
    return str(ROOT / ".venv" / "bin" / "sam")


if __name__ == "__main__":
    sys.exit(main())

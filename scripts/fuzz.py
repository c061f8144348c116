"""schemathesis over every route of a running local stack, with a valid token: `make fuzz SECONDS=600`.

The stack is the whole one (gateway, authorizer, handlers, stores); the token is an operator's, and ids in
paths are half the time those of things that are there, so that requests get past the first look-up. Fails on
any 5xx, an answer that its published schema does not allow, a private route that answers without a token.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.api import Api, Wallet
from local.demo.seed import seed_pairs
from local.processes import free_port
from local.stack import LocalStack
from local.template import ROOT
from scripts.environments import Unavailable
from scripts.tools import tool

PAGE = ROOT / "docs" / "api" / "openapi.json"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "ignored_auth",
)
_ROUND_SECONDS = 600
"""A token lives for fifteen minutes: each round signs in anew."""
_AGENT = {
    "platforms": {"polymarket": True, "kalshi": True},
    "strategy": "arbitrage",
    "maxPosition": "100",
    "minProfit": "1",
    "maxTrades": 50,
    "stopLoss": "10",
}


def with_real_ids(page: dict[str, Any], known: Mapping[str, list[str]]) -> dict[str, Any]:
    """The page whose path parameters name, among all that they may be, things that are there."""
    for operations in page["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path" and parameter["name"] in known:
                    there = {"enum": known[parameter["name"]]}
                    parameter["schema"] = {"anyOf": [there, parameter["schema"]]}
    return page


def run(seconds: int, seed: int | None = None) -> int:
    """Exit code of schemathesis over fresh stacks, `seconds` in all. Raises Unavailable."""
    command, until = tool("schemathesis"), time.monotonic() + seconds
    while (left := int(until - time.monotonic())) > 0:
        code = _round(command, min(left, _ROUND_SECONDS), seed)
        if code:
            return code
    return 0


def _round(command: Path, seconds: int, seed: int | None) -> int:
    wallet = Wallet()
    stack = LocalStack(port=free_port(), operator=wallet.address)
    try:
        stack.start()
        seed_pairs()
        api = Api(stack.url)
        api.sign_in(wallet)
        agents = [
            api.post("/api/agent/register", {"wallet": wallet.address, **_AGENT})["agent_id"]
            for _ in range(5)
        ]
        pairs = [pair["pair_id"] for pair in api.get("/api/pairs")["items"]]
        page = with_real_ids(json.loads(PAGE.read_text()), {"agent_id": agents, "pair_id": pairs})
        with tempfile.TemporaryDirectory() as folder:
            schema = Path(folder) / "openapi.json"
            schema.write_text(json.dumps(page))
            arguments = [
                *("run", str(schema), "--url", stack.url, "--header", f"Authorization: Bearer {api.token}"),
                *("--checks", ",".join(CHECKS), "--max-time", str(seconds), "--continue-on-failure"),
                *("--suppress-health-check", "all", "--warnings", "off", "--no-color"),
                *(("--seed", str(seed)) if seed is not None else ()),
            ]
            # the tool keeps what it learnt of earlier runs in the folder that it runs in
            own = {"PATH": os.environ["PATH"], "HOME": folder}
            return subprocess.run([command, *arguments], cwd=folder, env=own, check=False).returncode
    finally:
        stack.stop()


def main(arguments: list[str]) -> int:
    try:
        return run(int(arguments[0]) if arguments else _ROUND_SECONDS)
    except Unavailable as error:
        print(f"skipped: schemathesis cannot be installed here ({error})")
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

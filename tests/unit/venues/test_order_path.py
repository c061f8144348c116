"""What trading loads: no client library, no web3, nothing of AWS."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
NEVER = {
    "aiohttp",
    "boto3",
    "botocore",
    "chain",
    "eth_account",
    "eth_abi",
    "eth_keys",
    "limitless_sdk",
    "polymarket",
    "py_clob_client",
    "py_clob_client_v2",
    "pydantic",
    "pykalshi",
    "web3",
}


def test_the_order_path_loads_no_client_library_and_no_web3():
    """In a fresh interpreter, because this one has loaded whatever other tests needed."""
    layers = os.pathsep.join(str(ROOT / "layers" / layer) for layer in ("core", "connectors", "chain"))
    finished = subprocess.run(
        [sys.executable, "-c", "import json, sys, venues.live; print(json.dumps(sorted(sys.modules)))"],
        env={"PYTHONPATH": layers},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    loaded = {name.partition(".")[0] for name in json.loads(finished.stdout)}
    assert {"requests", "coincurve", "cryptography"} <= loaded
    assert not loaded & NEVER

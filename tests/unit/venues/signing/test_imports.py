import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[4]
SIGNING = (
    "venues.environments, venues.polymarket.auth, venues.polymarket.signing, venues.polymarket.wallets, "
    "venues.kalshi.signing, venues.limitless.auth, venues.limitless.signing"
)
HEAVY = {"web3", "eth_account", "eth_keys", "py_clob_client", "requests", "pydantic", "boto3", "botocore"}


def test_signing_loads_no_client_library_no_http_and_acts_on_no_environment():
    """In a fresh interpreter, because this one has loaded whatever other tests needed."""
    layers = os.pathsep.join(str(ROOT / "layers" / layer) for layer in ("core", "connectors"))
    finished = subprocess.run(
        [sys.executable, "-c", f"import json, sys, {SIGNING}; print(json.dumps(sorted(sys.modules)))"],
        # refused by the functions that read them, not by the import
        env={"PYTHONPATH": layers, "KALSHI_API_BASE": "ftp://nowhere", "POLYMARKET_CHAIN_ID": "80001"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert finished.returncode == 0, finished.stderr
    loaded = {name.partition(".")[0] for name in json.loads(finished.stdout)}
    assert "coincurve" in loaded
    assert not loaded & HEAVY

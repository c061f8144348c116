"""`make demo-settle`: from hedged pairs to cash, with a void and a disagreement on the way."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PORT = "8873"


def test_the_demo_settles_everything_and_every_balance_agrees() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "local.demo.settle", "--port", PORT],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "layers/core:layers/connectors:layers/chain:.", "COLUMNS": "160"},
        capture_output=True,
        text=True,
        check=False,
        timeout=420,
    )
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-4_000:]
    assert "'failed': {}" in done.stdout
    assert "the venues settled differently: " in done.stdout
    assert "all balances add up to the millionth" in done.stdout
    assert "DIFFERS" not in done.stdout

"""`make demo ONCE=1`, as a newcomer runs it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PORT = "8871"


def test_the_demo_ends_by_itself_with_a_hedged_trade_and_balances_that_add_up() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "local.demo", "--once", "--port", PORT],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "layers/core:layers/connectors:layers/chain:.", "COLUMNS": "160"},
        capture_output=True,
        text=True,
        check=False,
        timeout=360,
    )
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-4_000:]
    assert "HEDGED" in done.stdout
    assert "rejected" in done.stdout
    assert "All balances add up to the millionth." in done.stdout
    assert "DIFFERS" not in done.stdout

"""`make demo-settle`: from hedged pairs to cash: a stop loss, an early close, a void and a disagreement.

Live, against the simulators' own ledgers, and on paper. Slow, a minute each: the steps have their own tests.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PORT = "8873"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mode", "function", "whose"),
    [("live-sim", "Redeem", "each simulator's own"), ("demo", "Settle", "the paper venue's")],
)
def test_the_demo_settles_everything_and_every_balance_agrees(mode: str, function: str, whose: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "local.demo.settle", "--mode", mode, "--port", PORT],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "layers/core:layers/connectors:layers/chain:.", "COLUMNS": "160"},
        capture_output=True,
        text=True,
        check=False,
        timeout=420,
    )
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-4_000:]
    assert "'failed': {}" in done.stdout
    for end in ("stop-loss: ", "early-close: ", "voided", "the venues settled differently: "):
        assert end in done.stdout, end
    assert f"{function}: " in done.stdout
    assert f"Our ledger and {whose} agree to the millionth." in done.stdout
    assert "DIFFERS" not in done.stdout

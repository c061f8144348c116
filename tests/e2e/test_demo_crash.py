"""`make demo-crash`, with fewer kills."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_killed_handlers_leave_every_trade_at_an_end_and_all_books_agreeing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "local.demo.crash", "--kills", "3", "--port", "8873"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "layers/core:layers/connectors:layers/chain:.", "COLUMNS": "160"},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-4_000:]
    assert "All trades have ended, and all books agree to the millionth." in done.stdout
    assert "DIFFERS" not in done.stdout

"""No secret of a live run is anywhere but in Secrets Manager: not after faults, a crash, misplaced keys."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

# on one worker, for its one run
pytestmark = pytest.mark.xdist_group("canaries")

ROOT = Path(__file__).resolve().parents[2]
STORED = {
    "CursorSecret",
    "TokenSecret",
    "kalshi kalshiApiSecret",
    "limitless limitlessApiSecret",
    "limitless privateKey",
    "polymarket privateKey",
}
DERIVED = {"polymarket api passphrase", "polymarket api secret", "session token", "misplaced key"}


@pytest.fixture(scope="module")
def report():
    done = subprocess.run(
        [sys.executable, "tests/e2e/canary_run.py"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "layers/core:layers/connectors:layers/chain:."},
        capture_output=True,
        text=True,
        check=False,
        timeout=420,
    )
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-4_000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_no_secret_is_in_any_answer_log_table_history_message_or_trace(report):
    assert report["leaks"] == []


def test_the_search_would_have_found_them(report):
    assert set(report["canaries"]) == STORED | DERIVED
    assert set(report["where they belong"]) == STORED
    for place, least in {"answers": 20_000, "logs": 20_000, "tables": 50_000, "histories": 20_000}.items():
        assert report["searched"][place] > least, place
    assert report["searched"]["messages"] > 0
    assert report["searched"]["traces"] > 0


def test_the_run_traded_for_real(report):
    assert {"HEDGED", "FLAT"} & set(report["trades"])
    # the owner's test of his credentials, and the legs
    assert "execute" in report["readers"]
    assert len(report["readers"]) == 2

"""A live agent on simulated venues: credentials stored, tested by a login, and the three yeses given."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
from local.api import Api, Wallet
from local.demo.live import go_live, opening_cash, venue_cash
from local.stack import LocalStack

KEY = "0x" + "7b" * 32
wallet = Wallet(KEY)
stack = LocalStack(port=8873, live_trading=True, operator=wallet.address)
try:
    stack.start()
    api = Api(stack.url)
    api.sign_in(wallet)
    agent = {"platforms": dict.fromkeys(["polymarket", "kalshi", "limitless"], True), "strategy": "arbitrage"}
    agent |= {"wallet": wallet.address, "maxPosition": 500, "minProfit": 2, "maxTrades": 5, "stopLoss": 5}
    agent_id = api.post("/api/agent/register", agent)["agent_id"]
    print("balances", sorted(go_live(api, agent_id, wallet, KEY, stack.venue_urls).items()))
    print("mode", api.get(f"/api/agent/status/{agent_id}")["agent"]["mode"])
    print("untouched", set(venue_cash(stack.venue_urls).values()) == {opening_cash()})
finally:
    stack.stop()
"""


def test_an_agent_goes_live_with_credentials_that_each_venue_has_accepted():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "layers/core:layers/connectors:layers/chain:."},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-4_000:]
    said = done.stdout.splitlines()
    assert "balances [('kalshi', '1000'), ('limitless', '1000'), ('polymarket', '1000')]" in said
    assert "mode live" in said
    assert "untouched True" in said

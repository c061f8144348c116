"""`make demo`: the whole system here, a demo agent trading on it, and a table of what happens.

--once ends with 0 when a two-leg trade is HEDGED, an opportunity was rejected with its reason, and every
balance adds up to the millionth; with 1 when that takes longer than five minutes or a balance is off.
"""

import argparse
import secrets
import sys
import time
from collections.abc import Mapping

import requests
from rich.console import Console
from rich.live import Live

from local.api import Api, ApiError, Wallet
from local.demo.live import go_live, venue_cash
from local.demo.reconcile import reconcile
from local.demo.seed import seed_pairs
from local.demo.table import Snapshot, balances_table, render
from local.processes import ProcessFailed
from local.schedule import Scheduler
from local.stack import LocalStack
from local.status_events import StatusEvents

_ONCE_SECONDS = 300
_REFRESH_SECONDS = 1.0

AGENT = {
    "platforms": {"polymarket": True, "kalshi": True, "limitless": True},
    "strategy": "arbitrage",
    "maxPosition": 1000,
    "minProfit": 2,
    "maxTrades": 50,
    "stopLoss": 5,
    "maxDays": 3650,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--live-data", action="store_true", help="public data of the real venues")
    parser.add_argument(
        "--mode",
        choices=("demo", "live-sim"),
        default="demo",
        help="live-sim: real orders, signed and sent over HTTP, to the simulated venues",
    )
    parser.add_argument(
        "--match",
        action="store_true",
        help="no curated pairs: the catalogue pass lists, the matcher proposes (so does --live-data)",
    )
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    live_sim = options.mode == "live-sim"
    if live_sim and options.live_data:
        parser.error("MODE=live-sim trades on the simulators: it cannot go with LIVE_DATA")
    console = Console()
    key = "0x" + secrets.token_hex(32)
    wallet = Wallet(key)
    stack = LocalStack(
        port=options.port,
        live_data=options.live_data,
        live_trading=live_sim,
        operator=wallet.address,
        seed=options.seed,
    )
    try:
        stack.start()
        matched = options.match or options.live_data
        return _run(stack, wallet, key if live_sim else "", console, once=options.once, matched=matched)
    except ProcessFailed as error:
        console.print(f"[red]{error}[/red]")
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        stack.stop()


def _run(
    stack: LocalStack, wallet: Wallet, live_key: str, console: Console, *, once: bool, matched: bool
) -> int:
    """`live_key` is the wallet's key when the agent is to trade live on the simulators."""
    if matched:
        console.print("The catalogue pass lists the venues first; pairs are what the matcher proposes.")
    else:
        console.print(f"{seed_pairs()} approved pairs are in the Markets table.")
    api = Api(stack.url)
    token = api.sign_in(wallet)
    agent_id = api.post("/api/agent/register", {"wallet": wallet.address, **AGENT})["agent_id"]
    if live_key:
        opened = go_live(api, agent_id, wallet, live_key, stack.venue_urls)
        console.print(f"Live on the simulated venues, with {opened} as each of them says.")
    api.post("/api/agent/activate", {"agent_id": agent_id})
    console.print(f"API and dashboard: {stack.url}    demo agent: {agent_id}")
    console.print(
        f"Its wallet's token, for curl (15 minutes):\n  export WALLET={wallet.address} TOKEN={token}\n",
        soft_wrap=True,
    )
    schedule = Scheduler(stack.template, stack.endpoint)
    events = StatusEvents(stack.template, stack.endpoint)
    schedule.start()
    if matched:
        schedule.fire("CataloguePass")
    events.start()
    snapshot = Snapshot()
    try:
        with Live(console=console, auto_refresh=False, screen=False) as live:
            started = time.monotonic()
            while not (once and snapshot.complete) and not (
                once and time.monotonic() - started > _ONCE_SECONDS
            ):
                time.sleep(_REFRESH_SECONDS)
                snapshot = _look(api, agent_id) or snapshot
                live.update(
                    render(snapshot, simulated_data=not stack.live_data, live=bool(live_key)), refresh=True
                )
    finally:
        schedule.stop()
        events.stop()
    return _finish(api, agent_id, snapshot, console, stack.venue_urls if live_key else {})


def _look(api: Api, agent_id: str) -> Snapshot | None:
    """None when the API is too busy to answer just now."""
    try:
        return Snapshot.take(api, agent_id)
    except requests.Timeout:
        return None  # the matcher and the API share a process here
    except ApiError as error:
        if error.status in (500, 503):
            return None
        raise


def _finish(
    api: Api, agent_id: str, snapshot: Snapshot, console: Console, live_venues: Mapping[str, str]
) -> int:
    """Stops the agent and shows that its books, the venues' and the fills agree."""
    api.post("/api/agent/deactivate", {"agent_id": agent_id})
    while (now := _look(api, agent_id)) is None or now.open_trades:
        time.sleep(_REFRESH_SECONDS)
    rows = reconcile(agent_id, venue_cash(live_venues) if live_venues else None)
    console.print(balances_table(rows))
    if wrong := [row for row in rows if not row.agrees]:
        console.print(f"[red]{len(wrong)} balances do not add up[/red]")
        return 1
    if not snapshot.complete:
        console.print("[red]no trade was hedged, or no opportunity rejected, in time[/red]")
        return 1
    console.print("All balances add up to the millionth.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

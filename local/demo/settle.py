"""`make demo-settle`: positions opened, their markets answered, everything paid; ends by itself.

Of the pairs that were hedged one is settled as it should be, one is voided on both venues, and one is settled
differently by its two venues; all others as they should be. The settlement pass is the deployed handler.
Exit 0 when every position became cash, the disagreement was flagged and its pair blocked, and cash is start
plus fills plus what the simulated venues pay for the shares that were held: in the ledger and at the paper
venue, to the millionth.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import requests
from rich.console import Console
from rich.table import Table

from local.api import Api, Wallet
from local.aws import client
from local.demo.__main__ import AGENT
from local.demo.reconcile import BalanceRow, reconcile
from local.demo.seed import seed_pairs
from local.demo.table import Snapshot, balances_table
from local.schedule import Scheduler
from local.stack import LocalStack

_WAIT_SECONDS = 300
_PASSES = 5
_NO_SHARE_TOO = 2
"""Legs of a pair."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a hedged trade's markets are answered."""

    name: str
    pays: tuple[Decimal, Decimal]
    """What a share of each leg's outcome pays."""


AS_IT_SHOULD = Ending("settled", (Decimal(1), Decimal(0)))
VOIDED = Ending("voided", (Decimal("0.5"), Decimal("0.5")))
DIFFERENTLY = Ending("settled differently", (Decimal(0), Decimal(0)))
ENDINGS = (AS_IT_SHOULD, VOIDED, DIFFERENTLY)


class Failed(RuntimeError):
    """The demo did not end as it must; the message says where."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    console, wallet = Console(), Wallet()
    stack = LocalStack(port=options.port, operator=wallet.address, seed=options.seed)
    try:
        stack.start()
        _run(stack, wallet, console)
    except Failed as failure:
        console.print(f"[red]{failure}[/red]")
        return 1
    finally:
        stack.stop()
    return 0


def _run(stack: LocalStack, wallet: Wallet, console: Console) -> None:
    seed_pairs()
    api = Api(stack.url)
    api.sign_in(wallet)
    agent_id = api.post("/api/agent/register", {"wallet": wallet.address, **AGENT})["agent_id"]
    _open(stack, api, agent_id, console)
    positions = api.get(f"/api/agent/{agent_id}/positions")["items"]
    endings = dict(_endings(api.get(f"/api/agent/{agent_id}/trades", limit="100")["items"]))
    missing = {ending.name for ending in ENDINGS} - {ending.name for ending in endings.values()}
    if missing:
        raise Failed(f"too few hedged pairs with markets of their own: none left to be {', '.join(missing)}")
    _answer(stack, api, agent_id, endings)
    _settle(stack, api, agent_id, console)
    _check(api, agent_id, endings, positions, console)


def _open(stack: LocalStack, api: Api, agent_id: str, console: Console) -> None:
    """Lets the agent trade until enough pairs are hedged, then stops it."""
    api.post("/api/agent/activate", {"agent_id": agent_id})
    clockwork = Scheduler(stack.template, stack.endpoint)
    clockwork.start()
    try:
        deadline = time.monotonic() + _WAIT_SECONDS
        while len(_hedged(Snapshot.take(api, agent_id).trades)) < len(ENDINGS):
            if time.monotonic() > deadline:
                raise Failed(f"not {len(ENDINGS)} pairs were hedged in {_WAIT_SECONDS} seconds")
            time.sleep(1)
        api.post("/api/agent/deactivate", {"agent_id": agent_id})
        while Snapshot.take(api, agent_id).open_trades:
            time.sleep(1)
    finally:
        clockwork.stop()
    console.print(f"{len(_hedged(Snapshot.take(api, agent_id).trades))} pairs are hedged.")


def _hedged(trades: Sequence[Mapping[str, Any]]) -> dict[frozenset[str], Mapping[str, Any]]:
    """One hedged trade for each set of markets that no other one here touches."""
    found: dict[frozenset[str], Mapping[str, Any]] = {}
    taken: set[str] = set()
    for trade in trades:
        markets = frozenset(leg["market_id"] for leg in trade["legs"])
        if trade["state"] == "HEDGED" and not markets & taken:
            taken |= markets
            found[markets] = trade
    return found


def _endings(trades: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Ending]]:
    for place, trade in enumerate(_hedged(trades).values()):
        yield trade["trade_id"], ENDINGS[place] if place < len(ENDINGS) else AS_IT_SHOULD


def _answer(stack: LocalStack, api: Api, agent_id: str, endings: Mapping[str, Ending]) -> None:
    """Tells the simulators what each market's YES pays; the first word on a market counts."""
    trades = api.get(f"/api/agent/{agent_id}/trades", limit="100")["items"]
    for trade in sorted(trades, key=lambda each: each["trade_id"] not in endings):
        ending = endings.get(trade["trade_id"], AS_IT_SHOULD)
        legs = [leg for leg in trade["legs"] if leg["purpose"] == "open"][:_NO_SHARE_TOO]
        for leg, pays in zip(legs, ending.pays, strict=False):
            yes = pays if leg["outcome"] == "yes" else 1 - pays
            answer = requests.post(
                f"{stack.venue_urls[leg['venue']]}/_sim/{leg['venue']}/settle",
                json={"market": leg["market_id"], "payout": str(yes)},
                timeout=10,
            )
            answer.raise_for_status()


def _settle(stack: LocalStack, api: Api, agent_id: str, console: Console) -> None:
    """Runs the deployed pass until nothing is held."""
    function = stack.template.refs["SettleFunction"]
    for _ in range(_PASSES):
        answer = client("lambda", stack.endpoint).invoke(FunctionName=function, Payload="{}")
        report = json.loads(answer["Payload"].read())
        console.print(f"pass: {report}")
        if not api.get(f"/api/agent/{agent_id}/positions")["items"]:
            return
    raise Failed(f"positions are still held after {_PASSES} passes")


def _check(
    api: Api,
    agent_id: str,
    endings: Mapping[str, Ending],
    positions: Sequence[Mapping[str, Any]],
    console: Console,
) -> None:
    paid = api.get(f"/api/agent/{agent_id}/settlements", limit="100")["items"]
    trades = {
        each["trade_id"]: each for each in api.get(f"/api/agent/{agent_id}/trades", limit="100")["items"]
    }
    stats = api.get(f"/api/agent/status/{agent_id}")["stats"]
    rows = reconcile(agent_id)
    console.print(_paid_table(paid))
    for trade_id, trade in trades.items():
        if trade["flag"]:
            console.print(f"[yellow]flagged {trade_id}: {trade['flag']}[/yellow]", soft_wrap=True)
    console.print(balances_table(rows))
    console.print(f"realised {stats['total_profit']}, locked {stats['locked_profit']}, {stats['statistics']}")
    held = {(each["venue"], each["market_id"], each["outcome"]): each["shares"] for each in positions}
    if held != {(each["venue"], each["market_id"], each["outcome"]): each["shares"] for each in paid}:
        raise Failed("what was paid out is not what was held")
    for each in paid:
        worth = (Decimal(each["shares"]) * Decimal(each["worth"])).quantize(
            Decimal("0.000001"), "ROUND_FLOOR"
        )
        if Decimal(each["payout"]) != worth:
            raise Failed(f"{each['market']}: paid {each['payout']} for {worth}")
    _check_endings(api, endings, trades)
    _check_money(rows, stats)
    console.print("[green]Every position became cash; all balances add up to the millionth.[/green]")


def _check_endings(api: Api, endings: Mapping[str, Ending], trades: Mapping[str, Mapping[str, Any]]) -> None:
    for trade_id, ending in endings.items():
        trade = trades[trade_id]
        if bool(trade["flag"]) != (ending is DIFFERENTLY) or not trade["closed_at"]:
            raise Failed(f"{trade_id} was {ending.name}: flag {trade['flag']!r}, closed {trade['closed_at']}")
        status = api.get(f"/api/pairs/{trade['pair_id']}")["pair"]["status"]
        if ending is DIFFERENTLY and status != "blocked":
            raise Failed(f"{trade['pair_id']} was settled differently and is {status}")


def _check_money(rows: Sequence[BalanceRow], stats: Mapping[str, Any]) -> None:
    if wrong := [row.venue.value for row in rows if not row.agrees]:
        raise Failed(f"balances do not add up: {', '.join(wrong)}")
    made = sum(row.ledger - row.start for row in rows)
    if Decimal(stats["total_profit"]) != Decimal(made) / 1_000_000:
        raise Failed(f"cash grew by {made} micros, the profit is told as {stats['total_profit']}")
    if (stats["locked_profit"], stats["exposure"]) != ("0", "0"):
        raise Failed(f"locked {stats['locked_profit']} and exposure {stats['exposure']} are left")


def _paid_table(paid: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(title="Payouts", expand=True)
    for column in ("market", "venue", "outcome", "shares", "cost", "a share pays", "payout", "realised"):
        table.add_column(column, overflow="fold")
    for each in paid:
        names = ("market", "venue", "outcome", "shares", "cost", "worth", "payout", "realised")
        table.add_row(*(str(each[name]) for name in names))
    return table


if __name__ == "__main__":
    sys.exit(main())

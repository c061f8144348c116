"""`make demo-crash`: the handlers' process is killed in the middle of trades, again and again.

An agent trades live on the simulated venues. Venues and cloud live on in processes of their own, as they do;
the process that runs the handlers gets SIGKILL while a trade is under way, stays away for a moment and is
started anew. Now and then the trade's execution is stopped as well, so that only the sweeper is left. In the
end every trade has ended, and the venues' own records and the ledger agree to the millionth.
"""

import argparse
import os
import random
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import requests
from rich.console import Console

from dutchbook.adapters.clock import SystemClock
from dutchbook.adapters.dynamo import Table
from dutchbook.adapters.ledger import DynamoLedger
from dutchbook.domain.market import MarketKey
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Venue
from local.api import Api, ApiError, Wallet
from local.aws import client
from local.demo.__main__ import AGENT
from local.demo.live import ACCOUNT, go_live, venue_cash
from local.demo.reconcile import reconcile, trades_of
from local.demo.seed import seed_pairs
from local.demo.table import balances_table
from local.processes import ProcessFailed
from local.schedule import Scheduler
from local.stack import LocalStack
from local.status_events import StatusEvents

KILLS = 8
_STOP_EVERY = 3
"""Of so many kills one also stops the executions that run."""
_WAIT_FOR_A_TRADE_SECONDS = 20
_SETTLE_SECONDS = 240
_DOWN_SECONDS = (0.2, 3.0)
_UP_SECONDS = (1.0, 12.0)
"""How long the process lives at least: sometimes long enough to finish what it found."""
_INTO_A_TRADE_SECONDS = 1.5
_LOOK_SECONDS = 0.05
_TRIES = 10


@dataclass
class Crashes:
    """Kills the handlers' process while trades are under way."""

    stack: LocalStack
    chance: random.Random
    in_the_middle: int = 0
    stopped: int = 0
    ledger: DynamoLedger = field(init=False)
    machines: Any = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = DynamoLedger(Table(os.environ["LEDGER_TABLE"]), SystemClock())
        self.machines = client("stepfunctions", self.stack.endpoint)

    def strike(self, number: int) -> None:
        """Waits for a trade under way, kills, and starts the process anew after a moment."""
        deadline = time.monotonic() + _WAIT_FOR_A_TRADE_SECONDS
        while not self.open_trades() and time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS)
        time.sleep(self.chance.uniform(0, _INTO_A_TRADE_SECONDS))
        self.in_the_middle += bool(self.open_trades())
        process = self.stack.processes["handlers"]
        process.kill()
        process.wait()
        if number % _STOP_EVERY == _STOP_EVERY - 1:
            self._stop_executions()
        time.sleep(self.chance.uniform(*_DOWN_SECONDS))
        self.stack.start_handlers()
        time.sleep(self.chance.uniform(*_UP_SECONDS))

    def open_trades(self) -> list[str]:
        return list(self.ledger.open_trades(_far_ahead(), 50))

    def unchecked(self) -> list[str]:
        return list(self.ledger.unchecked(_far_ahead(), 50))

    def _stop_executions(self) -> None:
        machine = self.stack.template.refs["ExecutePair"]
        running = self.machines.list_executions(stateMachineArn=machine, statusFilter="RUNNING")["executions"]
        for execution in running:
            self.machines.stop_execution(executionArn=execution["executionArn"])
            self.stopped += 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    console = Console()
    key = "0x" + secrets.token_hex(32)
    wallet = Wallet(key)
    stack = LocalStack(port=options.port, live_trading=True, operator=wallet.address, seed=options.seed)
    try:
        stack.start()
        return _run(stack, wallet, key, console, options.kills, random.Random(options.seed))
    except ProcessFailed as error:
        console.print(f"[red]{error}[/red]")
        return 1
    finally:
        stack.stop()


def _run(
    stack: LocalStack, wallet: Wallet, key: str, console: Console, kills: int, chance: random.Random
) -> int:
    seed_pairs()
    api = Api(stack.url)
    api.sign_in(wallet)
    agent_id = api.post("/api/agent/register", {"wallet": wallet.address, **AGENT})["agent_id"]
    go_live(api, agent_id, wallet, key, stack.venue_urls)
    api.post("/api/agent/activate", {"agent_id": agent_id})
    schedule = Scheduler(stack.template, stack.endpoint)
    events = StatusEvents(stack.template, stack.endpoint)
    schedule.start()
    events.start()
    crashes = Crashes(stack, chance)
    try:
        for number in range(kills):
            crashes.strike(number)
            console.print(f"kill {number + 1} of {kills}: {len(crashes.open_trades())} trades are under way")
        # what is under way is still looked after; nothing new begins
        _patiently(lambda: api.post("/api/agent/deactivate", {"agent_id": agent_id}))
        settled = _wait_until_settled(crashes)
    finally:
        schedule.stop()
        events.stop()
    return _report(stack, agent_id, crashes, console, settled=settled)


def _patiently(call: Callable[[], object]) -> None:
    """Repeats a request that the machine is too busy to answer. Raises ApiError when it stays so."""
    for attempt in range(_TRIES):
        try:
            call()
        except ApiError as error:
            if error.status == HTTPStatus.CONFLICT:
                return  # an earlier try did it, or the agent is halted
            if error.status < HTTPStatus.INTERNAL_SERVER_ERROR or attempt == _TRIES - 1:
                raise
            time.sleep(2)
        else:
            return


def _wait_until_settled(crashes: Crashes) -> bool:
    """Whether every trade has ended and was compared with the venues' records in time."""
    deadline = time.monotonic() + _SETTLE_SECONDS
    while time.monotonic() < deadline:
        if not crashes.open_trades() and not crashes.unchecked():
            return True
        time.sleep(1)
    return False


def _report(stack: LocalStack, agent_id: str, crashes: Crashes, console: Console, *, settled: bool) -> int:
    trades = list(trades_of(crashes.ledger, agent_id))
    ends = Counter(trade.state.value for trade in trades)
    rows = reconcile(agent_id, venue_cash(stack.venue_urls))
    console.print(balances_table(rows))
    wrong = list(_wrong_shares(crashes.ledger, agent_id, _ledgers(stack.venue_urls)))
    for line in wrong:
        console.print(f"[red]{line}[/red]")
    console.print(f"kills in the middle of a trade: {crashes.in_the_middle}")
    console.print(f"executions stopped: {crashes.stopped}")
    console.print("trades: " + ", ".join(f"{count} {state}" for state, count in sorted(ends.items())))
    problems = {
        "a trade has not ended, or was not compared": not settled,
        "the balances do not agree": not all(row.agrees for row in rows),
        "the shares do not agree": bool(wrong),
        "nothing was hit": not crashes.in_the_middle,
        "nothing was hedged": TradeState.HEDGED.value not in ends,
        "a leg's fate is unknown": any(trade.unsure for trade in trades),
    }
    for problem in (name for name, there in problems.items() if there):
        console.print(f"[red]{problem}[/red]")
    if any(problems.values()):
        return 1
    console.print("All trades have ended, and all books agree to the millionth.")
    return 0


def _wrong_shares(ledger: DynamoLedger, agent_id: str, ledgers: Mapping[str, Any]) -> Iterator[str]:
    """Where the venues' own shares are not the ledger's."""
    ours = {
        (one.key.venue, one.key.market_id, one.outcome.value): one.shares
        for one in ledger.positions(agent_id)
        if not one.simulated
    }
    there = {}
    for venue in Venue:
        for name, shares in ledgers[venue.value]["accounts"][ACCOUNT]["shares"].items():
            market, _, outcome = name.rpartition("|")
            there[venue, market, outcome] = shares
    for place in sorted(ours.keys() | there.keys()):
        if ours.get(place, 0) != there.get(place, 0):
            key = MarketKey(place[0], place[1])
            yield f"{key} {place[2]}: {there.get(place, 0)} micros there, {ours.get(place, 0)} in the ledger"


def _ledgers(venue_urls: Mapping[str, str]) -> Any:
    return requests.get(f"{next(iter(venue_urls.values()))}/_sim/ledger", timeout=10).json()


def _far_ahead() -> int:
    """Unix milliseconds after everything that was touched so far."""
    return time.time_ns() // 1_000_000 + 60_000


if __name__ == "__main__":
    sys.exit(main())

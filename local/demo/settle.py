"""`make demo-settle`: positions opened, two sold early, the others answered and paid; ends by itself.

Five pairs, each with an end of its own: settled as it should be, though the bids for its last leg collapse
after the first was paid; voided on both venues; settled differently by its two venues; closed early because
the bids pay more; voided on one venue and sold at its stop loss on the other.
Books and answers are moved over the simulators' control, everything else is done by the deployed handlers.
Whatever else the agent has hedged settles as it should.

The agent trades live, on the simulators: its orders are signed and sent over HTTP, Kalshi pays by itself, and
the Redeem function redeems Polymarket's and Limitless's shares by transactions that the simulated chains
verify. `--mode demo` tells the same story on paper, with the Settle function.

Exit 0 when each of the five happened, every position became cash, the disagreement was flagged and its pair
blocked, and cash is start plus fills plus payouts: in our ledger and in each simulator's own (on paper: at
the paper venue), to the millionth. Exit 1, saying what is missing, otherwise.
"""

import argparse
import json
import secrets
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table

from dutchbook.domain.money import parse_micros
from local.api import Api, Wallet
from local.aws import client
from local.demo.__main__ import AGENT
from local.demo.exits import Failed, collapse, overpay, say, tempt, wait_for_exit, wait_until
from local.demo.live import go_live, venue_cash, venue_payouts, venue_shares
from local.demo.reconcile import BalanceRow, reconcile
from local.demo.seed import PAIRS_FILE, pair_of, seed_pairs
from local.demo.table import Snapshot, balances_table
from local.schedule import Scheduler
from local.stack import LocalStack

_WAIT_SECONDS = 120
_PASSES = 5

type Trade = Mapping[str, Any]
type Pays = tuple[Decimal, Decimal]
"""What a share of each leg's outcome pays."""

AS_IT_SHOULD: Pays = (Decimal(1), Decimal(0))
LAST_WINS: Pays = (Decimal(0), Decimal(1))
VOIDED: Pays = (Decimal("0.5"), Decimal("0.5"))
DIFFERENTLY: Pays = (Decimal(0), Decimal(0))


@dataclass(frozen=True, slots=True)
class Ending:
    """What becomes of one pair. `kalshi` names its Kalshi market, which no other pair has."""

    name: str
    kalshi: str
    pays: Pays | None
    """None for those that are sold before their markets are answered."""


SETTLED = Ending("settled", "KXPRESPARTY-2028-R", LAST_WINS)
VOID = Ending("voided", "KXPRESPERSON-28-GNEWS", VOIDED)
DIFFERENT = Ending("settled differently", "KXPRESPERSON-28-MRUB", DIFFERENTLY)
EARLY = Ending("closed early", "KXPRESPERSON-28-AOCA", None)
STOPPED = Ending("stop loss", "KXPRESPERSON-28-KHAR", None)
ENDINGS = (SETTLED, VOID, DIFFERENT, EARLY, STOPPED)


@dataclass(slots=True)
class Story:
    """One run: the agent, and of each ending its pair and the trade that opened it."""

    stack: LocalStack
    api: Api
    agent_id: str
    console: Console
    live: bool
    """Whether the agent trades on the simulators, or on paper beside them."""
    pairs: dict[str, Ending] = field(default_factory=dict)
    opened: dict[str, Trade] = field(default_factory=dict)
    """By the ending's name."""
    exits: dict[str, Trade] = field(default_factory=dict)

    def trades(self) -> list[Trade]:
        return list(self.api.get(f"/api/agent/{self.agent_id}/trades", limit="100")["items"])

    def positions(self) -> list[Mapping[str, Any]]:
        return list(self.api.get(f"/api/agent/{self.agent_id}/positions")["items"])

    def paid(self) -> list[Mapping[str, Any]]:
        return list(self.api.get(f"/api/agent/{self.agent_id}/settlements", limit="100")["items"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mode", choices=("live-sim", "demo"), default="live-sim")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    live, key = options.mode == "live-sim", "0x" + secrets.token_hex(32)
    console, wallet = Console(), Wallet(key)
    stack = LocalStack(port=options.port, live_trading=live, operator=wallet.address, seed=options.seed)
    try:
        stack.start()
        _run(stack, wallet, key if live else "", console)
    except Failed as failure:
        console.print(f"[red]{failure}[/red]")
        return 1
    finally:
        stack.stop()
    return 0


def _run(stack: LocalStack, wallet: Wallet, live_key: str, console: Console) -> None:
    """`live_key` is the wallet's key when the agent is to trade live on the simulators."""
    seed_pairs()
    api = Api(stack.url)
    api.sign_in(wallet)
    agent_id = api.post("/api/agent/register", {"wallet": wallet.address, **AGENT})["agent_id"]
    if live_key:
        opened = go_live(api, agent_id, wallet, live_key, stack.venue_urls)
        console.print(f"Live on the simulated venues, with {opened} as each of them says.")
    story = Story(stack, api, agent_id, console, live=bool(live_key))
    _tempt(story)
    clockwork = Scheduler(stack.template, stack.endpoint)
    clockwork.start()
    try:
        _open(story)
        _sell_early(story)
    finally:
        clockwork.stop()
    held = story.positions() + [_key_of(each) for each in story.paid()]
    _answer(story)
    _settle(story)
    _check(story, held)


def _tempt(story: Story) -> None:
    """Puts a Dutch book between the venues of each of the five pairs."""
    by_kalshi = {ending.kalshi: ending for ending in ENDINGS}
    for pair in map(pair_of, json.loads(PAIRS_FILE.read_text())["pairs"]):
        ending = by_kalshi.get(pair.a.market_id)
        if ending is not None:
            story.pairs[pair.pair_id] = ending
            tempt(story.stack.venue_urls, (pair.a.venue, pair.a.market_id), (pair.b.venue, pair.b.market_id))


def _open(story: Story) -> None:
    """Lets the agent trade until the five pairs are hedged, then stops it."""
    api, agent = story.api, {"agent_id": story.agent_id}
    api.post("/api/agent/activate", agent)

    def hedged() -> dict[str, Trade] | None:
        found = {
            story.pairs[trade["pair_id"]].name: trade
            for trade in story.trades()
            if trade["state"] == "HEDGED" and trade["pair_id"] in story.pairs
        }
        return found if len(found) == len(ENDINGS) else None

    wait_until(hedged, _WAIT_SECONDS, f"not {len(ENDINGS)} pairs were hedged")
    api.post("/api/agent/deactivate", agent)
    while Snapshot.take(api, story.agent_id).open_trades:
        time.sleep(1)
    story.opened = hedged() or {}
    story.console.print(f"{sum(trade['state'] == 'HEDGED' for trade in story.trades())} trades are hedged.")


def _sell_early(story: Story) -> None:
    """Moves the books of two pairs; waits for what the scan's exits make of it."""
    urls, early, stopped = story.stack.venue_urls, story.opened[EARLY.name], story.opened[STOPPED.name]
    overpay(urls, early["legs"])
    kept = story.opened[SETTLED.name]
    for trade, pays in ((kept, LAST_WINS), (stopped, VOIDED)):
        _say_answer(story, trade["legs"][0], pays[0])
    _pass(story)
    for trade in (kept, stopped):
        collapse(urls, trade["legs"][1])
    for ending, why in ((EARLY, "early-close"), (STOPPED, "stop-loss")):
        pair_id = story.opened[ending.name]["pair_id"]
        story.exits[ending.name] = wait_for_exit(story.api, story.agent_id, why, pair_id, _WAIT_SECONDS)
        story.console.print(f"{why}: {story.exits[ending.name]['market']}", soft_wrap=True)
    wait_until(
        lambda: None if _unclosed(story) else True,
        _WAIT_SECONDS,
        "not all was sold of the pairs that are closed early",
    )


def _unclosed(story: Story) -> list[Trade]:
    sold = {story.opened[name]["pair_id"] for name in story.exits}
    return [trade for trade in story.trades() if trade["pair_id"] in sold and _is_open(trade)]


def _is_open(trade: Trade) -> bool:
    return trade["state"] == "HEDGED" and not trade["closed_at"]


def _say_answer(story: Story, leg: Mapping[str, Any], pays: Decimal) -> None:
    """The first word on a market counts. `pays` is what a share of the leg's outcome is worth."""
    yes = pays if leg["outcome"] == "yes" else 1 - pays
    say(story.stack.venue_urls, leg["venue"], "settle", market=leg["market_id"], payout=str(yes))


def _answer(story: Story) -> None:
    """Tells the simulators what is still held: the five pairs' own answers first, then all others."""
    trades = [trade for trade in story.trades() if _is_open(trade)]
    for trade in sorted(trades, key=lambda each: each["pair_id"] not in story.pairs):
        ending = story.pairs.get(trade["pair_id"])
        legs = [leg for leg in trade["legs"] if leg["purpose"] == "open"]
        for leg, pays in zip(legs, (ending and ending.pays) or AS_IT_SHOULD, strict=False):
            _say_answer(story, leg, pays)


def _pass(story: Story) -> None:
    """Runs the deployed settlement pass of the agent's positions once."""
    name = "Redeem" if story.live else "Settle"
    function = story.stack.template.refs[f"{name}Function"]
    answer = client("lambda", story.stack.endpoint).invoke(FunctionName=function, Payload="{}")
    report = json.loads(answer["Payload"].read())
    story.console.print(f"{name}: {report}")
    if "errorMessage" in report:
        raise Failed(f"{name} failed: {report['errorMessage']}")


def _settle(story: Story) -> None:
    """Passes until nothing is held."""
    for _ in range(_PASSES):
        _pass(story)
        if not story.positions():
            return
    raise Failed(f"positions are still held after {_PASSES} passes")


def _check(story: Story, held: Sequence[Mapping[str, Any]]) -> None:
    paid, trades = story.paid(), {each["trade_id"]: each for each in story.trades()}
    stats = story.api.get(f"/api/agent/status/{story.agent_id}")["stats"]
    urls = story.stack.venue_urls
    rows = reconcile(story.agent_id, venue_cash(urls) if story.live else None)
    console = story.console
    console.print(_paid_table(paid))
    console.print(_endings_table(story, trades))
    for trade_id, trade in trades.items():
        if trade["flag"]:
            console.print(f"[yellow]flagged {trade_id}: {trade['flag']}[/yellow]", soft_wrap=True)
    console.print(balances_table(rows))
    console.print(f"realised {stats['total_profit']}, locked {stats['locked_profit']}, {stats['statistics']}")
    if {_place(each): each["shares"] for each in held} != {_place(each): each["shares"] for each in paid}:
        raise Failed("what was paid out is not what was held")
    for each in paid:
        worth = (Decimal(each["shares"]) * Decimal(each["worth"])).quantize(
            Decimal("0.000001"), "ROUND_FLOOR"
        )
        if Decimal(each["payout"]) != worth:
            raise Failed(f"{each['market']}: paid {each['payout']} for {worth}")
    _check_endings(story, trades)
    _check_money(rows, stats)
    whose = "the paper venue's"
    if story.live:
        _check_venues(urls, paid)
        whose = "each simulator's own"
    console.print("[green]Every position became cash.[/green]")
    console.print(f"[green]Our ledger and {whose} agree to the millionth.[/green]")


def _key_of(paid: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: paid[name] for name in ("venue", "market_id", "outcome", "shares")}


def _place(held: Mapping[str, Any]) -> tuple[str, str, str]:
    return held["venue"], held["market_id"], held["outcome"]


def _check_endings(story: Story, trades: Mapping[str, Trade]) -> None:
    for ending in ENDINGS:
        trade = trades[story.opened[ending.name]["trade_id"]]
        if bool(trade["flag"]) != (ending is DIFFERENT) or not trade["closed_at"]:
            raise Failed(
                f"{trade['trade_id']} was {ending.name}: flag {trade['flag']!r}, closed {trade['closed_at']}"
            )
        status = story.api.get(f"/api/pairs/{trade['pair_id']}")["pair"]["status"]
        if ending is DIFFERENT and status != "blocked":
            raise Failed(f"{trade['pair_id']} was settled differently and is {status}")
        if (ending.pays is None) != (ending.name in story.exits):
            raise Failed(f"{trade['trade_id']} was not {ending.name}")
    settled = story.opened[SETTLED.name]["pair_id"]
    if sales := [one for one in trades.values() if one["pair_id"] == settled and "exit" in one["direction"]]:
        raise Failed(f"{sales[0]['direction']}: what is left of a pair whose other leg was paid was sold")
    if Decimal(story.exits[EARLY.name]["realised_profit"]) <= 0:
        raise Failed("closing early did not pay more than waiting")
    if Decimal(story.exits[STOPPED.name]["realised_profit"]) >= 0:
        raise Failed("the stop loss was no loss")


def _check_money(rows: Sequence[BalanceRow], stats: Mapping[str, Any]) -> None:
    if wrong := [row.venue.value for row in rows if not row.agrees]:
        raise Failed(f"balances do not add up: {', '.join(wrong)}")
    made = sum(row.ledger - row.start for row in rows)
    if Decimal(stats["total_profit"]) != Decimal(made) / 1_000_000:
        raise Failed(f"cash grew by {made} micros, the profit is told as {stats['total_profit']}")
    if (stats["locked_profit"], stats["exposure"]) != ("0", "0"):
        raise Failed(f"locked {stats['locked_profit']} and exposure {stats['exposure']} are left")


def _check_venues(urls: Mapping[str, str], paid: Sequence[Mapping[str, Any]]) -> None:
    """The simulators' own books: nothing is held any more, and they paid for the shares that we booked."""
    if left := venue_shares(urls):
        raise Failed(f"the simulators still hold shares of the account: {left}")
    booked = {_place(each): parse_micros(each["shares"]) for each in paid}
    if (theirs := venue_payouts(urls)) != booked:
        raise Failed(f"the simulators paid for {theirs}, we booked {booked}")


def _endings_table(story: Story, trades: Mapping[str, Trade]) -> Table:
    """The five, each with what its payouts and its sale have made."""
    table = Table(title="Five pairs, five ends", expand=True)
    for column in ("end", "question", "payouts made", "sale made", "together", "sold by"):
        table.add_column(column, overflow="fold")
    for ending in ENDINGS:
        trade = trades[story.opened[ending.name]["trade_id"]]
        sale = story.exits.get(ending.name)
        made = [Decimal(trade["realised_profit"]), Decimal(sale["realised_profit"] if sale else 0)]
        how = sale["direction"].split(":")[1] if sale else ""
        table.add_row(ending.name, trade["market"], *map(str, made), str(sum(made)), how)
    return table


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

"""The demo's table, from what the HTTP API says and nothing else."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from local.api import Api
from local.demo.reconcile import BalanceRow

_TERMINAL = {"HEDGED", "FILLED", "FLAT", "NOT_TAKEN", "QUARANTINED"}
_COLOURS = {"HEDGED": "green", "FLAT": "yellow", "NOT_TAKEN": "dim", "QUARANTINED": "bold red"}
_ROWS = 12


@dataclass
class Snapshot:
    """One look at the API."""

    opportunities: list[dict[str, Any]] = field(default_factory=list)
    trades: list[dict[str, Any]] = field(default_factory=list)
    stats: dict[str, Any] = field(default_factory=dict)
    venues: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def take(cls, api: Api, agent_id: str) -> "Snapshot":
        return cls(
            opportunities=api.get("/api/opportunities", limit="100")["items"],
            trades=api.get(f"/api/agent/{agent_id}/trades", limit="50")["items"],
            stats=api.get(f"/api/agent/status/{agent_id}")["stats"],
            venues=api.get("/api/venues")["items"],
        )

    @property
    def open_trades(self) -> list[dict[str, Any]]:
        return [trade for trade in self.trades if trade["state"] not in _TERMINAL]

    @property
    def complete(self) -> bool:
        """A two-leg trade hedged, a rejection with its reason, and nothing under way."""
        hedged = any(trade["state"] == "HEDGED" and len(trade["legs"]) > 1 for trade in self.trades)
        rejected = any(each["verdict"] == "rejected" and each["reason"] for each in self.opportunities)
        return hedged and rejected and not self.open_trades


def render(snapshot: Snapshot, *, simulated_data: bool, live: bool) -> RenderableType:
    data = "simulated venues" if simulated_data else "the real venues' public data"
    orders = "Live-sim: real orders, signed and sent, to" if live else "Demo: simulated orders on"
    return Group(
        Text(f"{orders} {data}", style="bold"),
        _ticks(snapshot),
        _opportunities(snapshot),
        _trades(snapshot),
    )


def _ticks(snapshot: Snapshot) -> Text:
    ticks = Counter(each["tick_id"] for each in snapshot.opportunities)
    verdicts = Counter(each["verdict"] for each in snapshot.opportunities)
    health = "  ".join(_health(venue) for venue in snapshot.venues)
    last = max(ticks, default="none yet")
    counts = "  ".join(f"{verdict} {count}" for verdict, count in sorted(verdicts.items()))
    return Text(f"last tick {last}   {counts}\n{health}")


def _health(venue: dict[str, Any]) -> str:
    state = "up" if venue["healthy"] else f"DOWN: {venue['reason']}"
    return f"{venue['venue']} {state}, p95 {venue['latency_p95_ms']} ms"


def _opportunities(snapshot: Snapshot) -> Table:
    table = Table(title="Opportunities of the last tick", expand=True)
    for column in ("question", "direction", "verdict", "net %", "net $", "why"):
        table.add_column(column, overflow="fold")
    last = max((each["tick_id"] for each in snapshot.opportunities), default="")
    order = {"taken": 0, "eligible": 1, "rejected": 2}
    shown = sorted(
        (each for each in snapshot.opportunities if each["tick_id"] == last),
        key=lambda each: order.get(each["verdict"], 3),
    )
    for each in shown[:_ROWS]:
        paid = each["verdict"] != "rejected"
        table.add_row(
            each["market"],
            each["direction"],
            each["verdict"],
            each["net_return"] if paid else "",
            each["net_profit"] if paid else "",
            each["reason"],
            style={"taken": "green", "rejected": "dim"}.get(each["verdict"], ""),
        )
    return table


def _trades(snapshot: Snapshot) -> Table:
    table = Table(title="Trades", expand=True)
    for column in ("trade", "state", "leg", "order", "filled", "price", "fee $", "fee shares", "net $"):
        table.add_column(column, overflow="fold")
    for trade in snapshot.trades[:_ROWS]:
        colour = _COLOURS.get(trade["state"], "cyan")
        for index, leg in enumerate(trade["legs"]):
            first = index == 0
            table.add_row(
                trade["trade_id"][-8:] if first else "",
                Text(trade["state"], style=colour) if first else "",
                f"{leg['venue']} {leg['side']} {leg['outcome']}",
                leg["state"],
                leg["net_filled"],
                leg["average_price"] or "",
                leg["fee_usd"],
                leg["fee_shares"],
                (trade.get("locked_profit") or "") if first else "",
            )
    return table


def balances_table(rows: list[BalanceRow]) -> Table:
    table = Table(title="Balances: start + fills + payouts = venue's own = ledger")
    for column in ("venue", "start", "fills", "payouts", "together", "venue's own", "ledger", ""):
        table.add_column(column, justify="right")
    for row in rows:
        venue, *money = row.cells()
        table.add_row(venue, *money, Text("agrees", "green") if row.agrees else Text("DIFFERS", "bold red"))
    return table

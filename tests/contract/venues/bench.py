"""A connector with money behind it, a market whose book the test pins, and the venue's own records, read past
the connector, to compare with.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from dutchbook.domain.errors import DutchbookError
from dutchbook.domain.ids import client_order_id
from dutchbook.domain.market import Market
from dutchbook.domain.money import mul_ceil, parse_micros
from dutchbook.domain.venue import Outcome, Side
from dutchbook.ports.venues import Intent, OrderReport, OrderRequest, OrderStatus, TimeInForce, VenueConnector
from tests.support.simulated import Simulation

IOC, FOK, GTC, GTD = TimeInForce.IOC, TimeInForce.FOK, TimeInForce.GTC, TimeInForce.GTD
BIDS = {"0.38": "100", "0.36": "300"}
ASKS = {"0.40": "100", "0.42": "300"}


@dataclass
class Bench:
    """`cash` and `held` are the venue's own records in micros, whatever the connector says."""

    world: Simulation
    connector: VenueConnector
    market: Market
    cash: Callable[[], int]
    held: Callable[[Outcome], int]
    order_path: str
    """Where an order's request goes; on paper, where the book is read."""
    fills_path: str = ""
    """Where fills are read; empty where none are (paper)."""
    settle: Callable[[], None] = field(default=lambda: None)
    """Lets the venue do what it does after a match."""
    release: Callable[[], None] = field(default=lambda: None)
    """Lets the venue match what it holds back on arrival."""
    dust: int = 0
    """Shares (micros) by which a buy may miss what was asked, because the venue wants whole cents."""
    order_types: frozenset[TimeInForce] = frozenset({IOC, FOK, GTC, GTD})

    def show(self, bids: dict[str, str] = BIDS, asks: dict[str, str] = ASKS) -> None:
        self.world.show(self.market.venue, self.market.market_id, bids, asks)

    def fault(self, kind: str, path: str = "", **more: Any) -> None:
        self.world.fault(self.market.venue, kind, path or self.order_path, **more)

    def clear_faults(self) -> None:
        self.world.state(self.market.venue).faults.clear()

    def request(
        self,
        outcome: Outcome,
        price: str,
        shares: str = "50",
        side: Side = Side.BUY,
        trade: str = "trd_contract",
        leg: int = 0,
        kind: TimeInForce = IOC,
        expires_at_ms: int = 0,
    ) -> OrderRequest:
        return OrderRequest(
            trade_id=trade,
            leg_index=leg,
            client_order_id=client_order_id(trade, leg, 0),
            key=self.market.key,
            outcome=outcome,
            side=side,
            shares=parse_micros(shares),
            limit_price=parse_micros(price),
            time_in_force=kind,
            expires_at_ms=expires_at_ms,
        )

    def prepare(self, *args: Any, **kwargs: Any) -> Intent:
        return self.connector.prepare(self.request(*args, **kwargs), self.market)

    def place(self, *args: Any, **kwargs: Any) -> OrderReport:
        return self.connector.place(self.prepare(*args, **kwargs), self.market)

    def needs(self, kind: TimeInForce) -> None:
        if kind not in self.order_types:
            pytest.skip(f"the venue has no {kind} orders")

    def final(self, intent: Intent, report: OrderReport | None = None) -> OrderReport:
        """Looks the order up until the venue has told all there is."""
        for _ in range(20):
            if report is not None and _told_all(report):
                return report
            self.settle()
            report = self.connector.lookup(with_id(intent, report), self.market)
            if report.status is OrderStatus.NOT_FOUND:
                return report
        raise AssertionError(f"no end: {report}")


def _told_all(report: OrderReport) -> bool:
    reported = sum(fill.shares for fill in report.fills)
    done = report.status is OrderStatus.DONE and report.filled <= reported
    return done and not report.awaits_confirmation


def with_id(intent: Intent, report: OrderReport | None) -> Intent:
    """The intent as it is stored once the venue has named the order."""
    known = report.venue_order_id if report is not None else ""
    return Intent(intent.client_order_id, known or intent.venue_order_id, intent.fields)


def cost(report: OrderReport) -> int:
    return sum(mul_ceil(fill.price, fill.shares) + fill.fee_usd for fill in report.fills if not fill.failed)


def net(report: OrderReport) -> int:
    return sum(fill.net_shares for fill in report.fills if not fill.failed)


def attempt(bench: Bench, intent: Intent) -> tuple[OrderReport | None, DutchbookError | None]:
    try:
        return bench.connector.place(intent, bench.market), None
    except DutchbookError as error:
        return None, error

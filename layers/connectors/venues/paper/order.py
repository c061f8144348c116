"""What the paper venue keeps of an order: the order as it arrived, and its one final result. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from dutchbook.domain.fees import FeeSchedule
from dutchbook.domain.money import mul_ceil, mul_floor
from dutchbook.domain.trade import Fill
from dutchbook.domain.venue import Outcome, Side
from dutchbook.ports.clock import utc
from dutchbook.ports.paper import Moves
from dutchbook.ports.venues import OrderReport, OrderRequest, OrderStatus, TimeInForce
from venues.ordercheck import stored_time_in_force, time_in_force_fields

ORDER_ID_PREFIX = "SIM-"
REFUSED = "refused"
"""Key of the venue's words in the record of an order that was not taken at all."""


def venue_order_id(client_order_id: str) -> str:
    return ORDER_ID_PREFIX + client_order_id


def result_key(client_order_id: str) -> str:
    """Under which the result is stored: a put-once record of its own, beside the order's."""
    return f"{client_order_id}#result"


def order_fields(request: OrderRequest) -> dict[str, str]:
    """The order as strings; also what an Intent carries and what a repeat must match."""
    return {
        "trade_id": request.trade_id,
        "market": str(request.key),
        "outcome": request.outcome.value,
        "side": request.side.value,
        "shares": str(request.shares),
        "limit_price": str(request.limit_price),
        **time_in_force_fields(request),
    }


def dollars_out(side: Side, price: int, shares: int, fees: FeeSchedule) -> int:
    """Dollars (micros) a fill takes from the balance, fees in; what a sell brings is negative."""
    fee = fees.charge(side, price, shares).usd
    if side is Side.BUY:
        return mul_ceil(price, shares) + fee
    return fee - mul_floor(price, shares)


@dataclass(frozen=True, slots=True)
class Result:
    """An order's end. `refused` holds the venue's words when it was not taken at all."""

    fills: tuple[Fill, ...] = ()
    reason: str = ""
    refused: str = ""

    @property
    def filled(self) -> int:
        return sum(fill.shares for fill in self.fills)

    @property
    def net_shares(self) -> int:
        return sum(fill.net_shares for fill in self.fills)

    def dollars_out(self, side: Side) -> int:
        """Dollars (micros) all fills take from the balance, fees in; what a sell brings is negative."""
        if side is Side.BUY:
            return sum(mul_ceil(fill.price, fill.shares) + fill.fee_usd for fill in self.fills)
        return sum(fill.fee_usd - mul_floor(fill.price, fill.shares) for fill in self.fills)

    def report(self, client_order_id: str) -> OrderReport:
        return OrderReport(
            status=OrderStatus.DONE,
            venue_order_id=venue_order_id(client_order_id),
            fills=self.fills,
            filled=self.filled,
            reason=self.refused or self.reason,
        )

    def to_record(self) -> dict[str, str]:
        fills = [
            [fill.fill_id, fill.shares, fill.price, fill.fee_usd, fill.fee_shares, at_ms(fill)]
            for fill in self.fills
        ]
        return {"fills": json.dumps(fills), "reason": self.reason}

    @classmethod
    def from_record(cls, record: Mapping[str, str]) -> "Result":
        fills = tuple(
            Fill(fill_id, shares, price, fee_usd=fee_usd, fee_shares=fee_shares, at=utc(ms))
            for fill_id, shares, price, fee_usd, fee_shares, ms in json.loads(record["fills"])
        )
        return cls(fills, record["reason"])


@dataclass(frozen=True, slots=True)
class PaperOrder:
    """An order that arrived. Micros."""

    client_order_id: str
    outcome: Outcome
    side: Side
    shares: int
    limit_price: int
    budget: int
    """Dollars a buy can cost at most by the fees of when it arrived: all at its limit. 0 for a sell."""
    netted: int
    """Shares of the other outcome that a buy may close first (Kalshi), set aside when it arrived."""
    time_in_force: TimeInForce = TimeInForce.IOC
    result: Result | None = None
    """Its end, once it has one."""

    @classmethod
    def from_records(
        cls, client_order_id: str, record: Mapping[str, str], result: Mapping[str, str] | None = None
    ) -> "PaperOrder":
        ended = Result.from_record(result) if result else None
        return cls(
            client_order_id,
            Outcome(record["outcome"]),
            Side(record["side"]),
            int(record["shares"]),
            int(record["limit_price"]),
            int(record["budget"]),
            int(record["netted"]),
            stored_time_in_force(record),
            Result(refused=record[REFUSED]) if REFUSED in record else ended,
        )

    @property
    def held(self) -> int:
        """Dollars set aside: the budget less the dollar that each closed share sets free."""
        return max(0, self.budget - self.netted)

    @property
    def set_aside(self) -> Moves:
        """What leaves the account when the order arrives."""
        if self.side is Side.BUY:
            return Moves(-self.held, {self.outcome.other: -self.netted})
        return Moves(shares={self.outcome: -self.shares})

    def settled(self, result: Result) -> Moves:
        """What comes back of it, and what the fills bring."""
        spent = result.dollars_out(self.side)
        if self.side is Side.SELL:
            return Moves(-spent, {self.outcome: self.shares - result.filled})
        # a closed pair of both outcomes is worth its dollar, and never costs more: Kalshi rounds what a fill
        # takes up to a grain of which every lot is a multiple
        closed = min(self.netted, result.net_shares)
        return Moves(
            self.held - spent + closed,
            {self.outcome: result.net_shares - closed, self.outcome.other: self.netted - closed},
        )


def at_ms(fill: Fill) -> int:
    """Unix milliseconds of a fill; paper fills always have a time."""
    if fill.at is None:
        raise ValueError(f"fill {fill.fill_id} has no time")
    return round(fill.at.timestamp() * 1000)

"""Kalshi's V2 orders and portfolio: the body of an order, and what receipts, orders and fills say. Pure.

Orders speak of the YES book alone: buying NO at q is an ask at 1 − q. Counts decide what was filled; an IOC
that took a part, or nothing, is accepted with 201 and ends as "canceled".
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from dutchbook.domain.errors import InvalidOrder
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.money import ONE, format_micros
from dutchbook.domain.trade import Fill
from dutchbook.domain.venue import Outcome, Side, Venue
from dutchbook.ports.venues import OrderRequest, TimeInForce, VenuePosition
from venues.fields import BadRow, flag, instant, items_of, micros, required, row, text
from venues.jsonbody import Json

_PRICE_STEP = 100
"""Prices are written with four decimals, counts with two."""
_COUNT_STEP = 10_000
_ENDED = frozenset({"canceled", "executed"})
TIME_IN_FORCE: Mapping[TimeInForce, str] = MappingProxyType(
    {
        TimeInForce.IOC: "immediate_or_cancel",
        TimeInForce.FOK: "fill_or_kill",
        TimeInForce.GTC: "good_till_canceled",
        TimeInForce.GTD: "good_till_canceled",
    }
)
"""Kalshi's words; a GTD order is a GTC one with an expiration_time."""


def order_body(request: OrderRequest, market: Market) -> str:
    """The JSON of POST /portfolio/events/orders: a limit order on the market's own shard.

    A sell is reduce-only: what is not held any more must not become a position of the other outcome. Kalshi
    knows reduce-only for IOC alone, so that other sells are refused.
    Raises InvalidOrder when the YES price or the count cannot be written, and for such a sell.
    """
    if request.side is Side.SELL and request.time_in_force is not TimeInForce.IOC:
        raise InvalidOrder("time_in_force: kalshi reduces a position by ioc orders alone")
    yes_price = request.limit_price if request.outcome is Outcome.YES else ONE - request.limit_price
    if not market.on_grid(yes_price) or yes_price % _PRICE_STEP or request.shares % _COUNT_STEP:
        raise InvalidOrder(
            f"{format_micros(request.shares)} at a YES price of {format_micros(yes_price)} is off the grid"
        )
    buys_yes = (request.outcome is Outcome.YES) == (request.side is Side.BUY)
    body: dict[str, str | int | bool] = {
        "ticker": market.market_id,
        "client_order_id": request.client_order_id,
        "side": "bid" if buys_yes else "ask",
        "count": f"{request.shares // ONE}.{request.shares % ONE // _COUNT_STEP:02d}",
        "price": f"0.{yes_price // _PRICE_STEP:04d}",
        "time_in_force": TIME_IN_FORCE[request.time_in_force],
        "self_trade_prevention_type": "taker_at_cross",
    }
    if request.side is Side.SELL:
        body["reduce_only"] = True
    if request.time_in_force is TimeInForce.GTD:
        body["expiration_time"] = request.expires_at_ms // 1000
    shard = market.terms.get("exchange_index", "")
    if shard:
        body["exchange_index"] = int(shard)
    return json.dumps(body, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class OrderState:
    """An order as Kalshi knows it, counts in micros of a contract."""

    order_id: str
    client_order_id: str
    filled: int
    working: bool
    status: str = ""


def parse_receipt(payload: Json) -> OrderState:
    """The answer to an order's creation. Raises BadRow."""
    receipt = row(payload, "receipt")
    return OrderState(
        order_id=required(receipt, "order_id"),
        client_order_id=text(receipt, "client_order_id"),
        filled=micros(receipt, "fill_count"),
        working=micros(receipt, "remaining_count") > 0,
    )


def parse_order(payload: Json) -> OrderState:
    """An order of GET /portfolio/orders. Raises BadRow.

    Whatever is not said to have ended may still fill. The remaining count does not tell: a read that lags
    shows the old one.
    """
    order = row(payload, "order")
    status = required(order, "status")
    return OrderState(
        order_id=required(order, "order_id"),
        client_order_id=text(order, "client_order_id"),
        filled=micros(order, "fill_count_fp"),
        working=status not in _ENDED,
        status=status,
    )


def parse_fills(rows: Iterable[Json], order_id: str, outcome: Outcome) -> tuple[Fill, ...]:
    """Fills of the order, each fill id once, priced as `outcome`. Raises BadRow."""
    price_key = "yes_price_dollars" if outcome is Outcome.YES else "no_price_dollars"
    fills: dict[str, Fill] = {}
    for item in rows:
        fill = row(item, "fill")
        if text(fill, "order_id") != order_id:
            continue
        fill_id = text(fill, "fill_id") or required(fill, "trade_id")
        fills[fill_id] = Fill(
            fill_id=fill_id,
            shares=micros(fill, "count_fp"),
            price=micros(fill, price_key),
            fee_usd=micros(fill, "fee_cost"),
            at=instant(fill, "created_time"),
        )
    return tuple(fills.values())


def parse_position(item: Json) -> VenuePosition:
    """A row of market_positions: above zero YES, below zero NO. Raises BadRow."""
    position = row(item, "position")
    held = micros(position, "position_fp")
    outcome = Outcome.YES if held >= 0 else Outcome.NO
    return VenuePosition(MarketKey(Venue.KALSHI, required(position, "ticker")), outcome, abs(held))


def parse_total(payload: Json) -> int:
    """Dollars (micros) on all shards together: what the account has, not what an order can draw on."""
    return micros(row(payload, "balance"), "balance_dollars")


def parse_balance(payload: Json, shard: str) -> int:
    """Dollars (micros) that an order on the shard can draw on; for an empty shard, an order on any of them.

    Cash lies on shards and is not lent between them, so the sum pays for no order: where the shard is not
    known, what the poorest of them holds is all that is sure. Raises BadRow.
    """
    balance = row(payload, "balance")
    shards = [entry for entry in items_of(balance, "balance_breakdown") if isinstance(entry, dict)]
    if not shards:
        return micros(balance, "balance_dollars")
    cash = {required(entry, "exchange_index"): micros(entry, "balance") for entry in shards}
    return cash.get(shard, 0) if shard else min(cash.values())


def is_trading(payload: Json) -> bool:
    """Whether GET /exchange/status says that orders are matched now; anything unclear is a no."""
    return isinstance(payload, dict) and flag(payload, "exchange_active") and flag(payload, "trading_active")


def parse_limits(payload: Json) -> Mapping[str, tuple[int, int]]:
    """Tokens a second and at once of the read and write buckets of GET /account/limits. Raises BadRow."""
    limits = row(payload, "limits")
    found = {}
    for name in ("read", "write"):
        bucket = row(limits.get(name), name)
        refill = micros(bucket, "refill_rate") // ONE
        if refill <= 0:
            raise BadRow(f"{name} bucket never refills")
        found[name] = (refill, max(refill, micros(bucket, "bucket_capacity") // ONE))
    return found

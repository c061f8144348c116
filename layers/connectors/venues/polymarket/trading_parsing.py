"""Polymarket's private answers: API keys, receipts, orders, trades, balances and positions. Pure.

Fills are booked from trades, never from a receipt's amounts, whose units the venue does not state. Our orders
take: the trade's top-level row is ours. Where an order of ours was resting, it is one of `maker_orders`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from dutchbook.domain.fees import FeeSchedule
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import ONE, div_ceil, parse_micros_floor
from dutchbook.domain.secret import Secret
from dutchbook.domain.trade import Fill
from dutchbook.domain.venue import Outcome, Side, Venue
from dutchbook.ports.venues import VenuePosition
from venues.fields import BadRow, Row, flag, items_of, micros, required, row, text
from venues.jsonbody import Json
from venues.polymarket.auth import ApiCredentials

_TRADE_PREFIX = "TRADE_STATUS_"
_ORDER_PREFIX = "ORDER_STATUS_"
_CONFIRMED = "CONFIRMED"
_FAILED = "FAILED"
_ENDED = frozenset({"MATCHED", "CANCELED", "CANCELED_MARKET_RESOLVED", "INVALID"})
"""An order that takes or cancels can do no more in these; whatever else it is in, it may."""
_END_CURSORS = frozenset({"", "LTE="})


def parse_api_key(payload: Json) -> ApiCredentials:
    """The answer to creating or deriving an API key. Raises BadRow."""
    key = row(payload, "api key")
    return ApiCredentials(
        required(key, "apiKey"), Secret(required(key, "secret")), Secret(required(key, "passphrase"))
    )


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to an order. Without success it is refused for `message`, though the status was 200."""

    success: bool
    message: str
    order_id: str
    status: str
    trade_ids: tuple[str, ...]


def parse_receipt(payload: Json) -> Receipt:
    """Raises BadRow."""
    receipt = row(payload, "receipt")
    return Receipt(
        success=flag(receipt, "success"),
        message=text(receipt, "errorMsg"),
        order_id=text(receipt, "orderID"),
        status=text(receipt, "status").lower(),
        trade_ids=tuple(str(item) for item in items_of(receipt, "tradeIDs")),
    )


@dataclass(frozen=True, slots=True)
class OrderState:
    """An order of GET /data/order; matched shares in micros, those of failed trades too."""

    matched: int
    working: bool
    status: str


def parse_order(payload: Json) -> OrderState:
    """Raises BadRow."""
    order = row(payload, "order")
    status = text(order, "status").upper().removeprefix(_ORDER_PREFIX)
    return OrderState(micros(order, "size_matched"), status not in _ENDED, status.lower())


def parse_fills(
    rows: Iterable[Json], order_id: str, token: str, side: Side, fees: FeeSchedule
) -> tuple[Fill, ...]:
    """Fills of our order, one a trade, oldest first. Raises BadRow.

    A trade that is listed twice counts once, in its later state. The fee is what the market's schedule makes
    of the fill: trades do not tell it.
    """
    found: dict[str, Fill] = {}
    for item in rows:
        trade = row(item, "trade")
        match = _our_match(trade, order_id, token, side)
        if match is None:
            continue
        shares, price, takes = match
        fill = Fill(
            fill_id=_fill_id(trade),
            shares=shares,
            price=price,
            fee_usd=fees.charge(side, price, shares).usd if takes else 0,
            at=_moment(text(trade, "match_time")),
            confirmed=_status(trade) == _CONFIRMED,
            failed=_status(trade) == _FAILED,
            tx_hash=_hash(text(trade, "transaction_hash")),
            # the last thing that happens to a trade is its confirmation
            confirmed_at=_moment(text(trade, "last_update")) if _status(trade) == _CONFIRMED else None,
        )
        known = found.get(fill.fill_id)
        if known is None or fill.confirmed or fill.failed:
            found[fill.fill_id] = fill
    return tuple(sorted(found.values(), key=lambda fill: (fill.at or _EPOCH, fill.fill_id)))


def trade_ids(fills: Iterable[Fill]) -> set[str]:
    return {fill.fill_id.partition("#")[0] for fill in fills}


_EPOCH = datetime.fromtimestamp(0, UTC)


def _our_match(trade: Row, order_id: str, token: str, side: Side) -> tuple[int, int, bool] | None:
    """(shares, price, whether we took), micros; None for a trade that is not this order's."""
    if text(trade, "taker_order_id").lower() == order_id.lower():
        shares = micros(trade, "size")
        return shares, _taker_price(trade, shares, token, side), True
    for item in items_of(trade, "maker_orders"):
        maker = row(item, "maker order")
        if text(maker, "order_id").lower() == order_id.lower():
            return micros(maker, "matched_amount"), micros(maker, "price"), False
    return None


def _taker_price(trade: Row, shares: int, token: str, side: Side) -> int:
    """What the makers' own prices come to, rounded against us; the row's price where they do not add up.

    A maker of the other token (the two orders mint or merge a pair) gave us the rest of its dollar.
    """
    total = dollars = 0
    for item in items_of(trade, "maker_orders"):
        maker = row(item, "maker order")
        amount, price = micros(maker, "matched_amount"), micros(maker, "price")
        total += amount
        dollars += amount * (price if text(maker, "asset_id") in ("", token) else ONE - price)
    if total != shares or not shares:
        return micros(trade, "price")
    return div_ceil(dollars, shares) if side is Side.BUY else dollars // shares


def _fill_id(trade: Row) -> str:
    """A trade too large for one transaction is split into buckets under one id."""
    bucket = text(trade, "bucket_index")
    return required(trade, "id") + (f"#{bucket}" if bucket not in ("", "0") else "")


def _status(trade: Row) -> str:
    return text(trade, "status").upper().removeprefix(_TRADE_PREFIX)


def _moment(unix_seconds: str) -> datetime | None:
    return datetime.fromtimestamp(int(unix_seconds), UTC) if unix_seconds.isdecimal() else None


def _hash(value: str) -> str:
    return value if value.strip("0x") else ""


def next_cursor(payload: Json) -> str:
    """Where the next page of CLOB rows starts; empty at the end."""
    cursor = payload.get("next_cursor") if isinstance(payload, dict) else None
    return cursor if isinstance(cursor, str) and cursor not in _END_CURSORS else ""


@dataclass(frozen=True, slots=True)
class Funds:
    """Balance of an asset and what each exchange (lower-case address) may take of it, micros.

    An exchange that is not listed may take nothing; the venue's own SDK reads it so too.
    """

    balance: int
    allowances: Mapping[str, int]


def parse_funds(payload: Json) -> Funds:
    """GET /balance-allowance. Raises BadRow."""
    funds = row(payload, "funds")
    allowances = funds.get("allowances")
    return Funds(
        _whole(required(funds, "balance")),
        {spender.lower(): _whole(text(allowances, spender) or "0") for spender in allowances}
        if isinstance(allowances, dict)
        else {},
    )


def _whole(digits: str) -> int:
    if not digits.isdecimal():
        raise BadRow("an amount is not whole")
    return int(digits)


def parse_position(item: Json) -> VenuePosition:
    """A row of the Data API's /v2/positions. Raises BadRow."""
    position = row(item, "position")
    size = position.get("current_size")
    if not isinstance(size, str | int | Decimal):
        raise BadRow("current_size is no number")
    shares = parse_micros_floor(size)
    spoken = text(position, "outcome").lower()
    is_yes = spoken == "yes" if spoken in ("yes", "no") else text(position, "outcome_index") == "0"
    key = MarketKey(Venue.POLYMARKET, required(position, "condition_id"))
    return VenuePosition(key, Outcome.YES if is_yes else Outcome.NO, shares)

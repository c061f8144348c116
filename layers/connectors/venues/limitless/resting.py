"""Where a Limitless order stands that may rest: its execution on arrival, its listing, its later fills. Pure.

The execution of an order speaks of what it took when it came: UNMATCHED is said of one that rests as of one
that was killed, and a batch status never says CANCELED. So the market's list of orders tells whether it still
stands and how much of it is left, and the history what others took of it since. History's amounts are gross
and carry no fee: a maker pays none, and what we took ourselves is booked net from the execution's totals.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from dutchbook.domain.money import ONE, div_ceil
from dutchbook.domain.trade import Fill
from dutchbook.domain.venue import Side
from dutchbook.ports.venues import OrderReport, OrderStatus
from venues.fields import BadRow, Row, micros, page_of, required, row, text
from venues.jsonbody import Json
from venues.limitless.trading_parsing import raw

_LIVE = "LIVE"
_ENDED = frozenset({"MATCHED", "CANCELED", "UNMATCHED"})
_MAKER = "Limit "
"""History calls a maker's rows Limit Buy and Limit Sell, a taker's Market Buy and Market Sell."""


def resting_report(taken: OrderReport, side: Side, orders: Json, history: Iterable[Json]) -> OrderReport:
    """`taken` is the report of the order's execution, `orders` the answer of user-orders. Raises BadRow.

    An order that the list does not show yet is WORKING. Fills lag behind `filled` until they are mined.
    """
    listed = _listing(orders, taken.venue_order_id)
    if listed is None or taken.status is OrderStatus.WORKING:
        return OrderReport(OrderStatus.WORKING, taken.venue_order_id, taken.fills, taken.filled, taken.reason)
    status = text(listed, "status").upper()
    filled = raw(listed, "originalSize") - raw(listed, "remainingSize")
    fills = taken.fills
    if filled > taken.filled:  # where the execution tells of all of it, no row is a second fill
        fills = (*fills, *maker_fills(history, taken.venue_order_id, side))
    told = sum(fill.shares for fill in fills)
    if told > filled and status in _ENDED:
        raise BadRow("an order's fills are more than what it filled")
    return OrderReport(
        status=OrderStatus.DONE if status in _ENDED else OrderStatus.WORKING,
        venue_order_id=taken.venue_order_id,
        fills=fills,
        filled=max(filled, told),
        reason=status if status != _LIVE else taken.reason,
    )


def maker_fills(rows: Iterable[Json], order_id: str, side: Side) -> tuple[Fill, ...]:
    """What others took of the resting order, each match once, oldest first. Raises BadRow."""
    found: dict[str, Fill] = {}
    for item in rows:
        trade = row(item, "history row")
        if text(trade, "orderId") != order_id or not text(trade, "strategy").startswith(_MAKER):
            continue
        fill = _maker_fill(trade, side)
        found[fill.fill_id] = fill
    return tuple(sorted(found.values(), key=lambda fill: (fill.at or _EPOCH, fill.fill_id)))


_EPOCH = datetime.fromtimestamp(0, UTC)


def _maker_fill(trade: Row, side: Side) -> Fill:
    shares, dollars = micros(trade, "outcomeTokenAmount"), micros(trade, "collateralAmount")
    if not shares:
        raise BadRow("a history row has no shares")
    mined = trade.get("blockTimestamp")
    return Fill(
        fill_id=text(trade, "makerMatchId") or required(trade, "tradeEventId"),
        shares=shares,
        price=div_ceil(dollars * ONE, shares) if side is Side.BUY else dollars * ONE // shares,
        at=datetime.fromtimestamp(mined, UTC) if isinstance(mined, int) else None,
        tx_hash=text(trade, "transactionHash"),
        notional=dollars,
    )


def _listing(orders: Json, order_id: str) -> Row | None:
    rows = (row(item, "order") for item in page_of(orders, ""))
    return next((order for order in rows if text(order, "id") == order_id), None)

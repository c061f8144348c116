"""Takes an order's fills from a real book's displayed depth, level by level, best first."""

from collections.abc import Iterator

from dutchbook.domain.book import Level, OrderBook
from dutchbook.domain.fees import FeeSchedule
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.money import ONE
from dutchbook.domain.trade import Fill
from dutchbook.domain.venue import Outcome, Side
from dutchbook.ports.clock import utc
from dutchbook.ports.paper import PaperStore
from dutchbook.ports.venues import TimeInForce
from venues.paper.order import PaperOrder, dollars_out, venue_order_id


def match(
    order: PaperOrder, market: Market, book: OrderBook, store: PaperStore, tick: str, now_ms: int
) -> tuple[Fill, ...]:
    """Fills a limit order from what the book shows and nobody on paper has taken in this tick.

    A buy never spends more than the budget it arrived with, though fees are rounded level by level; a sell
    takes no level whose fee would eat the proceeds (its budget is 0, and what it brings counts negative).
    """
    fills: list[Fill] = []
    wanted = order.shares
    budget = order.budget
    levels = list(_levels_within(order, book))
    if order.time_in_force is TimeInForce.FOK and sum(displayed for _, displayed in levels) < order.shares:
        return ()
    for price, displayed in levels:
        take = min(wanted, displayed) // market.size_step * market.size_step
        if take <= 0:
            continue
        cost = dollars_out(order.side, price, take, market.fees)
        if cost > budget:
            break
        taken = _consume(order, market.key, (price, displayed), take, store, tick)
        taken = taken // market.size_step * market.size_step
        if taken <= 0:
            continue
        fills.append(_fill(order, len(fills), price, taken, market.fees, now_ms))
        wanted -= taken
        if order.side is Side.BUY:
            budget -= dollars_out(order.side, price, taken, market.fees)
    return tuple(fills)


def _levels_within(order: PaperOrder, book: OrderBook) -> Iterator[Level]:
    for price, displayed in book.ladder(order.outcome, order.side):
        if price > order.limit_price if order.side is Side.BUY else price < order.limit_price:
            return
        yield price, displayed


def _consume(order: PaperOrder, key: MarketKey, level: Level, take: int, store: PaperStore, tick: str) -> int:
    """One resting order shows twice, as an ask of one outcome and a bid of the other: it is counted once.

    Both are named by the YES price and by the side of the YES book they rest on.
    """
    price, displayed = level
    yes_price = price if order.outcome is Outcome.YES else ONE - price
    lifts_yes_asks = (order.outcome is Outcome.YES) == (order.side is Side.BUY)
    ladder = "yes_asks" if lifts_yes_asks else "yes_bids"
    return store.consume(key, ladder, yes_price, take, displayed, tick)


def _fill(order: PaperOrder, number: int, price: int, shares: int, fees: FeeSchedule, now_ms: int) -> Fill:
    charge = fees.charge(order.side, price, shares)
    return Fill(
        fill_id=f"{venue_order_id(order.client_order_id)}-{number}",
        shares=shares,
        price=price,
        fee_usd=charge.usd,
        fee_shares=charge.shares,
        at=utc(now_ms),
    )

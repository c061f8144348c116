"""What positions would bring if they had to be sold now: at executable bids, level by level, net of fees.

Positions that one trade opened in several outcomes are a hedged set: its worth is what it pays at settlement,
whatever the bids say, and that profit is told apart (`Totals.locked`). Only what is left over beside the
sets can gain or lose, so only that is marked as unrealised.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dutchbook.domain.book import OrderBook
from dutchbook.domain.fees import FeeSchedule, worst_case
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.money import PPM, div_ceil, mul_floor
from dutchbook.domain.venue import Side
from dutchbook.ports.ledger import Position
from dutchbook.ports.markets import MarketStore


def unhedged(positions: Sequence[Position]) -> list[Position]:
    """What stands beside the hedged sets, with its part of the cost, rounded up.

    Positions are of one agent and one kind of money. A set has as many shares as the smallest of the
    positions that share a trade; a position in several sets is hedged as far as they reach together.
    """
    hedged = dict.fromkeys(range(len(positions)), 0)
    for members, size in _sized_sets(positions):
        for member in members:
            hedged[member] += size
    return [_part(position, position.shares - hedged[index]) for index, position in enumerate(positions)]


def hedged_sets(positions: Sequence[Position]) -> list[tuple[tuple[Position, ...], int]]:
    """The sets, and how many shares of each member belong to it (micros); a share is in one set only."""
    return [
        (tuple(positions[member] for member in members), size) for members, size in _sized_sets(positions)
    ]


def proceeds(book: OrderBook | None, fees: FeeSchedule, position: Position) -> int | None:
    """Dollars (micros, rounded down, net of fees) for selling the position into the book's bids.

    None when there is no book or its bids do not take all of it.
    """
    if book is None:
        return None
    left, brought = position.shares, 0
    for price, size in book.ladder(position.outcome, Side.SELL):
        taken = min(left, size)
        if taken <= 0:
            break
        brought += mul_floor(price, taken) - fees.charge(Side.SELL, price, taken).usd
        left -= taken
    return brought if left <= 0 else None


def fees_of(markets: Mapping[MarketKey, Market], key: MarketKey) -> FeeSchedule:
    """The market's own, or the dearest its venue has where the market is not known."""
    return markets[key].fees if key in markets else worst_case(key.venue)


def open_result(store: MarketStore, positions: Sequence[Position]) -> int:
    """Unrealised dollars (micros) of what is not hedged, at the bids of the latest books kept.

    What no bids can take counts for nothing, neither as a gain nor as a loss: there is no price for it.
    """
    loose = [position for position in unhedged(positions) if position.shares > 0]
    keys = sorted({position.key for position in loose})
    if not keys:
        return 0
    books, markets = store.books(keys), store.markets(keys)
    total = 0
    for position in loose:
        value = proceeds(books.get(position.key), fees_of(markets, position.key), position)
        total += 0 if value is None else value - position.cost
    return total


def loss_at_stop(store: MarketStore, positions: Sequence[Position], stop_loss: int) -> int:
    """Dollars (micros, rounded up) that what is not hedged can still lose before its stop closes it.

    `stop_loss` is ppm of cost. A position that the bids value below its stop already counts with what selling
    it loses now; one that no bids take counts with its stop. A gain of one makes up for no other's loss.
    """
    loose = [position for position in unhedged(positions) if position.shares > 0]
    keys = sorted({position.key for position in loose})
    if not keys:
        return 0
    books, markets = store.books(keys), store.markets(keys)
    total = 0
    for position in loose:
        value = proceeds(books.get(position.key), fees_of(markets, position.key), position)
        now = 0 if value is None else position.cost - value
        total += max(0, now, div_ceil(position.cost * stop_loss, PPM))
    return total


def _sized_sets(positions: Sequence[Position]) -> list[tuple[list[int], int]]:
    hedged = dict.fromkeys(range(len(positions)), 0)
    found = []
    for members in _sets(positions):
        size = max(0, min(positions[member].shares - hedged[member] for member in members))
        for member in members:
            hedged[member] += size
        found.append((members, size))
    return found


def _sets(positions: Sequence[Position]) -> list[list[int]]:
    """Indices of the positions that one trade opened together, in the order of the trades' ids."""
    by_trade: dict[str, list[int]] = {}
    for index, position in enumerate(positions):
        for trade_id in position.trade_ids:
            by_trade.setdefault(trade_id, []).append(index)
    together = {tuple(members): None for _, members in sorted(by_trade.items()) if len(members) > 1}
    return [list(members) for members in together]


def _part(position: Position, shares: int) -> Position:
    if shares == position.shares:
        return position
    return replace(position, shares=shares, cost=div_ceil(position.cost * shares, position.shares))

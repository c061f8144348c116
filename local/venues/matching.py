"""One venue's matching: resting orders of accounts before the market maker's depth, price by price.

Everything is in YES terms: a buyer of NO at q is a seller of YES at 1 - q. Sides are "bid" and "ask".
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from local.day.catalogue import Key
from local.day.path import Depth, Level
from local.venues.market_maker import MarketMaker


@dataclass(slots=True)
class Resting:
    """An account's order in the book."""

    order_id: str
    account_id: str
    side: str
    price: int
    remaining: int


class Execution(NamedTuple):
    """Part of an order done at one price; `maker` is None where the market maker gave the shares."""

    price: int
    shares: int
    maker: Resting | None


def opposite(side: str) -> str:
    return "ask" if side == "bid" else "bid"


def crosses(side: str, limit: int, price: int) -> bool:
    """Whether an order of this side and limit would trade at the price."""
    return price <= limit if side == "bid" else price >= limit


class Book:
    """The order book of one venue's markets."""

    def __init__(self, venue: str, maker: MarketMaker) -> None:
        self._venue = venue
        self._maker = maker
        self._resting: dict[str, list[Resting]] = {}

    def depth(self, market_id: str) -> Depth:
        """The public book: resting orders and the market maker's levels added up, best first."""
        synthetic = self._maker.depth(Key(self._venue, market_id))
        orders = self._resting.get(market_id, [])
        return Depth(
            _merge(synthetic.bids, [o for o in orders if o.side == "bid"], best_first=True),
            _merge(synthetic.asks, [o for o in orders if o.side == "ask"], best_first=False),
        )

    def preview(self, market_id: str, side: str, limit: int, shares: int) -> list[Execution]:
        """What an order would do now; nothing changes. Account orders come first at an equal price."""
        left, found = shares, []
        for price, available, maker in self._queue(market_id, opposite(side)):
            if left <= 0 or not crosses(side, limit, price):
                break
            done = min(left, available)
            found.append(Execution(price, done, maker))
            left -= done
        return found

    def execute(self, market_id: str, side: str, executions: list[Execution]) -> None:
        """Takes the previewed depth out of the book."""
        for price, shares, maker in executions:
            if maker is None:
                self._maker.take(Key(self._venue, market_id), opposite(side), price, shares)
            else:
                maker.remaining -= shares
        orders = self._resting.get(market_id, [])
        self._resting[market_id] = [order for order in orders if order.remaining > 0]

    def rest(self, market_id: str, order: Resting) -> None:
        self._resting.setdefault(market_id, []).append(order)

    def remove(self, market_id: str, order_id: str) -> Resting | None:
        """Takes a resting order out; None when it is not there (any more)."""
        orders = self._resting.get(market_id, [])
        for order in orders:
            if order.order_id == order_id:
                orders.remove(order)
                return order
        return None

    def resting(self, market_id: str) -> tuple[Resting, ...]:
        return tuple(self._resting.get(market_id, ()))

    def sweep(self, market_id: str, filled: Callable[[Resting, int], None]) -> None:
        """Fills resting orders that the market maker's moved quotes now cross, at the orders' own prices.

        `filled(order, shares)` is called before the order shrinks.
        """
        key = Key(self._venue, market_id)
        for order in self.resting(market_id):
            depth = self._maker.depth(key)
            levels = depth.asks if order.side == "bid" else depth.bids
            for price, shares in levels:
                if order.remaining <= 0 or not crosses(order.side, order.price, price):
                    break
                done = min(order.remaining, shares)
                filled(order, done)
                self._maker.take(key, opposite(order.side), price, done)
                order.remaining -= done
        self._resting[market_id] = [o for o in self._resting.get(market_id, []) if o.remaining > 0]

    def _queue(self, market_id: str, side: str) -> list[tuple[int, int, Resting | None]]:
        synthetic = self._maker.depth(Key(self._venue, market_id))
        levels = synthetic.bids if side == "bid" else synthetic.asks
        queue: list[tuple[int, int, Resting | None]] = [
            (order.price, order.remaining, order)
            for order in self._resting.get(market_id, [])
            if order.side == side
        ]
        queue += [(price, shares, None) for price, shares in levels]
        # The sort is stable: accounts' orders stay ahead of the market maker's at the same price.
        return sorted(queue, key=lambda row: row[0], reverse=side == "bid")


def _merge(levels: tuple[Level, ...], orders: list[Resting], *, best_first: bool) -> tuple[Level, ...]:
    sizes = dict(levels)
    for order in orders:
        sizes[order.price] = sizes.get(order.price, 0) + order.remaining
    return tuple(sorted(sizes.items(), reverse=best_first))

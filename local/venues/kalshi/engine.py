"""Kalshi's matching and books of account: one net position a market, orders on the YES book.

Holdings are YES or NO shares, never both: what closes the other side is paid out at a dollar a pair.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from dutchbook.domain.money import ONE
from local.venues.history import History
from local.venues.kalshi import shapes
from local.venues.kalshi.fees import fill_fee, taker_fee
from local.venues.kalshi.shards import free_cash, shard_of
from local.venues.ledger import Account
from local.venues.matching import Execution, Resting, opposite
from local.venues.state import VenueState
from local.venues.wire import Json, fixed, iso

_NAMESPACE = UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
TIME_IN_FORCE = ("good_till_canceled", "immediate_or_cancel", "fill_or_kill")


@dataclass(slots=True)
class Order:
    """A V2 order. Side "bid" buys YES, "ask" sells it; prices and counts in micros."""

    order_id: str
    client_order_id: str
    account_id: str
    ticker: str
    side: str
    price: int
    initial: int
    remaining: int
    time_in_force: str
    self_trade_prevention: str
    created_ms: int
    post_only: bool = False
    expiration_s: int = 0
    status: str = "resting"
    taker_fees: int = 0
    taker_cost: int = 0
    maker_cost: int = 0
    filled: int = 0
    accumulator: int = 0


@dataclass(slots=True)
class Stats:
    """What the positions endpoint tells of one account and market, micros; `cost` is of what is open."""

    traded: int = 0
    fees: int = 0
    cost: int = 0
    realised: int = 0


class Refusal(Exception):
    """An HTTP error answer."""

    def __init__(self, status: int, code: str, message: str, details: str = "") -> None:
        super().__init__(code)
        self.status = status
        error = {"code": code, "message": message}
        self.body: Json = {"error": error | ({"details": details} if details else {})}


@dataclass(slots=True)
class Engine:
    state: VenueState
    orders: dict[str, Order] = field(default_factory=dict)
    stats: dict[tuple[str, str], Stats] = field(default_factory=dict)
    used_ids: set[tuple[str, str]] = field(default_factory=set)
    """(account, client_order_id): an id is good for one order, for ever."""
    order_rows: History = field(init=False)
    fill_rows: History = field(init=False)
    _serial: int = 0

    def __post_init__(self) -> None:
        self.state.refresh = self.refresh
        self.order_rows = History(self.state.time)
        self.fill_rows = History(self.state.time)

    def new_id(self, kind: str) -> str:
        """UUIDs in a fixed sequence, so that a run can be repeated."""
        self._serial += 1
        return str(uuid5(_NAMESPACE, f"{kind}|{self._serial}"))

    def refresh(self) -> None:
        """Lets time act on resting orders: expiry, and quotes that moved across them."""
        for order in list(self.orders.values()):
            if order.status != "resting":
                continue
            if (
                order.ticker in self.state.settled
                or 0 < order.expiration_s * 1_000 <= self.state.time.now_ms()
            ):
                self.cancel(order)
            else:
                self.state.book.sweep(order.ticker, self._fill_maker)

    def place(self, account: Account, order: Order) -> Json:
        """Matches and rests; the order's client id is spent from here on. Raises Refusal."""
        if (account.account_id, order.client_order_id) in self.used_ids:
            raise Refusal(409, "order_already_exists", "order already exists")
        executions = self._executions(order)
        if order.post_only and executions:
            raise Refusal(400, "invalid_order", "invalid order", "post only cross")
        self._check_funds(account, order, executions)
        if order.client_order_id:
            self.used_ids.add((account.account_id, order.client_order_id))
        matched = sum(done.shares for done in executions)
        if order.time_in_force == "fill_or_kill" and matched < order.initial:
            text = "fill or kill insufficient resting volume"
            raise Refusal(409, "fill_or_kill_insufficient_resting_volume", text)
        self.orders[order.order_id] = order
        self.state.accepted.append(order.client_order_id)
        self._take(order, executions)
        self._rest_or_end(order)
        self._hold_for(account, order.ticker)
        self._record(order)
        return self._receipt(order)

    def cancel(self, order: Order) -> int:
        """Takes a resting order out; returns the count that was left, micros."""
        left = order.remaining
        self.state.book.remove(order.ticker, order.order_id)
        self.state.ledger.release(order.order_id)
        order.remaining, order.status = 0, "canceled"
        self._record(order)
        return left

    def position(self, account: Account, ticker: str) -> int:
        """Net YES shares, micros; negative = NO."""
        return account.shares.get((ticker, "yes"), 0) - account.shares.get((ticker, "no"), 0)

    def free_cash(self, account: Account) -> Mapping[int, int]:
        """Spendable cash by shard, micros."""

        def resting(shard: int) -> list[str]:
            mine = (order for order in self.orders.values() if order.account_id == account.account_id)
            return [order.order_id for order in mine if shard_of(self.state, order.ticker) == shard]

        return free_cash(self.state, account, resting)

    def _executions(self, order: Order) -> list[Execution]:
        """What the order meets. A cross with one's own order ends the taker, or cancels the resting one."""
        while True:
            found = self.state.book.preview(order.ticker, order.side, order.price, order.initial)
            own = next((done.maker for done in found if self._own(order, done)), None)
            if own is None:
                return found
            if order.self_trade_prevention == "taker_at_cross":
                order.time_in_force = "self_trade_prevented"
                return list(itertools.takewhile(lambda done: not self._own(order, done), found))
            self.cancel(self.orders[own.order_id])

    def _own(self, order: Order, done: Execution) -> bool:
        return done.maker is not None and done.maker.account_id == order.account_id

    def _check_funds(self, account: Account, order: Order, executions: list[Execution]) -> None:
        """Cash for what opens: matched shares at their prices and fees, the rest at the limit."""
        closing = self._closable(account, order)
        need, left = 0, order.initial
        for price, shares, _ in executions:
            opens = max(shares - closing, 0)
            closing = max(closing - shares, 0)
            need += _cost(order.side, price, opens) + taker_fee(price, shares) + 100
            left -= shares
        if order.time_in_force == "good_till_canceled":
            need += _cost(order.side, order.price, max(left - closing, 0))
        if need > self.free_cash(account)[shard_of(self.state, order.ticker)]:
            raise Refusal(400, "insufficient_balance", "insufficient balance")

    def _take(self, order: Order, executions: list[Execution]) -> None:
        for execution in executions:
            if execution.maker is not None:
                self._fill_maker(execution.maker, execution.shares)
            self._book_fill(order, execution.price, execution.shares, is_taker=True)
        self.state.book.execute(order.ticker, order.side, executions)

    def _fill_maker(self, resting: Resting, shares: int) -> None:
        order = self.orders[resting.order_id]
        self._book_fill(order, order.price, shares, is_taker=False)
        if not order.remaining:
            order.status = "executed"
            self.state.ledger.release(order.order_id)
        self._hold_for(self.state.ledger.accounts[order.account_id], order.ticker)
        self._record(order)

    def _book_fill(self, order: Order, price: int, shares: int, *, is_taker: bool) -> None:
        account = self.state.ledger.accounts[order.account_id]
        held = account.shares.get((order.ticker, "no" if order.side == "bid" else "yes"), 0)
        closed = min(held, shares)
        opened = shares - closed
        outcome = "yes" if order.side == "bid" else "no"
        # Closing hands back what the pair pays above the price of the side just bought.
        proceeds = closed * _worth(opposite(order.side), price) // ONE
        cash = proceeds - _cost(order.side, price, opened)
        fee = taker_fee(price, shares) if is_taker else 0
        charged = fill_fee(fee, cash, order.accumulator)
        order.accumulator = charged.accumulator
        fill_id = self.new_id("fill")
        other = "no" if outcome == "yes" else "yes"
        self.state.ledger.post(
            order.account_id,
            "fill",
            fill_id,
            self.state.time.now_ms(),
            cash - charged.net,
            [(order.ticker, outcome, opened), (order.ticker, other, -closed)],
        )
        self._count(order, price, shares, charged.net, is_taker=is_taker)
        if closed:
            stats = self.stats[order.account_id, order.ticker]
            released = stats.cost * closed // held
            stats.cost -= released
            stats.realised += proceeds - released
        self.stats[order.account_id, order.ticker].cost += _cost(order.side, price, opened)
        self._tell_fill(order, fill_id, price, shares, charged.net, is_taker=is_taker)

    def _count(self, order: Order, price: int, shares: int, fee: int, *, is_taker: bool) -> None:
        cost = _cost(order.side, price, shares)
        order.filled += shares
        order.remaining -= shares
        if is_taker:
            order.taker_fees += fee
            order.taker_cost += cost
        else:
            order.maker_cost += cost
        stats = self.stats.setdefault((order.account_id, order.ticker), Stats())
        stats.traded += cost
        stats.fees += fee

    def _rest_or_end(self, order: Order) -> None:
        if not order.remaining:
            order.status = "executed"
        elif order.time_in_force == "good_till_canceled":
            self.state.book.rest(
                order.ticker,
                Resting(order.order_id, order.account_id, order.side, order.price, order.remaining),
            )
        else:
            order.remaining, order.status = 0, "canceled"

    def _closable(self, account: Account, order: Order) -> int:
        """Shares that the order would close rather than open: those no older resting order will close."""
        held = max(-self.position(account, order.ticker) * _sign(order.side), 0)
        older = itertools.takewhile(lambda other: other is not order, self._resting(account, order.ticker))
        return max(held - sum(other.remaining for other in older if other.side == order.side), 0)

    def _resting(self, account: Account, ticker: str) -> list[Order]:
        return [
            order
            for order in self.orders.values()
            if (order.account_id, order.ticker, order.status) == (account.account_id, ticker, "resting")
        ]

    def _hold_for(self, account: Account, ticker: str) -> None:
        """Sets aside what each resting order of the market could still cost; done again when any fills."""
        for order in self._resting(account, ticker):
            opens = max(order.remaining - self._closable(account, order), 0)
            self.state.ledger.hold(order.order_id, order.account_id, _cost(order.side, order.price, opens))

    def _receipt(self, order: Order) -> Json:
        body: Json = {
            "order_id": order.order_id,
            "client_order_id": order.client_order_id,
            "fill_count": shapes.count(order.filled),
            "remaining_count": shapes.count(order.remaining),
            "ts_ms": self.state.time.now_ms(),
        }
        if order.filled:
            paid = order.taker_cost if order.side == "bid" else order.filled - order.taker_cost
            body["average_fill_price"] = fixed(paid * ONE // order.filled, 4)
            body["average_fee_paid"] = fixed(order.taker_fees * ONE // order.filled, 4)
        return body

    def _record(self, order: Order) -> None:
        moment = iso(self.state.time.now_ms())
        self.order_rows.write(
            order.order_id,
            {
                "order_id": order.order_id,
                "user_id": order.account_id,
                "client_order_id": order.client_order_id,
                "ticker": order.ticker,
                "outcome_side": "yes" if order.side == "bid" else "no",
                "book_side": order.side,
                "type": "limit",
                "status": order.status,
                "yes_price_dollars": shapes.dollars(order.price),
                "no_price_dollars": shapes.dollars(ONE - order.price),
                "initial_count_fp": shapes.count(order.initial),
                "fill_count_fp": shapes.count(order.filled),
                "remaining_count_fp": shapes.count(order.remaining),
                "taker_fees_dollars": fixed(order.taker_fees, 6),
                "maker_fees_dollars": "0.000000",
                "taker_fill_cost_dollars": fixed(order.taker_cost, 6),
                "maker_fill_cost_dollars": fixed(order.maker_cost, 6),
                "self_trade_prevention_type": order.self_trade_prevention,
                "created_time": iso(order.created_ms),
                "last_update_time": moment,
                "subaccount_number": 0,
                "exchange_index": shard_of(self.state, order.ticker),
            },
        )

    def _tell_fill(
        self, order: Order, fill_id: str, price: int, shares: int, fee: int, *, is_taker: bool
    ) -> None:
        now = self.state.time.now_ms()
        prices = {
            "yes_price_dollars": shapes.dollars(price),
            "no_price_dollars": shapes.dollars(ONE - price),
        }
        outcome = "yes" if order.side == "bid" else "no"
        self.fill_rows.write(
            fill_id,
            {
                "fill_id": fill_id,
                "trade_id": fill_id,
                "order_id": order.order_id,
                "user_id": order.account_id,
                "ticker": order.ticker,
                "market_ticker": order.ticker,
                "outcome_side": outcome,
                "book_side": order.side,
                "count_fp": shapes.count(shares),
                **prices,
                "is_taker": is_taker,
                "fee_cost": fixed(fee, 6),
                "created_time": iso(now),
                "ts": now // 1_000,
                "subaccount_number": 0,
                "exchange_index": shard_of(self.state, order.ticker),
            },
        )
        if is_taker:
            self.state.tape.append(
                {
                    "trade_id": fill_id,
                    "ticker": order.ticker,
                    "count_fp": shapes.count(shares),
                    **prices,
                    "taker_outcome_side": outcome,
                    "taker_book_side": order.side,
                    "is_block_trade": False,
                    "created_time": iso(now),
                }
            )


def _sign(side: str) -> int:
    return 1 if side == "bid" else -1


def _worth(side: str, price: int) -> int:
    """What a share of the side's outcome costs at a YES price."""
    return price if side == "bid" else ONE - price


def _cost(side: str, price: int, shares: int) -> int:
    """Dollars (micros, up) to open shares at a YES price: the price for YES, its complement for NO."""
    return -(-shares * _worth(side, price) // ONE)

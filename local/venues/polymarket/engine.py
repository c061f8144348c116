"""Polymarket's matching and settlement: what is matched now is settled on chain seconds later, or fails.

Until a trade is mined its dollars or shares are only held back; a failed trade gives them back. Fees are
dollars on top of (BUY) or out of (SELL) the notional, takers only.
"""

from dataclasses import dataclass, field

from dutchbook.domain.money import ONE
from local.venues.history import History
from local.venues.ledger import Account, Shares
from local.venues.matching import Execution, Resting
from local.venues.polymarket.markets import Token, fee_of, tokens_of
from local.venues.polymarket.orders import Order, Refusal
from local.venues.state import VenueState
from local.venues.wire import Json, decimal_micros, shortest

MINED_AFTER_MS = 2_000
CONFIRMED_AFTER_MS = 5_000
_FEE_STEP = 10
_MIN_MARKETABLE = ONE
_ZERO_HASH = "0x" + "0" * 64
_MAKER_ADDRESS = "0x0000000000000000000000000000000000000001"
"""Stands for the invented traders on the other side."""


@dataclass(slots=True)
class Trade:
    """One order's part in one match, settling by itself. `price` is of the order's own token."""

    trade_id: str
    order: Order
    price: int
    shares: int
    fee: int
    at_ms: int
    at_s: int
    is_taker: bool
    counter_order_id: str
    fails: bool = False
    status: str = "MATCHED"


@dataclass(slots=True)
class Engine:
    state: VenueState
    tokens: dict[str, Token] = field(init=False)
    orders: dict[str, Order] = field(default_factory=dict)
    trades: dict[str, Trade] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    """Ids of every order that passed the checks, the killed ones too: sending one again is a duplicate."""
    order_rows: History = field(init=False)
    trade_rows: History = field(init=False)
    _serial: int = 0

    def __post_init__(self) -> None:
        self.state.refresh = self.refresh
        self.tokens = dict(tokens_of(self.state))
        self.order_rows = History(self.state.time)
        self.trade_rows = History(self.state.time)

    def refresh(self) -> None:
        """Lets time act: trades settle, orders expire, moved quotes meet resting orders."""
        for trade in list(self.trades.values()):
            self._advance(trade)
        now_s = self.state.time.now_ms() // 1_000
        for order in list(self.orders.values()):
            if order.status != "LIVE":
                continue
            # The venue takes a GTD order out one minute before its expiration.
            expired = 0 < order.expiration_s <= now_s + 60
            if expired or order.token.listing.key.market_id in self.state.settled:
                self.cancel(order)
            else:
                self.state.book.sweep(order.token.listing.key.market_id, self._fill_maker)

    def place(self, account: Account, order: Order) -> Json:
        """Matches, settles later, rests what may rest. Raises Refusal."""
        if order.order_id in self.seen:
            raise Refusal(f"order {order.order_id} is invalid. Duplicated.")
        executions = self._executions(order)
        if executions and order.post_only:
            raise Refusal(f"order {order.order_id} crosses the book")
        if executions and order.side == "BUY" and order.dollars < _MIN_MARKETABLE:
            amount = shortest(order.dollars)
            raise Refusal(f"invalid amount for a marketable BUY order (${amount}), min size: $1")
        self._check_funds(account, order, executions)
        self.seen.add(order.order_id)
        self._check_fill_rules(order, executions)
        self.orders[order.order_id] = order
        self.state.accepted.append(order.order_id)
        for execution in executions:
            if execution.maker is not None:
                self._fill_maker(execution.maker, execution.shares)
            counter = execution.maker.order_id if execution.maker else _ZERO_HASH
            self._match(order, execution.price, execution.shares, counter, is_taker=True)
        self.state.book.execute(order.token.listing.key.market_id, order.book_side, executions)
        self._rest_or_end(order)
        self._record(order)
        return self._receipt(order)

    def cancel(self, order: Order) -> None:
        self.state.book.remove(order.token.listing.key.market_id, order.order_id)
        self.state.ledger.release(order.order_id)
        order.status = "CANCELED"
        self._record(order)

    def _executions(self, order: Order) -> list[Execution]:
        """What the order meets; a market buy stops when its dollars are used up."""
        market = order.token.listing.key.market_id
        most = ONE * ONE if order.spends else order.shares
        found = self.state.book.preview(market, order.book_side, order.book_limit, most)
        if not order.spends:
            return found
        left, kept = order.dollars, []
        for execution in found:
            price = _token_price(order, execution.price)
            shares = min(execution.shares, left * ONE // price)
            if shares <= 0:
                break
            kept.append(execution._replace(shares=shares))
            left -= _cost(price, shares)
        return kept

    def _check_fill_rules(self, order: Order, executions: list[Execution]) -> None:
        done = sum(execution.shares for execution in executions)
        if order.order_type == "FAK" and not done:
            raise Refusal("no orders found to match with FAK order. It is killed")
        if order.order_type == "FOK":
            spent = sum(_cost(_token_price(order, e.price), e.shares) for e in executions)
            # A cent may stay over where the dollars do not divide by the price.
            full = spent > order.dollars - ONE // 100 if order.spends else done == order.shares
            if not full:
                raise Refusal("order couldn't be fully filled. FOK order is killed")

    def _check_funds(self, account: Account, order: Order, executions: list[Execution]) -> None:
        text = "not enough balance / allowance"
        if order.side == "SELL":
            held = self.state.ledger.free_shares(
                account.account_id, order.token.listing.key.market_id, order.token.outcome
            )
            if order.shares > held or account.facts.get("ctf_approved") is False:
                raise Refusal(text)
            return
        need = order.dollars + sum(self._fee(order, e.price, e.shares) for e in executions)
        allowance = decimal_micros(account.facts.get("allowance"))
        short = allowance is not None and need > allowance
        if short or need > self.state.ledger.free_cash(account.account_id):
            raise Refusal(text)

    def _fill_maker(self, resting: Resting, shares: int) -> None:
        order = self.orders[resting.order_id]
        self._match(order, resting.price, shares, _ZERO_HASH, is_taker=False)
        if order.matched >= order.shares:
            order.status = "MATCHED"
            self.state.ledger.release(order.order_id)
        else:
            self._hold_rest(order)
        self._record(order)

    def _match(self, order: Order, book_price: int, shares: int, counter: str, *, is_taker: bool) -> None:
        self._serial += 1
        price = _token_price(order, book_price)
        trade = Trade(
            trade_id=f"simulated-trade-{self._serial:06d}",
            order=order,
            price=price,
            shares=shares,
            fee=self._fee(order, book_price, shares) if is_taker else 0,
            at_ms=self.state.time.elapsed_ms(),
            at_s=self.state.time.now_ms() // 1_000,
            is_taker=is_taker,
            counter_order_id=counter,
            fails=self.state.take_failure(),
        )
        order.matched += shares
        order.spent += _cost(price, shares)
        order.trade_ids.append(trade.trade_id)
        self.trades[trade.trade_id] = trade
        cash, kept = self._due(trade)
        self.state.ledger.hold(trade.trade_id, order.account_id, cash, kept)
        self._tell(trade)

    def _due(self, trade: Trade) -> tuple[int, Shares | None]:
        """What the trade will take from its account: dollars of a buy, shares of a sale."""
        if trade.order.side == "BUY":
            return _cost(trade.price, trade.shares) + trade.fee, None
        market, outcome = trade.order.token.listing.key.market_id, trade.order.token.outcome
        return 0, (market, outcome, trade.shares)

    def _advance(self, trade: Trade) -> None:
        """MATCHED → MINED (balances move) → CONFIRMED, or MATCHED → FAILED (nothing moved)."""
        age = self.state.time.elapsed_ms() - trade.at_ms
        if trade.status == "MATCHED" and trade.fails:
            if age >= CONFIRMED_AFTER_MS:
                self.state.ledger.release(trade.trade_id)
                trade.status = "FAILED"
                self._tell(trade)
            return
        if trade.status == "MATCHED" and age >= MINED_AFTER_MS:
            self._mine(trade)
            trade.status = "MINED"
            self._tell(trade)
        if trade.status == "MINED" and age >= CONFIRMED_AFTER_MS:
            trade.status = "CONFIRMED"
            self._tell(trade)

    def _mine(self, trade: Trade) -> None:
        order, ledger = trade.order, self.state.ledger
        market, outcome = order.token.listing.key.market_id, order.token.outcome
        ledger.release(trade.trade_id)
        if order.side == "BUY":
            cash, shares = -_cost(trade.price, trade.shares) - trade.fee, trade.shares
        else:
            cash, shares = trade.price * trade.shares // ONE - trade.fee, -trade.shares
        now = self.state.time.now_ms()
        ledger.post(order.account_id, "fill", trade.trade_id, now, cash, [(market, outcome, shares)])

    def _rest_or_end(self, order: Order) -> None:
        if order.order_type in {"FOK", "FAK"} or order.matched >= order.shares:
            order.status = "MATCHED"
            return
        market = order.token.listing.key.market_id
        left = order.shares - order.matched
        self.state.book.rest(
            market, Resting(order.order_id, order.account_id, order.book_side, order.book_limit, left)
        )
        self._hold_rest(order)

    def _hold_rest(self, order: Order) -> None:
        left, ledger = order.shares - order.matched, self.state.ledger
        if order.side == "BUY":
            ledger.hold(order.order_id, order.account_id, _cost(order.limit, left))
        else:
            market, outcome = order.token.listing.key.market_id, order.token.outcome
            ledger.hold(order.order_id, order.account_id, 0, (market, outcome, left))

    def _fee(self, order: Order, price: int, shares: int) -> int:
        """shares x rate x p(1-p) in steps of $0.00001, up (the venue does not publish which way)."""
        rate = fee_of(order.token.listing).rate
        return -(-shares * rate * price * (ONE - price) // (ONE**3 * _FEE_STEP)) * _FEE_STEP

    def _receipt(self, order: Order) -> Json:
        filled, paid = order.matched, order.spent
        making, taking = (paid, filled) if order.side == "BUY" else (filled, paid)
        return {
            "success": True,
            "errorMsg": "",
            "orderID": order.order_id,
            "status": "matched" if filled else "live",
            # Empty, not zero, while nothing is matched.
            "makingAmount": str(making) if filled else "",
            "takingAmount": str(taking) if filled else "",
            "transactionsHashes": [],
            "tradeIDs": list(order.trade_ids),
        }

    def _record(self, order: Order) -> None:
        self.order_rows.write(
            order.order_id,
            {
                "id": order.order_id,
                "status": f"ORDER_STATUS_{order.status}",
                "market": order.token.listing.key.market_id,
                "asset_id": order.token_id,
                "side": order.side,
                "original_size": shortest(order.shares),
                "size_matched": shortest(order.matched),
                "price": shortest(order.limit),
                "outcome": order.token.outcome.capitalize(),
                "owner": order.api_key,
                "maker_address": self.state.ledger.accounts[order.account_id].facts["funder"],
                "expiration": str(order.expiration_s),
                "order_type": order.order_type,
                "created_at": order.created_s,
                "associate_trades": list(order.trade_ids),
            },
        )

    def _tell(self, trade: Trade) -> None:
        """The trade as its own account sees it. A maker's fill stands in maker_orders, not on top."""
        order = trade.order
        funder = self.state.ledger.accounts[order.account_id].facts["funder"]
        mine = {
            "order_id": order.order_id,
            "owner": order.api_key,
            "maker_address": funder,
            "matched_amount": shortest(trade.shares),
            "price": shortest(trade.price),
            "fee_rate_bps": "",
            "asset_id": order.token_id,
            "outcome": order.token.outcome.capitalize(),
            "side": order.side,
        }
        other = mine | {
            "order_id": trade.counter_order_id,
            "owner": "",
            "maker_address": _MAKER_ADDRESS,
            "side": "SELL" if order.side == "BUY" else "BUY",
        }
        top = mine if trade.is_taker else other
        mined = trade.status in {"MINED", "CONFIRMED"}
        self.trade_rows.write(
            trade.trade_id,
            {
                "id": trade.trade_id,
                "taker_order_id": top["order_id"],
                "market": order.token.listing.key.market_id,
                "asset_id": order.token_id,
                "side": top["side"],
                "size": shortest(trade.shares),
                "price": shortest(trade.price),
                "status": f"TRADE_STATUS_{trade.status}",
                "fee_rate_bps": "",
                "match_time": str(trade.at_s),
                "last_update": str(self.state.time.now_ms() // 1_000),
                "outcome": order.token.outcome.capitalize(),
                "bucket_index": 0,
                "owner": order.api_key,
                "maker_address": top["maker_address"],
                "transaction_hash": f"0x{int(trade.trade_id[-6:]):064x}" if mined else "",
                "trader_side": "TAKER" if trade.is_taker else "MAKER",
                "maker_orders": [other if trade.is_taker else mine],
            },
        )


def _token_price(order: Order, book_price: int) -> int:
    return book_price if order.token.outcome == "yes" else ONE - book_price


def _cost(price: int, shares: int) -> int:
    return -(-price * shares // ONE)

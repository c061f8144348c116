"""Limitless's matching: takers may be held back before they match, and fees of buys are taken in shares."""

from dataclasses import dataclass, field
from uuid import UUID, uuid5

from dutchbook.domain.money import ONE
from local.venues.history import History
from local.venues.ledger import Account
from local.venues.limitless import shapes
from local.venues.limitless.fees import buy_bps, sell_bps
from local.venues.limitless.orders import Order, Refusal, allowance_of
from local.venues.matching import Execution, Resting
from local.venues.state import VenueState
from local.venues.wire import Json, iso, shortest

_NAMESPACE = UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")
MINED_AFTER_MS = 1_000
"""A released taker is MATCHED for a second before it is MINED; one that was not held back answers MINED."""


@dataclass(slots=True)
class Engine:
    state: VenueState
    orders: dict[str, Order] = field(default_factory=dict)
    digests: set[str] = field(default_factory=set)
    client_ids: dict[tuple[str, str], str] = field(default_factory=dict)
    rows: History = field(init=False)
    """What status/batch shows, by order id."""
    fills: History = field(init=False)
    """What portfolio/history shows, by trade event id."""
    _serial: int = 0

    def __post_init__(self) -> None:
        self.state.refresh = self.refresh
        self.rows = History(self.state.time)
        self.fills = History(self.state.time)

    def refresh(self) -> None:
        """Lets time act: held takers match, matched ones are mined, moved quotes meet resting orders."""
        now = self.state.time.elapsed_ms()
        for order in list(self.orders.values()):
            if order.settlement == "DELAYED" and now >= order.eligible_elapsed_ms:
                self._release(order)
            if order.settlement == "MATCHED" and now >= order.settles_elapsed_ms:
                order.settlement = "MINED"
                self._record(order)
            if order.status == "LIVE" and order.settlement != "DELAYED":
                if order.listing.key.market_id in self.state.settled:
                    self.cancel(order)
                else:
                    self.state.book.sweep(order.listing.key.market_id, self._fill_maker)

    def place(self, account: Account, order: Order) -> Json:
        """Takes the order in; its client id and digest are spent from here on. Raises Refusal."""
        if order.digest in self.digests:
            raise Refusal("Order with this hash already exists", 409)
        if order.client_order_id and (account.account_id, order.client_order_id) in self.client_ids:
            raise Refusal("clientOrderId already used", 409)
        executions = self._executions(order)
        if executions and order.post_only:
            raise Refusal("Post-only order would execute immediately")
        self._check_funds(account, order)
        self._serial += 1
        order.order_id = str(uuid5(_NAMESPACE, f"order|{self._serial}"))
        self.digests.add(order.digest)
        if order.client_order_id:
            self.client_ids[account.account_id, order.client_order_id] = order.order_id
        self.orders[order.order_id] = order
        self.state.accepted.append(order.client_order_id)
        delay = order.listing.facts["taker_delay_ms"]
        if executions and delay:
            order.settlement = "DELAYED"
            order.eligible_elapsed_ms = self.state.time.elapsed_ms() + delay
            order.eligible_at = iso(self.state.time.now_ms() + delay)
            self._hold(order)
        else:
            self._match(order, executions)
            if order.filled and order.settlement == "MATCHED":
                # A taker that is not held back blocks until it is mined.
                order.settlement = "MINED"
        self._record(order)
        body = self.view(order)
        # Only the reply to the order itself repeats its signature.
        body["order"]["signature"] = order.raw["signature"]
        return body

    def cancel(self, order: Order) -> None:
        """Raises Refusal for an order that is done or just being released."""
        if order.settlement == "DELAYED":
            raise Refusal(
                "Order release in progress", 409, reason="ORDER_RELEASE_IN_PROGRESS", retryable=True
            )
        if order.status != "LIVE":
            raise Refusal("Order not found or already canceled")
        self.state.book.remove(order.listing.key.market_id, order.order_id)
        self.state.ledger.release(order.order_id)
        order.status = "CANCELED"
        self._record(order)

    def _release(self, order: Order) -> None:
        """The taker delay is over: match against the book of this moment."""
        self.state.ledger.release(order.order_id)
        self._match(order, self._executions(order))
        order.settles_elapsed_ms = self.state.time.elapsed_ms() + MINED_AFTER_MS
        self._record(order)

    def _executions(self, order: Order) -> list[Execution]:
        """What the order meets now. A market buy stops when its dollars are used up."""
        market = order.listing.key.market_id
        if order.order_type != "FOK" or order.side == "SELL":
            return self.state.book.preview(market, order.book_side, order.book_limit, order.contracts)
        left, kept = order.maker_amount, []
        for execution in self.state.book.preview(market, order.book_side, order.book_limit, ONE * ONE):
            price = order.token_price(execution.price)
            shares = min(execution.shares, left * ONE // price)
            if shares <= 0:
                break
            kept.append(execution._replace(shares=shares))
            left -= -(-price * shares // ONE)
        return kept

    def _match(self, order: Order, executions: list[Execution]) -> None:
        if order.order_type == "FOK" and not self._fills_whole(order, executions):
            executions = []
        order.settlement = "MATCHED" if executions else "UNMATCHED"
        failed = bool(executions) and self.state.take_failure()
        for execution in executions:
            if execution.maker is not None:
                self._fill_maker(execution.maker, execution.shares)
            if not failed:
                self._book_fill(order, order.token_price(execution.price), execution.shares, is_taker=True)
        self.state.book.execute(order.listing.key.market_id, order.book_side, executions)
        if failed:
            order.settlement = "FAILED"
        left = order.contracts - order.filled
        if order.order_type == "GTC" and left and not failed:
            limit = order.book_limit
            self.state.book.rest(
                order.listing.key.market_id,
                Resting(order.order_id, order.account_id, order.book_side, limit, left),
            )
            self._hold(order)
        else:
            order.status = "MATCHED" if order.filled else "UNMATCHED"

    def _fills_whole(self, order: Order, executions: list[Execution]) -> bool:
        if order.side == "SELL":
            return sum(done.shares for done in executions) == order.contracts
        spent = sum(-(-order.token_price(done.price) * done.shares // ONE) for done in executions)
        return spent > order.maker_amount - ONE // 100

    def _fill_maker(self, resting: Resting, shares: int) -> None:
        order = self.orders[resting.order_id]
        self._book_fill(order, order.token_price(resting.price), shares, is_taker=False)
        if order.filled >= order.contracts:
            order.status = "MATCHED"
            self.state.ledger.release(order.order_id)
        else:
            self._hold(order)
        self._record(order)

    def _book_fill(self, order: Order, price: int, shares: int, *, is_taker: bool) -> None:
        """Moves cash and shares. A buyer's fee stays behind in shares, a seller's in dollars.

        Where the market's fee module takes it, both pay dollars beside the trade.
        """
        charged = is_taker and not shapes.is_free(self.state, order.listing)
        rate = self.state.ledger.accounts[order.account_id].facts["fee_rate_bps"] if charged else 0
        beside = bool(shapes.fee_module(self.state, order.listing))
        fee_shares = fee_dollars = 0
        if order.side == "BUY":
            dollars = -(-price * shares // ONE)
            if beside:
                fee_dollars = dollars * buy_bps(price, rate) // 10_000
            else:
                fee_shares = shares * buy_bps(price, rate) // 10_000
            cash, moved = -dollars - fee_dollars, shares - fee_shares
        else:
            dollars = price * shares // ONE
            fee_dollars = dollars * sell_bps(price, rate) // 10_000
            cash, moved = dollars - fee_dollars, -shares
        self._serial += 1
        event_id = str(uuid5(_NAMESPACE, f"fill|{self._serial}"))
        market = order.listing.key.market_id
        self.state.ledger.post(
            order.account_id,
            "fill",
            event_id,
            self.state.time.now_ms(),
            cash,
            [(market, order.outcome, moved)],
        )
        order.filled += shares
        order.dollars += dollars
        order.fee_shares += fee_shares
        order.fee_dollars += fee_dollars
        if is_taker:
            order.taken += shares
            order.taken_dollars += dollars
            order.matches.append(
                {
                    "id": event_id,
                    "matchedSize": str(shares),
                    "fillPrice": shortest(price),
                    "fillCost": str(dollars),
                    "orderId": str(uuid5(_NAMESPACE, f"counter|{self._serial}")),
                }
            )
        self._tell_fill(order, event_id, price, shares, dollars, is_taker=is_taker)

    def _check_funds(self, account: Account, order: Order) -> None:
        ledger, market = self.state.ledger, order.listing.key.market_id
        fee, module = self._most_fee(order), shapes.fee_module(self.state, order.listing)
        spendable = allowance_of(account, module) if module and not order.post_only else None
        if spendable is not None and fee > spendable:
            raise Refusal("Insufficient collateral allowance for the fee module.")
        if order.side == "SELL":
            if order.maker_amount > ledger.free_shares(account.account_id, market, order.outcome):
                raise Refusal("Insufficient conditional token balance")
            return
        allowance = allowance_of(account, str(shapes.venue(self.state, order.listing)["exchange"]))
        if allowance is not None and order.maker_amount > allowance:
            raise Refusal("Insufficient collateral allowance for this order.")
        if order.maker_amount + fee > ledger.free_cash(account.account_id):
            raise Refusal("Insufficient collateral balance for this order.")

    def _most_fee(self, order: Order) -> int:
        """Dollars (micros) that the market's fee module may take beside the trade."""
        if not shapes.fee_module(self.state, order.listing):
            return 0
        dollars = order.maker_amount if order.side == "BUY" else order.taker_amount
        rate = self.state.ledger.accounts[order.account_id].facts["fee_rate_bps"]
        return -(-dollars * int(rate) // 10_000)

    def _hold(self, order: Order) -> None:
        left = order.contracts - order.filled
        if order.side == "SELL":
            shares = (order.listing.key.market_id, order.outcome, left)
            self.state.ledger.hold(order.order_id, order.account_id, 0, shares)
        else:
            cash = order.maker_amount if order.limit is None else -(-order.limit * left // ONE)
            cash += self._most_fee(order) if order.settlement == "DELAYED" else 0
            self.state.ledger.hold(order.order_id, order.account_id, cash)

    def view(self, order: Order) -> Json:
        """Order, execution and matches: the body of POST /orders and the data of status/batch."""
        return {
            "order": self._order(order),
            "makerMatches": list(order.matches),
            "execution": self._execution(order),
        }

    def _order(self, order: Order) -> Json:
        raw = order.raw
        return {
            "id": order.order_id,
            "createdAt": iso(order.created_ms),
            "makerAmount": str(order.maker_amount),
            "takerAmount": str(order.taker_amount),
            "expiration": None,
            "signatureType": raw["signatureType"],
            "salt": str(raw["salt"]),
            "maker": raw["maker"],
            "signer": raw["signer"],
            "taker": raw["taker"],
            "tokenId": raw["tokenId"],
            "side": raw["side"],
            "feeRateBps": raw["feeRateBps"],
            "nonce": "0",
            "orderType": order.order_type,
            "price": None if order.limit is None else shortest(order.limit),
            "marketId": order.listing.facts["id"],
            "market": {
                "id": order.listing.facts["id"],
                "slug": order.listing.key.market_id,
                "status": "FUNDED",
            },
        }

    def _execution(self, order: Order) -> Json:
        """What the order took when it came."""
        fee_bps = 0
        if order.taken:
            part, whole = (
                (order.fee_shares, order.taken)
                if order.fee_shares
                else (order.fee_dollars, order.taken_dollars)
            )
            fee_bps = -(-part * 10_000 // max(whole, 1))
        return {
            "matched": order.taken > 0,
            "settlementStatus": order.settlement,
            "tradeEventId": order.matches[0]["id"] if order.matches else None,
            "txHash": f"0x{order.digest[2:]}" if order.settlement == "MINED" else None,
            "clientOrderId": order.client_order_id or None,
            "reason": None,
            "stpMakerCancels": [],
            "eligibleAt": order.eligible_at,
            "feeRateBps": order.raw["feeRateBps"],
            "effectiveFeeBps": fee_bps,
            "totalsRaw": {
                "contractsGross": str(order.taken),
                "contractsFee": str(order.fee_shares),
                "contractsNet": str(order.taken - order.fee_shares),
                "usdGross": str(order.taken_dollars),
                "usdFee": str(order.fee_dollars),
                "usdNet": str(order.taken_dollars - order.fee_dollars),
            },
        }

    def _record(self, order: Order) -> None:
        body = self.view(order) | {"status": order.status, "account_id": order.account_id}
        self.rows.write(order.order_id, body)

    def _tell_fill(
        self, order: Order, event_id: str, price: int, shares: int, dollars: int, *, is_taker: bool
    ) -> None:
        amounts = ["0", "0"]
        index = 0 if order.outcome == "yes" else 1
        amounts[index] = shortest(shares)
        role = "Market" if is_taker else "Limit"
        self.fills.write(
            event_id,
            {
                "account_id": order.account_id,
                "blockTimestamp": self.state.time.now_ms() // 1_000,
                # Gross of the fee, as the venue shows it.
                "collateralAmount": shortest(dollars),
                "outcomeTokenAmount": shortest(shares),
                "outcomeTokenAmounts": amounts,
                "outcomeIndex": index,
                "outcomeTokenPrice": shortest(price),
                "orderId": order.order_id,
                "strategy": f"{role} {order.side.capitalize()}",
                "tradeEventId": event_id,
                "transactionHash": order.digest,
                "market": {
                    "id": str(order.listing.facts["id"]),
                    "slug": order.listing.key.market_id,
                    "title": order.listing.title,
                    "conditionId": order.listing.facts["condition"],
                    "closed": False,
                    "status": "FUNDED",
                },
            },
        )

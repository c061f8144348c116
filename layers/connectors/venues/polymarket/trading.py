"""Polymarket as ports.VenueConnector for one account."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from dutchbook.domain.book import Ladder
from dutchbook.domain.errors import (
    InvalidOrder,
    InvariantBroken,
    MarketClosed,
    NotSent,
    OutcomeUnknown,
    PriceMoved,
    Refused,
    VenueUnreachable,
)
from dutchbook.domain.ids import order_salt
from dutchbook.domain.market import Market
from dutchbook.domain.money import format_micros, mul_ceil
from dutchbook.domain.trade import Fill
from dutchbook.domain.venue import Outcome, Side, Venue
from dutchbook.ports.venues import (
    Balance,
    Intent,
    MarketData,
    OrderReport,
    OrderRequest,
    OrderStatus,
    TimeInForce,
    VenuePosition,
)
from venues.fields import BadRow
from venues.ordercheck import (
    check_order,
    check_time_in_force,
    stored_time_in_force,
    time_in_force_fields,
)
from venues.polymarket.amounts import Amounts, limit_amounts, market_buy_amounts, market_sell_amounts
from venues.polymarket.contracts import Exchanges
from venues.polymarket.errors import unsuccessful
from venues.polymarket.signing import Order, OrderSigner, OrderType
from venues.polymarket.trading_calls import PolymarketCalls
from venues.polymarket.trading_checks import PreTradeChecks
from venues.polymarket.trading_parsing import (
    Receipt,
    parse_fills,
    parse_funds,
    parse_order,
    parse_position,
    parse_receipt,
    trade_ids,
)
from venues.servertime import ServerTime

READ_LAG_MS = 8_000
"""Matching is asynchronous: an order that is not found for some seconds may still have arrived."""
_CLOCKS_APART_S = 60
_MATCHED = "matched"
_MARKET_BUY_SHARE_STEP = 100
"""A market buy's shares may have four decimals on every tick: with five, which the venue's clients sign on
fine ticks, all were refused on a live market (py-clob-client-v2 issue 99, 2026-07)."""


_ORDER_TYPES: Mapping[TimeInForce, OrderType] = MappingProxyType(
    {
        TimeInForce.IOC: OrderType.FAK,
        TimeInForce.FOK: OrderType.FOK,
        TimeInForce.GTC: OrderType.GTC,
        TimeInForce.GTD: OrderType.GTD,
    }
)
_GTD_EARLY_S = 60
"""The venue takes a GTD order out so long before the expiration it was given."""
_GTD_LEAD_S = 180
"""Least time from now to the expiration it is given."""


class PolymarketTrading:
    """ports.VenueConnector. The order id is the digest that was signed; orders are FAK, FOK, GTC or GTD."""

    venue = Venue.POLYMARKET

    def __init__(
        self,
        calls: PolymarketCalls,
        signer: OrderSigner,
        exchanges: Exchanges,
        data: MarketData,
        time: ServerTime,
    ) -> None:
        self._calls = calls
        self._checks = PreTradeChecks(calls)
        self._signer = signer
        self._exchanges = exchanges
        self._data = data
        self._time = time

    def prepare(self, request: OrderRequest, market: Market) -> Intent:
        """Checks place, version, money and allowance, signs.

        Raises InvalidOrder, MarketClosed, PriceMoved (nothing to buy, or not all for a FOK),
        InsufficientFunds, NotEligible and NotSent.
        """
        check_order(request, market)
        check_time_in_force(request, _ORDER_TYPES)
        expiration = _expiration(request, self._time.now_ms())
        self._checks.admit()
        token = market.terms[f"{request.outcome.value}_token"]
        version, neg_risk = market.terms["version"], market.terms["neg_risk"] == "true"
        exchange = self._exchanges.of_market(version, neg_risk=neg_risk)
        tick = market.price_bands[0].step
        if request.side is Side.SELL:
            amounts = market_sell_amounts(request.shares, request.limit_price, tick)
            self._checks.cover_sell(amounts.maker, token, version, exchange)
        elif request.time_in_force.rests:
            amounts = limit_amounts(Side.BUY, request.limit_price, request.shares, tick)
            # what crosses may pay the taker's fee; price and fee together are dearest at the limit
            fee = market.fees.charge(Side.BUY, request.limit_price, request.shares).usd
            self._checks.cover_buy(amounts.maker + fee, exchange)
        else:
            dollars, fee = self._spend(request, market)
            amounts = _four_decimals(market_buy_amounts(dollars, request.limit_price, tick))
            self._checks.cover_buy(amounts.maker + fee, exchange)
        order = Order(
            token_id=int(token),
            side=request.side,
            amounts=amounts,
            salt=order_salt(request.trade_id, request.leg_index, request.attempt),
            timestamp_ms=self._time.now_ms(),
            order_type=_ORDER_TYPES[request.time_in_force],
            market_version=version,
            neg_risk=neg_risk,
            expiration=expiration,
        )
        return self._sign(request, order)

    def place(self, intent: Intent, market: Market) -> OrderReport:
        """Raises NotSent, Refused, OutcomeUnknown, AlreadyExists (the very order is there: look it up).

        Raises InvariantBroken when the venue names the order otherwise than we signed it.
        """
        reply = self._calls.place(intent.fields["body"].encode())
        try:
            receipt = parse_receipt(reply.data)
        except BadRow as error:
            raise OutcomeUnknown(f"polymarket accepted the order but {error}") from error
        if not receipt.success:
            raise unsuccessful(receipt.message)
        if receipt.message or not receipt.order_id:
            raise OutcomeUnknown(f"polymarket accepted the order and says: {receipt.message or 'no id'}")
        if receipt.order_id.lower() != intent.venue_order_id:
            raise InvariantBroken(
                f"polymarket calls order {intent.venue_order_id} {receipt.order_id}: it is not what we signed"
            )
        return self._first_report(receipt, intent, market)

    def lookup(self, intent: Intent, market: Market) -> OrderReport:
        """By the order's digest and the account's trades in the market."""
        try:
            payload = self._calls.order(intent.venue_order_id)
            fills = self._fills(intent, market)
            order = None if payload is None else parse_order(payload)
        except BadRow as error:
            raise VenueUnreachable(f"polymarket's answer makes no sense: {error}") from error
        if order is not None:
            status = OrderStatus.WORKING if order.working else OrderStatus.DONE
            return _report(intent, status, fills, order.matched, order.status)
        if not fills:
            return OrderReport(OrderStatus.NOT_FOUND, intent.venue_order_id, (), 0)
        # Trades without their order: it matched when they say, however long after its signing it arrived, and
        # all of them are listed once the reads have caught up with that.
        matched_ms = max((int(fill.at.timestamp() * 1000) for fill in fills if fill.at), default=None)
        caught_up = matched_ms is not None and self._time.now_ms() - matched_ms >= READ_LAG_MS
        return _report(intent, OrderStatus.DONE if caught_up else OrderStatus.WORKING, fills, 0, "")

    def cancel(self, intent: Intent, market: Market) -> None:  # noqa: ARG002  (the digest is enough)
        """An order that is done or unknown stands under not_canceled in a 200: nothing to do."""
        try:
            self._calls.cancel(intent.venue_order_id)
        except MarketClosed:
            return

    def balance(self, market: Market | None = None) -> Balance:  # noqa: ARG002  (one purse for all)
        """pUSD of the wallet as the venue sees it.

        Raises NotEligible from a place that the venue blocks and InvalidOrder for a CLOB of another version:
        asked for every venue of a trade before its first leg, so that no other leg is bought in vain.
        """
        self._checks.admit()
        try:
            return Balance(self.venue, parse_funds(self._calls.funds()).balance)
        except BadRow as error:
            raise VenueUnreachable(f"polymarket's balance makes no sense: {error}") from error

    def positions(self) -> Sequence[VenuePosition]:
        """Of the Data API, which lags by up to minutes: for reconciling, never to decide an order on."""
        try:
            held = [parse_position(item) for item in self._calls.positions(self._signer.maker)]
        except BadRow as error:
            raise VenueUnreachable(f"polymarket's positions make no sense: {error}") from error
        return [position for position in held if position.shares]

    def read_lag_ms(self) -> int:
        return READ_LAG_MS

    def _spend(self, request: OrderRequest, market: Market) -> tuple[int, int]:
        """Dollars that the shares cost on the book of this moment within the limit, and their fee.

        Such a buy says what to spend, not what to buy: with price × shares it would buy too many wherever the
        book is better than its limit. So the book is read once more and its dollars are the cap. What can
        still be bought too much is what those dollars buy more if the book improves on the way, which the
        fills show; the limit holds the price in any case.
        """
        book = self._data.books([market]).get(market.market_id)
        if book is None or book.crossed:
            raise VenueUnreachable(f"polymarket shows no sound book of {market.market_id}")
        asks = book.ladder(request.outcome, Side.BUY)
        if request.time_in_force is TimeInForce.FOK:
            check_depth(asks, request.shares, request.limit_price)
        return walk(asks, request.shares, request.limit_price, market)

    def _sign(self, request: OrderRequest, order: Order) -> Intent:
        signed = self._signer.sign(order)
        fields = {
            "body": signed.body.decode(),
            "salt": str(order.salt),
            "timestamp_ms": str(order.timestamp_ms),
            "outcome": request.outcome.value,
            "side": request.side.value,
            "shares": str(request.shares),
            **time_in_force_fields(request),
        }
        return Intent(request.client_order_id, signed.order_id, fields)

    def _first_report(self, receipt: Receipt, intent: Intent, market: Market) -> OrderReport:
        """The order is placed: whatever goes wrong now must not look as if it were not."""
        working = OrderReport(OrderStatus.WORKING, intent.venue_order_id, (), 0, reason=receipt.status)
        try:
            # an order that may rest is "matched" already when a part of it is
            if not receipt.trade_ids or stored_time_in_force(intent.fields).rests:
                found = self.lookup(intent, market)
                return working if found.status is OrderStatus.NOT_FOUND else found
            fills = self._fills(intent, market)
        except (NotSent, Refused, BadRow):
            return working
        # delayed, live and unmatched are no ends, and an end has all its trades listed
        ended = receipt.status == _MATCHED and trade_ids(fills) >= set(receipt.trade_ids)
        status = OrderStatus.DONE if ended else OrderStatus.WORKING
        return _report(intent, status, fills, 0, receipt.status)

    def _fills(self, intent: Intent, market: Market) -> tuple[Fill, ...]:
        fields = intent.fields
        since = int(fields["timestamp_ms"]) // 1000 - _CLOCKS_APART_S
        token = market.terms[f"{Outcome(fields['outcome']).value}_token"]
        rows = self._calls.trades(market.market_id, since)
        return parse_fills(rows, intent.venue_order_id, token, Side(fields["side"]), market.fees)


def _four_decimals(amounts: Amounts) -> Amounts:
    """Asks for under 0.0001 share less: from one share on, as $1 always buys, the price cap still holds."""
    return Amounts(amounts.maker, amounts.taker // _MARKET_BUY_SHARE_STEP * _MARKET_BUY_SHARE_STEP)


def _expiration(request: OrderRequest, now_ms: int) -> int:
    """Unix seconds to send for a GTD order, 0 for all others; the order ends when the caller asked.

    Raises InvalidOrder when that is too soon for the venue.
    """
    if request.time_in_force is not TimeInForce.GTD:
        return 0
    expiration = request.expires_at_ms // 1000 + _GTD_EARLY_S
    if expiration < -(-now_ms // 1000) + _GTD_LEAD_S:
        least = _GTD_LEAD_S - _GTD_EARLY_S
        raise InvalidOrder(f"expires_at_ms: polymarket takes no order that ends within {least} s")
    return expiration


def check_depth(asks: Ladder, shares: int, limit: int) -> None:
    """Raises PriceMoved when fewer shares stand within the limit: a part's dollars are no whole order."""
    there = sum(size for price, size in asks if price <= limit)
    if there < shares:
        found = f"{format_micros(there)} of {format_micros(shares)} shares"
        raise PriceMoved(f"polymarket: {found} at {format_micros(limit)} or less")


def walk(asks: Ladder, shares: int, limit: int, market: Market) -> tuple[int, int]:
    """(dollars, fee) of buying the shares from the ladder, as far as it goes within the limit, micros.

    Raises PriceMoved when nothing stands there.
    """
    dollars = fee = 0
    left = shares
    for price, size in asks:
        take = min(left, size)
        if price > limit or take <= 0:
            break
        dollars += mul_ceil(price, take)
        fee += market.fees.charge(Side.BUY, price, take).usd
        left -= take
    if left == shares:
        raise PriceMoved(f"polymarket: nothing to buy at {format_micros(limit)} or less")
    return dollars, fee


def _report(
    intent: Intent, status: OrderStatus, fills: tuple[Fill, ...], matched: int, reason: str
) -> OrderReport:
    filled = max(matched, sum(fill.shares for fill in fills))
    return OrderReport(
        status=status,
        venue_order_id=intent.venue_order_id,
        fills=fills,
        filled=filled,
        reason=_overfill(intent.fields, filled) or reason,
        awaits_confirmation=any(not (fill.confirmed or fill.failed) for fill in fills),
    )


def _overfill(fields: Mapping[str, str], filled: int) -> str:
    asked = int(fields["shares"])
    if filled <= asked:
        return ""
    return f"{format_micros(filled - asked)} shares more than asked: the same dollars bought them for less"

"""Limitless as ports.VenueConnector for one account."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from threading import Lock
from types import MappingProxyType

from dutchbook.domain.errors import (
    AlreadyExists,
    InsufficientFunds,
    InvalidOrder,
    MarketClosed,
    OutcomeUnknown,
    VenueUnreachable,
)
from dutchbook.domain.fees import LimitlessFees
from dutchbook.domain.ids import order_salt
from dutchbook.domain.market import Market
from dutchbook.domain.money import format_micros
from dutchbook.domain.venue import Side, Venue
from dutchbook.ports.venues import (
    Balance,
    Intent,
    OrderReport,
    OrderRequest,
    OrderStatus,
    TimeInForce,
    VenuePosition,
)
from venues.fields import BadRow
from venues.limitless.amounts import order_amounts
from venues.limitless.errors import FeeRateMismatch, OutOfWindow, ReleaseInProgress
from venues.limitless.resting import resting_report
from venues.limitless.signing import Order, OrderSigner, OrderType
from venues.limitless.trading_calls import LimitlessCalls
from venues.limitless.trading_parsing import (
    is_trading,
    parse_allowance,
    parse_locked,
    parse_positions,
    parse_report,
    parse_status,
)
from venues.ordercheck import (
    check_order,
    check_time_in_force,
    stored_time_in_force,
    time_in_force_fields,
)
from venues.servertime import ServerTime

RECEIVE_WINDOW_MS = 10_000
"""The venue refuses the request (425) when it arrives later than that after it was signed."""
_ON_THE_WAY_MS = 2_000
"""What is left of the window when a request goes out must be enough for it to arrive."""
READ_LAG_MS = 15_000
"""The receive window, the longest taker delay (1.25 s) and the mining of a block on top."""
_STATUS_KEPT_MS = 30_000
CLOCKS_APART_MS = 60_000
"""History is read back to so long before the order was prepared."""
_ORDER_TYPES: Mapping[TimeInForce, OrderType] = MappingProxyType(
    {TimeInForce.IOC: OrderType.FAK, TimeInForce.GTC: OrderType.GTC}
)
"""Not its FOK: that is a market order, which would ignore the limit price. Orders do not expire."""


class FeeRate:
    """The profile's taker rate in basis points, corrected by what the venue demands."""

    def __init__(self, bps: int) -> None:
        self._bps = bps
        self._lock = Lock()

    def of(self, market: Market) -> int:
        """The rate to sign: 0 where the market charges nothing, or takes its fee in collateral."""
        fees = market.fees
        if isinstance(fees, LimitlessFees) and (fees.collateral or fees.rate_bps == 0):
            return 0
        with self._lock:
            return self._bps

    def correct(self, bps: int) -> None:
        with self._lock:
            self._bps = bps


class LimitlessTrading:
    """ports.VenueConnector. Orders are FAK or GTC, both with a price; `cash` reads the wallet's USDC from
    the chain.
    """

    venue = Venue.LIMITLESS

    def __init__(
        self,
        calls: LimitlessCalls,
        signer: OrderSigner,
        rate: FeeRate,
        cash: Callable[[], int],
        time: ServerTime,
    ) -> None:
        self._calls = calls
        self._signer = signer
        self._rate = rate
        self._cash = cash
        self._time = time
        self._open_at_ms: int | None = None

    def prepare(self, request: OrderRequest, market: Market) -> Intent:
        """Signs for the market's own exchange.

        Raises InvalidOrder, MarketClosed, InsufficientFunds (the market's fee module may not take the fee),
        NotAuthorised, NotSent.
        """
        check_order(request, market)
        check_time_in_force(request, _ORDER_TYPES)
        exchange = market.terms.get("exchange", "")
        if not exchange:
            raise InvalidOrder(f"{market.key} names no exchange contract to sign for")
        self._check_open()
        self._cover_fee(request, market)
        now = self._time.now_ms()
        order = Order(
            exchange=exchange,
            market_slug=market.market_id,
            token_id=int(market.terms[f"{request.outcome.value}_token"]),
            side=request.side,
            amounts=order_amounts(request.side, request.limit_price, request.shares),
            order_type=_ORDER_TYPES[request.time_in_force],
            fee_rate_bps=self._rate.of(market),
            salt=order_salt(request.trade_id, request.leg_index, request.attempt),
            price=request.limit_price,
            client_order_id=request.client_order_id,
            sent_at_ms=now,
            receive_window_ms=RECEIVE_WINDOW_MS,
        )
        signed = self._signer.sign(order)
        fields = {
            "body": signed.body.decode(),
            "salt": str(order.salt),
            "timestamp_ms": str(now),
            "order_hash": signed.order_hash,
            "side": request.side.value,
            **time_in_force_fields(request),
        }
        # the venue names orders by an id of its own; ours is found by the client order id
        return Intent(request.client_order_id, "", fields)

    def place(self, intent: Intent, market: Market) -> OrderReport:  # noqa: ARG002  (the body names it)
        """Raises NotSent, Refused, OutcomeUnknown, AlreadyExists (look it up), FeeRateMismatch or OutOfWindow
        (both: sign anew).

        The same bytes are good for the receive window: later they are refused, which says nothing of an
        earlier sending. So only what was NotSent may be sent again here; all else is looked up.
        """
        waited_ms = self._time.now_ms() - int(intent.fields["timestamp_ms"])
        if waited_ms > RECEIVE_WINDOW_MS - _ON_THE_WAY_MS:
            raise OutOfWindow(f"signed {waited_ms} ms ago, and limitless takes it for {RECEIVE_WINDOW_MS}")
        try:
            reply = self._calls.place(intent.fields["body"].encode())
        except FeeRateMismatch as error:
            if error.expected_bps is not None:
                self._rate.correct(error.expected_bps)
            raise
        except ReleaseInProgress as error:
            # said of an order: it has one of this id, so another must not be signed
            raise AlreadyExists(str(error)) from error
        try:
            report = parse_report(reply.data, Side(intent.fields["side"]))
        except BadRow as error:
            raise OutcomeUnknown(f"limitless accepted the order but {error}") from error
        if stored_time_in_force(intent.fields).rests:
            # UNMATCHED may mean that it rests, and MINED that a part of it does: a lookup tells
            return replace(report, status=OrderStatus.WORKING)
        return report

    def lookup(self, intent: Intent, market: Market) -> OrderReport:
        """By our client order id; what may rest also among the market's orders and the account's history."""
        side = Side(intent.fields["side"])
        try:
            found = parse_status(self._calls.status(intent.client_order_id), side)
            if found is None:
                return OrderReport(OrderStatus.NOT_FOUND, intent.venue_order_id, (), 0)
            if not stored_time_in_force(intent.fields).rests:
                return found
            orders = self._calls.user_orders(market.market_id)
            since_ms = int(intent.fields["timestamp_ms"]) - CLOCKS_APART_MS
            return resting_report(found, side, orders, self._calls.history(market.market_id, since_ms))
        except BadRow as error:
            raise VenueUnreachable(f"limitless's answer makes no sense: {error}") from error

    def cancel(self, intent: Intent, market: Market) -> None:  # noqa: ARG002  (the id is enough)
        """An order that is done or unknown is no error; NotSent while a held order is being released."""
        try:
            self._calls.cancel(intent.client_order_id)
        except (MarketClosed, InvalidOrder):
            return

    def balance(self, market: Market | None = None) -> Balance:  # noqa: ARG002  (one purse for all)
        """USDC in the wallet less what resting orders keep back; the venue has no endpoint for it.

        Raises MarketClosed during maintenance: asked for every venue of a trade before its first leg.
        """
        self._check_open()
        try:
            locked = parse_locked(self._calls.positions())
        except BadRow as error:
            raise VenueUnreachable(f"limitless's positions make no sense: {error}") from error
        return Balance(self.venue, max(0, self._cash() - locked))

    def positions(self) -> Sequence[VenuePosition]:
        try:
            return parse_positions(self._calls.positions())
        except BadRow as error:
            raise VenueUnreachable(f"limitless's positions make no sense: {error}") from error

    def read_lag_ms(self) -> int:
        return READ_LAG_MS

    def _cover_fee(self, request: OrderRequest, market: Market) -> None:
        """A COLLATERAL market's module takes the fee in dollars of its own, on both sides.

        Without leave for it the order fails at the venue, or worse on the chain after it was matched.
        """
        fees = market.fees
        if not (isinstance(fees, LimitlessFees) and fees.collateral):
            return
        exchange, module = market.terms.get("exchange", ""), market.terms.get("fee_module", "")
        if not module:
            raise InvalidOrder(f"{market.key} takes its fee in collateral and names no module for it")
        fee = fees.charge(request.side, request.limit_price, request.shares).usd
        neg_risk = bool(market.terms.get("adapter"))
        try:
            allowed = parse_allowance(self._calls.allowance(module, neg_risk=neg_risk), module)
        except BadRow as error:
            raise VenueUnreachable(f"limitless's allowance makes no sense: {error}") from error
        if allowed < fee:
            raise InsufficientFunds(
                f"the fee module {module} may take ${format_micros(allowed)}, the fee is up to "
                f"${format_micros(fee)}: python -m chain.approve limitless --amount DOLLARS "
                f"--exchange {exchange} --fee-module {module}"
            )

    def _check_open(self) -> None:
        now = self._time.now_ms()
        if self._open_at_ms is not None and now - self._open_at_ms < _STATUS_KEPT_MS:
            return
        if not is_trading(self._calls.maintenance()):
            raise MarketClosed("limitless is in maintenance")
        self._open_at_ms = now

"""Kalshi as ports.VenueConnector for one account."""

from collections.abc import Sequence

from dutchbook.domain.errors import (
    InvalidOrder,
    InvariantBroken,
    MarketClosed,
    NotSent,
    OutcomeUnknown,
    Refused,
    VenueUnreachable,
)
from dutchbook.domain.market import Market
from dutchbook.domain.trade import Fill
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.venues import Balance, Intent, OrderReport, OrderRequest, OrderStatus, VenuePosition
from venues.fields import BadRow
from venues.kalshi.maintenance import LEAD_MS, in_maintenance
from venues.kalshi.trading_calls import KalshiTradingCalls
from venues.kalshi.trading_parsing import (
    TIME_IN_FORCE,
    OrderState,
    is_trading,
    order_body,
    parse_balance,
    parse_fills,
    parse_order,
    parse_position,
    parse_receipt,
    parse_total,
)
from venues.ordercheck import check_order, check_time_in_force
from venues.servertime import ServerTime

READ_LAG_MS = 3_000
"""A third of a second was seen between a write and the reads that show it."""
_CLOCKS_APART_S = 3_600
"""Orders are listed from so long before ours was prepared. Wide, because an order left out is never found:
our clock may turn out wrong only when the order itself is refused for its time and signed anew."""
_STATUS_KEPT_MS = 30_000


class KalshiTrading:
    """ports.VenueConnector. Orders are IOC, FOK, GTC or GTD; one client order id is one order, for ever."""

    venue = Venue.KALSHI

    def __init__(self, calls: KalshiTradingCalls, time: ServerTime, *, keeps_calendar: bool) -> None:
        """`keeps_calendar`: the host pauses every Thursday, as Kalshi's own do and simulators do not."""
        self._calls = calls
        self._time = time
        self._keeps_calendar = keeps_calendar
        self._open_at_ms: int | None = None

    def prepare(self, request: OrderRequest, market: Market) -> Intent:
        """Raises InvalidOrder, MarketClosed. Kalshi gives order ids itself, so none is known yet."""
        check_order(request, market)
        check_time_in_force(request, TIME_IN_FORCE)
        # first: a signed call that shows our clock to be wrong sets the time that all below goes by
        self._check_open()
        now = self._time.now_ms()
        if 0 < request.expires_at_ms <= now:
            raise InvalidOrder("expires_at_ms: it is over already")
        fields = {
            "body": order_body(request, market),
            "outcome": request.outcome.value,
            "prepared_s": str(now // 1000),
        }
        return Intent(request.client_order_id, "", fields)

    def place(self, intent: Intent, market: Market) -> OrderReport:  # noqa: ARG002  (the body names it)
        """Raises NotSent, Refused, OutcomeUnknown, AlreadyExists (this id was used: look it up)."""
        reply = self._calls.create_order(intent.fields["body"].encode())
        try:
            placed = parse_receipt(reply.data)
        except BadRow as error:
            raise OutcomeUnknown(f"kalshi accepted the order but {error}") from error
        if placed.client_order_id not in ("", intent.client_order_id):
            raise OutcomeUnknown(f"kalshi answered with another order's id {placed.client_order_id}")
        return _report(placed, self._fills_or_none_yet(placed, intent))

    def lookup(self, intent: Intent, market: Market) -> OrderReport:
        """By Kalshi's order id where it is known, else by our client id among the market's orders."""
        try:
            order = self._find(intent, market)
            if order is None:
                return OrderReport(OrderStatus.NOT_FOUND, intent.venue_order_id, (), 0)
            return _report(order, self._fills(order, intent))
        except BadRow as error:
            raise VenueUnreachable(f"kalshi's answer makes no sense: {error}") from error

    def cancel(self, intent: Intent, market: Market) -> None:
        """Asks for cancellation; canceled, executed and unknown orders get the same answer: nothing to do."""
        order_id = intent.venue_order_id or self.lookup(intent, market).venue_order_id
        if not order_id:
            return
        try:
            self._calls.cancel_order(order_id, market.market_id)
        except MarketClosed:
            return

    def balance(self, market: Market | None = None) -> Balance:
        """Cash that can be spent now; with a market, that of the shard which its orders draw on.

        Raises MarketClosed while trading is paused (Thursdays 3 to 5 a.m. Eastern, and unplanned), and for
        the minutes before the weekly pause: asked for every venue of a trade before its first leg, so that no
        other leg is bought into a pause.
        """
        self._check_calendar(LEAD_MS)
        self._check_open()
        try:
            payload = self._calls.balance()
            if market is None:
                return Balance(self.venue, parse_total(payload))
            shard = market.terms.get("exchange_index", "")
            return Balance(self.venue, parse_balance(payload, shard))
        except BadRow as error:
            raise VenueUnreachable(f"kalshi's balance makes no sense: {error}") from error

    def positions(self) -> Sequence[VenuePosition]:
        """One net position a market."""
        try:
            held = [parse_position(item) for item in self._calls.positions()]
        except BadRow as error:
            raise VenueUnreachable(f"kalshi's positions make no sense: {error}") from error
        return [position for position in held if position.shares]

    def was_paid(self, market_id: str) -> bool:
        """Whether the account's settlements name the market: Kalshi pays by itself. Raises NotSent."""
        rows = self._calls.settlements(market_id)
        return any(isinstance(item, dict) and item.get("ticker") == market_id for item in rows)

    def read_lag_ms(self) -> int:
        return READ_LAG_MS

    def _check_calendar(self, ahead_ms: int) -> None:
        now = self._time.now_ms()
        if self._keeps_calendar and (in_maintenance(now) or in_maintenance(now + ahead_ms)):
            raise MarketClosed("kalshi's weekly maintenance: Thursdays 03:00 to 05:00 Eastern")

    def _check_open(self) -> None:
        # known by the calendar too: the status is kept for a while, and may be told late
        self._check_calendar(0)
        now = self._time.now_ms()
        if self._open_at_ms is not None and now - self._open_at_ms < _STATUS_KEPT_MS:
            return
        if not is_trading(self._calls.exchange_status()):
            raise MarketClosed("kalshi's trading is paused")
        self._open_at_ms = now

    def _find(self, intent: Intent, market: Market) -> OrderState | None:
        if intent.venue_order_id:
            payload = self._calls.order(intent.venue_order_id)
            if payload is None:
                return None
            found = parse_order(payload)
            if found.order_id != intent.venue_order_id:
                raise BadRow("another order than asked for")
            if found.client_order_id not in ("", intent.client_order_id):
                raise InvariantBroken(f"kalshi's order {found.order_id} is not {intent.client_order_id}")
            return found
        since = int(intent.fields["prepared_s"]) - _CLOCKS_APART_S
        orders = (parse_order(item) for item in self._calls.orders_since(market.market_id, since))
        return next((order for order in orders if order.client_order_id == intent.client_order_id), None)

    def _fills(self, order: OrderState, intent: Intent) -> tuple[Fill, ...]:
        """Asked even where the order's own count says 0: the two are not written at the same moment."""
        rows = self._calls.fills(order.order_id)
        return parse_fills(rows, order.order_id, Outcome(intent.fields["outcome"]))

    def _fills_or_none_yet(self, order: OrderState, intent: Intent) -> tuple[Fill, ...]:
        """The order is placed: whatever goes wrong now must not look as if it were not."""
        if not order.filled:
            return ()
        try:
            return self._fills(order, intent)
        except (NotSent, Refused, BadRow):
            return ()


def _report(order: OrderState, fills: tuple[Fill, ...]) -> OrderReport:
    return OrderReport(
        status=OrderStatus.WORKING if order.working else OrderStatus.DONE,
        venue_order_id=order.order_id,
        fills=fills,
        filled=max(order.filled, sum(fill.shares for fill in fills)),
        reason=order.status,
    )

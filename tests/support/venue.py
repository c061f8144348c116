"""A venue with a mind of its own: it keeps its own orders, and the test says how it behaves.

Its ledger is the truth that ours is compared with: one order a client id, whatever it answered.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock

from dutchbook.domain.errors import (
    AlreadyExists,
    InsufficientFunds,
    OutcomeUnknown,
    VenueUnreachable,
)
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.money import ONE
from dutchbook.domain.trade import Fill
from dutchbook.domain.venue import Outcome, Side, Venue
from dutchbook.ports.clock import Clock
from dutchbook.ports.venues import (
    Account,
    Balance,
    Intent,
    MarketData,
    OrderReport,
    OrderRequest,
    OrderStatus,
    VenueConnector,
    VenuePosition,
)


@dataclass(frozen=True)
class Behaviour:
    """What becomes of one order. Shares in micros."""

    arrives: bool = True
    answer: type[Exception] | None = None
    """Raised to the sender instead of a report, whether or not the order arrived."""
    fills: int | None = None
    """Gross shares that match; None: all of them."""
    delayed_ms: int = 0
    """Working, then matched after this long."""
    hidden_ms: int = 0
    """Lookups do not find the order for this long, whatever read lag the venue claims."""
    settles: str = "at once"
    """``at once``, ``later``: confirmed when the test says so, or ``fails``."""


FILLED = Behaviour()
NOTHING = Behaviour(fills=0)
REJECTED = Behaviour(arrives=False, answer=InsufficientFunds)
NOT_SENT = Behaviour(arrives=False, answer=VenueUnreachable)
UNKNOWN_FILLED = Behaviour(answer=OutcomeUnknown)
UNKNOWN_ABSENT = Behaviour(arrives=False, answer=OutcomeUnknown)


def partial(shares: int) -> Behaviour:
    return Behaviour(fills=shares)


@dataclass
class Order:
    """As the venue has it."""

    intent: Intent
    fills: tuple[Fill, ...]
    matched_at_ms: int
    visible_at_ms: int


@dataclass
class ScriptedVenue:
    """Satisfies `dutchbook.ports.venues.VenueConnector`.

    `script` holds the behaviours of the next orders; when it is empty, `default` rules.
    """

    venue: Venue
    clock: Clock
    script: list[Behaviour] = field(default_factory=list)
    default: Behaviour = FILLED
    lag_ms: int = 2_000
    funds: int = 1_000 * ONE
    orders: dict[str, Order] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    """Client ids of all requests that were put on the wire, arrived or not."""
    cancelled: list[str] = field(default_factory=list)
    deaf: bool = False
    """Lookups fail."""
    taken_away: int = 0
    """Shares that somebody sold by hand."""
    confirms: bool = True
    """Whether fills that settle later are confirmed by now."""
    _lock: Lock = field(default_factory=Lock)

    def prepare(self, request: OrderRequest, market: Market) -> Intent:
        fields = {
            "market": request.key.market_id,
            "outcome": request.outcome.value,
            "side": request.side.value,
            "shares": str(request.shares),
            "price": str(request.limit_price),
        }
        return Intent(request.client_order_id, f"{self.venue}:{request.client_order_id}", fields)

    def place(self, intent: Intent, market: Market) -> OrderReport:
        with self._lock:
            if intent.client_order_id in self.orders:
                self.sent.append(intent.client_order_id)
                raise AlreadyExists(f"{self.venue} has {intent.client_order_id}")
            behaviour = self.script.pop(0) if self.script else self.default
            if behaviour.answer is not VenueUnreachable:
                self.sent.append(intent.client_order_id)
            if behaviour.arrives:
                self.orders[intent.client_order_id] = self._order(intent, market, behaviour)
            if behaviour.answer is not None:
                raise behaviour.answer(f"{self.venue} says so")
            return self._report(self.orders[intent.client_order_id])

    def lookup(self, intent: Intent, market: Market) -> OrderReport:
        if self.deaf:
            raise VenueUnreachable(f"{self.venue} cannot be asked")
        order = self.orders.get(intent.client_order_id)
        if order is None or self.clock.now_ms() < order.visible_at_ms:
            return OrderReport(OrderStatus.NOT_FOUND, "", (), 0)
        return self._report(order)

    def cancel(self, intent: Intent, market: Market) -> None:
        self.cancelled.append(intent.client_order_id)

    def balance(self, market: Market | None = None) -> Balance:
        return Balance(self.venue, self.funds)

    def positions(self) -> Sequence[VenuePosition]:
        if self.deaf:
            raise VenueUnreachable(f"{self.venue} cannot be asked")
        markets = {order.intent.fields["market"] for order in self.orders.values()}
        return [
            VenuePosition(MarketKey(self.venue, market), outcome, self.held(outcome) - self.taken_away)
            for market in markets
            for outcome in Outcome
            if self.held(outcome)
        ]

    def read_lag_ms(self) -> int:
        return self.lag_ms

    def held(self, outcome: Outcome) -> int:
        """Net shares of an outcome by the venue's own ledger; failed fills count for nothing."""
        total = 0
        for order in self.orders.values():
            if order.intent.fields["outcome"] == outcome.value:
                for fill in self._settled(order):
                    if not fill.failed:
                        sold = order.intent.fields["side"] == Side.SELL.value
                        total += -fill.shares if sold else fill.net_shares
        return total

    def _order(self, intent: Intent, market: Market, behaviour: Behaviour) -> Order:
        asked, price = int(intent.fields["shares"]), int(intent.fields["price"])
        shares = asked if behaviour.fills is None else min(asked, behaviour.fills)
        charge = market.fees.charge(Side(intent.fields["side"]), price, shares)
        fill = Fill(
            fill_id=f"{intent.client_order_id}:1",
            shares=shares,
            price=price,
            fee_usd=charge.usd,
            fee_shares=charge.shares,
            confirmed=behaviour.settles == "at once",
            tx_hash=behaviour.settles,
        )
        now = self.clock.now_ms()
        lag = max(behaviour.hidden_ms, self.lag_ms // 2 if behaviour.answer else 0)
        return Order(intent, (fill,) if shares else (), now + behaviour.delayed_ms, now + lag)

    def _settled(self, order: Order) -> tuple[Fill, ...]:
        if not self.confirms:
            return order.fills
        return tuple(
            replace(fill, confirmed=fill.tx_hash != "fails", failed=fill.tx_hash == "fails")
            for fill in order.fills
        )

    def _report(self, order: Order) -> OrderReport:
        if self.clock.now_ms() < order.matched_at_ms:
            return OrderReport(OrderStatus.WORKING, order.intent.venue_order_id, (), 0)
        fills = self._settled(order)
        waits = any(not fill.confirmed and not fill.failed for fill in fills)
        filled = sum(fill.shares for fill in fills)
        return OrderReport(
            OrderStatus.DONE, order.intent.venue_order_id, fills, filled, awaits_confirmation=waits
        )


class ScriptedVenues:
    """Satisfies `dutchbook.ports.venues.Connectors`; `wrap` may put a fault around each connector."""

    def __init__(self, venues: Sequence[ScriptedVenue], data: Sequence[MarketData]) -> None:
        self.venues = {venue.venue: venue for venue in venues}
        self.public = {one.venue: one for one in data}
        self.wrap: Callable[[ScriptedVenue], VenueConnector] = lambda venue: venue

    def trading(self, venue: Venue, account: Account, *, simulated: bool) -> VenueConnector:
        return self.wrap(self.venues[venue])

    def data(self, venue: Venue) -> MarketData:
        return self.public[venue]

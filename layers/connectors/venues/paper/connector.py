"""A venue that trades on paper: real books, real fees, real depth, pretended money.

Orders, fills, balances, holdings and consumed depth live in the PaperStore, so that two Lambdas or a restart
see one venue. An order's writes come in this order:

1. the order as it arrived, and with it what it could cost (or the shares it sells) is set aside;
2. depth is consumed, level by level;
3. its one result, and with it what was set aside is settled against what was filled.

Repeating `place` after a crash between any two goes on from there. Before 3 nothing is filled: depth that was
consumed stays consumed until the tick ends (less is shown than is there, never more) and the repeat matches
anew. An order that the account does not cover is stored as refused, and stays so.
"""

import time
from collections.abc import Callable, Mapping, Sequence

from dutchbook.domain.agent import DEMO_BUDGET
from dutchbook.domain.book import OrderBook
from dutchbook.domain.errors import (
    AlreadyExists,
    InsufficientFunds,
    InvariantBroken,
    MarketClosed,
    VenueUnreachable,
)
from dutchbook.domain.market import Market
from dutchbook.domain.venue import Outcome, Side, Venue
from dutchbook.ports.clock import Clock
from dutchbook.ports.paper import PaperStore
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
from venues.ordercheck import check_order, check_time_in_force
from venues.paper.matching import match
from venues.paper.order import (
    REFUSED,
    PaperOrder,
    Result,
    dollars_out,
    order_fields,
    result_key,
    venue_order_id,
)

OPENING_ENTRY = "opening"
"""Entry id of an agent's first paper balance; whoever writes it first sets the amount."""
DEFAULT_LATENCY_MS = 150
TICK_MS = 15_000
"""The scan's step: within it, a level's displayed depth can be taken once."""


class PaperConnector:
    """ports.VenueConnector for one agent on one venue. `sleep` speaks seconds."""

    def __init__(
        self,
        agent_id: str,
        data: MarketData,
        store: PaperStore,
        clock: Clock,
        *,
        latency_ms: int = DEFAULT_LATENCY_MS,
        tick_ms: int = TICK_MS,
        opening_balance: int = DEMO_BUDGET,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.venue: Venue = data.venue
        self._agent_id = agent_id
        self._data = data
        self._store = store
        self._clock = clock
        self._latency_ms = latency_ms
        self._tick_ms = tick_ms
        self._opening_balance = opening_balance
        self._sleep = sleep

    def prepare(self, request: OrderRequest, market: Market) -> Intent:
        """Checks the order as the real venue would. Raises InvalidOrder, MarketClosed.

        There is no resting book on paper: who would trade with such an order, and when, would be invented.
        """
        check_order(request, market)
        check_time_in_force(request, (TimeInForce.IOC, TimeInForce.FOK))
        return Intent(
            client_order_id=request.client_order_id,
            venue_order_id=venue_order_id(request.client_order_id),
            fields=order_fields(request),
        )

    def place(self, intent: Intent, market: Market) -> OrderReport:
        """Fills what the book shows at this moment, at the limit or better; the rest is cancelled.

        The same intent again gives the same report. Raises NotSent (no book: nothing is filled),
        MarketClosed, InsufficientFunds (again on every repeat), Conflict (the id belongs to another order).
        """
        order = self._stored(intent)
        result = order.result if order else None
        if result is None:
            book = self._book_on_arrival(market)
            order = order or self._accept(intent, market)
            result = order.result or self._conclude(order, market, self._matched(order, market, book))
        if result.refused:
            raise InsufficientFunds(result.refused)
        return result.report(intent.client_order_id)

    def lookup(self, intent: Intent, market: Market) -> OrderReport:
        """Where the order stands. One that arrived and was never matched is closed unfilled here."""
        order = self._stored(intent)
        if order is None:
            return OrderReport(OrderStatus.NOT_FOUND, intent.venue_order_id, (), 0)
        result = order.result or self._conclude(order, market, Result(reason="arrived, never matched"))
        return result.report(order.client_order_id)

    def cancel(self, intent: Intent, market: Market) -> None:
        """An immediate-or-cancel order never rests: this closes one that was never matched."""
        self.lookup(intent, market)

    def balance(self, market: Market | None = None) -> Balance:  # noqa: ARG002  (one purse for all)
        return Balance(self.venue, self._cash())

    def positions(self) -> Sequence[VenuePosition]:
        return self._store.positions(self._agent_id, self.venue)

    def read_lag_ms(self) -> int:
        """The store reads what it wrote."""
        return 0

    def _cash(self) -> int:
        """Dollars (micros) on the account, which is opened by whoever asks first."""
        cash = self._store.balance(self._agent_id, self.venue)
        if cash:
            return cash
        self._open()
        return self._store.balance(self._agent_id, self.venue)

    def _open(self) -> None:
        # the entry id keeps this from adding money twice, also when all of it was spent
        self._store.move_balance(self._agent_id, self.venue, self._opening_balance, OPENING_ENTRY)

    def _stored(self, intent: Intent) -> PaperOrder | None:
        """The order with its result, if it has one. Raises AlreadyExists for another order's id."""
        order_id = intent.client_order_id
        records = self._store.records(self._agent_id, [order_id, result_key(order_id)])
        if order_id not in records:
            return None
        return _order(intent, records[order_id], records.get(result_key(order_id)))

    def _book_on_arrival(self, market: Market) -> OrderBook:
        """The real book when the order would have reached the venue."""
        if not market.tradeable:
            raise MarketClosed(f"{market.key} is not open for trading")
        if self._latency_ms > 0:
            self._sleep(self._latency_ms / 1000)
        book = self._data.books([market]).get(market.market_id)
        if book is None:
            raise VenueUnreachable(f"{market.key} has no order book now")
        return book

    def _accept(self, intent: Intent, market: Market) -> PaperOrder:
        """Write 1: the order, or its refusal. Who comes second under the id goes on with what is there."""
        for _ in range(2):
            record = {
                **intent.fields,
                "netted": str(self._closable(intent, market)),
                "budget": str(_most_dollars(intent, market)),
            }
            order = _order(intent, record)
            try:
                if self._put(order, market, record):
                    return order
                break
            except InsufficientFunds as error:
                # nobody has looked at the account yet, so that it was never opened, or another order has
                # closed what this one was to close: the second try sees both
                shortfall = str(error)
                self._open()
        else:
            refused = {**record, REFUSED: shortfall}
            self._store.put_record(self._agent_id, market.key, intent.client_order_id, refused)
        stored = self._stored(intent)
        if stored is None:
            raise InvariantBroken(f"{intent.client_order_id} is neither stored nor free")
        return stored

    def _put(self, order: PaperOrder, market: Market, record: Mapping[str, str]) -> bool:
        # excludes a second order under the id, and spending the same dollars or shares in two orders at once
        return self._store.put_record(
            self._agent_id, market.key, order.client_order_id, record, order.set_aside
        )

    def _closable(self, intent: Intent, market: Market) -> int:
        """Kalshi keeps one net position a market: a buy closes what is held of the other outcome first."""
        if self.venue is not Venue.KALSHI or intent.fields["side"] != Side.BUY.value:
            return 0
        other = Outcome(intent.fields["outcome"]).other
        held = sum(
            position.shares
            for position in self.positions()
            if position.key == market.key and position.outcome is other
        )
        return min(held, int(intent.fields["shares"]))

    def _matched(self, order: PaperOrder, market: Market, book: OrderBook) -> Result:
        tick = f"{book.requested_at_ms // self._tick_ms}"
        fills = match(order, market, book, self._store, tick, self._clock.now_ms())
        filled = sum(fill.shares for fill in fills)
        if order.time_in_force is TimeInForce.FOK and filled < order.shares:
            # what it consumed stays so until the tick ends: less is shown than is there, never more
            return Result(reason="fill or kill: not all is there at the limit")
        return Result(fills, reason="" if fills else "nothing to take at the limit")

    def _conclude(self, order: PaperOrder, market: Market, result: Result) -> Result:
        """Write 3: gives back what the result did not use and books what it brought.

        Excludes a second result: two Lambdas on one order go on with the first one stored.
        """
        result_id = result_key(order.client_order_id)
        moves = order.settled(result)
        if self._store.put_record(self._agent_id, market.key, result_id, result.to_record(), moves):
            return result
        stored = self._store.records(self._agent_id, [result_id])
        return Result.from_record(stored[result_id])


def _most_dollars(intent: Intent, market: Market) -> int:
    """What a buy can cost at most: all of it at its limit, fees in. 0 for a sell."""
    if intent.fields["side"] != Side.BUY.value:
        return 0
    shares, limit = int(intent.fields["shares"]), int(intent.fields["limit_price"])
    return dollars_out(Side.BUY, limit, shares, market.fees)


def _order(intent: Intent, record: Mapping[str, str], result: Mapping[str, str] | None = None) -> PaperOrder:
    """The stored order. Raises AlreadyExists when the id was used for a different one."""
    if any(record.get(name) != value for name, value in intent.fields.items()):
        raise AlreadyExists(f"{intent.client_order_id} is another order's id")
    return PaperOrder.from_records(intent.client_order_id, record, result)

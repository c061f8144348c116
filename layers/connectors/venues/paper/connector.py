"""A venue that trades on paper: real books, real fees, real depth, pretended money.

Orders, fills, balances, holdings and consumed depth live in the PaperStore, so that two Lambdas or a restart
see one venue. An order's writes come in this order, each put-once or keyed by an entry id:

1. the order as it arrived, with what it may close first;
2. what it could cost (or the shares it sells) is set aside;
3. depth is consumed, level by level;
4. its one result, fills or refusal, is stored;
5. what was set aside is settled against the result.

Repeating `place` after a crash between any two goes on from there. Before 4 nothing is filled: depth that was
consumed stays consumed until the tick ends (less is shown than is there, never more) and the repeat matches
anew. From 4 on the result stands, and only the rest of 5 is done.
"""

import time
from collections.abc import Callable, Mapping, Sequence

from dutchbook.domain.agent import DEMO_BUDGET
from dutchbook.domain.book import OrderBook
from dutchbook.domain.errors import (
    AlreadyExists,
    InsufficientFunds,
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
from venues.paper.order import PaperOrder, Result, dollars_out, order_fields, result_key, venue_order_id

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

        The same intent again gives the same report. Raises NotSent (no book: nothing happened), MarketClosed,
        InsufficientFunds (again on every repeat), Conflict (the id belongs to another order).
        """
        self._cash()
        record = self._store.order(self._agent_id, intent.client_order_id)
        result = self._result(intent.client_order_id) if record else None
        if record is None or result is None:
            book = self._book_on_arrival(market)
            record = record or self._accept(intent, market)
            order = _order(intent, record)
            result = self._execute(order, market, book)
        else:
            order = _order(intent, record)
            self._settle(order, market, result)
        if result.refused:
            raise InsufficientFunds(result.refused)
        return result.report(order.client_order_id)

    def lookup(self, intent: Intent, market: Market) -> OrderReport:
        """Where the order stands. One that arrived and was never matched is closed unfilled here."""
        record = self._store.order(self._agent_id, intent.client_order_id)
        if record is None:
            return OrderReport(OrderStatus.NOT_FOUND, intent.venue_order_id, (), 0)
        order = _order(intent, record)
        result = self._result(order.client_order_id) or self._conclude(
            order, Result(reason="arrived, never matched")
        )
        self._settle(order, market, result)
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
        # the entry id keeps this from adding money twice, also when all of it was spent
        self._store.move_balance(self._agent_id, self.venue, self._opening_balance, OPENING_ENTRY)
        return self._store.balance(self._agent_id, self.venue)

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

    def _accept(self, intent: Intent, market: Market) -> Mapping[str, str]:
        """Write 1. Excludes a second order under the id: whoever loses reads the winner's record."""
        record = {
            **intent.fields,
            "netted": str(self._closable(intent, market)),
            "budget": str(_most_dollars(intent, market)),
        }
        if self._store.put_order(self._agent_id, intent.client_order_id, record):
            return record
        stored = self._store.order(self._agent_id, intent.client_order_id)
        return record if stored is None else stored

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

    def _execute(self, order: PaperOrder, market: Market, book: OrderBook) -> Result:
        """Writes 2 to 5."""
        try:
            self._set_aside(order, market)
        except InsufficientFunds as shortfall:
            result = self._conclude(order, Result(refused=str(shortfall)))
            self._settle(order, market, result)
            return result
        result = self._conclude(order, self._matched(order, market, book))
        self._settle(order, market, result, set_aside=True)
        return result

    def _matched(self, order: PaperOrder, market: Market, book: OrderBook) -> Result:
        tick = f"{book.requested_at_ms // self._tick_ms}"
        fills = match(order, market, book, self._store, tick, self._clock.now_ms())
        filled = sum(fill.shares for fill in fills)
        if order.time_in_force is TimeInForce.FOK and filled < order.shares:
            # what it consumed stays so until the tick ends: less is shown than is there, never more
            return Result(reason="fill or kill: not all is there at the limit")
        return Result(fills, reason="" if fills else "nothing to take at the limit")

    def _conclude(self, order: PaperOrder, result: Result) -> Result:
        """Write 4. Excludes a second result: two Lambdas on one order go on with the first one stored."""
        if self._store.put_order(self._agent_id, result_key(order.client_order_id), result.to_record()):
            return result
        return self._result(order.client_order_id) or result

    def _settle(self, order: PaperOrder, market: Market, result: Result, *, set_aside: bool = False) -> None:
        """Write 5: gives back what the result did not use and books what it brought, each once.

        Unless this very call has set aside what the order needs, that is repeated first. It changes nothing
        where it was done, and where it was not (the order was refused, or its Lambda died) it is undone at
        once or refused again: either way nothing stays behind.
        """
        order_id = order.client_order_id
        closed = min(order.netted, result.net_shares) if order.side is Side.BUY else 0
        if order.netted and (set_aside or self._is_set_aside(self._set_aside_closing, order, market)):
            self._move_shares(market, order.outcome.other, order.netted - closed, f"{order_id}:not-closed")
        if not (set_aside or self._is_set_aside(self._set_aside_stake, order, market)):
            return
        spent = result.dollars_out(order.side)
        if order.side is Side.BUY:
            # a closed pair of both outcomes is worth its dollar
            back = order.held - spent + closed
            self._move_dollars(back, f"{order_id}:settle")
            self._move_shares(market, order.outcome, result.net_shares - closed, f"{order_id}:bought")
        else:
            self._move_dollars(-spent, f"{order_id}:settle")
            self._move_shares(market, order.outcome, order.shares - result.filled, f"{order_id}:unsold")

    def _set_aside(self, order: PaperOrder, market: Market) -> None:
        """Write 2. Excludes spending the same dollars or shares in two orders at once."""
        self._set_aside_closing(order, market)
        self._set_aside_stake(order, market)

    def _set_aside_closing(self, order: PaperOrder, market: Market) -> None:
        self._move_shares(market, order.outcome.other, -order.netted, f"{order.client_order_id}:close")

    def _set_aside_stake(self, order: PaperOrder, market: Market) -> None:
        entry_id = f"{order.client_order_id}:hold"
        if order.side is Side.BUY:
            self._move_dollars(-order.held, entry_id)
        else:
            self._move_shares(market, order.outcome, -order.shares, entry_id)

    @staticmethod
    def _is_set_aside(
        set_aside: Callable[[PaperOrder, Market], None], order: PaperOrder, market: Market
    ) -> bool:
        try:
            set_aside(order, market)
        except InsufficientFunds:
            return False
        return True

    def _result(self, client_order_id: str) -> Result | None:
        record = self._store.order(self._agent_id, result_key(client_order_id))
        return None if record is None else Result.from_record(record)

    def _move_dollars(self, amount: int, entry_id: str) -> None:
        if amount:
            self._store.move_balance(self._agent_id, self.venue, amount, entry_id)

    def _move_shares(self, market: Market, outcome: Outcome, shares: int, entry_id: str) -> None:
        if shares:
            self._store.move_shares(self._agent_id, market.key, outcome, shares, entry_id)


def _most_dollars(intent: Intent, market: Market) -> int:
    """What a buy can cost at most: all of it at its limit, fees in. 0 for a sell."""
    if intent.fields["side"] != Side.BUY.value:
        return 0
    shares, limit = int(intent.fields["shares"]), int(intent.fields["limit_price"])
    return dollars_out(Side.BUY, limit, shares, market.fees)


def _order(intent: Intent, record: Mapping[str, str]) -> PaperOrder:
    """The stored order. Raises AlreadyExists when the id was used for a different one."""
    if any(record.get(name) != value for name, value in intent.fields.items()):
        raise AlreadyExists(f"{intent.client_order_id} is another order's id")
    return PaperOrder.from_record(intent.client_order_id, record)

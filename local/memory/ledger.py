"""The ledger in memory, as `dutchbook.ports` promises; one lock stands for transactions.

tests/adapters runs the same contract over these and over DynamoDB.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime

from dutchbook.domain.accounting import BookedFill, Booking, Holding, book
from dutchbook.domain.agent import Agent, AgentState, Limits
from dutchbook.domain.decision import check_one_repair
from dutchbook.domain.errors import (
    AlreadyExists,
    AlreadyReserved,
    Halted,
    InvariantBroken,
    LimitExceeded,
    NotFound,
    WrongState,
)
from dutchbook.domain.result import result_at_end
from dutchbook.domain.trade import Fill, Leg, LegPurpose, Trade, with_facts
from dutchbook.domain.trade_states import (
    TERMINAL_TRADE_STATES,
    TRADE_ARROWS,
    LegState,
    TradeState,
    leg_may_move,
)
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.agents import DayCount
from dutchbook.ports.clock import utc
from dutchbook.ports.ledger import Clearance, Control, Position, as_it_is
from dutchbook.ports.paging import Page
from local.memory.agents import Book, MemoryAgents, page_of


class MemoryLedger:
    """Satisfies `dutchbook.ports.ledger.Ledger`, over the books of `MemoryAgents`."""

    def __init__(self, agents: MemoryAgents) -> None:
        self.agents = agents
        self.stored: dict[str, Trade] = {}
        self.held: dict[str, dict[Venue, int]] = {}
        self.booked: dict[tuple[str, int], dict[str, BookedFill]] = {}
        self.flights: dict[tuple[str, str], str] = {}
        self.to_check: set[str] = set()
        self._lock = agents.lock
        self._control = Control()

    def reserve(self, trade: Trade, limits: Limits) -> None:
        with self._lock:
            known = self.stored.get(trade.trade_id)
            if known is not None and known.state is TradeState.RESERVED:
                return
            if known is not None or (trade.agent_id, trade.pair_id) in self.flights:
                raise AlreadyReserved(f"{trade.trade_id}: this trade or another on {trade.pair_id}")
            agent = self.agents.get(trade.agent_id)
            if agent is None:
                raise NotFound(trade.agent_id)
            money = self.agents.books[trade.agent_id, trade.simulated]
            entering = any(leg.purpose is not LegPurpose.EXIT for leg in trade.legs)
            if entering:
                self._check_entry(agent, money, trade, limits)
            for venue, amount in trade.reserved.items():
                if venue not in money.budgets:
                    raise NotFound(f"budget {venue}")
                if money.budgets[venue].available < amount:
                    raise LimitExceeded(f"budget.{venue}: not enough is free")
            for venue, amount in trade.reserved.items():
                money.move(venue, -amount, amount)
            money.count(f"{trade.created_at:%Y-%m-%d}", trades=int(entering))
            self.flights[trade.agent_id, trade.pair_id] = trade.trade_id
            self.held[trade.trade_id] = dict(trade.reserved)
            self.stored[trade.trade_id] = replace(trade, state=TradeState.RESERVED)

    def trade(self, trade_id: str) -> Trade | None:
        return self.stored.get(trade_id)

    def latest(self, trade_id: str) -> Trade | None:
        return self.stored.get(trade_id)

    def move_trade(self, trade_id: str, expected: TradeState, new: TradeState, reason: str = "") -> Trade:
        if new in TERMINAL_TRADE_STATES:
            raise InvariantBroken(f"{new} is reached by finish")
        return self._move(trade_id, expected, new, reason)

    def put_leg(self, trade_id: str, leg: Leg, *, needed: int = 0, max_position: int | None = None) -> None:
        with self._lock:
            trade = self._existing(trade_id)
            for known in trade.legs:
                if known.index == leg.index:
                    if known.key == leg.key and (known.outcome, known.side, known.purpose, known.repairs) == (
                        leg.outcome,
                        leg.side,
                        leg.purpose,
                        leg.repairs,
                    ):
                        return
                    raise AlreadyExists(f"{trade_id} has a leg {leg.index}")
            if trade.ended and (needed or trade.state is not TradeState.QUARANTINED):
                raise WrongState(f"{trade_id} is {trade.state}")
            check_one_repair(trade, leg)
            held = self.held[trade_id]
            more = max(0, needed - held.get(leg.venue, 0))
            if more:
                self._reserve_more(trade, leg.venue, more, max_position)
                held[leg.venue] = held.get(leg.venue, 0) + more
            reserved = {**trade.reserved, leg.venue: trade.reserved.get(leg.venue, 0) + more}
            legs = sorted((*trade.legs, leg), key=lambda one: one.index)
            self._store(replace(trade, legs=tuple(legs), reserved=reserved if more else trade.reserved))

    def move_leg(self, trade_id: str, leg: Leg, expected: LegState) -> Leg:
        with self._lock:
            stored = self._leg(trade_id, leg.index)
            if not leg_may_move(expected, leg.state):
                raise InvariantBroken(f"no arrow from {expected} to {leg.state}")
            same = dict(leg.intent) in ({}, dict(stored.intent))
            if (
                expected is not leg.state is stored.state
                and leg.client_order_id == stored.client_order_id
                and same
            ):
                return stored
            if stored.state is not expected:
                raise WrongState(f"leg {leg.index} of {trade_id} is {stored.state}")
            if leg.state is LegState.SUBMITTING and leg.intent:
                if self._existing(trade_id).ended:
                    raise WrongState(f"{trade_id} has ended: nothing is sent for it any more")
                if self._existing(trade_id).state is TradeState.RESERVED:
                    self._move(trade_id, TradeState.RESERVED, TradeState.OPENING, "")
            return self._put(trade_id, with_facts(stored, leg, self._now()))

    def book_fills(
        self, trade_id: str, index: int, fills: Sequence[Fill], then: Callable[[Leg], Leg] = as_it_is
    ) -> Leg:
        with self._lock:
            trade, leg = self._existing(trade_id), self._leg(trade_id, index)
            money = self.agents.books[trade.agent_id, trade.simulated]
            before = {outcome: money.positions.get((leg.key, outcome)) for outcome in Outcome}
            booking = book(
                leg,
                fills,
                self.booked.get((trade_id, index), {}),
                {outcome: Holding(p.shares, p.cost) for outcome, p in before.items() if p},
                held=self.held[trade_id].get(leg.venue, 0),
                terminal=trade.state in TERMINAL_TRADE_STATES,
            )
            asked = then(booking.leg)
            if not leg_may_move(leg.state, asked.state):
                raise InvariantBroken(f"no arrow from {leg.state} to {asked.state}")
            if booking.records:
                self._book(trade, booking, before)
            elif asked == leg:
                return leg
            return self._put(trade_id, with_facts(booking.leg, asked, self._now()))

    def finish(
        self,
        trade_id: str,
        expected: TradeState,
        new: TradeState,
        *,
        reason: str,
        locked: int = 0,
        seen: Trade | None = None,
    ) -> Trade:
        with self._lock:
            if new not in TERMINAL_TRADE_STATES:
                raise InvariantBroken(f"{new} is no end")
            _check_arrow(expected, new)
            if self._existing(trade_id).state is new:
                return self.stored[trade_id]
            if seen is not None and seen.legs != self.stored[trade_id].legs:
                raise WrongState(f"{trade_id} has changed since its end was computed")
            trade = self._move(trade_id, expected, new, reason)
            money = self.agents.books[trade.agent_id, trade.simulated]
            unsure = {leg.venue for leg in trade.unsure} if new is TradeState.QUARANTINED else set()
            self._release(trade, keep=unsure)
            self.to_check.add(trade_id)
            if self.flights.get((trade.agent_id, trade.pair_id)) == trade_id:
                del self.flights[trade.agent_id, trade.pair_id]
            money.results = [one for one in money.results if one.trade_id != trade_id]
            result = result_at_end(trade, new, self._now())
            money.results += [result] if result else []
            return self._store(replace(trade, locked=locked, ends=trade.ends + 1))

    def count_end(self, trade: Trade, *, failed: bool | None) -> int:
        with self._lock:
            stored, failures = self._existing(trade.trade_id), self.agents.failures
            if stored.ends == trade.ends > stored.counted:
                self.stored[trade.trade_id] = replace(stored, counted=trade.ends)
                if failed is not None:
                    failures[trade.agent_id] = failures.get(trade.agent_id, 0) + 1 if failed else 0
            return failures.get(trade.agent_id, 0)

    def in_flight(self, wanted: Collection[tuple[str, str]]) -> Collection[tuple[str, str]]:
        return [one for one in wanted if one in self.flights]

    def trades(self, agent_id: str, limit: int, start: str = "") -> Page[Trade]:
        owned = [trade for trade in self.stored.values() if trade.agent_id == agent_id]
        return page_of(sorted(owned, key=lambda trade: trade.trade_id, reverse=True), limit, start)

    def positions(self, agent_id: str) -> Sequence[Position]:
        books = (self.agents.books.get((agent_id, simulated), Book()) for simulated in (True, False))
        return [position for book in books for position in book.positions.values() if position.shares]

    def under_way(self, agent_id: str) -> Sequence[str]:
        return [trade_id for (owner, _), trade_id in self.flights.items() if owner == agent_id]

    def quarantined(self, agent_id: str) -> Sequence[str]:
        held = (trade for trade in self.stored.values() if trade.state is TradeState.QUARANTINED)
        return sorted(trade.trade_id for trade in held if trade.agent_id == agent_id)

    def open_trades(self, older_than_ms: int, limit: int) -> Sequence[str]:
        waiting = [trade for trade in self.stored.values() if not trade.ended]
        return self._oldest(waiting, older_than_ms, limit)

    def unchecked(self, older_than_ms: int, limit: int) -> Sequence[str]:
        return self._oldest([self.stored[trade_id] for trade_id in self.to_check], older_than_ms, limit)

    def checked(self, trade_id: str, *, done: bool) -> None:
        with self._lock:
            trade = self._existing(trade_id)
            if not trade.ended:
                raise WrongState(f"{trade_id} is {trade.state}")
            if done:
                self._release(trade, keep=set())
                self.to_check.discard(trade_id)
            else:
                self._store(trade)

    def control(self) -> Control:
        return self._control

    def clearance(self, agent_id: str, day: str, *, simulated: bool) -> Clearance:
        with self._lock:
            return Clearance(
                self._control,
                self.agents.get(agent_id),
                self.agents.day(agent_id, day, simulated=simulated),
                self.agents.totals(agent_id, simulated=simulated),
            )

    def set_control(self, control: Control) -> None:
        self._control = control

    def _check_entry(self, agent: Agent, money: Book, trade: Trade, limits: Limits) -> None:
        if agent.state is not AgentState.ACTIVE:
            raise Halted(f"{agent.agent_id} is {agent.state}")
        if money.totals.exposure + sum(trade.reserved.values()) > limits.max_position:
            raise LimitExceeded("maxPosition: open positions and reservations would exceed it")
        if money.days.get(f"{trade.created_at:%Y-%m-%d}", DayCount("")).trades >= limits.max_trades:
            raise LimitExceeded("maxTrades: reached for this UTC day")

    def _book(self, trade: Trade, booking: Booking, before: Mapping[Outcome, Position | None]) -> None:
        money, leg = self.agents.books[trade.agent_id, trade.simulated], booking.leg
        booked = self.booked.setdefault((trade.trade_id, leg.index), {})
        booked.update({record.fill.fill_id: record for record in booking.records})
        self.held[trade.trade_id][leg.venue] = booking.held
        money.move(
            leg.venue, booking.available, booking.reserved, booking.spent, booking.realised, booking.fees
        )
        money.count(f"{self._now():%Y-%m-%d}", realised=booking.realised, fees=booking.fees)
        for outcome, holding in booking.holdings.items():
            old = before[outcome]
            if old is not None and holding == (old.shares, old.cost):
                continue
            if old is None or old.shares == 0:
                old = Position(
                    trade.agent_id, leg.key, outcome, 0, 0, (), self._now(), trade.simulated, trade.title
                )
            ids = old.trade_ids if trade.trade_id in old.trade_ids else (*old.trade_ids, trade.trade_id)
            money.positions[leg.key, outcome] = replace(
                old,
                shares=holding.shares,
                cost=holding.cost,
                answered=min(old.answered, max(0, holding.shares)),
                trade_ids=ids,
            )
        self._store(replace(trade, realised=trade.realised + booking.realised))

    def _reserve_more(self, trade: Trade, venue: Venue, more: int, max_position: int | None) -> None:
        money = self.agents.books[trade.agent_id, trade.simulated]
        if venue not in money.budgets or money.budgets[venue].available < more:
            raise LimitExceeded(f"budget.{venue}: not enough is free")
        if max_position is not None and money.totals.exposure + more > max_position:
            raise LimitExceeded("maxPosition: open positions and reservations together would exceed it")
        money.move(venue, -more, more)

    def _release(self, trade: Trade, keep: Set[Venue]) -> None:
        money, held = self.agents.books[trade.agent_id, trade.simulated], self.held[trade.trade_id]
        for venue in set(held) - keep:
            amount = held.pop(venue)
            money.move(venue, amount, -amount)

    @staticmethod
    def _oldest(trades: Iterable[Trade], older_than_ms: int, limit: int) -> list[str]:
        waiting = sorted(trades, key=lambda trade: trade.updated_at)
        return [trade.trade_id for trade in waiting if trade.updated_at < utc(older_than_ms)][:limit]

    def _move(self, trade_id: str, expected: TradeState, new: TradeState, reason: str) -> Trade:
        with self._lock:
            _check_arrow(expected, new)
            trade = self._existing(trade_id)
            if trade.state is new:
                return trade
            if trade.state is not expected:
                raise WrongState(f"{trade_id} is {trade.state}")
            return self._store(replace(trade, state=new, reason=reason or trade.reason))

    def _existing(self, trade_id: str) -> Trade:
        if trade_id not in self.stored:
            raise NotFound(trade_id)
        return self.stored[trade_id]

    def _leg(self, trade_id: str, index: int) -> Leg:
        for leg in self._existing(trade_id).legs:
            if leg.index == index:
                return leg
        raise NotFound(f"leg {index} of {trade_id}")

    def _put(self, trade_id: str, leg: Leg) -> Leg:
        trade = self._existing(trade_id)
        self._store(replace(trade, legs=tuple(leg if one.index == leg.index else one for one in trade.legs)))
        return leg

    def _store(self, trade: Trade) -> Trade:
        self.stored[trade.trade_id] = replace(trade, updated_at=self._now())
        return self.stored[trade.trade_id]

    def _now(self) -> datetime:
        return utc(self.agents.clock.now_ms())


def _check_arrow(expected: TradeState, new: TradeState) -> None:
    if new not in TRADE_ARROWS[expected]:
        raise InvariantBroken(f"no arrow from {expected} to {new}")

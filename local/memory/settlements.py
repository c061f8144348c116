"""Payouts in memory, over the books of `MemoryAgents` and the trades of `MemoryLedger`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from dutchbook.domain.accounting import Holding
from dutchbook.domain.errors import NotFound, WrongState
from dutchbook.domain.market import MarketKey
from dutchbook.domain.result import Result
from dutchbook.domain.settlement import Place, Resolution, Stage, close, flagged, pay_out, sister_places
from dutchbook.domain.trade import Trade
from dutchbook.ports.clock import utc
from dutchbook.ports.ledger import Position
from dutchbook.ports.paging import Page
from dutchbook.ports.settlement import Settlement
from local.memory.agents import Book, page_of
from local.memory.ledger import MemoryLedger

_ALL = 10**6


class MemorySettlements:
    """Satisfies `dutchbook.ports.settlement.Settlements`; pays a position for all its trades at once."""

    def __init__(self, ledger: MemoryLedger) -> None:
        self.ledger = ledger
        self.agents = ledger.agents
        self.ruled: dict[MarketKey, Resolution] = {}

    def held(self) -> Iterable[Position]:
        return [
            held for book in self.agents.books.values() for held in book.positions.values() if held.shares
        ]

    def mark(self, position: Position, stage: Stage, worth: int | None) -> None:
        held = self._book(position).positions
        there = held.get((position.key, position.outcome))
        if there is not None and there.shares:
            held[position.key, position.outcome] = replace(there, stage=stage, worth=worth)

    def settle(self, position: Position, resolution: Resolution) -> Settlement | None:
        with self.agents.lock:
            money, place = self._book(position), (position.key, position.outcome)
            held = money.positions.get(place)
            if held is None or not held.shares:
                return None
            now = utc(self.agents.clock.now_ms())
            trades = [self.ledger.stored[trade_id] for trade_id in held.trade_ids]
            holding, sisters = Holding(held.shares, held.cost), self._sisters(money, trades, place)
            paid = pay_out(holding, resolution, held.outcome, trades, now, _ALL, sisters)
            money.positions[place] = replace(
                held, shares=0, cost=0, answered=0, stage=Stage.REDEEMED, trade_ids=()
            )
            for sister, shares in paid.answered.items():
                there = money.positions[sister]
                money.positions[sister] = replace(there, answered=there.answered + shares)
            money.move(held.key.venue, paid.payout, 0, -paid.cost, paid.realised)
            money.count(f"{now:%Y-%m-%d}", realised=paid.realised, deferred=paid.deferred)
            money.results += paid.results
            self.ledger.stored.update({trade.trade_id: trade for trade in paid.trades})
            worth = None if resolution.refund else resolution.worth(held.outcome)
            settlement = Settlement(
                held.agent_id,
                held.key,
                held.outcome,
                held.simulated,
                paid.shares,
                paid.cost,
                paid.payout,
                worth,
                now,
                tuple(trade.trade_id for trade in paid.trades),
                held.title,
            )
            money.paid.append(settlement)
            return settlement

    def close(self, trade_id: str) -> Trade:
        with self.agents.lock:
            trade = self._trade(trade_id)
            if not trade.ended:
                raise WrongState(f"{trade_id} is {trade.state}")
            closed, result = close(trade, utc(self.agents.clock.now_ms()))
            money = self.agents.books[trade.agent_id, trade.simulated]
            money.results += [result] if result else []
            self._judge(trade, closed)
            return closed

    def rule(self, resolution: Resolution) -> None:
        self.ruled[resolution.key] = resolution

    def rulings(self, keys: Iterable[MarketKey]) -> Mapping[MarketKey, Resolution]:
        return {key: self.ruled[key] for key in keys if key in self.ruled}

    def flag(self, trade_id: str, text: str) -> bool:
        trade = self._trade(trade_id)
        if trade.flag:
            return False
        self._judge(trade, flagged(trade, text))
        return True

    def history(self, agent_id: str, limit: int, start: str = "", *, simulated: bool) -> Page[Settlement]:
        return page_of(self.agents.books.get((agent_id, simulated), Book()).paid[::-1], limit, start)

    def results(self, agent_id: str, *, simulated: bool) -> Sequence[Result]:
        return list(self.agents.books.get((agent_id, simulated), Book()).results)

    def _judge(self, before: Trade, after: Trade) -> None:
        money, now = self.agents.books[before.agent_id, before.simulated], utc(self.agents.clock.now_ms())
        money.count(f"{now:%Y-%m-%d}", deferred=after.deferred - before.deferred)
        self.ledger.stored[before.trade_id] = after

    @staticmethod
    def _sisters(money: Book, trades: Sequence[Trade], place: Place) -> Mapping[Place, int]:
        held = ((other, money.positions.get(other)) for other in sister_places(trades, place))
        return {other: position.shares - position.answered for other, position in held if position}

    def _book(self, position: Position) -> Book:
        return self.agents.books[position.agent_id, position.simulated]

    def _trade(self, trade_id: str) -> Trade:
        if trade_id not in self.ledger.stored:
            raise NotFound(trade_id)
        return self.ledger.stored[trade_id]

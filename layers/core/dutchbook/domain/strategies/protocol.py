"""What every strategy is: it observes a moment for nobody in particular, and sizes what it saw for one agent.

Two steps, because one look at the books serves many agents: `observe` is asked once a tick, `size` once for
each agent that might take a signal. Neither asks the world anything; the same view gives the same intents.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, Self

from dutchbook.domain.agent import Limits
from dutchbook.domain.book import Ladder, OrderBook
from dutchbook.domain.ids import trade_id
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.pair import Pair
from dutchbook.domain.plan import PlannedLeg, TradePlan
from dutchbook.domain.prices import Bar
from dutchbook.domain.risk import Allowance
from dutchbook.domain.venue import Outcome, Venue


@dataclass(frozen=True, slots=True)
class View:
    """One moment of the watched markets."""

    now_ms: int
    max_age_ms: int
    """Oldest book that still counts as seen."""
    markets: Mapping[MarketKey, Market]
    books: Mapping[MarketKey, OrderBook]
    pairs: Sequence[Pair] = ()
    """Approved pairs."""
    history: Mapping[MarketKey, Sequence[Bar]] = field(default_factory=dict)
    """A bar a minute, oldest first, of the markets that a strategy asked for."""


@dataclass(frozen=True, slots=True)
class TradeIntent:
    """A trade that a strategy wants for one agent. Shares and dollars in micros."""

    subject: str
    """What the trade is about: a pair, an event or a market. An agent has one trade in flight on it."""
    direction: str
    legs: tuple[PlannedLeg, ...]
    """In the order in which they are placed."""
    shares: int
    """Net shares that each leg is to end with."""
    cost: int
    """All legs, fees in."""
    profit: int
    """What is expected of it less `cost`: certain for arbitrage, at the target price for the others."""
    resolves_at: datetime | None
    title: str
    reason: str
    """The signal in words."""
    simulated: bool | None = None
    """Of an exit: the kind of position that it sells."""

    @property
    def reserve(self) -> Mapping[Venue, int]:
        """Most that each venue can be asked for, dollars."""
        sums: dict[Venue, int] = {}
        for leg in self.legs:
            sums[leg.key.venue] = sums.get(leg.key.venue, 0) + leg.max_cost
        return sums

    def plan(self, tick_ms: int, tick_id: str, agent_id: str, strategy: str) -> TradePlan:
        """The input of execute_pair. The same tick plans it under the same id."""
        return TradePlan(
            trade_id=trade_id(tick_ms, tick_id, self.subject, self.direction, agent_id),
            agent_id=agent_id,
            pair_id=self.subject,
            direction=self.direction,
            strategy=strategy,
            tick_id=tick_id,
            legs=self.legs,
            shares=self.shares,
            expected_cost=self.cost,
            expected_profit=self.profit,
            resolves_at=self.resolves_at,
            title=self.title,
            simulated=self.simulated,
        )


type Gone = Mapping[tuple[MarketKey, Outcome], int]
"""Shares (gross, micros) that others have bought of each market's outcome."""


def less(ladder: Ladder, shares: int) -> Ladder:
    """The ladder without its first `shares`."""
    rest: list[tuple[int, int]] = []
    for price, size in ladder:
        gone = min(size, shares)
        shares -= gone
        if size > gone:
            rest.append((price, size - gone))
    return tuple(rest)


class Signal(Protocol):
    """What a strategy saw."""

    @property
    def subject(self) -> str: ...

    @property
    def venues(self) -> frozenset[Venue]:
        """Where it has to trade."""
        ...

    def without(self, gone: Gone) -> Self | None:
        """What is left of it without these asks; None when nothing is, or nobody has looked."""
        ...


class Strategy[S: Signal](Protocol):
    """Observes history and books, returns intents."""

    def observe(self, view: View) -> Sequence[S]:
        """What could be traded now, best first."""
        ...

    def size(self, signal: S, limits: Limits, allowed: Allowance) -> TradeIntent | None:
        """As much of the signal as the limits allow; None when that is nothing."""
        ...

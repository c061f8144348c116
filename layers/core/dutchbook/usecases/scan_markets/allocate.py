"""Which agents take an opportunity, and how much each.

The book's depth is shared out: agents whose limits fit come in an order drawn from the tick, the pair and the
agent, so that no agent is always first, and each takes what its limits allow of what is left. Demo and live
agents are served from the same book apart: what a demo agent takes is not gone for a live one.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dutchbook.domain.agent import Agent, Limits, StrategyName
from dutchbook.domain.book import Ladder, OrderBook
from dutchbook.domain.ids import trade_id
from dutchbook.domain.market import MarketKey
from dutchbook.domain.opportunity import Curve, LegQuote, Opportunity, Rejection, walk
from dutchbook.domain.plan import PlannedLeg, TradePlan
from dutchbook.domain.risk import Denial, Standing, allowance, refuses, utc_day
from dutchbook.domain.sizing import cut, order_legs
from dutchbook.domain.venue import Outcome, Side, Venue
from dutchbook.ports import Agents, DayCount, VenueBudget

_AGENTS_A_CURVE = 1_000


@dataclass(frozen=True, slots=True)
class Taken:
    """An opportunity cut to one agent's measure."""

    agent: Agent
    opportunity: Opportunity
    plan: TradePlan


@dataclass(slots=True)
class _Purse:
    """What an agent may still do in this tick: a plan made for one pair is money gone for the next."""

    limits: Limits
    standing: Standing

    @classmethod
    def of(cls, agent: Agent, budgets: Mapping[Venue, VenueBudget], today: DayCount) -> "_Purse":
        return cls(
            agent.limits,
            Standing(
                exposure=sum(budget.reserved + budget.spent for budget in budgets.values()),
                trades_today=today.trades,
                result_today=today.realised,
                available={venue: budget.available for venue, budget in budgets.items()},
            ),
        )

    def cut(self, curve: Curve) -> Opportunity | None:
        """The opportunity at the size that the limits allow; None when they allow none."""
        allowed = allowance(self.limits, self.standing)
        if isinstance(allowed, Denial):
            return None
        found = cut(curve, self.limits.min_profit, allowed.max_cost, allowed.budgets)
        if isinstance(found, Rejection) or refuses(self.limits, self.standing, found):
            return None
        return found

    def pay(self, opportunity: Opportunity) -> None:
        before, taken = self.standing, opportunity.reserve
        self.standing = replace(
            before,
            exposure=before.exposure + sum(taken.values()),
            trades_today=before.trades_today + 1,
            available={venue: free - taken.get(venue, 0) for venue, free in before.available.items()},
            pairs_in_flight=before.pairs_in_flight | {opportunity.pair_id},
        )


@dataclass(frozen=True, slots=True)
class _Till:
    """Purses of one kind of money, each read once a tick; simulated and real money never mix."""

    agents: Agents
    purses: dict[tuple[str, bool], _Purse]
    simulated: bool
    day: str

    def purse(self, agent: Agent) -> _Purse:
        key = (agent.agent_id, self.simulated)
        if key not in self.purses:
            self.purses[key] = _Purse.of(
                agent,
                self.agents.budgets(agent.agent_id, simulated=self.simulated),
                self.agents.day(agent.agent_id, self.day, simulated=self.simulated),
            )
        return self.purses[key]


def allocate(
    tick_ms: int,
    tick_id: str,
    curves: Sequence[Curve],
    books: Mapping[MarketKey, OrderBook],
    agents: Agents,
    now_ms: int,
    *,
    live_trading: bool,
) -> list[Taken]:
    """Best opportunity first; money is checked again, for good, when the trade is reserved."""
    purses: dict[tuple[str, bool], _Purse] = {}
    taken: list[Taken] = []
    for curve in curves:
        fitting = [
            agent
            for agent in agents.active_by_min_profit(curve.best_return, _AGENTS_A_CURVE)
            if _fits(agent, curve)
        ]
        venues = {curve.direction.a.venue, curve.direction.b.venue}
        for simulated in (False, True):
            group = [
                agent
                for agent in fitting
                if bool(agent.why_simulated(venues, live_trading=live_trading)) is simulated
            ]
            till = _Till(agents, purses, simulated, utc_day(now_ms))
            taken += _share(tick_ms, tick_id, curve, books, _rotation(tick_id, curve, group), till, now_ms)
    return taken


def _share(
    tick_ms: int,
    tick_id: str,
    curve: Curve,
    books: Mapping[MarketKey, OrderBook],
    group: Iterable[Agent],
    till: "_Till",
    now_ms: int,
) -> list[Taken]:
    """Serves the agents of one mode in turn until the depth is gone."""
    direction = curve.direction
    left: Curve | None = curve
    a_book, b_book = books[direction.a.key], books[direction.b.key]
    served: list[Taken] = []
    for agent in group:
        if left is None:
            break
        purse = till.purse(agent)
        found = purse.cut(left)
        if found is None:
            continue
        purse.pay(found)
        served.append(Taken(agent, found, _plan(tick_ms, tick_id, curve, agent, found)))
        a_book, b_book = _without(a_book, found.legs[0]), _without(b_book, found.legs[1])
        if direction.a.key == direction.b.key:
            a_book = b_book = _without(a_book, found.legs[1])
        rest = walk(direction, a_book, b_book, now_ms, now_ms)
        left = rest if isinstance(rest, Curve) else None
    return served


def _fits(agent: Agent, curve: Curve) -> bool:
    venues = {curve.direction.a.venue, curve.direction.b.venue}
    return agent.strategy is StrategyName.ARBITRAGE and venues <= set(agent.platforms)


def _rotation(tick_id: str, curve: Curve, agents: Iterable[Agent]) -> list[Agent]:
    def turn(agent: Agent) -> bytes:
        return hashlib.sha256(f"{tick_id}|{curve.direction.pair_id}|{agent.agent_id}".encode()).digest()

    return sorted(agents, key=turn)


def _plan(tick_ms: int, tick_id: str, curve: Curve, agent: Agent, found: Opportunity) -> TradePlan:
    direction = curve.direction
    return TradePlan(
        trade_id=trade_id(tick_ms, tick_id, direction.pair_id, direction.label, agent.agent_id),
        agent_id=agent.agent_id,
        pair_id=direction.pair_id,
        direction=direction.label,
        strategy=agent.strategy.value,
        tick_id=tick_id,
        legs=tuple(
            PlannedLeg(leg.key, leg.outcome, leg.side, leg.shares, leg.limit_price, leg.reserve)
            for leg in order_legs(found.legs)
        ),
        shares=found.shares,
        expected_cost=found.cost,
        expected_profit=found.net_profit,
        resolves_at=found.resolves_at,
        title=direction.a.question,
    )


def _without(book: OrderBook, leg: LegQuote) -> OrderBook:
    """The book with the leg's shares gone from the asks it takes."""
    asks = _less(book.ladder(leg.outcome, Side.BUY), leg.shares)
    return replace(book, yes_asks=asks) if leg.outcome is Outcome.YES else replace(book, no_asks=asks)


def _less(asks: Ladder, shares: int) -> Ladder:
    rest: list[tuple[int, int]] = []
    for price, size in asks:
        gone = min(size, shares)
        shares -= gone
        if size > gone:
            rest.append((price, size - gone))
    return tuple(rest)

"""Entries beside two-leg arbitrage: whole events every tick, momentum and mean reversion once a minute.

On the books that the tick has fetched, after its opportunities have been started (docs/adr/0019). Agents come
in an order drawn from the tick and the subject, as in `scan_markets.allocate`; what one takes, there or here,
is gone for the next of the same kind of money. Everything is checked again when the trade is reserved.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from dutchbook.domain import risk
from dutchbook.domain.agent import Agent, Mode, StrategyName
from dutchbook.domain.allocation import in_turn
from dutchbook.domain.dust import DUST
from dutchbook.domain.errors import InvalidInput
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import PPM, format_micros
from dutchbook.domain.prices import MINUTE_MS, Bar
from dutchbook.domain.ranking import annualised, days_until, settles_at
from dutchbook.domain.risk import Denial, allowance, risks_too_much, utc_day
from dutchbook.domain.strategies.mean_reversion import MeanReversion
from dutchbook.domain.strategies.momentum import Momentum
from dutchbook.domain.strategies.n_way import EventCurve, NWay
from dutchbook.domain.strategies.params import momentum_params, reversion_params
from dutchbook.domain.strategies.protocol import Signal, Strategy, TradeIntent, View
from dutchbook.ports.agents import Agents
from dutchbook.ports.clock import Clock, utc
from dutchbook.ports.ledger import Ledger, Position
from dutchbook.ports.markets import MarketStore, OpportunityRecord
from dutchbook.ports.paging import pages
from dutchbook.ports.workflow import Workflow
from dutchbook.usecases.marking import loss_at_stop
from dutchbook.usecases.scan_markets.allocate import Account
from dutchbook.usecases.scan_markets.seen import Seen

_AGENTS = 1_000
"""Agents of a strategy and mode that a tick looks at; more take turns."""
_READERS = 16
_ANY_RETURN = PPM
"""More than any agent's least profit."""
_TRADES_A_PAGE = 20
_LONGEST = timedelta(hours=1)
"""The state machine gives no execution more."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What running strategies needs of the world."""

    clock: Clock
    agents: Agents
    ledger: Ledger
    store: MarketStore
    workflow: Workflow
    live_trading: bool


def run_strategies(desk: Desk, seen: Seen) -> dict[str, int]:
    """Starts what agents take of this tick's signals; counts by strategy. Raises StoreUnavailable.

    Agents whose stored parameters make no sense any more take nothing, and are counted by their ids.
    """
    if not seen.trading:
        return {}
    run = _Run(desk, seen, _view(desk, seen))
    run.events()
    if seen.at_ms // MINUTE_MS > (seen.at_ms - seen.period_ms) // MINUTE_MS:
        run.directional()
    return {**run.counts, **{f"misconfigured {name}": 1 for name in run.misconfigured}}


def _view(desk: Desk, seen: Seen) -> View:
    return View(desk.clock.now_ms(), seen.period_ms, seen.markets, seen.books, seen.pairs)


@dataclass(slots=True)
class _Run:
    desk: Desk
    seen: Seen
    view: View
    counts: dict[str, int] = field(default_factory=dict)
    misconfigured: list[str] = field(default_factory=list)
    _accounts: dict[tuple[str, bool], Account] = field(default_factory=dict)

    def events(self) -> None:
        """Events bought whole, by the agents that do arbitrage."""
        strategy = NWay()
        curves = strategy.observe(self.view)
        if not curves:
            return
        agents = self._agents(StrategyName.ARBITRAGE, max(curve.best_return for curve in curves))
        records = []
        for curve in curves:
            taken = self._serve(strategy, curve, agents)
            records.append(_record(self.seen.tick_id, curve, taken, self.view.now_ms))
        self.desk.store.put_opportunities(records)

    def directional(self) -> None:
        """Agents with the same parameters share one look at the markets."""
        looks: list[tuple[Momentum | MeanReversion, list[Agent]]] = [
            *self._by_params(StrategyName.MOMENTUM, _momentum),
            *self._by_params(StrategyName.MEAN_REVERSION, _reversion),
        ]
        if not looks:
            return
        view = self._with_history([strategy for strategy, _ in looks])
        for strategy, agents in looks:
            for signal in strategy.observe(view):
                self._serve(strategy, signal, agents)

    def _by_params[S](
        self, strategy: StrategyName, make: Callable[[Agent], S]
    ) -> Iterator[tuple[S, list[Agent]]]:
        groups: dict[tuple[tuple[str, str], ...], list[Agent]] = {}
        for agent in self._agents(strategy, _ANY_RETURN):
            groups.setdefault(tuple(sorted(agent.strategy_params.items())), []).append(agent)
        for _, group in sorted(groups.items()):
            try:
                made = make(group[0])
            except InvalidInput:
                # stored under older bounds: nobody else waits until their owners have tuned them anew
                self.misconfigured += [agent.agent_id for agent in group]
                continue
            yield made, group

    def _agents(self, strategy: StrategyName, best: int) -> list[Agent]:
        turn = self.seen.number
        return [
            agent
            for mode in (Mode.LIVE, Mode.DEMO)
            for agent in self.desk.agents.candidates(strategy, mode, best, turn, _AGENTS)
        ]

    def _with_history(self, strategies: Sequence[Momentum | MeanReversion]) -> View:
        lookback: dict[MarketKey, int] = {}
        for strategy in strategies:
            for key in strategy.wants(self.view):
                lookback[key] = max(lookback.get(key, 0), strategy.lookback)
        now = utc(self.view.now_ms)

        def read(key: MarketKey) -> tuple[MarketKey, Sequence[Bar]]:
            # a few minutes more: the close before the window may stand in it
            return key, self.desk.store.history(key, now - timedelta(minutes=lookback[key] + 10))

        with ThreadPoolExecutor(_READERS) as pool:
            history = dict(pool.map(read, sorted(lookback)))
        view = self.view
        return View(view.now_ms, view.max_age_ms, view.markets, view.books, view.pairs, history)

    def _serve[S: Signal](
        self, strategy: Strategy[S], signal: S, agents: Sequence[Agent]
    ) -> list[TradeIntent]:
        """Live agents first; the depth is shared among agents of one kind of money only."""
        taken: list[TradeIntent] = []
        by_id = {agent.agent_id: agent for agent in agents if signal.venues <= set(agent.platforms)}
        for simulated in (False, True):
            depth = self.seen.depth
            left = signal.without(depth.gone(simulated=simulated))
            for name in in_turn(f"{self.seen.tick_id}|{signal.subject}", by_id):
                if left is None:
                    break
                agent = by_id[name]
                denied = agent.why_simulated(signal.venues, live_trading=self.desk.live_trading)
                if bool(denied) is not simulated or not self.seen.starts.free(simulated=simulated):
                    continue
                intent = self._intent(strategy, left, agent, simulated)
                if intent is None or not self._start(agent, intent):
                    continue
                self._accounts[name, simulated].pay(intent.subject, intent.reserve)
                taken.append(intent)
                depth.take(intent.legs, simulated=simulated)
                left = signal.without(depth.gone(simulated=simulated))
        return taken

    def _intent[S: Signal](
        self, strategy: Strategy[S], signal: S, agent: Agent, simulated: bool
    ) -> TradeIntent | None:
        allowed = self._account(agent, simulated).allowance()
        intent = strategy.size(signal, agent.limits, allowed) if allowed else None
        if intent is None or self._is_busy(agent, intent, simulated):
            return None
        return intent

    def _account(self, agent: Agent, simulated: bool) -> Account:
        key = agent.agent_id, simulated
        if key not in self._accounts:
            today = utc_day(self.view.now_ms)
            purse = self.desk.agents.purses([agent], today, simulated=simulated)[agent.agent_id]
            self._accounts[key] = Account.of(agent, purse)
        return self._accounts[key]

    def _is_busy(self, agent: Agent, intent: TradeIntent, simulated: bool) -> bool:
        """Whether a trade on the subject is under way or recent, its market is held, or enough is lost."""
        ledger = self.desk.ledger
        if ledger.in_flight([(agent.agent_id, intent.subject)]):
            return True
        keys = {leg.key for leg in intent.legs}
        held = [one for one in ledger.positions(agent.agent_id) if one.simulated is simulated]
        # what an exit could not sell is held until settlement: it must not shut the market until then
        taken = any(one.key in keys and one.shares > DUST for one in held)
        if taken or self._may_lose_too_much(agent, intent, held, simulated):
            return True
        rest = _cooldown(agent)
        return bool(rest) and self._traded(agent, intent.subject, utc(self.view.now_ms) - rest)

    def _traded(self, agent: Agent, subject: str, since: datetime) -> bool:
        """Whether any of the agent's trades on the subject has moved since; page after page, newest first."""
        for page in pages(partial(self.desk.ledger.trades, agent.agent_id, _TRADES_A_PAGE)):
            if any(trade.pair_id == subject and trade.updated_at > since for trade in page.items):
                return True
            # what began long before has not moved since
            if page.items and page.items[-1].created_at < since - _LONGEST:
                return False
        return False

    def _may_lose_too_much(
        self, agent: Agent, intent: TradeIntent, held: Sequence[Position], simulated: bool
    ) -> bool:
        """Whether the reservation would refuse: what is open, and the entry itself, count at their stops."""
        limits, account = agent.limits, self._account(agent, simulated).standing
        at_stop = loss_at_stop(self.desk.ledger, self.desk.store, held, limits.stop_loss)
        standing = replace(account, result_today=account.result_today - at_stop)
        if isinstance(allowance(limits, standing), Denial):
            return True
        if len(intent.legs) > 1:
            return False
        others = max(0, standing.exposure - sum(position.cost for position in held))
        return bool(risks_too_much(limits, standing, risk.loss_at_stop(limits, intent.cost + others)))

    def _start(self, agent: Agent, intent: TradeIntent) -> bool:
        name = agent.strategy.value
        plan = intent.plan(self.seen.at_ms, self.seen.tick_id, agent.agent_id, name)
        if not self.desk.workflow.start(plan.trade_id, plan.to_payload()):
            return False
        self.seen.starts.take()
        self.counts[name] = self.counts.get(name, 0) + 1
        return True


def _momentum(agent: Agent) -> Momentum:
    return Momentum(momentum_params(agent.strategy_params))


def _reversion(agent: Agent) -> MeanReversion:
    return MeanReversion(reversion_params(agent.strategy_params))


def _cooldown(agent: Agent) -> timedelta:
    if agent.strategy is StrategyName.ARBITRAGE:
        return timedelta()
    read = momentum_params if agent.strategy is StrategyName.MOMENTUM else reversion_params
    return timedelta(minutes=read(agent.strategy_params).cooldown)


def _record(tick_id: str, curve: EventCurve, taken: Sequence[TradeIntent], now_ms: int) -> OpportunityRecord:
    """The event as the best of those who took it sized it, or with its first slice alone."""
    best: dict[str, Any] = {"net_return": curve.best_return}
    if taken:
        most = max(taken, key=lambda intent: intent.profit)
        best = {
            "shares": most.shares,
            "cost": most.cost,
            "net_profit": most.profit,
            "net_return": most.profit * PPM // most.cost,
        }
    resolves_at = settles_at(*curve.markets)
    if resolves_at is not None:
        best["days"] = days_until(resolves_at, now_ms)
        best["annualised"] = annualised(best["net_return"], best["days"])
    return OpportunityRecord(
        tick_id=tick_id,
        pair_id=curve.event,
        direction=f"all:{curve.outcome}",
        title=curve.markets[0].event_title,
        seen_at=utc(now_ms),
        verdict="taken" if taken else "eligible",
        reason=f"taken by {len(taken)} agents"
        if taken
        else "no agent whose turn it is has the limits, the money and a start for it",
        legs=tuple(
            {
                "venue": market.venue.value,
                "market_id": market.market_id,
                "outcome": curve.outcome.value,
                "side": "buy",
                "limit_price": format_micros(asks[0][0]),
            }
            for market, asks in zip(curve.markets, curve.asks, strict=True)
        ),
        trades=len(taken),
        **best,
    )

"""Which agents take an opportunity, and how much each (docs/adr/0017).

Candidates are read once a tick, purses and trades under way in batches and only of those whose turn has come,
so a tick costs by what it can start, not by how many agents there are. Real and simulated trades are shared
out of the same book apart: what a demo agent takes is not gone for a live one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from dutchbook.domain.agent import Agent, Limits, Mode, StrategyName
from dutchbook.domain.allocation import Claim, Share, in_turn, led_by_first, places, share_out
from dutchbook.domain.book import OrderBook
from dutchbook.domain.ids import trade_id
from dutchbook.domain.market import MarketKey
from dutchbook.domain.opportunity import Curve, Opportunity, Rejection, walk
from dutchbook.domain.plan import PlannedLeg, TradePlan
from dutchbook.domain.quoting import quote_buy
from dutchbook.domain.risk import Allowance, Denial, Standing, allowance, refuses, utc_day
from dutchbook.domain.sizing import cut, least_shares, lot, order_legs, reach
from dutchbook.domain.venue import Venue
from dutchbook.ports.agents import Agents, Purse
from dutchbook.ports.ledger import Ledger
from dutchbook.usecases.scan_markets.depth import Depth, without
from dutchbook.usecases.scan_markets.starts import Starts

PROPOSED_NOTE = "pair proposed by the matcher, not approved"
NOBODY_FITS = "no active agent's limits fit"
ALL_STARTED = "agents fit, and this tick has started what it may: their turn comes"
NOTHING_LEFT = "agents fit, and better opportunities have taken the depth"
BUSY_OR_POOR = "agents fit, and none whose turn it is has the money and no trade on the pair"
_LOOKED_AT_FOR_A_START = 4
"""Agents looked at for each trade that a tick may start: more are poor or busy only while many are."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An opportunity cut to one agent's measure."""

    agent: Agent
    opportunity: Opportunity
    plan: TradePlan


@dataclass(slots=True)
class Account:
    """What an agent may still do in this tick: a plan made for one pair is money gone for the next."""

    limits: Limits
    standing: Standing

    @classmethod
    def of(cls, agent: Agent, purse: Purse) -> "Account":
        budgets = purse.budgets
        return cls(
            agent.limits,
            Standing(
                exposure=sum(budget.reserved + budget.spent for budget in budgets.values()),
                trades_today=purse.day.trades,
                result_today=purse.day.result,
                available={venue: budget.available for venue, budget in budgets.items()},
            ),
        )

    def allowance(self) -> Allowance | None:
        allowed = allowance(self.limits, self.standing)
        return None if isinstance(allowed, Denial) else allowed

    def most(self, curve: Curve) -> int:
        """Net shares that the money would buy at the best prices: no more, and often a little less."""
        allowed = self.allowance()
        if allowed is None:
            return 0
        needs: dict[Venue, int] = {}
        for venue, asks in ((curve.direction.a.venue, curve.a_asks), (curve.direction.b.venue, curve.b_asks)):
            needs[venue] = needs.get(venue, 0) + asks[0][0]
        limits = [allowed.budgets.get(venue, 0) * 10**6 // price for venue, price in needs.items()]
        return min(allowed.max_cost * 10**6 // sum(needs.values()), *limits)

    def cut(self, curve: Curve, at_most: int) -> Opportunity | None:
        """The opportunity at the size that the limits allow; None when they allow none."""
        allowed = self.allowance()
        if allowed is None:
            return None
        found = cut(curve, self.limits.min_profit, allowed.max_cost, allowed.budgets, at_most)
        if isinstance(found, Rejection) or refuses(self.limits, self.standing, found):
            return None
        return found

    def pay(self, subject: str, taken: Mapping[Venue, int]) -> None:
        """Counts a trade that was planned: what it set aside on each venue."""
        before = self.standing
        self.standing = replace(
            before,
            exposure=before.exposure + sum(taken.values()),
            trades_today=before.trades_today + 1,
            available={venue: free - taken.get(venue, 0) for venue, free in before.available.items()},
            pairs_in_flight=before.pairs_in_flight | {subject},
        )


@dataclass(slots=True)
class Allocator:
    """One tick's sharing out. `serve` may be called several times: money, depth and starts count across."""

    tick_ms: int
    tick_id: str
    turn: int
    """Number of the tick: which part of the agents comes first."""
    agents: Agents
    ledger: Ledger
    now_ms: Callable[[], int]
    live_trading: bool
    starts: Starts
    """What this tick may still start."""
    depth: Depth = field(default_factory=Depth)
    _looks: dict[bool, int] = field(init=False)
    _pools: dict[Mode, tuple[int, Sequence[Agent]]] = field(default_factory=dict)
    _why: dict[tuple[str, str], str] = field(default_factory=dict)
    _accounts: dict[tuple[str, bool], Account] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._looks = dict.fromkeys((False, True), _LOOKED_AT_FOR_A_START * self.starts.left)

    def serve(
        self,
        curves: Sequence[Curve],
        books: Mapping[MarketKey, OrderBook],
        proposed: frozenset[str] = frozenset(),
    ) -> list[Taken]:
        """Best opportunity first; money is checked again, for good, when the trade is reserved.

        Real trades have their turn on all of them before the first simulated one. Opportunities that need the
        same book share it in this order: the next has what the better one leaves.
        `proposed` are ids of pairs that nobody has approved: only agents in demo mode may take them.
        """
        taken: list[Taken] = []
        for simulated in (False, True):
            if simulated or self.live_trading:
                taken += self._serve_all(curves, books, proposed, simulated)
        return taken

    def _serve_all(
        self,
        curves: Sequence[Curve],
        books: Mapping[MarketKey, OrderBook],
        proposed: frozenset[str],
        simulated: bool,
    ) -> list[Taken]:
        """All opportunities for one kind of money."""
        best = max((curve.best_return for curve in curves), default=0)
        taken: list[Taken] = []
        for curve in curves:
            is_proposed = curve.direction.pair_id in proposed
            group = self._group(curve, best, simulated, is_proposed)
            if not group:
                continue
            if self.starts.free(simulated=simulated) <= 0 or self._looks[simulated] <= 0:
                self._note(curve, ALL_STARTED)
                continue
            keys = (curve.direction.a.key, curve.direction.b.key)
            left = {key: self.depth.left(books[key], simulated=simulated) for key in keys}
            rest = _of_what_is_left(curve, books, left)
            if rest is None:
                self._note(curve, NOTHING_LEFT)
                continue
            served = self._share(rest, left, group, simulated, PROPOSED_NOTE if is_proposed else "")
            self.starts.take(len(served))
            self.depth.take((leg for each in served for leg in each.opportunity.legs), simulated=simulated)
            if not served:
                self._note(curve, BUSY_OR_POOR)
            taken += served
        return taken

    def why(self, curve: Curve) -> str:
        """Why nobody took the opportunity, as `serve` found; for one that nobody took."""
        return self._why.get((curve.direction.pair_id, curve.direction.label), NOBODY_FITS)

    def _note(self, curve: Curve, reason: str) -> None:
        self._why[curve.direction.pair_id, curve.direction.label] = reason

    def _group(self, curve: Curve, best: int, simulated: bool, is_proposed: bool) -> dict[str, Agent]:
        """Agents by id whose limits fit and whose trade would be of this kind of money."""
        venues = {curve.direction.a.venue, curve.direction.b.venue}
        modes = [Mode.DEMO] if is_proposed else [Mode.LIVE, Mode.DEMO]
        if not simulated:
            modes = [mode for mode in modes if mode is Mode.LIVE]
        return {
            agent.agent_id: agent
            for mode in modes
            for agent in self._candidates(mode, best, simulated)
            if _fits(agent, curve, venues)
            and bool(agent.why_simulated(venues, live_trading=self.live_trading)) is simulated
        }

    def _candidates(self, mode: Mode, at_most: int, simulated: bool) -> Sequence[Agent]:
        """Read once for the best return of the tick; again only when a later wave has a better one."""
        known = self._pools.get(mode)
        if known is None or known[0] < at_most:
            enough = max(1, self._looks[simulated])
            found = self.agents.candidates(StrategyName.ARBITRAGE, mode, at_most, self.turn, enough)
            known = self._pools[mode] = at_most, found
        return known[1]

    def _share(
        self,
        curve: Curve,
        books: Mapping[MarketKey, OrderBook],
        group: Mapping[str, Agent],
        simulated: bool,
        note: str,
    ) -> list[Taken]:
        depth, minimum = sum(curve.shares), least_shares(curve)
        wanted = min(self.starts.free(simulated=simulated), places(depth, minimum))
        claims = self._claims(curve, group, simulated, wanted, minimum)
        shares = share_out(claims, depth, minimum, lot(curve), wanted)
        return self._serve(curve, books, group, shares, simulated, note)

    def _claims(
        self, curve: Curve, group: Mapping[str, Agent], simulated: bool, wanted: int, minimum: int
    ) -> list[Claim]:
        """Agents in turn that have the money for an order and no trade on the pair.

        So many that `wanted` of them reach as far as the first, who says how deep it is shared out.
        """
        claims: list[Claim] = []
        if not group or wanted <= 0:
            return claims
        pair_id = curve.direction.pair_id
        least_profits = {agent.limits.min_profit for agent in group.values()}
        reaches = {least: reach(curve, least) for least in least_profits}
        drawn = list(in_turn(f"{self.tick_id}|{pair_id}", group))
        turn = iter(led_by_first(drawn, lambda name: reaches[group[name].limits.min_profit]))
        found = 0
        while found < wanted and self._looks[simulated] > 0:
            some = list(islice(turn, min(wanted - found, self._looks[simulated])))
            if not some:
                break
            self._looks[simulated] -= len(some)
            accounts = self._open(some, group, simulated)
            busy = set(self.ledger.in_flight([(name, pair_id) for name in some]))
            for name in some:
                account = accounts[name]
                least = account.limits.min_profit
                most = account.most(curve)
                if (name, pair_id) not in busy and min(most, reaches[least]) >= minimum:
                    claims.append(Claim(name, reaches[least], most))
                    found += reaches[least] >= claims[0].reach
        return claims

    def _open(self, names: Sequence[str], group: Mapping[str, Agent], simulated: bool) -> dict[str, Account]:
        """Accounts of these agents; those not yet known are read together."""
        new = [group[name] for name in names if (name, simulated) not in self._accounts]
        if new:
            purses = self.agents.purses(new, utc_day(self.now_ms()), simulated=simulated)
            for agent in new:
                self._accounts[agent.agent_id, simulated] = Account.of(agent, purses[agent.agent_id])
        return {name: self._accounts[name, simulated] for name in names}

    def _serve(
        self,
        curve: Curve,
        books: Mapping[MarketKey, OrderBook],
        group: Mapping[str, Agent],
        shares: Sequence[Share],
        simulated: bool,
        note: str,
    ) -> list[Taken]:
        """Cuts each share from the far end of all of them: the worst that any order of executions leaves.

        So each has a limit at which it still finds its shares when all others were faster, and pays its
        agent's least profit even there. Whoever is faster pays less.
        """
        together = sum(share.shares for share in shares)
        served: list[Taken] = []
        for share in shares:
            last = _beyond(curve, books, together - share.shares)
            agent, account = group[share.name], self._accounts[share.name, simulated]
            found = account.cut(last, share.shares) if last else None
            if found is None:
                continue
            account.pay(found.pair_id, found.reserve)
            plan = _plan(self.tick_ms, self.tick_id, curve, agent, found, note)
            served.append(Taken(agent, found, plan))
        return served


def _beyond(curve: Curve, books: Mapping[MarketKey, OrderBook], shares: int) -> Curve | None:
    """The curve without its first net shares (micros) on both legs; None when nothing that pays is left."""
    if not shares:
        return curve
    way = curve.direction
    a, b = books[way.a.key], books[way.b.key]
    first = quote_buy(way.a, way.a_outcome, curve.a_asks, shares)
    second = quote_buy(way.b, way.b_outcome, curve.b_asks, shares)
    if first is None or second is None:
        return None
    a, b = without(a, way.a_outcome, first.shares), without(b, way.b_outcome, second.shares)
    if way.a.key == way.b.key:
        a = b = without(a, way.b_outcome, second.shares)
    return _walked_again(curve, a, b)


def _of_what_is_left(
    curve: Curve, books: Mapping[MarketKey, OrderBook], left: Mapping[MarketKey, OrderBook]
) -> Curve | None:
    """The curve on what better opportunities have left of its books; None when nothing that pays is left."""
    a, b = curve.direction.a.key, curve.direction.b.key
    if left[a] is books[a] and left[b] is books[b]:
        return curve
    return _walked_again(curve, left[a], left[b])


def _walked_again(curve: Curve, a: OrderBook, b: OrderBook) -> Curve | None:
    # the books were young enough when the curve was walked; their age is no question here
    rest = walk(curve.direction, a, b, curve.walked_at_ms, curve.walked_at_ms)
    return rest if isinstance(rest, Curve) else None


def _fits(agent: Agent, curve: Curve, venues: set[Venue]) -> bool:
    return agent.limits.min_profit <= curve.best_return and venues <= set(agent.platforms)


def _plan(tick_ms: int, tick_id: str, curve: Curve, agent: Agent, found: Opportunity, note: str) -> TradePlan:
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
        note=note,
    )

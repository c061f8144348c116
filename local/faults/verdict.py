"""What a scenario came to: the venues' own books against ours."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from dutchbook.domain.agent import AgentState
from dutchbook.domain.errors import InvariantBroken
from dutchbook.domain.money import ONE, format_micros
from dutchbook.domain.trade import Leg, Trade
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Outcome, Side, Venue
from local.faults.cards import Scenario
from local.faults.venues import FUNDED, MARKETS
from local.faults.world import World

DUST = 10_000
"""Net shares (micros) by which legs may differ."""
_CENT = 10_000
_ROUNDING = 1_000
"""A fill's price is told in whole micros, rounded against us: dollars (micros) by which cash may be more."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Reasons under each of the four headings; empty lists are what is promised."""

    scenario: Scenario
    end: str
    double_orders: tuple[str, ...]
    naked_unnoticed: tuple[str, ...]
    ledger_mismatches: tuple[str, ...]
    stuck: tuple[str, ...]
    struck: int
    """How many of the crashes that were dealt have come about."""
    overlapped: int
    """How many of the overlaps."""

    @property
    def sound(self) -> bool:
        return not (self.double_orders or self.naked_unnoticed or self.ledger_mismatches or self.stuck)


def judge(world: World, status: str) -> Verdict:
    """`status` is the execution's own end."""
    trade = world.execution.ledger.trade(world.trade_id)
    return Verdict(
        scenario=world.scenario,
        end=trade.state.value if trade else "NOT_RESERVED",
        double_orders=tuple(_double_orders(world, trade)),
        naked_unnoticed=tuple(_naked_unnoticed(world, trade)),
        ledger_mismatches=tuple(_mismatches(world, trade)),
        stuck=tuple(_stuck(world, trade, status)),
        struck=world.crashes.struck,
        overlapped=world.crashes.overlapped,
    )


def _double_orders(world: World, trade: Trade | None) -> Iterator[str]:
    legs = trade.legs if trade else ()
    known = {leg.client_order_id for leg in legs} | {leg.venue_order_id for leg in legs}
    for venue in Venue:
        for order, count in Counter(world.places.state(venue).accepted).items():
            if count > 1:
                yield f"{venue} took order {order} {count} times"
            if order not in known:
                yield f"{venue} has order {order} and no leg knows it"


def _naked_unnoticed(world: World, trade: Trade | None) -> Iterator[str]:
    """By the venues' books alone: shares without their counterparts, and nobody was called."""
    held = [_held(world, venue, outcome) for venue, outcome, _ in world.sides]
    stray = max(held) - min(held)
    if stray <= max(DUST, _whole_cents_miss(trade)) or _told_as_remainder(world, trade, held):
        return
    called = any(notice.kind == "quarantined" for notice in world.notices)
    agent = world.execution.agents.get(world.agent_id)
    halted = agent is not None and agent.state is AgentState.HALTED
    if trade is None or trade.state is not TradeState.QUARANTINED or not called or not halted:
        words = ", ".join(
            f"{format_micros(shares)} {outcome} on {venue}"
            for shares, (venue, outcome, _) in zip(held, world.sides, strict=True)
        )
        yield f"{words}; {trade.state if trade else 'no trade'}, called {called}, halted {halted}"


def _whole_cents_miss(trade: Trade | None) -> int:
    """Shares that a cent buys, one at most: Polymarket's buys spend whole cents."""
    legs = trade.planned_legs if trade else ()
    limits = [leg.limit_price for leg in legs if leg.venue is Venue.POLYMARKET and leg.side is Side.BUY]
    return max((min(ONE, -(-_CENT * ONE // limit)) for limit in limits), default=0)


def _told_as_remainder(world: World, trade: Trade | None, held: list[int]) -> bool:
    """Whether the owner was told of just these shares, and a dollar buys them at the leg's limit."""
    if trade is None:
        return False
    leg, stray = trade.planned_legs[held.index(max(held))], max(held) - min(held)
    words = f"{format_micros(stray)} shares of"
    told = any(notice.kind == "remainder" and words in notice.what for notice in world.notices)
    return told and stray * leg.limit_price <= ONE * ONE


def _mismatches(world: World, trade: Trade | None) -> Iterator[str]:
    positions = {
        (position.key.venue, position.outcome): position.shares
        for position in world.execution.ledger.positions(world.agent_id)
    }
    budgets = world.execution.agents.budgets(world.agent_id, simulated=not world.scenario.live)
    costs: Counter[Venue] = Counter()
    for position in world.execution.ledger.positions(world.agent_id):
        costs[position.key.venue] += position.cost
    for venue in world.scenario.route:
        for outcome in Outcome:
            there, ours = _held(world, venue, outcome), positions.get((venue, outcome), 0)
            if there != ours:
                yield f"{venue} {outcome}: {format_micros(there)} there, {format_micros(ours)} in the ledger"
        flow = sum(_cash_flow(leg) for leg in (trade.legs if trade else ()) if leg.venue is venue)
        over = _cash(world, venue) - FUNDED - flow
        if not 0 <= over <= _ROUNDING:
            yield f"{venue}: {format_micros(over)} dollars more there than the fills say"
        budget = budgets[venue]
        if budget.available + budget.reserved + budget.spent != budget.funded:
            yield f"{venue}: the budget does not add up: {budget}"
        if budget.spent != costs[venue]:
            yield f"{venue}: {format_micros(budget.spent)} spent, {format_micros(costs[venue])} in positions"
        if budget.available < 0:
            yield f"{venue}: {format_micros(-budget.available)} dollars more are spent than there were"
        if budget.reserved:
            yield f"{venue}: {format_micros(budget.reserved)} dollars are still reserved"

    totals = world.execution.agents.totals(world.agent_id, simulated=not world.scenario.live)
    agent = world.execution.agents.get(world.agent_id)
    if agent is not None and totals.exposure > agent.limits.max_position:
        yield f"{format_micros(totals.exposure - agent.limits.max_position)} dollars over maxPosition"


def _stuck(world: World, trade: Trade | None, status: str) -> Iterator[str]:
    if status not in ("SUCCEEDED", "FAILED"):
        yield f"the execution is {status}"
    if trade is None:
        return
    if not trade.ended:
        yield f"the trade is {trade.state}: {[(leg.index, leg.state.value) for leg in trade.legs]}"
    if trade.unsure:
        yield f"the fate of legs {[leg.index for leg in trade.unsure]} is unknown"
    if trade.state is TradeState.QUARANTINED and not any(n.kind == "quarantined" for n in world.notices):
        yield "quarantined and nobody was called"
    if trade.reason.startswith(InvariantBroken.__name__):
        # no card makes a venue or a store say what cannot be: what broke is ours, and it halted the agent
        yield f"quarantined by ourselves: {trade.reason}"


def _held(world: World, venue: Venue, outcome: Outcome) -> int:
    if world.scenario.live:
        return world.places.shares(venue, outcome)
    return sum(
        position.shares
        for position in world.paper.positions(world.agent_id, venue)
        if position.key.market_id == MARKETS[venue] and position.outcome is outcome
    )


def _cash(world: World, venue: Venue) -> int:
    if world.scenario.live:
        return world.places.cash(venue)
    # the paper venue opens an account with its first order
    return world.paper.balance(world.agent_id, venue) or FUNDED


def _cash_flow(leg: Leg) -> int:
    return leg.notional - leg.fee_usd if leg.side is Side.SELL else -leg.notional - leg.fee_usd

"""Step one: decide whether the trade is real, and set its money aside in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from dutchbook.domain.accounting import NETTING_VENUES
from dutchbook.domain.agent import Agent, AgentState, Mode, StrategyName
from dutchbook.domain.errors import DutchbookError, Halted, NotEligible
from dutchbook.domain.money import format_micros
from dutchbook.domain.pair import PairStatus, rules_hash_of
from dutchbook.domain.plan import PlannedLeg, TradePlan
from dutchbook.domain.strategies.n_way import proves
from dutchbook.domain.trade import Leg, Trade
from dutchbook.domain.trade_states import TradeState
from dutchbook.ports.ledger import Position
from dutchbook.usecases.execute_pair.checks import Exposed, clearance, exposed, within_limits
from dutchbook.usecases.execute_pair.context import Execution
from dutchbook.usecases.execute_pair.steps import Next, following


def reserve(execution: Execution, plan: TradePlan) -> Next:
    """Reserves the plan's money and says which leg comes first.

    A trade that is there already is taken up where it stands. Raises Denied (limits, pause, kill switch) or
    Conflict (another trade of the agent on the pair is in flight): nothing was written then.
    """
    try:
        trade = _reserve(execution, plan)
    except DutchbookError:
        # perhaps for what this very trade has used up, or a switch that was thrown after it was reserved
        known = execution.ledger.trade(plan.trade_id)
        if known is None:
            raise
        return following(known, execution.dust(known))
    # nothing is held yet, so no legs differ
    return following(trade, dust_limit=0)


def _reserve(execution: Execution, plan: TradePlan) -> Trade:
    agent = execution.agents.get(plan.agent_id)
    if agent is None:
        raise Halted(f"no agent {plan.agent_id}")
    trade = _trade(execution, agent, plan)
    if not plan.exits:
        holds = exposed(execution, trade)
        _may_enter(execution, agent, trade, holds)
        trade = replace(trade, closes=_nets_away(trade, holds.held))
    # excludes a second reservation of the trade, of the agent on the pair, and spending beyond any limit
    execution.ledger.reserve(trade, agent.limits)
    return execution.latest(plan.trade_id)


def _may_enter(execution: Execution, agent: Agent, trade: Trade, holds: Exposed) -> None:
    cleared = clearance(execution, agent.agent_id, simulated=trade.simulated)
    if not cleared.control.trading:
        raise Halted(f"trading is switched off: {cleared.control.reason}")
    if agent.state is not AgentState.ACTIVE:
        raise Halted(f"the agent is {agent.state}")
    within_limits(agent, cleared, holds, trade, counted=False)
    _check_approved(execution, trade)


def _nets_away(trade: Trade, held: Sequence[Position]) -> tuple[str, ...]:
    """The trades that brought what these purchases close at a venue with one net position a market."""
    met = {(leg.key, leg.outcome.other) for leg in trade.planned_legs if leg.venue in NETTING_VENUES}
    brought = (position.trade_ids for position in held if (position.key, position.outcome) in met)
    return tuple(sorted(set(chain.from_iterable(brought))))


def _check_approved(execution: Execution, trade: Trade) -> None:
    """Real arbitrage needs a pair that a human has approved: one that nobody knows was approved by nobody."""
    if trade.simulated or trade.strategy != StrategyName.ARBITRAGE:
        return
    if trade.pair_id.startswith("event:"):
        _check_whole_event(execution, trade)
        return
    pair = execution.markets.pair(trade.pair_id)
    if pair is None or pair.status is not PairStatus.APPROVED or not pair.is_hedge:
        state = (pair.status if pair.is_hedge else pair.relation) if pair else "unknown"
        raise NotEligible(f"the pair is {state}: live trades need an approved one")
    if pair.rules_hash and pair.rules_hash != rules_hash_of(*map(execution.market, (pair.a, pair.b))):
        # the catalogue lists a changed text minutes before the review opens the pair again
        raise NotEligible("a rule text has changed since the pair was approved")


def _check_whole_event(execution: Execution, trade: Trade) -> None:
    """No human approves events: live, every leg is on the event's own venue, whose flags say what it pays."""
    legs = trade.planned_legs
    markets = [execution.market(leg.key) for leg in legs]
    if not proves(trade.pair_id, markets, legs[0].outcome):
        raise NotEligible("the venue's flags do not prove that these legs are a whole event")


def _trade(execution: Execution, agent: Agent, plan: TradePlan) -> Trade:
    denial = agent.why_simulated([leg.key.venue for leg in plan.legs], live_trading=execution.live_trading)
    simulated = bool(denial)
    held: tuple[Position, ...] = ()
    if plan.simulated is not None:
        held = _held(execution, plan)
        simulated = plan.simulated
        if denial and not simulated:
            # pretending to sell what is really held would leave it held and shown as sold
            raise Halted(f"a real position cannot be closed: {denial}")
    now = execution.now()
    return Trade(
        trade_id=plan.trade_id,
        agent_id=agent.agent_id,
        wallet=agent.wallet,
        pair_id=plan.pair_id,
        direction=plan.direction,
        strategy=plan.strategy,
        mode=agent.mode,
        simulated=simulated,
        tick_id=plan.tick_id,
        state=TradeState.RESERVED,
        legs=tuple(_leg(index, leg) for index, leg in enumerate(plan.legs)),
        reserved=plan.reserved,
        shares=plan.shares,
        expected_cost=plan.expected_cost,
        expected_profit=plan.expected_profit,
        min_profit=agent.limits.min_profit,
        stop_loss=agent.limits.stop_loss,
        created_at=now,
        updated_at=now,
        resolves_at=plan.resolves_at,
        title=plan.title,
        closes=tuple(sorted({trade_id for position in held for trade_id in position.trade_ids})),
        mode_reason="; ".join(
            reason
            for reason in (denial if simulated and agent.mode is Mode.LIVE else "", plan.note)
            if reason
        ),
    )


def _leg(index: int, leg: PlannedLeg) -> Leg:
    return Leg(
        index,
        leg.key.venue,
        leg.key.market_id,
        leg.outcome,
        leg.side,
        leg.shares,
        leg.limit_price,
        leg.purpose,
    )


def _held(execution: Execution, plan: TradePlan) -> tuple[Position, ...]:
    """The positions that an exit sells, of the kind it was computed on.

    Raises NotEligible where less is held than it sells: the scan reads positions a moment late, and what it
    planned on is sold or netted away by now. The next tick plans on what is left.
    """
    held = {
        (position.key, position.outcome): position
        for position in execution.ledger.positions(plan.agent_id)
        if position.simulated is plan.simulated
    }
    for leg in plan.legs:
        position = held.get((leg.key, leg.outcome))
        if position is None or position.shares < leg.shares:
            shares = format_micros(position.shares if position else 0)
            raise NotEligible(
                f"the exit sells {format_micros(leg.shares)} shares of {leg.key}, held: {shares}"
            )
    return tuple(held[leg.key, leg.outcome] for leg in plan.legs)

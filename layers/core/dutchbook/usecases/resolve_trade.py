"""An operator resolves a quarantined trade: says what the venues showed, and the books say how it ended.

The operator gives facts, never an end: which orders the venue does not have, and what was sold by hand. A
trade whose legs then still differ, or of which an order's fate is unknown, stays quarantined.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from dutchbook.domain.accounting import book
from dutchbook.domain.agent import AgentState
from dutchbook.domain.decision import end_state
from dutchbook.domain.dust import dust, is_remainder, stray_of, words_of
from dutchbook.domain.errors import InvalidInput, NotFound, WrongState
from dutchbook.domain.money import format_micros
from dutchbook.domain.reasons import RESOLVED, why_halted
from dutchbook.domain.trade import Fill, Leg, LegPurpose, Trade
from dutchbook.domain.trade_money import locked_profit
from dutchbook.domain.trade_states import OPEN_LEG_STATES, LegState, TradeState
from dutchbook.ports.agents import Agents, AuditEntry
from dutchbook.ports.clock import Clock, utc
from dutchbook.ports.ledger import Ledger
from dutchbook.ports.markets import MarketStore
from dutchbook.usecases.manage_pairs import OPERATORS_AUDIT

_BY_HAND = "sold by hand"


@dataclass(frozen=True, slots=True)
class Closing:
    """What was sold by hand of a leg. Shares, dollars a share and dollars, micros."""

    leg: int
    shares: int
    price: int
    fee: int = 0


def resolve(
    ledger: Ledger,
    agents: Agents,
    markets: MarketStore,
    clock: Clock,
    trade_id: str,
    *,
    absent: Sequence[int],
    closed: Sequence[Closing],
    reason: str,
    operator: str,
) -> Trade:
    """Books the facts, ends the trade and lets its owner activate the agent again. May be repeated.

    Raises NotFound, InvalidInput (a leg that the trade has not, more shares than it holds), WrongState (not
    quarantined; an order is in doubt; legs differ). Facts that do not end the trade are not booked.
    """
    known = ledger.trade(trade_id)
    if known is not None and known.reason.startswith(RESOLVED):
        _wake(ledger, agents, known, operator)  # the first try may have broken off before it
    trade = _quarantined(ledger, trade_id)
    gone = [one for index in absent for one in _not_at_the_venue(_leg(trade, index, "absent"))]
    sold = _sold_by_hand(trade, closed)
    # nothing is written of facts that do not end it: what is booked cannot be taken back
    _check(markets, _with(trade, [*gone, *sold]))
    for leg in gone:
        # excludes overwriting what the sweeper has found since
        ledger.move_leg(trade_id, leg, _leg(trade, leg.index, "absent").state)
    for leg in sold:
        _book(ledger, trade_id, leg)
    trade = _quarantined(ledger, trade_id)
    left = _check(markets, trade)
    # excludes resolving twice, and resolving what a late fill has changed since it was checked
    done = ledger.finish(
        trade_id,
        TradeState.QUARANTINED,
        end_state(trade),
        reason=f"{RESOLVED} {operator}: {reason}" + (f"; {left}" if left else ""),
        locked=locked_profit(trade),
        seen=trade,
    )
    _note(agents, clock, done, reason, operator)
    _wake(ledger, agents, done, operator)
    return done


def _quarantined(ledger: Ledger, trade_id: str) -> Trade:
    trade = ledger.trade(trade_id)
    if trade is None:
        raise NotFound(f"no trade {trade_id}")
    if trade.state is not TradeState.QUARANTINED:
        raise WrongState(f"{trade_id} is {trade.state}")
    return trade


def _leg(trade: Trade, index: int, field: str) -> Leg:
    for leg in trade.legs:
        if leg.index == index:
            return leg
    raise InvalidInput(field, f"the trade has no leg {index}")


def _not_at_the_venue(leg: Leg) -> Iterator[Leg]:
    """The leg as it is if the operator is right; none where its fate is known already."""
    if leg.state in OPEN_LEG_STATES:
        state = LegState.PARTIAL if leg.filled else LegState.CANCELLED
        yield replace(leg, state=state, reason="Refused: an operator found no more of it at the venue")


def _sold_by_hand(trade: Trade, closed: Sequence[Closing]) -> list[Leg]:
    """For each a leg that was never sent by us, filled at once.

    Its client order id names the quarantine and its number there: repeating the resolution finds it again,
    and what is sold in a later quarantine of the trade is another leg.
    """
    known = {leg.client_order_id: leg for leg in trade.legs if leg.reason == _BY_HAND}
    free = max(leg.index for leg in trade.legs) + 1
    sold: list[Leg] = []
    for number, closing in enumerate(closed):
        field = f"closed[{number}]"
        leg = _leg(trade, closing.leg, f"{field}.leg")
        if leg.is_repair:
            raise InvalidInput(f"{field}.leg", "name the leg that was bought, not what mended it")
        name = f"by-hand:{trade.ends}:{number}"
        before = known.get(name)
        index = free + number if before is None else before.index
        manual = _manual(leg, closing, name, index)
        if before is not None and not _same(before, manual):
            raise InvalidInput(
                field, "an earlier try has booked another sale in its place: repeat that first"
            )
        sold.append(manual)
        if _with(trade, sold).held(leg) < 0:
            raise InvalidInput(f"{field}.shares", "more than the trade holds of this leg")
    return sold


def _manual(leg: Leg, closing: Closing, name: str, index: int) -> Leg:
    manual = Leg(
        index=index,
        venue=leg.venue,
        market_id=leg.market_id,
        outcome=leg.outcome,
        side=leg.side.other,
        shares=closing.shares,
        limit_price=closing.price,
        purpose=LegPurpose.UNWIND,
        repairs=leg.index,
        state=LegState.FILLED,
        client_order_id=name,
        reason=_BY_HAND,
    )
    fill = Fill(f"by-hand:{index}", closing.shares, closing.price, fee_usd=closing.fee)
    return book(manual, [fill], {}, {}, held=0, terminal=True).leg


def _same(before: Leg, manual: Leg) -> bool:
    """Whether an earlier try has put this very leg; its fill may be missing yet."""
    facts = (before.repairs, before.shares, before.limit_price)
    return facts == (manual.repairs, manual.shares, manual.limit_price) and before.fills in ((), manual.fills)


def _with(trade: Trade, legs: Sequence[Leg]) -> Trade:
    """The trade with these legs in the place of its own of the same index, or beside them."""
    changed = {leg.index for leg in legs}
    return replace(trade, legs=(*(leg for leg in trade.legs if leg.index not in changed), *legs))


def _book(ledger: Ledger, trade_id: str, manual: Leg) -> None:
    """Repeating it changes nothing."""
    planned = replace(manual, state=LegState.PLANNED, fills=(), filled=0, net_filled=0, notional=0, fee_usd=0)
    ledger.put_leg(trade_id, planned)
    ledger.book_fills(trade_id, manual.index, manual.fills)
    with suppress(WrongState):  # an earlier try has moved it
        ledger.move_leg(trade_id, replace(planned, state=LegState.SUBMITTING), LegState.PLANNED)
    with suppress(WrongState):
        ledger.move_leg(trade_id, replace(planned, state=LegState.FILLED), LegState.SUBMITTING)


def _check(markets: MarketStore, trade: Trade) -> str:
    """In words what is left over, if anything. Raises WrongState while the books cannot say how it ended."""
    if trade.unsure:
        legs = ", ".join(str(leg.index) for leg in trade.unsure)
        raise WrongState(f"what became of leg {legs} is unknown: look it up at the venue")
    known = markets.markets([leg.key for leg in trade.planned_legs])
    stray = stray_of(trade)
    if stray.shares <= dust(trade, known):
        return ""
    if not is_remainder(trade, stray, known):
        shares = ", ".join(format_micros(trade.held(leg)) for leg in trade.planned_legs)
        raise WrongState(f"the legs hold {shares}: close what is too much and say what it brought")
    return words_of(trade)


def _note(agents: Agents, clock: Clock, trade: Trade, reason: str, operator: str) -> None:
    detail = {"trade": trade.trade_id, "state": trade.state.value, "reason": reason}
    entry = AuditEntry(utc(clock.now_ms()), operator, "trade.resolve", detail)
    agents.write_audit(OPERATORS_AUDIT, entry)
    agents.write_audit(trade.agent_id, entry)


def _wake(ledger: Ledger, agents: Agents, trade: Trade, operator: str) -> None:
    """Lets the owner activate the agent again if it is halted for this trade, and no other is quarantined."""
    agent = agents.get(trade.agent_id)
    if agent is None or why_halted(trade.trade_id) != agent.state_reason:
        return  # halted for something else, which is yet to be resolved
    others = ledger.quarantined(trade.agent_id)
    new = AgentState.HALTED if others else AgentState.PAUSED
    why = why_halted(others[0]) if others else f"{trade.trade_id} is resolved"
    with suppress(WrongState):
        # excludes touching an agent that is not halted any more
        agents.set_state(trade.agent_id, [AgentState.HALTED], new, why, operator)
    for other in ledger.quarantined(trade.agent_id):
        with suppress(WrongState):
            # a trade flagged since the first look may have found the agent halted still; excludes halting
            # it twice
            agents.set_state(
                trade.agent_id, [AgentState.PAUSED], AgentState.HALTED, why_halted(other), operator
            )

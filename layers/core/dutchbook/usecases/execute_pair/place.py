"""Placing a leg: check again, store the intent, send, store what came of it."""

from collections.abc import Mapping
from dataclasses import replace

from dutchbook.domain.errors import (
    Conflict,
    Denied,
    DutchbookError,
    InvalidOrder,
    InvariantBroken,
    NotSent,
    OutcomeUnknown,
    Refused,
    TermsChanged,
    WrongState,
)
from dutchbook.domain.ids import client_order_id
from dutchbook.domain.market import Market
from dutchbook.domain.money import format_micros
from dutchbook.domain.quoting import quote_buy
from dutchbook.domain.trade import Leg, Trade
from dutchbook.domain.trade_states import LegState, leg_may_move
from dutchbook.domain.venue import Side
from dutchbook.ports.venues import Intent, OrderReport, OrderRequest, OrderStatus, VenueConnector
from dutchbook.usecases.execute_pair.checks import (
    check_clearance,
    check_market,
    check_switches,
    fresh_books,
    one_market,
    within_limit,
)
from dutchbook.usecases.execute_pair.context import Execution

MAX_SENDS = 2
"""The same bytes go out once more at most after the venue has proved not to know the order."""

_CLAIM = "claimed_by"
"""Key of the stored intent that tells two Lambdas apart which have computed the same order."""


def place(execution: Execution, trade: Trade, leg: Leg, target: int) -> None:
    """Places a PLANNED leg so that it brings `target` net shares (micros), or stores why it is not placed.

    Raises NotSent (also when a check could not be made): the leg is PLANNED and the step may be repeated.
    """
    try:
        check_switches(execution, trade, leg)
        market = execution.market(leg.key)
        check_market(execution, trade, leg, market)
        connector = execution.connector(trade, leg.venue)
        if leg.intent:
            # tried before and provably not sent: what goes out are the same bytes
            intent = stored_intent(leg)
        else:
            leg = replace(leg, shares=_size(execution, trade, leg, market, target))
            intent = connector.prepare(_request(trade, leg), market)
        check_clearance(execution, trade, leg)
    except (Denied, Refused) as error:
        reject(execution, trade, leg, error)
        return
    send(execution, trade, leg, connector, intent, market)


def send(
    execution: Execution, trade: Trade, leg: Leg, connector: VenueConnector, intent: Intent, market: Market
) -> None:
    """Stores the intent as SUBMITTING, sends its bytes, stores the outcome.

    Raises NotSent when nothing of the leg has ever left. One that was UNKNOWN is UNKNOWN again instead: that
    this sending did not leave, or was refused, says nothing about the first.
    """
    claimed = replace(
        leg,
        state=LegState.SUBMITTING,
        client_order_id=intent.client_order_id,
        venue_order_id=intent.venue_order_id,
        intent={**intent.fields, _CLAIM: execution.claim()},
        submitted_at=execution.now(),
        sends=leg.sends + 1,
        absent_since=None,
        reason="",
    )
    try:
        # excludes a second sender: of two Lambdas with the same order one finds the other's claim
        claimed = execution.ledger.move_leg(trade.trade_id, claimed, leg.state)
    except WrongState:
        return
    try:
        report = connector.place(intent, market)
    except NotSent as error:
        if claimed.doubted:
            before = replace(claimed, sends=leg.sends, absent_since=leg.absent_since)
            _store(execution, trade, before, LegState.UNKNOWN, error)
            return
        _store(execution, trade, claimed, LegState.PLANNED, error)
        raise
    except Refused as error:
        if claimed.doubted:
            # perhaps for what the first sending did: its money is gone, the level is eaten
            spent = replace(claimed, sends=MAX_SENDS, absent_since=execution.now())
            _store(execution, trade, spent, LegState.UNKNOWN, error)
        elif isinstance(error, TermsChanged):
            _sign_anew(execution, trade, claimed, connector, market, error)
        else:
            _store(execution, trade, claimed, LegState.REJECTED, error)
    except Conflict as error:
        # the venue has an order of this id: however long its reads lag, it is never believed to be absent
        _store(execution, trade, claimed, LegState.ACKED, error)
    except OutcomeUnknown as error:
        _store(execution, trade, claimed, LegState.UNKNOWN, error)
    else:
        apply_report(execution, trade, claimed, report)


def _sign_anew(
    execution: Execution,
    trade: Trade,
    refused: Leg,
    connector: VenueConnector,
    market: Market,
    error: TermsChanged,
) -> None:
    """One new order under ids of its own where the venue has said which terms it wants signed.

    The first is provably not placed; the new intent is stored before it leaves, like any other. Raises
    NotSent: the leg is PLANNED and the step may be repeated.
    """
    request = _request(trade, refused, attempt=1)
    if refused.client_order_id == request.client_order_id:
        reject(execution, trade, refused, error)
        return
    try:
        # the books that the first was checked against may be old by now
        check_market(execution, trade, refused, market)
        intent = connector.prepare(request, market)
        check_clearance(execution, trade, refused)
    except (Denied, Refused) as refusal:
        reject(execution, trade, refused, refusal)
        return
    except NotSent as failure:
        _store(execution, trade, refused, LegState.PLANNED, failure)
        raise
    renewed = replace(
        refused,
        state=LegState.PLANNED,
        client_order_id=intent.client_order_id,
        venue_order_id=intent.venue_order_id,
        intent=intent.fields,
        reason=f"{type(error).__name__}: {error}",
    )
    # excludes replacing what another Lambda has found out about the first order
    renewed = execution.ledger.move_leg(trade.trade_id, renewed, refused.state)
    send(execution, trade, renewed, connector, intent, market)


def stored_intent(leg: Leg) -> Intent:
    fields: Mapping[str, str] = {key: value for key, value in leg.intent.items() if key != _CLAIM}
    return Intent(leg.client_order_id, leg.venue_order_id, fields)


def reject(execution: Execution, trade: Trade, leg: Leg, error: DutchbookError) -> None:
    """Ends a leg of which nothing is at the venue."""
    _store(execution, trade, leg, LegState.REJECTED, error)


def apply_report(execution: Execution, trade: Trade, leg: Leg, report: OrderReport) -> None:
    """Books the fills and moves the leg in one write: whoever sees the new state sees the fills too.

    Fills are booked whatever else is wrong. Raises InvariantBroken when the venue's order has another id than
    the one computed before sending, or the leg cannot go where the report takes it.
    """
    wrong = ""

    def told(known: Leg) -> Leg:
        nonlocal wrong
        after = _after(known, report)
        if known.state is not leg.state and not leg_may_move(known.state, after.state):
            # a later look, of another Lambda or of a write whose answer was lost, has taken the leg further
            after = known
        wrong = _what_is_wrong(known, after, report)
        return known if wrong else after

    if report.fills:
        execution.ledger.book_fills(trade.trade_id, leg.index, report.fills, told)
    elif (after := told(leg)) != leg:
        # excludes going back from where another Lambda has taken the leg since
        execution.ledger.move_leg(trade.trade_id, after, leg.state)
    if wrong:
        raise InvariantBroken(f"leg {leg.index}: {wrong}")


def _what_is_wrong(leg: Leg, after: Leg, report: OrderReport) -> str:
    if leg.venue_order_id and report.venue_order_id not in ("", leg.venue_order_id):
        return f"{leg.venue} calls order {leg.venue_order_id} {report.venue_order_id}"
    if not leg_may_move(leg.state, after.state):
        return f"it cannot go from {leg.state} to {after.state}, as {leg.venue} says"
    return ""


def _after(leg: Leg, report: OrderReport) -> Leg:
    """The leg, its fills booked, as the report leaves it."""
    state = state_after(leg, report)
    if state is leg.state and leg.absent_since is None:
        return leg
    reason = report.reason
    if state is LegState.CANCELLED:
        reason = f"PriceMoved: {reason or 'nothing to take at the limit price'}"
    return replace(
        leg,
        state=state,
        venue_order_id=report.venue_order_id or leg.venue_order_id,
        absent_since=None,
        reason=reason,
    )


def state_after(leg: Leg, report: OrderReport) -> LegState:
    """Where a report leaves a leg whose fills have been booked. Counts decide, not the venue's words."""
    if leg.state is LegState.CONFIRMING:
        # a reading that met a booking half way has the leg of after it and no fills yet
        if not leg.fills or any(not fill.confirmed and not fill.failed for fill in leg.fills):
            return leg.state
        return LegState.FAILED if any(fill.failed for fill in leg.fills) else LegState.CONFIRMED
    reported = sum(fill.shares for fill in leg.fills)
    if report.status is not OrderStatus.DONE or report.filled > reported:
        return LegState.ACKED  # still working, or its fills are not all listed yet
    if any(fill.failed or not fill.confirmed for fill in leg.fills):
        return LegState.CONFIRMING
    if not leg.filled:
        return LegState.CANCELLED
    return LegState.FILLED if leg.filled >= leg.shares else LegState.PARTIAL


def _size(execution: Execution, trade: Trade, leg: Leg, market: Market, target: int) -> int:
    """Gross shares that bring `target` net, in whole lots, never more than was planned and reserved.

    Raises Refused when that is below the venue's minimum.
    """
    if leg.is_repair:
        return leg.shares
    wanted = min(leg.shares, _gross(execution, trade, leg, market, target))
    shares = wanted - wanted % market.size_step
    notional = shares * leg.limit_price // 1_000_000
    if not shares or shares < market.min_size or (leg.side is Side.BUY and notional < market.min_notional):
        raise InvalidOrder(f"{format_micros(shares)} shares are below {leg.venue}'s minimum")
    return shares


def _gross(execution: Execution, trade: Trade, leg: Leg, market: Market, target: int) -> int:
    if leg.side is Side.SELL or leg.index == 0:
        return leg.shares if leg.index == 0 else target
    if market.fees.gross_up(leg.limit_price, target) == target:
        return target  # no fee in shares
    # a fee in shares depends on the levels taken: ask the book
    book = fresh_books(execution, [market], crossed=one_market(trade))[market.key]
    quote = quote_buy(market, leg.outcome, within_limit(leg, book), target)
    return quote.shares if quote else market.fees.gross_up(leg.limit_price, target)


def _request(trade: Trade, leg: Leg, attempt: int = 0) -> OrderRequest:
    """The leg's order. What is tried again as a new order is a leg of its own, but for TermsChanged."""
    return OrderRequest(
        trade_id=trade.trade_id,
        leg_index=leg.index,
        client_order_id=client_order_id(trade.trade_id, leg.index, attempt),
        key=leg.key,
        outcome=leg.outcome,
        side=leg.side,
        shares=leg.shares,
        limit_price=leg.limit_price,
        attempt=attempt,
    )


def _store(execution: Execution, trade: Trade, leg: Leg, state: LegState, error: DutchbookError) -> None:
    reason = f"{type(error).__name__}: {error}"
    # excludes overwriting what another Lambda has found out since
    execution.ledger.move_leg(trade.trade_id, replace(leg, state=state, reason=reason), leg.state)

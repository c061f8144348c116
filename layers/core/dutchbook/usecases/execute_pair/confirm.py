"""Asking a venue what became of an order: by its ids, as often as its read lag asks for, never for ever."""

from dataclasses import replace

from dutchbook.domain.errors import (
    Denied,
    NotSent,
    OutcomeUnknown,
    Refused,
    VenueUnreachable,
)
from dutchbook.domain.market import Market
from dutchbook.domain.trade import SAME_BYTES_SAFE, Leg, Trade
from dutchbook.domain.trade_states import LegState
from dutchbook.ports.venues import OrderStatus, VenueConnector
from dutchbook.usecases.execute_pair.checks import check_clearance, check_market, check_switches
from dutchbook.usecases.execute_pair.context import Execution
from dutchbook.usecases.execute_pair.place import MAX_SENDS, apply_report, reject, send, stored_intent

SENDER_LIFETIME_MS = 60_000
"""Longer than any leg's Lambda may run (45 s): after it, who stored SUBMITTING is not sending any more."""

CANCEL_AFTER_ROUNDS = 5
"""An order that takes or cancels and still works after this many looks is asked to go."""


def ask(execution: Execution, trade: Trade, leg: Leg, round_: int) -> None:
    """Looks the order up and stores what is new. A venue that cannot be asked leaves all as it is."""
    try:
        market = execution.market(leg.key)
        connector = execution.connector(trade, leg.venue)
        report = connector.lookup(stored_intent(leg), market)
    except (NotSent, Refused, OutcomeUnknown, Denied):
        return  # asked again later; what stays silent for too long is quarantined
    if report.status is OrderStatus.NOT_FOUND and not report.fills and not report.filled:
        _not_found(execution, trade, leg, connector, market)
        return
    apply_report(execution, trade, leg, report)
    if report.status is OrderStatus.WORKING and round_ >= CANCEL_AFTER_ROUNDS:
        _cancel(connector, leg, market)


def _not_found(
    execution: Execution, trade: Trade, leg: Leg, connector: VenueConnector, market: Market
) -> None:
    """Believes an absence only when it is said again a read lag after it was first said.

    An order that was acknowledged or matched is never believed to be absent.
    """
    now = execution.now()
    if leg.state is LegState.SUBMITTING:
        sent_ms = (now - (leg.submitted_at or now)).total_seconds() * 1000
        if sent_ms < SENDER_LIFETIME_MS:
            return  # its sender may be about to send
        _note_absent(execution, trade, leg)
    elif leg.state is LegState.UNKNOWN and leg.absent_since is None:
        _note_absent(execution, trade, leg)
    elif leg.state is LegState.UNKNOWN and leg.absent_since is not None:
        absent_ms = (now - leg.absent_since).total_seconds() * 1000
        if absent_ms >= connector.read_lag_ms():
            _absent(execution, trade, leg, connector, market, int(absent_ms))


def _note_absent(execution: Execution, trade: Trade, leg: Leg) -> None:
    noted = replace(leg, state=LegState.UNKNOWN, absent_since=execution.now())
    # excludes forgetting what another Lambda has found
    execution.ledger.move_leg(trade.trade_id, noted, leg.state)


def _absent(
    execution: Execution,
    trade: Trade,
    leg: Leg,
    connector: VenueConnector,
    market: Market,
    absent_ms: int,
) -> None:
    """The order is not found over the read lag: the same bytes go once more, which fences off a late first.

    Where they may not go again (for whatever reason: it may be the first order's own doing), the order is
    given up when its absence has outlasted any sender.
    """
    if _may_go_again(execution, trade, leg, market):
        send(execution, trade, leg, connector, stored_intent(leg), market)
    elif absent_ms >= SENDER_LIFETIME_MS:
        reject(execution, trade, leg, VenueUnreachable(f"the order never arrived at {leg.venue}"))


def _may_go_again(execution: Execution, trade: Trade, leg: Leg, market: Market) -> bool:
    if leg.venue not in SAME_BYTES_SAFE or leg.sends >= MAX_SENDS:
        return False
    try:
        check_switches(execution, trade, leg)
        check_market(execution, trade, leg, market)
        check_clearance(execution, trade, leg)
    except (Denied, Refused):
        return False
    return True


def _cancel(connector: VenueConnector, leg: Leg, market: Market) -> None:
    try:
        connector.cancel(stored_intent(leg), market)
    except (NotSent, Refused, OutcomeUnknown):
        return  # asked again at the next look

"""An ended trade against the venues' own orders, fills and positions. Books what is there; sends no order.

Venues report fills late, and a quarantined trade is flagged before every order's fate is known. So each trade
is compared once more after its end, a quarantined one until no order is in doubt.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from dutchbook.domain.decision import end_state
from dutchbook.domain.dust import ended_with_it
from dutchbook.domain.errors import Denied, NotSent, OutcomeUnknown, Refused, VenueUnreachable
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import format_micros
from dutchbook.domain.trade import Leg, Trade
from dutchbook.domain.trade_states import OPEN_LEG_STATES, LegState, TradeState, leg_may_move
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.notices import FOR_GOOD_SECONDS, Notice
from dutchbook.ports.venues import OrderReport, OrderStatus
from dutchbook.usecases.execute_pair.confirm import SENDER_LIFETIME_MS
from dutchbook.usecases.execute_pair.context import Execution, leg_of
from dutchbook.usecases.execute_pair.finish import after_end, call_human
from dutchbook.usecases.execute_pair.place import apply_report, reject, state_after, stored_intent
from dutchbook.usecases.execute_pair.tell import all_of

MAX_COMPARISONS = 200
"""Some seven hours of a venue that cannot be asked (keys taken away); what is then unsure stays reserved."""

_UNASKABLE = (NotSent, Refused, OutcomeUnknown, Denied)


def compare(execution: Execution, trade: Trade, looks: int) -> bool:
    """One look; True when nothing is left to look for. Raises InvariantBroken on an order not ours.

    Books first and tells last: that nobody can be told keeps no fill from being booked, and an order that
    cannot be looked at keeps nothing from being told. What fails is raised, and done by the next look.
    """
    answers: dict[int, _Look] = {}

    def look(leg: Leg) -> None:
        answers[leg.index] = _compare_leg(execution, trade, leg)

    asked = [leg for leg in trade.legs if leg.sends]
    all_of(
        *(partial(look, leg) for leg in asked),
        lambda: _tell(execution, trade.trade_id, [i for i, answer in answers.items() if answer.at_work]),
    )
    trade = execution.trade(trade.trade_id)
    told = all(answer.told for answer in answers.values()) and _positions_agree(execution, trade, looks)
    given_up = not told and looks >= MAX_COMPARISONS
    if given_up:
        _tell_given_up(execution, trade)
    done = (told or given_up) and not trade.unsure
    execution.ledger.checked(trade.trade_id, done=done)
    return done


def _tell(execution: Execution, trade_id: str, at_work: Sequence[int]) -> None:
    """What the books say now; the Lambda that ended the trade may have died before it told anybody."""
    trade = execution.trade(trade_id)
    cause = _wrong_end(execution, trade)
    if cause:
        call_human(execution, trade, cause)
        trade = execution.trade(trade_id)
    all_of(
        lambda: after_end(execution, trade),
        *(partial(_tell_at_work, execution, trade, leg_of(trade, index)) for index in at_work),
    )


class _Look(NamedTuple):
    """At one leg's order."""

    told: bool
    """Whether the venue has told all there is."""
    at_work: bool = False
    """Whether it may still fill, though the trade wants nothing more of it."""


def _compare_leg(execution: Execution, trade: Trade, leg: Leg) -> _Look:
    """Stores what the venue knows beyond us, and has an order cancelled that is still at work."""
    try:
        market = execution.market(leg.key)
        connector = execution.connector(trade, leg.venue)
        report = connector.lookup(stored_intent(leg), market)
    except _UNASKABLE:
        return _Look(told=False)
    if report.status is OrderStatus.NOT_FOUND and not report.fills and not report.filled:
        known = leg.state not in OPEN_LEG_STATES
        return _Look(known or _absent(execution, trade, leg, connector.read_lag_ms()))
    if report.fills:
        leg = execution.ledger.book_fills(trade.trade_id, leg.index, report.fills)
    after = state_after(leg, report)
    if leg_may_move(leg.state, after):
        apply_report(execution, trade, leg, report)
    at_work = report.status is OrderStatus.WORKING
    if at_work:
        with suppress(*_UNASKABLE):  # the next look finds it at work still
            connector.cancel(stored_intent(leg), market)
    return _Look(_told_all(leg, report), at_work)


def _told_all(leg: Leg, report: OrderReport) -> bool:
    listed = sum(fill.shares for fill in leg.fills)
    settled = all(fill.confirmed or fill.failed for fill in leg.fills)
    return report.status is OrderStatus.DONE and report.filled <= listed and settled


def _absent(execution: Execution, trade: Trade, leg: Leg, read_lag_ms: int) -> bool:
    """Believes an absence that is said again after its sender is dead and the reads have caught up.

    An order that was acknowledged is never believed to be absent.
    """
    if leg.state is LegState.ACKED:
        return False
    if leg.absent_since is None:
        noted = replace(leg, state=LegState.UNKNOWN, absent_since=execution.now())
        # excludes forgetting what another Lambda has found
        execution.ledger.move_leg(trade.trade_id, noted, leg.state)
        return False
    absent_ms = (execution.now() - leg.absent_since).total_seconds() * 1000
    if absent_ms < max(read_lag_ms, SENDER_LIFETIME_MS):
        return False
    reject(execution, trade, leg, VenueUnreachable(f"the order never arrived at {leg.venue}"))
    return True


def _wrong_end(execution: Execution, trade: Trade) -> str:
    """In words, if a fill that came after the end has left a trade that is not what its state says."""
    if trade.state is TradeState.QUARANTINED:
        return ""
    held = [trade.held(leg) for leg in trade.planned_legs]
    if end_state(trade) is trade.state and (trade.state is TradeState.NOT_TAKEN or _level(execution, trade)):
        return ""
    words = ", ".join(format_micros(shares) for shares in held)
    return f"a fill was reported after the trade had ended as {trade.state}: legs now hold {words}"


def _level(execution: Execution, trade: Trade) -> bool:
    """Whether the legs differ by no more than dust, or by just the remainder that the trade ended with."""
    held = [trade.held(leg) for leg in trade.planned_legs]
    return max(held) - min(held) <= execution.dust(trade) or ended_with_it(trade)


def _positions_agree(execution: Execution, trade: Trade, looks: int) -> bool:
    """Whether the venues hold at least what the ledger says of the trade's markets.

    More may be there: a fill under way, or the owner's own. Less, said twice, is told to a human. A market
    that is over holds nothing any more: its payout is settlement's business.
    """
    keys = {leg.key for leg in trade.legs}
    booked = {
        (one.key, one.outcome): one.shares
        for one in execution.ledger.positions(trade.agent_id)
        if one.simulated is trade.simulated and one.key in keys
    }
    missing = []
    for venue in {key.venue for key, _ in booked}:
        try:
            there = _at_venue(execution, trade, venue)
        except _UNASKABLE:
            return False
        for (key, outcome), shares in booked.items():
            short = shares - there.get((key, outcome), 0)
            if key.venue is venue and short > execution.dust(trade) and execution.market(key).tradeable:
                missing.append(f"{format_micros(short)} {outcome} of {key}")
    if missing and looks > 1:
        _tell_missing(execution, trade, ", ".join(missing))
    return not missing or looks > 1


def _at_venue(execution: Execution, trade: Trade, venue: Venue) -> Mapping[tuple[MarketKey, Outcome], int]:
    positions = execution.connector(trade, venue).positions()
    return {(position.key, position.outcome): position.shares for position in positions}


def _tell_at_work(execution: Execution, trade: Trade, leg: Leg) -> None:
    execution.notifier.send(
        Notice(
            kind="mismatch",
            agent_id=trade.agent_id,
            what=f"{trade.title or trade.pair_id}: the order of leg {leg.index} ({leg.state}) is at work at"
            f" {leg.venue} though the trade has ended as {trade.state}",
            next_step="Its cancellation is asked for, and what it fills until then is booked. See that it is"
            " gone (runbook: mismatch).",
            trade_id=trade.trade_id,
            venue=leg.venue.value,
            dedupe_key=f"at-work:{trade.trade_id}:{leg.index}",
            once_seconds=FOR_GOOD_SECONDS,
        )
    )


def _tell_given_up(execution: Execution, trade: Trade) -> None:
    """Also where a leg in doubt keeps the trade in the queue: whoever is told once need not be told again."""
    venues = ", ".join(sorted({leg.venue.value for leg in trade.legs if leg.sends}))
    execution.notifier.send(
        Notice(
            kind="mismatch",
            agent_id=trade.agent_id,
            what=f"{trade.title or trade.pair_id}: in {MAX_COMPARISONS} looks after its end as {trade.state}"
            f" the records of {venues} could not be read, or did not agree with the ledger",
            next_step="Compare its orders and fills with the account by hand (runbook: mismatch).",
            trade_id=trade.trade_id,
            dedupe_key=f"not-compared:{trade.trade_id}:{trade.ends}",
            once_seconds=FOR_GOOD_SECONDS,
        )
    )


def _tell_missing(execution: Execution, trade: Trade, missing: str) -> None:
    execution.notifier.send(
        Notice(
            kind="mismatch",
            agent_id=trade.agent_id,
            what=f"The venue holds less than the ledger says: {missing}",
            next_step="Look at the account: was something sold by hand or redeemed (runbook: mismatch)?",
            trade_id=trade.trade_id,
            dedupe_key=f"mismatch:{trade.trade_id}",
        )
    )

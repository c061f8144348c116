"""The scheduled pass that follows positions to cash: open → resolved → payable → redeemed.

Every run looks at all positions anew, so one that dies, or a venue that does not answer, costs a few minutes
and nothing else. Money moves in one conditional step for each position (`Settlements.settle`) after it was
fetched (`Redeemer.redeem`), and both may be repeated.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from dutchbook.domain.errors import DutchbookError, NotFound, NotSent, WrongState
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import format_micros
from dutchbook.domain.pair import PairStatus
from dutchbook.domain.settlement import Resolution, Stage, disagreement
from dutchbook.domain.trade import Trade
from dutchbook.domain.venue import Venue
from dutchbook.ports.agents import Agents, AuditEntry
from dutchbook.ports.clock import Clock, utc
from dutchbook.ports.ledger import Ledger, Position
from dutchbook.ports.markets import MarketStore
from dutchbook.ports.notices import Notice, Notifier
from dutchbook.ports.settlement import Redeemer, Resolutions, Settlement, Settlements
from dutchbook.usecases.manage_pairs import OPERATORS_AUDIT

ACTOR = "settle_positions"

MARKETS_A_PASS: Mapping[Venue, int] = {Venue.KALSHI: 2_000, Venue.POLYMARKET: 2_000, Venue.LIMITLESS: 200}
"""How many markets a pass asks about; more take turns. Limitless answers three a second, one by one."""

_TURN_MS = 300_000


@dataclass(frozen=True, slots=True)
class Desk:
    """What a pass needs of the world."""

    settlements: Settlements
    ledger: Ledger
    agents: Agents
    markets: MarketStore
    resolutions: Mapping[Venue, Resolutions]
    redeemer: Callable[[Position], Redeemer | None]
    """Who fetches a position's money; None where this function may not."""
    notifier: Notifier
    clock: Clock
    record: Callable[[datetime, Iterable[Resolution]], None] | None = None
    """Keeps what the venues said beside the recorded books, for replays; None where nothing is recorded."""


@dataclass(slots=True)
class PassReport:
    """What happened, in counts; dollars as decimal text."""

    held: int = 0
    resolved: int = 0
    paid: int = 0
    payout: str = "0"
    realised: str = "0"
    """What the payouts brought beyond cost (negative: a loss), of live positions and of simulated ones."""
    realised_simulated: str = "0"
    exposure: str = "0"
    """What the positions that were held before the pass have cost."""
    exposure_simulated: str = "0"
    flagged: int = 0
    down: dict[str, str] = field(default_factory=dict)
    """Venue, or the recording → why it could not be asked or written."""
    failed: dict[str, str] = field(default_factory=dict)
    """Position, or market → what went wrong with it; the next pass tries again."""

    unreadable: dict[str, str] = field(default_factory=dict)
    """Market → why the venue's word on it cannot be used; the next pass asks again."""

    def to_record(self) -> dict[str, Any]:
        return asdict(self)


def settle_positions(desk: Desk) -> PassReport:
    """One pass over everybody's positions. Raises only what makes it impossible (the stores failing)."""
    report = PassReport()
    held = list(desk.settlements.held())
    report.held = len(held)
    answers = _ask(desk, {position.key for position in held}, report)
    _record(desk, answers.values(), report)
    paid: list[Settlement] = []
    touched: dict[str, set[str]] = {}
    for position in held:
        answer = answers.get(position.key)
        if why := report.unreadable.get(str(position.key)):
            desk.notifier.send(_cannot_be_used(position, why))
        if answer is None or answer.stage is position.stage is Stage.OPEN:
            continue
        try:
            if settled := _follow(desk, position, answer, report):
                paid.append(settled)
        except DutchbookError as error:
            report.failed[f"{position.agent_id} {position.key}"] = f"{type(error).__name__}: {error}"
            continue
        touched.setdefault(position.agent_id, set()).update(position.trade_ids)
    for agent_id, trade_ids in sorted(touched.items()):
        report.flagged += _check_trades(desk, agent_id, trade_ids, answers)
    _add_up(report, held, paid)
    return report


def _add_up(report: PassReport, held: Sequence[Position], paid: Sequence[Settlement]) -> None:
    """Dollars, live and simulated ones never in one sum, except `payout`."""
    report.payout = format_micros(sum(each.payout for each in paid))
    report.realised = format_micros(sum(each.realised for each in paid if not each.simulated))
    report.realised_simulated = format_micros(sum(each.realised for each in paid if each.simulated))
    report.exposure = format_micros(sum(each.cost for each in held if not each.simulated))
    report.exposure_simulated = format_micros(sum(each.cost for each in held if each.simulated))


def rule(
    settlements: Settlements,
    agents: Agents,
    clock: Clock,
    resolution: Resolution,
    reason: str,
    operator: str,
) -> None:
    """An operator's word on what a venue that named no value has paid: dollars a share, or the bet back.

    Kept in the operators' audit log. The next pass pays by it.
    """
    settlements.rule(resolution)
    paid = "the bet" if resolution.refund else format_micros(resolution.yes_value or 0)
    detail = {"market": str(resolution.key), "yes_pays": paid, "reason": reason}
    agents.write_audit(OPERATORS_AUDIT, AuditEntry(utc(clock.now_ms()), operator, "ruling", detail))


def close_what_is_gone(
    ledger: Ledger, settlements: Settlements, agent_id: str, trade_ids: Iterable[str]
) -> None:
    """Closes those of an agent's trades of which no position holds anything: they wait for no profit."""
    still = {trade_id for position in ledger.positions(agent_id) for trade_id in position.trade_ids}
    for trade_id in sorted(set(trade_ids) - still):
        trade = ledger.trade(trade_id)
        if trade is not None and trade.ended and trade.closed_at is None:
            settlements.close(trade_id)


def _ask(desk: Desk, keys: Iterable[MarketKey], report: PassReport) -> dict[MarketKey, Resolution]:
    answers: dict[MarketKey, Resolution] = {}
    by_venue: dict[Venue, list[MarketKey]] = {}
    for key in sorted(keys):
        by_venue.setdefault(key.venue, []).append(key)
    for venue, all_keys in by_venue.items():
        asked = _turn(all_keys, MARKETS_A_PASS[venue], desk.clock.now_ms())
        markets = desk.markets.markets(asked)
        report.failed.update({str(key): "is in no catalogue" for key in asked if key not in markets})
        try:
            told = desk.resolutions[venue].resolutions(list(markets.values()))
        except NotSent as error:
            report.down[venue.value] = str(error)
            continue
        untold = {str(key) for key in asked if key in markets} - {str(one.key) for one in told.values()}
        report.failed.update(dict.fromkeys(untold, f"{venue} tells nothing of it any more"))
        for answer in told.values():
            if answer.unreadable:
                report.unreadable[str(answer.key)] = answer.unreadable
            else:
                answers[answer.key] = answer
    ruled = _ruled(desk, answers, map(MarketKey.parse, report.unreadable))
    for key in ruled:
        report.unreadable.pop(str(key), None)
    return {**answers, **ruled}


def _record(desk: Desk, answers: Iterable[Resolution], report: PassReport) -> None:
    if desk.record is None:
        return
    try:
        desk.record(utc(desk.clock.now_ms()), answers)
    except DutchbookError as error:  # a recording that fails costs the pass nothing
        report.down["recording"] = str(error)


def _ruled(
    desk: Desk, answers: Mapping[MarketKey, Resolution], unreadable: Iterable[MarketKey]
) -> Mapping[MarketKey, Resolution]:
    """What operators say of markets whose venue names no value, or none that can be used."""
    silent = [key for key, told in answers.items() if told.stage is Stage.RESOLVED and told.yes_value is None]
    silent += unreadable
    return desk.settlements.rulings(silent) if silent else {}


def _turn(keys: Sequence[MarketKey], most: int, now_ms: int) -> list[MarketKey]:
    """All keys, or the next `most` of them: whose turn it is follows from the time alone."""
    if len(keys) <= most:
        return list(keys)
    start = now_ms // _TURN_MS * most % len(keys)
    return [*keys[start:], *keys[:start]][:most]


def _follow(desk: Desk, position: Position, answer: Resolution, report: PassReport) -> Settlement | None:
    """Takes a position as far as it can go now. Returns what was paid, if anything was."""
    desk.settlements.mark(position, answer.stage, answer.worth(position.outcome))
    if answer.stage is Stage.OPEN:
        return None
    report.resolved += 1
    if answer.stage is Stage.RESOLVED:
        if answer.yes_value is None:
            desk.notifier.send(_without_value(position))
        return None
    redeemer, current = desk.redeemer(position), _current(desk.ledger, position)
    if redeemer is None or current is None or _under_way(desk.ledger, current):
        return None
    # a bet that was given back came as dollars, not for shares: the operator's word is that it has
    given_back = answer.refund and not current.simulated
    if not given_back and not redeemer.redeem(current, answer):
        return None
    # excludes booking it twice: a second pass finds nothing held
    paid = desk.settlements.settle(current, answer)
    if paid is None:
        return None
    report.paid += 1
    detail = {
        "market": str(paid.key),
        "outcome": paid.outcome.value,
        "payout": format_micros(paid.payout),
        "realised": format_micros(paid.realised),
    }
    desk.agents.write_audit(paid.agent_id, AuditEntry(paid.at, ACTOR, "settled", detail))
    return paid


def _current(ledger: Ledger, seen: Position) -> Position | None:
    """The position as it is now: the index that told of it lags."""
    for position in ledger.positions(seen.agent_id):
        if (position.key, position.outcome, position.simulated) == (seen.key, seen.outcome, seen.simulated):
            return position
    return None


def _under_way(ledger: Ledger, position: Position) -> bool:
    """Whether a trade that still moves may change what is held."""
    trades = (ledger.trade(trade_id) for trade_id in position.trade_ids)
    return any(trade is not None and not trade.ended for trade in trades)


def _check_trades(
    desk: Desk, agent_id: str, trade_ids: Iterable[str], answers: Mapping[MarketKey, Resolution]
) -> int:
    """Closes what is over and flags what the venues settled differently. Returns how many were flagged."""
    ids = sorted(trade_ids)
    close_what_is_gone(desk.ledger, desk.settlements, agent_id, ids)
    flagged = 0
    for trade_id in ids:
        trade = desk.ledger.trade(trade_id)
        if trade is None or trade.flag or not trade.ended:
            continue
        text = disagreement(
            trade, [_worth(trade, index, answers) for index in range(len(trade.planned_legs))]
        )
        if text:
            _report_disagreement(desk, trade, text)
            flagged += 1
    return flagged


def _worth(trade: Trade, place: int, answers: Mapping[MarketKey, Resolution]) -> int | None:
    """What a share of the planned leg at this place paid or will pay; None while that may still change."""
    leg = trade.planned_legs[place]
    if leg.index in trade.settled:
        return trade.settled[leg.index]
    answer = answers.get(leg.key)
    if answer is None or answer.stage is not Stage.PAYABLE:
        return None
    return answer.worth(leg.outcome)


def _report_disagreement(desk: Desk, trade: Trade, text: str) -> None:
    """The pair is blocked for everybody, its owner told, the trade flagged last: a repeat does all again."""
    with suppress(WrongState, NotFound):  # blocked or rejected already, or it is no pair of ours
        desk.markets.set_pair_status(
            trade.pair_id, [PairStatus.APPROVED, PairStatus.PROPOSED], PairStatus.BLOCKED, text, ACTOR
        )
    desk.notifier.send(
        Notice(
            kind="settled-differently",
            agent_id=trade.agent_id,
            what=f"{trade.title or trade.pair_id}: {text}",
            next_step="The pair is blocked. What is paid is booked as it comes; compare the rule texts.",
            trade_id=trade.trade_id,
            dedupe_key=f"settled-differently:{trade.trade_id}",
        )
    )
    entry = AuditEntry(
        utc(desk.clock.now_ms()), ACTOR, "settled-differently", {"trade": trade.trade_id, "text": text}
    )
    desk.agents.write_audit(trade.agent_id, entry)
    desk.settlements.flag(trade.trade_id, text)


def _cannot_be_used(position: Position, why: str) -> Notice:
    what = position.title or str(position.key)
    return Notice(
        kind="resolution-unreadable",
        agent_id=position.agent_id,
        what=f"{what}: {position.key.venue} says of its end what cannot be used: {why}",
        next_step="It is asked again at every pass. If it stays so, an operator looks at the venue's page:"
        " its answer may have a form that is not known here. What it has paid can be said by"
        " POST /api/rulings.",
        venue=position.key.venue.value,
        dedupe_key=f"resolution-unreadable:{position.agent_id}:{position.key}",
    )


def _without_value(position: Position) -> Notice:
    return Notice(
        kind="resolved-without-value",
        agent_id=position.agent_id,
        what=f"{position.title or position.key}: {position.key.venue} closed the market and names no outcome",
        next_step="It may be decided later, or the bets given back. Once that is known an operator says so"
        " (POST /api/rulings).",
        venue=position.key.venue.value,
        dedupe_key=f"resolved-without-value:{position.agent_id}:{position.key}",
    )

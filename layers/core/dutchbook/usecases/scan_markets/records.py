"""What a scan leaves behind of each pair and direction: taken, eligible or rejected, with the reason."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from dutchbook.domain.money import format_micros
from dutchbook.domain.opportunity import Curve, Direction, LegQuote, Opportunity, Rejection, percent
from dutchbook.domain.pair import Pair
from dutchbook.domain.sizing import cut
from dutchbook.domain.venue import Venue
from dutchbook.ports.clock import utc
from dutchbook.ports.markets import OpportunityRecord
from dutchbook.usecases.scan_markets.allocate import Taken

UNBOUNDED = 10**15
"""Dollars (micros) beyond any book's depth: sizes an opportunity for nobody's budget."""


def of_curve(
    tick_id: str, curve: Curve, taken: Iterable[Taken], why_not: str, now_ms: int
) -> OpportunityRecord:
    """A direction that pays: taken by agents, or why nobody took it."""
    direction = curve.direction
    mine = [
        each
        for each in taken
        if each.plan.pair_id == direction.pair_id and each.plan.direction == direction.label
    ]
    whole = cut(curve, 0, UNBOUNDED, dict.fromkeys(Venue, UNBOUNDED))
    if isinstance(whole, Rejection):
        return of_rejection(tick_id, direction, whole, utc(now_ms))
    verdict = "taken" if mine else "eligible"
    reason = (
        f"taken by {len(mine)} agent{'s' if len(mine) > 1 else ''}"
        if mine
        else f"{why_not}; best {percent(curve.best_return)}"
    )
    return _record(tick_id, direction, verdict, reason, utc(now_ms), whole, len(mine))


def of_rejection(
    tick_id: str, direction: Direction, rejection: Rejection, seen_at: datetime
) -> OpportunityRecord:
    return OpportunityRecord(
        tick_id,
        direction.pair_id,
        direction.label,
        direction.a.question,
        seen_at,
        "rejected",
        rejection.detail,
    )


def of_skipped(tick_id: str, pair: Pair, reason: str, seen_at: datetime) -> OpportunityRecord:
    """A pair that could not be looked at in this tick."""
    return OpportunityRecord(tick_id, pair.pair_id, "", pair.title, seen_at, "rejected", reason)


def _record(
    tick_id: str,
    direction: Direction,
    verdict: str,
    reason: str,
    seen_at: datetime,
    found: Opportunity,
    trades: int,
) -> OpportunityRecord:
    return OpportunityRecord(
        tick_id=tick_id,
        pair_id=direction.pair_id,
        direction=direction.label,
        title=direction.a.question,
        seen_at=seen_at,
        verdict=verdict,
        reason=reason,
        shares=found.shares,
        cost=found.cost,
        net_profit=found.net_profit,
        net_return=found.net_return,
        annualised=found.annualised or 0,
        days=found.days or 0,
        legs=tuple(_leg(leg) for leg in found.legs),
        trades=trades,
    )


def _leg(leg: LegQuote) -> Mapping[str, str]:
    return {
        "venue": leg.venue.value,
        "market_id": leg.market_id,
        "outcome": leg.outcome.value,
        "side": leg.side.value,
        "limit_price": format_micros(leg.limit_price),
        "shares": format_micros(leg.shares),
        "fee_usd": format_micros(leg.fee_usd),
        "fee_shares": format_micros(leg.fee_shares),
    }

"""What an agent may still do: its limits against what it has done. The ledger enforces them once more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from dutchbook.domain.agent import Limits
from dutchbook.domain.money import PPM, div_ceil, format_micros
from dutchbook.domain.opportunity import Opportunity, percent
from dutchbook.domain.venue import Venue


class Limit(StrEnum):
    """Which limit says no."""

    MAX_TRADES = "maxTrades"
    MAX_DAILY_LOSS = "maxDailyLoss"
    MAX_POSITION = "maxPosition"
    MAX_DAYS = "maxDays"
    MIN_PROFIT = "minProfit"
    BUDGET = "budget"
    IN_FLIGHT = "inFlight"
    PLATFORMS = "platforms"


class Denial(NamedTuple):
    """Why an agent does not take an opportunity."""

    limit: Limit
    detail: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What an agent has done and holds. Dollars in micros."""

    exposure: int
    """Cost, fees in, of open positions, and reservations."""
    trades_today: int
    """Trades started on this UTC day."""
    result_today: int
    """What this UTC day has realised, less what open positions can still lose; negative is a loss."""
    available: Mapping[Venue, int]
    """What is free to be set aside on each venue."""
    pairs_in_flight: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the next trade may set aside, micros of a dollar: in all, and on each venue."""

    max_cost: int
    budgets: Mapping[Venue, int]


def utc_day(now_ms: int) -> str:
    """The day that daily limits count by: ``2026-03-01``."""
    return datetime.fromtimestamp(now_ms // 1000, UTC).date().isoformat()


def allowance(limits: Limits, standing: Standing) -> Allowance | Denial:
    """What the agent may still put into a trade of any pair, or the limit that lets it enter nothing."""
    if standing.trades_today >= limits.max_trades:
        return Denial(Limit.MAX_TRADES, f"{standing.trades_today} of {limits.max_trades} trades today")
    if standing.result_today <= -limits.max_daily_loss:
        lost = format_micros(-standing.result_today)
        return Denial(
            Limit.MAX_DAILY_LOSS, f"${lost} lost today of at most ${format_micros(limits.max_daily_loss)}"
        )
    room = limits.max_position - standing.exposure
    if room <= 0:
        return Denial(
            Limit.MAX_POSITION,
            f"${format_micros(standing.exposure)} of ${format_micros(limits.max_position)} in use",
        )
    return Allowance(room, {venue: max(0, free) for venue, free in standing.available.items()})


def loss_at_stop(limits: Limits, cost: int) -> int:
    """Dollars (micros, rounded up) that a position of this cost loses when its stop closes it."""
    return div_ceil(cost * limits.stop_loss, PPM)


def risks_too_much(limits: Limits, standing: Standing, loss: int) -> Denial | None:
    """Whether an entry that may lose this much breaks the limit beside what the day lost and may lose."""
    left = limits.max_daily_loss + standing.result_today
    if loss <= left:
        return None
    return Denial(
        Limit.MAX_DAILY_LOSS,
        f"its stop may lose ${format_micros(loss)}, ${format_micros(max(0, left))} of"
        f" ${format_micros(limits.max_daily_loss)} are left today",
    )


def refuses(limits: Limits, standing: Standing, opportunity: Opportunity) -> Denial | None:
    """The first limit that this opportunity breaks, None when the agent may take it.

    Asked before the reservation by the scan and again before an order leaves.
    """
    allowed = allowance(limits, standing)
    if isinstance(allowed, Denial):
        return allowed
    if opportunity.pair_id in standing.pairs_in_flight:
        return Denial(Limit.IN_FLIGHT, f"a trade on {opportunity.pair_id} is in flight")
    if opportunity.net_return < limits.min_profit:
        return Denial(
            Limit.MIN_PROFIT,
            f"net {percent(opportunity.net_return)} is below the least {percent(limits.min_profit)}",
        )
    return _too_long(limits, opportunity) or _too_dear(allowed, opportunity)


def _too_long(limits: Limits, opportunity: Opportunity) -> Denial | None:
    """A date that nobody knows is too late: two venues may differ by months, and nobody could say so."""
    if opportunity.days is None:
        first, second = opportunity.legs
        if first.venue is second.venue:
            return None  # one venue settles both legs together, whenever that is
        return Denial(Limit.MAX_DAYS, "no venue says when it pays")
    if opportunity.days > limits.max_days:
        return Denial(Limit.MAX_DAYS, f"pays in {opportunity.days} days, at most {limits.max_days} allowed")
    return None


def _too_dear(allowed: Allowance, opportunity: Opportunity) -> Denial | None:
    total = 0
    for venue, amount in opportunity.reserve.items():
        total += amount
        free = allowed.budgets.get(venue)
        if free is None:
            return Denial(Limit.PLATFORMS, f"the agent does not trade on {venue}")
        if amount > free:
            return Denial(
                Limit.BUDGET, f"${format_micros(amount)} needed on {venue}, ${format_micros(free)} free"
            )
    if total > allowed.max_cost:
        return Denial(
            Limit.MAX_POSITION,
            f"${format_micros(total)} needed, ${format_micros(allowed.max_cost)} left of maxPosition",
        )
    return None

"""Which opportunity is taken first: integers only, so that every machine ranks alike."""

from datetime import UTC, datetime, timedelta

from dutchbook.domain.market import Market
from dutchbook.domain.money import div_ceil
from dutchbook.domain.opportunity import Opportunity

DAYS_A_YEAR = 365
_MILLISECOND = timedelta(milliseconds=1)
_DAY_MS = timedelta(days=1) // _MILLISECOND


def settles_at(*markets: Market) -> datetime | None:
    """When the last of the markets pays: the close of trading where no payout date is given.

    None when any venue says neither.
    """
    dates = [market.resolves_at or market.closes_at for market in markets]
    known = [date for date in dates if date is not None]
    return max(known) if len(known) == len(dates) else None


def days_until(moment: datetime, now_ms: int) -> int:
    """Days that the money is tied up, rounded up, at least one."""
    wait_ms = (moment - datetime.fromtimestamp(0, UTC)) // _MILLISECOND - now_ms
    return max(1, div_ceil(wait_ms, _DAY_MS))


def annualised(net_return: int, days: int) -> int:
    """Simple return a year, ppm, rounded down: net return × 365 / max(days, 1). Nothing is compounded."""
    return net_return * DAYS_A_YEAR // max(days, 1)


def rank(opportunity: Opportunity) -> tuple[bool, int, int, str, str]:
    """Sort key, best first: annualised net return, net dollars, pair id. Unknown dates come last."""
    return (
        opportunity.annualised is None,
        -(opportunity.annualised or 0),
        -opportunity.net_profit,
        opportunity.pair_id,
        opportunity.direction,
    )

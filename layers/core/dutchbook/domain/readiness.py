"""Whether a demo record is evidence enough to trade real money: a checklist, and what is missing.

The net result must be above zero with 95 % confidence, one-sided. Trades on one event win and lose together,
so each event counts as one observation, however many trades there were: S ± t·√n·s, Student's t with n − 1
degrees of freedom (Gosset 1908). That takes the events for independent and their results for roughly
normal; it is a hurdle and no promise.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isqrt

from dutchbook.domain.money import PPM, format_micros
from dutchbook.domain.opportunity import percent
from dutchbook.domain.result import Result
from dutchbook.domain.statistics import max_drawdown

LEAST_TRADES = 20
LEAST_EVENTS = 5
LEAST_DAYS = 7
LEAST_FILL_RATE = 800_000
"""Of the trades of which an order was sent, those that were completed, ppm."""

_T_95 = (
    6_313_752,
    2_919_986,
    2_353_363,
    2_131_847,
    2_015_048,
    1_943_180,
    1_894_579,
    1_859_548,
    1_833_113,
    1_812_461,
    1_795_885,
    1_782_288,
    1_770_933,
    1_761_310,
    1_753_050,
    1_745_884,
    1_739_607,
    1_734_064,
    1_729_133,
    1_724_718,
    1_720_743,
    1_717_144,
    1_713_872,
    1_710_882,
    1_708_141,
    1_705_618,
    1_703_288,
    1_701_131,
    1_699_127,
    1_697_261,
)
"""95 % quantiles of Student's t for 1 to 30 degrees of freedom, ppm; beyond, 30's is a little too strict."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checklist, as text; `missing` is empty when it is passed."""

    name: str
    required: str
    actual: str
    missing: str = ""

    @property
    def passed(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True)
class Orders:
    """Trades of which an order was sent, and how many of them were completed."""

    sent: int
    completed: int


@dataclass(frozen=True, slots=True)
class Readiness:
    checks: tuple[Check, ...]

    @property
    def ready(self) -> bool:
        return all(check.passed for check in self.checks)

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(check.missing for check in self.checks if check.missing)


def readiness(
    results: Sequence[Result], events: Mapping[str, str], orders: Orders, max_daily_loss: int
) -> Readiness:
    """Of results in the order in which they closed.

    `events` names the event of each trade by its id; a drawdown may be as deep as the owner's own
    maxDailyLoss (micros).
    """
    by_event: dict[str, int] = {}
    for result in results:
        event = events.get(result.trade_id, str(result.market))
        by_event[event] = by_event.get(event, 0) + result.realised
    days = {result.closed_at.date() for result in results}
    return Readiness(
        (
            _at_least("trades", LEAST_TRADES, len(results), "closed trades"),
            _at_least("events", LEAST_EVENTS, len(by_event), "different events"),
            _at_least("days", LEAST_DAYS, len(days), "days on which a trade closed"),
            _net_result(list(by_event.values())),
            _fill_rate(orders),
            _drawdown([result.realised for result in results], max_daily_loss),
        )
    )


def joined(links: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A name for each of these: the same for all that are linked, directly or through others."""
    names: dict[str, str] = {}
    groups: dict[str, set[str]] = {}
    for link in links:
        for one in link:
            groups.setdefault(names.setdefault(one, one), {one})
        left, right = sorted(names[one] for one in link)
        if left != right:
            moved = groups.pop(right)
            groups[left] |= moved
            names.update(dict.fromkeys(moved, left))
    return names


def lower_bound(observations: Sequence[int]) -> int | None:
    """What the sum of these is above with 95 % confidence, rounded down; None for fewer than two."""
    n, total = len(observations), sum(observations)
    if n < 2:
        return None
    spread = n * sum(each * each for each in observations) - total * total
    t = _T_95[min(n - 1, len(_T_95)) - 1]
    return total - isqrt(t * t * spread // ((n - 1) * PPM * PPM)) - (1 if spread else 0)


def _at_least(name: str, least: int, actual: int, what: str) -> Check:
    missing = f"{least - actual} more {what}" if actual < least else ""
    return Check(name, str(least), str(actual), missing)


def _net_result(by_event: Sequence[int]) -> Check:
    bound, total = lower_bound(by_event), sum(by_event)
    required = "above 0 with 95 % confidence"
    if bound is None:
        return Check("net_result", required, format_micros(total), "a result on at least two events")
    actual = f"{format_micros(total)}, at least {format_micros(bound)}"
    missing = "" if bound > 0 else "a net result that chance does not explain: its lower bound is not above 0"
    return Check("net_result", required, actual, missing)


def _fill_rate(orders: Orders) -> Check:
    required = percent(LEAST_FILL_RATE)
    if not orders.sent:
        return Check("fill_rate", required, "no order sent", "orders that were sent")
    rate = orders.completed * PPM // orders.sent
    missing = "" if rate >= LEAST_FILL_RATE else f"only {orders.completed} of {orders.sent} were completed"
    return Check("fill_rate", required, percent(rate), missing)


def _drawdown(realised: Sequence[int], most: int) -> Check:
    deepest = max_drawdown(realised)
    missing = "" if deepest <= most else f"the record fell by ${format_micros(deepest)} at its worst"
    return Check("drawdown", f"at most {format_micros(most)}", format_micros(deepest), missing)

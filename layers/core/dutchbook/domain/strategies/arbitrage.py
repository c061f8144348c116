"""Arbitrage of two legs: a pair's YES and NO, across venues or of one market, for under a dollar.

Same and inverse pairs and the two outcomes of one market are all directions of `domain.opportunity`; this is
its walk and cut under the protocol of the strategies.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dutchbook.domain.agent import Limits
from dutchbook.domain.opportunity import Curve, Opportunity, Rejection, directions, walk
from dutchbook.domain.plan import PlannedLeg
from dutchbook.domain.risk import Allowance
from dutchbook.domain.sizing import cut, order_legs
from dutchbook.domain.strategies.protocol import Gone, TradeIntent, View
from dutchbook.domain.venue import Venue


@dataclass(frozen=True, slots=True)
class PairSignal:
    """A direction of a pair that pays."""

    curve: Curve

    @property
    def subject(self) -> str:
        return self.curve.direction.pair_id

    @property
    def venues(self) -> frozenset[Venue]:
        return frozenset({self.curve.direction.a.venue, self.curve.direction.b.venue})

    def without(self, gone: Gone) -> "PairSignal | None":  # noqa: ARG002
        """None: who shares a pair's depth is `scan_markets.allocate`'s business."""
        return None


class Arbitrage:
    """Has nothing to tune: minProfit says what is worth taking."""

    def observe(self, view: View) -> Sequence[PairSignal]:
        paying = sorted(self._curves(view), key=lambda curve: (-curve.best_return, curve.direction.pair_id))
        return [PairSignal(curve) for curve in paying]

    def size(self, signal: PairSignal, limits: Limits, allowed: Allowance) -> TradeIntent | None:
        found = cut(signal.curve, limits.min_profit, allowed.max_cost, allowed.budgets)
        if isinstance(found, Rejection) or not within_days(found, limits):
            return None
        return intent_of(signal.curve, found)

    def _curves(self, view: View) -> Iterator[Curve]:
        for pair in view.pairs:
            keys = (pair.a, pair.b)
            if not all(key in view.markets and key in view.books for key in keys):
                continue
            for way in directions(pair, view.markets[pair.a], view.markets[pair.b]):
                found = walk(way, view.books[pair.a], view.books[pair.b], view.now_ms, view.max_age_ms)
                if isinstance(found, Curve):
                    yield found


def within_days(found: Opportunity, limits: Limits) -> bool:
    """A date that nobody knows is too late, unless one venue settles both legs together."""
    if found.days is None:
        first, second = found.legs
        return first.venue is second.venue
    return found.days <= limits.max_days


def intent_of(curve: Curve, found: Opportunity) -> TradeIntent:
    """A sized opportunity as a trade, harder leg first."""
    direction = curve.direction
    return TradeIntent(
        subject=direction.pair_id,
        direction=direction.label,
        legs=tuple(
            PlannedLeg(leg.key, leg.outcome, leg.side, leg.shares, leg.limit_price, leg.reserve)
            for leg in order_legs(found.legs)
        ),
        shares=found.shares,
        cost=found.cost,
        profit=found.net_profit,
        resolves_at=found.resolves_at,
        title=direction.a.question,
        reason="both legs cost less than the dollar that one of them pays",
    )

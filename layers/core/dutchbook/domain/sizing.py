"""How much of a curve one agent may take, priced to the millionth."""

from collections.abc import Mapping

from dutchbook.domain.opportunity import Curve, LegQuote, Opportunity, Rejection
from dutchbook.domain.venue import Venue


def cut(
    curve: Curve, min_profit: int, max_cost: int, budgets: Mapping[Venue, int]
) -> Opportunity | Rejection:
    """The largest size whose every slice returns at least min_profit (ppm) and that the money allows."""
    raise NotImplementedError


def order_legs(legs: tuple[LegQuote, LegQuote]) -> tuple[LegQuote, LegQuote]:
    """Harder leg first."""
    raise NotImplementedError

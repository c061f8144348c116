"""That a Dutch book pays the same whatever happens.

Assumes that both markets settle on one value of the question: YES of `a` at v between nothing and a dollar
(one of the two ends, or between them for a scalar market or a question voided at a common price), and YES
of `b` at v as well, or at a dollar less v for an inverse pair. A payout is linear in v, so what agrees at
both ends agrees everywhere. Not covered, and no arithmetic can cover it: venues that judge the question
differently, or one that voids or refunds while the other settles. Matching and the pair's approval guard
against that.
"""

from dutchbook.domain.money import ONE, mul_floor
from dutchbook.domain.opportunity import Direction
from dutchbook.domain.pair import Relation
from dutchbook.domain.venue import Outcome


def payout(direction: Direction, relation: Relation, a_shares: int, b_shares: int, a_yes_value: int) -> int:
    """Dollars (micros, each leg rounded down) that both legs pay when YES of `a` settles at this value.

    `a_yes_value` is in micros, 0 to 1_000_000.
    """
    b_yes_value = a_yes_value if relation is Relation.SAME else ONE - a_yes_value
    return mul_floor(a_shares, _worth(direction.a_outcome, a_yes_value)) + mul_floor(
        b_shares, _worth(direction.b_outcome, b_yes_value)
    )


def guaranteed(direction: Direction, relation: Relation, a_shares: int, b_shares: int) -> int:
    """The least the two legs pay in any outcome."""
    return min(payout(direction, relation, a_shares, b_shares, value) for value in (0, ONE))


def _worth(outcome: Outcome, yes_value: int) -> int:
    return yes_value if outcome is Outcome.YES else ONE - yes_value

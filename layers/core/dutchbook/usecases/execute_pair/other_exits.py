"""What other exits of an agent are about to sell of the same positions.

One position may be held for several pairs, and each pair has an exit in flight of its own; the marker in
flight keeps only those of one pair apart.
"""

from collections import Counter

from dutchbook.domain.errors import NotEligible
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import format_micros
from dutchbook.domain.trade import Trade
from dutchbook.domain.venue import Outcome
from dutchbook.usecases.execute_pair.context import Execution


def check_shares(execution: Execution, trade: Trade) -> None:
    """Raises NotEligible when this exit and the others in flight would sell more than is held.

    Asked once the trade's own marker is written and before its first order leaves: of two exits that overlap,
    the one that asks last sees the other, so never both go. Both may give way; the next tick plans anew on
    what is held. The others are read before the positions: what they sell in between counts twice, never not.
    """
    taken = _taken(execution, trade)
    held = {
        (position.key, position.outcome): position.shares
        for position in execution.ledger.positions(trade.agent_id)
        if position.simulated is trade.simulated
    }
    for leg in trade.planned_legs:
        place = (leg.key, leg.outcome)
        there, others = held.get(place, 0), taken[place]
        if leg.shares > there - others:
            raise NotEligible(
                f"the exit sells {format_micros(leg.shares)} shares of {leg.key}, held:"
                f" {format_micros(there)}, of which other exits sell {format_micros(others)}"
            )


def _taken(execution: Execution, trade: Trade) -> Counter[tuple[MarketKey, Outcome]]:
    """Shares (micros) that other exits under way are still to sell; what they have sold is held no more."""
    taken: Counter[tuple[MarketKey, Outcome]] = Counter()
    for trade_id in execution.ledger.under_way(trade.agent_id):
        other = None if trade_id == trade.trade_id else execution.ledger.trade(trade_id)
        if other is None or not other.exits or other.simulated is not trade.simulated:
            continue
        for leg in other.planned_legs:
            taken[leg.key, leg.outcome] += max(0, leg.shares - other.held(leg))
    return taken

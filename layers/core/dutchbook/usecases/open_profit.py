"""What open positions are worth beyond cost, each share once: locked in a set that pays, or at the bids.

Computed from what is held now, never from what trades were when they ended: a set that was sold in part, a
leg that a netting venue closed against another trade's, or one that was paid before the other is no longer
what it was, and its dollar is realised. So realised, locked and unrealised never overlap.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dutchbook.domain.money import ONE, mul_floor
from dutchbook.ports.ledger import Ledger, Position
from dutchbook.ports.markets import MarketStore
from dutchbook.usecases.marking import (
    complements,
    entered_by,
    is_whole,
    opened_together,
    part_of,
    value_of,
)


@dataclass(frozen=True, slots=True)
class OpenProfit:
    """Dollars in micros beyond cost."""

    locked: int
    """Of sets that pay the same whatever happens, and of what is left of one whose other legs were paid."""
    unrealised: int
    """Of everything else, at executable bids, net of fees; what no bids take counts for nothing."""


def open_profit(ledger: Ledger, store: MarketStore, positions: Sequence[Position]) -> OpenProfit:
    """Of one agent's positions of one kind of money. Raises StoreUnavailable."""
    left = [position.shares for position in positions]
    payout = 0
    for members, a_share in _sets(ledger, positions):
        size = max(0, min(left[member] for member in members))
        payout += mul_floor(a_share, size)
        for member in members:
            left[member] -= size
    loose = [part_of(*pair) for pair in zip(positions, left, strict=True)]
    cost = sum(position.cost for position in positions) - sum(part.cost for part in loose)
    return OpenProfit(payout - cost, value_of(store, loose))


def _sets(ledger: Ledger, positions: Sequence[Position]) -> list[tuple[Sequence[int], int]]:
    """Indices of what pays together, and dollars (micros) a share: the largest sets first.

    What one trade brought counts as it was planned, less what its paid legs have brought, if every leg is
    still held or paid. Both outcomes of one market pay a dollar, whoever bought them.
    """
    found: list[tuple[Sequence[int], int]] = []
    for members, trade_ids in sorted(opened_together(positions).items(), key=_largest_first):
        trade = entered_by(ledger, trade_ids)
        if trade is not None and len(trade.planned_legs) > 1 and is_whole(trade, members, positions):
            planned = (trade.expected_cost + trade.expected_profit) * ONE // trade.shares
            found.append((members, planned - sum(trade.settled.values())))
    return found + [(members, ONE) for members in complements(positions)]


def _largest_first(group: tuple[tuple[int, ...], Sequence[str]]) -> tuple[int, str]:
    members, trade_ids = group
    return -len(members), min(trade_ids)

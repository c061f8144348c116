"""The paper venue pays like the real one: as soon as the real one can, and what it would."""

from dutchbook.domain.accounting import Holding
from dutchbook.domain.settlement import Resolution
from dutchbook.ports.ledger import Position
from dutchbook.ports.paper import PaperStore


class PaperRedeemer:
    """ports.Redeemer for simulated positions."""

    def __init__(self, store: PaperStore) -> None:
        self._store = store

    def redeem(self, position: Position, resolution: Resolution) -> bool:
        """Takes the shares and pays for them, each once. Raises InsufficientFunds when they are not there."""
        payout = resolution.pays(position.outcome, Holding(position.shares, position.cost))
        if payout is None:
            return False
        # what is held again after a payout was opened later and is another entry
        opened = int(position.opened_at.timestamp() * 1000) if position.opened_at else 0
        entry = f"paid:{position.key}:{position.outcome}:{opened}"
        self._store.move_shares(
            position.agent_id, position.key, position.outcome, -position.shares, f"{entry}:shares"
        )
        if payout:
            self._store.move_balance(position.agent_id, position.key.venue, payout, f"{entry}:cash")
        return True

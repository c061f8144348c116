"""The paper venue's own memory."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from dutchbook.domain.market import MarketKey
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.venues import VenuePosition


class PaperStore(Protocol):
    """The paper venue's own memory, shared by every Lambda: orders, fills, balances, consumed depth."""

    def put_order(self, agent_id: str, client_order_id: str, record: Mapping[str, str]) -> bool:
        """False when the id is taken (the order is there already)."""
        ...

    def order(self, agent_id: str, client_order_id: str) -> Mapping[str, str] | None: ...

    def consume(
        self, key: MarketKey, ladder: str, price: int, shares: int, displayed: int, book_id: str
    ) -> int:
        """Takes up to `shares` of a level, never more than `displayed` in all for that book.

        Returns what was taken."""
        ...

    def move_balance(self, agent_id: str, venue: Venue, amount: int, entry_id: str) -> None:
        """Adds (or takes) dollars once for each entry id. Raises InsufficientFunds below zero."""
        ...

    def balance(self, agent_id: str, venue: Venue) -> int: ...

    def move_shares(
        self, agent_id: str, key: MarketKey, outcome: Outcome, shares: int, entry_id: str
    ) -> None:
        """Adds (or takes) shares once for each entry id. Raises InsufficientFunds below zero."""
        ...

    def positions(self, agent_id: str, venue: Venue) -> Sequence[VenuePosition]: ...

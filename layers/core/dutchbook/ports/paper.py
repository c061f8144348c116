"""The paper venue's own memory."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from dutchbook.domain.market import MarketKey
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.venues import VenuePosition


@dataclass(frozen=True, slots=True)
class Moves:
    """What is added to an account (or taken from it) together with a record. Micros."""

    dollars: int = 0
    shares: Mapping[Outcome, int] = field(default_factory=dict)


NOTHING_MOVES = Moves()


class PaperStore(Protocol):
    """The paper venue's own memory, shared by every Lambda: orders, fills, balances, consumed depth."""

    def put_record(
        self,
        agent_id: str,
        key: MarketKey,
        record_id: str,
        record: Mapping[str, str],
        moves: Moves = NOTHING_MOVES,
    ) -> bool:
        """Stores an order or its result and moves dollars of its venue and shares of its market, or neither.

        False when the id is taken. Raises InsufficientFunds when an amount would fall below zero.
        """
        ...

    def records(self, agent_id: str, record_ids: Collection[str]) -> Mapping[str, Mapping[str, str]]:
        """Those that are there, by id, strongly consistent."""
        ...

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

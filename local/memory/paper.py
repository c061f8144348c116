"""The paper venue's memory without a database: one lock stands for DynamoDB's conditional writes."""

from collections.abc import Collection, Mapping, Sequence
from threading import Lock

from dutchbook.domain.errors import InsufficientFunds
from dutchbook.domain.market import MarketKey
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.paper import NOTHING_MOVES, Moves
from dutchbook.ports.venues import VenuePosition


class InMemoryPaperStore:
    """Satisfies `dutchbook.ports.paper.PaperStore`. `writes` names the writes made, oldest first."""

    def __init__(self) -> None:
        self.writes: list[str] = []
        self._lock = Lock()
        self._records: dict[tuple[str, str], Mapping[str, str]] = {}
        self._taken: dict[tuple[MarketKey, str, int, str], int] = {}
        self._balances: dict[tuple[str, Venue], int] = {}
        self._shares: dict[tuple[str, MarketKey, Outcome], int] = {}
        self._entries: set[tuple[str, str, str]] = set()

    def put_record(
        self,
        agent_id: str,
        key: MarketKey,
        record_id: str,
        record: Mapping[str, str],
        moves: Moves = NOTHING_MOVES,
    ) -> bool:
        with self._lock:
            if (agent_id, record_id) in self._records:
                return False
            dollars = self._balances.get((agent_id, key.venue), 0) + moves.dollars
            shares = {
                (agent_id, key, outcome): self._shares.get((agent_id, key, outcome), 0) + amount
                for outcome, amount in moves.shares.items()
            }
            if (moves.dollars and dollars < 0) or any(held < 0 for held in shares.values()):
                raise InsufficientFunds(f"the paper account on {key.venue} does not cover it")
            self._records[agent_id, record_id] = dict(record)
            self._balances[agent_id, key.venue] = dollars
            self._shares.update(shares)
            self.writes.append("put_record")
            return True

    def records(self, agent_id: str, record_ids: Collection[str]) -> Mapping[str, Mapping[str, str]]:
        with self._lock:
            found = {record_id: self._records.get((agent_id, record_id)) for record_id in record_ids}
            return {record_id: record for record_id, record in found.items() if record is not None}

    def consume(
        self, key: MarketKey, ladder: str, price: int, shares: int, displayed: int, book_id: str
    ) -> int:
        with self._lock:
            level = (key, ladder, price, book_id)
            taken = self._taken.get(level, 0)
            take = max(0, min(shares, displayed - taken))
            self._taken[level] = taken + take
            self.writes.append("consume")
            return take

    def move_balance(self, agent_id: str, venue: Venue, amount: int, entry_id: str) -> None:
        with self._lock:
            entry = (agent_id, f"balance:{venue}", entry_id)
            if entry in self._entries:
                return
            after = self._balances.get((agent_id, venue), 0) + amount
            if after < 0:
                raise InsufficientFunds(f"paper balance on {venue} falls short by {-after} micros")
            self._balances[agent_id, venue] = after
            self._entries.add(entry)
            self.writes.append("move_balance")

    def balance(self, agent_id: str, venue: Venue) -> int:
        with self._lock:
            return self._balances.get((agent_id, venue), 0)

    def move_shares(
        self, agent_id: str, key: MarketKey, outcome: Outcome, shares: int, entry_id: str
    ) -> None:
        with self._lock:
            entry = (agent_id, f"shares:{key}:{outcome}", entry_id)
            if entry in self._entries:
                return
            after = self._shares.get((agent_id, key, outcome), 0) + shares
            if after < 0:
                raise InsufficientFunds(f"paper holding of {key} {outcome} falls short by {-after} micros")
            self._shares[agent_id, key, outcome] = after
            self._entries.add(entry)
            self.writes.append("move_shares")

    def positions(self, agent_id: str, venue: Venue) -> Sequence[VenuePosition]:
        with self._lock:
            return [
                VenuePosition(key, outcome, shares)
                for (owner, key, outcome), shares in self._shares.items()
                if owner == agent_id and key.venue is venue and shares
            ]

"""The paper venue's memory without a database: one lock stands for DynamoDB's conditional writes."""

from collections.abc import Mapping, Sequence
from threading import Lock

from dutchbook.domain.errors import InsufficientFunds
from dutchbook.domain.market import MarketKey
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.venues import VenuePosition


class InMemoryPaperStore:
    """Satisfies `dutchbook.ports.paper.PaperStore`. `writes` names the writes made, oldest first."""

    def __init__(self) -> None:
        self.writes: list[str] = []
        self._lock = Lock()
        self._orders: dict[tuple[str, str], Mapping[str, str]] = {}
        self._taken: dict[tuple[MarketKey, str, int, str], int] = {}
        self._balances: dict[tuple[str, Venue], int] = {}
        self._shares: dict[tuple[str, MarketKey, Outcome], int] = {}
        self._entries: set[tuple[str, str, str]] = set()

    def put_order(self, agent_id: str, client_order_id: str, record: Mapping[str, str]) -> bool:
        with self._lock:
            if (agent_id, client_order_id) in self._orders:
                return False
            self._orders[agent_id, client_order_id] = dict(record)
            self.writes.append("put_order")
            return True

    def order(self, agent_id: str, client_order_id: str) -> Mapping[str, str] | None:
        with self._lock:
            return self._orders.get((agent_id, client_order_id))

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

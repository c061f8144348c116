"""Trades as the ledger keeps them: read whole, changed by one conditional transaction."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from dutchbook.adapters import keys
from dutchbook.adapters.dynamo import ConditionFailed, Table, Write
from dutchbook.adapters.trade_items import StoredTrade, stored_trade
from dutchbook.domain.errors import InvariantBroken, NotFound, WrongState


@dataclass(frozen=True, slots=True)
class Change[T]:
    """What a change of a trade writes: all or nothing, on the condition of the versions that were read."""

    writes: Sequence[Write]
    result: T
    after: StoredTrade | None = None
    """The trade as the writes leave it; None where they land beside changes that were not read."""


class StoredTrades:
    """Remembers the trade read or written last: a step reads its trade once and writes it twice."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._last: StoredTrade | None = None

    def find(self, trade_id: str) -> StoredTrade | None:
        """Strongly read."""
        stored = stored_trade(self._table.query_all("#pk = :pk", pk=keys.trade_partition(trade_id)))
        self._last = stored
        return stored

    def get(self, trade_id: str) -> StoredTrade:
        """Strongly read. Raises NotFound."""
        stored = self.find(trade_id)
        if stored is None:
            raise NotFound(trade_id)
        return stored

    def latest(self, trade_id: str) -> StoredTrade | None:
        """As it was read or written here last, else strongly read."""
        last = self._last
        if last is not None and last.trade.trade_id == trade_id:
            return last
        return self.find(trade_id)

    def remember(self, stored: StoredTrade | None) -> None:
        """What a write has made of the trade; None: that is not known."""
        self._last = stored

    def change[T](self, trade_id: str, decide: Callable[[StoredTrade], Change[T]]) -> T:
        """Makes a change of the trade in one transaction and returns its result.

        It goes by what was read or written last, if that is this trade: every write is conditional on the
        versions that were read, so an old reading writes nothing. Neither is it believed when it says that
        there is nothing to write, or that this is wrong: then, and after a failed condition, the trade is
        read anew. `decide` may be asked several times.
        """
        last = self._last
        if last is not None and last.trade.trade_id == trade_id:
            with suppress(ConditionFailed, WrongState, NotFound, InvariantBroken):
                change = decide(last)
                if change.writes:
                    return self._made(change)

        return self._table.retry(lambda: self._made(decide(self.get(trade_id))))

    def _made[T](self, change: Change[T]) -> T:
        if change.writes:
            self._last = None  # whether they land or not
            self._table.transact(change.writes)
            self._last = change.after
        return change.result

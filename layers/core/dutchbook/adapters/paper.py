"""`dutchbook.ports.paper.PaperStore` on DynamoDB, in the Markets table: a paper venue that all Lambdas share.

PAPER#agent                  ORDER#client id | CASH#venue | SHARES#venue:id#outcome | ENTRY#kind#entry
DEPTH#venue:id               ladder#book#price     what was taken of a level, gone after an hour
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from dutchbook.adapters.clock import SystemClock
from dutchbook.adapters.dynamo import SCHEMA_VERSION, ConditionFailed, Item, Table, Write
from dutchbook.domain.errors import InsufficientFunds
from dutchbook.domain.market import MarketKey
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.clock import Clock
from dutchbook.ports.paper import NOTHING_MOVES, Moves
from dutchbook.ports.venues import VenuePosition

_ABSENT = "attribute_not_exists(#pk)"
_ORDER = "ORDER#"
_SYSTEM_CLOCK = SystemClock()
_DEPTH_SECONDS = 3600
"""A book older than this is nobody's: orders rely on three seconds."""


class DynamoPaperStore:
    """Orders, cash, shares and consumed depth of the paper venue."""

    def __init__(self, table: Table, clock: Clock = _SYSTEM_CLOCK) -> None:
        self._table = table
        self._clock = clock

    def put_record(
        self,
        agent_id: str,
        key: MarketKey,
        record_id: str,
        record: Mapping[str, str],
        moves: Moves = NOTHING_MOVES,
    ) -> bool:
        # excludes a second order, or a second result, under one id; and with it moving the amounts twice
        put = Write.put({**_order_key(agent_id, record_id), **_facts(record=dict(record))}, _ABSENT)
        amounts = {_cash(key.venue): moves.dollars} | {
            _shares(key, outcome): shares for outcome, shares in moves.shares.items()
        }
        changes = [_added(agent_id, name, amount) for name, amount in amounts.items() if amount]
        try:
            self._table.transact([put, *changes])
        except ConditionFailed as failure:
            # the id is also taken when our own first attempt landed and its answer was lost
            if 0 in failure.items:
                return False
            raise InsufficientFunds(f"the paper account on {key.venue} does not cover it") from None
        return True

    def records(self, agent_id: str, record_ids: Collection[str]) -> Mapping[str, Mapping[str, str]]:
        items = self._table.get_many([_order_key(agent_id, record_id) for record_id in record_ids])
        return {item["sk"].removeprefix(_ORDER): item["record"] for item in items}

    def consume(
        self, key: MarketKey, ladder: str, price: int, shares: int, displayed: int, book_id: str
    ) -> int:
        level = {"pk": f"DEPTH#{key}", "sk": f"{ladder}#{book_id}#{price:07d}"}
        take = min(shares, displayed)
        while take > 0:
            try:
                # excludes that all orders together take more than is displayed
                self._table.write(
                    Write.update(
                        level,
                        "SET #taken = if_not_exists(#taken, :zero) + :take, #expires_at = :expires_at,"
                        " #schema_version = :schema",
                        f"{_ABSENT} OR #taken <= :room",
                        zero=0,
                        take=take,
                        room=displayed - take,
                        expires_at=self._clock.now_ms() // 1000 + _DEPTH_SECONDS,
                        schema=SCHEMA_VERSION,
                    )
                )
            except ConditionFailed as failure:
                # what others took only ever grows, so each turn takes less
                take = min(take, displayed - failure.item["taken"])
            else:
                return take
        return 0

    def move_balance(self, agent_id: str, venue: Venue, amount: int, entry_id: str) -> None:
        if not self._move(agent_id, _cash(venue), amount, entry_id):
            raise InsufficientFunds(f"the paper balance on {venue} does not cover it")

    def balance(self, agent_id: str, venue: Venue) -> int:
        item = self._table.get(_key(agent_id, _cash(venue)))
        return item["amount"] if item else 0

    def move_shares(
        self, agent_id: str, key: MarketKey, outcome: Outcome, shares: int, entry_id: str
    ) -> None:
        if not self._move(agent_id, _shares(key, outcome), shares, entry_id):
            raise InsufficientFunds(f"the paper holding of {key} {outcome} does not cover it")

    def positions(self, agent_id: str, venue: Venue) -> Sequence[VenuePosition]:
        found = self._table.query_all(
            "#pk = :pk AND begins_with(#sk, :prefix)",
            pk=_partition(agent_id),
            prefix=f"SHARES#{venue.value}:",
        )
        return [_position(item) for item in found if item["amount"]]

    def _move(self, agent_id: str, name: str, amount: int, entry_id: str) -> bool:
        """Adds to an amount once for each entry id; False when it would fall below zero."""
        entry = {**_key(agent_id, f"ENTRY#{name}#{entry_id}"), **_facts(amount=amount)}
        try:
            # excludes moving the amount twice for one entry
            self._table.transact([Write.put(entry, _ABSENT), _added(agent_id, name, amount)])
        except ConditionFailed as failure:
            return 0 in failure.items
        return True


def _added(agent_id: str, name: str, amount: int) -> Write:
    # excludes spending what is not there; an absent amount is zero
    return Write.update(
        _key(agent_id, name),
        "SET #amount = if_not_exists(#amount, :zero) + :amount, #schema_version = :schema",
        "#amount >= :least" if amount < 0 else "",
        zero=0,
        amount=amount,
        schema=SCHEMA_VERSION,
        **({"least": -amount} if amount < 0 else {}),
    )


def _cash(venue: Venue) -> str:
    return f"CASH#{venue.value}"


def _shares(key: MarketKey, outcome: Outcome) -> str:
    return f"SHARES#{key}#{outcome.value}"


def _partition(agent_id: str) -> str:
    return f"PAPER#{agent_id}"


def _key(agent_id: str, name: str) -> dict[str, str]:
    return {"pk": _partition(agent_id), "sk": name}


def _order_key(agent_id: str, record_id: str) -> dict[str, str]:
    return _key(agent_id, f"{_ORDER}{record_id}")


def _facts(**facts: Any) -> Item:
    return {"schema_version": SCHEMA_VERSION, **facts}


def _position(item: Item) -> VenuePosition:
    market, _, outcome = item["sk"].removeprefix("SHARES#").rpartition("#")
    return VenuePosition(MarketKey.parse(market), Outcome(outcome), item["amount"])

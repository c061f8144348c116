"""`dutchbook.ports.paper.PaperStore` on DynamoDB, in the Markets table: a paper venue that all Lambdas share.

PAPER#agent                  ORDER#client id | CASH#venue | SHARES#venue:id#outcome | ENTRY#kind#entry
DEPTH#venue:id               ladder#book#price     what was taken of a level, gone after an hour
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dutchbook.adapters.clock import SystemClock
from dutchbook.adapters.dynamo import SCHEMA_VERSION, ConditionFailed, Item, Table, Write
from dutchbook.domain.errors import InsufficientFunds
from dutchbook.domain.market import MarketKey
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.clock import Clock
from dutchbook.ports.venues import VenuePosition

_ABSENT = "attribute_not_exists(#pk)"
_SYSTEM_CLOCK = SystemClock()
_DEPTH_SECONDS = 3600
"""A book older than this is nobody's: orders rely on three seconds."""


class DynamoPaperStore:
    """Orders, cash, shares and consumed depth of the paper venue."""

    def __init__(self, table: Table, clock: Clock = _SYSTEM_CLOCK) -> None:
        self._table = table
        self._clock = clock

    def put_order(self, agent_id: str, client_order_id: str, record: Mapping[str, str]) -> bool:
        item = {**_order_key(agent_id, client_order_id), **_facts(record=dict(record))}
        try:
            # excludes a second order, or a second result, under one id
            self._table.write(Write.put(item, _ABSENT))
        except ConditionFailed:
            # also when our own first attempt landed and its answer was lost: read what stands there
            return False
        return True

    def order(self, agent_id: str, client_order_id: str) -> Mapping[str, str] | None:
        item = self._table.get(_order_key(agent_id, client_order_id))
        return item["record"] if item else None

    def consume(
        self, key: MarketKey, ladder: str, price: int, shares: int, displayed: int, book_id: str
    ) -> int:
        level = {"pk": f"DEPTH#{key}", "sk": f"{ladder}#{book_id}#{price:07d}"}

        def attempt() -> int:
            item = self._table.get(level)
            seen = item["taken"] if item else 0
            take = max(0, min(shares, displayed - seen))
            if take:
                # excludes that two orders take the same shares: the level must be as it was read
                self._table.write(
                    Write.update(
                        level,
                        "SET #taken = :after, #expires_at = :expires_at, #schema_version = :schema",
                        "#taken = :seen" if item else _ABSENT,
                        after=seen + take,
                        expires_at=self._clock.now_ms() // 1000 + _DEPTH_SECONDS,
                        schema=SCHEMA_VERSION,
                        **({"seen": seen} if item else {}),
                    )
                )
            return take

        return self._table.retry(attempt)

    def move_balance(self, agent_id: str, venue: Venue, amount: int, entry_id: str) -> None:
        name = f"CASH#{venue.value}"
        if not self._move(agent_id, name, amount, entry_id):
            raise InsufficientFunds(f"the paper balance on {venue} does not cover it")

    def balance(self, agent_id: str, venue: Venue) -> int:
        item = self._table.get(_key(agent_id, f"CASH#{venue.value}"))
        return item["amount"] if item else 0

    def move_shares(
        self, agent_id: str, key: MarketKey, outcome: Outcome, shares: int, entry_id: str
    ) -> None:
        name = f"SHARES#{key}#{outcome.value}"
        if not self._move(agent_id, name, shares, entry_id):
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
        change = "SET #amount = if_not_exists(#amount, :zero) + :amount, #schema_version = :schema"
        # excludes spending what is not there; an absent amount is zero
        condition = "#amount >= :least" if amount < 0 else ""
        values = {"least": -amount} if amount < 0 else {}
        try:
            self._table.transact(
                [
                    # excludes moving the amount twice for one entry
                    Write.put(entry, _ABSENT),
                    Write.update(
                        _key(agent_id, name),
                        change,
                        condition,
                        zero=0,
                        amount=amount,
                        schema=SCHEMA_VERSION,
                        **values,
                    ),
                ]
            )
        except ConditionFailed as failure:
            return 0 in failure.items
        return True


def _partition(agent_id: str) -> str:
    return f"PAPER#{agent_id}"


def _key(agent_id: str, name: str) -> dict[str, str]:
    return {"pk": _partition(agent_id), "sk": name}


def _order_key(agent_id: str, client_order_id: str) -> dict[str, str]:
    return _key(agent_id, f"ORDER#{client_order_id}")


def _facts(**facts: Any) -> Item:
    return {"schema_version": SCHEMA_VERSION, **facts}


def _position(item: Item) -> VenuePosition:
    market, _, outcome = item["sk"].removeprefix("SHARES#").rpartition("#")
    return VenuePosition(MarketKey.parse(market), Outcome(outcome), item["amount"])

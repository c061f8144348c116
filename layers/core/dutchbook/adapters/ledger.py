"""`dutchbook.ports.ledger.Ledger` on DynamoDB.

Decisions rest on strong reads and on conditions; the indexes only say where to look.
"""

import heapq
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from dutchbook.adapters import keys
from dutchbook.adapters.agent_items import position_from_item, time_to_text
from dutchbook.adapters.booking import check_whole, fills_booked, read_positions
from dutchbook.adapters.clearance import control_from_item, control_to_item, read_clearance
from dutchbook.adapters.dynamo import ConditionFailed, Table, Write
from dutchbook.adapters.ending import checked_writes, finish_writes, put_back
from dutchbook.adapters.leg_writes import leg_added, leg_moved, same_intent, same_order
from dutchbook.adapters.reservation import as_reserved, explain, more_reserved, reservation, what_lacks
from dutchbook.adapters.stored_trades import Change, StoredTrades
from dutchbook.adapters.trade_items import StoredTrade, leg_to_item
from dutchbook.domain.accounting import book
from dutchbook.domain.agent import Limits
from dutchbook.domain.decision import check_one_repair
from dutchbook.domain.errors import (
    AlreadyExists,
    AlreadyReserved,
    InvariantBroken,
    NotFound,
    WrongState,
)
from dutchbook.domain.trade import Fill, Leg, Trade, with_facts
from dutchbook.domain.trade_states import (
    TERMINAL_TRADE_STATES,
    TRADE_ARROWS,
    LegState,
    TradeState,
    leg_may_move,
)
from dutchbook.ports.clock import Clock, utc
from dutchbook.ports.ledger import Clearance, Control, Position, as_it_is
from dutchbook.ports.paging import Page

_ABSENT = "attribute_not_exists(#pk)"
_FILLS_A_TRANSACTION = 50
"""A transaction holds a hundred items; the leg, trade, positions and money take eight."""


class DynamoLedger:
    """Trades, legs, fills, positions and the money behind them in the Ledger table."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock
        self._trades = StoredTrades(table)

    def reserve(self, trade: Trade, limits: Limits) -> None:
        trade = replace(trade, state=TradeState.RESERVED)
        writes = reservation(trade, limits)
        try:
            self._table.transact(list(writes.values()))
        except ConditionFailed as failure:
            error = explain(writes, failure, trade)
            if isinstance(error, AlreadyReserved):
                known = self.trade(trade.trade_id)
                if known is not None and known.state is TradeState.RESERVED:
                    return
            raise error from None
        self._trades.remember(as_reserved(trade))

    def trade(self, trade_id: str) -> Trade | None:
        stored = self._trades.find(trade_id)
        return stored.trade if stored else None

    def latest(self, trade_id: str) -> Trade | None:
        stored = self._trades.latest(trade_id)
        return stored.trade if stored else None

    def move_trade(self, trade_id: str, expected: TradeState, new: TradeState, reason: str = "") -> Trade:
        if new in TERMINAL_TRADE_STATES:
            raise InvariantBroken(f"{new} is reached by finish")
        _check_arrow(expected, new)
        now = self._now()
        change = "SET #state = :new, #updated_at = :now, #gsi1sk = :touched, #version = #version + :one" + (
            ", #reason = :reason" if reason else ""
        )
        values = {"reason": reason} if reason else {}
        try:
            # excludes moving a trade on from a state that it has left
            self._table.write(
                Write.update(
                    keys.trade(trade_id),
                    change,
                    "#state = :expected",
                    new=new.value,
                    expected=expected.value,
                    now=time_to_text(now),
                    touched=keys.touched(int(now.timestamp() * 1000)),
                    one=1,
                    **values,
                )
            )
        except ConditionFailed as failure:
            _check_moved(trade_id, failure.item.get("state"), new)
        return self._trades.get(trade_id).trade

    def put_leg(self, trade_id: str, leg: Leg, *, needed: int = 0, max_position: int | None = None) -> None:
        def attempt() -> None:
            stored = self._trades.get(trade_id)
            known = stored.leg(leg.index)
            if known is not None:
                if same_order(known, leg):
                    return
                raise AlreadyExists(f"{trade_id} has another leg {leg.index}")
            if stored.trade.ended and (needed or stored.trade.state is not TradeState.QUARANTINED):
                raise WrongState(f"{trade_id} is {stored.trade.state}")
            check_one_repair(stored.trade, leg)
            more = max(0, needed - stored.held.get(leg.venue, 0))
            writes = {
                # excludes overwriting a leg that was added since
                "leg": Write.put(leg_to_item(trade_id, leg, 1), _ABSENT),
                # excludes adding an order to a trade that has ended since, and counting on a reservation
                # that a fill has used since
                "trade": leg_added(stored, leg.venue, more, self._now()),
            }
            if more:
                writes |= more_reserved(stored.trade, leg.venue, more, max_position)
            self._trades.remember(None)
            try:
                self._table.transact(list(writes.values()))
            except ConditionFailed as failure:
                lacking = what_lacks(writes, failure)
                if lacking is None:
                    raise
                raise lacking from None

        self._table.retry(attempt)

    def move_leg(self, trade_id: str, leg: Leg, expected: LegState) -> Leg:
        if not leg_may_move(expected, leg.state):
            raise InvariantBroken(f"a leg cannot go from {expected} to {leg.state}")

        def change(stored: StoredTrade) -> Change[Leg]:
            known = stored.leg(leg.index)
            if known is None:
                raise NotFound(f"leg {leg.index} of {trade_id}")
            if known.state is not expected:
                if known.state is leg.state and same_intent(known, leg):
                    return Change((), known)
                raise WrongState(f"leg {leg.index} of {trade_id} is {known.state}, not {expected}")
            sending = leg.state is LegState.SUBMITTING and bool(leg.intent)
            if sending and stored.trade.ended:
                raise WrongState(f"{trade_id} has ended: nothing is sent for it any more")
            now = self._now()
            return leg_moved(stored, with_facts(known, leg, now), now, sending=sending)

        return self._trades.change(trade_id, change)

    def book_fills(
        self, trade_id: str, index: int, fills: Sequence[Fill], then: Callable[[Leg], Leg] = as_it_is
    ) -> Leg:
        starts = range(0, max(1, len(fills)), _FILLS_A_TRANSACTION)
        for first in starts[:-1]:
            self._book(trade_id, index, fills[first : first + _FILLS_A_TRANSACTION], as_it_is)
        return self._book(trade_id, index, fills[starts[-1] :], then)

    def finish(
        self,
        trade_id: str,
        expected: TradeState,
        new: TradeState,
        *,
        reason: str,
        locked: int = 0,
        seen: Trade | None = None,
    ) -> Trade:
        if new not in TERMINAL_TRADE_STATES:
            raise InvariantBroken(f"{new} does not end a trade")
        _check_arrow(expected, new)
        # read anew: compared with the reading that it came from, `seen` would say nothing
        self._trades.remember(None)

        def change(stored: StoredTrade) -> Change[Trade]:
            if stored.trade.state is not expected:
                _check_moved(trade_id, stored.trade.state.value, new)
                return Change((), stored.trade)
            if seen is not None and seen.legs != stored.trade.legs:
                raise WrongState(f"{trade_id} has changed since its end was computed")
            ended = replace(
                stored.trade,
                state=new,
                reason=reason or stored.trade.reason,
                locked=locked,
                ends=stored.trade.ends + 1,
                updated_at=self._now(),
            )
            writes = finish_writes(stored, ended)
            if stored.trade.ended:
                writes += self._without_results(stored.trade, writes)
            return Change(writes, ended)

        return self._trades.change(trade_id, change)

    def count_end(self, trade: Trade, *, failed: bool | None) -> int:
        # excludes counting one end twice, and noting an end that is not the last any more
        noted = Write.update(
            keys.trade(trade.trade_id),
            "SET #counted = :end",
            "#ends = :end AND (attribute_not_exists(#counted) OR #counted < :end)",
            end=trade.ends,
        )
        writes = [noted]
        if failed is not None:
            change = "ADD #count :count" if failed else "SET #count = :count"
            writes.append(Write.update(keys.failures(trade.agent_id), change, count=int(failed)))
        with suppress(ConditionFailed):
            self._table.transact(writes)
        item = self._table.get(keys.failures(trade.agent_id))
        return int(item["count"]) if item else 0

    def in_flight(self, wanted: Collection[tuple[str, str]]) -> Collection[tuple[str, str]]:
        asked = {
            (key["pk"], key["sk"]): (agent_id, pair_id)
            for agent_id, pair_id in wanted
            for key in (keys.flight(agent_id, pair_id),)
        }
        found = self._table.get_many(
            [{"pk": pk, "sk": sk} for pk, sk in asked], consistent=False, only=("pk", "sk")
        )
        return {asked[item["pk"], item["sk"]] for item in found}

    def trades(self, agent_id: str, limit: int, start: str = "") -> Page[Trade]:
        pointers, following = self._table.query(
            "#pk = :pk AND begins_with(#sk, :prefix)",
            pk=keys.agent(agent_id),
            prefix="TRADE#",
            descending=True,
            limit=limit,
            start=start,
        )
        found = (self.trade(pointer["sk"].removeprefix("TRADE#")) for pointer in pointers)
        return Page(tuple(trade for trade in found if trade is not None), following)

    def positions(self, agent_id: str) -> Sequence[Position]:
        found = self._table.query_all(
            "#pk = :pk AND begins_with(#sk, :prefix)", pk=keys.agent(agent_id), prefix="POS#"
        )
        return [position_from_item(item) for item in found if item["shares"]]

    def under_way(self, agent_id: str) -> Sequence[str]:
        found = self._table.query_all(
            "#pk = :pk AND begins_with(#sk, :prefix)", pk=keys.agent(agent_id), prefix="FLIGHT#"
        )
        return [item["trade_id"] for item in found]

    def quarantined(self, agent_id: str) -> Sequence[str]:
        found = self._table.query_all(
            "#pk = :pk AND begins_with(#sk, :prefix)", pk=keys.agent(agent_id), prefix=keys.QUARANTINE_PREFIX
        )
        return [item["trade_id"] for item in found]

    def open_trades(self, older_than_ms: int, limit: int) -> Sequence[str]:
        return self._queue(keys.open_shard, older_than_ms, limit)

    def unchecked(self, older_than_ms: int, limit: int) -> Sequence[str]:
        return self._queue(keys.ended_shard, older_than_ms, limit)

    def checked(self, trade_id: str, *, done: bool) -> None:
        def attempt() -> None:
            stored = self._trades.get(trade_id)
            if not stored.trade.ended:
                raise WrongState(f"{trade_id} is {stored.trade.state}")
            self._trades.remember(None)
            if done:
                self._table.transact(checked_writes(stored))
            else:
                self._table.write(put_back(stored.trade, self._now()))

        self._table.retry(attempt)

    def control(self) -> Control:
        return control_from_item(self._table.get(keys.CONTROL))

    def clearance(self, agent_id: str, day: str, *, simulated: bool) -> Clearance:
        return read_clearance(self._table, agent_id, day, simulated=simulated)

    def set_control(self, control: Control) -> None:
        # the last operator's word counts: no condition
        self._table.write(Write.put(control_to_item(control)))

    def _book(self, trade_id: str, index: int, fills: Sequence[Fill], then: Callable[[Leg], Leg]) -> Leg:
        def change(stored: StoredTrade) -> Change[Leg]:
            leg = stored.leg(index)
            if leg is None:
                raise NotFound(f"leg {index} of {trade_id}")
            check_whole(stored, leg)
            positions = read_positions(self._table, stored.trade, leg)
            booking = book(
                leg,
                fills,
                stored.booked.get(index, {}),
                {outcome: one.holding for outcome, one in positions.items()},
                held=stored.held.get(leg.venue, 0),
                terminal=stored.trade.ended,
            )
            asked, now = then(booking.leg), self._now()
            moved = with_facts(booking.leg, asked, now)
            if not leg_may_move(leg.state, moved.state):
                raise InvariantBroken(f"a leg cannot go from {leg.state} to {moved.state}")
            if booking.records:
                return fills_booked(stored, replace(booking, leg=moved), positions, now)
            return leg_moved(stored, moved, now) if asked != leg else Change((), leg)

        return self._trades.change(trade_id, change)

    def _queue(self, shard_name: Callable[[int], str], older_than_ms: int, limit: int) -> Sequence[str]:
        """Oldest first over all shards of a queue."""
        found: list[tuple[str, str]] = []
        for shard in range(keys.OPEN_SHARDS):
            items, _ = self._table.query(
                "#gsi1pk = :shard AND #gsi1sk < :before",
                index="gsi1",
                limit=limit,
                shard=shard_name(shard),
                before=keys.touched(older_than_ms),
            )
            found += [(item["gsi1sk"], item["pk"].removeprefix("TRADE#")) for item in items]
        return [trade_id for _, trade_id in heapq.nsmallest(limit, found)]

    def _without_results(self, trade: Trade, writes: Sequence[Write]) -> list[Write]:
        """Takes back the results of a trade that had ended otherwise, but for those just written."""
        found = self._table.query_all(
            "#pk = :pk AND begins_with(#sk, :prefix)",
            pk=keys.agent(trade.agent_id),
            prefix=keys.result_prefix(trade.simulated),
        )
        written = {write.target["sk"] for write in writes}
        return [
            Write.delete({"pk": item["pk"], "sk": item["sk"]})
            for item in found
            if item["trade_id"] == trade.trade_id and item["sk"] not in written
        ]

    def _now(self) -> datetime:
        return utc(self._clock.now_ms())


def _check_arrow(expected: TradeState, new: TradeState) -> None:
    if new not in TRADE_ARROWS[expected]:
        raise InvariantBroken(f"a trade cannot go from {expected} to {new}")


def _check_moved(trade_id: str, state: str | None, new: TradeState) -> None:
    """Passes when the trade is where it was to go. Raises NotFound, WrongState."""
    if state is None:
        raise NotFound(trade_id)
    if state != new.value:
        raise WrongState(f"{trade_id} is {state}")

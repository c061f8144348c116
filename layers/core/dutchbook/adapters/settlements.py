"""`dutchbook.ports.settlement.Settlements` on DynamoDB: positions become cash, each exactly once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from dutchbook.adapters import keys
from dutchbook.adapters.agent_items import position_from_item, position_to_item
from dutchbook.adapters.booking import StoredPosition
from dutchbook.adapters.dynamo import SCHEMA_VERSION, ConditionFailed, Item, Table, Write
from dutchbook.adapters.settlement_items import (
    result_from_item,
    result_to_item,
    settlement_from_item,
    settlement_to_item,
)
from dutchbook.adapters.trade_items import StoredTrade, settlement_facts, stored_trade
from dutchbook.domain.accounting import Holding
from dutchbook.domain.errors import NotFound, WrongState
from dutchbook.domain.market import MarketKey
from dutchbook.domain.result import Result
from dutchbook.domain.settlement import (
    PaidOut,
    Place,
    Resolution,
    Stage,
    close,
    flagged,
    pay_out,
    sister_places,
)
from dutchbook.domain.trade import Trade
from dutchbook.ports.clock import Clock, utc
from dutchbook.ports.ledger import Position
from dutchbook.ports.paging import Page
from dutchbook.ports.settlement import Settlement

_EXISTS = "attribute_exists(#pk)"
TRADES_A_TRANSACTION = 30
"""A transaction holds a hundred items: trades take one and their result or sister another."""


class DynamoSettlements:
    """Works on the same items as DynamoLedger and DynamoAgents, under the same versions."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def held(self) -> Iterable[Position]:
        for shard in range(keys.HELD_SHARDS):
            found = self._table.query_all("#gsi1pk = :shard", index="gsi1", shard=keys.held_shard(shard))
            yield from (position_from_item(item) for item in found)

    def mark(self, position: Position, stage: Stage, worth: int | None) -> None:
        if (position.stage, position.worth) == (stage, worth):
            return
        try:
            # excludes a mark on a position that was paid out since it was read
            self._table.write(
                Write.update(
                    _key(position),
                    "SET #stage = :stage, #worth = :worth",
                    "#shares <> :none",
                    stage=stage.value,
                    worth=worth,
                    none=0,
                )
            )
        except ConditionFailed:
            return

    def settle(self, position: Position, resolution: Resolution) -> Settlement | None:
        whole: Settlement | None = None
        while part := self._table.retry(lambda: self._settle_part(position, resolution)):
            whole = part if whole is None else _together(whole, part)
        return whole

    def close(self, trade_id: str) -> Trade:
        def attempt() -> Trade:
            stored = self._stored(trade_id)
            if not stored.trade.ended:
                raise WrongState(f"{trade_id} is {stored.trade.state}")
            closed, result = close(stored.trade, self._now())
            if closed == stored.trade:
                return closed
            writes = self._judged(stored, closed)
            if result is not None:
                writes.append(Write.put(result_to_item(closed.agent_id, closed.simulated, result)))
            self._table.transact(writes)
            return closed

        return self._table.retry(attempt)

    def rule(self, resolution: Resolution) -> None:
        # the last operator's word counts: no condition
        self._table.write(
            Write.put(
                {
                    **keys.ruling(resolution.key),
                    "schema_version": SCHEMA_VERSION,
                    "market": str(resolution.key),
                    "yes_value": resolution.yes_value,
                    "refund": resolution.refund,
                }
            )
        )

    def rulings(self, wanted: Iterable[MarketKey]) -> Mapping[MarketKey, Resolution]:
        found = self._table.get_many([keys.ruling(key) for key in sorted(set(wanted))])
        said = (
            Resolution(MarketKey.parse(item["market"]), Stage.PAYABLE, item["yes_value"], item["refund"])
            for item in found
        )
        return {resolution.key: resolution for resolution in said}

    def flag(self, trade_id: str, text: str) -> bool:
        def attempt() -> bool:
            stored = self._stored(trade_id)
            if stored.trade.flag:
                return False
            # the version excludes flagging twice, and so telling twice
            self._table.transact(self._judged(stored, flagged(stored.trade, text)))
            return True

        return self._table.retry(attempt)

    def history(self, agent_id: str, limit: int, start: str = "", *, simulated: bool) -> Page[Settlement]:
        found, following = self._table.query(
            "#pk = :pk AND begins_with(#sk, :prefix)",
            pk=keys.agent(agent_id),
            prefix=keys.paid_prefix(simulated),
            descending=True,
            limit=limit,
            start=start,
        )
        return Page(tuple(settlement_from_item(item) for item in found), following)

    def results(self, agent_id: str, *, simulated: bool) -> Sequence[Result]:
        found = self._table.query_all(
            "#pk = :pk AND begins_with(#sk, :prefix)",
            pk=keys.agent(agent_id),
            prefix=keys.result_prefix(simulated),
        )
        return [result_from_item(item) for item in found]

    def _settle_part(self, wanted: Position, resolution: Resolution) -> Settlement | None:
        """One transaction: what up to TRADES_A_TRANSACTION trades brought. None when nothing is held."""
        item = self._table.get(_key(wanted))
        if item is None or item["shares"] == 0:
            return None
        position, version, now = position_from_item(item), item["version"], self._now()
        stored = [self._stored(trade_id) for trade_id in position.trade_ids]
        holding = Holding(position.shares, position.cost)
        trades = [each.trade for each in stored]
        sisters = self._sisters(position, trades)
        free = {place: each.position.shares - each.position.answered for place, each in sisters.items()}
        paid = pay_out(holding, resolution, position.outcome, trades, now, TRADES_A_TRANSACTION, free)
        settlement = _settlement(position, paid, resolution, now)
        before = {each.trade.trade_id: each for each in stored}
        writes = [
            _position_write(position, paid, version),
            Write.put(settlement_to_item(settlement, version)),
            *_money_writes(settlement, paid),
            *(_trade_write(before[after.trade_id], after) for after in paid.trades),
            *(_sister_write(sisters[place], shares) for place, shares in paid.answered.items()),
            *(
                Write.put(result_to_item(position.agent_id, position.simulated, each))
                for each in paid.results
            ),
        ]
        self._table.transact(writes)
        return settlement

    def _judged(self, before: StoredTrade, after: Trade) -> list[Write]:
        """The trade, and in its day's result what it no longer defers."""
        writes, trade = [_trade_write(before, after)], before.trade
        if change := after.deferred - trade.deferred:
            writes.append(
                _day_write(trade.agent_id, trade.simulated, self._now(), realised=0, deferred=change)
            )
        return writes

    def _sisters(self, position: Position, trades: Sequence[Trade]) -> Mapping[Place, StoredPosition]:
        """Strongly consistent, in one call; none for positions that no set brought."""
        places = sister_places(trades, (position.key, position.outcome))
        wanted = [keys.position(position.agent_id, position.simulated, *place) for place in sorted(places)]
        found = [
            StoredPosition(position_from_item(item), item["version"]) for item in self._table.get_many(wanted)
        ]
        return {(each.position.key, each.position.outcome): each for each in found}

    def _stored(self, trade_id: str) -> StoredTrade:
        stored = stored_trade(self._table.query_all("#pk = :pk", pk=keys.trade_partition(trade_id)))
        if stored is None:
            raise NotFound(trade_id)
        return stored

    def _now(self) -> datetime:
        return utc(self._clock.now_ms())


def _key(position: Position) -> keys.Pair:
    return keys.position(position.agent_id, position.simulated, position.key, position.outcome)


def _settlement(position: Position, paid: PaidOut, resolution: Resolution, now: datetime) -> Settlement:
    return Settlement(
        agent_id=position.agent_id,
        key=position.key,
        outcome=position.outcome,
        simulated=position.simulated,
        shares=paid.shares,
        cost=paid.cost,
        payout=paid.payout,
        worth=None if resolution.refund else resolution.worth(position.outcome),
        at=now,
        trade_ids=tuple(trade.trade_id for trade in paid.trades),
        title=position.title,
    )


def _together(first: Settlement, second: Settlement) -> Settlement:
    return replace(
        first,
        shares=first.shares + second.shares,
        cost=first.cost + second.cost,
        payout=first.payout + second.payout,
        trade_ids=first.trade_ids + second.trade_ids,
    )


def _position_write(position: Position, paid: PaidOut, version: int) -> Write:
    done = {trade.trade_id for trade in paid.trades}
    after = replace(
        position,
        shares=paid.left.shares,
        cost=paid.left.cost,
        answered=min(position.answered, max(0, paid.left.shares)),
        trade_ids=tuple(trade_id for trade_id in position.trade_ids if trade_id not in done),
        stage=position.stage if paid.left.shares else Stage.REDEEMED,
    )
    # excludes paying a position out twice, and paying one that a fill has changed since it was read
    return Write.put(position_to_item(after, version + 1), "#version = :version", version=version)


def _sister_write(before: StoredPosition, shares: int) -> Write:
    # excludes answering shares that were sold or paid since the position was read
    return Write.update(
        _key(before.position),
        "SET #answered = :answered, #version = #version + :one",
        "#version = :version",
        answered=before.position.answered + shares,
        one=1,
        version=before.version,
    )


def _trade_write(before: StoredTrade, after: Trade) -> Write:
    facts: Item = {"realised": after.realised, "locked": after.locked, **settlement_facts(after)}
    sets = ", ".join(f"#{name} = :{name}" for name in facts)
    # excludes losing what was booked, or settled of another leg, since the trade was read
    return Write.update(
        keys.trade(after.trade_id),
        f"SET {sets}, #version = #version + :one",
        "#version = :version",
        **facts,
        one=1,
        version=before.version,
    )


def _money_writes(settlement: Settlement, paid: PaidOut) -> list[Write]:
    # Sums only: they hold whatever else has moved since, and the position's version lets them happen once.
    agent_id, simulated = settlement.agent_id, settlement.simulated
    return [
        Write.update(
            keys.budget(agent_id, simulated, settlement.key.venue),
            "SET #available = #available + :payout, #spent = #spent - :cost, #funded = #funded + :realised",
            _EXISTS,
            payout=paid.payout,
            cost=paid.cost,
            realised=paid.realised,
        ),
        Write.update(
            keys.totals(agent_id, simulated),
            "SET #exposure = #exposure - :cost, #realised = #realised + :realised",
            _EXISTS,
            cost=paid.cost,
            realised=paid.realised,
        ),
        _day_write(agent_id, simulated, settlement.at, realised=paid.realised, deferred=paid.deferred),
    ]


def _day_write(agent_id: str, simulated: bool, at: datetime, *, realised: int, deferred: int) -> Write:
    return Write.update(
        keys.day(agent_id, simulated, f"{at:%Y-%m-%d}"),
        "SET #trades = if_not_exists(#trades, :zero),"
        " #realised = if_not_exists(#realised, :zero) + :realised,"
        " #deferred = if_not_exists(#deferred, :zero) + :deferred,"
        " #fees = if_not_exists(#fees, :zero), #schema_version = :schema",
        zero=0,
        realised=realised,
        deferred=deferred,
        schema=SCHEMA_VERSION,
    )

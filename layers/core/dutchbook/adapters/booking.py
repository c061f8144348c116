"""Booking fills: the writes of one transaction, each conditional on what the booking was computed from."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from dutchbook.adapters import keys
from dutchbook.adapters.agent_items import position_from_item, position_to_item, time_to_text
from dutchbook.adapters.dynamo import SCHEMA_VERSION, ConditionFailed, Item, Table, Write
from dutchbook.adapters.stored_trades import Change
from dutchbook.adapters.trade_items import StoredTrade, fill_to_item, leg_facts, leg_totals, money_map
from dutchbook.domain.accounting import NETTING_VENUES, Booking, Holding, with_totals
from dutchbook.domain.trade import Leg, Trade
from dutchbook.domain.venue import Outcome
from dutchbook.ports.ledger import Position

_ABSENT = "attribute_not_exists(#pk)"
_EXISTS = "attribute_exists(#pk)"


@dataclass(frozen=True, slots=True)
class StoredPosition:
    """A position and the version it was read at; version 0 is one that is not there."""

    position: Position
    version: int

    @property
    def holding(self) -> Holding:
        return Holding(self.position.shares, self.position.cost)


def check_whole(stored: StoredTrade, leg: Leg) -> None:
    """Raises ConditionFailed, so that all is read again, when the leg's totals are not those of its fills.

    A Query is not isolated from a transaction: it may meet a booking half way, the fills of before it beside
    the leg and the trade of after it.
    """
    fills = [record.fill for record in stored.booked.get(leg.index, {}).values()]
    if leg_totals(with_totals(leg, fills)) != leg_totals(leg):
        raise ConditionFailed({})


def read_positions(table: Table, trade: Trade, leg: Leg) -> dict[Outcome, StoredPosition]:
    """Both outcomes of the leg's market, strongly consistent."""
    wanted = [keys.position(trade.agent_id, trade.simulated, leg.key, outcome) for outcome in Outcome]
    found = {item["sk"]: item for item in table.get_many(wanted)}
    return {
        outcome: _stored(found.get(key["sk"]), trade, leg, outcome)
        for outcome, key in zip(Outcome, wanted, strict=True)
    }


def _stored(item: Item | None, trade: Trade, leg: Leg, outcome: Outcome) -> StoredPosition:
    if item is not None:
        return StoredPosition(position_from_item(item), item["version"])
    empty = Position(trade.agent_id, leg.key, outcome, 0, 0, (), None, trade.simulated, trade.title)
    return StoredPosition(empty, 0)


def fills_booked(
    stored: StoredTrade, booking: Booking, positions: Mapping[Outcome, StoredPosition], now: datetime
) -> Change[Leg]:
    """One transaction that books what `booking` says of `stored` and `positions`, or nothing."""
    leg = booking.leg
    records = {record.fill.fill_id: record for record in booking.records}
    after = replace(
        stored.with_leg(leg, replace(stored.trade, realised=stored.trade.realised + booking.realised)),
        held={**stored.held, leg.venue: booking.held},
        booked={**stored.booked, leg.index: {**stored.booked.get(leg.index, {}), **records}},
    )
    return Change(_booking_writes(stored, booking, positions, now), leg, after)


def _booking_writes(
    stored: StoredTrade, booking: Booking, positions: Mapping[Outcome, StoredPosition], now: datetime
) -> list[Write]:
    trade, leg = stored.trade, booking.leg
    writes = [_leg_write(stored, leg, now), _trade_write(stored, booking, now)]
    known = stored.booked.get(leg.index, {})
    for record in booking.records:
        item = fill_to_item(trade.trade_id, leg.index, record)
        before = known.get(record.fill.fill_id)
        if before is None:
            # excludes booking a fill id twice, a second time beside the trade's version
            writes.append(Write.put(item, _ABSENT))
            continue
        # excludes undoing a confirmation or a failure that a torn read has not seen
        unchanged = "#confirmed = :confirmed AND #failed = :failed"
        was = {"confirmed": before.fill.confirmed, "failed": before.fill.failed}
        writes.append(Write.put(item, unchanged, **was))
    for outcome, position in positions.items():
        write = _position_write(trade, leg, position, booking.holdings.get(outcome, Holding()), now)
        if write is not None:
            writes.append(write)
    return writes + _money_writes(trade, booking, now)


def _leg_write(stored: StoredTrade, leg: Leg, now: datetime) -> Write:
    known = leg_facts(leg) | leg_totals(leg)
    sets = ", ".join(f"#{name} = :{name}" for name in known)
    # excludes totals counted from a leg of before a booking whose trade was read after it, and a state
    # decided from one: a Query may meet a transaction half way, so the trade's version does not stand for
    # its legs
    return Write.update(
        keys.leg(stored.trade.trade_id, leg.index),
        f"SET {sets}, #updated_at = :now, #version = #version + :one",
        "#version = :version",
        **known,
        now=time_to_text(now),
        one=1,
        version=stored.leg_versions[leg.index],
    )


def _trade_write(stored: StoredTrade, booking: Booking, now: datetime) -> Write:
    trade = stored.trade
    change = (
        "SET #held = :held, #realised = #realised + :realised, #updated_at = :now, #gsi1sk = :touched,"
        " #version = #version + :one"
    )
    # excludes booking beside another booking of this trade, and using a reservation that another leg has
    # used or that finish has released since it was read
    return Write.update(
        keys.trade(trade.trade_id),
        change,
        "#version = :version",
        held=money_map({**stored.held, booking.leg.venue: booking.held}),
        realised=booking.realised,
        now=time_to_text(now),
        one=1,
        touched=keys.touched(int(now.timestamp() * 1000)),
        version=stored.version,
    )


def _position_write(
    trade: Trade, leg: Leg, before: StoredPosition, after: Holding, now: datetime
) -> Write | None:
    position = before.position
    # excludes shares and costs computed from a position that has changed since it was read
    condition = "#version = :version" if before.version else _ABSENT
    seen = {"version": before.version} if before.version else {}
    if after == before.holding:
        if leg.venue not in NETTING_VENUES:
            return None
        # the other outcome decided whether this purchase closes it, so it must still be as it was
        key = keys.position(trade.agent_id, trade.simulated, leg.key, position.outcome)
        return Write.check(key, condition, **seen)
    opened = position.opened_at if position.shares else now
    ids = position.trade_ids if position.shares else ()
    changed = replace(
        position,
        shares=after.shares,
        cost=after.cost,
        answered=min(position.answered, max(0, after.shares)),
        opened_at=opened,
        trade_ids=ids if trade.trade_id in ids else (*ids, trade.trade_id),
        title=trade.title or position.title,
    )
    return Write.put(position_to_item(changed, before.version + 1), condition, **seen)


def _money_writes(trade: Trade, booking: Booking, now: datetime) -> list[Write]:
    # Sums only: they hold whatever else has moved since, and the writes above let them happen once.
    agent_id, simulated = trade.agent_id, trade.simulated
    return [
        Write.update(
            keys.budget(agent_id, simulated, booking.leg.venue),
            "SET #available = #available + :available, #reserved = #reserved + :reserved,"
            " #spent = #spent + :spent, #funded = #funded + :realised, #fees = #fees + :fees",
            _EXISTS,
            available=booking.available,
            reserved=booking.reserved,
            spent=booking.spent,
            realised=booking.realised,
            fees=booking.fees,
        ),
        Write.update(
            keys.totals(agent_id, simulated),
            "SET #exposure = #exposure + :exposure, #realised = #realised + :realised, #fees = #fees + :fees",
            _EXISTS,
            exposure=booking.exposure,
            realised=booking.realised,
            fees=booking.fees,
        ),
        Write.update(
            keys.day(agent_id, simulated, f"{now:%Y-%m-%d}"),
            "SET #trades = if_not_exists(#trades, :zero),"
            " #realised = if_not_exists(#realised, :zero) + :realised,"
            " #fees = if_not_exists(#fees, :zero) + :fees, #schema_version = :schema",
            zero=0,
            realised=booking.realised,
            fees=booking.fees,
            schema=SCHEMA_VERSION,
        ),
    ]

"""Setting a trade's money aside: one transaction, and what a failed condition of it means."""

from dutchbook.adapters import keys
from dutchbook.adapters.dynamo import SCHEMA_VERSION, ConditionFailed, Item, Write
from dutchbook.adapters.trade_items import StoredTrade, leg_to_item, trade_to_item
from dutchbook.domain.agent import AgentState, Limits
from dutchbook.domain.errors import AlreadyReserved, DutchbookError, Halted, LimitExceeded, NotFound
from dutchbook.domain.trade import LegPurpose, Trade
from dutchbook.domain.venue import Venue

_ABSENT = "attribute_not_exists(#pk)"
_EXISTS = "attribute_exists(#pk)"

_LIMITS = {
    "maxPosition": "open positions and reservations together would exceed it",
    "maxTrades": "reached for this UTC day",
}

type NamedWrites = dict[str, Write]
"""The transaction, each write under the name that its failure is explained by."""


def enters(trade: Trade) -> bool:
    """Whether the trade opens something; closing is allowed to an agent that may not enter."""
    return any(leg.purpose is not LegPurpose.EXIT for leg in trade.legs)


def reservation(trade: Trade, limits: Limits) -> NamedWrites:
    """All writes that set the trade's money aside. The trade is in RESERVED.

    Raises LimitExceeded when the agent may start no trade at all.
    """
    if enters(trade) and limits.max_trades < 1:
        # the first trade of a day meets no counter to compare with
        raise LimitExceeded("maxTrades: the agent may start none")
    agent_id, simulated = trade.agent_id, trade.simulated
    amounts = {venue: amount for venue, amount in trade.reserved.items() if amount}
    total = sum(amounts.values())
    writes: NamedWrites = {
        # excludes reserving a trade twice; its legs are there exactly when it is
        "trade": Write.put(trade_to_item(trade, amounts, 1), _ABSENT),
        # excludes a second trade of the agent on this pair while one is in flight
        "flight": Write.put(
            {
                **keys.flight(agent_id, trade.pair_id),
                "schema_version": SCHEMA_VERSION,
                "trade_id": trade.trade_id,
            },
            _ABSENT,
        ),
    }
    # one update for each distinct venue: two operations on one item are refused
    for venue, amount in amounts.items():
        # excludes spending what is not free; available + reserved + spent stays funded
        writes[f"budget.{venue}"] = Write.update(
            keys.budget(agent_id, simulated, venue),
            "SET #available = #available - :amount, #reserved = #reserved + :amount",
            "#available >= :amount",
            amount=amount,
        )
    if enters(trade):
        writes |= _entry_limits(trade, limits, total)
    else:
        writes["exists"] = Write.check(keys.profile(agent_id), _EXISTS)
        writes["exposure"] = Write.update(
            keys.totals(agent_id, simulated), "SET #exposure = #exposure + :total", _EXISTS, total=total
        )
    for leg in trade.legs:
        writes[f"leg.{leg.index}"] = Write.put(leg_to_item(trade.trade_id, leg, 1))
    pointer = {**keys.trade_pointer(agent_id, trade.trade_id), "schema_version": SCHEMA_VERSION}
    writes["pointer"] = Write.put(pointer)
    return writes


def as_reserved(trade: Trade) -> StoredTrade:
    """The trade as `reservation` writes it."""
    held = {venue: amount for venue, amount in trade.reserved.items() if amount}
    return StoredTrade(trade, held, 1, dict.fromkeys((leg.index for leg in trade.legs), 1), {})


def more_reserved(trade: Trade, venue: Venue, more: int, max_position: int | None) -> NamedWrites:
    """What sets so much more (micros of a dollar) aside for a trade that is under way."""
    agent_id, simulated = trade.agent_id, trade.simulated
    return {
        # excludes spending what is not free; available + reserved + spent stays funded
        f"budget.{venue}": Write.update(
            keys.budget(agent_id, simulated, venue),
            "SET #available = #available - :more, #reserved = #reserved + :more",
            "#available >= :more",
            more=more,
        ),
        # excludes that positions and reservations together cost more than maxPosition
        "maxPosition": Write.update(
            keys.totals(agent_id, simulated),
            "SET #exposure = #exposure + :more",
            _EXISTS if max_position is None else "#exposure <= :room",
            more=more,
            **({"room": max_position - more} if max_position is not None else {}),
        ),
    }


def what_lacks(writes: NamedWrites, failure: ConditionFailed) -> LimitExceeded | None:
    """The limit that kept more from being reserved; None when what it was computed from has changed."""
    names = list(writes)
    failed = [names[position] for position in failure.items]
    if any(name in ("leg", "trade") for name in failed):
        return None
    return LimitExceeded(f"{failed[0]}: {_LIMITS.get(failed[0], 'not enough is free')}")


def _entry_limits(trade: Trade, limits: Limits, total: int) -> NamedWrites:
    agent_id, simulated = trade.agent_id, trade.simulated
    return {
        # excludes entering for an agent that was paused, halted or deactivated since it was chosen
        "active": Write.check(keys.profile(agent_id), "#state = :active", active=AgentState.ACTIVE.value),
        # excludes that positions and reservations together cost more than maxPosition
        "maxPosition": Write.update(
            keys.totals(agent_id, simulated),
            "SET #exposure = #exposure + :total, #trades = #trades + :one",
            "#exposure <= :room",
            total=total,
            one=1,
            room=limits.max_position - total,
        ),
        # excludes starting more trades in a UTC day than maxTrades
        "maxTrades": Write.update(
            keys.day(agent_id, simulated, f"{trade.created_at:%Y-%m-%d}"),
            "SET #trades = if_not_exists(#trades, :zero) + :one,"
            " #realised = if_not_exists(#realised, :zero), #fees = if_not_exists(#fees, :zero),"
            " #schema_version = :schema",
            "attribute_not_exists(#trades) OR #trades < :most",
            zero=0,
            one=1,
            most=limits.max_trades,
            schema=SCHEMA_VERSION,
        ),
    }


def explain(writes: NamedWrites, failure: ConditionFailed, trade: Trade) -> DutchbookError:
    """The error that a failed reservation means; the most telling one when several conditions failed."""
    names = list(writes)
    failed: dict[str, Item] = {names[position]: item for position, item in failure.items.items()}
    if "trade" in failed or "flight" in failed:
        there = (failed.get("trade") or failed["flight"]).get("trade_id")
        return AlreadyReserved(f"{there} of {trade.agent_id} is in flight on {trade.pair_id}")
    if not all(failed.values()):
        missing = ", ".join(name for name, item in failed.items() if not item)
        return NotFound(f"agent {trade.agent_id} ({missing})")
    if "active" in failed:
        return Halted(f"agent {trade.agent_id} is {failed['active']['state']}")
    name = next(name for name in (*_LIMITS, *failed) if name in failed)
    return LimitExceeded(f"{name}: {_LIMITS.get(name, 'not enough is free')}")

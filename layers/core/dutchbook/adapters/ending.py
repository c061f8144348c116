"""How a trade ends: the writes of one transaction, conditional on the version they were computed from."""

from collections.abc import Mapping
from datetime import datetime

from dutchbook.adapters import keys
from dutchbook.adapters.agent_items import time_to_text
from dutchbook.adapters.dynamo import SCHEMA_VERSION, Write
from dutchbook.adapters.settlement_items import result_to_item
from dutchbook.adapters.trade_items import StoredTrade, money_map
from dutchbook.domain.result import result_at_end
from dutchbook.domain.trade import Trade
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Venue


def finish_writes(stored: StoredTrade, ended: Trade) -> list[Write]:
    """The end of a trade and the release of what it holds back, together and so exactly once.

    It stays in a queue until somebody has compared it with the venues' own records.
    """
    agent_id, simulated = ended.agent_id, ended.simulated
    kept = _still_needed(stored, ended)
    released = {venue: amount for venue, amount in stored.held.items() if amount and venue not in kept}
    writes = [
        # Excludes ending a trade twice, releasing what a fill has used since it was read, and releasing what
        # an order needs that was claimed for sending since: each of these gives the trade a new version.
        Write.update(
            keys.trade(ended.trade_id),
            "SET #state = :state, #reason = :reason, #locked = :locked, #held = :kept, #ends = :ends,"
            " #updated_at = :now, #version = #version + :one, #gsi1pk = :queue, #gsi1sk = :touched",
            "#version = :version",
            state=ended.state.value,
            reason=ended.reason,
            locked=ended.locked,
            ends=ended.ends,
            kept=money_map(kept),
            now=time_to_text(ended.updated_at),
            one=1,
            version=stored.version,
            queue=keys.ended_trade(ended.trade_id),
            touched=keys.touched(int(ended.updated_at.timestamp() * 1000)),
        ),
        *_release_writes(ended, released),
        *_legs_as_read(stored),
    ]
    if not stored.trade.ended:
        # excludes removing the marker of a later trade: it goes only with the trade that set it
        writes.append(
            Write.delete(
                keys.flight(agent_id, ended.pair_id),
                "attribute_not_exists(#pk) OR #trade_id = :trade_id",
                trade_id=ended.trade_id,
            )
        )
    # no conditions of their own: the trade's version lets them happen once, and with its state
    marker = keys.quarantine(agent_id, ended.trade_id)
    if ended.state is TradeState.QUARANTINED:
        writes.append(Write.put({**marker, "schema_version": SCHEMA_VERSION, "trade_id": ended.trade_id}))
    elif stored.trade.state is TradeState.QUARANTINED:
        writes.append(Write.delete(marker))
    result = result_at_end(ended, ended.state, ended.updated_at)
    if result is not None:
        writes.append(Write.put(result_to_item(agent_id, simulated, result)))
    return writes


def checked_writes(stored: StoredTrade) -> list[Write]:
    """Takes an ended trade out of the queue and releases what it still holds back."""
    released = {venue: amount for venue, amount in stored.held.items() if amount}
    return [
        # excludes releasing twice, and releasing what a late fill has used since it was read
        Write.update(
            keys.trade(stored.trade.trade_id),
            "SET #held = :nothing, #version = #version + :one REMOVE #gsi1pk, #gsi1sk",
            "#version = :version",
            nothing={},
            one=1,
            version=stored.version,
        ),
        *_release_writes(stored.trade, released),
    ]


def put_back(trade: Trade, now: datetime) -> Write:
    """Moves an ended trade to the back of its queue, which lists by the last change; nothing else changes."""
    # no condition: without gsi1pk, once somebody else has checked it, the time alone lists nothing
    return Write.update(
        keys.trade(trade.trade_id),
        "SET #updated_at = :now, #gsi1sk = :touched",
        now=time_to_text(now),
        touched=keys.touched(int(now.timestamp() * 1000)),
    )


def _legs_as_read(stored: StoredTrade) -> list[Write]:
    """Excludes an end computed from legs of before a change whose trade was read after it.

    A Query is not isolated from a transaction: it may meet it half way.
    """
    return [
        Write.check(keys.leg(stored.trade.trade_id, index), "#version = :version", version=version)
        for index, version in stored.leg_versions.items()
    ]


def _still_needed(stored: StoredTrade, ended: Trade) -> Mapping[Venue, int]:
    """What a quarantined trade keeps back: an order whose fate is unknown may yet spend it."""
    if ended.state is not TradeState.QUARANTINED:
        return {}
    unsure = {leg.venue for leg in stored.trade.unsure}
    return {venue: amount for venue, amount in stored.held.items() if amount and venue in unsure}


def _release_writes(trade: Trade, released: Mapping[Venue, int]) -> list[Write]:
    if not released:
        return []
    # sums only: the trade's version lets them happen once
    writes = [
        Write.update(
            keys.budget(trade.agent_id, trade.simulated, venue),
            "SET #available = #available + :amount, #reserved = #reserved - :amount",
            amount=amount,
        )
        for venue, amount in released.items()
    ]
    totals = Write.update(
        keys.totals(trade.agent_id, trade.simulated),
        "SET #exposure = #exposure - :held",
        held=sum(released.values()),
    )
    return [totals, *writes]

"""A leg as it will be stored, and what its change does to its trade's own item: a new version above all."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from dutchbook.adapters import keys
from dutchbook.adapters.agent_items import time_to_text
from dutchbook.adapters.dynamo import Write
from dutchbook.adapters.stored_trades import Change
from dutchbook.adapters.trade_items import StoredTrade, leg_facts, money_map
from dutchbook.domain.trade import Leg, Trade
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Venue

# without gsi1pk, once an ended trade was checked, the time alone lists nothing
_CHANGE = "SET #updated_at = :now, #gsi1sk = :touched, #version = #version + :one"


def leg_moved(stored: StoredTrade, moved: Leg, now: datetime, *, sending: bool = False) -> Change[Leg]:
    """Stores the leg's facts. With an order that is about to leave (`sending`) the trade is open: nobody
    releases it as untouched any more.
    """
    facts = leg_facts(moved)
    sets = ", ".join(f"#{name} = :{name}" for name in facts)
    # excludes going back from where another has taken the leg since it was read
    leg = Write.update(
        keys.leg(stored.trade.trade_id, moved.index),
        f"SET {sets}, #updated_at = :now, #version = #version + :one",
        "#version = :version",
        **facts,
        now=time_to_text(now),
        one=1,
        version=stored.leg_versions[moved.index],
    )
    if not sending:
        return Change((leg, _touched(stored, now)), moved)
    trade = stored.trade
    if trade.state is TradeState.RESERVED:
        trade = replace(trade, state=TradeState.OPENING)
    return Change((leg, _sent(stored, trade, now)), moved, stored.with_leg(moved, trade))


def _touched(stored: StoredTrade, now: datetime) -> Write:
    # With a new version whatever was computed from the leg as it was is void: an end above all. No condition:
    # what came of an order is stored in any case.
    return Write.update(keys.trade(stored.trade.trade_id), _CHANGE, **_now(now))


def _sent(stored: StoredTrade, trade: Trade, now: datetime) -> Write:
    # excludes sending an order for a trade that has ended, and so was released, or whose legs or fills have
    # been written since it was read
    opens = trade.state is not stored.trade.state
    state = {"open": trade.state.value} if opens else {}
    return Write.update(
        keys.trade(trade.trade_id),
        f"{_CHANGE}, #state = :open" if opens else _CHANGE,
        "#version = :version",
        **_now(now),
        version=stored.version,
        **state,
    )


def _now(now: datetime) -> dict[str, Any]:
    return {"now": time_to_text(now), "touched": keys.touched(int(now.timestamp() * 1000)), "one": 1}


def leg_added(stored: StoredTrade, venue: Venue, more: int, now: datetime) -> Write:
    """With so much more (micros of a dollar) held back on the venue. Excludes what `_sent` does above."""
    held, reserved = ({**of, venue: of.get(venue, 0) + more} for of in (stored.held, stored.trade.reserved))
    return Write.update(
        keys.trade(stored.trade.trade_id),
        f"{_CHANGE}, #held = :held, #reserved = :reserved",
        "#version = :version",
        **_now(now),
        version=stored.version,
        held=money_map(held),
        reserved=money_map(reserved),
    )


def same_intent(known: Leg, leg: Leg) -> bool:
    """Whether it is the same order of the same sender."""
    return known.client_order_id == leg.client_order_id and dict(leg.intent) in ({}, dict(known.intent))


def same_order(known: Leg, leg: Leg) -> bool:
    return (known.key, known.outcome, known.side, known.purpose, known.repairs) == (
        leg.key,
        leg.outcome,
        leg.side,
        leg.purpose,
        leg.repairs,
    )

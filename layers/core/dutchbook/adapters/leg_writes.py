"""A leg as it will be stored, and what its change does to its trade's own item: a new version above all."""

from dataclasses import replace
from datetime import datetime

from dutchbook.adapters import keys
from dutchbook.adapters.agent_items import time_to_text
from dutchbook.adapters.dynamo import Write
from dutchbook.adapters.trade_items import StoredTrade, money_map
from dutchbook.domain.trade import Leg
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.domain.venue import Venue

# without gsi1pk, once an ended trade was checked, the time alone lists nothing
_CHANGE = "SET #updated_at = :now, #gsi1sk = :touched, #version = #version + :one"


def leg_changed(stored: StoredTrade, now: datetime, *, sending: bool) -> Write:
    """With an order that is about to leave the trade is open: nobody releases it as untouched any more.

    `sending` excludes that the trade, a leg of it or its fills have been written since it was read.
    """
    untouched = stored.trade.state is TradeState.RESERVED
    opens = {"open": TradeState.OPENING.value} if sending and untouched else {}
    return Write.update(
        keys.trade(stored.trade.trade_id),
        f"{_CHANGE}, #state = :open" if opens else _CHANGE,
        "#version = :version" if sending else "",
        now=time_to_text(now),
        touched=keys.touched(int(now.timestamp() * 1000)),
        one=1,
        **({"version": stored.version} if sending else {}),
        **opens,
    )


def leg_added(stored: StoredTrade, venue: Venue, more: int, now: datetime) -> Write:
    """With so much more (micros of a dollar) held back on the venue. Excludes what `sending` does above."""
    held, reserved = ({**of, venue: of.get(venue, 0) + more} for of in (stored.held, stored.trade.reserved))
    return Write.update(
        keys.trade(stored.trade.trade_id),
        f"{_CHANGE}, #held = :held, #reserved = :reserved",
        "#version = :version",
        now=time_to_text(now),
        touched=keys.touched(int(now.timestamp() * 1000)),
        one=1,
        version=stored.version,
        held=money_map(held),
        reserved=money_map(reserved),
    )


def with_facts(known: Leg, leg: Leg, now: datetime) -> Leg:
    """The stored leg with the facts that `move_leg` may change; fills and totals stay."""
    return replace(
        known,
        state=leg.state,
        shares=leg.shares,
        limit_price=leg.limit_price,
        client_order_id=leg.client_order_id,
        venue_order_id=leg.venue_order_id or known.venue_order_id,
        intent=leg.intent or known.intent,
        reason=leg.reason,
        submitted_at=leg.submitted_at or known.submitted_at,
        sends=leg.sends,
        absent_since=leg.absent_since,
        doubted=known.doubted or leg.state is LegState.UNKNOWN,
        updated_at=now,
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

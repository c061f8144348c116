"""Kalshi's public objects: money as 4-decimal strings, counts as 2-decimal strings."""

from datetime import timedelta

from dutchbook.domain.money import ONE
from local.day.catalogue import Event, Listing
from local.day.path import Depth
from local.venues.kalshi.shards import shard_of
from local.venues.state import VenueState
from local.venues.wire import Json, fixed, iso, iso_seconds

_SIMULATED_RULES = "Simulated listing: the recorded catalogue holds no rule texts."


def dollars(micros: int) -> str:
    return fixed(micros, 4)


def count(micros: int) -> str:
    return fixed(micros, 2)


def market(state: VenueState, listing: Listing) -> Json:
    """A market with its quotes. An empty side reads bid 0, ask 1, as the real list endpoint shows it."""
    market_id, facts = listing.key.market_id, listing.facts
    depth = state.depth(market_id)
    bid, bid_size = depth.bids[0] if depth.bids else (0, 0)
    ask, ask_size = depth.asks[0] if depth.asks else (ONE, 0)
    payout = state.settled.get(market_id)
    closes = iso_seconds(listing.closes_at + timedelta(days=state.shift_days))
    opened = iso(state.time.started_ms - 90 * 86_400_000)
    body: Json = {
        "ticker": market_id,
        "event_ticker": facts["event"],
        "market_type": "binary",
        "title": listing.title,
        "yes_sub_title": listing.outcome,
        "no_sub_title": listing.outcome,
        "created_time": opened,
        "open_time": opened,
        "updated_time": opened,
        "close_time": closes,
        "expected_expiration_time": closes,
        "expiration_time": closes,
        "latest_expiration_time": closes,
        "settlement_timer_seconds": 300,
        "status": "active" if payout is None else "finalized",
        "notional_value_dollars": "1.0000",
        "yes_bid_dollars": dollars(bid),
        "yes_ask_dollars": dollars(ask),
        "no_bid_dollars": dollars(ONE - ask),
        "no_ask_dollars": dollars(ONE - bid),
        "yes_bid_size_fp": count(bid_size),
        "yes_ask_size_fp": count(ask_size),
        "last_price_dollars": facts["last"] and fixed_text(facts["last"]),
        "previous_price_dollars": "0.0000",
        "previous_yes_bid_dollars": "0.0000",
        "previous_yes_ask_dollars": "0.0000",
        "volume_fp": count(facts["volume"] * ONE),
        "volume_24h_fp": count(facts["volume_24h"] * ONE),
        "open_interest_fp": count(facts["open_interest"] * ONE),
        "result": _result(payout),
        "can_close_early": True,
        "price_level_structure": "linear_cent",
        "price_ranges": [{"start": "0.0000", "end": "1.0000", "step": "0.0100"}],
        "exchange_index": shard_of(state, market_id),
        "is_provisional": False,
        "strike_type": "structured",
        "rules_primary": _SIMULATED_RULES,
        "rules_secondary": "",
        "settlement_bounds_type": "default",
    }
    if payout is not None:
        body |= {"settlement_value_dollars": dollars(payout), "settlement_ts": iso(state.time.now_ms())}
    return body


def fixed_text(text: str) -> str:
    whole, _, part = text.partition(".")
    return f"{whole}.{part:0<4}"


def event(state: VenueState, item: Event, *, nested: bool) -> Json:
    body: Json = {
        "event_ticker": item.event_id,
        "series_ticker": item.facts["series"],
        "title": item.title,
        "sub_title": item.facts["sub_title"],
        "category": item.facts["category"],
        "mutually_exclusive": item.title.startswith(("Who will", "Which")),
        "collateral_return_type": "",
        "strike_period": "",
        "exchange_index": 0,
    }
    if nested:
        body["markets"] = [market(state, listing) for listing in item.listings]
    return body


def series(item: Event) -> Json:
    return {
        "ticker": item.facts["series"],
        "title": item.title,
        "category": item.facts["category"],
        "frequency": "custom",
        "tags": [],
        "settlement_sources": [],
        "contract_terms_url": "",
        "contract_url": "",
        "fee_type": "quadratic",
        "fee_multiplier": 1,
        "exchange_index": 0,
    }


def orderbook(depth: Depth, levels: int) -> Json:
    """Bids of both outcomes, worst first: a YES ask at p is shown as a NO bid at 1 - p."""
    yes = [[dollars(price), count(size)] for price, size in depth.bids]
    no = [[dollars(ONE - price), count(size)] for price, size in depth.asks]
    if levels:
        yes, no = yes[:levels], no[:levels]
    return {"no_dollars": no[::-1], "yes_dollars": yes[::-1]}


def _result(payout: int | None) -> str:
    if payout is None:
        return ""
    return {0: "no", ONE: "yes"}.get(payout, "scalar")

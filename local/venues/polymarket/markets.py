"""Polymarket's markets as the simulated venue knows them: tokens, fees, grids, and Gamma's objects.

Fee rates by category are the venue's published ones (autumn 2026); which category a recorded event belongs
to is read from its tags.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from dutchbook.domain.money import ONE
from local.day.catalogue import Event, Listing
from local.day.path import Depth, Level
from local.venues.state import VenueState
from local.venues.wire import Json, compact, iso, iso_seconds, number, shortest

MIN_ORDER_SHARES = 5 * ONE

_POLITICS = ("politics", "0.04", "0.25")
_CATEGORIES: tuple[tuple[str, tuple[str, str, str]], ...] = (
    ("Sports", ("sports", "0.05", "0.15")),
    ("Crypto", ("crypto", "0.07", "0.2")),
    ("Politics", _POLITICS),
    ("Elections", _POLITICS),
    ("Finance", ("finance", "0.04", "0.25")),
    ("Tech", ("tech", "0.04", "0.25")),
    ("Geopolitics", ("geopolitics", "0", "0")),
    ("Culture", ("culture", "0.05", "0.25")),
)
_OTHER = ("other", "0.05", "0.25")


class Token(NamedTuple):
    """One side of a market."""

    listing: Listing
    outcome: str


class Fee(NamedTuple):
    """category, rate of p(1-p) in micros, maker's share of it as a decimal string."""

    category: str
    rate: int
    rebate: str


def fee_of(listing: Listing) -> Fee:
    for tag, (category, rate, rebate) in _CATEGORIES:
        if tag in listing.facts["tags"]:
            return Fee(category, _micros(rate), rebate)
    category, rate, rebate = _OTHER
    return Fee(category, _micros(rate), rebate)


def tokens_of(state: VenueState) -> Mapping[str, Token]:
    """Every outcome token by id."""
    return {
        token: Token(listing, outcome)
        for listing in state.listings.values()
        for token, outcome in zip(listing.facts["tokens"], ("yes", "no"), strict=True)
    }


def token_depth(state: VenueState, token: Token) -> Depth:
    """The book of one token; NO's is YES's seen from the other side."""
    depth = state.depth(token.listing.key.market_id)
    return depth if token.outcome == "yes" else Depth(_mirror(depth.asks), _mirror(depth.bids))


def book(state: VenueState, token_id: str, token: Token) -> Json:
    """`GET /book`: levels worst first; the hash is over the body with an empty hash."""
    depth = token_depth(state, token)
    last = token.listing.facts["last"]
    body: Json = {
        "market": token.listing.key.market_id,
        "asset_id": token_id,
        "timestamp": str(state.time.now_ms()),
        "hash": "",
        "bids": [_level(level) for level in reversed(depth.bids)],
        "asks": [_level(level) for level in reversed(depth.asks)],
        "min_order_size": shortest(MIN_ORDER_SHARES),
        "tick_size": shortest(token.listing.tick),
        "neg_risk": token.listing.facts["neg_risk"],
        "last_trade_price": last or "",
    }
    if token.listing.key.market_id in state.versions:
        body["version"] = state.versions[token.listing.key.market_id]
    # SHA-1 is the venue's checksum of the body, not a secret.
    body["hash"] = hashlib.sha1(compact(body).encode(), usedforsecurity=False).hexdigest()
    return body


def clob_market(state: VenueState, listing: Listing) -> Json:
    """`GET /clob-markets/{condition}`: keys are short on the wire."""
    yes, no = listing.facts["tokens"]
    body: Json = {
        "t": [{"t": yes, "o": "Yes"}, {"t": no, "o": "No"}],
        "c": listing.key.market_id,
        "mos": number(MIN_ORDER_SHARES),
        "mts": number(listing.tick),
        "mbf": 1000,
        "tbf": 1000,
        "ao": True,
        "itode": False,
        "fd": {"r": number(fee_of(listing).rate), "e": 1, "to": True},
        "v": state.versions.get(listing.key.market_id, "v1"),
    }
    if listing.facts["neg_risk"]:
        body["nr"] = True
    return body


def gamma_market(state: VenueState, listing: Listing, *, with_event: Event | None = None) -> Json:
    """Gamma's market. Lists travel as JSON inside strings, and keys without a value are left out."""
    facts, market_id = listing.facts, listing.key.market_id
    depth, fee = state.depth(market_id), fee_of(listing)
    payout = state.settled.get(market_id)
    middle = payout if payout is not None else _middle(depth, listing)
    body: Json = {
        "id": facts["id"],
        "question": listing.title,
        "conditionId": market_id,
        "questionID": market_id,
        "slug": facts["slug"],
        "endDate": iso_seconds(listing.closes_at + timedelta(days=state.shift_days)),
        "startDate": iso(state.time.started_ms - 90 * 86_400_000),
        "description": "Simulated listing: the recorded catalogue holds no rule texts.",
        "outcomes": '["Yes", "No"]',
        "outcomePrices": json.dumps([shortest(middle), shortest(ONE - middle)]),
        "clobTokenIds": json.dumps(facts["tokens"]),
        "active": True,
        "closed": payout is not None,
        "archived": False,
        "acceptingOrders": payout is None,
        "enableOrderBook": True,
        "restricted": True,
        "orderPriceMinTickSize": number(listing.tick),
        "orderMinSize": number(MIN_ORDER_SHARES),
        "negRisk": facts["neg_risk"],
        "volume": str(facts["volume"]),
        "volumeNum": facts["volume"],
        "makerBaseFee": 1000,
        "takerBaseFee": 1000,
        "feesEnabled": fee.rate > 0,
        "feeType": f"{fee.category}_fees_v2",
        "feeSchedule": {
            "exponent": 1,
            "rate": number(fee.rate),
            "takerOnly": True,
            "rebateRate": float(fee.rebate),
        },
        "umaResolutionStatuses": "[]",
        "version": state.versions.get(market_id, "v1"),
    }
    if body["version"] == "v2":
        body["positionIds"] = facts["tokens"]
    if depth.bids:
        body["bestBid"] = number(depth.bids[0][0])
    if depth.asks:
        body["bestAsk"] = number(depth.asks[0][0])
    if facts["last"]:
        body["lastTradePrice"] = float(facts["last"])
    if with_event is not None:
        body["events"] = [
            {"id": with_event.event_id, "slug": with_event.facts["slug"], "title": with_event.title}
        ]
    return body


def gamma_event(state: VenueState, event: Event) -> Json:
    end = max(listing.closes_at for listing in event.listings)
    return {
        "id": event.event_id,
        "ticker": event.facts["slug"],
        "slug": event.facts["slug"],
        "title": event.title,
        "endDate": iso_seconds(end + timedelta(days=state.shift_days)),
        "active": True,
        "closed": all(listing.key.market_id in state.settled for listing in event.listings),
        "archived": False,
        "restricted": True,
        "enableOrderBook": True,
        "negRisk": event.facts["neg_risk"],
        "volume": sum(listing.volume for listing in event.listings),
        "tags": [{"label": tag} for tag in event.facts["tags"]],
        "markets": [gamma_market(state, listing) for listing in event.listings],
        "version": "v1",
    }


def _middle(depth: Depth, listing: Listing) -> int:
    if depth.bids and depth.asks:
        return (depth.bids[0][0] + depth.asks[0][0]) // 2
    side = depth.bids or depth.asks
    return side[0][0] if side else listing.tick


def _mirror(levels: tuple[Level, ...]) -> tuple[Level, ...]:
    return tuple((ONE - price, size) for price, size in levels)


def _level(level: Level) -> Json:
    return {"price": shortest(level[0]), "size": shortest(level[1])}


def _micros(text: str) -> int:
    return int(text.replace(".", "").ljust(len(text.partition(".")[0]) + 6, "0"))

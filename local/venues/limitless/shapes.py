"""Limitless objects: one YES book, raw six-decimal sizes, prices as numbers."""

from datetime import timedelta
from math import gcd

from dutchbook.domain.money import ONE
from local.day.catalogue import Listing
from local.day.path import Level
from local.venues.state import VenueState
from local.venues.wire import Json, iso, number

EXCHANGE = "0x05c748E2f4DcDe0ec9Fa8DDc40DE6b867f923fa5"
"""The plain exchange contract that live markets named in autumn 2026; clients must read it, not know it."""

_WINNERS = {ONE: 0, 0: 1}
"""What YES pays to the winner's index; a split has no winner."""

_CREATOR = "0x0000000000000000000000000000000000000002"

USDC = {"address": "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913", "decimals": 6, "symbol": "USDC"}


def venue(state: VenueState, listing: Listing) -> Json:
    """The contracts that trade the market."""
    terms = state.terms.get(listing.key.market_id, {})
    module: Json = {name: terms[name] for name in ("feeModuleType", "feeModule") if name in terms}
    return {"exchange": terms.get("exchange", EXCHANGE), "adapter": None, **module}


def is_free(state: VenueState, listing: Listing) -> bool:
    return state.terms.get(listing.key.market_id, {}).get("fee") is False


def fee_module(state: VenueState, listing: Listing) -> str:
    """The contract that takes the market's fee in dollars; empty where the fee is taken out of the trade."""
    told = venue(state, listing)
    return str(told["feeModule"]) if told.get("feeModuleType") == "COLLATERAL" else ""


def market(state: VenueState, listing: Listing, *, detail: bool) -> Json:
    """A market as `/markets/active` lists it; `detail` adds what `/markets/{slug}` has on top."""
    facts, slug = listing.facts, listing.key.market_id
    closes = listing.closes_at + timedelta(days=state.shift_days)
    payout, middle = state.settled.get(slug), midpoint(state, listing)
    volume = listing.volume * ONE
    yes, no = facts["tokens"]
    body: Json = {
        "id": facts["id"],
        "automationType": "manual",
        "conditionId": facts["condition"],
        "negRiskRequestId": None,
        "description": "Simulated market, invented for the demonstration.",
        "groupId": None,
        "collateralToken": USDC,
        "title": listing.title,
        "proxyTitle": None,
        "expirationDate": closes.strftime("%b %-d, %Y"),
        "expirationTimestamp": int(closes.timestamp() * 1_000),
        "createdAt": iso(state.time.started_ms),
        "startAt": iso(state.time.started_ms),
        "updatedAt": iso(state.time.started_ms),
        "categories": ["Simulated"],
        "status": "FUNDED" if payout is None else "RESOLVED",
        "expired": payout is not None,
        "hidden": False,
        "creator": {
            "name": "Simulated",
            "username": "Simulated",
            "imageURI": "",
            "link": "",
            "address": _CREATOR,
        },
        "tags": ["Simulated"],
        "volume": str(volume),
        "volumeFormatted": f"{listing.volume}.000000",
        "tokens": {"yes": yes, "no": no},
        "prices": [number(middle), number(ONE - middle)],
        "tradePrices": _trade_prices(state, slug),
        "isOther": False,
        "isRewardable": False,
        "priorityIndex": 0,
        "properties": [],
        "slug": slug,
        "stableSlug": slug,
        "tradeType": "clob",
        "venue": venue(state, listing),
        "marketType": "single",
        "winningOutcomeIndex": None if payout is None else _WINNERS.get(payout),
        "metadata": {
            "fee": not is_free(state, listing),
            "externalSlug": facts["external_slug"],
            "externalProvider": "polymarket",
            "isPolyArbitrage": True,
            "isBannered": False,
        },
        "settings": {
            "minSize": "100000000",
            "maxSpread": 0.035,
            "dailyReward": "0",
            "effectiveDailyReward": "0",
            "currentRewardsMultiplier": 1,
            "rewardsEpoch": "0",
            "c": "3",
            "rebateRate": "0",
            "takerDelayMs": facts["taker_delay_ms"],
            "creatorFeePct": 0,
        },
    }
    if detail:
        body["payoutNumerators"] = None if payout is None else _numerators(payout)
        body["groupSlug"] = None
    return body


def _numerators(payout: int) -> list[int]:
    """As the oracle reports them: small whole numbers, [1, 1] for a split."""
    unit = gcd(payout, ONE)
    return [payout // unit, (ONE - payout) // unit]


def _trade_prices(state: VenueState, slug: str) -> Json:
    """What a taker ("market") and a maker ("limit") would trade YES and NO at."""
    depth = state.depth(slug)
    bid = depth.bids[0][0] if depth.bids else 0
    ask = depth.asks[0][0] if depth.asks else ONE
    asks, bids = [number(ask), number(ONE - bid)], [number(bid), number(ONE - ask)]
    return {"buy": {"market": asks, "limit": bids}, "sell": {"market": bids, "limit": asks}}


def orderbook(state: VenueState, listing: Listing) -> Json:
    """Best level first on both sides."""
    depth = state.depth(listing.key.market_id)
    middle = number(midpoint(state, listing))
    return {
        "bids": [_level(level, "BUY") for level in depth.bids],
        "asks": [_level(level, "SELL") for level in depth.asks],
        "tokenId": listing.facts["tokens"][0],
        "adjustedMidpoint": middle,
        "midpoint": middle,
        "maxSpread": "0.035",
        "minSize": "100000000",
        "lastTradePrice": middle,
    }


def midpoint(state: VenueState, listing: Listing) -> int:
    """Halfway between the best prices; an empty side counts as 0 or 1. Settled: the payout."""
    payout = state.settled.get(listing.key.market_id)
    if payout is not None:
        return payout
    depth = state.depth(listing.key.market_id)
    bid = depth.bids[0][0] if depth.bids else 0
    ask = depth.asks[0][0] if depth.asks else ONE
    return (bid + ask) // 2


def _level(level: Level, side: str) -> Json:
    return {"price": number(level[0]), "size": level[1], "side": side}

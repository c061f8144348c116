"""Polymarket's public reads: Gamma listings, CLOB books, the Data API and the geoblock."""

import base64
import binascii
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from dutchbook.domain.money import ONE
from local.day.catalogue import Event, Listing
from local.venues.polymarket import markets
from local.venues.state import VenueState
from local.venues.wire import Json, number, shortest

MAX_BOOKS = 500
MAX_PAGE = 100


def gamma_routes(state: VenueState) -> Blueprint:
    blueprint = Blueprint("gamma", __name__)
    event_of = {listing.key: event for event in state.events for listing in event.listings}

    @blueprint.get("/events/keyset")
    def events() -> ResponseReturnValue:
        if "offset" in request.args:
            return _no_offset()
        rows = [event for event in state.events if _event_wanted(state, event)]
        page, cursor = _keyset(rows)
        return _listing("events", [markets.gamma_event(state, event) for event in page], cursor)

    @blueprint.get("/markets/keyset")
    def market_list() -> ResponseReturnValue:
        if "offset" in request.args:
            return _no_offset()
        rows = [listing for listing in state.listings.values() if _market_wanted(state, listing)]
        page, cursor = _keyset(rows)
        found = [markets.gamma_market(state, row, with_event=event_of[row.key]) for row in page]
        return _listing("markets", found, cursor)

    @blueprint.get("/markets/slug/<slug>")
    def by_slug(slug: str) -> ResponseReturnValue:
        for listing in state.listings.values():
            if listing.facts["slug"] == slug:
                return markets.gamma_market(state, listing, with_event=event_of[listing.key])
        return {"type": "not found error", "error": "slug not found"}, 404

    @blueprint.get("/api/geoblock")
    def geoblock() -> ResponseReturnValue:
        # A documentation address stands in for the caller's.
        return {"blocked": state.geoblocked, "ip": "192.0.2.1", "country": "ZZ", "region": ""}

    @blueprint.get("/deployed")
    def deployed() -> ResponseReturnValue:
        # The relayer's answer; every simulated wallet is in place.
        return {"deployed": True}

    return blueprint


def clob_routes(state: VenueState) -> Blueprint:
    blueprint = Blueprint("clob", __name__)
    tokens = markets.tokens_of(state)

    @blueprint.get("/")
    @blueprint.get("/ok")
    def ok() -> ResponseReturnValue:
        return Response('"OK"', content_type="application/json")

    @blueprint.get("/time")
    def time() -> ResponseReturnValue:
        return Response(str(state.time.now_ms() // 1_000), content_type="application/json")

    @blueprint.get("/version")
    def version() -> ResponseReturnValue:
        return {"version": 2}

    @blueprint.get("/book")
    def book() -> ResponseReturnValue:
        token_id = request.args.get("token_id", "")
        token = tokens.get(token_id)
        return no_orderbook() if token is None else markets.book(state, token_id, token)

    @blueprint.post("/books")
    def books() -> ResponseReturnValue:
        wanted = _token_ids(request.get_json(silent=True))
        if wanted is None:
            return {"error": "Invalid payload"}, 400
        if len(wanted) > MAX_BOOKS:
            return {"error": "Payload exceeds the limit"}, 400
        return [markets.book(state, item, tokens[item]) for item in wanted if item in tokens]

    @blueprint.get("/price")
    def price() -> ResponseReturnValue:
        token = tokens.get(request.args.get("token_id", ""))
        side = request.args.get("side", "").upper()
        if side not in {"BUY", "SELL"}:
            return {"error": "Invalid side"}, 400
        if token is None:
            return no_orderbook()
        depth = markets.token_depth(state, token)
        levels = depth.bids if side == "BUY" else depth.asks
        return {"price": shortest(levels[0][0]) if levels else "0"}

    @blueprint.get("/midpoint")
    def midpoint() -> ResponseReturnValue:
        token = tokens.get(request.args.get("token_id", ""))
        if token is None:
            return no_orderbook()
        depth = markets.token_depth(state, token)
        if not depth.bids or not depth.asks:
            return {"error": "No orderbook exists for the requested token id"}, 404
        return {"mid": shortest((depth.bids[0][0] + depth.asks[0][0]) // 2)}

    @blueprint.get("/spread")
    def spread() -> ResponseReturnValue:
        token = tokens.get(request.args.get("token_id", ""))
        depth = markets.token_depth(state, token) if token else None
        if depth is None or not depth.bids or not depth.asks:
            return no_orderbook()
        return {"spread": shortest(depth.asks[0][0] - depth.bids[0][0])}

    @blueprint.get("/last-trade-price")
    def last_trade_price() -> ResponseReturnValue:
        token = tokens.get(request.args.get("token_id", ""))
        return no_orderbook() if token is None else {"price": token.listing.facts["last"] or "0", "side": ""}

    @blueprint.get("/tick-size")
    def tick_size() -> ResponseReturnValue:
        token = tokens.get(request.args.get("token_id", ""))
        return no_market() if token is None else {"minimum_tick_size": number(token.listing.tick)}

    @blueprint.get("/neg-risk")
    def neg_risk() -> ResponseReturnValue:
        token = tokens.get(request.args.get("token_id", ""))
        return no_market() if token is None else {"neg_risk": token.listing.facts["neg_risk"]}

    @blueprint.get("/fee-rate")
    def fee_rate() -> ResponseReturnValue:
        token = tokens.get(request.args.get("token_id", ""))
        return no_market() if token is None else {"base_fee": 1000}

    @blueprint.get("/clob-markets/<condition>")
    def clob_market(condition: str) -> ResponseReturnValue:
        listing = state.listings.get(condition)
        return no_market() if listing is None else markets.clob_market(state, listing)

    @blueprint.get("/markets-by-token/<token_id>")
    def market_by_token(token_id: str) -> ResponseReturnValue:
        token = tokens.get(token_id)
        if token is None:
            return no_market()
        yes, no = token.listing.facts["tokens"]
        return {
            "condition_id": token.listing.key.market_id,
            "primary_token_id": yes,
            "secondary_token_id": no,
        }

    return blueprint


def data_routes(state: VenueState) -> Blueprint:
    blueprint = Blueprint("data", __name__, url_prefix="/v2")
    tokens = markets.tokens_of(state)

    @blueprint.get("/prices-history")
    def prices_history() -> ResponseReturnValue:
        token = tokens.get(request.args.get("token_id", "") or request.args.get("market", ""))
        if token is None:
            return {"error": "token not found"}, 404
        rows = [
            {"timestamp": at, "price": number(price), "resolution_seconds": 300}
            for at, price in _history(state, token)
        ]
        return _envelope(rows)

    @blueprint.get("/resolutions")
    def resolutions() -> ResponseReturnValue:
        wanted = request.args.get("condition", "").split(",")
        if "offset" in request.args or len(wanted) > 20:
            return {"error": "invalid request"}, 400
        return _envelope([_resolution(state, item) for item in wanted if item in state.settled])

    return blueprint


def no_orderbook() -> tuple[Json, int]:
    return {"error": "No orderbook exists for the requested token id"}, 404


def no_market() -> tuple[Json, int]:
    return {"error": "market not found"}, 404


def _envelope(rows: list[Json]) -> Json:
    pagination = {"limit": len(rows), "offset": 0, "has_more": False, "next_cursor": ""}
    return {"data": rows, "pagination": pagination}


def _resolution(state: VenueState, condition: str) -> Json:
    payout = state.settled[condition]
    return {
        "condition_id": condition,
        "status": "resolved",
        "was_disputed": False,
        "payouts": [payout, ONE - payout],
        "resolution_source": "simulated",
    }


def _history(state: VenueState, token: markets.Token) -> list[tuple[int, int]]:
    """The last four hours of the simulated path, five minutes apart, oldest first."""
    points = []
    now_s, second = state.time.now_ms() // 1_000, state.time.second()
    for back in range(48, -1, -1):
        quote = state.maker.quote(token.listing.key, max(second - back * 300, 0))
        if quote.bid is not None and quote.ask is not None:
            middle = (quote.bid + quote.ask) // 2
            points.append((now_s - back * 300, middle if token.outcome == "yes" else ONE - middle))
    return points


def _token_ids(body: Any) -> list[str] | None:
    if not isinstance(body, list):
        return None
    ids = [row.get("token_id") if isinstance(row, dict) else None for row in body]
    return [item for item in ids if isinstance(item, str)] if all(ids) else None


def _event_wanted(state: VenueState, event: Event) -> bool:
    args = request.args
    closed = all(listing.key.market_id in state.settled for listing in event.listings)
    return _flag_fits("closed", closed) and args.get("slug") in {None, event.facts["slug"]}


def _market_wanted(state: VenueState, listing: Listing) -> bool:
    args, facts = request.args, listing.facts
    conditions, ids = args.getlist("condition_ids"), args.getlist("id")
    tokens = args.getlist("clob_token_ids")
    return (
        _flag_fits("closed", listing.key.market_id in state.settled)
        and args.get("slug") in {None, facts["slug"]}
        and (not conditions or listing.key.market_id in conditions)
        and (not ids or facts["id"] in ids)
        and (not tokens or any(token in tokens for token in facts["tokens"]))
    )


def _flag_fits(name: str, value: bool) -> bool:
    wanted = request.args.get(name)
    return wanted is None or (wanted.lower() == "true") == value


def _no_offset() -> tuple[Json, int]:
    return {"type": "validation error", "error": "offset is not supported; use after_cursor"}, 422


def _listing(name: str, rows: list[Json], cursor: str) -> Json:
    """The last page has no next_cursor at all."""
    return {name: rows} | ({"next_cursor": cursor} if cursor else {})


def _keyset[T](rows: list[T]) -> tuple[list[T], str]:
    text = request.args.get("limit", "20")
    limit = min(max(int(text) if text.isdigit() else 20, 1), MAX_PAGE)
    start = _offset(request.args.get("after_cursor", ""))
    page, end = rows[start : start + limit], start + limit
    return page, base64.urlsafe_b64encode(f"k:{end}".encode()).decode() if end < len(rows) else ""


def _offset(cursor: str) -> int:
    try:
        mark, _, text = base64.urlsafe_b64decode(cursor).decode().partition(":")
    except (binascii.Error, ValueError):
        return 0
    return int(text) if mark == "k" and text.isdigit() else 0

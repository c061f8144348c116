"""Kalshi's public reads."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from local.day.catalogue import Event, Listing
from local.venues.kalshi import shapes
from local.venues.state import VenueState
from local.venues.wire import Json, iso

MAX_BOOKS = 100


def routes(state: VenueState) -> Blueprint:
    blueprint = Blueprint("public", __name__)
    by_ticker = {event.event_id: event for event in state.events}

    @blueprint.get("/exchange/status")
    def status() -> ResponseReturnValue:
        return {
            "exchange_active": True,
            "trading_active": True,
            "intra_exchange_transfers_active": True,
            "exchange_index_statuses": [
                {
                    "exchange_index": 0,
                    "description": "Default",
                    "exchange_active": True,
                    "trading_active": True,
                }
            ],
        }

    @blueprint.get("/exchange/user_data_timestamp")
    def user_data_timestamp() -> ResponseReturnValue:
        return {"as_of_time": iso(state.time.now_ms())}

    @blueprint.get("/events")
    def events() -> ResponseReturnValue:
        limit = _limit("GetEvents", 200, 200)
        if isinstance(limit, tuple):
            return limit
        series, wanted = request.args.get("series_ticker"), request.args.get("status")
        found = [
            event
            for event in state.events
            if series in {None, event.facts["series"]}
            and any(_status_fits(state, listing, wanted) for listing in event.listings)
        ]
        nested = request.args.get("with_nested_markets", "").lower() == "true"
        rows, cursor = _page(found, limit)
        return {"cursor": cursor, "events": [shapes.event(state, row, nested=nested) for row in rows]}

    @blueprint.get("/events/<ticker>")
    def event(ticker: str) -> ResponseReturnValue:
        found = by_ticker.get(ticker)
        if found is None:
            return not_found()
        return {
            "event": shapes.event(state, found, nested=False),
            "markets": [shapes.market(state, listing) for listing in found.listings],
        }

    @blueprint.get("/markets")
    def markets() -> ResponseReturnValue:
        limit = _limit("GetMarkets", 100, 1000)
        if isinstance(limit, tuple):
            return limit
        rows, cursor = _page(_wanted_markets(state), limit)
        return {"cursor": cursor, "markets": [shapes.market(state, row) for row in rows]}

    @blueprint.get("/markets/trades")
    def trades() -> ResponseReturnValue:
        ticker = request.args.get("ticker")
        rows = [row for row in reversed(state.tape) if ticker in {None, row["ticker"]}]
        page, cursor = _page(rows, 100)
        return {"cursor": cursor, "trades": page}

    @blueprint.get("/markets/orderbooks")
    def orderbooks() -> ResponseReturnValue:
        # The key is repeated; a comma list is one unknown ticker to the real venue, too.
        tickers = request.args.getlist("tickers")
        if not 1 <= len(tickers) <= MAX_BOOKS:
            return {"msg": "Parameter validation failed for GetMarketOrderbooks: tickers"}, 400
        return {
            "orderbooks": [
                {"ticker": ticker, "orderbook_fp": shapes.orderbook(state.depth(ticker), 0)}
                for ticker in tickers
                if ticker in state.listings
            ]
        }

    @blueprint.get("/markets/<ticker>")
    def market(ticker: str) -> ResponseReturnValue:
        listing = state.listings.get(ticker)
        return not_found() if listing is None else {"market": shapes.market(state, listing)}

    @blueprint.get("/markets/<ticker>/orderbook")
    def orderbook(ticker: str) -> ResponseReturnValue:
        depth = request.args.get("depth", "0")
        if not depth.isdigit() or int(depth) > 100:
            return {"msg": "Parameter validation failed for GetMarketOrderbook: depth"}, 400
        if ticker not in state.listings:
            return not_found()
        return {"orderbook_fp": shapes.orderbook(state.depth(ticker), int(depth))}

    @blueprint.get("/series")
    def all_series() -> ResponseReturnValue:
        unique = {event.facts["series"]: event for event in state.events}
        return {"series": [shapes.series(event) for event in unique.values()]}

    @blueprint.get("/series/fee_changes")
    def series_fee_changes() -> ResponseReturnValue:
        return {"series_fee_change_arr": []}

    @blueprint.get("/events/fee_changes")
    def event_fee_changes() -> ResponseReturnValue:
        return {"event_fee_change_arr": []}

    @blueprint.get("/series/<ticker>")
    def one_series(ticker: str) -> ResponseReturnValue:
        for event in state.events:
            if event.facts["series"] == ticker:
                return {"series": shapes.series(event)}
        return not_found()

    return blueprint


def not_found() -> tuple[Json, int]:
    return {"error": {"code": "not_found", "message": "not found"}}, 404


def _wanted_markets(state: VenueState) -> list[Listing]:
    args = request.args
    tickers = set(args["tickers"].split(",")) if args.get("tickers") else None
    tests: list[Callable[[Listing], bool]] = [
        lambda row: args.get("event_ticker") in {None, row.facts["event"]},
        lambda row: args.get("series_ticker") in {None, row.facts["series"]},
        lambda row: tickers is None or row.key.market_id in tickers,
        lambda row: _status_fits(state, row, args.get("status")),
    ]
    return [row for row in state.listings.values() if all(test(row) for test in tests)]


def _status_fits(state: VenueState, listing: Listing, wanted: str | None) -> bool:
    """The request's words (open, settled ...) differ from the market object's (active, finalized ...)."""
    settled = listing.key.market_id in state.settled
    return wanted in {None, "", "settled" if settled else "open"}


def _limit(name: str, default: int, most: int) -> int | tuple[Json, int]:
    """The page size, or Kalshi's bare `msg` body."""
    text = request.args.get("limit", str(default))
    if text.isdigit() and 1 <= int(text) <= most:
        return int(text)
    field = f"{name}Params.Limit"
    problem = f"Key: '{field}' Error:Field validation for 'Limit' failed on the 'lte' tag"
    return {"msg": f"Parameter validation failed for {name}: {problem}"}, 400


def _page[T: (Event, Listing, dict[str, Any])](rows: Sequence[T], limit: int) -> tuple[list[T], str]:
    """One page. A cursor that makes no sense starts over without an error, as the real venue does."""
    start = _decode_cursor(request.args.get("cursor", ""))
    page = list(rows[start : start + limit])
    more = start + limit < len(rows)
    return page, base64.urlsafe_b64encode(f"at:{start + limit}".encode()).decode() if more else ""


def _decode_cursor(cursor: str) -> int:
    try:
        mark, _, offset = base64.urlsafe_b64decode(cursor).decode().partition(":")
    except (binascii.Error, ValueError):
        return 0
    return int(offset) if mark == "at" and offset.isdigit() else 0

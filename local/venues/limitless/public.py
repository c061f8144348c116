"""Limitless's public reads."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from dutchbook.domain.money import ONE
from local.venues.limitless import shapes
from local.venues.state import VenueState
from local.venues.wire import Json, number

MAX_PAGE = 25
_KNOWN = frozenset({"page", "limit", "sortBy", "tradeType", "automationType"})


def routes(state: VenueState) -> Blueprint:
    blueprint = Blueprint("public", __name__)

    @blueprint.get("/markets/active")
    def active() -> ResponseReturnValue:
        unknown = set(request.args) - _KNOWN
        if unknown:
            return problem([f"property {name} should not exist" for name in sorted(unknown)])
        page, limit = request.args.get("page", "1"), request.args.get("limit", "10")
        if not page.isdigit() or not limit.isdigit() or not 1 <= int(limit) <= MAX_PAGE or int(page) < 1:
            return problem(["limit must not be greater than 25"])
        rows = [row for slug, row in state.listings.items() if slug not in state.settled]
        start = (int(page) - 1) * int(limit)
        found = rows[start : start + int(limit)]
        return {
            "data": [shapes.market(state, row, detail=False) for row in found],
            "totalMarketsCount": len(rows),
        }

    @blueprint.get("/markets/active/slugs")
    def slugs() -> ResponseReturnValue:
        return [{"slug": slug} for slug in state.listings if slug not in state.settled]

    @blueprint.get("/markets/<slug>")
    def market(slug: str) -> ResponseReturnValue:
        listing = state.listings.get(slug)
        return not_found() if listing is None else shapes.market(state, listing, detail=True)

    @blueprint.get("/markets/<slug>/orderbook")
    def orderbook(slug: str) -> ResponseReturnValue:
        listing = state.listings.get(slug)
        return not_found() if listing is None else shapes.orderbook(state, listing)

    @blueprint.get("/markets/<slug>/historical-price")
    def history(slug: str) -> ResponseReturnValue:
        listing = state.listings.get(slug)
        if listing is None:
            return not_found()
        prices = []
        for back in range(49):
            quote = state.maker.quote(listing.key, max(state.time.second() - back * 300, 0))
            middle = ((quote.bid or 0) + (quote.ask or ONE)) // 2
            at = str(state.time.now_ms() - back * 300_000)
            prices.append({"timestamp": at, "price": number(middle)})
        return {"title": listing.title, "prices": prices, "marketStatus": "FUNDED"}

    @blueprint.get("/maintenance/status")
    def maintenance() -> ResponseReturnValue:
        return {"active": [], "scheduled": []}

    return blueprint


def problem(message: str | list[str], status: int = 400, **more: object) -> tuple[Json, int]:
    """Limitless answers errors the way NestJS does: a message that may be a list."""
    return {"message": message, "statusCode": status} | more, status


def not_found() -> tuple[Json, int]:
    return problem("Market not found", 404)

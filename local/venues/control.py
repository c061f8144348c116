"""Control of the simulators: `/_sim/...` on every host. No venue has these routes.

GET  /_sim/ledger                      balances, shares and entries of every venue, micros
POST /_sim/{venue}/accounts            {"account": name, "cash": "1000", ...what the venue checks, see below}
POST /_sim/{venue}/faults              a fault (see faults.py); DELETE clears them, GET lists them
POST /_sim/{venue}/settle              {"market": id, "payout": "1"} answers it: YES is worth the payout, NO
                                       the rest; paid at once (kalshi) or when redeemed over /rpc
POST /_sim/{venue}/book                {"market": id, "bids": [["0.58", "100"], ...], "asks": [...]} pins what
                                       others offer for YES, best first; {"market": id} alone ends that
POST /_sim/polymarket/rules            {"geoblocked": bool, "failing_trades": n, "versions": {id: "v2"}}
POST /_sim/advance                     {"seconds": n} pushes simulated time (prices, settlement) forward

What an account needs besides a name and cash:
kalshi      keys {key id: public key PEM}
polymarket  owner, funder, signature_type, allowance (decimal dollars, absent = unlimited), wei?
limitless   address, token, secret (base64), fee_rate_bps, smart_wallet?, allowance?, wei? (for gas, a whole
            number, absent = one coin)
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from dutchbook.domain.money import ONE, parse_micros
from local.day.path import Depth
from local.venues.faults import Fault
from local.venues.settlement import settle
from local.venues.simtime import SimTime
from local.venues.state import VenueState
from local.venues.wire import decimal_micros

_NEEDED = {
    "kalshi": ("keys",),
    "polymarket": ("owner", "funder", "signature_type"),
    "limitless": ("address", "token", "secret", "fee_rate_bps"),
}


def routes(states: Mapping[str, VenueState], time: SimTime) -> Blueprint:
    blueprint = Blueprint("control", __name__, url_prefix="/_sim")

    @blueprint.get("/ledger")
    def ledger() -> ResponseReturnValue:
        return {venue: state.ledger.dump() for venue, state in states.items()}

    @blueprint.post("/<any(polymarket, kalshi, limitless):venue>/accounts")
    def open_account(venue: str) -> ResponseReturnValue:
        facts = _body()
        missing = [name for name in _NEEDED[venue] if name not in facts]
        name, cash = facts.pop("account", None), decimal_micros(facts.pop("cash", None))
        if not isinstance(name, str) or cash is None or cash < 0:
            return {"error": "account (a name) and cash (a decimal string) are needed"}, 400
        if missing:
            return {"error": f"{missing[0]} is needed"}, 400
        try:
            states[venue].ledger.open(name, cash, facts)
        except ValueError as error:
            return {"error": str(error)}, 409
        return {"account": name}, 201

    @blueprint.get("/<any(polymarket, kalshi, limitless):venue>/faults")
    def faults(venue: str) -> ResponseReturnValue:
        return states[venue].faults.listed()

    @blueprint.post("/<any(polymarket, kalshi, limitless):venue>/faults")
    def plan(venue: str) -> ResponseReturnValue:
        try:
            states[venue].faults.plan(Fault(**_body()))
        except (TypeError, ValueError) as error:
            return {"error": str(error)}, 400
        return states[venue].faults.listed(), 201

    @blueprint.delete("/<any(polymarket, kalshi, limitless):venue>/faults")
    def clear(venue: str) -> ResponseReturnValue:
        states[venue].faults.clear()
        return []

    @blueprint.post("/<any(polymarket, kalshi, limitless):venue>/settle")
    def settle_market(venue: str) -> ResponseReturnValue:
        body, state = _body(), states[venue]
        payout = decimal_micros(body.get("payout"))
        market = str(body.get("market"))
        if payout is None or not 0 <= payout <= ONE or market not in state.listings:
            return {"error": "market of the venue and payout from 0 to 1 are needed"}, 400
        with state.lock:
            settle(state, market, payout)
        return {"settled": market}

    @blueprint.post("/<any(polymarket, kalshi, limitless):venue>/book")
    def pin_book(venue: str) -> ResponseReturnValue:
        body, state = _body(), states[venue]
        market = str(body.get("market"))
        if market not in state.listings:
            return {"error": "market of the venue is needed"}, 400
        try:
            depth = _depth(body) if body.keys() & {"bids", "asks"} else None
        except (TypeError, ValueError):
            return {"error": "bids and asks are lists of [price, shares], decimal strings, best first"}, 400
        with state.lock:
            state.pin(market, depth)
        return {"market": market, "pinned": depth is not None}

    @blueprint.post("/polymarket/rules")
    def polymarket_rules() -> ResponseReturnValue:
        body, state = _body(), states["polymarket"]
        state.geoblocked = bool(body.get("geoblocked", state.geoblocked))
        state.failing_trades = int(body.get("failing_trades", state.failing_trades))
        state.versions.update(body.get("versions", {}))
        return {"geoblocked": state.geoblocked, "failing_trades": state.failing_trades}

    @blueprint.post("/advance")
    def advance() -> ResponseReturnValue:
        seconds = _body().get("seconds")
        if not isinstance(seconds, int) or seconds < 0:
            return {"error": "seconds is a whole number, not negative"}, 400
        time.advance(seconds)
        return {"second": time.second()}

    return blueprint


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def _depth(body: Mapping[str, Any]) -> Depth:
    """Raises TypeError or ValueError for anything but two sound sides that do not cross."""
    bids, asks = (
        tuple((parse_micros(price), parse_micros(shares)) for price, shares in body.get(side, []))
        for side in ("bids", "asks")
    )
    levels = [*reversed(bids), *asks]
    prices = [price for price, _ in levels]
    if prices != sorted(set(prices)) or not all(0 < price < ONE and shares > 0 for price, shares in levels):
        raise ValueError("levels are not in order")
    return Depth(bids, asks)

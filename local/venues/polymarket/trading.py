"""Polymarket's signed routes that change something: API keys, orders, cancellations."""

from collections.abc import Iterable

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from local.venues.ledger import Account
from local.venues.polymarket.auth import AuthError, attest, authenticate, credentials
from local.venues.polymarket.engine import Engine
from local.venues.polymarket.orders import Refusal, parse
from local.venues.state import VenueState
from local.venues.wire import Json


def key_routes(state: VenueState) -> Blueprint:
    blueprint = Blueprint("keys", __name__)
    add_error_answers(blueprint)

    @blueprint.post("/auth/api-key")
    def create_key() -> ResponseReturnValue:
        with state.lock:
            account, nonce = attest(state, request)
            made = credentials(account, nonce)
            keys = account.facts.setdefault("api_keys", {})
            if made["apiKey"] in keys:
                raise Refusal("Could not create api key")
            keys[made["apiKey"]] = made
            return made

    @blueprint.get("/auth/derive-api-key")
    def derive_key() -> ResponseReturnValue:
        with state.lock:
            account, nonce = attest(state, request)
            made = credentials(account, nonce)
            if made["apiKey"] not in account.facts.get("api_keys", {}):
                raise Refusal("Could not derive api key!")
            return made

    @blueprint.get("/auth/api-keys")
    def list_keys() -> ResponseReturnValue:
        return {"apiKeys": list(authenticate(state, request).facts["api_keys"])}

    @blueprint.get("/auth/ban-status/closed-only")
    def closed_only() -> ResponseReturnValue:
        authenticate(state, request)
        return {"closed_only": False}

    return blueprint


def order_routes(engine: Engine) -> Blueprint:
    blueprint = Blueprint("orders", __name__)
    add_error_answers(blueprint)
    state = engine.state

    @blueprint.post("/order")
    def place() -> ResponseReturnValue:
        account = authenticate(state, request)
        if state.geoblocked:
            raise Refusal("Trading restricted in your region", 403)
        with state.lock:
            engine.refresh()
            key_id = request.headers["POLY_API_KEY"]
            order = parse(state, account, key_id, request.get_json(silent=True), engine.tokens)
            return engine.place(account, order)

    @blueprint.delete("/order")
    def cancel_one() -> ResponseReturnValue:
        account, body = authenticate(state, request), request.get_json(silent=True)
        wanted = body.get("orderID") if isinstance(body, dict) else None
        if not isinstance(wanted, str):
            raise Refusal("Invalid order payload")
        return _cancel(engine, account, [wanted])

    @blueprint.delete("/orders")
    def cancel_many() -> ResponseReturnValue:
        account, body = authenticate(state, request), request.get_json(silent=True)
        if not isinstance(body, list):
            raise Refusal("Invalid order payload")
        return _cancel(engine, account, [str(item) for item in body])

    @blueprint.delete("/cancel-all")
    def cancel_all() -> ResponseReturnValue:
        account = authenticate(state, request)
        open_ids = [
            order.order_id
            for order in engine.orders.values()
            if order.account_id == account.account_id and order.status == "LIVE"
        ]
        return _cancel(engine, account, open_ids)

    return blueprint


def add_error_answers(blueprint: Blueprint) -> None:
    """401 and refusals in the venue's shape."""

    @blueprint.errorhandler(AuthError)
    def unauthorised(error: AuthError) -> ResponseReturnValue:
        return {"error": str(error)}, 401

    @blueprint.errorhandler(Refusal)
    def refused(error: Refusal) -> ResponseReturnValue:
        return {"error": str(error)}, error.status


def _cancel(engine: Engine, account: Account, wanted: Iterable[str]) -> Json:
    canceled, refused = [], {}
    with engine.state.lock:
        engine.refresh()
        for order_id in wanted:
            order = engine.orders.get(order_id)
            if order is None or order.account_id != account.account_id:
                refused[order_id] = "order not found"
            elif order.status != "LIVE":
                refused[order_id] = "order already canceled or matched"
            else:
                engine.cancel(order)
                canceled.append(order_id)
    return {"canceled": canceled, "not_canceled": refused}

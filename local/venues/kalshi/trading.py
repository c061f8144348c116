"""Kalshi's order routes (V2) and the retired V1 ones."""

from typing import Any, cast

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from dutchbook.domain.money import ONE
from local.venues.kalshi.auth import AuthError, authenticate
from local.venues.kalshi.engine import TIME_IN_FORCE, Engine, Order, Refusal
from local.venues.kalshi.shards import shard_of
from local.venues.ledger import Account
from local.venues.wire import Json, decimal_micros, fixed

_TEXT_FIELDS = ("ticker", "side", "count", "price", "time_in_force", "self_trade_prevention_type")
_LOT = ONE // 100
_V1_ROUTES = (
    ("/portfolio/orders", ["POST"]),
    ("/portfolio/orders/batched", ["POST", "DELETE"]),
    ("/portfolio/orders/<order_id>", ["DELETE"]),
    ("/portfolio/orders/<order_id>/amend", ["POST"]),
    ("/portfolio/orders/<order_id>/decrease", ["POST"]),
)


def routes(engine: Engine) -> Blueprint:
    blueprint = Blueprint("trading", __name__)
    state = engine.state

    @blueprint.errorhandler(AuthError)
    def unauthorised(error: AuthError) -> ResponseReturnValue:
        return error.body, 401

    @blueprint.errorhandler(Refusal)
    def refused(error: Refusal) -> ResponseReturnValue:
        return error.body, error.status

    @blueprint.post("/portfolio/events/orders")
    def create() -> ResponseReturnValue:
        account = authenticate(state, request)
        body = request.get_json(silent=True)
        problem = _type_problem(body)
        if problem:
            # Errors of the JSON decoder come flat, unlike all others.
            return {"code": "bad_request", "message": "bad request", "details": problem}, 400
        with state.lock:
            engine.refresh()
            return engine.place(account, _order(engine, account, cast("Json", body))), 201

    @blueprint.delete("/portfolio/events/orders/<order_id>")
    def cancel(order_id: str) -> ResponseReturnValue:
        account = authenticate(state, request)
        with state.lock:
            engine.refresh()
            order = engine.orders.get(order_id)
            # Canceled, filled and unknown orders get one and the same answer.
            if order is None or order.account_id != account.account_id or order.status != "resting":
                raise Refusal(404, "not_found", "not found")
            # Told neither the market nor the shard, the venue looks on shard 0 alone.
            if _asked_shard(engine) != shard_of(state, order.ticker):
                raise Refusal(404, "not_found", "not found")
            if request.args.get("market_ticker", order.ticker) != order.ticker:
                raise Refusal(404, "not_found", "not found")
            left = engine.cancel(order)
            return {
                "order_id": order_id,
                "client_order_id": order.client_order_id,
                "reduced_by": fixed(left, 2),
                "ts_ms": state.time.now_ms(),
            }

    def gone(**_: str) -> ResponseReturnValue:
        authenticate(state, request)
        return {
            "error": {
                "code": "deprecated_v1_order_endpoint",
                "message": "Please switch to the V2 endpoints",
                "details": "https://docs.kalshi.com/api-reference/orders/create-order-v2",
            }
        }, 410

    for path, methods in _V1_ROUTES:
        blueprint.add_url_rule(path, f"v1 {path} {methods}", gone, methods=methods)
    return blueprint


def _asked_shard(engine: Engine) -> int | None:
    """Where a cancel looks for its order; None where the market it names is unknown."""
    ticker, index = request.args.get("market_ticker"), request.args.get("exchange_index", "0")
    if ticker is not None:
        return shard_of(engine.state, ticker) if ticker in engine.state.listings else None
    return int(index) if index.isdigit() else None


def _type_problem(body: object) -> str:
    if not isinstance(body, dict):
        return "json: body is not an object"
    for name in _TEXT_FIELDS:
        if name in body and not isinstance(body[name], str):
            kind = "number" if isinstance(body[name], int | float) else type(body[name]).__name__
            field = f"CreateOrderV2Request.{name}"
            return f"json: cannot unmarshal {kind} into Go struct field {field} of type string"
    return ""


def _order(engine: Engine, account: Account, body: dict[str, Any]) -> Order:
    """The order that a well-typed body asks for. Raises Refusal."""
    state = engine.state
    missing = [name for name in _TEXT_FIELDS if not body.get(name)]
    if missing:
        raise Refusal(400, "invalid_parameters", "invalid parameters", f"missing {missing[0]}")
    client_order_id = str(body.get("client_order_id", ""))
    listed = (
        body["side"] in {"bid", "ask"}
        and body["time_in_force"] in TIME_IN_FORCE
        and body["self_trade_prevention_type"] in {"taker_at_cross", "maker"}
        and len(client_order_id) <= 64
        and "." not in client_order_id
    )
    if not listed:
        raise Refusal(400, "invalid_parameters", "invalid parameters")
    listing = state.listings.get(body["ticker"])
    if listing is None:
        raise Refusal(404, "not_found", "not found")
    # -1 is routed by the ticker, and so is an order that names no shard
    if body.get("exchange_index", -1) not in (-1, shard_of(state, body["ticker"])):
        raise Refusal(404, "not_found", "not found")
    if body["ticker"] in state.settled:
        raise Refusal(400, "MARKET_INACTIVE", "market inactive")
    count, price = decimal_micros(body["count"]), decimal_micros(body["price"])
    if count is None or count < _LOT or count % _LOT:
        raise Refusal(400, "invalid_order_size", "invalid order size")
    if price is None or not 0 < price < ONE or price % listing.tick:
        raise Refusal(400, "invalid_price", "invalid price")
    if body.get("expiration_time") and body["time_in_force"] != "good_till_canceled":
        raise Refusal(400, "invalid_parameters", "invalid parameters", "expiration_time: GTC orders alone")
    if body.get("reduce_only"):
        if body["time_in_force"] != "immediate_or_cancel":
            raise Refusal(400, "invalid_order", "invalid order", "reduce only must be immediate or cancel")
        position = engine.position(account, body["ticker"])
        count = min(count, max(position if body["side"] == "ask" else -position, 0))
    return Order(
        order_id=engine.new_id("order"),
        client_order_id=client_order_id,
        account_id=account.account_id,
        ticker=body["ticker"],
        side=body["side"],
        price=price,
        initial=count,
        remaining=count,
        time_in_force=body["time_in_force"],
        self_trade_prevention=body["self_trade_prevention_type"],
        created_ms=state.time.now_ms(),
        post_only=bool(body.get("post_only")),
        expiration_s=int(body.get("expiration_time") or 0),
    )

"""Limitless's signed routes: orders, cancellations, status, portfolio, profile."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from dutchbook.domain.money import ONE
from local.venues.ledger import Account
from local.venues.limitless import shapes
from local.venues.limitless.auth import AuthError, authenticate
from local.venues.limitless.engine import Engine
from local.venues.limitless.orders import Order, Refusal, allowance_of, owner_id, parse, wallet
from local.venues.wire import Json, iso

_UNLIMITED = str((1 << 256) - 1)
_MAX_BATCH = 50


def order_routes(engine: Engine) -> Blueprint:
    blueprint = Blueprint("orders", __name__)
    _add_error_answers(blueprint)
    state = engine.state

    @blueprint.post("/orders")
    def place() -> ResponseReturnValue:
        account = authenticate(state, request)
        with state.lock:
            engine.refresh()
            return engine.place(account, parse(state, account, request.get_data())), 201

    @blueprint.post("/orders/status/batch")
    def status() -> ResponseReturnValue:
        account = authenticate(state, request)
        items = (request.get_json(silent=True) or {}).get("items")
        if not isinstance(items, list) or not 1 <= len(items) <= _MAX_BATCH:
            raise Refusal("items must contain 1 to 50 elements")
        with state.lock:
            engine.refresh()
            lag = state.faults.read_lag_ms(request.path)
            return {
                "results": [_found(engine, account, index, item, lag) for index, item in enumerate(items)]
            }

    @blueprint.delete("/orders/<order_id>")
    def cancel(order_id: str) -> ResponseReturnValue:
        account = authenticate(state, request)
        return _cancel(engine, account, order_id)

    @blueprint.post("/orders/cancel")
    def cancel_by_either_id() -> ResponseReturnValue:
        account, body = authenticate(state, request), request.get_json(silent=True) or {}
        client_id = (account.account_id, str(body.get("clientOrderId")))
        return _cancel(engine, account, str(body.get("orderId") or engine.client_ids.get(client_id)))

    @blueprint.get("/markets/<slug>/user-orders")
    def user_orders(slug: str) -> ResponseReturnValue:
        account = authenticate(state, request)
        wanted = request.args.getlist("statuses") or ["LIVE"]
        with state.lock:
            engine.refresh()
            lag = state.faults.read_lag_ms(request.path)
            rows = engine.rows.all(lag, account_id=account.account_id)
            found = [row for row in rows if row["status"] in wanted]
            return [
                _user_order(engine.orders[row["order"]["id"]], row)
                for row in reversed(found)
                if row["order"]["market"]["slug"] == slug
            ]

    return blueprint


def portfolio_routes(engine: Engine) -> Blueprint:
    blueprint = Blueprint("portfolio", __name__)
    _add_error_answers(blueprint)
    state = engine.state

    @blueprint.get("/profiles/me")
    @blueprint.get("/profiles/<address>")
    def profile(address: str = "") -> ResponseReturnValue:
        account = authenticate(state, request)
        # Only one's own profile can be read, and the address is compared with its capitals.
        if address not in {"", account.facts["address"]}:
            raise Refusal("Profile not found", 404)
        rate = account.facts["fee_rate_bps"]
        return {
            "id": owner_id(account),
            "account": account.facts["address"],
            "username": "simulated",
            "tradeWalletOption": "smartWallet" if account.facts.get("smart_wallet") else "eoa",
            "smartWallet": account.facts.get("smart_wallet"),
            "embeddedAccount": account.facts["address"] if account.facts.get("smart_wallet") else None,
            "rank": {"id": 1, "name": "Simulated", "feeRateBps": rate},
            "effectiveFeeRateBps": rate,
        }

    @blueprint.get("/portfolio/trading/allowance")
    def allowance() -> ResponseReturnValue:
        account = authenticate(state, request)
        kind = request.args.get("type")
        if kind not in {"clob", "negrisk"}:
            raise Refusal("type must be one of the following values: clob, negrisk")
        spender = request.args.get("spender", shapes.EXCHANGE)
        limit = allowance_of(account, spender)
        return {
            "allowance": _UNLIMITED if limit is None else str(limit),
            "hasMinimumAllowance": limit is None or limit > 0,
            "type": kind,
            "spender": spender,
            "checkedAddress": wallet(account),
        }

    @blueprint.get("/portfolio/history")
    def history() -> ResponseReturnValue:
        account = authenticate(state, request)
        if "cursor" not in request.args:
            raise Refusal("cursor is required; send it empty for the first page")
        slug = request.args.get("market")
        with state.lock:
            engine.refresh()
            lag = state.faults.read_lag_ms(request.path)
            rows = engine.fills.all(lag, account_id=account.account_id)
        if state.faults.spend_kind("duplicate_fills", "GET", request.path):
            rows = [row for row in rows for _ in range(2)]
        start, limit = int(request.args["cursor"] or 0), min(int(request.args.get("limit", "20")), 100)
        newest = [row for row in reversed(rows) if slug in {None, row["market"]["slug"]}]
        more = start + limit < len(newest)
        page = [
            {key: value for key, value in row.items() if key != "account_id"}
            for row in newest[start : start + limit]
        ]
        return {"data": page, "nextCursor": str(start + limit) if more else None}

    @blueprint.get("/portfolio/positions")
    def positions() -> ResponseReturnValue:
        account = authenticate(state, request)
        with state.lock:
            engine.refresh()
            slugs = {market for (market, _), shares in account.shares.items() if shares}
            slugs |= {order.listing.key.market_id for order in _live(engine, account)}
            rows = [_position(engine, account, slug) for slug in sorted(slugs)]
        return {"clob": rows, "amm": [], "group": []}

    return blueprint


def _add_error_answers(blueprint: Blueprint) -> None:
    @blueprint.errorhandler(AuthError)
    def unauthorised(error: AuthError) -> ResponseReturnValue:
        return {"message": str(error), "statusCode": 401}, 401

    @blueprint.errorhandler(Refusal)
    def refused(error: Refusal) -> ResponseReturnValue:
        return error.body, error.status


def _cancel(engine: Engine, account: Account, order_id: str) -> Json:
    with engine.state.lock:
        engine.refresh()
        order = engine.orders.get(order_id)
        if order is None or order.account_id != account.account_id:
            raise Refusal("Order not found", 404)
        engine.cancel(order)
    return {"message": "Order canceled successfully"}


def _found(engine: Engine, account: Account, index: int, item: object, lag_ms: int) -> Json:
    """One result of status/batch. Orders of others look like none."""
    wanted = item if isinstance(item, dict) else {}
    client_id = wanted.get("clientOrderId")
    order_id = wanted.get("orderId") or engine.client_ids.get((account.account_id, str(client_id)))
    if not wanted.get("orderId") and not client_id:
        return {"index": index, "status": "invalid"}
    row = engine.rows.read(str(order_id), lag_ms)
    if row is None or row["account_id"] != account.account_id:
        return {"index": index, "status": "not_found"}
    data = {key: row[key] for key in ("order", "makerMatches", "execution")}
    return {"index": index, "status": "found", "orderId": order_id, "data": data}


def _user_order(order: Order, row: Json) -> Json:
    return {
        "createdAt": row["order"]["createdAt"],
        "id": order.order_id,
        "clientOrderId": order.client_order_id or None,
        "marketId": str(order.listing.facts["id"]),
        "token": row["order"]["tokenId"],
        "type": order.order_type,
        "status": row["status"],
        "side": order.side,
        "makerAmount": row["order"]["makerAmount"],
        "takerAmount": row["order"]["takerAmount"],
        "price": row["order"]["price"],
        "originalSize": str(order.contracts),
        "remainingSize": str(order.contracts - order.filled),
    }


def _live(engine: Engine, account: Account) -> list[Order]:
    return [
        order
        for order in engine.orders.values()
        if order.account_id == account.account_id and order.status == "LIVE"
    ]


def _position(engine: Engine, account: Account, slug: str) -> Json:
    listing = engine.state.listings[slug]
    live = [order for order in _live(engine, account) if order.listing.key.market_id == slug]
    locked = sum(
        -(-(order.limit or 0) * (order.contracts - order.filled) // ONE)
        for order in live
        if order.side == "BUY"
    )
    payout = engine.state.settled.get(slug)
    middle = shapes.midpoint(engine.state, listing)
    paid = {outcome: _average_price(engine, account, slug, outcome) for outcome in ("yes", "no")}
    held = {outcome: account.shares.get((slug, outcome), 0) for outcome in ("yes", "no")}
    return {
        "market": {
            "id": listing.facts["id"],
            "slug": slug,
            "title": listing.title,
            "status": "FUNDED" if payout is None else "RESOLVED",
            "conditionId": listing.facts["condition"],
            "closed": payout is not None,
            "winningOutcomeIndex": None if payout is None else int(payout == 0),
            "payoutNumerators": None,
            "yesPositionId": listing.facts["tokens"][0],
            "noPositionId": listing.facts["tokens"][1],
            "venue": {**shapes.venue(engine.state, listing), "operator": None},
            "expirationDate": iso(engine.state.time.now_ms()),
        },
        "orders": {
            "liveOrders": [{"id": order.order_id} for order in live],
            "totalCollateralLocked": str(locked),
        },
        "positions": {
            outcome: {
                "marketValue": str(shares * (middle if outcome == "yes" else ONE - middle) // ONE),
                "fillPrice": str(paid[outcome]),
                "cost": str(shares * paid[outcome] // ONE),
            }
            for outcome, shares in held.items()
        },
        "tokensBalance": {outcome: str(shares) for outcome, shares in held.items()},
        "makerAddress": wallet(account),
    }


def _average_price(engine: Engine, account: Account, slug: str, outcome: str) -> int:
    """What the account's buys of the outcome cost a share on average, micros; 0 without any."""
    buys = [
        order
        for order in engine.orders.values()
        if order.account_id == account.account_id
        and (order.listing.key.market_id, order.outcome, order.side) == (slug, outcome, "BUY")
    ]
    bought = sum(order.filled for order in buys)
    return sum(order.dollars for order in buys) * ONE // bought if bought else 0

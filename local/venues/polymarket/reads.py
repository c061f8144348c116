"""Polymarket's signed reads: orders, trades, balances; and the Data API's positions."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from dutchbook.domain.money import ONE
from local.venues.ledger import Account
from local.venues.polymarket.auth import authenticate
from local.venues.polymarket.engine import Engine
from local.venues.polymarket.orders import Refusal
from local.venues.polymarket.signatures import EXCHANGES
from local.venues.polymarket.trading import add_error_answers
from local.venues.wire import Json, decimal_micros, number

_UNLIMITED = str((1 << 256) - 1)
_END = "LTE="


def routes(engine: Engine) -> Blueprint:
    blueprint = Blueprint("reads", __name__)
    add_error_answers(blueprint)
    state = engine.state

    @blueprint.get("/data/order/<order_id>")
    def order(order_id: str) -> ResponseReturnValue:
        account = authenticate(state, request)
        with state.lock:
            engine.refresh()
            row = engine.order_rows.read(order_id, state.faults.read_lag_ms(request.path))
        if row is None or row["maker_address"] != account.facts["funder"]:
            raise Refusal("order not found", 404)
        return row

    @blueprint.get("/data/orders")
    def orders() -> ResponseReturnValue:
        account = authenticate(state, request)
        with state.lock:
            engine.refresh()
            lag = state.faults.read_lag_ms(request.path)
            rows = engine.order_rows.all(
                lag, maker_address=account.facts["funder"], status="ORDER_STATUS_LIVE"
            )
        return _page(_filtered(rows, ("market", "asset_id", "id")))

    @blueprint.get("/data/trades")
    def trades() -> ResponseReturnValue:
        account = authenticate(state, request)
        with state.lock:
            engine.refresh()
            lag = state.faults.read_lag_ms(request.path)
            keys = account.facts["api_keys"]
            rows = [row for row in engine.trade_rows.all(lag) if row["owner"] in keys]
        found = [row for row in _filtered(rows, ("market", "asset_id", "id")) if _in_time(row)]
        if state.faults.spend_kind("duplicate_fills", "GET", request.path):
            found = [row for row in found for _ in range(2)]
        return _page(found)

    @blueprint.get("/balance-allowance")
    @blueprint.get("/balance-allowance/update")
    def balance_allowance() -> ResponseReturnValue:
        account = authenticate(state, request)
        with state.lock:
            engine.refresh()
            return _balance_allowance(engine, account)

    @blueprint.get("/v2/positions")
    def positions() -> ResponseReturnValue:
        wanted = request.args.get("user", "").lower()
        with state.lock:
            engine.refresh()
            rows = [
                _position(engine, account, key, shares)
                for account in state.ledger.accounts.values()
                if account.facts["funder"].lower() == wanted
                for key, shares in account.shares.items()
                if shares
            ]
        pagination = {"limit": 100, "offset": 0, "has_more": False, "next_cursor": ""}
        return {"data": rows, "pagination": pagination}

    return blueprint


def _filtered(rows: list[Json], names: tuple[str, ...]) -> list[Json]:
    args = request.args
    return [row for row in rows if all(args.get(name) in {None, "", row[name]} for name in names)]


def _in_time(row: Json) -> bool:
    at = int(row["match_time"])
    after, before = request.args.get("after"), request.args.get("before")
    return (not after or at >= int(after)) and (not before or at <= int(before))


def _page(rows: list[Json]) -> Json:
    """Newest first, one page: the simulated accounts never reach the venue's hundred rows a page."""
    return {"limit": 100, "count": len(rows), "next_cursor": _END, "data": rows[::-1]}


def _balance_allowance(engine: Engine, account: Account) -> Json:
    kind, token_id = request.args.get("asset_type"), request.args.get("token_id", "")
    if request.path.endswith("/update"):
        return {}
    asked = request.args.get("signature_type", "0")
    if asked != str(account.facts["signature_type"]):
        # The venue reads another wallet for another signature type; it is empty here.
        return {"balance": "0", "allowances": dict.fromkeys(EXCHANGES, "0")}
    if kind == "COLLATERAL":
        allowance = decimal_micros(account.facts.get("allowance"))
        shown = _UNLIMITED if allowance is None else str(allowance)
        return {"balance": str(account.cash), "allowances": dict.fromkeys(EXCHANGES, shown)}
    token = engine.tokens.get(token_id)
    if kind not in {"CONDITIONAL", "CONDITIONAL-V2"} or token is None:
        raise Refusal("invalid asset type or token")
    shares = account.shares.get((token.listing.key.market_id, token.outcome), 0)
    approved = account.facts.get("ctf_approved") is not False
    shown = _UNLIMITED if approved else "0"
    return {"balance": str(shares), "allowances": dict.fromkeys(EXCHANGES, shown)}


def _position(engine: Engine, account: Account, key: tuple[str, str], shares: int) -> Json:
    """A row of the Data API: what is held until it is sold or redeemed."""
    market, outcome = key
    listing = engine.state.listings[market]
    index = 0 if outcome == "yes" else 1
    depth, payout = engine.state.depth(market), engine.state.settled.get(market)
    if payout is not None:
        price = payout if outcome == "yes" else ONE - payout
    elif outcome == "yes":
        price = depth.bids[0][0] if depth.bids else 0
    else:
        price = ONE - depth.asks[0][0] if depth.asks else 0
    return {
        "proxy_wallet": account.facts["funder"],
        "token_id": listing.facts["tokens"][index],
        "condition_id": market,
        "current_size": number(shares),
        "current_price": number(price),
        "current_value": number(price * shares // ONE),
        "status": "OPEN" if payout is None else "REDEEMABLE",
        "redeemable": payout is not None,
        "mergeable": False,
        "outcome": outcome.capitalize(),
        "outcome_index": index,
        "opposite_token_id": listing.facts["tokens"][1 - index],
        "negative_risk": listing.facts["neg_risk"],
        "title": listing.title,
        "slug": listing.facts["slug"],
    }

"""Kalshi's signed reads: orders, fills, positions, balance, settlements, limits."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from dutchbook.domain.money import ONE
from local.venues.kalshi import shapes
from local.venues.kalshi.auth import AuthError, authenticate
from local.venues.kalshi.engine import Engine, Stats
from local.venues.kalshi.shards import shard_of
from local.venues.ledger import Account, Entry
from local.venues.wire import Json, fixed, iso

_CENT = ONE // 100


def routes(engine: Engine) -> Blueprint:
    blueprint = Blueprint("portfolio", __name__)
    state = engine.state

    @blueprint.errorhandler(AuthError)
    def unauthorised(error: AuthError) -> ResponseReturnValue:
        return error.body, 401

    @blueprint.get("/portfolio/orders")
    def orders() -> ResponseReturnValue:
        account = authenticate(state, request)
        with state.lock:
            engine.refresh()
            lag = state.faults.read_lag_ms(request.path)
            rows = engine.order_rows.all(lag, user_id=account.account_id)
        wanted = request.args.get("status")
        rows = [row for row in rows if wanted in {None, "", row["status"]} and _fits(row, "created_time")]
        return _page("orders", rows)

    @blueprint.get("/portfolio/orders/<order_id>")
    def order(order_id: str) -> ResponseReturnValue:
        account = authenticate(state, request)
        with state.lock:
            engine.refresh()
            row = engine.order_rows.read(order_id, state.faults.read_lag_ms(request.path))
        if row is None or row["user_id"] != account.account_id:
            return {"error": {"code": "not_found", "message": "not found"}}, 404
        return {"order": row}

    @blueprint.get("/portfolio/fills")
    def fills() -> ResponseReturnValue:
        account = authenticate(state, request)
        with state.lock:
            engine.refresh()
            lag = state.faults.read_lag_ms(request.path)
            rows = engine.fill_rows.all(lag, user_id=account.account_id)
        order_id = request.args.get("order_id")
        rows = [row for row in rows if order_id in {None, row["order_id"]} and _fits(row, "created_time")]
        if state.faults.spend_kind("duplicate_fills", "GET", request.path):
            rows = [row for row in rows for _ in range(2)]
        return _page("fills", [{k: v for k, v in row.items() if k != "user_id"} for row in rows])

    @blueprint.get("/portfolio/positions")
    def positions() -> ResponseReturnValue:
        account = authenticate(state, request)
        with state.lock:
            engine.refresh()
            rows = [
                _position(engine, account, ticker, stats)
                for (owner, ticker), stats in engine.stats.items()
                if owner == account.account_id and _unsettled(engine, account, ticker)
            ]
        return {"cursor": "", "market_positions": rows, "event_positions": []}

    @blueprint.get("/portfolio/balance")
    def balance() -> ResponseReturnValue:
        account = authenticate(state, request)
        with state.lock:
            engine.refresh()
            shards = engine.free_cash(account)
            value = sum(_value(engine, key, shares) for key, shares in account.shares.items())
        free = sum(shards.values())
        return {
            "balance": free // _CENT,
            "balance_dollars": shapes.dollars(free),
            "balance_breakdown": [
                {"exchange_index": index, "balance": shapes.dollars(cash)} for index, cash in shards.items()
            ],
            "portfolio_value": value // _CENT,
            "updated_ts": state.time.now_ms() // 1_000,
        }

    @blueprint.get("/portfolio/settlements")
    def settlements() -> ResponseReturnValue:
        account = authenticate(state, request)
        with state.lock:
            rows = [
                _settlement(engine, entry)
                for entry in state.ledger.entries
                if entry.kind == "settlement" and entry.account_id == account.account_id
            ]
        return {"cursor": "", "settlements": rows}

    @blueprint.get("/account/limits")
    def limits() -> ResponseReturnValue:
        authenticate(state, request)
        return {
            "grants": [],
            "usage_tier": "basic",
            "read": {"bucket_capacity": 200, "refill_rate": 200},
            "write": {"bucket_capacity": 100, "refill_rate": 100},
        }

    @blueprint.get("/account/endpoint_costs")
    def endpoint_costs() -> ResponseReturnValue:
        authenticate(state, request)
        cancel = "/trade-api/v2/portfolio/events/orders/:order_id"
        costs = [{"cost": 2, "method": "DELETE", "path": cancel}]
        return {"default_cost": 10, "endpoint_costs": costs}

    return blueprint


def _fits(row: Json, moment: str) -> bool:
    """The filters that orders and fills share: ticker, min_ts and max_ts (Unix seconds)."""
    tickers = request.args.get("ticker")
    seconds = int(_epoch(row[moment]))
    return (
        (not tickers or row["ticker"] in tickers.split(","))
        and seconds >= int(request.args.get("min_ts") or 0)
        and seconds <= int(request.args.get("max_ts") or 1 << 62)
    )


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _page(name: str, rows: Sequence[Json]) -> Json:
    """Newest first; the cursor is the number of rows already given."""
    start, limit = (int(request.args.get(key) or default) for key, default in (("cursor", 0), ("limit", 100)))
    newest = list(reversed(rows))
    more = start + limit < len(newest)
    return {"cursor": str(start + limit) if more else "", name: newest[start : start + limit]}


def _unsettled(engine: Engine, account: Account, ticker: str) -> bool:
    return ticker not in engine.state.settled and engine.position(account, ticker) != 0


def _position(engine: Engine, account: Account, ticker: str, stats: Stats) -> Json:
    return {
        "ticker": ticker,
        "position_fp": fixed(engine.position(account, ticker), 2),
        "market_exposure_dollars": fixed(stats.cost, 6),
        "total_traded_dollars": fixed(stats.traded, 6),
        "realized_pnl_dollars": fixed(stats.realised, 6),
        "fees_paid_dollars": fixed(stats.fees, 6),
        "last_updated_ts": iso(engine.state.time.now_ms()),
        "exchange_index": shard_of(engine.state, ticker),
    }


def _value(engine: Engine, key: tuple[str, str], shares: int) -> int:
    """Holdings at the price somebody would pay now."""
    ticker, outcome = key
    depth = engine.state.depth(ticker)
    if outcome == "yes":
        price = depth.bids[0][0] if depth.bids else 0
    else:
        price = ONE - depth.asks[0][0] if depth.asks else 0
    return shares * price // ONE


def _settlement(engine: Engine, entry: Entry) -> Json:
    ticker, outcome, shares = entry.shares[0]
    payout = engine.state.settled[ticker]
    return {
        "ticker": ticker,
        "market_result": {0: "no", ONE: "yes"}.get(payout, "scalar"),
        "yes_count_fp": shapes.count(-shares if outcome == "yes" else 0),
        "no_count_fp": shapes.count(-shares if outcome == "no" else 0),
        "revenue": entry.cash // _CENT,
        "value": payout // _CENT,
        "fee_cost": "0.0000",
        "settled_time": iso(entry.at_ms),
    }

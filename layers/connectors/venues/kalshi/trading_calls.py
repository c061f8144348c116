"""Kalshi's signed calls for one account: which URL, which bucket, signed when they leave."""

from collections.abc import Callable, Iterator
from urllib.parse import quote

from venues.fields import Row, page_of, row
from venues.http import Params, Reply, VenueHttp
from venues.jsonbody import Json
from venues.kalshi.errors import TimestampExpired
from venues.kalshi.signing import RequestSigner
from venues.ratelimit import KALSHI_CANCEL_COST, KALSHI_DEFAULT_COST, KALSHI_GET_ORDER_COST
from venues.servertime import ServerTime

ORDERS_PATH = "/portfolio/events/orders"
_ROWS_PER_PAGE = 200
_MAX_PAGES = 50
_REFUSALS = frozenset({401, 403})


class KalshiTradingCalls:
    """`api` ends in /trade-api/v2. A signature refused for its time is made anew once, by Kalshi's clock."""

    def __init__(self, http: VenueHttp, api: str, signer: RequestSigner, time: ServerTime) -> None:
        self._http = http
        self._api = api
        self._signer = signer
        self._time = time

    def create_order(self, body: bytes) -> Reply:
        """Raises what the error table makes of a refusal, NotSent, OutcomeUnknown."""
        return self._send("POST", ORDERS_PATH, body, (), KALSHI_DEFAULT_COST)

    def cancel_order(self, order_id: str, ticker: str) -> Reply:
        """Without the ticker Kalshi would look on shard 0 alone."""
        path = f"{ORDERS_PATH}/{quote(order_id, safe='')}"
        return self._send("DELETE", path, b"", [("market_ticker", ticker)], KALSHI_CANCEL_COST)

    def order(self, order_id: str) -> Row | None:
        """The order object; None when there is none of this id, which a 404 alone says. Raises BadRow."""
        path = f"/portfolio/orders/{quote(order_id, safe='')}"
        reply = self._get(path, (), cost=KALSHI_GET_ORDER_COST, allow=frozenset({404}))
        return None if reply.status == 404 else row(row(reply.data, "answer").get("order"), "order")

    def orders_since(self, ticker: str, unix_seconds: int) -> Iterator[Json]:
        """Orders of a market created since then, newest first. There is no filter by client order id."""
        return self._rows("/portfolio/orders", "orders", [("ticker", ticker), ("min_ts", str(unix_seconds))])

    def fills(self, order_id: str) -> Iterator[Json]:
        return self._rows("/portfolio/fills", "fills", [("order_id", order_id)])

    def positions(self) -> Iterator[Json]:
        return self._rows("/portfolio/positions", "market_positions", [("count_filter", "position")])

    def settlements(self, ticker: str) -> Iterator[Json]:
        """What was paid out of a market."""
        return self._rows("/portfolio/settlements", "settlements", [("ticker", ticker)])

    def balance(self) -> Json:
        return self._get("/portfolio/balance", ()).data

    def exchange_status(self) -> Json:
        return self._get("/exchange/status", ()).data

    def limits(self) -> Json:
        return self._get("/account/limits", ()).data

    def _rows(self, path: str, key: str, params: Params) -> Iterator[Json]:
        cursor, seen = "", set[str]()
        for _ in range(_MAX_PAGES):
            page = [*params, ("limit", str(_ROWS_PER_PAGE)), *([("cursor", cursor)] if cursor else [])]
            payload = self._get(path, page).data
            yield from page_of(payload, key)
            told = payload.get("cursor") if isinstance(payload, dict) else None
            cursor = told if isinstance(told, str) else ""
            # an unknown cursor is answered with the first page: a repeated one turns in circles
            if not cursor or cursor in seen:
                return
            seen.add(cursor)

    def _get(
        self,
        path: str,
        params: Params,
        *,
        cost: float = KALSHI_DEFAULT_COST,
        allow: frozenset[int] = frozenset(),
    ) -> Reply:
        """Raises NotSent when Kalshi cannot be asked, NotAuthorised when it does not accept the key."""
        url = self._api + path
        return self._once_more(
            lambda: self._http.get(
                url,
                params,
                bucket="read",
                cost=cost,
                headers=lambda: self._signer.headers("GET", url, self._time.now_ms()),
                allow=allow,
                refusals=_REFUSALS,
            )
        )

    def _send(self, method: str, path: str, body: bytes, params: Params, cost: float) -> Reply:
        url = self._api + path
        return self._once_more(
            lambda: self._http.send(
                method,
                url,
                body,
                bucket="write",
                cost=cost,
                headers=lambda: self._signer.headers(method, url, self._time.now_ms()),
                params=params,
            )
        )

    def _once_more(self, call: Callable[[], Reply]) -> Reply:
        try:
            return call()
        except TimestampExpired:
            # refused before anything was done: the same bytes under a new signature are no second order
            self._time.resync()
            return call()

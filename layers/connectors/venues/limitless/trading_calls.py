"""Limitless's private calls for one token: which URL, signed when they leave."""

import json
from collections.abc import Iterator
from urllib.parse import quote, urlencode

from venues.fields import page_of
from venues.http import Reply, VenueHttp
from venues.jsonbody import Json
from venues.limitless.auth import RequestSigner
from venues.servertime import ServerTime

_BUCKET = "api"
_REFUSALS = frozenset({401, 403})
_ORDER_STATUSES = ("LIVE", "MATCHED", "CANCELED", "UNMATCHED")
_ORDERS_LISTED = 200
_HISTORY_PAGE = 100
_MAX_PAGES = 20
ORDER_TIMEOUT_SECONDS = 30.0
"""A taker that is not held back is answered when it is mined."""


class LimitlessCalls:
    """`api` without a trailing slash."""

    def __init__(
        self,
        http: VenueHttp,
        api: str,
        signer: RequestSigner,
        time: ServerTime,
        order_timeout: float = ORDER_TIMEOUT_SECONDS,
    ) -> None:
        self._http = http
        self._api = api
        self._signer = signer
        self._time = time
        self._order_timeout = order_timeout

    def place(self, body: bytes) -> Reply:
        """Raises what the error table makes of a refusal, NotSent, OutcomeUnknown."""
        return self._send("/orders", body, self._order_timeout)

    def cancel(self, client_order_id: str) -> Reply:
        """Raises ReleaseInProgress (NotSent) while a delayed order is being released: ask again."""
        return self._send("/orders/cancel", _json({"clientOrderId": client_order_id}), None)

    def status(self, client_order_id: str) -> Json:
        path, body = "/orders/status/batch", _json({"items": [{"clientOrderId": client_order_id}]})
        return self._http.read_post(
            self._api + path,
            body,
            bucket=_BUCKET,
            headers=lambda: self._signer.headers("POST", path, body, self._time.now_ms()),
            refusals=_REFUSALS,
        ).data

    def user_orders(self, slug: str) -> Json:
        """The account's orders of a market, ended ones too, newest first."""
        asked = [*(("statuses", status) for status in _ORDER_STATUSES), ("limit", str(_ORDERS_LISTED))]
        return self._get(f"/markets/{quote(slug, safe='')}/user-orders?{urlencode(asked)}")

    def history(self, slug: str, since_ms: int) -> Iterator[Json]:
        """Mined rows of a market, newest first, back to those of `since_ms`."""
        cursor, seen = "", set[str]()
        for _ in range(_MAX_PAGES):
            # page mode is gone: the cursor is sent on the first call too, empty
            asked = urlencode([("cursor", cursor), ("limit", str(_HISTORY_PAGE)), ("market", slug)])
            payload = self._get(f"/portfolio/history?{asked}")
            rows = page_of(payload, "data")
            yield from rows
            told = payload.get("nextCursor") if isinstance(payload, dict) else None
            cursor = told if isinstance(told, str) else ""
            if not cursor or cursor in seen or _older(rows[-1] if rows else None, since_ms):
                return
            seen.add(cursor)

    def maintenance(self) -> Json:
        """Asked without a signature: it is public."""
        return self._http.get(f"{self._api}/maintenance/status", bucket=_BUCKET).data

    def profile(self) -> Json:
        return self._get("/profiles/me")

    def positions(self) -> Json:
        return self._get("/portfolio/positions")

    def allowance(self, spender: str, *, neg_risk: bool) -> Json:
        """What the contract may take of the wallet's USDC, as the venue reads it from the chain."""
        asked = urlencode([("type", "negrisk" if neg_risk else "clob"), ("spender", spender)])
        return self._get(f"/portfolio/trading/allowance?{asked}")

    def _get(self, path: str) -> Json:
        return self._http.get(
            self._api + path,
            bucket=_BUCKET,
            headers=lambda: self._signer.headers("GET", path, b"", self._time.now_ms()),
            refusals=_REFUSALS,
        ).data

    def _send(self, path: str, body: bytes, timeout: float | None) -> Reply:
        return self._http.send(
            "POST",
            self._api + path,
            body,
            bucket=_BUCKET,
            headers=lambda: self._signer.headers("POST", path, body, self._time.now_ms()),
            read_timeout=timeout,
        )


def _json(body: dict[str, object]) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()


def _older(item: Json, since_ms: int) -> bool:
    mined = item.get("blockTimestamp") if isinstance(item, dict) else None
    return isinstance(mined, int) and mined * 1000 < since_ms

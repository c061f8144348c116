"""Limitless's private calls for one token: which URL, signed when they leave."""

import json

from venues.http import Reply, VenueHttp
from venues.jsonbody import Json
from venues.limitless.auth import RequestSigner
from venues.servertime import ServerTime

_BUCKET = "api"
_REFUSALS = frozenset({401, 403})
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

    def profile(self) -> Json:
        return self._get("/profiles/me")

    def positions(self) -> Json:
        return self._get("/portfolio/positions")

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

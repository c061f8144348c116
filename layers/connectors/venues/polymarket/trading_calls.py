"""Polymarket's private calls for one account: which URL, which bucket, signed when they leave."""

import json
from collections.abc import Iterator, Mapping

from dutchbook.domain.errors import OutcomeUnknown, VenueUnreachable
from venues.crypto import EthereumSigner
from venues.environments import PolymarketEnvironment
from venues.fields import BadRow, page_of
from venues.http import Params, Reply, VenueHttp
from venues.jsonbody import Json
from venues.polymarket.auth import ApiCredentials, RequestSigner, l1_headers
from venues.polymarket.signing import SignatureType
from venues.polymarket.trading_parsing import next_cursor, parse_api_key
from venues.servertime import ServerTime

COLLATERAL = "COLLATERAL"
_ORDER_PATH = "/order"
_REFUSALS = frozenset({401, 403})
_NO_KEY_YET = frozenset({400, 404})
_MAX_PAGES = 50


def open_api_key(
    http: VenueHttp, environment: PolymarketEnvironment, signer: EthereumSigner, time: ServerTime
) -> ApiCredentials:
    """The CLOB API key that belongs to the wallet's key: derived where there is one, else created.

    Raises NotAuthorised, NotSent.
    """
    chain_id = environment.exchanges.chain_id

    def headers() -> Mapping[str, str]:
        return l1_headers(signer, time.now_ms() // 1000, chain_id=chain_id)

    reply = http.get(
        f"{environment.clob}/auth/derive-api-key",
        bucket="api_key",
        headers=headers,
        allow=_NO_KEY_YET,
        refusals=_REFUSALS,
    )
    try:
        if reply.status in _NO_KEY_YET:
            url = f"{environment.clob}/auth/api-key"
            reply = http.send("POST", url, b"", bucket="api_key", headers=headers)
        return parse_api_key(reply.data)
    except (BadRow, OutcomeUnknown) as error:
        # a key that was made unseen is derived at the next try
        raise VenueUnreachable(f"polymarket gave no API key: {error}") from error


class PolymarketCalls:
    """The CLOB's signed calls, and the public reads that come before and after an order."""

    def __init__(
        self,
        http: VenueHttp,
        environment: PolymarketEnvironment,
        signer: RequestSigner,
        signature_type: SignatureType,
        time: ServerTime,
    ) -> None:
        self._http = http
        self._environment = environment
        self._signer = signer
        self._signature_type = signature_type
        self._time = time

    def place(self, body: bytes) -> Reply:
        """Raises what the error table makes of a refusal, NotSent, OutcomeUnknown."""
        return self._send("POST", _ORDER_PATH, body, "order")

    def cancel(self, order_id: str) -> Reply:
        body = json.dumps({"orderID": order_id}, separators=(",", ":")).encode()
        return self._send("DELETE", _ORDER_PATH, body, "cancel")

    def order(self, order_id: str) -> Json:
        """The order; None where the venue does not list it (now).

        It says so by a 404, or by a null of status 200, as it does of orders that were filled at once
        (py-clob-client issue 217): then the trades tell. Whatever else is no order is for the parser.
        """
        reply = self._get(f"/data/order/{order_id}", (), allow=frozenset({404}))
        return None if reply.status == 404 else reply.data

    def trades(self, market_id: str, after_s: int) -> Iterator[Json]:
        """The account's trades in a market since then."""
        cursor, seen = "", set[str]()
        for _ in range(_MAX_PAGES):
            page = [("market", market_id), ("after", str(after_s))]
            payload = self._get("/data/trades", [*page, *([("next_cursor", cursor)] if cursor else [])]).data
            yield from page_of(payload, "" if isinstance(payload, list) else "data")
            cursor = next_cursor(payload)
            if not cursor or cursor in seen:
                return
            seen.add(cursor)

    def funds(self, asset: str = COLLATERAL, token: str = "") -> Json:
        return self._get("/balance-allowance", self._asset(asset, token), bucket="balance_allowance").data

    def refresh_funds(self, asset: str = COLLATERAL, token: str = "") -> None:
        """Makes the venue look at the chain anew: its own figures lag after approvals and settlements.

        What it answers, if anything, is not documented; the next read of the funds tells.
        """
        path = "/balance-allowance/update"
        self._get(path, self._asset(asset, token), bucket="balance_allowance_update", ignore_body=True)

    def geoblock(self) -> Json:
        return self._http.get(self._environment.geoblock, bucket="geoblock").data

    def version(self) -> Json:
        return self._http.get(f"{self._environment.clob}/version", bucket="clob").data

    def positions(self, wallet: str) -> Iterator[Json]:
        """From the Data API, minutes behind at times; dust included."""
        cursor, seen = "", set[str]()
        for _ in range(_MAX_PAGES):
            params = [("user", wallet), ("filter_amount", "0"), ("limit", "100")]
            url = f"{self._environment.data}/v2/positions"
            page = [*params, *([("cursor", cursor)] if cursor else [])]
            payload = self._http.get(url, page, bucket="data_positions").data
            yield from page_of(payload, "data")
            told = payload.get("pagination") if isinstance(payload, dict) else None
            cursor = next_cursor(told) if isinstance(told, dict) and told.get("has_more") is True else ""
            if not cursor or cursor in seen:
                return
            seen.add(cursor)

    def _asset(self, asset: str, token: str) -> Params:
        """The signature type is always told: without it the venue reads the key's own address."""
        asked = [("asset_type", asset), ("signature_type", str(int(self._signature_type)))]
        return [*asked, *([("token_id", token)] if token else [])]

    def _get(
        self,
        path: str,
        params: Params,
        *,
        bucket: str = "clob",
        allow: frozenset[int] = frozenset(),
        ignore_body: bool = False,
    ) -> Reply:
        return self._http.get(
            self._environment.clob + path,
            params,
            bucket=bucket,
            headers=lambda: self._signer.headers("GET", path, b"", self._time.now_ms() // 1000),
            allow=allow,
            refusals=_REFUSALS,
            ignore_body=ignore_body,
        )

    def _send(self, method: str, path: str, body: bytes, bucket: str) -> Reply:
        return self._http.send(
            method,
            self._environment.clob + path,
            body,
            bucket=bucket,
            headers=lambda: self._signer.headers(method, path, body, self._time.now_ms() // 1000),
        )

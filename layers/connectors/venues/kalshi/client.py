"""Kalshi's public calls: which URL, which limit, which page size. Answers are parsed elsewhere."""

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

from venues.http import Params, Reply, VenueHttp
from venues.ratelimit import KALSHI_DEFAULT_COST

EVENTS_PER_PAGE = 200
MARKETS_PER_CALL = 100
BOOKS_PER_CALL = 100

type Sign = Callable[[str, str], Mapping[str, str]]
"""(method, URL) to the headers that sign the call."""


class KalshiClient:
    """Reads of the trade API, signed where a key is at hand: 20 calls a second instead of 3.

    `api` ends in /trade-api/v2.
    """

    def __init__(self, http: VenueHttp, *, api: str, sign: Sign | None = None) -> None:
        self._http = http
        self._api = api
        self._sign = sign

    def events(self, cursor: str) -> Reply:
        """A page of events that have an open market, with all their markets; combos are never among them."""
        params = [("limit", str(EVENTS_PER_PAGE)), ("status", "open"), ("with_nested_markets", "true")]
        if cursor:
            params.append(("cursor", cursor))
        return self._get("/events", params)

    def event(self, ticker: str) -> Reply:
        """One event with its markets; 404 when it is unknown."""
        path = f"/events/{quote(ticker, safe='')}"
        return self._get(path, [("with_nested_markets", "true")], allow=frozenset({404}))

    def markets(self, tickers: Sequence[str]) -> Reply:
        """Markets by ticker, at most MARKETS_PER_CALL: here the tickers are joined by commas."""
        return self._get("/markets", [("limit", str(MARKETS_PER_CALL)), ("tickers", ",".join(tickers))])

    def all_series(self) -> Reply:
        """Every series with its fee terms."""
        return self._get("/series", ())

    def series(self, ticker: str) -> Reply:
        """One series; 404 when it is unknown."""
        return self._get(f"/series/{quote(ticker, safe='')}", (), allow=frozenset({404}))

    def books(self, tickers: Sequence[str]) -> Reply:
        """Books of at most BOOKS_PER_CALL markets: here the key is repeated (commas would yield one book)."""
        return self._get("/markets/orderbooks", [("tickers", ticker) for ticker in tickers])

    def _get(self, path: str, params: Params, allow: frozenset[int] = frozenset()) -> Reply:
        url = self._api + path
        if self._sign is None:
            return self._http.get(url, params, bucket="unsigned", allow=allow)
        sign = self._sign
        return self._http.get(
            url,
            params,
            bucket="read",
            cost=KALSHI_DEFAULT_COST,
            headers=lambda: sign("GET", url),
            allow=allow,
        )

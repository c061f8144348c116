"""Limitless's public calls: which URL, which limit, which page size. Answers are parsed elsewhere."""

from urllib.parse import quote

from venues.http import Reply, VenueHttp
from venues.limitless.parsing import PAGE_SIZE

_NOT_THERE = frozenset({400, 404})
"""Unknown slug, or a market without an order book."""


class LimitlessClient:
    """Reads of the public API. `api` without a trailing slash."""

    def __init__(self, http: VenueHttp, *, api: str) -> None:
        self._http = http
        self._api = api

    def active(self, page: int) -> Reply:
        """A page of active markets and groups, counted from 1."""
        params = [("page", str(page)), ("limit", str(PAGE_SIZE))]
        return self._http.get(f"{self._api}/markets/active", params, bucket="api")

    def listing(self, slug: str) -> Reply:
        """One market or group; status 404 when it is unknown."""
        return self._http.get(self._market(slug), bucket="api", allow=_NOT_THERE)

    def book(self, slug: str) -> Reply:
        """One market's order book; status 400 or 404 when it has none."""
        return self._http.get(f"{self._market(slug)}/orderbook", bucket="api", allow=_NOT_THERE)

    def _market(self, slug: str) -> str:
        return f"{self._api}/markets/{quote(slug, safe='')}"

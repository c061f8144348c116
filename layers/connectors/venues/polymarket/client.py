"""Polymarket's public calls: which URL, which limit, which page size. Answers are parsed elsewhere."""

import json
from collections.abc import Sequence

from venues.http import Reply, VenueHttp

PAGE_SIZE = 100
"""Gamma clamps a page to this many rows."""
BOOKS_PER_CALL = 500
"""POST /books refuses 501 token ids."""


class PolymarketClient:
    """Reads of Gamma (catalogue) and the CLOB (books). Base URLs without a trailing slash."""

    def __init__(self, http: VenueHttp, *, gamma: str, clob: str) -> None:
        self._http = http
        self._gamma = gamma
        self._clob = clob

    def events(self, after_cursor: str) -> Reply:
        """A page of open events with their markets; the first one for an empty cursor."""
        params = [("limit", str(PAGE_SIZE)), ("closed", "false")]
        if after_cursor:
            params.append(("after_cursor", after_cursor))
        return self._http.get(f"{self._gamma}/events/keyset", params, bucket="gamma_events")

    def markets(self, condition_ids: Sequence[str]) -> Reply:
        """Markets by condition id, at most PAGE_SIZE of them."""
        params = [("limit", str(PAGE_SIZE)), *(("condition_ids", one) for one in condition_ids)]
        return self._http.get(f"{self._gamma}/markets/keyset", params, bucket="gamma_markets")

    def books(self, token_ids: Sequence[str]) -> Reply:
        """Books of at most BOOKS_PER_CALL tokens; unknown tokens are missing from the answer."""
        body = json.dumps([{"token_id": token} for token in token_ids], separators=(",", ":")).encode()
        return self._http.read_post(f"{self._clob}/books", body, bucket="clob")

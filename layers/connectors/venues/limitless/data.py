"""Limitless's markets and order books as ports.MarketData."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from dutchbook.domain.book import OrderBook
from dutchbook.domain.market import Market
from dutchbook.domain.venue import Venue
from dutchbook.ports.venues import CataloguePage
from venues.batches import all_pages, read_all
from venues.fields import Parsed
from venues.limitless.client import LimitlessClient
from venues.limitless.parsing import group_of, is_last_page, parse_active, parse_book, parse_listing

_WORKERS = 2
"""As many calls as the venue allows at a time."""


class LimitlessData:
    """Public reads of Limitless. `skipped` counts rows that could not be used, by reason."""

    venue = Venue.LIMITLESS

    def __init__(self, client: LimitlessClient) -> None:
        self.skipped: Counter[str] = Counter()
        self._client = client

    def catalogue(self) -> Iterator[Market]:
        """Open markets with order books, page by page. Raises NotSent when a page cannot be read."""
        seen = set[str]()
        for market in all_pages(self.catalogue_page):
            # pages shift while we turn them: a market may come twice
            if market.market_id not in seen:
                seen.add(market.market_id)
                yield market

    def catalogue_page(self, cursor: str) -> CataloguePage:
        """A page of open markets; the cursor is its number. Raises NotSent, and ValueError for no number."""
        number = int(cursor or 1)
        payload = self._client.active(number).data
        markets = [market for market in self._counted(parse_active(payload)) if market.tradeable]
        return CataloguePage(markets, "" if is_last_page(payload, number) else str(number + 1))

    def markets(self, market_ids: Sequence[str]) -> Mapping[str, Market]:
        """Markets by slug. Raises NotSent when none of the calls worked."""
        wanted = dict.fromkeys(market_ids)
        pages = read_all((partial(self._listing, slug) for slug in wanted), _WORKERS)
        found = {market.market_id: market for page in pages for market in self._counted(page)}
        return {market_id: found[market_id] for market_id in wanted if market_id in found}

    def books(self, markets: Sequence[Market], seconds: float | None = None) -> Mapping[str, OrderBook]:
        """Books by slug, one call each. Raises NotSent when none of the calls worked in time."""
        pages = read_all((partial(self._book, market) for market in markets), _WORKERS, seconds)
        return {book.market_id: book for page in pages for book in self._counted(page)}

    def _listing(self, slug: str) -> Parsed[Market]:
        reply = self._client.listing(slug)
        if reply.status != 200:
            return Parsed()
        group = group_of(reply.data)
        return parse_listing(self._client.listing(group).data if group else reply.data)

    def _book(self, market: Market) -> Parsed[OrderBook]:
        reply = self._client.book(market.market_id)
        parsed: Parsed[OrderBook] = Parsed()
        if reply.status == 200:
            parsed.add(parse_book, reply.data, market, reply.sent_at_ms)
        return parsed

    def _counted[T](self, page: Parsed[T]) -> Sequence[T]:
        self.skipped.update(page.skipped)
        return page.items

"""Polymarket's markets and order books as ports.MarketData."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import batched

from dutchbook.domain.book import OrderBook
from dutchbook.domain.market import Market
from dutchbook.domain.venue import Venue
from dutchbook.ports.venues import CataloguePage
from venues.batches import all_pages, read_all
from venues.fields import Parsed
from venues.polymarket.client import BOOKS_PER_CALL, PAGE_SIZE, PolymarketClient
from venues.polymarket.parsing import parse_books, parse_events, parse_markets

_WORKERS = 4


class PolymarketData:
    """Public reads of Polymarket. `skipped` counts rows that could not be used, by reason."""

    venue = Venue.POLYMARKET

    def __init__(self, client: PolymarketClient) -> None:
        self.skipped: Counter[str] = Counter()
        self._client = client

    def catalogue(self) -> Iterator[Market]:
        """Open binary markets, a page of events at a time. Raises NotSent when a page cannot be read."""
        yield from all_pages(self.catalogue_page)

    def catalogue_page(self, cursor: str) -> CataloguePage:
        """A page of events' markets that are open. Raises NotSent."""
        page = parse_events(self._client.events(cursor).data)
        return CataloguePage([market for market in self._counted(page) if market.tradeable], page.next_cursor)

    def markets(self, market_ids: Sequence[str]) -> Mapping[str, Market]:
        """Markets by condition id. Raises NotSent when none of the calls worked."""
        wanted = dict.fromkeys(market_ids)
        pages = read_all(
            (partial(self._markets, ids) for ids in batched(wanted, PAGE_SIZE, strict=False)), _WORKERS
        )
        found = {market.market_id: market for page in pages for market in self._counted(page)}
        return {market_id: found[market_id] for market_id in wanted if market_id in found}

    def books(self, markets: Sequence[Market], seconds: float | None = None) -> Mapping[str, OrderBook]:
        """Both tokens' books of each market as one. Raises NotSent when none of the calls worked in time."""
        groups = batched(markets, BOOKS_PER_CALL // 2, strict=False)
        pages = read_all((partial(self._books, group) for group in groups), _WORKERS, seconds)
        return {book.market_id: book for page in pages for book in self._counted(page)}

    def _markets(self, condition_ids: Sequence[str]) -> Parsed[Market]:
        return parse_markets(self._client.markets(condition_ids).data)

    def _books(self, markets: Sequence[Market]) -> Parsed[OrderBook]:
        tokens = [market.terms[side] for market in markets for side in ("yes_token", "no_token")]
        reply = self._client.books(tokens)
        return parse_books(reply.data, markets, reply.sent_at_ms)

    def _counted[T](self, page: Parsed[T]) -> Sequence[T]:
        self.skipped.update(page.skipped)
        return page.items

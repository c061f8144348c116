"""Kalshi's markets and order books as ports.MarketData."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import batched
from threading import Lock

from dutchbook.domain.book import OrderBook
from dutchbook.domain.market import Market
from dutchbook.domain.venue import Venue
from dutchbook.ports.clock import Clock
from dutchbook.ports.venues import CataloguePage
from venues.batches import all_pages, read_all
from venues.fields import BadRow, Parsed, items_of
from venues.kalshi.client import BOOKS_PER_CALL, MARKETS_PER_CALL, KalshiClient
from venues.kalshi.parsing import (
    SeriesTerms,
    parse_books,
    parse_event,
    parse_events,
    parse_one_series,
    parse_series,
)

_WORKERS = 3
SERIES_KEPT_MS = 600_000
"""Fees change (baseball's half rate ends at first pitch): terms are read again after ten minutes."""


class KalshiData:
    """Public reads of Kalshi. `skipped` counts rows that could not be used, by reason."""

    venue = Venue.KALSHI

    def __init__(self, client: KalshiClient, clock: Clock) -> None:
        self.skipped: Counter[str] = Counter()
        self._client = client
        self._clock = clock
        self._lock = Lock()
        self._series: dict[str, tuple[int, SeriesTerms]] = {}
        self._all_series: tuple[int, Mapping[str, SeriesTerms]] = (0, {})

    def catalogue(self) -> Iterator[Market]:
        """Open binary markets, a page of events at a time. Raises NotSent when a page cannot be read."""
        yield from all_pages(self.catalogue_page)

    def catalogue_page(self, cursor: str) -> CataloguePage:
        """A page of events' markets that are open. Raises NotSent."""
        page = parse_events(self._client.events(cursor).data, self._all_terms())
        return CataloguePage([market for market in self._counted(page) if market.tradeable], page.next_cursor)

    def markets(self, market_ids: Sequence[str]) -> Mapping[str, Market]:
        """Markets by ticker, each through its event, which names the series and may override its fees.

        Raises NotSent when none of the calls worked.
        """
        wanted = dict.fromkeys(market_ids)
        groups = batched(wanted, MARKETS_PER_CALL, strict=False)
        events = {
            event
            for found in read_all((partial(self._event_tickers, group) for group in groups), _WORKERS)
            for event in found
        }
        pages = read_all((partial(self._event, event) for event in sorted(events)), _WORKERS)
        found = {market.market_id: market for page in pages for market in self._counted(page)}
        return {market_id: found[market_id] for market_id in wanted if market_id in found}

    def books(self, markets: Sequence[Market], seconds: float | None = None) -> Mapping[str, OrderBook]:
        """Books by ticker. Raises NotSent when none of the calls worked in time."""
        groups = batched([market.market_id for market in markets], BOOKS_PER_CALL, strict=False)
        pages = read_all((partial(self._books, group) for group in groups), _WORKERS, seconds)
        return {book.market_id: book for page in pages for book in self._counted(page)}

    def _all_terms(self) -> Mapping[str, SeriesTerms]:
        """Every series' terms, one long answer, at most SERIES_KEPT_MS old."""
        now = self._clock.now_ms()
        with self._lock:
            read_at, terms = self._all_series
        if not terms or now - read_at >= SERIES_KEPT_MS:
            terms = parse_series(self._client.all_series().data)
            with self._lock:
                self._all_series = now, terms
        return terms

    def _event_tickers(self, tickers: Sequence[str]) -> set[str]:
        listed = items_of(self._client.markets(tickers).data, "markets")
        events = (item.get("event_ticker") for item in listed if isinstance(item, dict))
        return {event for event in events if isinstance(event, str)}

    def _event(self, ticker: str) -> Parsed[Market]:
        payload = self._client.event(ticker).data
        event = payload.get("event") if isinstance(payload, dict) else None
        named = event.get("series_ticker") if isinstance(event, dict) else None
        return parse_event(payload, self._terms(named) if isinstance(named, str) else {})

    def _terms(self, ticker: str) -> Mapping[str, SeriesTerms]:
        """The series' terms under its ticker, at most SERIES_KEPT_MS old; nothing where it is unknown."""
        now = self._clock.now_ms()
        with self._lock:
            kept = self._series.get(ticker)
        if kept is not None and now - kept[0] < SERIES_KEPT_MS:
            return {ticker: kept[1]}
        payload = self._client.series(ticker).data
        try:
            _, terms = parse_one_series(payload.get("series") if isinstance(payload, dict) else None)
        except BadRow:
            return {}
        with self._lock:
            self._series[ticker] = (now, terms)
        return {ticker: terms}

    def _books(self, tickers: Sequence[str]) -> Parsed[OrderBook]:
        reply = self._client.books(tickers)
        return parse_books(reply.data, tickers, reply.sent_at_ms)

    def _counted[T](self, page: Parsed[T]) -> Sequence[T]:
        self.skipped.update(page.skipped)
        return page.items

"""Events of several outcomes: markets that say so in their terms, with books of asks."""

from collections.abc import Iterable, Mapping, Sequence

from dutchbook.domain.book import OrderBook
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.pair import Pair
from dutchbook.domain.strategies.protocol import View
from dutchbook.domain.venue import Venue
from tests.support.markets import NOW_MS, Levels, a_book, a_market

NAMES = ("Alice", "Bob", "Carol", "Dan", "Eve", "Frank", "Grace")


def an_event(
    count: int,
    venue: Venue = Venue.POLYMARKET,
    event_id: str = "E1",
    exhaustive: bool = True,
    size: int | None = None,
    names: Sequence[str] = NAMES,
) -> list[Market]:
    """Markets of an event whose outcomes exclude each other."""
    terms = {"exclusive": "true", "event_size": str(count if size is None else size)}
    if exhaustive:
        terms["exhaustive"] = "true"
    return [
        a_market(
            venue,
            f"{event_id}-{number}",
            event_id=event_id,
            event_title="Who wins?",
            outcome_title=names[number],
            terms=terms,
        )
        for number in range(count)
    ]


def a_view_of(
    markets: Iterable[Market],
    yes: Mapping[str, Levels] | None = None,
    no: Mapping[str, Levels] | None = None,
    pairs: Sequence[Pair] = (),
) -> View:
    """Books of these asks, by market id."""
    listed = list(markets)
    books: dict[MarketKey, OrderBook] = {
        market.key: a_book(
            market, yes=(yes or {}).get(market.market_id, ()), no=(no or {}).get(market.market_id, ())
        )
        for market in listed
    }
    return View(NOW_MS, 15_000, {market.key: market for market in listed}, books, pairs)

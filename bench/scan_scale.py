"""How long a tick takes from the venues' bytes to opportunities, beside just reading the same bytes as JSON.

A thousand pairs with two-sided books of 20 levels, in each venue's own wire format and batches, a third of
them crossing. Ours parses every price and size exactly, checks the rows, builds both outcomes' ladders and
walks both directions with fees. The floor is `json.loads` of the standard library on the same bytes.
Prints one `name: value` row a figure.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import batched

from bench.walk import Job, jobs
from dutchbook.domain.book import Ladder, OrderBook
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.money import format_micros
from dutchbook.domain.opportunity import Curve, walk
from dutchbook.domain.venue import Venue
from venues.jsonbody import Json, parse_json
from venues.kalshi import parsing as kalshi
from venues.limitless import parsing as limitless
from venues.polymarket import parsing as polymarket

PAIRS = 1_000
ROUNDS = 7
_MARKETS_A_CALL: Mapping[Venue, int] = {Venue.POLYMARKET: 250, Venue.KALSHI: 100, Venue.LIMITLESS: 1}

type Answer = tuple[Venue, Sequence[Market], bytes]
"""What one call brings: the venue, the markets asked for, the body."""


def answers(some: Sequence[Job]) -> list[Answer]:
    """The books of the jobs as the venues would send them, in calls of the venues' own size."""
    books = {book.key: book for _, *both in some for book in both}
    markets = {market.key: _with_tokens(market) for way, *_ in some for market in (way.a, way.b)}
    found: list[Answer] = []
    for venue in Venue:
        mine = [market for key, market in markets.items() if key.venue is venue]
        for group in batched(mine, _MARKETS_A_CALL[venue], strict=False):
            payload = _WRITERS[venue]([(market, books[market.key]) for market in group])
            found.append((venue, group, json.dumps(payload, separators=(",", ":")).encode()))
    return found


def _with_tokens(market: Market) -> Market:
    """Polymarket names the books of a market by its two tokens: numbers of 77 digits."""
    tokens = {side: f"{abs(hash((market.market_id, side))):077d}" for side in ("yes_token", "no_token")}
    return Market(
        **{name: getattr(market, name) for name in Market.__slots__ if name != "terms"}, terms=tokens
    )


def _rows(ladder: Ladder) -> list[dict[str, str]]:
    """Worst first, as Polymarket sends them."""
    return [{"price": format_micros(price), "size": format_micros(size)} for price, size in reversed(ladder)]


def _polymarket(books: Sequence[tuple[Market, OrderBook]]) -> object:
    return [
        {
            "market": market.market_id,
            "asset_id": market.terms[token],
            "timestamp": "1790000000000",
            "hash": "6a9f1a3bd1b7f4f1d2b1e9b63e3c1a8f6d0e2c4b",
            "bids": _rows(bids),
            "asks": _rows(asks),
            "min_order_size": "5",
            "tick_size": "0.001",
            "neg_risk": False,
            "last_trade_price": "0.500",
        }
        for market, book in books
        for token, bids, asks in (
            ("yes_token", book.yes_bids, book.yes_asks),
            ("no_token", book.no_bids, book.no_asks),
        )
    ]


def _pairs(ladder: Ladder) -> list[list[str]]:
    return [[f"{price / 1e6:.4f}", f"{size / 1e6:.2f}"] for price, size in reversed(ladder)]


def _kalshi(books: Sequence[tuple[Market, OrderBook]]) -> object:
    return {
        "orderbooks": [
            {
                "ticker": market.market_id,
                "orderbook_fp": {"yes_dollars": _pairs(book.yes_bids), "no_dollars": _pairs(book.no_bids)},
            }
            for market, book in books
        ]
    }


def _limitless(books: Sequence[tuple[Market, OrderBook]]) -> object:
    ((market, book),) = books
    return {
        "tokenId": market.terms["yes_token"],
        "bids": [{"price": price / 1e6, "size": size, "side": "BUY"} for price, size in book.yes_bids],
        "asks": [{"price": price / 1e6, "size": size, "side": "SELL"} for price, size in book.yes_asks],
        "adjustedMidpoint": 0.5,
        "maxSpread": "0.035",
        "minSize": "100000000",
    }


_WRITERS: Mapping[Venue, Callable[[Sequence[tuple[Market, OrderBook]]], object]] = {
    Venue.POLYMARKET: _polymarket,
    Venue.KALSHI: _kalshi,
    Venue.LIMITLESS: _limitless,
}


def parse(answer: Answer) -> Sequence[OrderBook]:
    """As the connectors do with an answer."""
    venue, markets, body = answer
    payload: Json = parse_json("application/json", body)
    if venue is Venue.POLYMARKET:
        return polymarket.parse_books(payload, markets, 0).items
    if venue is Venue.KALSHI:
        return kalshi.parse_books(payload, [market.market_id for market in markets], 0).items
    return [limitless.parse_book(payload, markets[0], 0)]


def to_curves(some: Sequence[Job], told: Sequence[Answer]) -> int:
    """From bytes to what pays: how many directions do."""
    books: dict[MarketKey, OrderBook] = {book.key: book for answer in told for book in parse(answer)}
    return sum(isinstance(walk(way, books[way.a.key], books[way.b.key], 0), Curve) for way, _, _ in some)


def _best_ms(*contestants: Callable[[], object]) -> list[float]:
    """Best time of each, ms; they take turns, since these machines change speed while one runs."""
    best = [float("inf")] * len(contestants)
    for _ in range(ROUNDS):
        for number, work in enumerate(contestants):
            start = time.perf_counter()
            work()
            best[number] = min(best[number], time.perf_counter() - start)
    return [seconds * 1000 for seconds in best]


def main() -> None:
    some = jobs(PAIRS)
    told = answers(some)
    known = sum(isinstance(walk(way, a, b, 0), Curve) for way, a, b in some)
    found = to_curves(some, told)
    if found != known:
        raise SystemExit(f"{found} curves from bytes, {known} from the books they were made of")
    ours, floor = _best_ms(lambda: to_curves(some, told), lambda: [json.loads(body) for _, _, body in told])
    print(f"scan_bytes_1000_pairs_ms: {ours:.1f}")
    print(f"json_loads_1000_pairs_ms: {floor:.1f}")
    print(f"scan_bytes_times_json: {ours / floor:.2f}")
    print(f"scan_bytes_mb: {sum(len(body) for _, _, body in told) / 1e6:.1f}")
    print(f"scan_bytes_curves_of_1000_pairs: {found}")


if __name__ == "__main__":
    main()

"""Kalshi's public payloads as markets and order books. Pure.

Money and counts are decimal strings. A side without orders is quoted as 0.0000 or 1.0000 in the lists, so
prices are read from order books alone; those hold bids only, of both outcomes, best last.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from dutchbook.domain.book import OrderBook
from dutchbook.domain.fees import FeeSchedule, KalshiFees, worst_case
from dutchbook.domain.market import Market, MarketKey, PriceBand
from dutchbook.domain.money import ONE, PPM, parse_micros_ceil
from dutchbook.domain.venue import Venue
from venues.fields import (
    MAX_TITLE,
    BadRow,
    Parsed,
    Row,
    about,
    instant,
    items_of,
    level_pairs,
    micros,
    page_of,
    required,
    row,
    text,
)
from venues.jsonbody import Json

SIZE_STEP = 10_000
"""Contracts have two decimals on every market since 2026-04-17; the step is also the least count."""

# All of these charge the taker 0.07 × multiplier; they differ in what the maker pays.
_TAKER_QUADRATIC = frozenset(
    {"quadratic", "quadratic_with_maker_fees", "quadratic_with_combo_maker_fees"},
)
_COMBO_PREFIX = "KXMVE"


@dataclass(frozen=True, slots=True)
class SeriesTerms:
    """What events inherit from their series. An unknown fee type is kept as it came."""

    fee_type: str
    multiplier: Json
    category: str = ""


NO_SERIES: Mapping[str, SeriesTerms] = MappingProxyType({})


def parse_series(payload: Json) -> dict[str, SeriesTerms]:
    """Series of GET /series by ticker; broken ones are absent, and their markets get the dearest fees."""
    found: dict[str, SeriesTerms] = {}
    for item in page_of(payload, "series"):
        try:
            ticker, terms = parse_one_series(item)
        except BadRow:
            continue
        found[ticker] = terms
    return found


def parse_one_series(item: Json) -> tuple[str, SeriesTerms]:
    """Ticker and terms of one series object. Raises BadRow."""
    series = row(item, "series")
    terms = SeriesTerms(text(series, "fee_type"), series.get("fee_multiplier"), text(series, "category"))
    return required(series, "ticker"), terms


def parse_events(payload: Json, series: Mapping[str, SeriesTerms]) -> Parsed[Market]:
    """Markets of a page of GET /events?with_nested_markets=true, combos left out."""
    cursor = payload.get("cursor") if isinstance(payload, dict) else None
    parsed: Parsed[Market] = Parsed(next_cursor=cursor if isinstance(cursor, str) else "")
    for event in page_of(payload, "events"):
        if isinstance(event, dict):
            _add_event(parsed, event, items_of(event, "markets"), series)
        else:
            parsed.skipped["event is no object"] += 1
    return parsed


def parse_event(payload: Json, series: Mapping[str, SeriesTerms]) -> Parsed[Market]:
    """Markets of GET /events/{ticker}, which has them beside the event or (nested) inside it."""
    parsed: Parsed[Market] = Parsed()
    event = payload.get("event") if isinstance(payload, dict) else None
    if not isinstance(event, dict):
        parsed.skipped["event is no object"] += 1
        return parsed
    nested = list(items_of(event, "markets")) or list(items_of(payload, "markets"))
    _add_event(parsed, event, nested, series)
    return parsed


def parse_market(item: Json, event: Row, series: Mapping[str, SeriesTerms], listed: int = 0) -> Market:
    """One of an event's `listed` markets. Raises BadRow for combos, scalars and what lacks a price grid."""
    market = row(item, "market")
    ticker = required(market, "ticker")
    if ticker.startswith(_COMBO_PREFIX) or market.get("mve_collection_ticker"):
        raise BadRow("market is a combo")
    if text(market, "market_type") not in ("", "binary"):
        raise BadRow("market is not binary")
    if "notional_value_dollars" in market and micros(market, "notional_value_dollars") != ONE:
        raise BadRow("contract does not pay a dollar")
    series_ticker = text(event, "series_ticker")
    terms = {"series": series_ticker}
    shard = text(market, "exchange_index") or text(event, "exchange_index")
    if shard:
        terms["exchange_index"] = shard
    if event.get("mutually_exclusive") is True and listed:
        # at most one pays; that one of them must is said nowhere
        terms |= {"exclusive": "true", "event_size": str(listed)}
    known = series.get(series_ticker)
    closes_at = instant(market, "close_time")
    return Market(
        venue=Venue.KALSHI,
        market_id=ticker,
        title=text(market, "title", MAX_TITLE) or required(event, "title", MAX_TITLE),
        tradeable=text(market, "status") == "active",
        price_bands=_price_bands(market),
        size_step=SIZE_STEP,
        min_size=SIZE_STEP,
        min_notional=0,
        fees=_fees(market, event, known),
        event_id=text(market, "event_ticker") or text(event, "event_ticker"),
        event_title=text(event, "title", MAX_TITLE),
        outcome_title=text(market, "yes_sub_title", MAX_TITLE),
        category=text(event, "category") or (known.category if known else ""),
        rules="\n\n".join(filter(None, (text(market, "rules_primary"), text(market, "rules_secondary")))),
        closes_at=closes_at,
        resolves_at=instant(market, "expected_expiration_time") or closes_at,
        volume=about(market, "volume_fp"),
        terms=terms,
    )


def parse_books(payload: Json, wanted: Iterable[str], requested_at_ms: int) -> Parsed[OrderBook]:
    """Books of GET /markets/orderbooks; markets that were not asked for are ignored."""
    parsed: Parsed[OrderBook] = Parsed()
    tickers = frozenset(wanted)
    for item in page_of(payload, "orderbooks"):
        parsed.add(_book, item, tickers, requested_at_ms)
    return parsed


def _book(item: Json, wanted: frozenset[str], requested_at_ms: int) -> OrderBook:
    entry = row(item, "book")
    ticker = required(entry, "ticker")
    if ticker not in wanted:
        raise BadRow("book was not asked for")
    depth = row(entry.get("orderbook_fp"), "orderbook_fp")
    return OrderBook.from_bids(
        MarketKey(Venue.KALSHI, ticker),
        yes=level_pairs(depth.get("yes_dollars"), "yes_dollars"),
        no=level_pairs(depth.get("no_dollars"), "no_dollars"),
        requested_at_ms=requested_at_ms,
    )


def _add_event(
    parsed: Parsed[Market],
    event: Row,
    markets: Iterable[Json],
    series: Mapping[str, SeriesTerms],
) -> None:
    nested = list(markets)
    for item in nested:
        parsed.add(parse_market, item, event, series, len(nested))


def _price_bands(market: Row) -> tuple[PriceBand, ...]:
    bands = []
    for item in items_of(market, "price_ranges"):
        band = row(item, "price_ranges")
        parsed = PriceBand(micros(band, "start"), micros(band, "end"), micros(band, "step"))
        if not 0 <= parsed.start < parsed.end <= ONE or parsed.step <= 0:
            raise BadRow("price_ranges is out of range")
        bands.append(parsed)
    if not bands:
        raise BadRow("price_ranges is missing")
    return tuple(bands)


def _fees(market: Row, event: Row, series: SeriesTerms | None) -> FeeSchedule:
    """The event's override, else the series' terms; what is unknown is priced at the dearest.

    A relief counts only when it outlasts what was stored of it. A waiver must outlast the market's close; an
    event's lower multiplier ends without notice (baseball's half rate at first pitch), so that it never makes
    a fee cheaper than its series'.
    """
    waiver, closes = instant(market, "fee_waiver_expiration_time"), instant(market, "close_time")
    if waiver is not None and closes is not None and closes <= waiver:
        return KalshiFees(multiplier_ppm=0)
    fee_type = text(event, "fee_type_override") or (series.fee_type if series else "")
    if fee_type not in _TAKER_QUADRATIC:
        return worst_case(Venue.KALSHI)
    multiplier = _multiplier_ppm(series.multiplier) if series else None
    override = event.get("fee_multiplier_override")
    if override is not None:
        raised = _multiplier_ppm(override)
        if raised is not None:
            raised = max(raised, PPM if multiplier is None else multiplier)
        multiplier = raised
    return worst_case(Venue.KALSHI) if multiplier is None else KalshiFees(multiplier_ppm=multiplier)


def _multiplier_ppm(value: Json) -> int | None:
    """None for what is no multiplier."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    try:
        multiplier = parse_micros_ceil(value)
    except ValueError:
        return None
    return multiplier if multiplier >= 0 else None

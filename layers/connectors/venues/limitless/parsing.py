"""Limitless's public payloads as markets and order books. Pure.

Groups are listed as one row with their markets inside, whose titles are fragments ("↑ 92,000"). The book is
the YES token's, sizes in raw millionths, with NO orders mirrored in already.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from dutchbook.domain.book import OrderBook
from dutchbook.domain.fees import FeeSchedule, LimitlessFees, worst_case
from dutchbook.domain.market import Market, PriceBand
from dutchbook.domain.money import ONE
from dutchbook.domain.venue import Venue
from venues.fields import (
    MAX_TITLE,
    BadRow,
    Parsed,
    Row,
    flag,
    items_of,
    level_rows,
    page_of,
    required,
    row,
    text,
)
from venues.jsonbody import Json

PAGE_SIZE = 25
PRICE_BAND = PriceBand(10_000, 990_000, 1_000)
"""Documented as orderable, three decimals; books show 0.001 and 0.999 too, which may not be."""
SIZE_STEP = 1_000
"""Price × contracts must be whole in millionths: with three-decimal prices that takes 0.001 share."""
MIN_NOTIONAL = ONE
"""$1, as the venue's own trading tools demand and its smallest recorded fills show."""

_TRADED_STATUS = "FUNDED"
_COLLATERAL_MODULE = "COLLATERAL"


def parse_active(payload: Json) -> Parsed[Market]:
    """Markets of a page of GET /markets/active, groups as their leaves, AMM markets left out."""
    parsed: Parsed[Market] = Parsed()
    for item in page_of(payload, "data"):
        _add_listing(parsed, item)
    return parsed


def parse_listing(payload: Json) -> Parsed[Market]:
    """Markets of GET /markets/{slug}: one, or a group's leaves."""
    parsed: Parsed[Market] = Parsed()
    _add_listing(parsed, payload)
    return parsed


def is_last_page(payload: Json, page: int) -> bool:
    """Whether page number `page` (from 1) is short, or the total says it was the last."""
    listed = len(page_of(payload, "data"))
    total = payload.get("totalMarketsCount") if isinstance(payload, dict) else None
    return listed < PAGE_SIZE or (isinstance(total, int) and page * PAGE_SIZE >= total)


def group_of(payload: Json) -> str:
    """Slug of the group a market belongs to, empty for none: fetched alone, a leaf's title is a fragment."""
    slug = payload.get("groupSlug") if isinstance(payload, dict) else None
    return slug if isinstance(slug, str) else ""


def parse_market(item: Json, parent: Row | None) -> Market:
    """A market, or with its parent a leaf of a group. Raises BadRow for AMM and other unusable rows."""
    market = row(item, "market")
    group = parent or {}
    if (text(market, "tradeType") or text(group, "tradeType")) != "clob":
        raise BadRow("market has no order book")
    if flag(market, "hidden"):
        raise BadRow("market is hidden")
    _check_collateral(market, group)
    tokens = row(market.get("tokens"), "tokens")
    venue = _first_object(market, group, "venue")
    settings, metadata = _object(market, "settings"), _object(market, "metadata")
    own_title, parent_title = required(market, "title", MAX_TITLE), text(group, "title", MAX_TITLE)
    delay = settings.get("takerDelayMs", metadata.get("takerDelayMs"))
    expires = _expiry(market) or _expiry(group)
    return Market(
        venue=Venue.LIMITLESS,
        market_id=required(market, "slug"),
        title=f"{parent_title}: {own_title}" if parent_title else own_title,
        tradeable=_tradeable(market, venue),
        price_bands=(PRICE_BAND,),
        size_step=SIZE_STEP,
        min_size=SIZE_STEP,
        min_notional=MIN_NOTIONAL,
        fees=_fees(metadata, _object(group, "metadata"), venue),
        event_id=text(group, "slug"),
        event_title=parent_title,
        outcome_title=own_title if parent_title else "",
        category=_category(market, group),
        rules=text(market, "description") or text(group, "description"),
        closes_at=expires,
        resolves_at=expires,
        volume=_raw_volume(market),
        terms={
            **_event_terms(group),
            "yes_token": required(tokens, "yes"),
            "no_token": required(tokens, "no"),
            "condition": text(market, "conditionId"),
            "exchange": text(venue, "exchange"),
            "adapter": text(venue, "adapter"),
            "fee_module_type": text(venue, "feeModuleType"),
            "fee_module": text(venue, "feeModule"),
            "external_slug": text(metadata, "externalSlug"),
            "mirror": "true" if flag(metadata, "isPolyArbitrage") else "false",
            "taker_delay_ms": str(delay) if isinstance(delay, int) and not isinstance(delay, bool) else "0",
        },
    )


def parse_book(payload: Json, market: Market, requested_at_ms: int) -> OrderBook:
    """The book of GET /markets/{slug}/orderbook. Raises BadRow when it is broken or another token's."""
    book = row(payload, "book")
    token = text(book, "tokenId")
    if token and token != market.terms["yes_token"]:
        raise BadRow("book is another token's")
    return OrderBook.from_yes_book(
        market.key,
        bids=level_rows(book.get("bids"), "bids", raw_sizes=True),
        asks=level_rows(book.get("asks"), "asks", raw_sizes=True),
        requested_at_ms=requested_at_ms,
    )


def _add_listing(parsed: Parsed[Market], item: Json) -> None:
    leaves = list(items_of(item, "markets"))
    if leaves and isinstance(item, dict):
        for leaf in leaves:
            parsed.add(parse_market, leaf, item)
    else:
        parsed.add(parse_market, item, None)


def _event_terms(group: Row) -> dict[str, str]:
    """In a neg-risk group at most one outcome wins; that one of them must is said nowhere."""
    if not text(group, "negRiskMarketId"):
        return {}
    return {"exclusive": "true", "event_size": str(len(list(items_of(group, "markets"))))}


def _tradeable(market: Row, venue: Mapping[str, Json]) -> bool:
    return (
        text(market, "status") == _TRADED_STATUS
        and not flag(market, "expired")
        and bool(text(venue, "exchange"))
    )


def _fees(metadata: Row, group_metadata: Row, venue: Mapping[str, Json]) -> FeeSchedule:
    """Free only where the fee flag is false; the flag may stand on the group alone.

    Every recorded market that takes its fee in shares names no module. One that names a module we do not
    know, or tells no flag, may take it either way.
    """
    charged = metadata.get("fee", group_metadata.get("fee"))
    module = text(venue, "feeModuleType")
    if charged is False:
        return LimitlessFees(rate_bps=0)
    if module == _COLLATERAL_MODULE:
        return LimitlessFees(collateral=True)
    return LimitlessFees() if charged is True and not module else worst_case(Venue.LIMITLESS)


def _check_collateral(market: Row, group: Row) -> None:
    """Books and volumes are read as millionths, which holds for six-decimal USDC alone."""
    collateral = _first_object(market, group, "collateralToken")
    if collateral.get("decimals", 6) != 6:
        raise BadRow("collateral has not six decimals")


def _object(source: Row, key: str) -> Row:
    value = source.get(key)
    return value if isinstance(value, dict) else {}


def _first_object(market: Row, group: Row, key: str) -> Row:
    return _object(market, key) or _object(group, key)


def _expiry(source: Row) -> datetime | None:
    value = source.get("expirationTimestamp")
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    try:
        return datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _category(market: Row, group: Row) -> str:
    listed: Iterator[Json] = (name for source in (market, group) for name in items_of(source, "categories"))
    return next((name for name in listed if isinstance(name, str)), "")


def _raw_volume(market: Row) -> int:
    raw = market.get("volume")
    return int(raw) if isinstance(raw, str) and raw.isdecimal() else 0

"""Polymarket's public payloads as markets and order books. Pure.

Gamma writes lists as JSON inside strings, leaves out empty keys, and names a market's tokens differently by
its `version`; the CLOB sends one book a token, worst level first.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from dutchbook.domain.book import OrderBook, ask_ladder, bid_ladder
from dutchbook.domain.fees import FeeSchedule, PolymarketFees, worst_case
from dutchbook.domain.market import Market, PriceBand
from dutchbook.domain.money import ONE, parse_micros_ceil
from dutchbook.domain.venue import Venue
from venues.fields import (
    MAX_TITLE,
    BadRow,
    Parsed,
    Row,
    about,
    flag,
    instant,
    items_of,
    level_rows,
    micros,
    page_of,
    required,
    row,
    text,
    texts,
)
from venues.jsonbody import Json

SIZE_STEP = 10_000
"""Shares have two decimals on every tick."""
MIN_MARKETABLE_NOTIONAL = ONE
"""The venue refuses a marketable order under $1."""

_MAX_EXPONENT = 4
"""Today's is 1. Each step makes the fee four times cheaper at least: what is beyond this is no schedule."""

_TOKENS_KEY = {"v1": "clobTokenIds", "v2": "positionIds"}


def parse_events(payload: Json) -> Parsed[Market]:
    """Markets of a page of GET /events/keyset."""
    parsed: Parsed[Market] = Parsed(next_cursor=_cursor(payload))
    for event in page_of(payload, "events"):
        if not isinstance(event, dict):
            parsed.skipped["event is no object"] += 1
            continue
        for item in items_of(event, "markets"):
            parsed.add(parse_market, item, event)
    return parsed


def parse_markets(payload: Json) -> Parsed[Market]:
    """Markets of a page of GET /markets/keyset; each may carry its events."""
    parsed: Parsed[Market] = Parsed(next_cursor=_cursor(payload))
    for item in page_of(payload, "markets"):
        parsed.add(_with_own_event, item)
    return parsed


def parse_market(item: Json, event: Row) -> Market:
    """One Gamma market. Raises BadRow when it is not binary, or lacks what trading needs."""
    market = row(item, "market")
    outcomes = texts(market.get("outcomes"), "outcomes")
    version = text(market, "version") or text(event, "version") or "v1"
    if version not in _TOKENS_KEY:
        raise BadRow("version is unknown")
    tokens = texts(market.get(_TOKENS_KEY[version]), _TOKENS_KEY[version])
    if len(outcomes) != 2 or len(tokens) != 2 or not all(tokens):
        raise BadRow("market is not binary")
    yes = 1 if [outcome.lower() for outcome in outcomes] == ["no", "yes"] else 0
    tick = micros(market, "orderPriceMinTickSize")
    if not 0 < tick < ONE:
        raise BadRow("orderPriceMinTickSize is out of range")
    ends = instant(market, "endDate") or instant(event, "endDate")
    terms = {
        "yes_token": tokens[yes],
        "no_token": tokens[1 - yes],
        "yes_index": str(yes),
        "version": version,
        "neg_risk": "true" if flag(market, "negRisk") else "false",
        "slug": text(market, "slug"),
    }
    terms |= _event_terms(event)
    delay = market.get("secondsDelay")
    if isinstance(delay, int) and delay > 0:
        terms["taker_delay_ms"] = str(delay * 1000)
    return Market(
        venue=Venue.POLYMARKET,
        market_id=required(market, "conditionId"),
        title=required(market, "question", MAX_TITLE),
        tradeable=_tradeable(market),
        price_bands=(PriceBand(tick, ONE - tick, tick),),
        size_step=SIZE_STEP,
        min_size=micros(market, "orderMinSize"),
        min_notional=MIN_MARKETABLE_NOTIONAL,
        fees=_fees(market),
        event_id=text(event, "id"),
        event_title=text(event, "title", MAX_TITLE),
        outcome_title=text(market, "groupItemTitle", MAX_TITLE) or _spoken_outcome(outcomes[yes]),
        category=_category(market, event),
        rules="\n\n".join(filter(None, (text(market, "description"), text(market, "resolutionSource")))),
        closes_at=ends,
        resolves_at=ends,
        volume=about(market, "volumeNum", "volume"),
        terms=terms,
    )


def parse_books(payload: Json, markets: Iterable[Market], requested_at_ms: int) -> Parsed[OrderBook]:
    """Books of POST /books, the two tokens of a market as one; a market with a token missing is absent."""
    parsed: Parsed[OrderBook] = Parsed()
    by_token: dict[str, Row] = {}
    for item in page_of(payload, ""):
        if isinstance(item, dict) and isinstance(item.get("asset_id"), str):
            by_token[str(item["asset_id"])] = item
        else:
            parsed.skipped["book has no asset_id"] += 1
    for market in markets:
        yes, no = by_token.get(market.terms["yes_token"]), by_token.get(market.terms["no_token"])
        if yes is not None and no is not None:
            parsed.add(_book, market, yes, no, requested_at_ms)
    return parsed


def _book(market: Market, yes: Mapping[str, Json], no: Mapping[str, Json], requested_at_ms: int) -> OrderBook:
    return OrderBook(
        Venue.POLYMARKET,
        market.market_id,
        yes_bids=bid_ladder(level_rows(yes.get("bids"), "bids", raw_sizes=False)),
        yes_asks=ask_ladder(level_rows(yes.get("asks"), "asks", raw_sizes=False)),
        no_bids=bid_ladder(level_rows(no.get("bids"), "bids", raw_sizes=False)),
        no_asks=ask_ladder(level_rows(no.get("asks"), "asks", raw_sizes=False)),
        requested_at_ms=requested_at_ms,
    )


def _with_own_event(item: Json) -> Market:
    event = next(items_of(item, "events"), None)
    return parse_market(item, event if isinstance(event, dict) else {})


def _event_terms(event: Row) -> dict[str, str]:
    """What the venue says of the event's outcomes together: in a neg-risk event exactly one wins.

    Not in an augmented one, whose placeholders get their meaning later, nor where "Other" is among them.
    """
    listed = [market for market in items_of(event, "markets") if isinstance(market, dict)]
    if not (flag(event, "negRisk") or flag(event, "enableNegRisk")) or flag(event, "negRiskAugmented"):
        return {}
    if not listed or any(flag(market, "negRiskOther") for market in listed):
        return {}
    return {"exclusive": "true", "exhaustive": "true", "event_size": str(len(listed))}


def _tradeable(market: Row) -> bool:
    return (
        flag(market, "active")
        and not flag(market, "closed")
        and flag(market, "acceptingOrders")
        and flag(market, "enableOrderBook")
    )


def _fees(market: Row) -> FeeSchedule:
    """The market's own schedule; free only where the venue says so, dearest where it says nothing."""
    if market.get("feesEnabled") is False:
        return PolymarketFees(0)
    schedule = market.get("feeSchedule")
    if not isinstance(schedule, dict):
        return worst_case(Venue.POLYMARKET)
    rate, exponent = schedule.get("rate"), schedule.get("exponent")
    if isinstance(rate, bool) or not isinstance(rate, int | Decimal | str):
        return worst_case(Venue.POLYMARKET)
    if isinstance(exponent, bool) or not isinstance(exponent, int) or not 1 <= exponent <= _MAX_EXPONENT:
        return worst_case(Venue.POLYMARKET)
    try:
        rate_ppm = parse_micros_ceil(rate)
    except ValueError:
        return worst_case(Venue.POLYMARKET)
    return PolymarketFees(rate_ppm, exponent) if rate_ppm >= 0 else worst_case(Venue.POLYMARKET)


def _spoken_outcome(outcome: str) -> str:
    """What YES stands for where it is not called Yes: "Up", a team."""
    return "" if outcome.lower() == "yes" else outcome


def _category(market: Row, event: Row) -> str:
    told = text(market, "category") or text(event, "category")
    tag = next(items_of(event, "tags"), None)
    return told or (text(tag, "label") if isinstance(tag, dict) else "")


def _cursor(payload: Json) -> str:
    cursor = payload.get("next_cursor") if isinstance(payload, dict) else None
    return cursor if isinstance(cursor, str) else ""

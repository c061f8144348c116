"""Kalshi's answers to orders as our errors.

Bodies come as {"error": {"code", "message", "details"}}, flat {"code", …}, bare {"msg"}, {"error": "text"},
or plain text from gateways and retired hosts. A code may carry data after a colon.
"""

from collections.abc import Mapping
from types import MappingProxyType

from dutchbook.domain.errors import (
    AlreadyExists,
    DutchbookError,
    InsufficientFunds,
    InvalidOrder,
    MarketClosed,
    NotAuthorised,
    OutcomeUnknown,
    PriceMoved,
    VenueThrottled,
)
from venues.jsonbody import Json, described, json_object, plain, spoken
from venues.retryafter import retry_after_whole_seconds


class TimestampExpired(NotAuthorised):
    """The signature's timestamp is too far from Kalshi's clock: resync, sign anew, once."""


_BY_CODE: Mapping[str, type[DutchbookError]] = MappingProxyType(
    {
        "insufficient_balance": InsufficientFunds,
        "available_balance_too_low": InsufficientFunds,
        "market_inactive": MarketClosed,
        "market_closed": MarketClosed,
        "trading_is_paused": MarketClosed,
        "exchange_is_paused": MarketClosed,
        # the id was used: the first order landed, or died; it is never usable again
        "order_already_exists": AlreadyExists,
        "fill_or_kill_insufficient_resting_volume": PriceMoved,
        "header_timestamp_expired": TimestampExpired,
    }
)
_BY_STATUS: Mapping[int, type[DutchbookError]] = MappingProxyType(
    {
        400: InvalidOrder,
        401: NotAuthorised,
        403: NotAuthorised,
        404: MarketClosed,
        410: InvalidOrder,
        413: InvalidOrder,
        422: InvalidOrder,
    }
)


def classify(status: int, content_type: str, body: bytes, headers: Mapping[str, str]) -> DutchbookError:
    """The error for an answer outside 2xx; what proves nothing is OutcomeUnknown."""
    code, message = _code_and_message(json_object(content_type, body))
    text = f"kalshi {status}: {spoken(message) or described(content_type, body)}"
    if status == 429:
        return VenueThrottled(text, retry_after_whole_seconds(headers))
    if not 400 <= status < 500:
        return OutcomeUnknown(text)
    if status == 401 and not code:
        words = spoken(message or plain(body))
        return NotAuthorised(f"kalshi 401: {words} (not the API's own words: is this the right host?)")
    if code == "invalid_order" and "post only cross" in message:
        return PriceMoved(text)
    error = _BY_CODE.get(code) or _BY_STATUS.get(status, OutcomeUnknown)
    return error(text)


def _code_and_message(body: dict[str, Json]) -> tuple[str, str]:
    """Lower-case code without data, and code, message and details in one line."""
    nested = body.get("error")
    source = nested if isinstance(nested, dict) else body
    if isinstance(nested, str):
        return "", nested
    parts = [
        value for key in ("code", "message", "msg", "details") if isinstance(value := source.get(key), str)
    ]
    code = source.get("code")
    return (code.partition(":")[0].lower() if isinstance(code, str) else ""), " · ".join(parts)

"""Polymarket's answers to orders as our errors. The venue speaks in sentences, so phrases decide.

Bodies are {"error"}, {"error_msg"} or {"errorMsg"}; Cloudflare in front of it answers HTML.
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
    VenueUnreachable,
)
from venues.jsonbody import Json, described, json_object, plain, spoken
from venues.retryafter import retry_after_whole_seconds

# First match wins; lower case.
_REFUSALS: tuple[tuple[str, type[DutchbookError]], ...] = (
    # the very same order is there: live, matched or dead. Look it up.
    ("duplicated", AlreadyExists),
    ("not enough balance", InsufficientFunds),
    ("crosses the book", PriceMoved),
    ("fully filled", PriceMoved),
    ("no orders found to match", PriceMoved),
    ("fok_order_not_filled", PriceMoved),
    ("maker address not allowed", NotAuthorised),
    ("invalid signature", NotAuthorised),
    ("signer address has to be", NotAuthorised),
    ("api key", NotAuthorised),
    ("market not ready", MarketClosed),
    ("market_not_ready", MarketClosed),
    ("does not exist", MarketClosed),
    ("market is closed", MarketClosed),
)
_BY_STATUS: Mapping[int, type[DutchbookError]] = MappingProxyType(
    {401: NotAuthorised, 403: NotAuthorised, 404: MarketClosed}
)
_AMBIGUOUS = ("could not insert order", "could not run the execution", "internal")
"""Failures inside the venue: the order may be in the book (the same words in a 500 prove nothing either)."""
_RESTRICTED = (
    "trading is currently disabled",
    "trading is disabled",
    "trading disabled",
    "cancel-only",
    "post-only",
)
_RATE_HEADERS = ("retry-after", "poly-ratelimit-remaining", "poly-ratelimit-reset")


def refusal(message: str) -> DutchbookError:
    """The error for the words with which the venue refused in a 400: unknown words refuse too."""
    return _worded(message) or InvalidOrder(f"polymarket: {spoken(message)}")


def unsuccessful(message: str) -> DutchbookError:
    """The error for a 200 without success: only words known to refuse prove that nothing was placed."""
    reason = spoken(message) or "not accepted, without a reason"
    return _worded(message) or OutcomeUnknown(f"polymarket: {reason}")


def _worded(message: str) -> DutchbookError | None:
    lowered = message.lower()
    for phrase in _AMBIGUOUS:
        if phrase in lowered:
            return OutcomeUnknown(f"polymarket: {spoken(message)}")
    for phrase, error in _REFUSALS:
        if phrase in lowered:
            return error(f"polymarket: {spoken(message)}")
    restricted = any(phrase in lowered for phrase in _RESTRICTED)
    return MarketClosed(f"polymarket: {spoken(message)}") if restricted else None


def classify(status: int, content_type: str, body: bytes, headers: Mapping[str, str]) -> DutchbookError:
    """The error for an answer outside 2xx; what proves nothing is OutcomeUnknown."""
    said = _message(json_object(content_type, body))
    text = f"polymarket {status}: {spoken(said) or described(content_type, body)}"
    if status in (400, 422):
        return refusal(said or plain(body) or "bad request")
    if status == 429:
        return _throttled(text, headers)
    if status == 500 and "order timed out" in said.lower():
        # documented as rejected before it reached the book
        return VenueUnreachable(text)
    if status == 503 and any(phrase in said.lower() for phrase in _RESTRICTED):
        return MarketClosed(text)
    return _BY_STATUS.get(status, OutcomeUnknown)(text)


def _throttled(text: str, headers: Mapping[str, str]) -> DutchbookError:
    """The order limiter's 429 says so in its headers; a bare one does not prove that nothing was taken."""
    present = {name.lower() for name in headers}
    if any(name in present for name in _RATE_HEADERS):
        return VenueThrottled(text, retry_after_whole_seconds(headers))
    return OutcomeUnknown(text)


def _message(body: dict[str, Json]) -> str:
    return next(
        (
            said
            for key in ("error", "error_msg", "errorMsg")
            if isinstance(said := body.get(key), str) and said
        ),
        "",
    )

"""Limitless's answers to orders as our errors.

Bodies are NestJS's: {"message": text or a list of texts or objects, "code"?, "reason"?}; Cloudflare's are
HTML.
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
    NotSent,
    OutcomeUnknown,
    PriceMoved,
    TermsChanged,
    VenueThrottled,
)
from venues.jsonbody import Json, described, json_object, spoken
from venues.retryafter import retry_after_whole_seconds


class FeeRateMismatch(TermsChanged):
    """Signed with another fee rate than the profile's: re-sign once with `expected_bps` (None if untold)."""

    def __init__(self, message: str, expected_bps: int | None = None) -> None:
        super().__init__(message)
        self.expected_bps = expected_bps


class OutOfWindow(TermsChanged):
    """The signed bytes have waited for longer than the venue takes them: nothing was placed."""


class ReleaseInProgress(NotSent):
    """A cancel came while a delayed order is being released to the book: ask again."""


_BY_STATUS: Mapping[int, type[DutchbookError]] = MappingProxyType(
    {
        401: NotAuthorised,
        403: NotAuthorised,
        404: MarketClosed,
        # the removed cookie login
        410: NotAuthorised,
    }
)
# First match wins; lower case.
_REFUSALS: tuple[tuple[str, type[DutchbookError]], ...] = (
    ("insufficient", InsufficientFunds),
    ("would execute immediately", PriceMoved),
    ("cross resting liquidity", PriceMoved),
    ("passed deadline", MarketClosed),
    ("not active", MarketClosed),
    ("resolved", MarketClosed),
    ("invalid signature", NotAuthorised),
    ("signer does not match", NotAuthorised),
    ("maker does not match", NotAuthorised),
)


def classify(status: int, content_type: str, body: bytes, headers: Mapping[str, str]) -> DutchbookError:
    """The error for an answer outside 2xx; what proves nothing is OutcomeUnknown."""
    parsed = json_object(content_type, body)
    said = _message(parsed.get("message"))
    text = f"limitless {status}: {spoken(said) or described(content_type, body)}"
    if status in (400, 422):
        return _refusal(parsed, said, text)
    if status == 409:
        return _conflict(parsed, text)
    if status == 429:
        # not accepted: the same bytes may be sent again, or new ones signed when they are too old for it
        return VenueThrottled(text, retry_after_whole_seconds(headers))
    if status in (425, 503) and "maintenance" in said.lower():
        return MarketClosed(text)
    if status == 425 and "window" in said.lower():
        # the request came late, or our clock is off: it was not taken
        return OutOfWindow(text)
    return _BY_STATUS.get(status, OutcomeUnknown)(text)


def _refusal(body: dict[str, Json], said: str, text: str) -> DutchbookError:
    lowered = said.lower()
    if body.get("code") == "FEE_RATE_MISMATCH" or "out of user's band" in lowered:
        expected = body.get("expectedFeeRateBps")
        known = isinstance(expected, int) and not isinstance(expected, bool)
        return FeeRateMismatch(text, expected if known and isinstance(expected, int) else None)
    for phrase, error in _REFUSALS:
        if phrase in lowered:
            return error(text)
    return InvalidOrder(text)


def _conflict(body: dict[str, Json], text: str) -> DutchbookError:
    if "ORDER_RELEASE_IN_PROGRESS" in (body.get("reason"), body.get("code")):
        return ReleaseInProgress(text)
    return AlreadyExists(text)


def _message(value: Json) -> str:
    """One line of a text, an object with texts in it, or a list of either."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "; ".join(filter(None, map(_message, value)))
    if isinstance(value, dict):
        return " ".join(filter(None, map(_message, value.values())))
    return ""

"""The Retry-After header, in both of its forms (RFC 9110, section 10.2.3)."""

import math
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime


def retry_after_seconds(headers: Mapping[str, str], now_ms: int) -> float | None:
    """Seconds to wait, not negative; None where the header is absent or nonsense."""
    text = next((value for name, value in headers.items() if name.lower() == "retry-after"), "").strip()
    if not text:
        return None
    if text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError):
        return None
    return max(0.0, moment - now_ms / 1000)


def retry_after_whole_seconds(headers: Mapping[str, str]) -> int | None:
    """As `retry_after_seconds` from now on, rounded up."""
    seconds = retry_after_seconds(headers, time.time_ns() // 1_000_000)
    return None if seconds is None else math.ceil(seconds)

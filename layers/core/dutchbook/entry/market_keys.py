"""Markets that a query names: keys of ours, separated by commas."""

from dutchbook.domain.errors import InvalidInput
from dutchbook.domain.market import MarketKey
from dutchbook.domain.venue import Venue

MARKETS_AT_ONCE = 20
MARKET_ID_BYTES = 200
"""The venues' ids have at most 80; a DynamoDB key holds 1,024 with our prefix."""


def market_keys(text: str) -> list[MarketKey]:
    """The keys named, each once. Raises InvalidInput."""
    named = dict.fromkeys(one.strip() for one in text.split(","))
    if len(named) > MARKETS_AT_ONCE:
        raise InvalidInput("keys", f"names more than {MARKETS_AT_ONCE} markets")
    if any(len(one.encode(errors="replace")) > MARKET_ID_BYTES for one in named):
        raise InvalidInput("keys", f"names a market in more than {MARKET_ID_BYTES} bytes")
    try:
        return [MarketKey.parse(one) for one in named]
    except ValueError:
        venues = ", ".join(Venue)
        raise InvalidInput("keys", f"are venue:market_id separated by commas, venues {venues}") from None

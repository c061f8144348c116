"""What a venue says of a market's end and cannot be used: told with its reason, never left out."""

from dutchbook.domain.market import MarketKey
from dutchbook.domain.settlement import Resolution, Stage
from dutchbook.domain.venue import Venue


def unreadable(venue: Venue, market_id: str, reason: object) -> Resolution:
    """`reason` is a BadRow or its text: short and without values."""
    return Resolution(MarketKey(venue, market_id), Stage.OPEN, unreadable=str(reason))

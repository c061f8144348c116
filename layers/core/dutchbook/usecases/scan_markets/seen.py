"""What a tick has seen, for those that look at the same books after the opportunities have been started."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dutchbook.domain.book import OrderBook
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.pair import Pair
from dutchbook.usecases.scan_markets.depth import Depth
from dutchbook.usecases.scan_markets.starts import Starts


@dataclass(frozen=True, slots=True)
class Seen:
    tick_id: str
    at_ms: int
    period_ms: int
    number: int
    """Counts ticks: by it agents take turns."""
    trading: bool
    """False under the kill switch: positions may be closed, nothing may be opened."""
    pairs: Sequence[Pair]
    """Approved ones whose books were asked for."""
    markets: Mapping[MarketKey, Market]
    books: Mapping[MarketKey, OrderBook]
    """As they were shown: `depth` says what this tick's trades have taken of them."""
    depth: Depth = field(default_factory=Depth)
    starts: Starts = field(default_factory=Starts)
    """What may still be started in this tick, by all of them."""

"""What one simulated venue holds in memory, guarded by one lock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

from local.day.catalogue import Event, Key, Listing
from local.day.path import Depth
from local.venues.faults import Faults
from local.venues.ledger import Ledger
from local.venues.market_maker import MarketMaker
from local.venues.matching import Book
from local.venues.simtime import SimTime


@dataclass(slots=True)
class VenueState:
    venue: str
    events: tuple[Event, ...]
    listings: Mapping[str, Listing]
    time: SimTime
    maker: MarketMaker
    shift_days: int
    """How many days the replay lies after the recorded day; every date in a reply moves by it."""
    book: Book = field(init=False)
    ledger: Ledger = field(default_factory=Ledger)
    faults: Faults = field(init=False)
    settled: dict[str, int] = field(default_factory=dict)
    """Payout of YES, micros, of each settled market."""
    tape: list[dict[str, Any]] = field(default_factory=list)
    """Public trades, newest last, in the venue's own shape."""
    accepted: list[str] = field(default_factory=list)
    """Every order that was taken in, by the id that its sender gives it."""
    geoblocked: bool = False
    """Polymarket's geoblock answer, and whether it refuses orders."""
    versions: dict[str, str] = field(default_factory=dict)
    """Polymarket markets that trade on ExchangeV3 ("v2"); all others are "v1"."""
    shards: dict[str, int] = field(default_factory=dict)
    """Kalshi markets that do not lie on shard 0."""
    terms: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Limitless markets of their own kind: "fee" (False: free), "exchange", "feeModuleType", "feeModule"."""
    failing_trades: int = 0
    """How many of the next Polymarket trades will fail to settle."""
    refresh: Callable[[], None] = lambda: None
    """Lets time act on the venue's orders; its engine sets it."""
    lock: RLock = field(default_factory=RLock)

    def __post_init__(self) -> None:
        self.book = Book(self.venue, self.maker)
        self.faults = Faults(self.time)

    def depth(self, market_id: str) -> Depth:
        """The public book; empty once the market is settled."""
        if market_id in self.settled:
            return Depth((), ())
        if self.book.resting(market_id):
            # Quotes may have moved across a resting order since: it fills before anybody sees a crossed book.
            with self.lock:
                self.refresh()
        return self.book.depth(market_id)

    def pin(self, market_id: str, depth: Depth | None) -> None:
        """Fixes the market maker's depth of a market (None = back to the day's path)."""
        self.maker.override(Key(self.venue, market_id), depth)

    def take_failure(self) -> bool:
        """Whether the trade being matched is one of those that will fail."""
        if self.failing_trades == 0:
            return False
        self.failing_trades -= 1
        return True

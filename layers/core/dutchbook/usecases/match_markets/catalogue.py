"""The catalogue pass: each venue's open markets, page by page, into the Markets table.

One call lists some pages and says where the next one goes on, so that no invocation holds more than a page
and a venue of any size fits. What did not change is not written; what is missing from a complete pass is
closed.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from dutchbook.domain.errors import VenueUnreachable
from dutchbook.domain.venue import Venue
from dutchbook.ports.clock import Clock
from dutchbook.ports.markets import CatalogueShrank, MarketStore
from dutchbook.ports.venues import Connectors

LONGEST_MS = 40_000
"""How long one call goes on starting pages; closing has a call of its own."""
_MOST_PARTS = 10_000
"""A million markets of Kalshi's pages. A venue whose cursors turn in circles must end somewhere."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What lists a catalogue needs of the world."""

    clock: Clock
    store: MarketStore
    connectors: Connectors


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a pass over one venue is; goes in and comes out as JSON."""

    venue: Venue
    pass_id: str
    cursor: str = ""
    parts: int = 0
    listed: int = 0
    written: int = 0
    closed: int = 0
    listed_all: bool = False
    done: bool = False
    problem: str = ""
    """Why nothing was closed although the pass is complete."""

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> "Progress":
        """Raises KeyError, ValueError for what is not a pass over a venue."""
        known = {name: event[name] for name in cls.__slots__ if name in event and name != "venue"}
        return cls(venue=Venue(event["venue"]), **known)

    def to_record(self) -> dict[str, Any]:
        return {**asdict(self), "venue": self.venue.value}


def list_some(world: Listing, progress: Progress) -> Progress:
    """Lists pages until all are listed or time is up; closes what is missing when all were listed before.

    Repeating a call with the same progress writes the same. Raises NotSent when the venue cannot be read.
    """
    if progress.listed_all:
        return _close(world, progress)
    deadline = world.clock.now_ms() + LONGEST_MS
    data = world.connectors.data(progress.venue)
    while True:
        page = data.catalogue_page(progress.cursor)
        if page.next_cursor and page.next_cursor == progress.cursor:
            raise VenueUnreachable(f"{progress.venue} turns in circles at page {progress.parts}")
        written = world.store.put_markets(page.markets)
        ids = {market.market_id for market in page.markets}
        world.store.note_listed(progress.venue, progress.pass_id, f"{progress.parts:06d}", ids)
        progress = replace(
            progress,
            cursor=page.next_cursor,
            parts=progress.parts + 1,
            listed=progress.listed + len(ids),
            written=progress.written + written,
        )
        if not page.next_cursor:
            return replace(progress, listed_all=True)
        if progress.parts >= _MOST_PARTS:
            raise VenueUnreachable(f"{progress.venue} has no last page")
        if world.clock.now_ms() >= deadline:
            return progress


def _close(world: Listing, progress: Progress) -> Progress:
    try:
        closed = world.store.close_missing(progress.venue, progress.pass_id)
    except CatalogueShrank as shrank:
        return replace(progress, done=True, problem=str(shrank))
    return replace(progress, done=True, closed=closed)

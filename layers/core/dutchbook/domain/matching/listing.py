"""What the matcher reads of a venue's catalogue: one question, or one event with its questions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from dutchbook.domain.market import Market


@dataclass(frozen=True, slots=True)
class Listing:
    """One YES/NO question.

    `title` alone is enough; every other field narrows the reading. `event_time` is when the thing happens
    (a kick-off), `close_time` when trading may stop at the latest: venues set the second generously, so
    it never outweighs a date in words. `external_slug` names the market this one mirrors on another
    venue, as the venue says it; `is_mirror` is the venue's own mark of a mirrored market. Both propose a
    pair and prove nothing.
    """

    venue: str
    market_id: str
    title: str
    event_title: str = ""
    outcome: str = ""
    rules: str = ""
    close_time: datetime | None = None
    event_time: datetime | None = None
    series: str = ""
    category: str = ""
    external_slug: str = ""
    slug: str = ""
    is_mirror: bool = False

    @classmethod
    def of(cls, market: Market) -> Self:
        """The listing of a catalogue row; reads the venue terms that market.py documents."""
        terms = market.terms
        return cls(
            venue=str(market.venue),
            market_id=market.market_id,
            title=market.title,
            event_title=market.event_title,
            outcome=market.outcome_title,
            rules=market.rules,
            close_time=market.closes_at,
            series=terms.get("series", ""),
            category=market.category,
            external_slug=terms.get("external_slug", ""),
            slug=terms.get("slug", ""),
            is_mirror=terms.get("mirror", "") == "true",
        )


@dataclass(frozen=True, slots=True)
class EventListing:
    """An event and (some of) its questions' titles.

    `child_count` is how many questions the event has; when `children` holds fewer, outcomes that are
    missing here prove nothing.
    """

    venue: str
    event_id: str
    title: str
    children: tuple[str, ...] = ()
    child_count: int = 0
    rules: str = ""
    close_time: datetime | None = None
    event_time: datetime | None = None

    @property
    def is_complete(self) -> bool:
        return bool(self.children) and self.child_count <= len(self.children)

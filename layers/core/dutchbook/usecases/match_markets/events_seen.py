"""The events whose questions one part of the catalogue holds: does one hold the question of another?"""

from dataclasses import replace

from dutchbook.domain.market import Market
from dutchbook.domain.matching.events import judge_events
from dutchbook.domain.matching.judgement import Judgement
from dutchbook.domain.matching.judgement import Relation as Verdict
from dutchbook.domain.matching.listing import EventListing, Listing
from dutchbook.domain.matching.reading import full_text


class EventsSeen:
    """Notes each listed market's question under its event."""

    def __init__(self) -> None:
        self._questions: dict[tuple[str, str], list[str]] = {}

    def seen(self, market: Market) -> Listing:
        """The market as the matcher reads it."""
        listing = Listing.of(market)
        if market.event_id:
            key = (market.venue.value, market.event_id)
            self._questions.setdefault(key, []).append(full_text(listing))
        return listing

    def judge_again(self, left: Market, right: Market, found: Judgement) -> Judgement:
        """`contains` where the markets leave it open but one's event asks what the other's does."""
        if found.relation is not Verdict.UNSURE:
            return found
        events = judge_events(self._event_of(left), self._event_of(right))
        if events.relation is not Verdict.CONTAINS:
            return found
        return replace(
            found,
            relation=Verdict.CONTAINS,
            evidence=(*found.evidence, "one event holds the other's question"),
        )

    def _event_of(self, market: Market) -> EventListing:
        """Its questions as far as this part holds them; a market without an event is one of its own."""
        listing = Listing.of(market)
        questions = self._questions.get((market.venue.value, market.event_id), [full_text(listing)])
        size = market.terms.get("event_size", "")
        return EventListing(
            listing.venue,
            market.event_id or market.market_id,
            market.event_title or market.title,
            tuple(questions),
            int(size) if size.isdigit() else len(questions),
            close_time=market.closes_at,
        )

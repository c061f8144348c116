"""Where each venue bars people from trading, as its terms or its API said on a date.

A person states a place when he stores live credentials; these tables refuse what is known to be barred. They
are not complete and never make anybody eligible: the venue's own geoblock and identity check always win.
Places are as `places.parse_place` gives them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dutchbook.domain.venue import Venue

_CRIMEA = frozenset({"UA-43", "UA-40"})
"""The venues say Crimea; ISO has a code of its own for Sevastopol, which lies there."""


@dataclass(frozen=True, slots=True)
class Bars:
    """A venue's list. `as_of` is an ISO date, `source` says where it stood."""

    places: frozenset[str]
    as_of: str
    source: str


BARS: Mapping[Venue, Bars] = {
    Venue.POLYMARKET: Bars(
        places=frozenset(
            # no access
            {"IR", "SY", "CU", "KP", "UA-14", "UA-09"}
            | _CRIMEA
            # positions may only be closed, on the site and through the API
            | {"US", "GB", "FR", "DE", "IT", "PL", "SG", "TW", "TH", "AU", "BE", "BR", "RU", "BY"}
            | {"CA-BC", "CA-ON", "CA-AB", "CA-QC"}
            # positions may only be closed on the site (Malta: sports); the API is not a way around it
            | {"IE", "JP", "MT", "NL", "KR"}
        ),
        as_of="2026-10-09",
        source="docs.polymarket.com, geographic restrictions",
    ),
    Venue.KALSHI: Bars(
        places=frozenset(),
        as_of="2026-10-01",
        source="Kalshi opens accounts only after its own identity check; it publishes no list to copy",
    ),
    Venue.LIMITLESS: Bars(
        places=frozenset(
            {"US", "CA-ON", "CA-AB", "TW", "RU", "BY", "CU", "IR", "KP", "SY", "UA-14", "UA-09"} | _CRIMEA
        ),
        as_of="2026-09-15",
        source="Limitless terms of service",
    ),
}


def why_barred(venue: Venue, place: str) -> str:
    """The reason a person of this place may not trade there; empty where none is known."""
    bars = BARS[venue]
    if place in bars.places or place.partition("-")[0] in bars.places:
        return f"{venue} bars {place} ({bars.source}, {bars.as_of})"
    return ""

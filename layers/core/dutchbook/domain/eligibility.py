"""Where each venue bars people from trading, as its terms or its API said on a date.

A person states a place when he stores live credentials; these tables refuse what is known to be barred. They
are not complete and never make anybody eligible: the venue's own geoblock and identity check always win.
Places are ISO 3166-1 alpha-2 codes, or ISO 3166-2 where a country is barred in parts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dutchbook.domain.venue import Venue

_PLACE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?\Z")
DIVIDED = frozenset({"CA", "UA"})
"""Countries barred in parts: the part has to be named."""


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
            {"IR", "SY", "CU", "KP", "UA-43", "UA-14", "UA-09"}
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
            {"US", "CA-ON", "CA-AB", "TW"} | {"RU", "BY", "CU", "IR", "KP", "SY", "UA-43", "UA-14", "UA-09"}
        ),
        as_of="2026-09-15",
        source="Limitless terms of service",
    ),
}


def parse_place(text: str) -> str:
    """The place in capitals. Raises ValueError, naming the fix."""
    place = text.upper()
    if not _PLACE.match(place):
        raise ValueError("must be an ISO 3166 code such as CH, or CA-QC for a province")
    if place in DIVIDED:
        raise ValueError(f"must name the part of {place}, as ISO 3166-2 does: {place}-…")
    return place


def why_barred(venue: Venue, place: str) -> str:
    """The reason a person of this place may not trade there; empty where none is known."""
    bars = BARS[venue]
    if place in bars.places or place.partition("-")[0] in bars.places:
        return f"{venue} bars {place} ({bars.source}, {bars.as_of})"
    return ""

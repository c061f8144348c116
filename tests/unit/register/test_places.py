"""Places are closed lists, so that no slip of the pen is a place that nobody bars."""

import pytest

from dutchbook.domain.eligibility import BARS, why_barred
from dutchbook.domain.places import COUNTRIES, PARTS, parse_place
from dutchbook.domain.venue import Venue


def test_there_are_as_many_as_iso_has():
    assert len(COUNTRIES) == 249
    # 10 provinces and 3 territories; 24 oblasts, Crimea and 2 cities; 50 states, a district, 6 territories
    assert {country: len(parts) for country, parts in PARTS.items()} == {"CA": 13, "UA": 27, "US": 57}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("CH", "CH"),
        ("ca-on", "CA-ON"),
        ("us", "US"),
        ("US-NY", "US-NY"),
        # what is reserved for it, or a part of it under a code of its own, is barred as it is
        ("UK", "GB"),
        ("PR", "US-PR"),
        ("gu", "US-GU"),
        ("VI", "US-VI"),
    ],
)
def test_a_place_is_read_in_one_way(text, place):
    assert parse_place(text) == place


@pytest.mark.parametrize(
    "text",
    [
        *("ZZ", "XX", "EU", "00", "C1", "USA", "CA", "UA", "CA-ONT", "CA-ZZZ", "UA-99", "US-XX"),
        *("GB-ENG", "CH-", "-CH", "US-", "", " CH", "CH\n"),
        *("u\u017f", "\uff35\uff33", "U\u017f-NY", "CH-\u0660"),
    ],
)
def test_what_is_no_place_is_refused_with_the_fix(text):
    with pytest.raises(ValueError, match="ISO 3166"):
        parse_place(text)


def test_places_are_barred_whole_or_in_parts():
    for place in ("US", "US-NY", "US-PR", "GB", "CA-QC", "UA-43", "UA-40"):
        assert why_barred(Venue.POLYMARKET, place)
    assert why_barred(Venue.LIMITLESS, "US-VI")
    assert not why_barred(Venue.LIMITLESS, "CA-QC")
    assert not why_barred(Venue.LIMITLESS, "UA-30")


@pytest.mark.parametrize("venue", Venue)
def test_a_list_of_barred_places_has_a_source_a_date_and_only_places_that_can_be_stated(venue):
    bars = BARS[venue]
    assert bars.as_of
    assert bars.source
    assert all(parse_place(place) == place for place in bars.places)

"""A whole event is bought for less than it pays, and only where the venue's own flags prove what it pays."""

from dataclasses import replace

import pytest

from dutchbook.domain.money import ONE, PPM
from dutchbook.domain.pair import Relation
from dutchbook.domain.strategies.n_way import NWay, events
from dutchbook.domain.venue import Outcome, Venue
from tests.support.builders import a_limits
from tests.support.events import a_view_of, an_event
from tests.support.histories import plenty
from tests.support.markets import a_market, a_pair

EVENT = an_event(3)
CHEAP_YES = {"E1-0": [("0.31", "100")], "E1-1": [("0.31", "50")], "E1-2": [("0.31", "80")]}
CHEAP_NO = {name: [("0.60", "100")] for name in CHEAP_YES}


def found(markets=EVENT, yes=None, no=None, pairs=()):
    return NWay().observe(a_view_of(markets, yes, no, pairs))


def sized(signal, dollars=1_000, **limits):
    return NWay().size(signal, a_limits(**limits), plenty(dollars))


def test_every_yes_for_under_a_dollar_is_bought():
    (curve,) = found(yes=CHEAP_YES)
    intent = sized(curve)

    assert (curve.outcome, curve.payout) == (Outcome.YES, ONE)
    assert intent is not None
    assert intent.shares == 50 * ONE
    assert {leg.outcome for leg in intent.legs} == {Outcome.YES}
    assert len(intent.legs) == 3
    assert intent.cost + intent.profit == 50 * ONE
    assert intent.subject == "event:polymarket:E1"


def test_every_no_for_under_n_minus_one_dollars_is_bought():
    (curve,) = found(no=CHEAP_NO)
    intent = sized(curve)

    assert (curve.outcome, curve.payout) == (Outcome.NO, 2 * ONE)
    assert intent is not None
    assert intent.cost + intent.profit == 200 * ONE


def test_fees_that_eat_the_gap_leave_it_alone():
    assert found(yes={name: [("0.33", "100")] for name in CHEAP_YES}) == []


@pytest.mark.parametrize("winner", [0, 1, 2])
def test_it_pays_the_same_whichever_outcome_wins(winner):
    for curve in (*found(yes=CHEAP_YES), *found(no=CHEAP_NO)):
        intent = sized(curve)
        assert intent is not None
        assert curve.pays(intent.shares, winner) == intent.cost + intent.profit


def test_every_no_pays_more_when_nothing_wins_and_every_yes_nothing():
    (no,), (yes,) = found(no=CHEAP_NO), found(yes=CHEAP_YES)

    assert no.pays(ONE, None) == 3 * ONE
    assert yes.pays(ONE, None) == 0


def test_yes_needs_an_event_in_which_one_outcome_must_win():
    event = an_event(3, Venue.KALSHI, exhaustive=False)

    assert found(event, yes=CHEAP_YES) == []
    assert len(found(event, no=CHEAP_NO)) == 1


@pytest.mark.parametrize(
    "event",
    [
        an_event(3, size=4),
        [*an_event(2), replace(an_event(3)[2], tradeable=False)],
        an_event(3, names=["Alice", "Bob", "Other"]),
        an_event(3, names=["Alice", "Bob", "Another candidate"]),
        an_event(3, names=["Alice", "Bob", "Person C"]),
        [replace(market, terms={}) for market in EVENT],
        an_event(7),
    ],
    ids=["one is not here", "one is closed", "other", "another", "placeholder", "no flags", "too many legs"],
)
def test_an_event_that_is_not_whole_named_and_flagged_is_refused(event):
    asks = {f"E1-{number}": [("0.10", "100")] for number in range(7)}

    assert found(event, yes=asks, no=asks) == []


@pytest.mark.parametrize(
    "name",
    [
        "Other",
        "Others",
        "All others",
        "Other candidate",
        "Another team",
        "Any other",
        "Field (any other)",
        "The field",
        "Someone else",
        "Anyone else",
        "The rest",
        "Rest of the World",
        "No one",
        "No-one",
        "Nobody",
        "None of these",
        "Neither",
        "Not listed",
        "Any outcome not listed",
        "Unlisted",
        " Party B ",
    ],
)
def test_an_outcome_that_names_nobody_makes_an_event_open_ended(name):
    """What it covers can be split off into markets of their own: the event was never whole."""
    assert events(an_event(3, names=["Alice", "Bob", name])) == {}


@pytest.mark.parametrize("name", ["Brothers Osborne", "Mother", "Everest", "Field of Dreams", "Elsewhere"])
def test_a_name_that_only_sounds_like_it_is_a_name(name):
    assert len(events(an_event(3, names=["Alice", "Bob", name]))) == 1


def test_an_outcome_is_bought_where_it_is_cheapest():
    twin = a_market(Venue.KALSHI, "TWIN")
    pairs = [a_pair(EVENT[0], twin)]
    (curve,) = found([*EVENT, twin], yes={**CHEAP_YES, "TWIN": [("0.29", "70")]}, pairs=pairs)

    assert {market.venue for market in curve.markets} == {Venue.POLYMARKET, Venue.KALSHI}
    assert sized(curve).reserve.keys() == {Venue.POLYMARKET, Venue.KALSHI}


def test_an_inverse_pair_is_no_twin():
    twin = a_market(Venue.KALSHI, "TWIN")
    pairs = [a_pair(EVENT[0], twin, Relation.INVERSE)]
    (curve,) = found([*EVENT, twin], yes={**CHEAP_YES, "TWIN": [("0.29", "70")]}, pairs=pairs)

    assert curve.venues == {Venue.POLYMARKET}


def test_across_venues_too_good_a_price_is_not_believed():
    twin = a_market(Venue.KALSHI, "TWIN")
    asks = {**CHEAP_YES, "TWIN": [("0.20", "70")]}

    assert found([*EVENT, twin], yes=asks, pairs=[a_pair(EVENT[0], twin)]) == []


def test_the_size_stops_where_the_next_slice_does_not_pay_or_the_money_ends():
    asks = {name: [("0.31", "50"), ("0.33", "50")] for name in CHEAP_YES}
    (curve,) = found(yes=asks)

    assert sized(curve).shares == 50 * ONE
    poor = sized(curve, dollars=10)
    assert poor is not None
    assert sum(poor.reserve.values()) <= 10 * ONE
    assert sized(curve, min_profit=PPM // 2) is None
    assert sized(curve, dollars=0) is None


def test_below_a_venues_minimum_nothing_is_taken():
    (curve,) = found(yes={name: [("0.30", "4.99")] for name in CHEAP_YES})

    assert sized(curve) is None


def test_a_date_beyond_max_days_is_refused():
    (curve,) = found(yes=CHEAP_YES)

    assert sized(curve, max_days=29) is None


def test_a_torn_or_stale_book_is_not_bought_from():
    view = a_view_of(EVENT, CHEAP_YES)
    torn = replace(view.books[EVENT[0].key], yes_bids=((400_000, ONE),))
    stale = replace(view.books[EVENT[0].key], requested_at_ms=view.now_ms - 15_001)

    for book in (torn, stale):
        assert NWay().observe(replace(view, books={**view.books, book.key: book})) == []

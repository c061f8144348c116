"""What a venue's flags say of an event's outcomes together, and nothing that they do not say."""

import pytest

from tests.support.recorded import recorded
from venues.kalshi.parsing import parse_events as kalshi_events
from venues.limitless.parsing import parse_listing
from venues.polymarket.parsing import parse_events as polymarket_events


def polymarket_terms(**changes):
    page = recorded("polymarket_events")
    page["events"][0] |= changes
    return polymarket_events(page).items[0].terms


def test_a_polymarket_neg_risk_event_says_that_exactly_one_outcome_wins():
    terms = polymarket_terms(negRisk=True)

    assert (terms["exclusive"], terms["exhaustive"], terms["event_size"]) == ("true", "true", "1")


@pytest.mark.parametrize("changes", [{}, {"negRisk": True, "negRiskAugmented": True}])
def test_other_events_and_augmented_ones_say_nothing(changes):
    assert not {"exclusive", "exhaustive"} & set(polymarket_terms(**changes))


def test_a_polymarket_event_with_an_other_outcome_says_nothing():
    page = recorded("polymarket_events")
    page["events"][0]["negRisk"] = True
    page["events"][0]["markets"][0]["negRiskOther"] = True

    assert "exclusive" not in polymarket_events(page).items[0].terms


def test_kalshi_says_that_outcomes_exclude_each_other_but_not_that_one_wins():
    terms = kalshi_events(recorded("kalshi_events"), {}).items[0].terms

    assert (terms["exclusive"], terms["event_size"]) == ("true", "2")
    assert "exhaustive" not in terms


def test_a_kalshi_event_that_may_have_several_winners_says_nothing():
    page = recorded("kalshi_events")
    page["events"][0]["mutually_exclusive"] = False

    assert "exclusive" not in kalshi_events(page, {}).items[0].terms


@pytest.mark.parametrize(("neg_risk_id", "exclusive"), [("0xgroup", "true"), (None, None)])
def test_a_limitless_group_excludes_its_outcomes_only_as_a_neg_risk_group(neg_risk_id, exclusive):
    group = next(row for row in recorded("limitless_active")["data"] if row["title"].startswith("UECL"))

    terms = parse_listing({**group, "negRiskMarketId": neg_risk_id}).items[0].terms

    assert terms.get("exclusive") == exclusive
    assert "exhaustive" not in terms

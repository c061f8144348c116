"""A Dutch book pays the same in every outcome that both markets agree on."""

import pytest

from dutchbook.domain.money import ONE
from dutchbook.domain.pair import Relation
from dutchbook.domain.payoff import guaranteed, payout
from dutchbook.domain.venue import Venue
from tests.support.markets import a_market, ways

KALSHI, POLYMARKET = a_market(Venue.KALSHI), a_market(Venue.POLYMARKET)
ALL_WAYS = [
    pytest.param(way, relation, id=f"{relation} {way.label}")
    for relation in Relation
    for way in ways(KALSHI, POLYMARKET, relation)
] + [pytest.param(way, Relation.SAME, id=way.label) for way in ways(KALSHI, KALSHI)]


@pytest.mark.parametrize(("way", "relation"), ALL_WAYS)
@pytest.mark.parametrize("yes_value", [0, ONE, 500_000, 250_000])
def test_equal_legs_pay_a_dollar_a_share_whatever_happens(way, relation, yes_value):
    assert payout(way, relation, 97 * ONE, 97 * ONE, yes_value) == 97 * ONE


@pytest.mark.parametrize(("way", "relation"), ALL_WAYS)
def test_unequal_legs_are_only_sure_of_the_smaller(way, relation):
    assert guaranteed(way, relation, 100 * ONE, 97 * ONE) == 97 * ONE
    assert guaranteed(way, relation, 97 * ONE, 100 * ONE) == 97 * ONE


def test_the_wrong_relation_is_a_bet_and_no_hedge():
    way = ways(KALSHI, POLYMARKET)[0]
    assert guaranteed(way, Relation.INVERSE, ONE, ONE) == 0
    assert payout(way, Relation.INVERSE, ONE, ONE, ONE) == 2 * ONE

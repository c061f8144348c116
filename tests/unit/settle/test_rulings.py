"""Operators say over HTTP what a venue that names no value has paid."""

import pytest

from dutchbook.domain.market import MarketKey
from dutchbook.domain.settlement import Resolution, Stage
from dutchbook.domain.venue import Venue
from tests.support.api import Api

KEY = MarketKey(Venue.LIMITLESS, "rain-tomorrow")


def say(api, yes_pays, market=str(KEY), **how):
    body = {"market": market, "yes_pays": yes_pays, "reason": "the venue's own mail"}
    return api.call("POST", "/api/rulings", body, **{"operator": True, **how})


@pytest.mark.parametrize(
    ("yes_pays", "kept"),
    [
        ("refund", Resolution(KEY, Stage.PAYABLE, refund=True)),
        ("0.37", Resolution(KEY, Stage.PAYABLE, 370_000)),
        ("1", Resolution(KEY, Stage.PAYABLE, 1_000_000)),
    ],
)
def test_a_ruling_is_kept(yes_pays, kept):
    api = Api()
    assert say(api, yes_pays).status == 200
    assert api.settlements.rulings([KEY]) == {KEY: kept}


@pytest.mark.parametrize("yes_pays", ["1.5", "-0.1", "half", "", "0.1234567"])
def test_only_dollars_a_share_or_a_refund(yes_pays):
    api = Api()
    assert say(api, yes_pays).status == 422
    assert api.settlements.rulings([KEY]) == {}


def test_only_a_market_of_a_venue():
    assert say(Api(), "1", market="betfair:x").status == 422


def test_owners_do_not_rule():
    assert say(Api(), "1", operator=False).status == 403

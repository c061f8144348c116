"""A market has one name everywhere, and a grid that orders must keep to."""

import pytest

from dutchbook.domain.market import MarketKey, PriceBand
from dutchbook.domain.pair import pair_id_of
from dutchbook.domain.venue import Outcome, Side, Venue
from tests.support.markets import a_market

KEY = MarketKey(Venue.LIMITLESS, "will-it-rain:today")


def test_a_key_is_written_and_read_back():
    assert str(KEY) == "limitless:will-it-rain:today"
    assert MarketKey.parse(str(KEY)) == KEY


@pytest.mark.parametrize("text", ["", "kalshi", "kalshi:", "betfair:1"])
def test_what_names_no_market_is_refused(text):
    with pytest.raises(ValueError, match="is not"):
        MarketKey.parse(text)


def test_prices_lie_on_the_band_they_fall_in():
    market = a_market(
        Venue.KALSHI, price_bands=(PriceBand(0, 100_000, 1_000), PriceBand(100_000, 1_000_000, 10_000))
    )
    on_grid = [
        price
        for price in (0, 1_000, 1_500, 99_000, 101_000, 110_000, 990_000, 1_000_000)
        if market.on_grid(price)
    ]
    assert on_grid == [1_000, 99_000, 110_000, 990_000]


def test_a_pair_has_one_id_whichever_market_comes_first():
    other = MarketKey(Venue.KALSHI, "KXRAIN")
    assert pair_id_of(KEY, other) == pair_id_of(other, KEY) != pair_id_of(KEY, KEY)


def test_outcomes_and_sides_have_an_opposite():
    assert (Outcome.YES.other, Outcome.NO.other) == (Outcome.NO, Outcome.YES)
    assert (Side.BUY.other, Side.SELL.other) == (Side.SELL, Side.BUY)

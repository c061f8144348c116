"""When a leg falls short: the cheaper way out, within the stop loss, or a human."""

import pytest

from dutchbook.domain.money import ONE, PPM
from dutchbook.domain.repair import Complete, Dust, Quarantine, Unhedged, Unwind, choose_repair
from dutchbook.domain.venue import Outcome, Side, Venue
from tests.support.markets import a_market, a_simple_market, levels

HELD = a_simple_market(Venue.KALSHI)
SHORT = a_simple_market(Venue.POLYMARKET)
TEN_PERCENT = PPM // 10


def repair(bids=(), asks=(), *, shares="100", cost=None, stop_loss=TEN_PERCENT, held=HELD, short=SHORT):
    """Kalshi YES bought at 0.40, Polymarket NO missing."""
    (excess,) = (size for _, size in levels([("0.1", shares)]))
    unhedged = Unhedged(
        held, Outcome.YES, excess, excess * 4 // 10 if cost is None else cost, short, Outcome.NO
    )
    return choose_repair(unhedged, tuple(levels(bids)), tuple(levels(asks)), stop_loss)


def test_finishing_at_a_smaller_loss_is_taken():
    found = repair([("0.36", "100")], [("0.62", "100")])
    assert isinstance(found, Complete)
    assert found.loss == 2 * ONE
    assert (found.quote.venue, found.quote.outcome, found.quote.side) == (
        Venue.POLYMARKET,
        Outcome.NO,
        Side.BUY,
    )
    assert (found.quote.shares, found.quote.limit_price) == (100 * ONE, 620_000)


def test_closing_at_a_smaller_loss_is_taken():
    found = repair([("0.39", "100")], [("0.62", "100")])
    assert isinstance(found, Unwind)
    assert found.loss == ONE
    assert (found.quote.venue, found.quote.outcome, found.quote.side) == (
        Venue.KALSHI,
        Outcome.YES,
        Side.SELL,
    )
    assert (found.quote.shares, found.quote.limit_price) == (100 * ONE, 390_000)


def test_finishing_with_a_profit_is_no_loss():
    found = repair([("0.39", "100")], [("0.55", "100")])
    assert isinstance(found, Complete)
    assert found.loss == -5 * ONE


def test_a_thin_book_is_used_as_far_as_it_goes():
    found = repair([("0.36", "60")], [])
    assert isinstance(found, Unwind)
    assert (found.quote.shares, found.loss) == (60 * ONE, 2_400_000)


def test_of_equal_prices_the_one_that_mends_more():
    found = repair([("0.38", "60")], [("0.62", "100")])
    assert isinstance(found, Complete)


def test_fees_count_on_both_ways_out():
    free = repair([("0.385", "100")], [("0.61", "100")])
    assert isinstance(free, Complete)
    dear = repair([("0.385", "100")], [("0.61", "100")], short=a_market(Venue.POLYMARKET))
    # finishing loses 1 dollar and 0.9516 in fees, closing 1.5 dollars
    assert isinstance(dear, Unwind)


@pytest.mark.parametrize(("stop_loss", "expected"), [(50_000, Complete), (49_999, Quarantine)])
def test_never_worse_than_the_stop_loss(stop_loss, expected):
    assert isinstance(repair([("0.30", "100")], [("0.62", "100")], stop_loss=stop_loss), expected)


def test_beyond_the_stop_loss_a_human_is_told_the_numbers():
    found = repair([("0.30", "100")], [("0.75", "100")])
    assert found == Quarantine("the cheaper way out loses $10, allowed are $4")


def test_without_any_book_a_human_is_called():
    assert repair() == Quarantine("100 shares on kalshi can neither be hedged nor sold")


def test_dust_is_left():
    assert repair(shares="0.01") == Dust(10_000)
    assert repair(shares="0.5", short=a_simple_market(Venue.POLYMARKET, size_step=ONE)) == Dust(500_000)
    assert not isinstance(repair([("0.40", "9")], shares="0.02"), Dust)


def test_a_remainder_under_the_second_venues_minimum_is_closed_on_the_first():
    found = repair([("0.38", "100")], [("0.60", "100")], shares="4.99", short=a_market(Venue.POLYMARKET))
    assert isinstance(found, Unwind)
    found = repair([("0.38", "100")], [("0.60", "100")], shares="5", short=a_market(Venue.POLYMARKET))
    assert isinstance(found, Complete)


def test_no_remainder_is_left_that_could_never_be_sold():
    # 97 of 100 could be hedged, but 3 shares are fewer than the venue that holds them lets go
    held = a_simple_market(Venue.POLYMARKET, min_size=5 * ONE)
    found = repair([], [("0.60", "97")], held=held, short=a_simple_market(Venue.KALSHI))
    assert isinstance(found, Complete)
    assert found.quote.shares == 95 * ONE


def test_a_share_fee_is_grossed_up_when_finishing():
    found = repair([], [("0.40", "500")], short=a_market(Venue.LIMITLESS), shares="97")
    assert isinstance(found, Complete)
    assert (found.quote.shares, found.quote.net_shares) == (100 * ONE, 97 * ONE)


def test_the_last_lot_that_the_book_cannot_complete_is_left():
    found = repair(
        [], [("0.60", "2.5")], shares="2.5", short=a_simple_market(Venue.POLYMARKET, size_step=ONE)
    )
    assert isinstance(found, Complete)
    assert found.quote.shares == 2 * ONE


LITTLE_ON_POLYMARKET = {
    "held": a_market(Venue.POLYMARKET),
    "short": a_market(Venue.LIMITLESS),
}


@pytest.mark.parametrize("shares", ["0.02", "0.5", "1.5"])
def test_what_no_venue_takes_an_order_for_is_dust_up_to_a_dollar(shares):
    (excess,) = (size for _, size in levels([("0.1", shares)]))
    assert repair([("0.5", "100")], [("0.4", "100")], shares=shares, **LITTLE_ON_POLYMARKET) == Dust(excess)


def test_a_remainder_that_cost_more_than_a_dollar_calls_a_human():
    found = repair([("0.5", "100")], [("0.4", "100")], shares="1.5", cost=ONE + 1, **LITTLE_ON_POLYMARKET)
    assert found == Quarantine("1.5 shares on polymarket can neither be hedged nor sold")


def test_a_small_remainder_that_a_minimum_lets_be_mended_is_mended_or_told():
    """Kalshi has no minimum: an empty book there is no reason to look away."""
    assert isinstance(repair([("0.39", "9")], shares="0.5"), Unwind)
    assert isinstance(repair([], shares="0.5"), Quarantine)
    found = repair([], [("0.4", "100")], shares="4", held=a_market(Venue.POLYMARKET), short=HELD)
    assert isinstance(found, Complete)

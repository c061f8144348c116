"""An order is priced level by level, in whole lots, on the venue's grid."""

from dataclasses import replace

import pytest

from dutchbook.domain.dust import cents_worth, dust_of
from dutchbook.domain.fees import KalshiFees, LimitlessFees
from dutchbook.domain.market import PriceBand
from dutchbook.domain.money import ONE, parse_micros
from dutchbook.domain.quoting import missed_minimum, quote_buy, quote_sell, worst_cost
from dutchbook.domain.venue import Outcome, Side, Venue
from tests.support.cases import cases
from tests.support.markets import a_market, a_simple_market, levels

YES = Outcome.YES


def ladder(*pairs):
    return tuple(levels(pairs))


@pytest.mark.parametrize("case", cases("books")["buying"], ids=str)
def test_a_buy_takes_the_cheapest_levels(case):
    quote = quote_buy(
        a_simple_market(Venue.POLYMARKET), YES, tuple(levels(case["asks"])), parse_micros(case["shares"])
    )
    assert quote is not None
    assert (quote.cost, quote.shares) == (parse_micros(case["cost"]), parse_micros(case["shares"]))
    assert (quote.levels, quote.limit_price) == (case["levels"], parse_micros(case["limit"]))


@pytest.mark.parametrize("case", cases("books")["too_thin"], ids=str)
def test_a_book_that_is_too_thin_is_never_scaled_up(case):
    asks = tuple(levels(case["asks"]))
    assert quote_buy(a_simple_market(Venue.KALSHI), YES, asks, parse_micros(case["shares"])) is None


def test_a_fee_in_shares_is_grossed_up_to_the_next_lot():
    market = a_market(Venue.LIMITLESS)
    quote = quote_buy(market, YES, ladder(("0.40", "500")), 10 * ONE)
    # 10 / 0.97 = 10.309278…, the next lot of 0.001 is 10.310
    assert (quote.shares, quote.fee_shares, quote.net_shares) == (10_310_000, 309_300, 10_000_700)
    assert quote.fee_usd == 0
    assert quote.net_shares - 10 * ONE < dust_of(market)


def test_each_level_pays_its_own_rate_in_shares():
    quote = quote_buy(a_market(Venue.LIMITLESS), YES, ladder(("0.40", "10"), ("0.70", "100")), 20 * ONE)
    # 10 at 3 % leave 9.7; the other 10.3 need 10.457915 at 1.51 %
    assert quote.shares == 20_458_000
    assert quote.fee_shares == 300_000 + -(-10_458_000 * 151 // 10_000)
    assert quote.notional == 4_000_000 + 7_320_600


def test_the_last_lot_may_be_completed_on_the_next_level():
    market = a_simple_market(Venue.KALSHI, size_step=ONE)
    quote = quote_buy(market, YES, ladder(("0.40", "2.5"), ("0.50", "10")), 2_500_000)
    assert (quote.shares, quote.levels, quote.limit_price) == (3 * ONE, 2, 500_000)
    assert quote_buy(market, YES, ladder(("0.40", "2.5")), 2_500_000) is None


def test_depth_counts_what_the_limit_reaches():
    quote = quote_buy(
        a_market(Venue.KALSHI), YES, ladder(("0.40", "2"), ("0.41", "7"), ("0.5", "9")), 3 * ONE
    )
    assert quote.depth == 9 * ONE


def test_the_limit_lies_on_the_grid():
    market = a_simple_market(Venue.KALSHI)
    quote = quote_buy(market, YES, ladder(("0.404", "5")), ONE)
    assert (quote.limit_price, quote.notional) == (410_000, 404_000)
    assert quote_sell(market, YES, ladder(("0.404", "5")), ONE).limit_price == 400_000


def test_a_tapered_grid_is_followed_band_by_band():
    bands = (
        PriceBand(1_000, 100_000, 1_000),
        PriceBand(100_000, 900_000, 10_000),
        PriceBand(900_000, 999_000, 1_000),
    )
    market = a_simple_market(Venue.KALSHI, price_bands=bands)

    def limit(price):
        return quote_buy(market, YES, ladder((price, "5")), ONE).limit_price

    assert [limit(price) for price in ("0.0505", "0.105", "0.95", "0.9505")] == [
        51_000,
        110_000,
        950_000,
        951_000,
    ]
    assert quote_sell(market, YES, ladder(("0.9505", "5")), ONE).limit_price == 950_000


def test_a_price_the_venue_takes_no_order_at_gives_no_quote():
    market = a_simple_market(Venue.LIMITLESS, price_bands=(PriceBand(10_000, 990_000, 1_000),))
    assert quote_buy(market, YES, ladder(("0.995", "5")), ONE) is None
    assert quote_sell(market, YES, ladder(("0.005", "5")), ONE) is None
    assert quote_buy(market, YES, ladder(("0.005", "5")), ONE).limit_price == 10_000


def test_a_sale_is_rounded_down_to_lots_and_to_what_the_book_takes():
    market = a_simple_market(Venue.POLYMARKET)
    quote = quote_sell(market, YES, ladder(("0.40", "3"), ("0.38", "4")), 5_009_999)
    assert (quote.side, quote.shares, quote.limit_price) == (Side.SELL, 5 * ONE, 380_000)
    assert quote.cost == -(3 * 400_000 + 2 * 380_000)
    assert quote.reserve == 0
    assert quote_sell(market, YES, ladder(("0.40", "3")), 100 * ONE).shares == 3 * ONE
    assert quote_sell(market, YES, ladder(("0.40", "3")), 9_999) is None
    assert quote_sell(market, YES, (), ONE) is None


def test_a_sale_brings_the_notional_less_the_fee():
    quote = quote_sell(a_market(Venue.LIMITLESS), YES, ladder(("0.70", "100")), 100 * ONE)
    assert -quote.cost == 69_076_000


def test_the_money_set_aside_is_all_of_it_at_the_limit():
    market = a_market(Venue.KALSHI)
    quote = quote_buy(market, YES, ladder(("0.40", "10"), ("0.60", "10")), 20 * ONE)
    assert quote.reserve == worst_cost(market, 20 * ONE, 600_000) == 12_000_000 + 336_000
    assert quote.cost == 4_000_000 + 168_000 + 6_000_000 + 168_000


def test_the_money_set_aside_covers_the_rounding_of_several_fills():
    market = a_market(Venue.KALSHI, fees=KalshiFees(precision=10_000))
    quote = quote_buy(market, YES, ladder(("0.40", "0.01"), ("0.41", "0.01")), 20_000)
    assert quote.cost == 20_000
    assert quote.reserve >= quote.cost


def test_what_a_millionth_cannot_hold_is_rounded_against_us():
    market = a_simple_market(Venue.LIMITLESS, size_step=1, price_bands=(PriceBand(1, 999_999, 1),))
    asks = ladder(("0.333333", "0.5"))
    assert quote_buy(market, YES, asks, 100_001).notional == 33_334
    assert quote_sell(market, YES, asks, 100_001).notional == 33_333


class TestMinimums:
    def missed(self, market, net):
        return missed_minimum(market, quote_buy(market, YES, ladder(("0.10", "500")), net))

    def test_shares(self):
        market = a_market(Venue.POLYMARKET, min_notional=0)
        assert self.missed(market, 4_990_000) == "polymarket's minimum of 5 shares"
        assert self.missed(market, 5 * ONE) == ""

    def test_dollars(self):
        market = a_market(Venue.POLYMARKET)
        assert self.missed(market, 9_990_000) == "polymarket's minimum of $1"
        assert self.missed(market, 10 * ONE) == ""

    def test_dollars_are_asked_of_buys_only(self):
        market = a_market(Venue.POLYMARKET)
        assert missed_minimum(market, quote_sell(market, YES, ladder(("0.10", "500")), 6 * ONE)) == ""


def test_dust_is_a_hundredth_of_a_share_or_a_lot():
    assert dust_of(a_market(Venue.LIMITLESS), a_market(Venue.KALSHI)) == 10_000
    assert dust_of(a_market(Venue.LIMITLESS), replace(a_market(Venue.KALSHI), size_step=ONE)) == ONE


def test_grossing_up_takes_no_share_more_than_needed():
    fees = LimitlessFees()
    for net in range(1, 5_000, 7):
        for price in (10_000, 555_000, 999_000):
            gross = fees.gross_up(price, net)
            assert gross - fees.charge(Side.BUY, price, gross).shares >= net
            less = gross - 1
            assert less - fees.charge(Side.BUY, price, less).shares < net


@pytest.mark.parametrize(
    ("price", "shares"), [("0.50", 20_000), ("0.30", 33_334), ("0.01", ONE), ("0.001", ONE), ("0.99", 10_102)]
)
def test_a_cents_worth_is_rounded_up_and_never_over_a_share(price, shares):
    assert cents_worth(parse_micros(price)) == shares

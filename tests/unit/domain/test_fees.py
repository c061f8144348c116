"""Fees are the venues' own, to the millionth, and never zero because we do not know them."""

from decimal import Decimal

import pytest

from dutchbook.domain.fees import (
    BPS,
    PICO,
    Charge,
    FeeSchedule,
    KalshiFees,
    LimitlessFees,
    LimitlessUnknownFees,
    PolymarketFees,
    fee_schedule_from_record,
    worst_case,
)
from dutchbook.domain.money import ONE, mul_ceil, parse_micros
from dutchbook.domain.venue import Side, Venue
from tests.support.cases import rows

DIRECT, CENT = 100, 10_000


def kalshi(row: dict, precision: int) -> KalshiFees:
    return KalshiFees(parse_micros(row["rate"]), parse_micros(row["multiplier"]), precision)


class TestKalshi:
    @pytest.mark.parametrize("row", rows("kalshi_fees", "published_table"), ids=str)
    def test_published_table_holds_for_an_account_kept_in_cents(self, row):
        charge = KalshiFees(precision=CENT).charge(
            Side.BUY, parse_micros(row["price"]), parse_micros(row["count"])
        )
        assert charge == Charge(parse_micros(row["fee"]), 0)

    @pytest.mark.parametrize("row", rows("kalshi_fees", "fills"), ids=str)
    def test_fee_of_one_fill(self, row):
        fees = kalshi(row, parse_micros(row["precision"]))
        charge = fees.charge(Side.BUY, parse_micros(row["price"]), parse_micros(row["count"]))
        assert charge == Charge(parse_micros(row["fee"]), 0)

    def test_every_point_of_the_grid(self):
        for row in rows("kalshi_fees", "grid"):
            side, price, count = Side(row["side"]), parse_micros(row["price"]), parse_micros(row["count"])
            notional = price * count // ONE
            assert notional * ONE == price * count
            trade_fee = kalshi(row, DIRECT).trade_fee(price, count)
            assert trade_fee == parse_micros(row["trade_fee"]), row
            assert -(-trade_fee // CENT) * CENT == parse_micros(row["model_fee_up_to_cent"]), row
            for precision, name in ((DIRECT, "direct"), (CENT, "cent")):
                fee = kalshi(row, precision).charge(side, price, count).usd
                assert fee == parse_micros(row[f"net_fee_{name}"]), row
                change = notional - fee if side is Side.SELL else -notional - fee
                assert change == parse_micros(row[f"balance_change_{name}"]), row

    def test_the_curve_is_the_model_fee_before_rounding(self):
        for row in rows("kalshi_fees", "grid"):
            price = parse_micros(row["price"])
            unit, kept = kalshi(row, DIRECT).buy_rate(price)
            model = Decimal(row["model_fee"]) * PICO / (Decimal(row["count"]))
            assert unit == price * ONE + int(model.to_integral_value(rounding="ROUND_CEILING")), row
            assert kept == BPS

    def test_a_free_series_still_rounds_the_balance(self):
        assert KalshiFees(multiplier_ppm=0, precision=CENT).charge(Side.BUY, 55_000, ONE) == Charge(5_000, 0)
        assert KalshiFees(multiplier_ppm=0).charge(Side.BUY, 55_000, ONE) == Charge(0, 0)


class TestPolymarket:
    @pytest.mark.parametrize("row", rows("polymarket_fees", "fills"), ids=str)
    @pytest.mark.parametrize("side", Side)
    def test_fee_of_one_fill(self, row, side):
        fees = PolymarketFees(parse_micros(row["rate"]), int(row["exponent"]))
        charge = fees.charge(side, parse_micros(row["price"]), parse_micros(row["shares"]))
        assert charge == Charge(parse_micros(row["fee"]), 0)

    @pytest.mark.parametrize("row", rows("polymarket_fees", "unrounded"), ids=str)
    def test_formula_before_rounding(self, row):
        price, shares = parse_micros(row["price"]), parse_micros(row["shares"])
        unit, _ = PolymarketFees(parse_micros(row["rate"]), int(row["exponent"])).buy_rate(price)
        assert Decimal((unit - price * ONE) * shares) / ONE / PICO == Decimal(row["fee"])

    def test_five_decimals_are_rounded_up_where_half_up_would_round_down(self):
        # 0.05 × 0.33 × 0.67 × 0.99991 share = 0.011054005…
        assert PolymarketFees(50_000).charge(Side.BUY, 330_000, 999_910).usd == 11_060

    def test_the_smallest_fill_pays_the_minimum(self):
        assert PolymarketFees(40_000).charge(Side.BUY, 10_000, 1).usd == 10


class TestLimitless:
    @pytest.mark.parametrize("row", rows("limitless_fees", "buy_points"), ids=str)
    def test_published_buy_rates(self, row):
        assert LimitlessFees().buy_bps(parse_micros(row["price"])) == row["bps"]

    @pytest.mark.parametrize("table", ["sell_points", "sell_between"])
    def test_published_sell_rates_and_the_higher_neighbour_between_them(self, table):
        for row in rows("limitless_fees", table):
            assert LimitlessFees().sell_bps(parse_micros(row["price"])) == row["bps"], row

    @pytest.mark.parametrize("row", rows("limitless_fees", "buys"), ids=str)
    def test_a_buy_pays_in_shares(self, row):
        price, shares = parse_micros(row["price"]), parse_micros(row["shares"])
        charge = LimitlessFees().charge(Side.BUY, price, shares)
        assert charge == Charge(0, parse_micros(row["fee_shares"]))
        unit, _ = LimitlessFees().buy_rate(price)
        net = LimitlessFees().net_of(price, shares)
        assert net == shares - charge.shares == parse_micros(row["net_shares"])
        if row["effective_price"]:
            assert abs(unit - parse_micros(row["effective_price"]) * ONE) < ONE

    @pytest.mark.parametrize("row", rows("limitless_fees", "sells"), ids=str)
    def test_a_sell_pays_in_dollars(self, row):
        charge = LimitlessFees().charge(Side.SELL, parse_micros(row["price"]), parse_micros(row["shares"]))
        assert charge == Charge(parse_micros(row["fee"]), 0)

    def test_a_better_rank_caps_the_curve_and_never_scales_it_away(self):
        assert LimitlessFees(100).buy_bps(400_000) == 100
        assert LimitlessFees(100).buy_bps(990_000) == 42
        assert LimitlessFees(100).sell_bps(500_000) == 100

    def test_a_dearer_rank_scales_the_curve_up(self):
        assert LimitlessFees(600).buy_bps(400_000) == 600
        assert LimitlessFees(600).sell_bps(500_000) == 300

    def test_a_free_market_is_free(self):
        free = LimitlessFees(0)
        assert free.charge(Side.BUY, 400_000, ONE) == free.charge(Side.SELL, 400_000, ONE) == Charge(0, 0)

    def test_a_collateral_module_takes_the_full_rate_in_dollars_on_both_sides(self):
        fees = LimitlessFees(collateral=True)
        assert fees.charge(Side.BUY, 400_000, 100 * ONE) == Charge(1_200_000, 0)
        assert fees.charge(Side.SELL, 990_000, 100 * ONE) == Charge(2_970_000, 0)
        assert fees.buy_rate(400_000) == (412_000 * ONE, BPS)
        assert fees.gross_up(400_000, ONE) == ONE

    @pytest.mark.parametrize(
        ("price", "usd", "shares"),
        [
            # 3 % of 100 shares leave 97 for $40: 0.41237 a share; 3 % in dollars would be 0.412
            ("0.40", "0", "3"),
            ("0.50", "0", "3"),
            # 289 of 10,000 leave 97.11 for $51: 0.52518; 3 % in dollars are 0.5253
            ("0.51", "1.53", "0"),
            ("0.90", "2.70", "0"),
            ("0.99", "2.97", "0"),
        ],
    )
    def test_an_unknown_module_buys_at_the_dearer_of_both_for_a_net_share(self, price, usd, shares):
        charge = LimitlessUnknownFees().charge(Side.BUY, parse_micros(price), 100 * ONE)
        assert charge == Charge(parse_micros(usd), parse_micros(shares))

    @pytest.mark.parametrize("price", ["0.01", "0.50", "0.99"])
    def test_an_unknown_module_sells_at_the_flat_rate(self, price):
        micros = parse_micros(price)
        assert LimitlessUnknownFees().charge(Side.SELL, micros, 100 * ONE) == Charge(3 * micros, 0)

    @pytest.mark.parametrize("rate_bps", [0, 100, 300, 600])
    @pytest.mark.parametrize("shares", [ONE, 37_123_000, 5_000 * ONE])
    def test_no_order_is_cheaper_under_an_unknown_module_than_under_either(self, rate_bps, shares):
        """Dollars a net share of a buy, dollars of a sell, at every price that can be ordered."""
        unknown = LimitlessUnknownFees(rate_bps)
        known = [LimitlessFees(rate_bps), LimitlessFees(rate_bps, collateral=True)]
        for price in range(1_000, ONE, 1_000):
            paid, net = bought(unknown, price, shares)
            for schedule in known:
                other_paid, other_net = bought(schedule, price, shares)
                assert paid * other_net >= other_paid * net
                assert unknown.buy_rate(price)[0] >= schedule.buy_rate(price)[0]
                sold = schedule.charge(Side.SELL, price, shares)
                assert unknown.charge(Side.SELL, price, shares).usd >= sold.usd


def bought(fees: FeeSchedule, price: int, shares: int) -> tuple[int, int]:
    """(dollars, net shares) of a buy, micros."""
    charge = fees.charge(Side.BUY, price, shares)
    return mul_ceil(price, shares) + charge.usd, shares - charge.shares


@pytest.mark.parametrize("venue", Venue)
def test_an_unknown_schedule_costs_as_much_as_the_venues_dearest_known_one(venue):
    dearest: dict[Venue, list[FeeSchedule]] = {
        Venue.KALSHI: [KalshiFees(), KalshiFees(multiplier_ppm=500_000), KalshiFees(17_500)],
        Venue.POLYMARKET: [PolymarketFees(rate) for rate in (0, 40_000, 50_000, 70_000)],
        Venue.LIMITLESS: [
            LimitlessFees(0),
            LimitlessFees(150),
            LimitlessFees(),
            LimitlessFees(collateral=True),
        ],
    }
    for price in range(10_000, ONE, 10_000):
        worst = worst_case(venue)
        paid, net = bought(worst, price, 10 * ONE)
        assert paid * ONE > price * net, "never free"
        for known in dearest[venue]:
            other_paid, other_net = bought(known, price, 10 * ONE)
            assert paid * other_net >= other_paid * net
            assert (
                known.charge(Side.SELL, price, 10 * ONE).usd <= worst.charge(Side.SELL, price, 10 * ONE).usd
            )


@pytest.mark.parametrize(
    "schedule",
    [
        KalshiFees(17_500, 500_000, CENT),
        PolymarketFees(250_000, 2),
        LimitlessFees(),
        LimitlessFees(120, collateral=True),
        LimitlessUnknownFees(120),
        *(worst_case(venue) for venue in Venue),
    ],
    ids=str,
)
def test_a_schedule_survives_storage(schedule):
    record = schedule.to_record()
    assert all(isinstance(value, str) for value in record.values())
    assert fee_schedule_from_record(record) == schedule


@pytest.mark.parametrize("record", [{}, {"venue": "betfair"}, {"venue": "kalshi", "rate_ppm": "70000"}])
def test_a_record_that_is_no_schedule_is_refused(record):
    with pytest.raises((KeyError, ValueError)):
        fee_schedule_from_record(record)

"""What holds for every fill on every venue."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from dutchbook.domain.fees import (
    BPS,
    PICO,
    FeeSchedule,
    KalshiFees,
    LimitlessFees,
    LimitlessUnknownFees,
    PolymarketFees,
    fee_schedule_from_record,
)
from dutchbook.domain.kalshi_order_fees import settle_order
from dutchbook.domain.money import ONE, PPM, mul_ceil, mul_floor
from dutchbook.domain.venue import Side
from tests.support import strategies as some


def model_fee(fees: FeeSchedule, side: Side, price: int, shares: int) -> tuple[Fraction, Fraction]:
    """The venues' formulas in exact fractions: dollars and shares, both in micros."""
    p, quantity = Fraction(price, ONE), Fraction(shares)
    match fees:
        case KalshiFees(rate, multiplier):
            return Fraction(rate * multiplier, PPM * PPM) * quantity * p * (1 - p), Fraction(0)
        case PolymarketFees(rate, exponent):
            return Fraction(rate, PPM) * quantity * (p * (1 - p)) ** exponent, Fraction(0)
        case LimitlessUnknownFees(rate):
            curve, flat = LimitlessFees(rate), LimitlessFees(rate, collateral=True)
            takes_shares = side is Side.BUY and curve.buy_rate(price)[0] >= flat.buy_rate(price)[0]
            return model_fee(curve if takes_shares else flat, side, price, shares)
        case LimitlessFees(rate, True):
            return Fraction(rate, BPS) * quantity * p, Fraction(0)
        case LimitlessFees() if side is Side.BUY:
            return Fraction(0), quantity * fees.buy_bps(price) / BPS
        case LimitlessFees():
            return quantity * p * fees.sell_bps(price) / BPS, Fraction(0)
    raise AssertionError(fees)


@given(some.schedules, st.sampled_from(Side), some.prices, some.shares)
def test_rounding_is_never_in_our_favour_and_never_more_than_a_step(fees, side, price, shares):
    usd, taken = model_fee(fees, side, price, shares)
    charge = fees.charge(side, price, shares)
    step = fees.precision if isinstance(fees, KalshiFees) else 10
    assert taken <= charge.shares < taken + 1
    exact = Fraction(price * shares, ONE)
    if side is Side.BUY:
        paid = mul_ceil(price, shares) + charge.usd
        assert exact + usd <= paid < exact + usd + step + 2
    else:
        received = mul_floor(price, shares) - charge.usd
        assert exact - usd - step - 2 < received <= exact - usd


@given(some.schedules, some.prices, some.shares)
def test_the_rate_of_a_curve_is_the_model_rounded_up(fees, price, shares):
    usd, taken = model_fee(fees, Side.BUY, price, shares)
    exact = (Fraction(price * shares, ONE) + usd) / (shares - taken) * ONE * ONE
    unit, kept = fees.buy_rate(price)
    assert exact <= unit < exact + 1
    assert (
        fees.net_of(price, shares)
        == shares * kept // BPS
        == shares - fees.charge(Side.BUY, price, shares).shares
    )


@given(some.schedules, st.sampled_from(Side), some.prices, some.shares, some.shares)
def test_one_fill_never_costs_more_than_two(fees, side, price, first, second):
    whole = fees.charge(side, price, first + second)
    parts = [fees.charge(side, price, part) for part in (first, second)]

    def cost(charge, shares):
        return charge.usd + (mul_ceil(price, shares) if side is Side.BUY else -mul_floor(price, shares))

    assert cost(whole, first + second) <= sum(map(cost, parts, (first, second)))
    assert whole.shares <= sum(part.shares for part in parts)


@given(some.schedules, st.integers(1, 998))
def test_a_share_never_gets_cheaper_as_the_price_rises(fees, tick):
    assert fees.buy_rate(tick * 1_000)[0] < fees.buy_rate((tick + 1) * 1_000)[0]


@given(some.schedules, some.prices)
def test_a_fee_only_adds(fees, price):
    unit, kept = fees.buy_rate(price)
    assert unit >= price * ONE
    assert 0 < kept <= BPS
    assert unit < 2 * PICO


@given(some.schedules, some.prices, some.shares)
def test_grossing_up_leaves_what_was_asked_for_and_no_more_than_it_must(fees, price, net):
    gross = fees.gross_up(price, net)
    assert fees.net_of(price, gross) >= net
    assert fees.net_of(price, gross - 1) < net


@given(some.schedules)
def test_every_schedule_survives_storage(fees):
    assert fee_schedule_from_record(fees.to_record()) == fees


@given(some.kalshi_fees, st.sampled_from(Side), st.lists(st.tuples(some.prices, some.sizes), max_size=8))
def test_an_order_never_costs_less_than_its_trade_fees_nor_more_than_its_fills_alone(fees, side, fills):
    settled = settle_order(fees, side, fills)
    alone = [fees.charge(side, price, shares).usd for price, shares in fills]
    for fill, single in zip(settled, alone, strict=True):
        assert 0 <= fill.net_fee <= single
        assert fill.accumulated >= 0
        assert fill.rebate % fees.precision == 0
        assert fill.balance_change % fees.precision == 0
    kept_back = settled[-1].accumulated if settled else 0
    assert sum(fill.net_fee for fill in settled) == sum(fill.trade_fee for fill in settled) + kept_back

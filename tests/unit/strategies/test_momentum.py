"""Momentum enters what moves fast, far and busily, on a fit book, within its bounds; nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dutchbook.domain.book import OrderBook
from dutchbook.domain.money import ONE, PPM
from dutchbook.domain.strategies.momentum import Momentum
from dutchbook.domain.strategies.params import momentum_params
from dutchbook.domain.venue import Outcome, Side
from tests.support.builders import a_limits
from tests.support.histories import CENT, NOW, a_dated_market, a_view, bars_of, book_around, plenty

MARKET = a_dated_market()
STILL = [40] * 25
RISE = [*STILL, *(40 + minute / 2 for minute in range(1, 16))]
"""Forty cents for 25 minutes, then half a cent a minute."""


def signals(closes=RISE, market=MARKET, book=None, params=None, bars=None):
    bars = bars_of(closes) if bars is None else bars
    view = a_view(market, book or book_around(market, round(closes[-1])), bars)
    return Momentum(momentum_params({"window": "15", **(params or {})})).observe(view)


def test_a_fast_rise_buys_yes():
    (signal,) = signals()

    assert signal.outcome is Outcome.YES
    assert signal.target > round(RISE[-1] * CENT)
    assert signal.reason.startswith("yes moved 18.7")


def test_a_fast_fall_buys_no():
    (signal,) = signals([100 - close for close in RISE])

    assert signal.outcome is Outcome.NO


def test_a_still_price_is_left_alone():
    assert signals([40] * 40) == []


def test_a_move_within_the_usual_range_is_left_alone():
    jumpy = [40, 44] * 19 + [40, 44]

    assert signals(jumpy) == []


def test_a_move_without_activity_is_left_alone():
    busy_before = bars_of(RISE[:25], quotes=5) + bars_of(RISE)[25:]
    shift = timedelta(minutes=15)
    busy_before[:25] = [replace(bar, at=bar.at - shift) for bar in busy_before[:25]]

    assert signals(bars=busy_before) == []
    assert len(signals(bars=busy_before, params={"volumeRatio": "0"})) == 1


@pytest.mark.parametrize(
    "market",
    [
        a_dated_market(tradeable=False),
        a_dated_market(closes_at=NOW + timedelta(hours=23)),
        a_dated_market(closes_at=None, resolves_at=None),
    ],
)
def test_a_closed_or_soon_settled_or_undated_market_is_left_alone(market):
    assert signals(market=market) == []


def one_sided(book: OrderBook) -> OrderBook:
    return replace(book, yes_bids=(), no_asks=())


@pytest.mark.parametrize(
    "book",
    [
        book_around(MARKET, 48, age_ms=15_001),
        book_around(MARKET, 48, spread=4),
        book_around(MARKET, 48, depth=10),
        one_sided(book_around(MARKET, 48)),
        replace(book_around(MARKET, 48), yes_bids=((500_000, ONE),)),
    ],
)
def test_a_stale_wide_thin_one_sided_or_torn_book_is_left_alone(book):
    assert signals(book=book) == []


def test_the_entry_is_one_limit_order_within_slippage_and_size():
    (signal,) = signals()
    intent = Momentum(momentum_params({})).size(signal, a_limits(), plenty())

    assert intent is not None
    (leg,) = intent.legs
    best = signal.book.yes_asks[0][0]
    assert (leg.outcome, leg.side) == (Outcome.YES, Side.BUY)
    assert best <= leg.limit_price <= best + 10_000
    assert leg.max_cost <= a_limits().max_position // 10
    assert intent.profit * PPM >= a_limits().min_profit * intent.cost
    assert intent.subject == str(MARKET.key)


def test_an_entry_whose_target_does_not_pay_the_least_profit_is_left_alone():
    (signal,) = signals()

    assert Momentum(momentum_params({})).size(signal, a_limits(min_profit=PPM // 2), plenty()) is None


def test_an_entry_that_settles_after_max_days_is_left_alone():
    (signal,) = signals()

    assert Momentum(momentum_params({})).size(signal, a_limits(max_days=10), plenty()) is None


def test_no_money_no_entry():
    (signal,) = signals()

    assert Momentum(momentum_params({})).size(signal, a_limits(), plenty(dollars=0)) is None

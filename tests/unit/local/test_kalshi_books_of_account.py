"""Simulated Kalshi's books add up whatever two accounts do to each other and to the market maker."""

import random

import pytest

from dutchbook.domain.money import ONE
from local.day.catalogue import load_day
from local.day.path import PricePath
from local.venues.kalshi.engine import TIME_IN_FORCE, Engine, Order, Refusal
from local.venues.market_maker import MarketMaker
from local.venues.simtime import SimTime
from local.venues.state import VenueState
from tests.unit.local.support import FakeClock

TICKERS = ("KXPRESPARTY-2028-D", "KXPRESPARTY-2028-R")


def engine_at(clock):
    day, time = load_day(), SimTime(clock)
    maker = MarketMaker(PricePath(day, 7), time)
    return Engine(VenueState("kalshi", day.kalshi, day.listings("kalshi"), time, maker, 0))


def random_order(chance, engine, account_id):
    return Order(
        order_id=engine.new_id("order"),
        client_order_id=str(chance.random()),
        account_id=account_id,
        ticker=chance.choice(TICKERS),
        side=chance.choice(("bid", "ask")),
        price=chance.randrange(30, 71) * 10_000,
        initial=(shares := chance.randrange(1, 8_000) * 10_000),
        remaining=shares,
        time_in_force=chance.choice(("good_till_canceled", "good_till_canceled", *TIME_IN_FORCE)),
        self_trade_prevention=chance.choice(("taker_at_cross", "maker")),
        created_ms=0,
    )


@pytest.mark.parametrize("seed", range(8))
def test_no_sequence_of_orders_creates_or_loses_money(seed):
    chance, clock = random.Random(seed), FakeClock()
    engine = engine_at(clock)
    ledger = engine.state.ledger
    accounts = [ledger.open(name, 80 * ONE, {}) for name in ("alice", "bob")]
    for _ in range(150):
        clock.tick(chance.randrange(200))
        engine.refresh()
        account = chance.choice(accounts)
        try:
            engine.place(account, random_order(chance, engine, account.account_id))
        except Refusal:
            continue
        for each in accounts:
            # What rests is always covered, whichever of it fills first.
            assert ledger.free_cash(each.account_id) >= 0
            assert all(shares >= 0 for shares in each.shares.values())
            # A pair of YES and NO is a dollar, and paid out: nobody holds both.
            for ticker in TICKERS:
                assert 0 in (each.shares.get((ticker, "yes"), 0), each.shares.get((ticker, "no"), 0))
        assert ledger.audit() == []
    assert any(order.filled for order in engine.orders.values())

"""Realised, locked and unrealised never count a dollar twice: together they are what comes out in the end."""

from dataclasses import replace

import pytest

from dutchbook.domain.money import ONE
from dutchbook.domain.settlement import Resolution, Stage
from dutchbook.domain.trade import LegPurpose
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Outcome, Side, Venue
from dutchbook.usecases.open_profit import OpenProfit, open_profit
from dutchbook.usecases.settle_positions import close_what_is_gone
from tests.support.builders import a_fill, a_leg, a_limits, a_trade
from tests.support.markets import a_book
from tests.support.settling import KALSHI, POLYMARKET, Office

CENT = ONE // 100


class Books(Office):
    """Ten shares a leg, in the ledger alone; bids of a cent take everything."""

    def trade_legs(self, trade_id, *legs, shares=10, end=TradeState.HEDGED, **changes):
        """(venue, outcome, cents) for each leg bought; sold where the purpose is EXIT."""
        purpose = changes.pop("purpose", LegPurpose.OPEN)
        side = Side.SELL if purpose is LegPurpose.EXIT else Side.BUY
        planned = tuple(
            a_leg(index, venue, outcome=outcome, side=side, purpose=purpose, shares=shares * ONE)
            for index, (venue, outcome, _) in enumerate(legs)
        )
        cost = sum(cents for _, _, cents in legs) * shares * CENT
        facts = {"expected_cost": cost, "expected_profit": shares * ONE - cost, "pair_id": trade_id}
        trade = a_trade(trade_id, legs=planned, shares=shares * ONE, **{**facts, **changes})
        self.ledger.reserve(replace(trade, reserved={}), a_limits())
        self.ledger.move_trade(trade_id, TradeState.RESERVED, TradeState.OPENING)
        for index, (_, _, cents) in enumerate(legs):
            self.ledger.book_fills(
                trade_id, index, [a_fill(f"{trade_id}-{index}", shares * ONE, cents * CENT)]
            )
        self.ledger.finish(trade_id, TradeState.OPENING, end, reason="")

    def parts(self):
        worth = open_profit(self.ledger, self.markets, self.ledger.positions("agt_1"))
        return self.realised, worth.locked, worth.unrealised

    @property
    def realised(self):
        return self.agents.totals("agt_1", simulated=True).realised

    def pay(self, key, yes_value):
        held = [one for one in self.ledger.positions("agt_1") if one.key == key]
        for position in held:
            self.settlements.settle(position, Resolution(key, Stage.PAYABLE, yes_value))
        close_what_is_gone(
            self.ledger, self.settlements, "agt_1", {name for one in held for name in one.trade_ids}
        )


@pytest.fixture
def books():
    made = Books()
    for key in (KALSHI, POLYMARKET):
        market = made.markets.markets([key])[key]
        made.markets.put_books([a_book(market, yes_bids=[("0.01", "1000")], no_bids=[("0.01", "1000")])])
    return made


def hedge(books, trade_id="trd_01"):
    books.trade_legs(trade_id, (Venue.KALSHI, Outcome.YES, 40), (Venue.POLYMARKET, Outcome.NO, 50), shares=10)


def netted(books):
    """The second trade's NO closes the first one's YES at Kalshi; both sides are left at Polymarket."""
    hedge(books)
    books.trade_legs("trd_02", (Venue.KALSHI, Outcome.NO, 45), (Venue.POLYMARKET, Outcome.YES, 40))


def netted_in_part(books):
    hedge(books)
    books.trade_legs("trd_02", (Venue.KALSHI, Outcome.NO, 45), (Venue.POLYMARKET, Outcome.YES, 40), shares=4)


def sold_in_part(books):
    hedge(books)
    sold = ((Venue.KALSHI, Outcome.YES, 60), (Venue.POLYMARKET, Outcome.NO, 51))
    books.trade_legs(
        "trd_02", *sold, shares=4, purpose=LegPurpose.EXIT, closes=("trd_01",), end=TradeState.FLAT
    )


def paid_in_part(books):
    hedge(books)
    books.pay(KALSHI, ONE)


@pytest.mark.parametrize(
    ("story", "parts"),
    [
        (hedge, (0, ONE, 0)),
        (netted, (1_500_000, ONE, 0)),
        (netted_in_part, (600_000, 1_000_000, 0)),
        (sold_in_part, (840_000, 600_000, 0)),
        (paid_in_part, (6 * ONE, -5 * ONE, 0)),
    ],
)
@pytest.mark.parametrize("yes_value", [0, ONE])
def test_the_three_parts_together_are_what_is_made_in_the_end(books, story, parts, yes_value):
    story(books)
    assert books.parts() == parts

    books.pay(KALSHI, yes_value)
    books.pay(POLYMARKET, ONE if story is paid_in_part else yes_value)

    assert books.parts() == (sum(parts), 0, 0)


def test_what_stands_beside_a_set_is_at_the_bids_and_not_in_the_lock(books):
    hedge(books)
    books.trade_legs("trd_02", (Venue.KALSHI, Outcome.YES, 40), end=TradeState.FILLED)

    realised, locked, unrealised = books.parts()

    assert (realised, locked) == (0, ONE)
    # ten at a cent, less what they cost and Kalshi's fee
    assert unrealised == pytest.approx(100_000 - 4 * ONE, abs=20_000)
    assert unrealised <= 100_000 - 4 * ONE


def test_a_set_that_lost_a_leg_otherwise_is_none(books):
    """One of three was closed by another trade: two of three outcomes do not pay a dollar."""
    books.markets.put_books([])
    three = (
        (Venue.KALSHI, Outcome.YES, 30),
        (Venue.POLYMARKET, Outcome.YES, 30),
        (Venue.LIMITLESS, Outcome.YES, 30),
    )
    books.agents.books["agt_1", True].budgets.setdefault(
        Venue.LIMITLESS, books.agents.books["agt_1", True].budgets[Venue.KALSHI]
    )
    books.trade_legs("trd_01", *three)
    assert books.parts()[1] == ONE

    books.trade_legs("trd_02", (Venue.KALSHI, Outcome.NO, 60), end=TradeState.FILLED)

    assert books.parts()[:2] == (ONE, 0)


def test_nothing_held_is_worth_nothing(books):
    assert open_profit(books.ledger, books.markets, []) == OpenProfit(0, 0)

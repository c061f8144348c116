"""Three venues show depth in three ways; inside they look alike."""

import pytest

from dutchbook.domain.book import OrderBook, ask_ladder, bid_ladder, complement
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import ONE
from dutchbook.domain.venue import Outcome, Side, Venue
from tests.support.cases import cases
from tests.support.markets import a_book, a_market, levels

KEY = MarketKey(Venue.KALSHI, "KX")


@pytest.mark.parametrize("case", cases("books")["complement"], ids=str)
def test_bids_of_one_outcome_are_the_asks_of_the_other(case):
    book = OrderBook.from_bids(KEY, [], levels(case["bids"]), 0)
    assert book.yes_asks == tuple(levels(case["asks"]))
    assert book.yes_bids == book.no_asks == ()


def test_levels_come_best_first_equal_prices_added_up_nonsense_dropped():
    raw = [(400_000, 5), (410_000, 1), (400_000, 2), (0, 9), (ONE, 9), (300_000, 0), (350_000, -1)]
    assert bid_ladder(raw) == ((410_000, 1), (400_000, 7))
    assert ask_ladder(raw) == ((400_000, 7), (410_000, 1))


def test_complement_keeps_the_best_first_and_is_its_own_inverse():
    bids = bid_ladder([(400_000, 5), (410_000, 1)])
    assert complement(bids) == ((590_000, 1), (600_000, 5))
    assert complement(complement(bids)) == bids


def test_a_yes_book_gives_both_outcomes():
    book = OrderBook.from_yes_book(KEY, [(400_000, 5)], [(450_000, 7)], 0)
    assert (book.yes_bids, book.yes_asks) == (((400_000, 5),), ((450_000, 7),))
    assert (book.no_bids, book.no_asks) == (((550_000, 7),), ((600_000, 5),))
    assert not book.crossed


def test_an_order_takes_asks_to_buy_and_bids_to_sell():
    book = OrderBook.from_yes_book(KEY, [(400_000, 5)], [(450_000, 7)], 0)
    assert book.ladder(Outcome.YES, Side.BUY) == book.yes_asks
    assert book.ladder(Outcome.NO, Side.BUY) == book.no_asks
    assert book.ladder(Outcome.YES, Side.SELL) == book.yes_bids
    assert book.ladder(Outcome.NO, Side.SELL) == book.no_bids


def test_a_bid_at_or_above_an_ask_is_a_torn_snapshot():
    market = a_market(Venue.POLYMARKET)
    assert a_book(market, yes=[("0.40", "1")], yes_bids=[("0.40", "1")]).crossed
    assert a_book(market, no=[("0.40", "1")], no_bids=[("0.41", "1")]).crossed
    assert not a_book(market, yes=[("0.40", "1")], no_bids=[("0.41", "1")]).crossed


def test_age_counts_from_the_moment_the_book_was_asked_for():
    assert a_book(a_market(Venue.KALSHI), at_ms=1_000).age_ms(3_500) == 2_500

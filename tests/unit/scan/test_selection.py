"""A venue's call budget is spent on what is nearest to paying, and everybody has a turn."""

from dutchbook.domain.book import OrderBook
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import ONE
from dutchbook.domain.pair import Pair, PairStatus, Relation, pair_id_of
from dutchbook.domain.venue import Venue
from dutchbook.usecases.scan_markets.selection import BOOKS_A_TICK, select, sum_of_asks

BUDGETS = {**BOOKS_A_TICK, Venue.LIMITLESS: 10}


def a_pair(number: int, relation: Relation = Relation.SAME) -> Pair:
    a, b = MarketKey(Venue.LIMITLESS, f"l-{number:03d}"), MarketKey(Venue.POLYMARKET, f"0x{number:03d}")
    return Pair(pair_id_of(a, b), a, b, relation, PairStatus.APPROVED)


def books_of(pair: Pair, a_ask: int, b_bid: int) -> dict[MarketKey, OrderBook]:
    """YES of a at `a_ask`, NO of b at 1 − `b_bid`."""
    return {
        pair.a: OrderBook.from_yes_book(pair.a, [(a_ask - 20_000, ONE)], [(a_ask, ONE)], 0),
        pair.b: OrderBook.from_yes_book(pair.b, [(b_bid, ONE)], [(b_bid + 150_000, ONE)], 0),
    }


PAIRS = [a_pair(number) for number in range(50)]
NEAREST = PAIRS[37]
LAST = {
    key: book
    for pair in PAIRS
    for key, book in books_of(pair, 500_000, 495_000 if pair is NEAREST else 400_000).items()
}


def limitless(pairs):
    return {pair.a for pair in pairs}


def test_all_are_looked_at_while_the_venue_has_room():
    chosen = select(PAIRS[:10], {}, 0, BUDGETS)
    assert (len(chosen.pairs), chosen.waiting) == (10, 0)


def test_no_more_books_are_asked_than_the_venue_allows():
    chosen = select(PAIRS, LAST, 3, BUDGETS)
    assert len(limitless(chosen.pairs)) == 10
    assert chosen.waiting == 40


def test_the_pair_nearest_to_paying_is_always_looked_at():
    assert all(NEAREST in select(PAIRS, LAST, turn, BUDGETS).pairs for turn in range(20))


def test_everybody_has_a_turn_within_a_round():
    seen = set()
    for turn in range(select(PAIRS, LAST, 0, BUDGETS).rotation):
        seen |= set(select(PAIRS, LAST, turn, BUDGETS).pairs)
    assert seen == set(PAIRS)


def test_the_round_is_as_long_as_the_pairs_need():
    assert select(PAIRS, LAST, 3, BUDGETS).rotation == 10
    assert select(PAIRS[:10], LAST, 3, BUDGETS).rotation == 1


def test_the_same_tick_chooses_the_same_whatever_the_order_of_the_pairs():
    chosen = select(PAIRS, LAST, 7, BUDGETS)
    assert set(select(PAIRS[::-1], LAST, 7, BUDGETS).pairs) == set(chosen.pairs)


def test_pairs_of_other_venues_are_not_held_up():
    a, b = MarketKey(Venue.KALSHI, "K"), MarketKey(Venue.POLYMARKET, "0xk")
    other = Pair(pair_id_of(a, b), a, b, Relation.SAME, PairStatus.APPROVED)
    assert all(other in select([*PAIRS, other], LAST, turn, BUDGETS).pairs for turn in range(5))


def test_pairs_that_share_a_market_cost_one_book():
    first = PAIRS[0]
    shared = [
        Pair(
            f"pair_{number}",
            first.a,
            MarketKey(Venue.POLYMARKET, f"0xs{number}"),
            first.relation,
            first.status,
        )
        for number in range(30)
    ]
    assert select(shared, {}, 0, BUDGETS).waiting == 0


def test_nearness_counts_the_cheaper_of_both_bets():
    pair = PAIRS[0]
    assert sum_of_asks(pair, books_of(pair, 400_000, 480_000)) == 920_000
    assert sum_of_asks(pair, {}) > ONE
    inverse = a_pair(0, Relation.INVERSE)
    # YES with YES: 0.40 + 0.63; NO with NO: 0.62 + 0.52
    assert sum_of_asks(inverse, books_of(inverse, 400_000, 480_000)) == 1_030_000

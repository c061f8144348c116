"""What the scan sees of a pair: a curve of what further shares cost, or the reason why there is none."""

from dataclasses import replace

import pytest

from dutchbook.domain.fees import PICO, KalshiFees, LimitlessFees
from dutchbook.domain.money import ONE, parse_micros
from dutchbook.domain.opportunity import Curve, Reason, Rejection, directions, percent, walk
from dutchbook.domain.pair import PairStatus, Relation
from dutchbook.domain.venue import Venue
from tests.support.cases import rows
from tests.support.markets import NOW_MS, a_book, a_curve, a_market, a_pair, a_simple_market, ways

KALSHI, POLYMARKET = a_market(Venue.KALSHI), a_market(Venue.POLYMARKET)


def rejected(found: Curve | Rejection) -> Rejection:
    assert isinstance(found, Rejection)
    return found


def test_a_same_pair_buys_opposite_outcomes_both_ways_round():
    labels = [way.label for way in ways(KALSHI, POLYMARKET)]
    assert labels == ["kalshi:yes+polymarket:no", "kalshi:no+polymarket:yes"]


def test_an_inverse_pair_buys_the_same_outcome_of_both():
    labels = [way.label for way in ways(KALSHI, POLYMARKET, Relation.INVERSE)]
    assert labels == ["kalshi:yes+polymarket:yes", "kalshi:no+polymarket:no"]


def test_one_market_is_one_direction():
    assert [way.label for way in ways(KALSHI, KALSHI)] == ["kalshi:yes+kalshi:no"]


def test_markets_must_be_the_pairs():
    with pytest.raises(ValueError, match="not the markets of pair_"):
        directions(a_pair(KALSHI, POLYMARKET), POLYMARKET, KALSHI)


def test_slices_end_where_either_ladder_has_a_step():
    a, b = a_simple_market(Venue.KALSHI), a_simple_market(Venue.POLYMARKET)
    curve = a_curve(ways(a, b)[0], [("0.40", "100"), ("0.45", "100")], [("0.50", "50"), ("0.52", "200")])
    assert curve.shares == (50 * ONE, 50 * ONE, 100 * ONE)
    assert curve.unit_costs == (900_000 * ONE, 920_000 * ONE, 970_000 * ONE)
    assert curve.best_return == 111_111


def test_the_curve_ends_where_a_share_costs_the_dollar_it_pays():
    a, b = a_simple_market(Venue.KALSHI), a_simple_market(Venue.POLYMARKET)
    curve = a_curve(ways(a, b)[0], [("0.45", "10"), ("0.50", "10")], [("0.50", "100")])
    assert curve.shares == (10 * ONE,)


def test_fees_are_in_the_curve():
    curve = a_curve(ways(KALSHI, POLYMARKET)[0], [("0.90", "100")], [("0.03", "100")])
    assert curve.unit_costs == (900_000 * ONE + 6_300 * ONE + 30_000 * ONE + 1_164 * ONE,)


def test_a_fee_in_shares_leaves_fewer_to_hedge_and_makes_each_dearer():
    limitless = a_market(Venue.LIMITLESS)
    b = a_simple_market(Venue.POLYMARKET)
    curve = a_curve(ways(limitless, b)[0], [("0.40", "100")], [("0.55", "100")])
    assert curve.shares == (97 * ONE,)
    assert curve.unit_costs == (-(-400_000 * ONE * 100 // 97) + 550_000 * ONE,)


@pytest.mark.parametrize("row", rows("books", "which_direction"), ids=str)
def test_which_direction_pays(row):
    b = a_simple_market(Venue.POLYMARKET)

    def asks(price):
        return [] if price is None else [(price, "100")]

    a_side = a_book(KALSHI, yes=asks(row["kalshi_yes"]), no=asks(row["kalshi_no"]))
    b_side = a_book(b, yes=asks(row["polymarket_yes"]), no=asks(row["polymarket_no"]))
    found = [isinstance(walk(way, a_side, b_side, NOW_MS), Curve) for way in ways(KALSHI, b)]
    assert found == [row["kalshi_yes_pays"], row["kalshi_no_pays"]]


class TestTripwire:
    @pytest.mark.parametrize("row", rows("books", "tripwire"), ids=str)
    def test_prices_no_real_pair_shows_send_the_pair_back(self, row):
        found = walk(
            ways(KALSHI, POLYMARKET)[0],
            a_book(KALSHI, yes=[(row["kalshi_yes"], "100")]),
            a_book(POLYMARKET, no=[(row["polymarket_no"], "100")]),
            NOW_MS,
        )
        status = found.pair_status if isinstance(found, Rejection) else None
        verdicts = {"blocked": PairStatus.BLOCKED, "proposed": PairStatus.PROPOSED, "believed": None}
        assert status is verdicts[row["verdict"]]

    def test_one_market_may_be_as_cheap_as_it_likes(self):
        curve = a_curve(ways(POLYMARKET, POLYMARKET)[0], [("0.20", "100")], [("0.30", "100")])
        assert curve.shares == (100 * ONE,)

    def test_two_markets_of_one_venue_too(self):
        other = a_market(Venue.KALSHI, "another")
        assert a_curve(ways(KALSHI, other)[0], [("0.20", "9")], [("0.30", "9")]).shares == (9 * ONE,)


class TestRejections:
    way = ways(KALSHI, POLYMARKET)[0]

    def walk(self, yes: str, no: str, **changes) -> Rejection:
        a, b = a_book(KALSHI, yes=[(yes, "100")]), a_book(POLYMARKET, no=[(no, "100")])
        return rejected(walk(self.way, replace(a, **changes), b, NOW_MS))

    def test_names_pair_and_direction(self):
        found = self.walk("0.55", "0.47")
        assert (found.pair_id, found.direction) == (self.way.pair_id, self.way.label)

    def test_asks_that_sum_to_a_dollar_or_more(self):
        assert self.walk("0.55", "0.47").detail == "sum of best asks 1.02"
        assert self.walk("0.53", "0.47").code is Reason.NO_EDGE

    def test_an_old_book(self):
        found = self.walk("0.45", "0.47", requested_at_ms=NOW_MS - 4_299)
        assert found.detail == "book of kalshi is 4.2 s old"
        assert found.pair_status is None

    def test_a_book_of_exactly_three_seconds_is_young_enough(self):
        assert self.walk("0.55", "0.47", requested_at_ms=NOW_MS - 3_000).code is Reason.NO_EDGE

    def test_an_empty_side(self):
        empty = a_book(POLYMARKET, yes=[("0.4", "1")])
        found = rejected(walk(self.way, a_book(KALSHI, yes=[("0.40", "1")]), empty, NOW_MS))
        assert found.detail == "nobody sells no on polymarket"
        found = rejected(walk(self.way, a_book(KALSHI), empty, NOW_MS))
        assert found.detail == "nobody sells yes on kalshi"

    def test_fees(self):
        found = self.walk("0.50", "0.488")
        assert found.code is Reason.FEES
        assert found.detail == "fees eat it: gross 1.21 %, net −1.53 %"

    def test_a_crossed_book(self):
        found = self.walk("0.45", "0.47", yes_bids=((460_000, ONE),))
        assert found.detail == "book of kalshi is crossed: a torn snapshot"

    def test_a_closed_market(self):
        way = ways(KALSHI, replace(POLYMARKET, tradeable=False))[0]
        books = a_book(KALSHI, yes=[("0.45", "9")]), a_book(POLYMARKET, no=[("0.47", "9")])
        assert rejected(walk(way, *books, NOW_MS)).detail == "market of polymarket is not open for trading"

    def test_the_tripwire(self):
        assert self.walk("0.45", "0.44").detail.startswith("sum of best asks 0.89: too good for one question")
        assert self.walk("0.35", "0.44").detail.startswith("sum of best asks 0.79: not one question")


def test_dearer_fees_never_make_a_level_cheaper():
    for price in range(1_000, ONE, 1_000):
        cheap, dear = KalshiFees(multiplier_ppm=500_000), KalshiFees()
        assert cheap.buy_rate(price)[0] <= dear.buy_rate(price)[0]
        assert LimitlessFees(100).buy_rate(price)[0] <= LimitlessFees().buy_rate(price)[0]


def test_unit_costs_are_pico_dollars():
    assert parse_micros("1") * ONE == PICO


@pytest.mark.parametrize(
    ("ppm", "text"),
    [(12_345, "1.23 %"), (-12_345, "−1.24 %"), (0, "0.00 %"), (-1, "−0.01 %"), (99, "0.00 %")],
)
def test_percentages_are_rounded_down(ppm, text):
    assert percent(ppm) == text

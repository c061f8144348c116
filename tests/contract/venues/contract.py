"""What every venue connector promises, on paper and live alike; each venue's test file brings its bench."""

import pytest

from dutchbook.domain.errors import (
    Conflict,
    Denied,
    InsufficientFunds,
    InvalidOrder,
    NotSent,
    OutcomeUnknown,
    Refused,
)
from dutchbook.domain.money import ONE, mul_ceil, mul_floor, parse_micros
from dutchbook.domain.venue import Outcome, Side
from dutchbook.ports.venues import OrderStatus, TimeInForce
from tests.contract.venues.bench import FOK, GTC, GTD, IOC, attempt, cost, net, with_id

NEVER_ANSWERED = {
    "the connection closes before the venue sees it": ("refuse", {}),
    "the venue acts and the connection closes": ("drop", {}),
    "the answer comes too late": ("delay", {"seconds": 2.0}),
    "a gateway page": ("html", {"status": 502}),
    "an empty server error": ("status", {"status": 500, "body": ""}),
    "an error of the venue": ("status", {"status": 500}),
    "an unavailable venue": ("status", {"status": 503, "body": "{}"}),
    "a limiter that says when": ("status", {"status": 429, "retry_after": "0"}),
    "a limiter that says nothing": ("status", {"status": 429, "body": "slow down"}),
    "an engine that restarts": ("status", {"status": 425, "body": '{"error":"restarting"}'}),
    "HTML that calls itself a success": ("html", {"status": 200}),
}


class VenueContract:
    """Inherit as Test… and provide the fixture `bench`, its book shown as BIDS and ASKS."""

    @pytest.mark.parametrize(("outcome", "limit"), [(Outcome.YES, "0.40"), (Outcome.NO, "0.62")])
    def test_a_buy_fills_from_the_book_and_all_records_agree(self, bench, outcome, limit):
        """NO is bought from the YES bids: at 0.62 where YES is bid 0.38."""
        before = bench.cash()
        intent = bench.prepare(outcome, limit)
        report = bench.final(intent, bench.connector.place(intent, bench.market))

        assert report.status is OrderStatus.DONE
        assert sum(fill.shares for fill in report.fills) == report.filled
        assert 50 * ONE - bench.dust <= report.filled <= 50 * ONE
        assert {fill.price for fill in report.fills} == {parse_micros(limit)}
        assert all(fill.fee_usd > 0 or fill.fee_shares > 0 for fill in report.fills)
        assert bench.held(outcome) == net(report)
        assert before - bench.cash() == cost(report)
        assert bench.connector.balance().available == bench.cash()
        (position,) = bench.connector.positions()
        assert (position.key, position.outcome, position.shares) == (bench.market.key, outcome, net(report))

    def test_preparing_sends_nothing_and_says_nothing_to_be_there(self, bench):
        before = bench.cash()
        intent = bench.prepare(Outcome.YES, "0.40")

        assert bench.connector.lookup(intent, bench.market).status is OrderStatus.NOT_FOUND
        assert bench.cash() == before
        assert bench.connector.balance().available == before
        assert list(bench.connector.positions()) == []

    def test_an_intent_holds_strings_alone_and_no_secret(self, bench):
        """It is stored in the ledger and in Step Functions' history."""
        intent = bench.prepare(Outcome.YES, "0.40")
        assert all(isinstance(part, str) for pair in intent.fields.items() for part in pair)
        assert not {"secret", "private", "PRIVATE KEY"} & set("".join(intent.fields.values()).split('"'))

    def test_what_is_not_there_at_the_limit_is_not_bought(self, bench):
        """100 shares stand at 0.40; the rest of the order is cancelled and nothing rests."""
        intent = bench.prepare(Outcome.YES, "0.40", "250")
        report = bench.final(intent, bench.connector.place(intent, bench.market))

        assert 100 * ONE - bench.dust <= report.filled <= 100 * ONE
        assert bench.held(Outcome.YES) == net(report)
        assert bench.connector.balance().available == bench.cash()

    def test_a_buy_walks_the_levels_up_to_its_limit_and_never_beyond(self, bench):
        intent = bench.prepare(Outcome.YES, "0.42", "200")
        report = bench.final(intent, bench.connector.place(intent, bench.market))

        assert 200 * ONE - bench.dust <= report.filled <= 200 * ONE
        assert all(400_000 <= fill.price <= 420_000 for fill in report.fills)
        # $82 for both levels; a venue that tells one price for all of them rounds it up by a micro a share
        assert 0 <= sum(mul_ceil(fill.price, fill.shares) for fill in report.fills) - 82 * ONE <= 200

    def test_nothing_at_the_limit_fills_nothing(self, bench):
        before = bench.cash()
        try:
            report = bench.place(Outcome.YES, "0.39")
        except Refused:
            pass
        else:
            assert (report.status, report.filled, report.fills) == (OrderStatus.DONE, 0, ())
        assert (bench.cash(), bench.held(Outcome.YES)) == (before, 0)

    def test_the_same_intent_sent_again_is_no_second_order(self, bench):
        intent = bench.prepare(Outcome.YES, "0.42", "50")
        first = bench.final(intent, bench.connector.place(intent, bench.market))
        held = bench.held(Outcome.YES)
        try:
            again = bench.connector.place(intent, bench.market)
        except Conflict:
            again = bench.final(intent)

        assert again.fills == first.fills
        assert bench.held(Outcome.YES) == held

    def test_a_lookup_by_the_stored_intent_finds_the_same_fills(self, bench):
        intent = bench.prepare(Outcome.YES, "0.42", "150")
        placed = bench.final(intent, bench.connector.place(intent, bench.market))
        found = bench.final(intent)

        assert (found.status, found.filled, found.fills) == (placed.status, placed.filled, placed.fills)
        assert found.venue_order_id == placed.venue_order_id

    def test_cancelling_what_is_done_or_unknown_is_no_error(self, bench):
        unknown = bench.prepare(Outcome.YES, "0.40", trade="trd_unknown")
        bench.connector.cancel(unknown, bench.market)

        intent = bench.prepare(Outcome.YES, "0.40")
        report = bench.final(intent, bench.connector.place(intent, bench.market))
        bench.connector.cancel(with_id(intent, report), bench.market)
        assert bench.held(Outcome.YES) == net(report)

    def test_what_was_bought_can_be_sold_to_the_bids(self, bench):
        intent = bench.prepare(Outcome.YES, "0.40")
        bought = bench.final(intent, bench.connector.place(intent, bench.market))
        before, sellable = bench.cash(), net(bought) // 10_000 * 10_000
        shares = f"{sellable // ONE}.{sellable % ONE // 10_000:02d}"
        sell = bench.prepare(Outcome.YES, "0.38", shares, Side.SELL, leg=1)
        sold = bench.final(sell, bench.connector.place(sell, bench.market))

        assert sold.filled == sellable
        assert {fill.price for fill in sold.fills} == {380_000}
        proceeds = sum(mul_floor(fill.price, fill.shares) - fill.fee_usd for fill in sold.fills)
        assert bench.cash() - before == proceeds
        assert bench.held(Outcome.YES) == net(bought) - sellable

    def test_more_than_is_held_is_never_sold(self, bench):
        try:
            report = bench.place(Outcome.YES, "0.38", "50", Side.SELL)
        except Refused:
            pass
        else:
            assert report.filled == 0
        assert (bench.held(Outcome.YES), bench.held(Outcome.NO)) == (0, 0)

    @pytest.mark.parametrize(
        ("price", "shares"), [("0.4005", "50"), ("0.40", "50.0005"), ("0.40", "0"), ("1.00", "50")]
    )
    def test_what_is_off_the_grid_is_refused_before_it_leaves(self, bench, price, shares):
        with pytest.raises(InvalidOrder):
            bench.prepare(Outcome.YES, price, shares)

    def test_an_order_that_money_does_not_cover_is_refused(self, bench):
        bench.show(asks={"0.40": "100000"})
        before = bench.cash()
        with pytest.raises(InsufficientFunds):
            bench.place(Outcome.YES, "0.40", "9000")
        assert (bench.cash(), bench.held(Outcome.YES)) == (before, 0)

    def test_an_order_type_that_the_venue_lacks_is_refused_by_name_before_it_leaves(self, bench):
        lacking = set(TimeInForce) - bench.order_types
        if not lacking:
            pytest.skip("the venue has them all")
        for kind in lacking:
            with pytest.raises(InvalidOrder, match="time_in_force"):
                bench.prepare(Outcome.YES, "0.40", kind=kind)

    @pytest.mark.parametrize(
        ("kind", "expires"), [(IOC, 1_800_000_000_000), (GTC, 1_800_000_000_000), (GTD, 0)]
    )
    def test_an_expiry_belongs_to_gtd_orders_alone(self, bench, kind, expires):
        with pytest.raises(InvalidOrder, match=r"expires_at_ms|time_in_force"):
            bench.prepare(Outcome.YES, "0.40", kind=kind, expires_at_ms=expires)

    def test_an_intent_without_an_order_type_is_one_that_takes_or_cancels(self, bench):
        """As all were that were stored before there was a choice."""
        assert "time_in_force" not in bench.prepare(Outcome.YES, "0.40").fields

    @pytest.mark.parametrize(("outcome", "limit"), [(Outcome.YES, "0.42"), (Outcome.NO, "0.64")])
    def test_a_fill_or_kill_order_fills_whole(self, bench, outcome, limit):
        bench.needs(FOK)
        intent = bench.prepare(outcome, limit, "250", kind=FOK)
        report = bench.final(intent, bench.connector.place(intent, bench.market))

        assert report.status is OrderStatus.DONE
        assert 250 * ONE - bench.dust <= report.filled <= 250 * ONE
        assert bench.held(outcome) == net(report)

    @pytest.mark.parametrize("book_thins_out", [False, True])
    def test_a_fill_or_kill_order_that_cannot_fill_whole_fills_nothing(self, bench, book_thins_out):
        """100 shares stand within the limit; or 400 did when it was prepared."""
        bench.needs(FOK)
        before = bench.cash()
        if book_thins_out:
            bench.show(asks={"0.40": "400"})
        try:
            intent = bench.prepare(Outcome.YES, "0.41", "150", kind=FOK)
            bench.show()
            report = bench.final(intent, bench.connector.place(intent, bench.market))
        except Refused:
            pass
        else:
            assert (report.status, report.filled, report.fills) == (OrderStatus.DONE, 0, ())
        assert (bench.cash(), bench.held(Outcome.YES)) == (before, 0)

    @pytest.mark.parametrize(("outcome", "limit"), [(Outcome.YES, "0.39"), (Outcome.NO, "0.61")])
    def test_an_order_that_rests_is_found_working_until_it_is_cancelled(self, bench, outcome, limit):
        bench.needs(GTC)
        before = bench.cash()
        intent = bench.prepare(outcome, limit, kind=GTC)
        placed = bench.connector.place(intent, bench.market)
        resting = bench.connector.lookup(intent, bench.market)
        for report in (placed, resting):
            assert (report.status, report.filled, report.fills) == (OrderStatus.WORKING, 0, ())

        bench.settle()
        bench.connector.cancel(with_id(intent, resting), bench.market)
        report = bench.final(with_id(intent, resting))
        assert (report.status, report.filled, report.fills) == (OrderStatus.DONE, 0, ())
        assert (bench.cash(), bench.held(outcome)) == (before, 0)

    def test_what_does_not_fill_at_once_rests_and_a_cancel_leaves_what_was_filled(self, bench):
        """100 shares stand at 0.40, 50 of 150 are left."""
        bench.needs(GTC)
        before = bench.cash()
        intent = bench.prepare(Outcome.YES, "0.40", "150", kind=GTC)
        placed = bench.connector.place(intent, bench.market)
        assert placed.status is OrderStatus.WORKING
        bench.release()
        bench.show(asks={"0.45": "100"})
        for _ in range(3):
            bench.settle()
        partly = bench.connector.lookup(with_id(intent, placed), bench.market)
        assert (partly.status, partly.filled) == (OrderStatus.WORKING, 100 * ONE)

        bench.connector.cancel(with_id(intent, partly), bench.market)
        report = bench.final(with_id(intent, partly))
        assert (report.status, report.filled) == (OrderStatus.DONE, 100 * ONE)
        assert bench.held(Outcome.YES) == net(report)
        assert before - bench.cash() == cost(report)

    @pytest.mark.parametrize(("outcome", "limit"), [(Outcome.YES, "0.40"), (Outcome.NO, "0.62")])
    def test_a_resting_order_that_the_market_comes_to_is_filled_at_its_own_price(self, bench, outcome, limit):
        """In two parts: the first as a taker, with the fee, the second as a maker, who pays none."""
        bench.needs(GTC)
        before = bench.cash()
        intent = bench.prepare(outcome, limit, "150", kind=GTC)
        placed = bench.connector.place(intent, bench.market)
        bench.release()
        # YES is asked for less than the order bids, or bid for more than it asks
        bench.show({"0.35": "500"}, {"0.37": "500"}) if outcome is Outcome.YES else bench.show(
            {"0.41": "500"}, {"0.45": "500"}
        )
        report = bench.final(with_id(intent, placed))

        assert (report.status, report.filled) == (OrderStatus.DONE, 150 * ONE)
        assert {fill.price for fill in report.fills} == {parse_micros(limit)}
        assert sorted(fill.fee_usd + fill.fee_shares > 0 for fill in report.fills) == [False, True]
        assert bench.held(outcome) == net(report)
        assert before - bench.cash() == cost(report)

    def test_an_expiry_that_is_over_is_refused(self, bench):
        bench.needs(GTD)
        with pytest.raises(InvalidOrder, match="expires_at_ms"):
            bench.prepare(Outcome.YES, "0.39", kind=GTD, expires_at_ms=bench.world.clock.now_ms())

    def test_an_order_with_an_expiry_ends_by_itself(self, bench):
        bench.needs(GTD)
        now = bench.world.clock.now_ms()
        intent = bench.prepare(Outcome.YES, "0.39", kind=GTD, expires_at_ms=now + 300_000)
        assert bench.connector.place(intent, bench.market).status is OrderStatus.WORKING
        bench.world.clock.advance(299_000)
        assert bench.connector.lookup(intent, bench.market).status is OrderStatus.WORKING
        bench.world.clock.advance(2_000)
        report = bench.final(intent)
        assert (report.status, report.filled, report.fills) == (OrderStatus.DONE, 0, ())

    @pytest.mark.parametrize("fault", NEVER_ANSWERED)
    def test_whatever_happens_to_the_request_the_truth_is_found_and_nothing_is_bought_twice(
        self, bench, fault
    ):
        kind, more = NEVER_ANSWERED[fault]
        intent = bench.prepare(Outcome.YES, "0.40")
        bench.fault(kind, **more)
        report, error = attempt(bench, intent)
        bench.clear_faults()
        bench.settle()

        held = bench.held(Outcome.YES)
        assert not isinstance(error, Refused | Denied), "a refusal would undo what came before"
        if isinstance(error, NotSent):
            assert held == 0, "what was never sent cannot be held"
        found = bench.final(intent, report)
        assert found.status is (OrderStatus.DONE if held else OrderStatus.NOT_FOUND)
        assert net(found) == held

        try:
            again = bench.final(intent, bench.connector.place(intent, bench.market))
        except Conflict:
            again = bench.final(intent)
        assert 50 * ONE - bench.dust <= again.filled <= 50 * ONE
        assert bench.held(Outcome.YES) == net(again)

    @pytest.mark.parametrize("kind", ["refuse", "html", "delay"])
    def test_an_order_that_was_taken_is_never_told_as_not_sent(self, bench, kind):
        """The fills cannot be read: that is no word about the order."""
        if not bench.fills_path:
            pytest.skip("reads no fills")
        intent = bench.prepare(Outcome.YES, "0.40")
        bench.fault(kind, bench.fills_path, method="GET", count=-1, seconds=2.0, status=502)
        report, error = attempt(bench, intent)
        assert error is None or isinstance(error, OutcomeUnknown)
        assert report is None or report.status is OrderStatus.WORKING or report.filled > 0

        bench.clear_faults()
        assert net(bench.final(intent, report)) == bench.held(Outcome.YES) > 0

    def test_a_fill_told_twice_is_one_fill(self, bench):
        if not bench.fills_path:
            pytest.skip("reads no fills")
        bench.fault("duplicate_fills", bench.fills_path, count=-1)
        intent = bench.prepare(Outcome.YES, "0.42", "150")
        report = bench.final(intent, bench.connector.place(intent, bench.market))
        assert len({fill.fill_id for fill in report.fills}) == len(report.fills)
        assert net(report) == bench.held(Outcome.YES)

    def test_reads_that_lag_never_make_an_order_seem_undone(self, bench):
        """A lookup in the dark says not found, or working, or fewer fills, and then the truth."""
        if not bench.fills_path:
            pytest.skip("the store reads what it wrote")
        intent = bench.prepare(Outcome.YES, "0.42", "150")
        placed = bench.connector.place(intent, bench.market)
        bench.fault("read_lag", "/", count=4, seconds=60)
        early = bench.connector.lookup(intent, bench.market)
        assert early.status is not OrderStatus.DONE or early.filled > sum(f.shares for f in early.fills)
        assert bench.connector.read_lag_ms() > 0

        bench.clear_faults()
        assert net(bench.final(intent, placed)) == bench.held(Outcome.YES)

    def test_a_venue_that_is_down_leaves_nothing_in_doubt_but_the_order(self, bench):
        """No connection: NotSent for the order and for every question."""
        intent = bench.prepare(Outcome.YES, "0.40")
        bench.world.venues.stop()
        # on a connection that was kept open, the venue's end would leave it in doubt, and rightly so
        for http in bench.world.public.http.values():
            http.hang_up()
        with pytest.raises(NotSent):
            bench.connector.place(intent, bench.market)
        if bench.fills_path:
            with pytest.raises(NotSent):
                bench.connector.lookup(intent, bench.market)
            with pytest.raises(NotSent):
                bench.connector.balance()
            with pytest.raises(NotSent):
                bench.connector.positions()

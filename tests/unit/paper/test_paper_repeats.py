"""A paper order is placed once, whatever crashes and however often it is repeated."""

import random

import pytest

from dutchbook.domain.agent import DEMO_BUDGET
from dutchbook.domain.errors import Conflict, InsufficientFunds
from dutchbook.domain.fees import KalshiFees, LimitlessFees
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import ONE, mul_ceil, mul_floor
from dutchbook.domain.venue import Outcome, Side, Venue
from dutchbook.ports.venues import OrderReport, OrderRequest, OrderStatus
from tests.support.market_data import FakeClock, FakeMarketData
from tests.support.markets import a_book, a_market
from tests.support.paper_store import InMemoryPaperStore
from venues.paper.connector import PaperConnector

CENT = 10_000


class Crash(Exception):
    """The Lambda died."""


class CrashingStore(InMemoryPaperStore):
    """Dies right before or right after its nth write, once."""

    def __init__(self) -> None:
        super().__init__()
        self.crash_at = -1
        self.before = False
        self._count = 0

    def arm(self, crash_at: int, *, before: bool) -> None:
        self.crash_at, self.before, self._count = crash_at, before, 0

    def _guard(self, write):
        self._count += 1
        armed = self._count == self.crash_at
        if armed and self.before:
            raise Crash
        result = write()
        if armed:
            raise Crash
        return result

    def put_record(self, *args):
        return self._guard(lambda: super(CrashingStore, self).put_record(*args))

    def consume(self, *args):
        return self._guard(lambda: super(CrashingStore, self).consume(*args))

    def move_balance(self, *args):
        return self._guard(lambda: super(CrashingStore, self).move_balance(*args))

    def move_shares(self, *args):
        return self._guard(lambda: super(CrashingStore, self).move_shares(*args))


MARKET = a_market(Venue.KALSHI, fees=KalshiFees())


def order(
    side: Side, outcome: Outcome, shares: int, limit: int, client_id: str, key: MarketKey
) -> OrderRequest:
    return OrderRequest("trd_1", 0, client_id, key, outcome, side, shares, limit)


def connector(store: InMemoryPaperStore, market=MARKET) -> tuple[PaperConnector, FakeMarketData, FakeClock]:
    clock = FakeClock()
    data = FakeMarketData(market.venue, [market], clock=clock)
    data.set_book(
        a_book(
            market,
            yes=[("0.40", "30"), ("0.41", "30")],
            no=[("0.55", "20"), ("0.58", "50")],
            yes_bids=[("0.38", "15"), ("0.37", "15")],
            no_bids=[("0.50", "40")],
        )
    )
    return PaperConnector("agt_1", data, store, clock, latency_ms=0), data, clock


def cash_flow(side: Side, report: OrderReport) -> int:
    if side is Side.BUY:
        return -sum(mul_ceil(fill.price, fill.shares) + fill.fee_usd for fill in report.fills)
    return sum(mul_floor(fill.price, fill.shares) - fill.fee_usd for fill in report.fills)


def holdings(store: InMemoryPaperStore) -> tuple[int, int]:
    shares = {position.outcome: position.shares for position in store.positions("agt_1", MARKET.venue)}
    return shares.get(Outcome.YES, 0), shares.get(Outcome.NO, 0)


def test_the_same_intent_again_gives_the_same_report_and_moves_nothing():
    store = InMemoryPaperStore()
    venue, data, _ = connector(store)
    intent = venue.prepare(order(Side.BUY, Outcome.YES, 50 * ONE, 45 * CENT, "cid", MARKET.key), MARKET)

    first = venue.place(intent, MARKET)
    after, reads = venue.balance(), data.calls
    second = venue.place(intent, MARKET)

    assert second == first == venue.lookup(intent, MARKET)
    assert (venue.balance(), data.calls) == (after, reads)
    assert first.venue_order_id == intent.venue_order_id == "SIM-cid"
    assert len({fill.fill_id for fill in first.fills}) == len(first.fills) == 2


def test_another_order_under_a_used_id_is_a_conflict():
    venue, _, _ = connector(InMemoryPaperStore())
    first = order(Side.BUY, Outcome.YES, 50 * ONE, 45 * CENT, "cid", MARKET.key)
    other = order(Side.BUY, Outcome.YES, 60 * ONE, 45 * CENT, "cid", MARKET.key)
    venue.place(venue.prepare(first, MARKET), MARKET)

    with pytest.raises(Conflict):
        venue.place(venue.prepare(other, MARKET), MARKET)
    with pytest.raises(Conflict):
        venue.lookup(venue.prepare(other, MARKET), MARKET)


def test_an_order_never_placed_is_not_found():
    venue, _, _ = connector(InMemoryPaperStore())
    intent = venue.prepare(order(Side.BUY, Outcome.YES, 50 * ONE, 45 * CENT, "cid", MARKET.key), MARKET)

    assert venue.lookup(intent, MARKET).status is OrderStatus.NOT_FOUND
    assert venue.read_lag_ms() == 0


def test_two_lambdas_on_one_order_go_on_with_the_first_result():
    store = InMemoryPaperStore()
    late, data, _ = connector(store)
    early, _, _ = connector(store)
    intent = late.prepare(order(Side.BUY, Outcome.YES, 20 * ONE, 45 * CENT, "cid", MARKET.key), MARKET)
    first = []
    read_books = data.books

    def books_while_the_other_places(markets):
        first.append(early.place(intent, MARKET))
        return read_books(markets)

    data.books = books_while_the_other_places

    second = late.place(intent, MARKET)

    assert [second] == first
    assert late.balance().available == DEMO_BUDGET + cash_flow(Side.BUY, second)
    assert holdings(store) == (20 * ONE, 0)


def test_what_an_order_may_spend_is_set_aside_before_any_depth_is_taken():
    seen = []

    class Watched(InMemoryPaperStore):
        def consume(self, *args):
            seen.append((self.balance("agt_1", MARKET.venue), holdings(self)))
            return super().consume(*args)

    store = Watched()
    venue, _, _ = connector(store)
    venue.balance()
    store.move_shares("agt_1", MARKET.key, Outcome.YES, 10 * ONE, "gift")
    asked = order(Side.BUY, Outcome.NO, 20 * ONE, 55 * CENT, "cid", MARKET.key)
    venue.place(venue.prepare(asked, MARKET), MARKET)

    fee = KalshiFees().charge(Side.BUY, 55 * CENT, 20 * ONE).usd
    # $11 and the fee, less the ten dollars that ten closed pairs set free
    assert seen == [(DEMO_BUDGET - ONE - fee, (0, 0))]


ORDERS = {
    "buy": (Side.BUY, Outcome.YES, 50 * ONE, 45 * CENT),
    "buy that closes": (Side.BUY, Outcome.NO, 60 * ONE, 58 * CENT),
    "sell": (Side.SELL, Outcome.YES, 25 * ONE, 37 * CENT),
    "sell too much at the bid": (Side.SELL, Outcome.YES, 30 * ONE, 38 * CENT),
}


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("recovery", ["place", "lookup", "lookup then place"])
@pytest.mark.parametrize("name", ORDERS)
def test_a_crash_between_any_two_writes_leaves_books_that_add_up(name, recovery, before):
    side, outcome, shares, limit = ORDERS[name]
    for crash_at in range(1, 30):
        store = CrashingStore()
        venue, _, _ = connector(store)
        opened = venue.balance().available
        store.move_shares("agt_1", MARKET.key, Outcome.YES, 30 * ONE, "gift")
        intent = venue.prepare(order(side, outcome, shares, limit, "cid", MARKET.key), MARKET)
        store.arm(crash_at, before=before)
        try:
            venue.place(intent, MARKET)
            crashed = False
        except Crash:
            crashed = True
        store.arm(-1, before=False)

        for step in recovery.split(" then "):
            report = getattr(venue, step)(intent, MARKET)
        if report.status is OrderStatus.NOT_FOUND:
            report = venue.place(intent, MARKET)

        yes, no = holdings(store)
        closed = min(30 * ONE, report.filled) if outcome is Outcome.NO else 0
        assert venue.balance().available == opened + cash_flow(side, report) + closed
        bought = report.filled if side is Side.BUY else -report.filled
        assert (yes, no) == (
            (30 * ONE - closed, bought - closed) if outcome is Outcome.NO else (30 * ONE + bought, 0)
        )
        assert report.filled <= shares
        if not crashed:
            return
    pytest.fail("the order makes more writes than were crashed")


def test_an_order_whose_lambda_died_before_matching_is_closed_unfilled_by_lookup():
    store = CrashingStore()
    venue, _, _ = connector(store)
    venue.balance()
    intent = venue.prepare(order(Side.BUY, Outcome.YES, 50 * ONE, 45 * CENT, "cid", MARKET.key), MARKET)
    store.arm(2, before=True)  # the order is in, then depth is taken
    with pytest.raises(Crash):
        venue.place(intent, MARKET)
    store.arm(-1, before=False)

    found = venue.lookup(intent, MARKET)

    assert (found.status, found.filled) == (OrderStatus.DONE, 0)
    assert venue.place(intent, MARKET) == found
    assert venue.balance().available == DEMO_BUDGET


@pytest.mark.parametrize("seed", range(40))
def test_any_run_of_orders_balances_to_the_micro_and_never_takes_more_than_is_shown(seed):
    rng = random.Random(seed)
    market = a_market(Venue.LIMITLESS, fees=LimitlessFees())
    store = InMemoryPaperStore()
    venue, data, _ = connector(store, market)
    cash, held = DEMO_BUDGET, {Outcome.YES: 0, Outcome.NO: 0}
    taken: dict[tuple[bool, int], int] = {}
    for number in range(25):
        side, outcome = rng.choice(list(Side)), rng.choice(list(Outcome))
        asked = order(side, outcome, rng.randrange(3_000, 90_000) * 1_000, rng.randrange(350, 600) * 1_000,
                      f"cid-{number}", market.key)  # fmt: skip
        try:
            report = venue.place(venue.prepare(asked, market), market)
        except InsufficientFunds:
            continue
        cash += cash_flow(side, report)
        sign = 1 if side is Side.BUY else -1
        held[outcome] += sign * sum(fill.net_shares for fill in report.fills)
        for fill in report.fills:
            yes_price = fill.price if outcome is Outcome.YES else ONE - fill.price
            level = ((outcome is Outcome.YES) == (side is Side.BUY), yes_price)
            taken[level] = taken.get(level, 0) + fill.shares
        assert venue.balance().available == cash
    book = data.books([market])[market.market_id]
    for (asks, yes_price), shares in taken.items():
        ladders = (
            (dict(book.yes_asks), dict(book.no_bids)) if asks else (dict(book.yes_bids), dict(book.no_asks))
        )
        shown = max(ladders[0].get(yes_price, 0), ladders[1].get(ONE - yes_price, 0))
        assert shares <= shown
    assert {p.outcome: p.shares for p in venue.positions()} == {o: s for o, s in held.items() if s}

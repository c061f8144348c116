"""The scan sees every pair, says why it leaves one alone, and starts each trade once."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from dutchbook.domain.agent import AgentState, Mode
from dutchbook.domain.book import OrderBook
from dutchbook.domain.errors import StoreUnavailable, VenueUnreachable
from dutchbook.domain.fees import KalshiFees, PolymarketFees
from dutchbook.domain.market import Market, MarketKey, PriceBand
from dutchbook.domain.money import ONE
from dutchbook.domain.pair import Pair, PairStatus, Relation, pair_id_of
from dutchbook.domain.plan import TradePlan
from dutchbook.domain.venue import Venue
from dutchbook.ports.ledger import Control
from dutchbook.ports.markets import VenueHealth
from dutchbook.ports.venues import Account, MarketData, VenueConnector
from dutchbook.usecases.scan_markets.allocate import ALL_STARTED, BUSY_OR_POOR, NOBODY_FITS
from dutchbook.usecases.scan_markets.seen import Seen
from dutchbook.usecases.scan_markets.tick import Scan, Tick, TickReport, scan
from tests.support.builders import an_agent
from tests.support.ledger import MemoryAgents, MemoryLedger, MemoryMarketStore
from tests.support.market_data import FakeClock, FakeMarketData

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KALSHI = MarketKey(Venue.KALSHI, "RAIN-26")
POLYMARKET = MarketKey(Venue.POLYMARKET, "0xrain")
PAIR = Pair(
    pair_id_of(KALSHI, POLYMARKET), KALSHI, POLYMARKET, Relation.SAME, PairStatus.APPROVED, title="Rain?"
)


def a_market(key: MarketKey) -> Market:
    return Market(
        venue=key.venue,
        market_id=key.market_id,
        title="Rain?",
        tradeable=True,
        price_bands=(PriceBand(10_000, 990_000, 10_000),),
        size_step=10_000,
        min_size=10_000 if key.venue is Venue.KALSHI else 5 * ONE,
        min_notional=0 if key.venue is Venue.KALSHI else ONE,
        fees=KalshiFees() if key.venue is Venue.KALSHI else PolymarketFees(rate_ppm=0),
        resolves_at=START + timedelta(days=30),
    )


def a_book(key: MarketKey, bid: int, ask: int, size: int = 100 * ONE) -> OrderBook:
    return OrderBook.from_yes_book(key, [(bid, size)], [(ask, size)], 0)


class Starts:
    """The Workflow port: remembers what was started, by name."""

    def __init__(self) -> None:
        self.started: dict[str, TradePlan] = {}

    def start(self, name: str, payload: Mapping[str, object]) -> bool:
        if name in self.started:
            return False
        self.started[name] = TradePlan.from_payload(payload)
        return True


class Venues:
    """The Connectors port for a scan: public data only."""

    def __init__(self, data: Mapping[Venue, FakeMarketData]) -> None:
        self._data = data

    def data(self, venue: Venue) -> MarketData:
        return self._data[venue]

    def trading(self, venue: Venue, account: Account, *, simulated: bool) -> VenueConnector:
        raise AssertionError("a scan places nothing")


class World:
    """One approved pair with 6 % between the books, one active agent whose limits fit."""

    def __init__(self) -> None:
        self.clock = FakeClock(int(START.timestamp() * 1000) + 200)
        self.agents = MemoryAgents(self.clock)
        self.ledger = MemoryLedger(self.agents)
        self.store = MemoryMarketStore(self.clock)
        self.data = {
            key.venue: FakeMarketData(key.venue, [a_market(key)], self.clock) for key in (KALSHI, POLYMARKET)
        }
        self.starts = Starts()
        self.store.put_markets([a_market(KALSHI), a_market(POLYMARKET)])
        self.store.put_pair(PAIR)
        self.books(kalshi_ask=400_000, polymarket_bid=480_000)

    def books(self, kalshi_ask: int, polymarket_bid: int, size: int = 100 * ONE) -> None:
        self.data[Venue.KALSHI].set_book(a_book(KALSHI, kalshi_ask - 20_000, kalshi_ask, size))
        self.data[Venue.POLYMARKET].set_book(
            a_book(POLYMARKET, polymarket_bid, polymarket_bid + 20_000, size)
        )

    def add_agents(self, count: int, **changes: object) -> None:
        for number in range(count):
            self.agents.add(an_agent(f"agt_{number:03d}", **changes))

    def scan(self, tick: Tick | None = None, **changes: object) -> TickReport:
        world = Scan(
            clock=self.clock,
            agents=self.agents,
            ledger=self.ledger,
            store=self.store,
            connectors=Venues(self.data),
            workflow=self.starts,
            health=list,
            live_trading=False,
        )
        return scan(tick or a_tick(), replace(world, **changes))

    @property
    def plans(self) -> Sequence[TradePlan]:
        return list(self.starts.started.values())

    def reasons(self) -> list[str]:
        records = self.store.opportunities(START + timedelta(seconds=1), 50).items
        return [record.reason for record in records if record.verdict == "rejected"]


def a_tick(offset: int = 0) -> Tick:
    return Tick.of_schedule("2026-11-23T12:00:00Z", "2026-11-23T12:00:00Z", offset, 15)


@pytest.fixture
def world() -> World:
    return World()


def test_a_fitting_agent_gets_the_pair_both_legs_in_net_shares(world: World) -> None:
    world.add_agents(1)
    report = world.scan()
    (plan,) = world.plans
    assert (report.started, plan.pair_id, plan.direction) == (1, PAIR.pair_id, "kalshi:yes+polymarket:no")
    assert {leg.key for leg in plan.legs} == {KALSHI, POLYMARKET}
    assert {leg.shares for leg in plan.legs} == {plan.shares}
    assert plan.expected_profit > 0
    assert plan.expected_profit * 100 >= plan.expected_cost * 2
    assert sum(leg.max_cost for leg in plan.legs) <= 500 * ONE


def test_a_repeated_tick_does_nothing(world: World) -> None:
    world.add_agents(1)
    world.scan()
    again = world.scan()
    assert (again.outcome, again.started, len(world.plans)) == ("duplicate", 0, 1)


def test_a_late_tick_is_dropped_before_anything_is_asked(world: World) -> None:
    world.add_agents(1)
    world.clock.advance(16_000)
    assert world.scan().outcome == "late"
    assert world.data[Venue.KALSHI].calls == 0


def test_the_schedulers_own_delay_is_not_the_ticks(world: World) -> None:
    world.clock.advance(40_000)
    tick = Tick.of_schedule("2026-11-23T12:00:00Z", "2026-11-23T12:00:40Z", 0, 15)
    assert world.scan(tick).outcome == "scanned"
    assert tick.tick_id == "20261123T120000Z"


def test_an_old_minute_is_dropped_though_its_ticker_has_just_begun(world: World) -> None:
    world.clock.advance(598_000)
    tick = Tick.of_schedule("2026-11-23T12:00:00Z", "2026-11-23T12:09:58Z", 0, 15)
    assert world.scan(tick).outcome == "late"


def test_minutes_that_were_held_back_do_not_run_together(world: World) -> None:
    world.clock.advance(181_000)
    minutes = [f"2026-11-23T12:0{minute}:00Z" for minute in range(4)]
    ticks = [Tick.of_schedule(minute, "2026-11-23T12:03:00Z", 0, 15) for minute in minutes]
    assert [world.scan(tick).outcome for tick in ticks] == ["late", "late", "scanned", "scanned"]


def test_two_scans_never_run_side_by_side(world: World) -> None:
    outcomes = []

    def follow(_: Seen) -> Mapping[str, int]:
        outcomes.append(world.scan(a_tick(15)).outcome)
        return {}

    assert world.scan(a_tick(0), followers={"next": follow}).outcome == "scanned"
    assert outcomes == ["overlapping"]
    assert world.scan(a_tick(30)).outcome == "scanned", "the lease ends with the scan"


def test_a_scan_that_fails_does_not_hold_up_the_next(world: World) -> None:
    def follow(_: Seen) -> Mapping[str, int]:
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError):
        world.scan(followers={"next": follow})
    world.clock.advance(15_000)
    assert world.scan(a_tick(15)).outcome == "scanned"


def test_the_kill_switch_lets_the_scan_see_and_start_nothing(world: World) -> None:
    world.add_agents(1)
    world.ledger.set_control(Control(trading=False, reason="drill"))
    report = world.scan()
    assert (report.outcome, report.opportunities, world.plans) == ("stopped", 1, [])


def test_a_venue_that_is_down_costs_its_pairs_and_says_so(world: World) -> None:
    world.add_agents(1)
    world.data[Venue.KALSHI].failure = VenueUnreachable("no route")
    report = world.scan()
    assert (report.down, world.plans) == ({"kalshi": "no route"}, [])
    assert world.reasons() == ["kalshi is not answering: no route"]


def test_a_venues_health_says_how_old_its_books_were_when_they_were_judged(world: World) -> None:
    seen = [VenueHealth(venue, True, "", START) for venue in (Venue.KALSHI, Venue.LIMITLESS)]
    asked_at = world.clock.now_ms() - 300
    old = FakeMarketData(Venue.KALSHI, [a_market(KALSHI)])
    old.set_book(replace(a_book(KALSHI, 380_000, 400_000, 100 * ONE), requested_at_ms=asked_at))
    world.data[Venue.KALSHI] = old

    world.scan(health=lambda: seen)

    ages = {health.venue: health.book_age_ms for health in world.store.health()}
    assert ages == {Venue.KALSHI: 300, Venue.LIMITLESS: None}


def test_every_direction_that_does_not_pay_is_kept_with_its_reason(world: World) -> None:
    world.books(kalshi_ask=500_000, polymarket_bid=490_000)
    report = world.scan()
    assert (report.opportunities, report.rejected) == (0, 2)
    assert all(reason.startswith("sum of best asks") for reason in world.reasons())


def test_an_opportunity_that_no_agent_fits_is_shown_as_eligible(world: World) -> None:
    world.scan()
    records = world.store.opportunities(START + timedelta(seconds=1), 50).items
    assert "eligible" in {record.verdict for record in records}


def why_not_taken(world: World) -> set[str]:
    records = world.store.opportunities(START + timedelta(seconds=1), 50).items
    return {record.reason.split(";")[0] for record in records if record.verdict == "eligible"}


def test_an_opportunity_that_nobody_took_says_why(world: World) -> None:
    world.scan()
    assert why_not_taken(world) == {NOBODY_FITS}


def test_under_the_kill_switch_it_says_that_trading_is_stopped(world: World) -> None:
    world.add_agents(1)
    world.ledger.set_control(Control(trading=False, reason="drill"))
    world.scan()
    assert why_not_taken(world) == {"trading is stopped"}


def test_agents_that_fit_and_are_busy_are_not_said_to_be_unfit(world: World) -> None:
    world.add_agents(1)
    world.ledger.flights["agt_000", PAIR.pair_id] = "trd_before"
    world.scan()
    assert why_not_taken(world) == {BUSY_OR_POOR}


def test_agents_that_fit_and_have_no_start_left_wait_for_their_turn(world: World) -> None:
    add_a_better_pair_for_demo_agents_only(world)
    world.add_agents(40)
    world.scan(demo_threshold=950_000, max_starts=3)
    assert ALL_STARTED in why_not_taken(world)


def test_the_tripwire_sends_a_too_good_pair_back_to_a_human(world: World) -> None:
    world.add_agents(1)
    world.books(kalshi_ask=300_000, polymarket_bid=450_000)
    world.scan()
    pair = world.store.pair(PAIR.pair_id)
    assert pair is not None
    assert (pair.status, world.plans) == (PairStatus.PROPOSED, [])


@pytest.mark.parametrize(
    "changes",
    [
        {"state": AgentState.PAUSED},
        {"platforms": (Venue.KALSHI, Venue.LIMITLESS)},
        {"budgets": {Venue.KALSHI: 0, Venue.POLYMARKET: 0}},
    ],
)
def test_agents_whose_limits_do_not_fit_start_nothing(world: World, changes: dict[str, object]) -> None:
    world.add_agents(1, **changes)
    assert world.scan().started == 0


def test_settlement_beyond_max_days_is_not_entered(world: World) -> None:
    agent = an_agent()
    world.agents.add(replace(agent, limits=replace(agent.limits, max_days=29)))
    assert world.scan().started == 0


def test_many_agents_never_take_more_than_the_book_shows(world: World) -> None:
    world.add_agents(40)
    world.books(kalshi_ask=400_000, polymarket_bid=480_000, size=120 * ONE)
    world.scan()
    assert len(world.plans) > 0
    assert sum(plan.shares for plan in world.plans) <= 120 * ONE


def test_the_turn_changes_with_the_tick_and_not_with_chance(world: World) -> None:
    def served(offset: int) -> frozenset[str]:
        fresh = World()
        fresh.books(kalshi_ask=400_000, polymarket_bid=480_000, size=10 * ONE)
        fresh.add_agents(20)
        fresh.clock.advance(offset * 1000)
        fresh.scan(a_tick(offset))
        return frozenset(plan.agent_id for plan in fresh.plans)

    assert served(0) == served(0)
    assert len({served(offset) for offset in range(12)}) > 1


def test_live_agents_are_not_crowded_out_by_demo_agents(world: World) -> None:
    world.add_agents(10)
    venues = (Venue.POLYMARKET, Venue.KALSHI)
    world.agents.add(an_agent("agt_live", mode=Mode.LIVE, credentials=venues))
    world.scan(live_trading=True)
    assert "agt_live" in {plan.agent_id for plan in world.plans}


def add_a_better_pair_for_demo_agents_only(world: World) -> None:
    kalshi, polymarket = MarketKey(Venue.KALSHI, "SNOW"), MarketKey(Venue.POLYMARKET, "0xsnow")
    pair_id = pair_id_of(kalshi, polymarket)
    pair = Pair(pair_id, kalshi, polymarket, Relation.SAME, PairStatus.PROPOSED, score_ppm=990_000)
    for key, bid, ask in ((kalshi, 380_000, 400_000), (polymarket, 490_000, 510_000)):
        world.store.put_markets([a_market(key)])
        world.data[key.venue].set_market(a_market(key))
        world.data[key.venue].set_book(a_book(key, bid, ask, 1_000 * ONE))
    world.store.put_pair(pair)


def test_demo_agents_leave_live_ones_their_starts_on_every_opportunity(world: World) -> None:
    add_a_better_pair_for_demo_agents_only(world)
    world.add_agents(40)
    venues = (Venue.POLYMARKET, Venue.KALSHI)
    world.agents.add(an_agent("agt_live", mode=Mode.LIVE, credentials=venues))
    report = world.scan(live_trading=True, demo_threshold=950_000, max_starts=10)
    assert "agt_live" in {plan.agent_id for plan in world.plans}
    assert 1 < report.started <= 8, "some are kept for live trades that come later in the tick"


def test_a_tick_without_live_trading_keeps_no_starts_back(world: World) -> None:
    add_a_better_pair_for_demo_agents_only(world)
    world.add_agents(40)
    assert world.scan(demo_threshold=950_000, max_starts=10).started == 10


def test_no_more_executions_start_than_a_tick_may(world: World) -> None:
    world.add_agents(10, budgets={Venue.KALSHI: 5 * ONE, Venue.POLYMARKET: 5 * ONE})
    assert world.scan(max_starts=3).started == 3


def as_proposed(world: World, **facts: object) -> None:
    del world.store.all_pairs[PAIR.pair_id]
    world.store.put_pair(replace(PAIR, status=PairStatus.PROPOSED, **facts))


def test_demo_agents_may_try_a_sure_proposal_and_the_trade_says_so(world: World) -> None:
    as_proposed(world, score_ppm=960_000)
    world.add_agents(1)
    report = world.scan(demo_threshold=950_000)
    (plan,) = world.plans
    assert (report.proposed, plan.note) == (1, "pair proposed by the matcher, not approved")


def test_an_approved_pair_needs_no_word(world: World) -> None:
    world.add_agents(1)
    world.scan(demo_threshold=950_000)
    assert [plan.note for plan in world.plans] == [""]


@pytest.mark.parametrize(
    "facts",
    [
        {"score_ppm": 949_999},
        {"relation": Relation.INVERSE},
        {"doubts": ("source: a / b",)},
        {"reason": "reopened: a title or rule text changed"},
    ],
)
def test_a_proposal_with_any_doubt_is_left_alone(world: World, facts: dict[str, object]) -> None:
    as_proposed(world, **facts)
    world.add_agents(1)
    report = world.scan(demo_threshold=950_000)
    assert (report.pairs, world.plans) == (0, [])


def test_no_proposal_is_tried_where_the_stack_says_none(world: World) -> None:
    as_proposed(world)
    world.add_agents(1)
    assert world.scan(demo_threshold=None).pairs == 0


def test_agents_in_live_mode_wait_for_the_approval(world: World) -> None:
    as_proposed(world)
    venues = (Venue.POLYMARKET, Venue.KALSHI)
    world.agents.add(an_agent("agt_live", mode=Mode.LIVE, credentials=venues))
    world.agents.add(an_agent("agt_not_yet", mode=Mode.LIVE))
    world.scan(live_trading=True, demo_threshold=0)
    assert world.plans == []


def test_an_absurd_gap_blocks_a_proposal_too(world: World) -> None:
    as_proposed(world)
    world.books(kalshi_ask=200_000, polymarket_bid=450_000)
    world.scan(demo_threshold=0)
    pair = world.store.pair(PAIR.pair_id)
    assert pair is not None
    assert pair.status is PairStatus.BLOCKED


def test_an_operator_who_was_faster_than_the_tripwire_is_not_overruled(world: World) -> None:
    world.books(kalshi_ask=300_000, polymarket_bid=450_000)
    listed = world.store.pairs

    def pairs(*args: object) -> object:
        page = listed(*args)
        if PAIR.pair_id in {pair.pair_id for pair in page.items}:
            world.store.set_pair_status(
                PAIR.pair_id, [PairStatus.APPROVED], PairStatus.REJECTED, "no", "0xop"
            )
        return page

    world.store.pairs = pairs
    assert world.scan().rejected == 2
    pair = world.store.pair(PAIR.pair_id)
    assert pair is not None
    assert pair.status is PairStatus.REJECTED


def test_an_opportunity_seen_again_keeps_its_age(world: World) -> None:
    world.scan()
    world.clock.advance(15_000)
    world.scan(a_tick(15))
    records = world.store.opportunities(START + timedelta(seconds=30), 50).items
    paying = [record for record in records if record.verdict == "eligible"]
    assert len(paying) == 2
    assert {record.first_seen_at for record in paying} == {paying[-1].seen_at}


@pytest.mark.parametrize(("pairs_in_turn", "is_known"), [(0, False), (80, True)])
def test_an_opportunity_seen_in_turn_keeps_its_age_for_a_round(
    world: World, pairs_in_turn: int, is_known: bool
) -> None:
    """81 pairs, 20 of them a tick: a round of 5 ticks, and 4 more before it is forgotten."""
    for number in range(pairs_in_turn):
        a, b = MarketKey(Venue.LIMITLESS, f"l-{number}"), MarketKey(Venue.POLYMARKET, f"0x{number}")
        world.store.put_pair(Pair(pair_id_of(a, b), a, b, Relation.SAME, PairStatus.APPROVED))
    world.scan()
    world.clock.advance(8 * 15_000)
    world.scan(a_tick(8 * 15))
    records = world.store.opportunities(START + timedelta(minutes=3), 200).items
    paying = [record for record in records if record.verdict == "eligible"]
    assert ({record.first_seen_at for record in paying} == {paying[-1].seen_at}) is is_known


def test_an_agent_with_a_trade_under_way_on_the_pair_leaves_its_share_to_others(world: World) -> None:
    world.add_agents(2)
    world.ledger.flights["agt_000", PAIR.pair_id] = "trd_before"
    world.scan()
    assert [plan.agent_id for plan in world.plans] == ["agt_001"]


def test_equal_agents_get_equal_shares(world: World) -> None:
    world.add_agents(4)
    world.scan()
    assert [plan.shares for plan in world.plans] == [25 * ONE] * 4


def test_a_start_that_is_not_answered_costs_that_trade_alone(world: World) -> None:
    world.add_agents(4)
    start, failed = world.starts.start, []

    def flaky(name: str, payload: Mapping[str, object]) -> bool:
        if not failed:
            failed.append(name)
            raise StoreUnavailable("throttled")
        return start(name, payload)

    world.starts.start = flaky
    report = world.scan()
    assert (report.started, report.not_started) == (3, 1)


def test_pairs_of_quick_venues_do_not_wait_for_a_slow_one(world: World) -> None:
    slow = MarketKey(Venue.LIMITLESS, "rain")
    pair = Pair(pair_id_of(slow, KALSHI), slow, KALSHI, Relation.SAME, PairStatus.APPROVED, title="Rain?")
    world.store.put_markets([a_market(slow)])
    world.store.put_pair(pair)
    world.data[Venue.LIMITLESS] = FakeMarketData(Venue.LIMITLESS, [a_market(slow)], world.clock)
    world.data[Venue.LIMITLESS].set_book(a_book(slow, 300_000, 320_000))
    world.add_agents(1, platforms=tuple(Venue))
    read, gate = world.data[Venue.LIMITLESS].books, Event()

    def slowly(markets: Sequence[Market], seconds: float | None = None) -> Mapping[str, OrderBook]:
        assert gate.wait(10), "the quick pair's trade never started"
        return read(markets)

    world.data[Venue.LIMITLESS].books = slowly
    start = world.starts.start

    def started(name: str, payload: Mapping[str, object]) -> bool:
        gate.set()
        return start(name, payload)

    world.starts.start = started
    report = world.scan()
    assert report.books == 3
    assert PAIR.pair_id in {plan.pair_id for plan in world.plans}
    assert world.data[Venue.KALSHI].calls == 2, "the quick side is read anew for the slow pair"


def test_a_slow_venue_costs_its_pairs_and_not_the_tick(world: World) -> None:
    world.add_agents(1)
    answered = threading.Event()
    world.data[Venue.KALSHI] = SlowMarketData(answered, a_market(KALSHI), world.clock)
    report = world.scan(quick_seconds=0.1)
    answered.set()
    assert (report.down, world.plans) == ({"kalshi": "no answer within 0.1 s"}, [])
    assert world.reasons() == ["kalshi is not answering: no answer within 0.1 s"]


def test_every_venue_is_told_how_long_it_has(world: World) -> None:
    told: list[float | None] = []
    read = world.data[Venue.KALSHI].books

    def books(markets: Sequence[Market], seconds: float | None = None) -> Mapping[str, OrderBook]:
        told.append(seconds)
        return read(markets)

    world.data[Venue.KALSHI].books = books
    world.scan(quick_seconds=3.0)
    assert told == [3.0]


class SlowMarketData(FakeMarketData):
    """Answers for books when it is told to, or after five seconds."""

    def __init__(self, answered: threading.Event, market: Market, clock: FakeClock) -> None:
        super().__init__(market.venue, [market], clock)
        self._answered = answered

    def books(self, markets: Sequence[Market], seconds: float | None = None) -> Mapping[str, OrderBook]:
        self._answered.wait(5)
        return super().books(markets)

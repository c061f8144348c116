"""Agents take signals of their strategy once a minute and whole events every tick, within their limits."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dutchbook.domain.agent import AgentState, StrategyName
from dutchbook.domain.book import OrderBook
from dutchbook.domain.dust import DUST
from dutchbook.domain.money import ONE
from dutchbook.domain.ranking import days_until
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.clock import utc
from dutchbook.ports.ledger import Position
from dutchbook.usecases.run_strategies import Desk, run_strategies
from dutchbook.usecases.scan_markets.seen import Seen
from dutchbook.usecases.scan_markets.starts import Starts
from local.memory.agents import MemoryAgents
from local.memory.ledger import MemoryLedger
from local.memory.markets import MemoryMarketStore
from local.replay.saga import Queue
from tests.support.builders import a_leg, a_trade, an_agent
from tests.support.events import an_event
from tests.support.histories import a_dated_market, book_around
from tests.support.market_data import FakeClock
from tests.support.markets import NOW_MS, SETTLES

MARKET = a_dated_market()
RISE = [40] * 25 + [40 + minute // 2 for minute in range(1, 16)]
MINUTE_MS = 60_000


class Room:
    """One market that has risen for a quarter of an hour, and agents that may take it."""

    def __init__(self, *agents):
        start = NOW_MS // MINUTE_MS * MINUTE_MS
        self.clock = FakeClock(start + 200)
        self.agents = MemoryAgents(self.clock)
        for agent in agents:
            self.agents.add(agent)
        self.ledger = MemoryLedger(self.agents)
        self.store = MemoryMarketStore(self.clock)
        self.queue = Queue()
        self.at_ms = start
        for ago, cents in zip(range(len(RISE), 0, -1), RISE, strict=True):
            book = book_around(MARKET, cents)
            self.store.put_books([replace(book, requested_at_ms=start - ago * MINUTE_MS)])
        self.books = {MARKET.key: book_around(MARKET, RISE[-1])}
        self.markets = {MARKET.key: MARKET}

    def run(self, at_ms=None, trading=True, starts=None):
        desk = Desk(self.clock, self.agents, self.ledger, self.store, self.queue, False)
        at_ms = self.at_ms if at_ms is None else at_ms
        books = {key: replace(book, requested_at_ms=self.clock.now_ms()) for key, book in self.books.items()}
        seen = Seen(f"tick{at_ms}", at_ms, 15_000, at_ms // 15_000, trading, [], self.markets, books)
        if starts is not None:
            seen = replace(seen, starts=starts)
        return run_strategies(desk, seen)


def momentum(name="agt_1", **changes):
    return an_agent(name, strategy=StrategyName.MOMENTUM, strategy_params={"window": "15"}, **changes)


def test_a_signal_becomes_a_plan_of_one_leg_in_the_agents_name():
    room = Room(momentum())

    assert room.run() == {"momentum": 1}
    (plan,) = room.queue.take()
    assert (plan.agent_id, plan.strategy, plan.pair_id) == ("agt_1", "momentum", str(MARKET.key))
    assert len(plan.legs) == 1


def test_signals_are_looked_for_in_the_first_tick_of_a_minute():
    room = Room(momentum())

    assert room.run(at_ms=room.at_ms + 15_000) == {}


def test_under_the_kill_switch_nothing_is_entered():
    assert Room(momentum()).run(trading=False) == {}


@pytest.mark.parametrize(
    "agent",
    [
        an_agent(),
        momentum(state=AgentState.PAUSED),
        momentum(platforms=(Venue.KALSHI,)),
        an_agent(strategy=StrategyName.MEAN_REVERSION),
    ],
    ids=["arbitrage", "paused", "another venue", "reversion sees no deviation that dies"],
)
def test_agents_whose_signal_it_is_not_take_nothing(agent):
    assert Room(agent).run() == {}


def test_what_is_held_already_is_not_bought_again():
    room = Room(momentum())
    room.run()
    (plan,) = room.queue.take()
    leg = a_leg(0, Venue.POLYMARKET, market_id=MARKET.market_id, shares=plan.shares)
    room.ledger.stored["trd_1"] = a_trade("trd_1", pair_id=plan.pair_id, legs=(leg,))
    room.ledger.flights["agt_1", plan.pair_id] = "trd_1"
    room.queue = Queue()

    assert room.run() == {}, "in flight"
    room.ledger.flights.clear()
    room.ledger.stored["trd_1"] = replace(
        room.ledger.stored["trd_1"], updated_at=utc(room.clock.now_ms()) - timedelta(minutes=10)
    )
    assert room.run() == {}, "cooling down"
    room.ledger.stored.clear()
    assert room.run() == {"momentum": 1}


def test_a_market_rests_however_many_trades_came_after():
    """Rests count 30 minutes; of 50 trades since the one on this market the newest 20 say nothing of it."""
    room = Room(momentum())
    now = utc(room.clock.now_ms())
    times = {"created_at": now - timedelta(minutes=12), "updated_at": now - timedelta(minutes=10)}
    room.ledger.stored["trd_00"] = a_trade("trd_00", pair_id=str(MARKET.key), **times)
    for number in range(1, 51):
        name = f"trd_{number:02d}"
        room.ledger.stored[name] = a_trade(name, pair_id="elsewhere", **times)
    assert room.run() == {}

    long_ago = now - timedelta(minutes=40)
    room.ledger.stored["trd_00"] = replace(
        room.ledger.stored["trd_00"], created_at=long_ago, updated_at=long_ago
    )
    assert room.run() == {"momentum": 1}


def test_looking_for_what_rests_ends_with_what_is_long_over():
    room = Room(momentum())
    now, asked, trades = utc(room.clock.now_ms()), [], room.ledger.trades
    for number in range(100):
        at = now - timedelta(hours=100 - number)
        name = f"trd_{number:03d}"
        room.ledger.stored[name] = a_trade(name, pair_id="elsewhere", created_at=at, updated_at=at)
    room.ledger.trades = lambda *how: asked.append(how) or trades(*how)
    assert room.run() == {"momentum": 1}
    assert len(asked) == 1


def test_an_agent_that_has_lost_enough_today_starts_nothing():
    """What is open counts: 1,000 shares that cost 450 dollars and would bring nearly nothing."""
    room = Room(momentum())
    other = a_dated_market(market_id="0xother")
    room.store.put_markets([other])
    room.store.put_books([book_around(other, 3, depth=2_000)])
    room.agents.books["agt_1", True].positions[other.key, Outcome.YES] = Position(
        "agt_1", other.key, Outcome.YES, 1_000 * ONE, 450 * ONE
    )

    assert room.run() == {}


@pytest.mark.parametrize(("cost", "starts"), [(450, {"momentum": 1}), (460, {})])
def test_what_open_positions_and_the_entry_lose_at_their_stops_counts_for_the_day(cost, starts):
    """A limit of 50 with stops at 10 %: 450 open at no loss may lose 45, an entry of nearly 50 nearly 5."""
    room = Room(momentum(limits=replace(an_agent().limits, max_position=1_000 * ONE)))
    other = a_dated_market(market_id="0xother")
    room.store.put_markets([other])
    room.store.put_books([book_around(other, 50, depth=2_000)])
    room.agents.books["agt_1", True].positions[other.key, Outcome.YES] = Position(
        "agt_1", other.key, Outcome.YES, 1_000 * ONE, cost * ONE
    )
    room.agents.agents["agt_1"] = replace(
        room.agents.agents["agt_1"], strategy_params={"window": "15", "entrySize": "4.9"}
    )

    assert room.run() == starts


def test_the_depth_is_shared_and_the_starts_are_bounded():
    agents = [
        momentum(f"agt_{number:02d}", limits=replace(an_agent().limits, max_position=1_000 * ONE))
        for number in range(12)
    ]
    room = Room(*agents)

    counts = room.run()
    plans = room.queue.take()

    # within a cent of the best ask 1,500 shares are shown
    assert sum(plan.shares for plan in plans) <= 1_500 * ONE
    assert 1 < counts["momentum"] < 12
    room.queue = Queue()
    assert room.run(starts=Starts(1)) == {"momentum": 1}


def test_agents_tuned_alike_or_not_each_see_their_own_signal():
    tight = replace(momentum("agt_2"), strategy_params={"minMove": "99"})
    room = Room(momentum(), tight)

    room.run()

    assert {plan.agent_id for plan in room.queue.take()} == {"agt_1"}


def test_a_whole_event_is_taken_in_any_tick_and_recorded():
    room = Room(an_agent())
    event = an_event(3)
    room.markets = {market.key: market for market in event}
    room.books = {
        market.key: OrderBook.from_yes_book(market.key, [(250_000, ONE)], [(300_000, 100 * ONE)], 0)
        for market in event
    }

    assert room.run(at_ms=room.at_ms + 15_000) == {"arbitrage": 1}
    (plan,) = room.queue.take()
    assert (len(plan.legs), plan.pair_id) == (3, "event:polymarket:E1")
    (record,) = room.store.records.values()
    assert (record.verdict, record.trades, record.shares) == ("taken", 1, plan.shares)
    days = days_until(SETTLES, room.clock.now_ms())
    assert (record.days, record.annualised) == (days, record.net_return * 365 // days)


def test_an_event_that_nobody_can_pay_for_is_recorded_as_eligible():
    room = Room(an_agent(limits=replace(an_agent().limits, min_profit=500_000)))
    event = an_event(2)
    room.markets = {market.key: market for market in event}
    room.books = {
        market.key: OrderBook.from_yes_book(market.key, [(250_000, ONE)], [(450_000, 100 * ONE)], 0)
        for market in event
    }

    assert room.run() == {}
    (record,) = room.store.records.values()
    assert record.verdict == "eligible"
    assert record.annualised == record.net_return * 365 // record.days > 0


def test_an_event_without_a_date_is_recorded_without_a_yearly_return():
    room = Room(an_agent())
    event = [replace(market, resolves_at=None) for market in an_event(2)]
    room.markets = {market.key: market for market in event}
    room.books = {
        market.key: OrderBook.from_yes_book(market.key, [(250_000, ONE)], [(450_000, 100 * ONE)], 0)
        for market in event
    }

    room.run()
    (record,) = room.store.records.values()
    assert (record.days, record.annualised) == (0, 0)
    assert record.net_return > 0


@pytest.mark.parametrize(("shares", "starts"), [(DUST, {"momentum": 1}), (DUST + 1, {})])
def test_dust_that_an_exit_has_left_keeps_nobody_out_of_the_market(shares, starts):
    room = Room(momentum())
    room.agents.books["agt_1", True].positions[MARKET.key, Outcome.YES] = Position(
        "agt_1", MARKET.key, Outcome.YES, shares, 136
    )

    assert room.run() == starts


def test_one_agents_senseless_parameters_keep_nobody_else_from_entering():
    broken = replace(momentum("agt_0"), strategy_params={"window": "1"})
    room = Room(broken, momentum())

    assert room.run() == {"momentum": 1, "misconfigured agt_0": 1}
    assert [plan.agent_id for plan in room.queue.take()] == ["agt_1"]

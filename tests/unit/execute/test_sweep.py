"""A trade that nobody looks after any more is brought to its end, or a human is called."""

from dataclasses import replace

import pytest

from dutchbook.domain.agent import AgentState
from dutchbook.domain.errors import StoreUnavailable
from dutchbook.domain.money import ONE
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.domain.venue import Outcome
from dutchbook.usecases.execute_pair import Sweep, sweep, sweep_trade
from dutchbook.usecases.execute_pair.sweep import GIVE_UP_LOOKS, MAX_LOOKS
from tests.support.builders import a_limits, an_agent
from tests.support.execution import TRADE_ID, World, a_plan, polymarket_book
from tests.support.sweeping import Sweeper, abandoned
from tests.support.venue import NOT_SENT, UNKNOWN_ABSENT, UNKNOWN_FILLED, Behaviour


def test_an_abandoned_first_leg_gets_its_hedge():
    sweeper = abandoned(World(), legs=1)
    assert sweeper.look() == {"HEDGED": [TRADE_ID]}
    assert len(sweeper.world.polymarket.sent) == 1


def test_an_abandoned_first_leg_is_closed_where_the_second_has_gone():
    sweeper = abandoned(World(agent=an_agent(limits=a_limits(stop_loss=150_000))), legs=1)
    sweeper.world.polymarket_data.set_book(polymarket_book(no_ask=90))
    assert sweeper.look() == {"FLAT": [TRADE_ID]}
    assert sweeper.world.kalshi.held(Outcome.YES) == 0
    assert sweeper.world.notices.kinds == ["unwound"]


def test_a_trade_of_which_nothing_left_is_released_not_entered():
    sweeper = abandoned(World(), legs=0)
    assert sweeper.look() == {"NOT_TAKEN": [TRADE_ID]}
    assert not sweeper.world.kalshi.sent
    assert all(one.reserved == 0 for one in sweeper.world.agents.budgets("agt_1", simulated=True).values())


def test_a_trade_whose_execution_runs_is_left_alone():
    sweeper = abandoned(World(), legs=1)
    sweeper.executions.alive.add(TRADE_ID)
    assert sweeper.look() == {"running": [TRADE_ID]}
    assert not sweeper.world.polymarket.sent


def test_a_trade_that_somebody_has_just_touched_is_left_alone():
    sweeper = abandoned(World(), legs=1)
    assert sweeper.come(1).seen == {}


def test_two_sweepers_do_not_look_at_one_trade():
    sweeper = abandoned(World(), legs=1)
    sweeper.leases.take(f"SWEEP#{TRADE_ID}", 600)
    assert sweeper.look() == {"leased": [TRADE_ID]}


def test_an_absence_is_believed_only_when_it_is_said_again_after_the_read_lag():
    """A first "not found" proves nothing; Kalshi is then sent the same bytes, which fences off the first."""
    world = World()
    world.kalshi.script = [UNKNOWN_ABSENT]
    world.kalshi.lag_ms = 90_000
    sweeper = abandoned(world, legs=1)
    assert sweeper.look() == {"waiting": [TRADE_ID]}
    assert world.trade.legs[0].absent_since is not None
    assert len(world.kalshi.sent) == 1
    sweeper.come(3)
    assert len(world.kalshi.sent) == 2
    assert len(world.kalshi.orders) == 1


def test_an_order_that_arrived_unseen_is_found():
    world = World()
    world.kalshi.script = [UNKNOWN_FILLED]
    sweeper = abandoned(world, legs=1)
    assert sweeper.look() == {"HEDGED": [TRADE_ID]}
    assert len(world.kalshi.sent) == 1


def test_a_second_leg_that_cannot_be_sent_is_given_up_and_the_first_closed():
    world = World(agent=an_agent(limits=a_limits(stop_loss=150_000)))
    sweeper = abandoned(world, legs=1)
    world.polymarket.default = NOT_SENT
    states = [sweeper.come(1).seen for _ in range(12)]
    assert {"FLAT": [TRADE_ID]} in states
    assert world.kalshi.held(Outcome.YES) == 0
    assert world.trade.legs[1].reason.startswith("VenueUnreachable")
    assert sum("waiting" in seen for seen in states) >= GIVE_UP_LOOKS - 1


def test_a_venue_that_never_answers_ends_with_a_human():
    world = World()
    world.kalshi.script = [UNKNOWN_FILLED]
    sweeper = abandoned(world, legs=1)
    world.kalshi.deaf = True
    sweeper.come(MAX_LOOKS)
    assert world.trade.state is TradeState.OPENING
    sweeper.come(4)
    assert world.trade.state is TradeState.QUARANTINED
    assert world.agents.get("agt_1").state is AgentState.HALTED
    assert "does not say what became of leg 0" in world.notices[0].what


def test_a_trade_that_fails_keeps_no_other_from_being_looked_at():
    world = World()
    sweeper = abandoned(world, legs=1)
    second = a_plan(count=20, trade_id="trd_2", pair_id="pair_2")
    world.reserve(second)
    real = world.ledger.trade

    def fails_for_the_first(trade_id):
        if trade_id == TRADE_ID:
            raise StoreUnavailable("away")
        return real(trade_id)

    world.ledger.trade = fails_for_the_first
    report = sweeper.come(2)
    assert report.failed == {TRADE_ID: "StoreUnavailable: away"}
    assert report.seen == {"NOT_TAKEN": ["trd_2"]}
    # and nothing stays locked behind the failure
    world.ledger.trade = real
    assert sweeper.come(1).seen["HEDGED"] == [TRADE_ID]


def test_no_trade_is_begun_when_the_time_is_up():
    sweeper = abandoned(World(), legs=1)
    sweeper.world.clock.sleep(300)
    world = Sweep(sweeper.world.execution, sweeper.executions, sweeper.leases, time_left=lambda: False)
    assert sweep(world).seen == {}


def test_an_execution_of_which_nothing_was_written_needs_nothing():
    world = World()
    sweeper = Sweeper(world)
    assert sweep_trade(Sweep(world.execution, sweeper.executions, sweeper.leases), "trd_none") == "unknown"


@pytest.mark.parametrize("switch", ["stack", "agent"])
def test_under_a_kill_switch_an_abandoned_leg_is_closed_not_completed(switch):
    world = World(agent=an_agent(limits=a_limits(stop_loss=150_000)))
    sweeper = abandoned(world, legs=1)
    if switch == "stack":
        world.ledger.set_control(replace(world.ledger.control(), trading=False, reason="drill"))
    else:
        world.agents.set_state("agt_1", list(AgentState), AgentState.HALTED, "another trade", "test")
    assert sweeper.look() == {"FLAT": [TRADE_ID]}
    assert not world.polymarket.sent


def test_fills_that_settle_later_are_waited_for():
    world = World()
    world.polymarket.script = [Behaviour(settles="later")]
    world.polymarket.confirms = False
    sweeper = abandoned(world, legs=2)
    assert sweeper.look() == {"waiting": [TRADE_ID]}
    assert world.trade.legs[1].state is LegState.CONFIRMING
    world.polymarket.confirms = True
    sweeper.come(3)
    assert world.trade.state is TradeState.HEDGED
    assert world.trade.held(world.trade.legs[1]) == 100 * ONE


def many_reserved(count: int) -> tuple[Sweeper, list[str]]:
    """So many trades of one agent of which nothing was sent, oldest first."""
    world = World(agent=an_agent(limits=a_limits(max_position=100_000 * ONE, max_trades=1_000)))
    sweeper = Sweeper(world)
    trade_ids = [f"trd_{number}" for number in range(count)]
    for trade_id in trade_ids:
        world.reserve(a_plan(count=10, trade_id=trade_id, pair_id=f"pair of {trade_id}"))
        world.clock.advance(10)
    return sweeper, trade_ids


def test_running_trades_hide_no_dead_one_behind_them():
    sweeper, trade_ids = many_reserved(61)
    sweeper.executions.alive.update(trade_ids[:-1])
    sweeper.come(2)
    assert sweeper.world.ledger.trade(trade_ids[-1]).state is TradeState.NOT_TAKEN


@pytest.mark.parametrize("behind", ["dead", "ended"])
def test_trades_that_fail_each_time_and_take_all_the_time_keep_no_other_waiting_for_ever(behind):
    sweeper, trade_ids = many_reserved(31)
    world, last = sweeper.world, trade_ids[-1]
    if behind == "ended":
        world.quarantine(a_plan(trade_id=last, pair_id=f"pair of {last}"), "a test")
    real = world.ledger.trade

    def fails_but_for_the_last(trade_id):
        if trade_id != last:
            raise StoreUnavailable("away")
        return real(trade_id)

    world.ledger.trade = fails_but_for_the_last
    looked = []
    for _ in range(20):
        world.clock.sleep(60)
        time = iter([True] * 10)
        hurried = Sweep(world.execution, sweeper.executions, sweeper.leases, lambda t=time: next(t, False))
        report = sweep(hurried)
        looked += [trade_id for ids in report.seen.values() for trade_id in ids]
    assert last in looked

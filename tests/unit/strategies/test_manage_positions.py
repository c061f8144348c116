"""Exits are started once, from this tick's bids, for agents that may manage what is open."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dutchbook.domain.agent import AgentState, Mode, StrategyName
from dutchbook.domain.errors import NotEligible, VenueUnreachable
from dutchbook.domain.money import ONE
from dutchbook.domain.settlement import Resolution, Stage
from dutchbook.domain.trade import LegPurpose
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Outcome, Side, Venue
from dutchbook.ports.clock import utc
from dutchbook.usecases import execute_pair
from dutchbook.usecases.manage_positions import Keeper, manage_positions
from dutchbook.usecases.marking import loss_at_stop
from dutchbook.usecases.scan_markets.seen import Seen
from local.memory.settlements import MemorySettlements
from local.replay.saga import Queue
from tests.support.builders import a_leg
from tests.support.execution import (
    CENT,
    KALSHI,
    POLYMARKET,
    TRADE_ID,
    World,
    a_plan,
    kalshi_book,
    polymarket_book,
)


class Managed(World):
    """A hedged pair of 100 bought at 0.40 and 0.50, and what manages it."""

    def __post_init__(self):
        super().__post_init__()
        self.settlements = MemorySettlements(self.ledger)
        self.execution = replace(self.execution, settlements=self.settlements)
        self.queue = Queue()
        self.tick = 0

    def manage(self, kalshi=None, polymarket=None, trading=True):
        self.kalshi_data.set_book(kalshi or kalshi_book())
        self.polymarket_data.set_book(polymarket or polymarket_book())
        keeper = Keeper(
            self.clock,
            self.agents,
            self.ledger,
            self.settlements,
            self.markets,
            self.venues,
            self.queue,
        )
        self.tick += 1
        return manage_positions(
            keeper, Seen(f"tick{self.tick}", self.clock.now_ms(), 15_000, self.tick, trading, [], {}, {})
        )

    def planned(self):
        (plan,) = self.queue.take()
        return plan


@pytest.fixture
def hedged():
    world = Managed()
    world.drive()
    return world


@pytest.fixture
def single():
    """YES bought at 0.40 alone."""
    world = Managed()
    plan = a_plan()
    world.drive(replace(plan, legs=plan.legs[:1], strategy="momentum", expected_cost=42 * ONE))
    return world


def held_for_real(world, **changes):
    """Real shares of the outcome that is also held simulated, bought at half the price: above their stop."""
    pretended = world.agents.books["agt_1", True].positions[KALSHI, Outcome.YES]
    real = replace(pretended, simulated=False, cost=pretended.cost // 2, **changes)
    world.agents.books["agt_1", False].positions[KALSHI, Outcome.YES] = real
    return real


def as_momentum(world, **params):
    agent = world.agents.agents["agt_1"]
    world.agents.agents["agt_1"] = replace(
        agent, strategy=StrategyName.MOMENTUM, strategy_params={"takeProfit": "20", **params}
    )


def test_a_hedged_pair_is_kept_while_waiting_pays_more(hedged):
    assert hedged.manage() == {"held": 2}
    assert hedged.queue.take() == []


def test_a_hedged_pair_has_no_stop_loss(hedged):
    hedged.manage(kalshi_book(yes_bid=5, yes_ask=7), polymarket_book(no_bid=40, no_ask=42))

    assert hedged.queue.take() == []


def test_bids_that_pay_more_than_the_dollar_close_it_early(hedged):
    counts = hedged.manage(kalshi_book(yes_bid=60, yes_ask=62), polymarket_book(no_bid=48, no_ask=50))

    plan = hedged.planned()
    assert counts == {"held": 2, "early-close": 1}
    assert {leg.purpose for leg in plan.legs} == {LegPurpose.EXIT}
    assert {leg.side for leg in plan.legs} == {Side.SELL}
    assert (plan.pair_id, plan.shares) == ("pair_1", 100 * ONE)
    assert plan.expected_cost + plan.expected_profit > 100 * ONE


def test_fees_that_eat_the_difference_keep_it(hedged):
    hedged.manage(kalshi_book(yes_bid=53, yes_ask=55), polymarket_book(no_bid=48, no_ask=50))

    assert hedged.queue.take() == []


def test_only_what_the_best_bids_pay_for_is_closed(hedged):
    kalshi = replace(
        kalshi_book(yes_bid=60, yes_ask=62), yes_bids=((60 * CENT, 30 * ONE), (58 * CENT, 10 * ONE))
    )
    hedged.manage(kalshi, polymarket_book(no_bid=44, no_ask=50))

    assert hedged.planned().shares == 30 * ONE


def test_a_single_position_is_sold_at_its_stop_loss(single):
    single.manage(kalshi_book(yes_bid=40, yes_ask=42))
    assert single.queue.take() == []

    counts = single.manage(kalshi_book(yes_bid=35, yes_ask=37))

    (leg,) = single.planned().legs
    assert counts["stop-loss"] == 1
    assert (leg.outcome, leg.side, leg.limit_price) == (Outcome.YES, Side.SELL, 35 * CENT)


def test_what_is_left_over_beside_a_pair_has_the_stop_loss(hedged):
    held = hedged.agents.books["agt_1", True].positions
    yes = held[KALSHI, Outcome.YES]
    held[KALSHI, Outcome.YES] = replace(yes, shares=130 * ONE, cost=yes.cost * 130 // 100)

    hedged.manage(kalshi_book(yes_bid=30, yes_ask=32))

    plan = hedged.planned()
    assert plan.shares == 30 * ONE
    assert plan.direction.startswith("exit:stop-loss")


def test_a_gain_is_taken_and_time_runs_out_where_the_strategy_says_so(single):
    as_momentum(single)
    assert single.manage(kalshi_book(yes_bid=55, yes_ask=57))["take-profit"] == 1

    single.queue = Queue()
    single.clock.advance(241 * 60_000)
    assert single.manage(kalshi_book(yes_bid=40, yes_ask=42))["time-stop"] == 1


def test_arbitrage_takes_no_gain_on_what_is_left_over(single):
    single.manage(kalshi_book(yes_bid=70, yes_ask=72))

    assert single.queue.take() == []


def test_an_exit_reaches_no_further_than_its_slippage(single):
    ladder = ((35 * CENT, 20 * ONE), (20 * CENT, 500 * ONE))
    single.manage(replace(kalshi_book(yes_bid=35, yes_ask=37), yes_bids=ladder))

    assert single.planned().shares == 20 * ONE


def test_one_tick_starts_an_exit_once_and_a_trade_in_flight_is_left_alone(single):
    crash = kalshi_book(yes_bid=30, yes_ask=32)
    single.manage(crash)
    plan = single.planned()
    single.tick -= 1
    assert "stop-loss" not in single.manage(crash)

    single.ledger.flights["agt_1", plan.pair_id] = "trd_other"
    assert "stop-loss" not in single.manage(crash)


@pytest.mark.parametrize("state", [AgentState.PAUSED, AgentState.INACTIVE])
def test_agents_that_enter_nothing_are_still_managed(single, state):
    single.agents.set_state("agt_1", list(AgentState), state, "test", "test")

    assert single.manage(kalshi_book(yes_bid=30, yes_ask=32), trading=False)["stop-loss"] == 1


def test_a_halted_agents_positions_are_a_humans(single):
    single.agents.set_state("agt_1", list(AgentState), AgentState.HALTED, "test", "test")

    assert single.manage(kalshi_book(yes_bid=30, yes_ask=32)) == {"held": 1}


def test_what_a_quarantined_trade_brought_is_a_humans(single):
    single.ledger.stored[TRADE_ID] = replace(single.trade, state=TradeState.QUARANTINED)

    assert "stop-loss" not in single.manage(kalshi_book(yes_bid=30, yes_ask=32))


def test_a_closing_agent_sells_pairs_and_singles_at_what_the_bids_pay(hedged):
    hedged.agents.set_state("agt_1", list(AgentState), AgentState.CLOSING, "test", "owner")

    assert hedged.manage()["asked"] == 1
    plan = hedged.planned()
    assert len(plan.legs) == 2
    hedged.kalshi.script = []
    hedged.drive(plan)
    assert hedged.ledger.positions("agt_1") == []
    assert hedged.agents.agents["agt_1"].state is AgentState.INACTIVE


def test_a_resolved_position_and_an_unanswering_venue_are_left_alone(single):
    single.kalshi_data.failure = VenueUnreachable("down")
    assert single.manage(kalshi_book(yes_bid=30, yes_ask=32)) == {"held": 1}

    single.kalshi_data.failure = None
    held = single.agents.books["agt_1", True].positions
    held[KALSHI, Outcome.YES] = replace(held[KALSHI, Outcome.YES], stage=Stage.RESOLVED)
    assert single.manage(kalshi_book(yes_bid=30, yes_ask=32)) == {"held": 0}


def test_the_time_stop_counts_from_the_opening(single):
    as_momentum(single, maxHold="10")
    opened = single.ledger.positions("agt_1")[0].opened_at

    assert utc(single.clock.now_ms()) - opened < timedelta(minutes=10)
    assert "time-stop" not in single.manage(kalshi_book(yes_bid=40, yes_ask=42))


def test_a_closing_agent_sells_both_outcomes_of_a_market_that_netting_left_behind(hedged):
    """YES came with another trade, whose NO at Kalshi has closed this one's YES there."""
    held = hedged.agents.books["agt_1", True].positions
    no = held[POLYMARKET, Outcome.NO]
    held[POLYMARKET, Outcome.YES] = replace(no, outcome=Outcome.YES, trade_ids=("trd_other",))
    hedged.ledger.stored["trd_other"] = replace(hedged.trade, trade_id="trd_other")
    del held[KALSHI, Outcome.YES]
    # no stop closes one side of what pays a dollar
    assert hedged.manage(polymarket=polymarket_book(no_bid=20, no_ask=22)) == {"held": 2}

    hedged.agents.set_state("agt_1", list(AgentState), AgentState.CLOSING, "test", "owner")
    assert hedged.manage()["asked"] == 1
    hedged.drive(hedged.planned())

    assert hedged.ledger.positions("agt_1") == []


@pytest.mark.parametrize("mode", list(Mode))
def test_an_exit_sells_the_kind_of_position_it_was_computed_on(single, mode):
    """Of a live agent too, and in demo with real shares left over: those are for nobody to touch."""
    if mode is Mode.LIVE:
        agent = single.agents.agents["agt_1"]
        single.agents.agents["agt_1"] = replace(agent, mode=mode, credentials=frozenset(Venue))
        single.execution = replace(single.execution, live_trading=True)
    real = held_for_real(single)

    assert single.manage(kalshi_book(yes_bid=35, yes_ask=37)) == {"held": 2, "stop-loss": 1}
    plan = single.planned()
    single.kalshi.script = []
    single.drive(plan)

    trade = single.ledger.trade(plan.trade_id)
    assert (trade.simulated, trade.legs[0].filled) == (True, 100 * ONE)
    assert single.ledger.positions("agt_1") == [real]


def test_both_kinds_at_their_stop_are_two_exits(single):
    """Two plans of one tick: one id would have the second kind's exit lost in the first's."""
    real = held_for_real(single)
    books = single.agents.books["agt_1", False].positions
    books[KALSHI, Outcome.YES] = replace(real, cost=2 * real.cost)

    assert single.manage(kalshi_book(yes_bid=35, yes_ask=37))["stop-loss"] == 2
    plans = single.queue.take()
    assert {plan.simulated for plan in plans} == {False, True}
    assert len({plan.trade_id for plan in plans}) == 2


@pytest.mark.parametrize("shares", [0, 60])
def test_an_exit_that_sells_more_than_is_held_by_now_is_not_taken(single, shares):
    single.manage(kalshi_book(yes_bid=35, yes_ask=37))
    plan = single.planned()
    held = single.agents.books["agt_1", True].positions
    held[KALSHI, Outcome.YES] = replace(held[KALSHI, Outcome.YES], shares=shares * ONE)

    with pytest.raises(NotEligible, match="sells 100"):
        execute_pair.reserve(single.execution, plan)
    assert single.ledger.trade(plan.trade_id) is None


def test_one_agents_senseless_parameters_stop_nobodys_exits(single):
    """Nor its own stop loss, which is a limit and no parameter."""
    books = single.agents.books
    single.agents.add(replace(single.agents.agents["agt_1"], agent_id="agt_2"))
    as_momentum(single, window="1")
    for place, position in books["agt_1", True].positions.items():
        books["agt_2", True].positions[place] = replace(position, agent_id="agt_2")

    counts = single.manage(kalshi_book(yes_bid=35, yes_ask=37))

    assert counts == {"held": 2, "misconfigured agt_1": 1, "stop-loss": 2}
    assert {plan.agent_id for plan in single.queue.take()} == {"agt_1", "agt_2"}


@pytest.mark.parametrize("stage", [Stage.RESOLVED, Stage.PAYABLE])
def test_a_leg_whose_sister_has_an_answer_but_no_money_yet_has_no_stop(hedged, stage):
    """The answer may be disputed: what is left is half of a hedge, and pays if the other half does not."""
    held = hedged.agents.books["agt_1", True].positions
    held[KALSHI, Outcome.YES] = replace(held[KALSHI, Outcome.YES], stage=stage, worth=ONE)
    crash = polymarket_book(no_bid=5, no_ask=7)

    assert hedged.manage(polymarket=crash) == {"held": 1}
    assert hedged.queue.take() == []

    # what stands beside the pair still has one, and an owner who asks for cash gets what can be sold
    no = held[POLYMARKET, Outcome.NO]
    held[POLYMARKET, Outcome.NO] = replace(no, shares=130 * ONE, cost=no.cost * 130 // 100)
    assert hedged.manage(polymarket=crash) == {"held": 1, "stop-loss": 1}
    assert hedged.planned().shares == 30 * ONE
    hedged.agents.set_state("agt_1", list(AgentState), AgentState.CLOSING, "test", "owner")
    assert hedged.manage(polymarket=crash) == {"held": 1, "asked": 1}
    assert hedged.planned().shares == 130 * ONE


def paid(world, key, **answer):
    position = next(one for one in world.ledger.positions("agt_1") if one.key == key)
    world.settlements.settle(position, Resolution(key, Stage.PAYABLE, **answer))


CRASH = polymarket_book(no_bid=5, no_ask=7)


@pytest.mark.parametrize("yes", [0, ONE], ids=["it will pay a dollar", "it will pay nothing"])
def test_a_leg_whose_sister_was_paid_waits_for_the_answer_that_is_known(hedged, yes):
    paid(hedged, KALSHI, yes_value=yes)
    assert hedged.manage(polymarket=CRASH) == {"held": 1}
    assert hedged.queue.take() == []
    left = hedged.ledger.positions("agt_1")
    assert loss_at_stop(hedged.ledger, hedged.markets, left, 100_000) == 0

    hedged.agents.set_state("agt_1", list(AgentState), AgentState.CLOSING, "test", "owner")
    assert hedged.manage(polymarket=CRASH) == {"held": 1, "asked": 1}
    assert hedged.planned().shares == 100 * ONE


def test_what_stands_beside_it_is_sold_at_its_stop(hedged):
    paid(hedged, KALSHI, yes_value=0)
    held = hedged.agents.books["agt_1", True].positions
    no = held[POLYMARKET, Outcome.NO]
    held[POLYMARKET, Outcome.NO] = replace(no, shares=130 * ONE, cost=no.cost * 130 // 100)
    assert hedged.manage(polymarket=CRASH) == {"held": 1, "stop-loss": 1}
    assert hedged.planned().shares == 30 * ONE


@pytest.mark.parametrize("answer", [{"yes_value": 500_000}, {"yes_value": 0, "refund": True}])
def test_a_leg_whose_sister_was_voided_is_a_bet_with_a_stop(hedged, answer):
    paid(hedged, KALSHI, **answer)
    assert loss_at_stop(hedged.ledger, hedged.markets, hedged.ledger.positions("agt_1"), 100_000) > 0
    assert hedged.manage(polymarket=CRASH) == {"held": 1, "stop-loss": 1}
    assert hedged.planned().shares == 100 * ONE


def test_a_set_that_an_exit_has_half_sold_frightens_no_stop(hedged):
    """YES served another pair too, whose exit has sold it; NO looks bare until that exit has ended."""
    yes = hedged.agents.books["agt_1", True].positions.pop((KALSHI, Outcome.YES))
    leg = a_leg(0, side=Side.SELL, purpose=LegPurpose.EXIT)
    sale = replace(hedged.trade, trade_id="trd_exit", pair_id="pair_2", legs=(leg,), closes=yes.trade_ids)
    hedged.ledger.stored["trd_exit"] = sale
    hedged.ledger.flights["agt_1", "pair_2"] = "trd_exit"
    assert "stop-loss" not in hedged.manage(polymarket=CRASH)

    hedged.ledger.flights.clear()
    assert hedged.manage(polymarket=CRASH)["stop-loss"] == 1


def test_what_is_under_way_is_read_once_however_much_is_sold(hedged, monkeypatch):
    """A closing agent may hold hundreds, each with an execution under way that is read trade by trade."""
    reads = []
    monkeypatch.setattr(hedged.ledger, "under_way", lambda agent_id: reads.append(agent_id) or [])
    held = hedged.agents.books["agt_1", True].positions
    no = held[POLYMARKET, Outcome.NO]
    held[POLYMARKET, Outcome.NO] = replace(no, shares=130 * ONE, cost=no.cost * 130 // 100)
    hedged.agents.set_state("agt_1", list(AgentState), AgentState.CLOSING, "test", "owner")
    assert hedged.manage()["asked"] == 2
    assert reads == ["agt_1"]


def test_what_is_left_of_a_larger_set_is_closed_early_for_more_than_it_still_pays(hedged):
    """Three legs that pay two dollars, one of which was paid: the other two wait for one."""
    trade = hedged.trade
    third = replace(trade.legs[1], index=2, market_id="third")
    planned = {"legs": (*trade.legs, third), "expected_profit": 200 * ONE - trade.expected_cost}
    bids = kalshi_book(yes_bid=60, yes_ask=62), polymarket_book(no_bid=48, no_ask=50)

    hedged.ledger.stored[TRADE_ID] = replace(trade, **planned)
    assert "early-close" not in hedged.manage(*bids)
    hedged.ledger.stored[TRADE_ID] = replace(trade, **planned, settled={2: ONE})
    assert hedged.manage(*bids)["early-close"] == 1

"""Matched is not confirmed: the second leg does not wait, the trade's end does."""

from dutchbook.domain.money import ONE
from dutchbook.domain.trade import LegPurpose
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.domain.venue import Outcome
from dutchbook.usecases import execute_pair
from dutchbook.usecases.execute_pair import Step
from dutchbook.usecases.execute_pair.steps import MAX_ROUNDS
from tests.support.builders import a_limits, an_agent
from tests.support.execution import World, a_plan, kalshi_book, polymarket_book
from tests.support.venue import REJECTED, Behaviour, partial


def polymarket_first(**changes):
    plan = a_plan(**changes)
    return a_plan(legs=plan.legs[::-1])


def test_the_second_leg_goes_out_on_matched_fills():
    world = World()
    world.polymarket.script = [Behaviour(settles="later")]
    world.polymarket.confirms = False
    execute_pair.reserve(world.execution, polymarket_first())
    assert world.leg(0, adds_yes=False).step is Step.BUY
    assert world.trade.legs[0].state is LegState.CONFIRMING


def test_a_trade_shows_confirming_until_its_fills_are_confirmed():
    world = World()
    world.polymarket.script = [Behaviour(settles="later")]
    world.polymarket.confirms = False
    execute_pair.reserve(world.execution, a_plan())
    world.leg(0)
    on = world.leg(1, adds_yes=False)
    assert (on.step, on.leg) == (Step.WAIT_SELL, 1)
    assert world.trade.state is TradeState.CONFIRMING
    world.polymarket.confirms = True
    assert world.leg(1, on.round, adds_yes=False).step is Step.FINISH
    world.drive()
    assert world.trade.state is TradeState.HEDGED
    assert world.trade.legs[1].state is LegState.CONFIRMED


def test_a_fill_that_never_confirms_calls_a_human():
    world = World()
    world.polymarket.script = [Behaviour(settles="later")]
    world.polymarket.confirms = False
    world.drive()
    assert world.trade.state is TradeState.QUARANTINED
    assert "has not confirmed" in world.notices[0].what
    assert world.clock.ms > MAX_ROUNDS * 2_000


def test_a_failed_fill_is_bought_again_within_tolerance():
    world = World()
    world.polymarket.script = [Behaviour(settles="fails")]
    world.drive()
    assert world.trade.state is TradeState.HEDGED
    again = world.trade.legs[2]
    assert (again.purpose, again.repairs) == (LegPurpose.COMPLETE, 1)
    assert world.trade.legs[1].state is LegState.FAILED
    assert world.polymarket.held(Outcome.NO) == world.kalshi.held(Outcome.YES) == 100 * ONE


def test_a_failed_fill_that_is_too_dear_to_buy_again_closes_the_other_leg():
    world = World(agent=an_agent(limits=a_limits(stop_loss=150_000)))
    world.polymarket.script = [Behaviour(settles="fails")]
    inner = world.polymarket.place

    def place(intent, market):
        world.polymarket_data.set_book(polymarket_book(no_ask=90))
        return inner(intent, market)

    world.polymarket.place = place
    world.drive()
    assert world.trade.state is TradeState.FLAT
    assert world.kalshi.held(Outcome.YES) == world.polymarket.held(Outcome.NO) == 0
    unwind = world.trade.legs[2]
    assert (unwind.purpose, unwind.repairs) == (LegPurpose.UNWIND, 0)


def test_a_failed_fill_with_no_way_out_is_quarantined():
    world = World()
    world.polymarket.script = [Behaviour(settles="fails")]
    inner = world.polymarket.place

    def place(intent, market):
        world.polymarket_data.set_book(polymarket_book(no_ask=90))
        world.kalshi_data.set_book(kalshi_book(yes_bid=5))
        return inner(intent, market)

    world.polymarket.place = place
    world.drive()
    assert world.trade.state is TradeState.QUARANTINED
    assert world.trade.held(world.trade.legs[0]) == 100 * ONE
    assert world.ledger.positions("agt_1")[0].shares == 100 * ONE


def unconfirmed_first_leg_and_no_second() -> World:
    world = World(agent=an_agent(limits=a_limits(stop_loss=150_000)))
    world.polymarket.script = [Behaviour(settles="later")]
    world.polymarket.confirms = False
    world.kalshi.default = REJECTED
    inner = world.polymarket.place

    def place(intent, market):
        world.kalshi_data.set_book(kalshi_book(yes_ask=90))
        return inner(intent, market)

    world.polymarket.place = place
    execute_pair.reserve(world.execution, polymarket_first())
    assert world.leg(0, adds_yes=False).step is Step.BUY
    assert world.leg(1).step is Step.REPAIR
    return world


def test_shares_that_are_not_settled_are_not_sold_yet():
    world = unconfirmed_first_leg_and_no_second()
    on = execute_pair.repair(world.execution, a_plan().trade_id)
    assert (on.step, on.leg) == (Step.WAIT_SELL, 0)
    assert len(world.trade.legs) == 2
    world.polymarket.confirms = True
    assert world.leg(0, on.round, adds_yes=False).step is Step.REPAIR
    assert execute_pair.repair(world.execution, a_plan().trade_id).step is Step.BUY
    unwind = world.trade.legs[2]
    assert (unwind.purpose, unwind.repairs, unwind.side.value) == (LegPurpose.UNWIND, 0, "sell")


def test_waiting_for_settlement_before_selling_has_an_end():
    world = unconfirmed_first_leg_and_no_second()
    on = execute_pair.repair(world.execution, a_plan().trade_id)
    for _ in range(2 * MAX_ROUNDS + 2):
        if on.step is Step.QUARANTINE:
            break
        if on.step is Step.REPAIR:
            on = execute_pair.repair(world.execution, a_plan().trade_id, on.round)
        else:
            on = world.leg(on.leg, on.round, adds_yes=False)
    assert on.step is Step.QUARANTINE


def test_part_of_a_leg_may_fail():
    """Two fills of one order, the venue undoes the smaller one."""
    world = World()
    world.polymarket.script = [partial(60 * ONE), Behaviour(settles="fails"), Behaviour()]
    world.drive()
    assert world.trade.state is TradeState.HEDGED
    assert world.polymarket.held(Outcome.NO) == 100 * ONE
    assert [leg.purpose for leg in world.trade.legs[1:]] == [
        LegPurpose.OPEN,
        LegPurpose.COMPLETE,
        LegPurpose.COMPLETE,
    ]


def test_a_trade_whose_every_match_is_undone_was_not_taken():
    world = World()
    world.polymarket.script = [Behaviour(settles="fails")]
    second = a_plan().legs[1]
    world.drive(a_plan(legs=(second,), expected_cost=second.max_cost, expected_profit=0))
    assert world.trade.state is TradeState.NOT_TAKEN
    assert world.ledger.positions("agt_1") == []
    assert all(
        one.spent == one.reserved == 0 for one in world.agents.budgets("agt_1", simulated=True).values()
    )

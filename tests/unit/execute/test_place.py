"""An order leaves once: whatever retries, duplicates or races there are, the same bytes or a question."""

from dataclasses import replace

import pytest

from dutchbook.domain.errors import (
    AlreadyExists,
    InvariantBroken,
    NotSent,
    OutcomeUnknown,
    TermsChanged,
    WrongState,
)
from dutchbook.domain.money import ONE
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.domain.venue import Outcome
from dutchbook.usecases import execute_pair
from dutchbook.usecases.execute_pair import Step
from tests.support.execution import World, a_plan, kalshi_book
from tests.support.venue import NOT_SENT, UNKNOWN_FILLED, Behaviour, partial


def reserved(**changes) -> World:
    world = World(**changes)
    execute_pair.reserve(world.execution, a_plan())
    return world


def test_the_intent_is_stored_before_the_order_leaves():
    world = reserved()
    seen = []
    inner = world.kalshi.place

    def place(intent, market):
        seen.append(world.trade.legs[0])
        return inner(intent, market)

    world.kalshi.place = place
    world.leg(0)
    (leg,) = seen
    assert leg.state is LegState.SUBMITTING
    assert leg.client_order_id == world.kalshi.sent[0]
    assert leg.venue_order_id
    assert leg.intent["shares"] == str(100 * ONE)
    assert leg.submitted_at is not None


def test_not_sent_may_be_tried_again_with_the_same_bytes():
    world = reserved()
    world.kalshi.script = [NOT_SENT]
    with pytest.raises(NotSent):
        world.leg(0)
    leg = world.trade.legs[0]
    assert (leg.state, leg.sends) == (LegState.PLANNED, 1)
    prepared = dict(leg.intent)
    world.leg(0)
    leg = world.trade.legs[0]
    assert (leg.state, leg.sends) == (LegState.FILLED, 2)
    assert {**prepared, "claimed_by": ""} == {**leg.intent, "claimed_by": ""}


def test_what_was_not_sent_is_checked_again_before_it_is_sent():
    world = reserved()
    world.kalshi.script = [NOT_SENT]
    with pytest.raises(NotSent):
        world.leg(0)
    world.kalshi_data.set_book(kalshi_book(yes_ask=45))
    assert world.leg(0).step is Step.FINISH
    assert world.trade.legs[0].state is LegState.REJECTED
    assert world.trade.legs[0].reason.startswith("EdgeGone")
    assert world.kalshi.sent == []


def test_a_second_lambda_finds_the_intent_and_sends_nothing():
    world = reserved()
    inner = world.kalshi.place
    answers = []

    def place(intent, market):
        answers.append(world.leg(0))  # the duplicate arrives while the first is on the wire
        return inner(intent, market)

    world.kalshi.place = place
    world.leg(0)
    assert answers[0].step is Step.WAIT_BUY
    assert len(world.kalshi.sent) == 1
    assert world.trade.legs[0].state is LegState.FILLED


def test_of_two_lambdas_with_the_same_order_one_claims_it():
    """Both have read PLANNED and computed the same bytes; the store lets one of them send."""
    world = reserved()
    inner = world.ledger.move_leg
    raced = []

    def move_leg(trade_id, leg, expected):
        if leg.state is LegState.SUBMITTING and not raced:
            raced.append(
                inner(trade_id, replace(leg, intent={**leg.intent, "claimed_by": "other"}), expected)
            )
        return inner(trade_id, leg, expected)

    world.ledger.move_leg = move_leg
    assert world.leg(0).step is Step.WAIT_BUY
    assert world.kalshi.sent == []


@pytest.mark.parametrize("redelivered", [0, 1])
def test_an_event_that_comes_late_does_nothing(redelivered):
    world = World()
    world.drive()
    before = world.trade
    assert world.leg(redelivered, adds_yes=redelivered == 0).step is Step.HEDGED
    assert world.trade == before
    assert len(world.kalshi.sent) == len(world.polymarket.sent) == 1


def test_the_second_leg_waits_for_its_turn():
    world = reserved()
    assert world.leg(1, adds_yes=False).step is Step.BUY
    assert world.polymarket.sent == []


@pytest.mark.parametrize(("index", "adds_yes"), [(0, False), (1, True)])
def test_a_leg_at_the_wrong_function_stops_everything(index, adds_yes):
    with pytest.raises(InvariantBroken):
        reserved().leg(index, adds_yes=adds_yes)


def test_an_id_the_venue_knows_is_looked_up():
    world = reserved()
    world.kalshi.script = [Behaviour(answer=AlreadyExists)]
    assert world.leg(0).step is Step.WAIT_BUY
    assert world.trade.legs[0].state is LegState.ACKED
    world.clock.advance(5_000)
    world.leg(0)
    assert world.trade.legs[0].state is LegState.FILLED
    assert len(world.kalshi.sent) == 1


def test_an_order_under_another_id_than_computed_stops_everything_with_its_fills_booked():
    world = reserved()
    inner = world.kalshi.place

    def place(intent, market):
        return replace(inner(intent, market), venue_order_id="0xother")

    world.kalshi.place = place
    with pytest.raises(InvariantBroken, match="0xother"):
        world.leg(0)
    assert world.trade.legs[0].filled == 100 * ONE


def test_the_second_leg_is_sized_by_the_first_ones_net_shares():
    world = World()
    world.kalshi.script = [partial(40_500_000)]
    world.drive()
    assert world.trade.legs[1].shares == 40_500_000
    assert world.polymarket.held(Outcome.NO) == 40_500_000


def test_a_fill_of_the_first_leg_that_is_too_small_for_the_second_is_closed_where_it_is():
    """Polymarket takes no order under five shares."""
    world = World()
    world.agents.agents["agt_1"] = replace(world.agent, limits=replace(world.agent.limits, stop_loss=200_000))
    world.kalshi.script = [partial(3 * ONE)]
    world.drive()
    assert world.polymarket.sent == []
    assert world.kalshi.held(Outcome.YES) == 0
    assert world.trade.state is TradeState.FLAT
    assert "minimum" in world.trade.reason


def test_a_sender_that_finds_the_leg_moved_on_reports_the_conflict():
    world = reserved()
    inner = world.kalshi.place

    def place(intent, market):
        leg = world.trade.legs[0]
        world.ledger.move_leg(a_plan().trade_id, replace(leg, state=LegState.UNKNOWN), leg.state)
        return replace(inner(intent, market), fills=(), filled=0)

    world.kalshi.place = place
    with pytest.raises(WrongState):
        world.leg(0)
    world.kalshi.place = inner
    assert world.leg(0).step is Step.SELL
    assert len(world.kalshi.sent) == 1


def test_an_unknown_outcome_is_never_undone_before_it_is_known():
    world = World()
    world.kalshi.script = [UNKNOWN_FILLED]
    world.drive()
    assert world.trade.state is TradeState.HEDGED
    assert len(world.kalshi.sent) == 1


def test_other_terms_are_signed_once_under_an_id_of_their_own():
    """Limitless tells the fee rate it wants signed; nothing was placed."""
    world = reserved()
    world.kalshi.script = [Behaviour(arrives=False, answer=TermsChanged)]
    assert world.leg(0).step is Step.SELL
    first, second = world.kalshi.sent
    assert first != second
    assert list(world.kalshi.orders) == [second] == [world.trade.legs[0].client_order_id]
    assert world.trade.legs[0].state is LegState.FILLED


def test_no_other_terms_are_signed_for_an_order_that_may_be_out():
    """The second sending was refused for its terms: that says nothing of the first."""
    world = reserved()
    world.kalshi.script = [
        Behaviour(arrives=False, answer=OutcomeUnknown),
        Behaviour(arrives=False, answer=TermsChanged),
    ]
    world.leg(0)
    for _ in range(2):
        world.clock.advance(60_000)
        world.leg(0)
    assert len(set(world.kalshi.sent)) == 1
    assert len(world.kalshi.sent) == 2
    assert world.trade.legs[0].state is LegState.UNKNOWN


def test_terms_that_change_twice_are_a_refusal():
    world = reserved()
    world.kalshi.default = Behaviour(arrives=False, answer=TermsChanged)
    assert world.leg(0).step is Step.FINISH
    assert world.trade.legs[0].state is LegState.REJECTED
    assert len(world.kalshi.sent) == 2

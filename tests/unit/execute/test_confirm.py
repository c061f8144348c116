"""Asking what became of an order: absence must repeat over the read lag, and silence has an end."""

from dataclasses import replace

import pytest

from dutchbook.domain.errors import InsufficientFunds, OutcomeUnknown, VenueUnreachable
from dutchbook.domain.money import ONE
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.ledger import Control
from dutchbook.usecases import execute_pair
from dutchbook.usecases.execute_pair import Step
from dutchbook.usecases.execute_pair.compare import compare
from dutchbook.usecases.execute_pair.confirm import CANCEL_AFTER_ROUNDS, SENDER_LIFETIME_MS
from dutchbook.usecases.execute_pair.steps import MAX_ROUNDS
from local.dispatch import LambdaCrash
from tests.support.execution import World, a_plan, kalshi_book
from tests.support.venue import NOT_SENT, UNKNOWN_ABSENT, UNKNOWN_FILLED, Behaviour


def unknown(behaviour: Behaviour = UNKNOWN_ABSENT, lag_ms: int = 2_000) -> World:
    """Leg 1 has been sent and nobody knows what became of it."""
    world = World()
    world.kalshi.lag_ms = lag_ms
    world.kalshi.script = [behaviour]
    execute_pair.reserve(world.execution, a_plan())
    assert world.leg(0).step is Step.WAIT_BUY
    assert world.trade.legs[0].state is LegState.UNKNOWN
    return world


def state(world: World) -> LegState:
    return world.trade.legs[0].state


def test_one_not_found_proves_nothing():
    world = unknown()
    world.clock.advance(60_000)
    world.leg(0)
    assert state(world) is LegState.UNKNOWN
    assert world.trade.legs[0].absent_since is not None


def test_not_found_again_within_the_read_lag_proves_nothing():
    world = unknown(lag_ms=5_000)
    world.leg(0)
    world.clock.advance(4_999)
    world.leg(0)
    assert state(world) is LegState.UNKNOWN
    assert len(world.kalshi.sent) == 1


def test_not_found_again_after_the_read_lag_sends_the_same_bytes_once_more():
    world = unknown()
    world.leg(0)
    world.clock.advance(2_000)
    world.leg(0)
    assert state(world) is LegState.FILLED
    assert world.kalshi.sent == [world.trade.legs[0].client_order_id] * 2
    assert list(world.kalshi.orders) == [world.trade.legs[0].client_order_id]


def test_the_same_bytes_are_sent_twice_at_most():
    world = unknown()
    world.kalshi.default = UNKNOWN_ABSENT
    world.drive()
    assert world.trade.state is TradeState.NOT_TAKEN
    assert world.trade.legs[0].reason.startswith("VenueUnreachable: the order never arrived")
    assert len(world.kalshi.sent) == 2


HIDDEN = replace(UNKNOWN_FILLED, hidden_ms=20_000)
"""The answer is lost, and the venue's reads lag further behind than it ever did."""


def test_an_order_that_the_venue_says_is_there_is_never_believed_to_be_absent():
    world = unknown(HIDDEN)
    world.leg(0)
    world.clock.advance(2_000)
    world.leg(0)
    assert len(world.kalshi.sent) == 2, "the same bytes went again, and the venue said that it has them"
    for _ in range(4):
        world.clock.advance(4_000)
        world.leg(0)
        assert state(world) is LegState.ACKED
    world.drive()
    assert world.trade.state is TradeState.HEDGED
    assert len(world.kalshi.orders) == 1


def test_an_order_that_is_there_and_never_found_is_for_a_human_and_stays_reserved():
    world = unknown(replace(HIDDEN, hidden_ms=10**9))
    world.drive()
    assert world.trade.state is TradeState.QUARANTINED
    assert state(world) is LegState.ACKED
    world.clock.advance(3_600_000)
    assert not compare(world.execution, world.trade, looks=5)
    assert state(world) is LegState.ACKED


def test_an_opportunity_that_is_gone_is_not_sent_again():
    world = unknown()
    world.leg(0)
    world.kalshi_data.set_book(kalshi_book(yes_ask=60))
    world.clock.advance(2_000)
    assert world.leg(0).step is Step.WAIT_BUY, "that it is gone may be what the order did"
    world.clock.advance(SENDER_LIFETIME_MS)
    assert world.leg(0).step is Step.FINISH
    assert state(world) is LegState.REJECTED
    assert len(world.kalshi.sent) == 1


def test_what_the_order_itself_did_is_no_proof_that_it_never_arrived():
    """It is filled and hidden, and its money is gone: the checks before sending again fail."""
    world = unknown(HIDDEN)
    world.kalshi.funds = 0
    world.leg(0)
    world.clock.advance(2_000)
    world.leg(0)
    assert state(world) is LegState.UNKNOWN
    assert len(world.kalshi.sent) == 1
    world.drive()
    assert world.trade.state is TradeState.HEDGED


def test_a_refusal_of_the_second_sending_says_nothing_of_the_first():
    """A venue that looks at the money before it looks at ids refuses what it has already."""
    world = unknown(HIDDEN)
    world.leg(0)
    world.clock.advance(2_000)
    first = world.kalshi.place

    def place(intent, market):
        raise InsufficientFunds("not enough balance")

    world.kalshi.place = place
    world.leg(0)
    assert state(world) is LegState.UNKNOWN
    world.kalshi.place = first
    world.drive()
    assert world.trade.state is TradeState.HEDGED
    assert len(world.kalshi.sent) == 1


def test_the_kill_switch_is_read_last_before_a_second_sending_too():
    world = unknown()
    world.leg(0)
    world.clock.advance(2_000)
    asked = world.kalshi.balance

    def balance(market=None):
        world.ledger.set_control(Control(trading=False, reason="stop"))
        return asked(market)

    world.kalshi.balance = balance
    world.leg(0)
    assert len(world.kalshi.sent) == 1


def test_limitless_is_only_ever_asked(monkeypatch):
    """An order may still arrive there within its receive window."""
    monkeypatch.setattr(
        "dutchbook.usecases.execute_pair.confirm.SAME_BYTES_SAFE", frozenset({Venue.POLYMARKET})
    )
    world = unknown()
    world.leg(0)
    world.clock.advance(2_000)
    world.leg(0)
    assert state(world) is LegState.UNKNOWN
    world.clock.advance(SENDER_LIFETIME_MS)
    world.leg(0)
    assert state(world) is LegState.REJECTED
    assert len(world.kalshi.sent) == 1


def test_an_absence_is_forgotten_once_the_order_is_seen():
    world = unknown(Behaviour(answer=OutcomeUnknown, delayed_ms=60_000), lag_ms=4_000)
    world.leg(0)
    assert world.trade.legs[0].absent_since is not None
    world.clock.advance(2_000)
    world.leg(0)
    assert state(world) is LegState.ACKED
    assert world.trade.legs[0].absent_since is None


def test_while_a_sender_may_live_not_found_is_not_even_noted():
    world = World()
    inner = world.kalshi.place

    def die(intent, market):
        raise LambdaCrash("killed before the request left")

    world.kalshi.place = die
    execute_pair.reserve(world.execution, a_plan())
    with pytest.raises(LambdaCrash):
        world.leg(0)
    world.kalshi.place = inner
    world.clock.advance(SENDER_LIFETIME_MS - 1)
    world.leg(0)
    assert state(world) is LegState.SUBMITTING
    world.clock.advance(1)
    world.leg(0)
    assert state(world) is LegState.UNKNOWN
    assert world.kalshi.sent == []


def test_fills_that_lag_behind_the_count_are_waited_for():
    world = unknown(UNKNOWN_FILLED)
    world.clock.advance(2_000)
    inner = world.kalshi.lookup
    world.kalshi.lookup = lambda intent, market: replace(inner(intent, market), fills=())
    world.leg(0)
    assert state(world) is LegState.ACKED
    world.kalshi.lookup = inner
    assert world.leg(0).step is Step.SELL
    assert state(world) is LegState.FILLED


def test_an_order_that_keeps_working_is_cancelled_and_still_asked_about():
    world = unknown(Behaviour(answer=OutcomeUnknown, delayed_ms=600_000))
    world.clock.advance(2_000)
    world.leg(0, CANCEL_AFTER_ROUNDS - 1)
    assert world.kalshi.cancelled == []
    on = world.leg(0, CANCEL_AFTER_ROUNDS)
    assert world.kalshi.cancelled == [world.trade.legs[0].client_order_id]
    assert on.step is Step.WAIT_BUY


def test_an_acknowledged_order_is_never_believed_to_be_absent():
    world = unknown(Behaviour(answer=OutcomeUnknown, delayed_ms=600_000))
    world.clock.advance(2_000)
    world.leg(0)
    world.kalshi.orders.clear()
    for round_ in range(MAX_ROUNDS):
        world.clock.advance(30_000)
        on = world.leg(0, round_)
        assert on.step is Step.WAIT_BUY
    assert world.leg(0, MAX_ROUNDS).step is Step.QUARANTINE
    assert state(world) is LegState.ACKED


def test_waits_grow_and_are_whole_seconds():
    world = unknown(Behaviour(answer=OutcomeUnknown, delayed_ms=10_000_000))
    waits = [world.leg(0, round_).wait for round_ in range(MAX_ROUNDS)]
    assert waits == sorted(waits)
    assert waits[0] == 2
    assert waits[-1] == 30


def test_late_news_is_booked_once():
    world = unknown(UNKNOWN_FILLED)
    world.clock.advance(2_000)
    world.leg(0)
    world.ledger.book_fills(a_plan().trade_id, 0, world.trade.legs[0].fills)
    assert world.trade.legs[0].filled == 100 * ONE == world.kalshi.held(Outcome.YES)


def test_a_second_sending_that_never_left_says_nothing_about_the_first():
    """The venue cannot be reached again, so the first is never fenced off: a human is called."""
    world = World()
    world.kalshi.script = [UNKNOWN_ABSENT] + [NOT_SENT] * 30
    world.drive()
    (first, _) = world.trade.legs
    assert world.trade.state is TradeState.QUARANTINED
    assert (first.state, first.doubted, first.sends) == (LegState.UNKNOWN, True, 1)
    assert not world.trade.nothing_left
    assert world.kalshi.sent == [first.client_order_id]
    assert world.agents.budgets("agt_1", simulated=True)[Venue.KALSHI].reserved > 0
    assert "quarantined" in world.notices.kinds


def test_the_fence_is_tried_again_until_it_stands():
    world = World()
    world.kalshi.script = [UNKNOWN_ABSENT, NOT_SENT, NOT_SENT]
    world.drive()
    assert world.trade.state is TradeState.HEDGED
    assert world.kalshi.sent == [world.trade.legs[0].client_order_id] * 2


def test_a_first_order_that_turns_up_after_an_unsent_second_is_booked():
    world = unknown(Behaviour(answer=OutcomeUnknown))
    (order,) = world.kalshi.orders.values()
    order.visible_at_ms = world.clock.now_ms() + 30_000
    inner, world.kalshi.place = world.kalshi.place, not_sent
    world.leg(0)
    since = world.trade.legs[0].absent_since
    world.clock.advance(2_000)
    assert world.leg(0, 1).step is Step.WAIT_BUY
    assert (state(world), world.trade.legs[0].absent_since) == (LegState.UNKNOWN, since)
    world.kalshi.place = inner
    world.clock.advance(30_000)
    assert world.leg(0, 2).step is Step.SELL
    assert state(world) is LegState.FILLED


def not_sent(*_):
    raise VenueUnreachable("no connection")

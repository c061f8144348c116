"""An order, an end and the money for both, of either store: none of them rests on what has changed since."""

from dataclasses import replace

import pytest

from dutchbook.domain.errors import LimitExceeded, WrongState
from dutchbook.domain.money import ONE
from dutchbook.domain.trade import LegPurpose
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.domain.venue import Outcome, Side, Venue
from dutchbook.ports.agents import VenueBudget
from tests.support.builders import a_fill, a_leg, a_limits, a_trade, an_agent

KALSHI, POLYMARKET = Venue.KALSHI, Venue.POLYMARKET
OPENING, QUARANTINED = TradeState.OPENING, TradeState.QUARANTINED
CLAIM = a_leg(state=LegState.SUBMITTING, client_order_id="c-1", intent={"claimed_by": "us"}, sends=1)
COMPLETION = a_leg(2, POLYMARKET, outcome=Outcome.NO, purpose=LegPurpose.COMPLETE, repairs=1)


def opened(money, trade_id="trd_01", **changes):
    if money.agents.get("agt_1") is None:
        money.agents.add(an_agent())
    money.ledger.reserve(a_trade(trade_id, pair_id=f"pair_{trade_id}", **changes), a_limits())
    return money.ledger.move_trade(trade_id, TradeState.RESERVED, OPENING)


def budget(money, venue=POLYMARKET):
    return money.agents.budgets("agt_1", simulated=True)[venue]


def exposure(money):
    return money.agents.totals("agt_1", simulated=True).exposure


# ------------------------------------------------------------------------------- orders and ends


@pytest.mark.parametrize("end", [TradeState.NOT_TAKEN, TradeState.FLAT, QUARANTINED])
def test_no_order_leaves_for_a_trade_that_has_ended(money, end):
    opened(money)
    money.ledger.finish("trd_01", OPENING, end, reason="ended")

    with pytest.raises(WrongState):
        money.ledger.move_leg("trd_01", CLAIM, LegState.PLANNED)

    assert money.ledger.trade("trd_01").legs[0].state is LegState.PLANNED


def test_nothing_is_sent_again_for_a_trade_that_was_quarantined(money):
    opened(money)
    claimed = money.ledger.move_leg("trd_01", CLAIM, LegState.PLANNED)
    unknown = money.ledger.move_leg("trd_01", replace(claimed, state=LegState.UNKNOWN), LegState.SUBMITTING)
    money.ledger.finish("trd_01", OPENING, QUARANTINED, reason="look")

    with pytest.raises(WrongState):
        money.ledger.move_leg("trd_01", replace(unknown, state=LegState.SUBMITTING), LegState.UNKNOWN)


def test_what_came_of_an_order_is_stored_though_its_trade_has_ended(money):
    opened(money)
    claimed = money.ledger.move_leg("trd_01", CLAIM, LegState.PLANNED)
    money.ledger.finish("trd_01", OPENING, QUARANTINED, reason="look")

    moved = money.ledger.move_leg("trd_01", replace(claimed, state=LegState.FILLED), LegState.SUBMITTING)

    assert moved == money.ledger.trade("trd_01").legs[0]
    assert moved.state is LegState.FILLED


def test_what_was_sold_by_hand_is_booked_on_a_quarantined_trade(money):
    opened(money)
    money.ledger.finish("trd_01", OPENING, QUARANTINED, reason="look")
    by_hand = a_leg(2, side=Side.SELL, purpose=LegPurpose.UNWIND, repairs=0)
    money.ledger.put_leg("trd_01", by_hand)

    money.ledger.move_leg("trd_01", replace(by_hand, state=LegState.SUBMITTING), LegState.PLANNED)
    money.ledger.move_leg("trd_01", replace(by_hand, state=LegState.FILLED), LegState.SUBMITTING)

    assert money.ledger.trade("trd_01").legs[2].state is LegState.FILLED


def test_a_trade_ends_by_what_was_seen_of_it(money):
    opened(money)
    seen = money.ledger.trade("trd_01")

    ended = money.ledger.finish("trd_01", OPENING, TradeState.NOT_TAKEN, reason="nothing", seen=seen)
    again = money.ledger.finish("trd_01", OPENING, TradeState.NOT_TAKEN, reason="nothing", seen=seen)

    assert ended.state is again.state is TradeState.NOT_TAKEN


@pytest.mark.parametrize(
    "change",
    [
        lambda ledger: ledger.book_fills("trd_01", 0, [a_fill()]),
        lambda ledger: ledger.move_leg("trd_01", CLAIM, LegState.PLANNED),
        lambda ledger: ledger.put_leg("trd_01", COMPLETION),
    ],
    ids=["a fill", "an order", "a leg"],
)
def test_an_end_computed_before_a_change_is_not_written(money, change):
    opened(money)
    seen = money.ledger.trade("trd_01")
    change(money.ledger)

    with pytest.raises(WrongState):
        money.ledger.finish("trd_01", OPENING, TradeState.NOT_TAKEN, reason="nothing", seen=seen)

    assert money.ledger.trade("trd_01").state is OPENING
    assert budget(money).reserved == 5 * ONE


# ---------------------------------------------------------------------- money for another leg


def test_a_leg_takes_what_the_reservation_lacks_from_the_free_budget(money):
    opened(money)

    money.ledger.put_leg("trd_01", COMPLETION, needed=8 * ONE, max_position=13 * ONE)
    money.ledger.put_leg("trd_01", COMPLETION, needed=8 * ONE, max_position=13 * ONE)

    assert budget(money) == VenueBudget(POLYMARKET, 992 * ONE, 8 * ONE, 0, 1000 * ONE)
    assert exposure(money) == 13 * ONE
    assert money.ledger.trade("trd_01").reserved == {KALSHI: 5 * ONE, POLYMARKET: 8 * ONE}


def test_a_leg_that_the_reservation_covers_takes_nothing(money):
    opened(money)

    money.ledger.put_leg("trd_01", COMPLETION, needed=5 * ONE, max_position=0)

    assert budget(money).reserved == 5 * ONE
    assert exposure(money) == 10 * ONE


def test_only_what_is_left_of_the_reservation_counts(money):
    opened(money)
    money.ledger.book_fills("trd_01", 1, [a_fill("f1", 10 * ONE, 400_000)])

    money.ledger.put_leg("trd_01", COMPLETION, needed=3 * ONE)

    assert budget(money) == VenueBudget(POLYMARKET, 993 * ONE, 3 * ONE, 4 * ONE, 1000 * ONE)


@pytest.mark.parametrize(
    ("limit", "needed", "max_position"),
    [("maxPosition", 8 * ONE, 13 * ONE - 1), ("budget.polymarket", 1001 * ONE, None)],
)
def test_a_leg_that_a_limit_does_not_allow_is_not_added(money, limit, needed, max_position):
    opened(money)

    with pytest.raises(LimitExceeded, match=f"^{limit}"):
        money.ledger.put_leg("trd_01", COMPLETION, needed=needed, max_position=max_position)

    assert [leg.index for leg in money.ledger.trade("trd_01").legs] == [0, 1]
    assert budget(money).reserved == 5 * ONE
    assert exposure(money) == 10 * ONE


def test_nothing_is_set_aside_for_a_trade_that_has_ended(money):
    opened(money)
    money.ledger.finish("trd_01", OPENING, QUARANTINED, reason="look")

    with pytest.raises(WrongState):
        money.ledger.put_leg("trd_01", COMPLETION, needed=ONE)

    assert budget(money).reserved == 0


def test_of_two_trades_that_want_the_same_free_money_one_gets_it(money):
    opened(money)
    opened(money, "trd_02")
    money.agents.set_budget("agt_1", POLYMARKET, 13 * ONE, simulated=True, actor="test")

    money.ledger.put_leg("trd_01", COMPLETION, needed=8 * ONE)
    with pytest.raises(LimitExceeded):
        money.ledger.put_leg("trd_02", COMPLETION, needed=8 * ONE)

    assert budget(money).available == 0


def test_what_a_leg_did_not_spend_is_released_at_the_end(money):
    opened(money)
    money.ledger.put_leg("trd_01", COMPLETION, needed=8 * ONE)
    money.ledger.book_fills("trd_01", 2, [a_fill("f1", 10 * ONE, 600_000)])

    money.ledger.finish("trd_01", OPENING, TradeState.FLAT, reason="undone")

    assert budget(money) == VenueBudget(POLYMARKET, 994 * ONE, 0, 6 * ONE, 1000 * ONE)
    assert exposure(money) == 6 * ONE

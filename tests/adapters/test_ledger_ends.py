"""What is left of a trade after its end: the queue to be compared, and what quarantines keep back."""

from dataclasses import replace

import pytest

from dutchbook.domain.errors import WrongState
from dutchbook.domain.money import ONE
from dutchbook.domain.trade import LegPurpose
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.domain.venue import Side, Venue
from dutchbook.ports.agents import VenueBudget
from tests.support.builders import NOW, NOW_MS, a_fill, a_leg, a_limits, a_trade, an_agent

KALSHI, POLYMARKET = Venue.KALSHI, Venue.POLYMARKET
OPENING, QUARANTINED = TradeState.OPENING, TradeState.QUARANTINED
SOON = NOW_MS + 60_000


def opened(money, trade_id="trd_01", **changes):
    if money.agents.get("agt_1") is None:
        money.agents.add(an_agent())
    trade = a_trade(trade_id, pair_id=f"pair_{trade_id}", **changes)
    money.ledger.reserve(trade, a_limits())
    money.ledger.move_trade(trade_id, TradeState.RESERVED, OPENING)
    return trade


def sent(money, trade, index=1, state=LegState.UNKNOWN):
    leg = replace(trade.legs[index], state=LegState.SUBMITTING, submitted_at=NOW, sends=1)
    money.ledger.move_leg(trade.trade_id, leg, LegState.PLANNED)
    if state is not LegState.SUBMITTING:
        money.ledger.move_leg(trade.trade_id, replace(leg, state=state), LegState.SUBMITTING)


def budget(money, venue):
    return money.agents.budgets("agt_1", simulated=True)[venue]


def exposure(money):
    return money.agents.totals("agt_1", simulated=True).exposure


def test_a_trade_is_queued_for_comparison_when_it_ends_and_leaves_when_it_is_compared(money):
    opened(money)
    assert list(money.ledger.unchecked(SOON, 10)) == []
    with pytest.raises(WrongState):
        money.ledger.checked("trd_01", done=True)

    money.ledger.finish("trd_01", OPENING, TradeState.NOT_TAKEN, reason="x")
    assert list(money.ledger.open_trades(SOON, 10)) == []
    assert list(money.ledger.unchecked(SOON, 10)) == ["trd_01"]

    for _ in range(2):
        money.ledger.checked("trd_01", done=True)
    assert list(money.ledger.unchecked(SOON, 10)) == []
    # touching it later does not bring it back
    money.ledger.book_fills("trd_01", 0, [a_fill()])
    assert list(money.ledger.unchecked(SOON, 10)) == []


def test_a_comparison_without_an_end_goes_to_the_back_of_the_queue(money):
    for trade_id in ("trd_01", "trd_02"):
        opened(money, trade_id)
        money.ledger.finish(trade_id, OPENING, TradeState.NOT_TAKEN, reason="x")
        money.clock.advance(1_000)
    assert list(money.ledger.unchecked(SOON, 10)) == ["trd_01", "trd_02"]
    money.ledger.checked("trd_01", done=False)
    assert list(money.ledger.unchecked(SOON, 10)) == ["trd_02", "trd_01"]
    assert list(money.ledger.unchecked(SOON, 1)) == ["trd_02"]
    assert list(money.ledger.unchecked(NOW_MS + 1_500, 10)) == ["trd_02"]


@pytest.mark.parametrize("state", [LegState.SUBMITTING, LegState.UNKNOWN, LegState.ACKED])
def test_a_quarantine_keeps_what_an_order_in_doubt_may_spend_until_it_was_compared(money, state):
    sent(money, opened(money), 1, state)

    money.ledger.finish("trd_01", OPENING, QUARANTINED, reason="unknown")

    assert budget(money, KALSHI) == VenueBudget(KALSHI, 1000 * ONE, 0, 0, 1000 * ONE)
    assert budget(money, POLYMARKET) == VenueBudget(POLYMARKET, 995 * ONE, 5 * ONE, 0, 1000 * ONE)
    assert exposure(money) == 5 * ONE
    money.ledger.book_fills("trd_01", 1, [a_fill()])
    assert budget(money, POLYMARKET) == VenueBudget(POLYMARKET, 995 * ONE, ONE, 4 * ONE, 1000 * ONE)
    for _ in range(2):
        money.ledger.checked("trd_01", done=True)
    assert budget(money, POLYMARKET) == VenueBudget(POLYMARKET, 996 * ONE, 0, 4 * ONE, 1000 * ONE)
    assert exposure(money) == 4 * ONE


def test_resolving_a_quarantine_releases_the_rest(money):
    sent(money, opened(money))
    money.ledger.finish("trd_01", OPENING, QUARANTINED, reason="unknown")

    for _ in range(2):
        money.ledger.finish("trd_01", QUARANTINED, TradeState.NOT_TAKEN, reason="looked up by hand")

    assert budget(money, POLYMARKET) == VenueBudget(POLYMARKET, 1000 * ONE, 0, 0, 1000 * ONE)
    assert exposure(money) == 0


def test_a_trade_that_turns_out_not_to_have_ended_has_no_result_and_no_locked_profit(money):
    trade = opened(money)
    money.ledger.book_fills("trd_01", 0, [a_fill()])
    unwind = a_leg(2, side=Side.SELL, purpose=LegPurpose.UNWIND, repairs=0)
    money.ledger.put_leg("trd_01", unwind)
    money.ledger.book_fills("trd_01", 2, [a_fill("s1", price=300_000)])
    money.ledger.finish("trd_01", OPENING, TradeState.FLAT, reason="fell short", locked=0)
    assert [one.realised for one in money.settlements.results("agt_1", simulated=True)] == [-ONE]

    money.clock.advance(60_000)
    money.ledger.book_fills("trd_01", 1, [a_fill("late")])
    money.ledger.finish("trd_01", TradeState.FLAT, QUARANTINED, reason="a late fill")
    assert money.settlements.results("agt_1", simulated=True) == []

    money.clock.advance(60_000)
    money.ledger.book_fills("trd_01", 2, [])
    money.ledger.finish("trd_01", QUARANTINED, TradeState.FLAT, reason="resolved")
    assert [one.trade_id for one in money.settlements.results("agt_1", simulated=True)] == [trade.trade_id]


def test_locked_profit_of_a_hedge_that_was_none_is_taken_back(money):
    opened(money)
    money.ledger.finish("trd_01", OPENING, TradeState.HEDGED, reason="", locked=2 * ONE)
    money.ledger.finish("trd_01", TradeState.HEDGED, QUARANTINED, reason="a late fill")
    assert money.ledger.trade("trd_01").locked == 0


def test_a_later_trade_of_the_pair_stays_in_flight_when_an_ended_one_is_quarantined(money):
    opened(money)
    money.ledger.finish("trd_01", OPENING, TradeState.NOT_TAKEN, reason="x")
    money.ledger.reserve(a_trade("trd_02", pair_id="pair_trd_01"), a_limits())
    money.ledger.finish("trd_01", TradeState.NOT_TAKEN, QUARANTINED, reason="a late fill")
    money.ledger.finish("trd_01", QUARANTINED, TradeState.FLAT, reason="resolved")
    assert money.ledger.trade("trd_02").state is TradeState.RESERVED


def ended_as(money, state, number):
    opened(money, f"trd_{number}")
    return money.ledger.finish(f"trd_{number}", OPENING, state, reason="x")


def test_failures_in_a_row_are_counted_and_a_success_forgets_them(money):
    trades = [ended_as(money, TradeState.NOT_TAKEN, number) for number in range(6)]
    outcomes = [True, True, None, False, True, None]

    counts = [
        money.ledger.count_end(trade, failed=failed) for trade, failed in zip(trades, outcomes, strict=True)
    ]

    assert counts == [1, 2, 2, 0, 1, 1]
    money.agents.forget_failures("agt_1")
    assert money.ledger.count_end(trades[-1], failed=True) == 0


def test_an_end_is_counted_once(money):
    trade = ended_as(money, TradeState.NOT_TAKEN, 1)
    assert (trade.ends, trade.counted) == (1, 0)

    assert [money.ledger.count_end(trade, failed=True) for _ in range(3)] == [1, 1, 1]
    assert money.ledger.trade("trd_1").counted == 1
    # nor does one that came late undo what has happened since
    assert money.ledger.count_end(ended_as(money, TradeState.NOT_TAKEN, 2), failed=True) == 2
    assert money.ledger.count_end(trade, failed=False) == 2


def test_each_end_of_a_trade_has_its_number_and_only_the_last_is_counted(money):
    first = ended_as(money, TradeState.NOT_TAKEN, 1)
    second = money.ledger.finish("trd_1", TradeState.NOT_TAKEN, QUARANTINED, reason="late fill")
    third = money.ledger.finish("trd_1", QUARANTINED, TradeState.NOT_TAKEN, reason="resolved")
    assert [first.ends, second.ends, third.ends] == [1, 2, 3]
    # finishing again is no end of its own
    assert money.ledger.finish("trd_1", QUARANTINED, TradeState.NOT_TAKEN, reason="resolved").ends == 3

    assert money.ledger.count_end(first, failed=True) == 0
    assert money.ledger.trade("trd_1").counted == 0
    assert money.ledger.count_end(third, failed=True) == 1


def test_an_agents_quarantined_trades_are_listed_until_they_end_otherwise(money):
    for number in (2, 1):
        ended_as(money, QUARANTINED, number)
    ended_as(money, TradeState.NOT_TAKEN, 3)
    assert list(money.ledger.quarantined("agt_1")) == ["trd_1", "trd_2"]

    money.ledger.finish("trd_1", QUARANTINED, TradeState.NOT_TAKEN, reason="resolved")
    money.ledger.finish("trd_3", TradeState.NOT_TAKEN, QUARANTINED, reason="a late fill")
    assert list(money.ledger.quarantined("agt_1")) == ["trd_2", "trd_3"]
    assert list(money.ledger.quarantined("agt_2")) == []

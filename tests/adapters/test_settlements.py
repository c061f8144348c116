"""What `Settlements` promises, of the store in memory and of DynamoDB alike."""

from dataclasses import replace

import pytest

from dutchbook.domain.errors import NotFound, WrongState
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import ONE
from dutchbook.domain.result import How
from dutchbook.domain.settlement import Resolution, Stage
from dutchbook.domain.trade import LegPurpose
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Outcome, Side, Venue
from tests.support.builders import NOW, a_fill, a_leg, a_limits, a_trade, an_agent

KALSHI = MarketKey(Venue.KALSHI, "kalshi-market")
POLYMARKET = MarketKey(Venue.POLYMARKET, "polymarket-market")
YES = Resolution(KALSHI, Stage.PAYABLE, ONE)


def hedged(money, trade_id="trd_01", shares=10 * ONE, **changes):
    """Ten shares of YES on Kalshi at 0.40 and of NO on Polymarket at 0.50: nine dollars that pay ten."""
    if money.agents.get("agt_1") is None:
        money.agents.add(an_agent())
    money.ledger.reserve(a_trade(trade_id, **changes), a_limits())
    money.ledger.move_trade(trade_id, TradeState.RESERVED, TradeState.OPENING)
    money.ledger.book_fills(trade_id, 0, [a_fill(f"{trade_id}-a", shares, 400_000)])
    money.ledger.book_fills(trade_id, 1, [a_fill(f"{trade_id}-b", shares, 500_000)])
    money.ledger.finish(
        trade_id, TradeState.OPENING, TradeState.HEDGED, reason="", locked=shares * 100_000 // ONE
    )


def held(money, key=KALSHI):
    return next(each for each in money.ledger.positions("agt_1") if each.key == key)


def budget(money, venue):
    return money.agents.budgets("agt_1", simulated=True)[venue]


def totals(money):
    return money.agents.totals("agt_1", simulated=True)


def test_a_payout_is_cash_and_the_difference_is_realised(money):
    hedged(money)
    paid = money.settlements.settle(held(money), YES)

    assert (paid.shares, paid.cost, paid.payout, paid.realised) == (10 * ONE, 4 * ONE, 10 * ONE, 6 * ONE)
    assert paid.worth == ONE
    after = budget(money, Venue.KALSHI)
    assert (after.available, after.reserved, after.spent, after.funded) == (1006 * ONE, 0, 0, 1006 * ONE)
    assert totals(money).realised == 6 * ONE
    assert totals(money).exposure == 5 * ONE
    assert money.agents.day("agt_1", "2026-11-23", simulated=True).realised == 6 * ONE
    assert [each.key for each in money.ledger.positions("agt_1")] == [POLYMARKET]


def test_realised_and_locked_together_stay_what_they_were(money):
    """The first leg wins six dollars of which the other will lose five: one is what the pair makes."""

    def parts():
        trade = money.ledger.trade("trd_01")
        return totals(money).realised, trade.realised, trade.locked

    hedged(money)
    assert parts() == (0, 0, ONE)
    money.settlements.settle(held(money), YES)
    assert parts() == (6 * ONE, 6 * ONE, -5 * ONE)
    money.settlements.settle(held(money, POLYMARKET), Resolution(POLYMARKET, Stage.PAYABLE, ONE))
    assert parts() == (ONE, ONE, 0)


def test_a_trade_is_closed_with_its_last_leg_and_has_one_result(money):
    hedged(money)
    money.settlements.settle(held(money), YES)
    assert money.ledger.trade("trd_01").closed_at is None
    assert money.settlements.results("agt_1", simulated=True) == []
    money.settlements.settle(held(money, POLYMARKET), Resolution(POLYMARKET, Stage.PAYABLE, ONE))

    trade = money.ledger.trade("trd_01")
    assert (trade.closed_at, dict(trade.settled)) == (NOW, {0: ONE, 1: 0})
    (result,) = money.settlements.results("agt_1", simulated=True)
    assert (result.how, result.realised, result.cost) == (How.SETTLED, ONE, 9 * ONE)
    assert money.settlements.results("agt_1", simulated=False) == []


def test_settling_again_pays_nothing(money):
    hedged(money)
    position = held(money)
    money.settlements.settle(position, YES)
    before = budget(money, Venue.KALSHI)

    assert money.settlements.settle(position, YES) is None
    assert budget(money, Venue.KALSHI) == before
    assert len(money.settlements.history("agt_1", 10, simulated=True).items) == 1


@pytest.mark.parametrize(
    ("resolution", "payout"),
    [
        (Resolution(KALSHI, Stage.PAYABLE, 0), 0),
        (Resolution(KALSHI, Stage.PAYABLE, 370_000), 3_700_000),
        (Resolution(KALSHI, Stage.PAYABLE, 500_000), 5 * ONE),
        (Resolution(KALSHI, Stage.PAYABLE, refund=True), 4 * ONE),
    ],
    ids=["lost", "scalar", "void", "refunded"],
)
def test_every_kind_of_answer_is_paid(money, resolution, payout):
    hedged(money)
    assert money.settlements.settle(held(money), resolution).payout == payout
    assert budget(money, Venue.KALSHI).available == 996 * ONE + payout


def test_a_market_without_a_value_is_not_paid(money):
    hedged(money)
    with pytest.raises(ValueError, match="no value"):
        money.settlements.settle(held(money), Resolution(KALSHI, Stage.RESOLVED))
    assert held(money).shares == 10 * ONE


def test_trades_share_what_their_shares_brought_to_the_micro(money):
    hedged(money, "trd_01", shares=10 * ONE)
    hedged(money, "trd_02", shares=3 * ONE + 1, pair_id="pair_2")
    money.settlements.settle(held(money), Resolution(KALSHI, Stage.PAYABLE, 333_333))

    parts = [money.ledger.trade(trade_id).realised for trade_id in ("trd_01", "trd_02")]
    assert sum(parts) == totals(money).realised == -866_672
    assert parts[0] == -866_672 * 10 * ONE // (13 * ONE + 1)


def test_more_trades_than_a_transaction_holds_are_paid_in_parts_that_add_up(money, monkeypatch):
    monkeypatch.setattr("dutchbook.adapters.settlements.TRADES_A_TRANSACTION", 2)
    for number in range(5):
        hedged(money, f"trd_{number}", shares=(number + 1) * ONE + number, pair_id=f"pair_{number}")
    shares = 15 * ONE + 10
    paid = money.settlements.settle(held(money), Resolution(KALSHI, Stage.PAYABLE, 123_457))

    assert (paid.shares, paid.payout) == (shares, 123_457 * shares // ONE)
    assert budget(money, Venue.KALSHI).spent == 0
    assert sum(money.ledger.trade(f"trd_{number}").realised for number in range(5)) == paid.realised


def test_what_is_held_again_is_paid_again(money):
    """A fill that the venue reports after the payout."""
    hedged(money)
    money.settlements.settle(held(money), YES)
    money.ledger.book_fills("trd_01", 0, [a_fill("late", ONE, 400_000)])
    money.settlements.settle(held(money), YES)

    assert budget(money, Venue.KALSHI).available == 996 * ONE - 400_000 + 11 * ONE
    assert len(money.settlements.history("agt_1", 10, simulated=True).items) == 2


def test_positions_that_are_not_empty_are_found_whoever_holds_them(money):
    hedged(money)
    money.agents.add(an_agent("agt_2"))
    assert sorted(str(each.key) for each in money.settlements.held()) == [str(KALSHI), str(POLYMARKET)]
    money.settlements.settle(held(money), YES)
    assert [each.key for each in money.settlements.held()] == [POLYMARKET]


def test_a_mark_shows_and_moves_no_money(money):
    hedged(money)
    before = budget(money, Venue.KALSHI)
    money.settlements.mark(held(money), Stage.RESOLVED, ONE)
    assert (held(money).stage, held(money).worth) == (Stage.RESOLVED, ONE)
    assert budget(money, Venue.KALSHI) == before


def test_a_mark_comes_too_late_for_what_was_paid_out(money):
    hedged(money)
    position = held(money)
    money.settlements.settle(position, YES)
    money.settlements.mark(position, Stage.RESOLVED, ONE)
    assert [each.key for each in money.ledger.positions("agt_1")] == [POLYMARKET]


def test_selling_is_the_sellers_result_and_closing_leaves_nothing_waiting(money):
    hedged(money)
    for index, (key, price) in enumerate([(KALSHI, 600_000), (POLYMARKET, 350_000)]):
        leg = a_leg(
            0,
            key.venue,
            side=Side.SELL,
            purpose=LegPurpose.EXIT,
            outcome=Outcome.YES if key == KALSHI else Outcome.NO,
        )
        trade_id = f"trd_exit_{index}"
        money.ledger.reserve(a_trade(trade_id, legs=(leg,), reserved={}, pair_id=trade_id), a_limits())
        money.ledger.move_trade(trade_id, TradeState.RESERVED, TradeState.OPENING)
        money.ledger.book_fills(trade_id, 0, [a_fill(trade_id, 10 * ONE, price)])
        money.ledger.finish(trade_id, TradeState.OPENING, TradeState.FILLED, reason="")

    closed = money.settlements.close("trd_01")

    assert (closed.closed_at, closed.locked) == (NOW, 0)
    results = money.settlements.results("agt_1", simulated=True)
    assert [(each.how, each.realised, each.cost) for each in results] == [
        (How.EXITED, 2 * ONE, 4 * ONE),
        (How.EXITED, -1_500_000, 5 * ONE),
    ]
    assert money.settlements.close("trd_01") == closed


def test_a_trade_under_way_is_not_closed(money):
    money.agents.add(an_agent())
    money.ledger.reserve(a_trade(), a_limits())
    with pytest.raises(WrongState):
        money.settlements.close("trd_01")
    with pytest.raises(NotFound):
        money.settlements.close("trd_99")


def test_the_last_word_of_an_operator_counts(money):
    money.settlements.rule(Resolution(KALSHI, Stage.PAYABLE, 370_000))
    money.settlements.rule(Resolution(POLYMARKET, Stage.PAYABLE, 0))
    money.settlements.rule(Resolution(KALSHI, Stage.PAYABLE, refund=True))
    found = money.settlements.rulings([KALSHI, POLYMARKET, KALSHI._replace(market_id="other")])
    assert found == {
        KALSHI: Resolution(KALSHI, Stage.PAYABLE, refund=True),
        POLYMARKET: Resolution(POLYMARKET, Stage.PAYABLE, 0),
    }


def test_a_trade_is_flagged_once(money):
    hedged(money)
    assert money.settlements.flag("trd_01", "the venues settled differently")
    assert not money.settlements.flag("trd_01", "again")
    assert money.ledger.trade("trd_01").flag == "the venues settled differently"
    with pytest.raises(NotFound):
        money.settlements.flag("trd_99", "nobody")


def test_days_come_oldest_first_from_the_one_asked_for(money):
    hedged(money)
    money.clock.advance(86_400_000)
    money.settlements.settle(held(money), YES)
    days = money.agents.days("agt_1", "2026-11-01", simulated=True)
    assert [(day.day, day.trades, day.realised) for day in days] == [
        ("2026-11-23", 1, 0),
        ("2026-11-24", 0, 6 * ONE),
    ]
    assert len(money.agents.days("agt_1", "2026-11-24", simulated=True)) == 1
    assert money.agents.days("agt_1", "2026-11-01", simulated=False) == []


def test_an_unwound_trade_has_a_result_too(money):
    money.agents.add(an_agent())
    money.ledger.reserve(a_trade(), a_limits())
    money.ledger.move_trade("trd_01", TradeState.RESERVED, TradeState.OPENING)
    money.ledger.book_fills("trd_01", 0, [a_fill("bought", 10 * ONE, 400_000)])
    unwind = replace(a_leg(2, side=Side.SELL, purpose=LegPurpose.UNWIND), repairs=0)
    money.ledger.put_leg("trd_01", unwind)
    money.ledger.book_fills("trd_01", 2, [a_fill("sold", 10 * ONE, 380_000)])
    money.ledger.finish("trd_01", TradeState.OPENING, TradeState.FLAT, reason="no depth")
    (result,) = money.settlements.results("agt_1", simulated=True)
    assert (result.how, result.realised, result.cost) == (How.UNWOUND, -200_000, 4 * ONE)

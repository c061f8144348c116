"""What `Ledger` promises, of the store in memory and of DynamoDB alike."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dutchbook.domain.agent import AgentState
from dutchbook.domain.errors import (
    AlreadyExists,
    AlreadyReserved,
    Halted,
    InvariantBroken,
    LimitExceeded,
    NotFound,
    WrongState,
)
from dutchbook.domain.money import ONE
from dutchbook.domain.trade import LegPurpose
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.domain.venue import Outcome, Side, Venue
from dutchbook.ports.agents import Totals, VenueBudget
from dutchbook.ports.ledger import Control
from tests.support.builders import NOW, NOW_MS, a_fill, a_leg, a_limits, a_trade, an_agent

KALSHI, POLYMARKET = Venue.KALSHI, Venue.POLYMARKET


def budget(money, venue=KALSHI):
    return money.agents.budgets("agt_1", simulated=True)[venue]


def reserved_trade(money, **changes):
    money.agents.add(an_agent())
    trade = a_trade(**changes)
    money.ledger.reserve(trade, a_limits())
    return trade


def opened_trade(money, **changes):
    trade = reserved_trade(money, **changes)
    money.ledger.move_trade(trade.trade_id, TradeState.RESERVED, TradeState.OPENING)
    return trade


# ------------------------------------------------------------------------------------------ reserve


def test_reserving_sets_each_venues_money_aside(money):
    trade = reserved_trade(money)

    assert budget(money) == VenueBudget(KALSHI, 995 * ONE, 5 * ONE, 0, 1000 * ONE)
    assert budget(money, POLYMARKET) == VenueBudget(POLYMARKET, 995 * ONE, 5 * ONE, 0, 1000 * ONE)
    assert money.agents.totals("agt_1", simulated=True).exposure == 10 * ONE
    stored = money.ledger.trade(trade.trade_id)
    assert replace(stored, updated_at=trade.updated_at) == trade


def test_two_legs_on_one_venue_share_one_reservation(money):
    legs = (a_leg(0, KALSHI), a_leg(1, KALSHI, outcome=Outcome.NO))
    reserved_trade(money, legs=legs, reserved={KALSHI: 9 * ONE})

    assert budget(money).reserved == 9 * ONE
    assert budget(money, POLYMARKET).reserved == 0


def test_reserving_again_changes_nothing(money):
    trade = reserved_trade(money)

    money.ledger.reserve(trade, a_limits())

    assert budget(money).reserved == 5 * ONE
    assert money.agents.day("agt_1", "2026-11-23", simulated=True).trades == 1


def test_a_trade_that_has_moved_on_is_not_reserved_again(money):
    trade = opened_trade(money)

    with pytest.raises(AlreadyReserved):
        money.ledger.reserve(trade, a_limits())


def test_one_trade_in_flight_for_an_agent_and_pair(money):
    trade = reserved_trade(money)

    with pytest.raises(AlreadyReserved):
        money.ledger.reserve(a_trade("trd_02"), a_limits())
    money.ledger.reserve(a_trade("trd_03", pair_id="pair_2"), a_limits())
    money.ledger.finish(trade.trade_id, TradeState.RESERVED, TradeState.NOT_TAKEN, reason="edge gone")
    money.ledger.reserve(a_trade("trd_02"), a_limits())


@pytest.mark.parametrize(
    ("limits", "reserved", "names"),
    [
        ({"max_position": 10 * ONE - 1}, {KALSHI: 5 * ONE, POLYMARKET: 5 * ONE}, "maxPosition"),
        ({"max_trades": 0}, {KALSHI: ONE}, "maxTrades"),
        ({"max_position": 9999 * ONE}, {KALSHI: ONE, POLYMARKET: 1000 * ONE + 1}, r"budget\.polymarket"),
    ],
)
def test_a_limit_that_is_exceeded_is_named_and_nothing_is_written(money, limits, reserved, names):
    money.agents.add(an_agent())

    with pytest.raises(LimitExceeded, match=f"^{names}"):
        money.ledger.reserve(a_trade(reserved=reserved), a_limits(**limits))

    assert money.ledger.trade("trd_01") is None
    assert budget(money) == VenueBudget(KALSHI, 1000 * ONE, 0, 0, 1000 * ONE)
    assert money.agents.totals("agt_1", simulated=True) == Totals()
    money.ledger.reserve(a_trade(), a_limits())


def test_limits_may_be_used_to_the_last_micro(money):
    money.agents.add(an_agent())

    money.ledger.reserve(a_trade(), a_limits(max_position=10 * ONE, max_trades=1))

    with pytest.raises(LimitExceeded, match=r"^maxPosition"):
        money.ledger.reserve(
            a_trade("trd_02", pair_id="pair_2", reserved={KALSHI: 1}), a_limits(max_position=10 * ONE)
        )
    with pytest.raises(LimitExceeded, match=r"^maxTrades"):
        money.ledger.reserve(a_trade("trd_02", pair_id="pair_2"), a_limits(max_trades=1))
    tomorrow = NOW + timedelta(days=1)
    money.ledger.reserve(a_trade("trd_02", pair_id="pair_2", created_at=tomorrow), a_limits(max_trades=1))


@pytest.mark.parametrize("state", [AgentState.INACTIVE, AgentState.PAUSED, AgentState.HALTED])
def test_only_an_active_agent_enters_and_any_agent_may_exit(money, state):
    money.agents.add(an_agent(state=state))
    exit_leg = a_leg(side=Side.SELL, purpose=LegPurpose.EXIT)

    with pytest.raises(Halted):
        money.ledger.reserve(a_trade(), a_limits())
    money.ledger.reserve(a_trade("trd_02", legs=(exit_leg,), reserved={}), a_limits(max_trades=0))

    assert money.ledger.trade("trd_02").state is TradeState.RESERVED
    assert money.agents.day("agt_1", "2026-11-23", simulated=True).trades == 0


def test_an_unknown_agent_or_venue_reserves_nothing(money):
    money.agents.add(an_agent())

    with pytest.raises(NotFound):
        money.ledger.reserve(a_trade(agent_id="agt_9"), a_limits())
    with pytest.raises(NotFound):
        money.ledger.reserve(a_trade(reserved={Venue.LIMITLESS: ONE}), a_limits())


def test_simulated_and_real_money_never_meet(money):
    money.agents.add(an_agent())

    money.ledger.reserve(a_trade(simulated=False), a_limits())
    money.ledger.move_trade("trd_01", TradeState.RESERVED, TradeState.OPENING)
    money.ledger.book_fills("trd_01", 0, [a_fill()])

    assert budget(money) == VenueBudget(KALSHI, 1000 * ONE, 0, 0, 1000 * ONE)
    assert money.agents.budgets("agt_1", simulated=False)[KALSHI] == VenueBudget(
        KALSHI, 495 * ONE, ONE, 4 * ONE, 500 * ONE
    )
    assert [position.simulated for position in money.ledger.positions("agt_1")] == [False]


# --------------------------------------------------------------------------------------------- moves


def test_a_trade_moves_along_its_arrows_once(money):
    reserved_trade(money)

    moved = money.ledger.move_trade("trd_01", TradeState.RESERVED, TradeState.OPENING, "leg 0 goes out")
    again = money.ledger.move_trade("trd_01", TradeState.RESERVED, TradeState.OPENING)
    confirming = money.ledger.move_trade("trd_01", TradeState.OPENING, TradeState.CONFIRMING)

    assert (moved.state, again.state) == (TradeState.OPENING, TradeState.OPENING)
    assert confirming.reason == "leg 0 goes out"
    with pytest.raises(WrongState):
        money.ledger.move_trade("trd_01", TradeState.OPENING, TradeState.UNWINDING)
    with pytest.raises(NotFound):
        money.ledger.move_trade("trd_02", TradeState.RESERVED, TradeState.OPENING)


def test_arrows_that_do_not_exist_are_a_broken_invariant(money):
    reserved_trade(money)

    with pytest.raises(InvariantBroken):
        money.ledger.move_trade("trd_01", TradeState.RESERVED, TradeState.CONFIRMING)
    with pytest.raises(InvariantBroken):
        money.ledger.move_trade("trd_01", TradeState.OPENING, TradeState.HEDGED)
    with pytest.raises(InvariantBroken):
        money.ledger.finish("trd_01", TradeState.OPENING, TradeState.UNWINDING, reason="")
    with pytest.raises(InvariantBroken):
        money.ledger.finish("trd_01", TradeState.RESERVED, TradeState.HEDGED, reason="")
    with pytest.raises(InvariantBroken):
        money.ledger.move_leg("trd_01", a_leg(state=LegState.FILLED), LegState.PLANNED)


def submitting(**changes):
    sent = a_leg(
        state=LegState.SUBMITTING,
        client_order_id="c-1",
        venue_order_id="0xabc",
        intent={"salt": "7"},
        sends=1,
        submitted_at=NOW,
    )
    return replace(sent, **changes)


def test_a_leg_keeps_its_intent_from_the_first_to_store_it(money):
    reserved_trade(money)

    first = money.ledger.move_leg("trd_01", submitting(), LegState.PLANNED)
    again = money.ledger.move_leg("trd_01", submitting(), LegState.PLANNED)

    assert (first.intent, first.venue_order_id, first.sends) == ({"salt": "7"}, "0xabc", 1)
    assert again == first == money.ledger.trade("trd_01").legs[0]
    with pytest.raises(WrongState):
        money.ledger.move_leg("trd_01", submitting(intent={"salt": "8"}), LegState.PLANNED)
    with pytest.raises(NotFound):
        money.ledger.move_leg("trd_01", submitting(index=7), LegState.PLANNED)
    with pytest.raises(NotFound):
        money.ledger.move_leg("trd_02", submitting(), LegState.PLANNED)


def test_a_leg_may_learn_facts_without_moving(money):
    reserved_trade(money)
    leg = money.ledger.move_leg("trd_01", submitting(), LegState.PLANNED)
    unknown = money.ledger.move_leg("trd_01", replace(leg, state=LegState.UNKNOWN), LegState.SUBMITTING)

    noted = money.ledger.move_leg("trd_01", replace(unknown, absent_since=NOW), LegState.UNKNOWN)

    assert noted.absent_since == NOW
    assert noted.doubted
    assert not leg.doubted
    assert money.ledger.trade("trd_01").legs[0] == noted


def test_an_empty_intent_keeps_the_stored_one(money):
    reserved_trade(money)
    money.ledger.move_leg("trd_01", submitting(), LegState.PLANNED)

    moved = money.ledger.move_leg(
        "trd_01", submitting(state=LegState.ACKED, intent={}, venue_order_id=""), LegState.SUBMITTING
    )

    assert (moved.intent, moved.venue_order_id) == ({"salt": "7"}, "0xabc")


def test_moving_a_leg_leaves_its_booked_fills_alone(money):
    opened_trade(money)
    stale = money.ledger.move_leg("trd_01", submitting(), LegState.PLANNED)
    money.ledger.book_fills("trd_01", 0, [a_fill()])

    moved = money.ledger.move_leg("trd_01", replace(stale, state=LegState.FILLED), LegState.SUBMITTING)

    assert (moved.filled, moved.notional, len(moved.fills)) == (10 * ONE, 4 * ONE, 1)


def test_a_leg_is_added_once_and_never_to_a_trade_that_is_over(money):
    opened_trade(money)
    unwind = a_leg(2, side=Side.SELL, purpose=LegPurpose.UNWIND, repairs=0)

    money.ledger.put_leg("trd_01", unwind)
    money.ledger.put_leg("trd_01", unwind)
    with pytest.raises(AlreadyExists):
        money.ledger.put_leg("trd_01", replace(unwind, repairs=1))
    with pytest.raises(NotFound):
        money.ledger.put_leg("trd_02", unwind)
    money.ledger.finish("trd_01", TradeState.OPENING, TradeState.QUARANTINED, reason="look")
    money.ledger.put_leg("trd_01", replace(unwind, index=3))
    money.ledger.finish("trd_01", TradeState.QUARANTINED, TradeState.FLAT, reason="resolved")
    with pytest.raises(WrongState):
        money.ledger.put_leg("trd_01", replace(unwind, index=4))

    assert [leg.index for leg in money.ledger.trade("trd_01").legs] == [0, 1, 2, 3]


# --------------------------------------------------------------------------------------------- fills


def test_a_purchase_turns_reserved_money_into_a_position(money):
    opened_trade(money)

    leg = money.ledger.book_fills("trd_01", 0, [a_fill(shares=10 * ONE, price=400_001, fee_usd=70_000)])

    # 10 shares at 0.400001 and 0.07 of fee
    assert budget(money) == VenueBudget(KALSHI, 995 * ONE, 929_990, 4_070_010, 1000 * ONE, 70_000)
    assert (leg.filled, leg.net_filled, leg.notional, leg.fee_usd) == (10 * ONE, 10 * ONE, 4_000_010, 70_000)
    (position,) = money.ledger.positions("agt_1")
    assert (position.shares, position.cost) == (10 * ONE, 4_070_010)
    assert (position.trade_ids, position.opened_at, position.title) == (("trd_01",), NOW, "Will it rain?")
    assert money.agents.totals("agt_1", simulated=True) == Totals(
        trades=1, fees=70_000, exposure=5 * ONE + 929_990 + 4_070_010
    )


def test_a_fill_is_booked_once_however_often_it_is_told(money):
    opened_trade(money)
    fills = [a_fill("f1", 4 * ONE), a_fill("f2", 6 * ONE)]

    money.ledger.book_fills("trd_01", 0, fills[:1])
    money.ledger.book_fills("trd_01", 0, fills)
    leg = money.ledger.book_fills("trd_01", 0, [*fills, *fills])

    assert leg.filled == 10 * ONE
    assert budget(money).spent == 4 * ONE
    assert leg == money.ledger.trade("trd_01").legs[0]


def test_the_same_fill_id_on_another_leg_is_another_fill(money):
    opened_trade(money)

    money.ledger.book_fills("trd_01", 0, [a_fill("f1")])
    money.ledger.book_fills("trd_01", 1, [a_fill("f1")])

    assert (budget(money).spent, budget(money, POLYMARKET).spent) == (4 * ONE, 4 * ONE)


def test_a_fill_that_comes_back_different_is_a_broken_invariant(money):
    opened_trade(money)
    money.ledger.book_fills("trd_01", 0, [a_fill(price=400_000)])

    with pytest.raises(InvariantBroken):
        money.ledger.book_fills("trd_01", 0, [a_fill(price=410_000)])

    assert budget(money).spent == 4 * ONE


def test_a_fee_in_shares_leaves_fewer_shares(money):
    opened_trade(money)

    leg = money.ledger.book_fills("trd_01", 1, [a_fill(fee_shares=300_000)])

    assert (leg.filled, leg.net_filled, leg.fee_shares) == (10 * ONE, 9_700_000, 300_000)
    assert money.ledger.positions("agt_1")[0].shares == 9_700_000


def test_a_failed_fill_is_reversed_once_and_its_money_is_reserved_again(money):
    opened_trade(money)
    matched = a_fill(confirmed=False)
    money.ledger.book_fills("trd_01", 1, [matched])

    for _ in range(2):
        leg = money.ledger.book_fills("trd_01", 1, [replace(matched, failed=True)])
    money.ledger.book_fills("trd_01", 1, [matched])

    assert (leg.filled, leg.notional) == (0, 0)
    assert [fill.failed for fill in leg.fills] == [True]
    assert budget(money, POLYMARKET) == VenueBudget(POLYMARKET, 995 * ONE, 5 * ONE, 0, 1000 * ONE)
    assert money.ledger.positions("agt_1") == []


def test_a_fill_that_was_first_seen_as_failed_counts_for_nothing(money):
    opened_trade(money)

    leg = money.ledger.book_fills("trd_01", 1, [a_fill(failed=True, confirmed=False)])

    assert (leg.filled, budget(money, POLYMARKET).spent) == (0, 0)


def test_a_confirmation_is_kept_and_never_taken_back(money):
    opened_trade(money)
    matched = a_fill(confirmed=False)
    money.ledger.book_fills("trd_01", 1, [matched])

    money.ledger.book_fills("trd_01", 1, [replace(matched, confirmed=True, tx_hash="0x1")])
    leg = money.ledger.book_fills("trd_01", 1, [matched])

    assert [(fill.confirmed, fill.tx_hash) for fill in leg.fills] == [(True, "0x1")]
    assert budget(money, POLYMARKET).spent == 4 * ONE


def test_what_exceeds_the_reservation_comes_out_of_the_free_budget(money):
    opened_trade(money)

    money.ledger.book_fills("trd_01", 0, [a_fill(price=600_000)])

    assert budget(money) == VenueBudget(KALSHI, 994 * ONE, 0, 6 * ONE, 1000 * ONE)


def test_a_purchase_that_nothing_covers_is_booked_and_blocks_the_next(money):
    money.agents.add(an_agent(budgets={KALSHI: 5 * ONE}))
    money.ledger.reserve(a_trade(), a_limits())
    money.ledger.move_trade("trd_01", TradeState.RESERVED, TradeState.OPENING)

    money.ledger.book_fills("trd_01", 0, [a_fill(price=600_000)])

    assert budget(money) == VenueBudget(KALSHI, -ONE, 0, 6 * ONE, 5 * ONE)
    assert budget(money).overdrawn == ONE
    with pytest.raises(LimitExceeded, match=r"^budget\.kalshi"):
        money.ledger.reserve(a_trade("trd_02", pair_id="pair_2", reserved={KALSHI: 1}), a_limits())


def sold(money, shares, price, fill_id="s1", fee_usd=0):
    trade_id, leg = f"trd_x{fill_id}", a_leg(side=Side.SELL, purpose=LegPurpose.EXIT)
    money.ledger.reserve(a_trade(trade_id, legs=(leg,), reserved={}, pair_id=f"pair_{fill_id}"), a_limits())
    money.ledger.move_trade(trade_id, TradeState.RESERVED, TradeState.OPENING)
    return money.ledger.book_fills(trade_id, 0, [a_fill(fill_id, shares, price, fee_usd=fee_usd)])


def test_a_sale_frees_its_proceeds_and_realises_the_difference_to_average_cost(money):
    opened_trade(money)
    money.ledger.book_fills("trd_01", 0, [a_fill("f1", 4 * ONE, 400_000), a_fill("f2", 6 * ONE, 300_000)])
    money.ledger.finish("trd_01", TradeState.OPENING, TradeState.FILLED, reason="")

    sold(money, 5 * ONE, 500_000, fee_usd=10_000)

    # ten shares cost 3.40, so five cost 1.70 and brought 2.50 less 0.01
    assert budget(money) == VenueBudget(
        KALSHI, 996_600_000 + 2_490_000, 0, 1_700_000, 1000 * ONE + 790_000, 10_000
    )
    assert money.agents.totals("agt_1", simulated=True).realised == 790_000
    assert money.agents.day("agt_1", "2026-11-23", simulated=True).realised == 790_000
    assert money.ledger.trade("trd_xs1").realised == 790_000
    (position,) = money.ledger.positions("agt_1")
    assert (position.shares, position.cost) == (5 * ONE, 1_700_000)


def test_the_last_share_sold_takes_the_rest_of_the_cost_with_it(money):
    opened_trade(money)
    money.ledger.book_fills("trd_01", 0, [a_fill("f1", 3 * ONE, 333_333), a_fill("f2", 1, 1)])

    for number in range(3):
        sold(money, ONE, 333_333, f"s{number}")
    sold(money, 1, 1, "s3")

    assert money.ledger.positions("agt_1") == []
    assert budget(money).spent == 0
    # bought for 1.000000 with the rounding against us, sold for 0.999999 less roundings
    assert money.agents.totals("agt_1", simulated=True).realised == budget(money).funded - 1000 * ONE == -1


def test_on_kalshi_buying_the_other_outcome_closes_first(money):
    opened_trade(money, legs=(a_leg(0), a_leg(1, outcome=Outcome.NO)), reserved={KALSHI: 10 * ONE})
    money.ledger.book_fills("trd_01", 0, [a_fill("f1", 10 * ONE, 400_000)])

    money.ledger.book_fills("trd_01", 1, [a_fill("f2", 12 * ONE, 500_000)])

    # ten pairs paid a dollar each at once; they had cost 4 and 5, two NO for 1 are left
    (position,) = money.ledger.positions("agt_1")
    assert (position.outcome, position.shares, position.cost) == (Outcome.NO, 2 * ONE, ONE)
    assert budget(money) == VenueBudget(KALSHI, 1000 * ONE, 0, ONE, 1001 * ONE)
    assert money.ledger.trade("trd_01").realised == ONE


def test_elsewhere_both_outcomes_are_held(money):
    legs = (a_leg(0, POLYMARKET, outcome=Outcome.YES), a_leg(1, POLYMARKET, outcome=Outcome.NO))
    opened_trade(money, legs=legs, reserved={POLYMARKET: 10 * ONE})
    money.ledger.book_fills("trd_01", 0, [a_fill("f1", 10 * ONE, 400_000)])

    money.ledger.book_fills("trd_01", 1, [a_fill("f2", 10 * ONE, 500_000)])

    assert sorted(position.cost for position in money.ledger.positions("agt_1")) == [4 * ONE, 5 * ONE]


def test_a_hundred_and_twenty_fills_of_one_order_are_all_booked(money):
    opened_trade(money)

    leg = money.ledger.book_fills("trd_01", 0, [a_fill(f"f{n:03d}", 10_000) for n in range(120)])

    assert (leg.filled, len(leg.fills)) == (1_200_000, 120)
    assert budget(money).spent == 480_000


def test_a_leg_moves_with_its_fills(money):
    opened_trade(money)
    submitting = replace(a_leg(0), state=LegState.SUBMITTING, client_order_id="c", intent={"a": "b"})
    money.ledger.move_leg("trd_01", submitting, LegState.PLANNED)

    def filled(leg):
        return replace(leg, state=LegState.FILLED, reason=f"{leg.filled} of {leg.shares}", filled=0)

    leg = money.ledger.book_fills("trd_01", 0, [a_fill("f1", 10 * ONE)], filled)
    again = money.ledger.book_fills("trd_01", 0, [a_fill("f1", 10 * ONE)], filled)

    assert again == leg == money.ledger.latest("trd_01").legs[0] == money.ledger.trade("trd_01").legs[0]
    # what was filled is the ledger's to say
    assert (leg.state, leg.filled, leg.reason) == (LegState.FILLED, 10 * ONE, f"{10 * ONE} of {10 * ONE}")


def test_a_leg_moves_though_its_fills_are_booked_already(money):
    opened_trade(money)
    submitting = replace(a_leg(0), state=LegState.SUBMITTING, client_order_id="c", intent={"a": "b"})
    money.ledger.move_leg("trd_01", submitting, LegState.PLANNED)
    money.ledger.book_fills("trd_01", 0, [a_fill("f1", 10 * ONE)])

    money.ledger.book_fills(
        "trd_01", 0, [a_fill("f1", 10 * ONE)], lambda leg: replace(leg, state=LegState.FILLED)
    )

    assert money.ledger.trade("trd_01").legs[0].state is LegState.FILLED


def test_nothing_is_booked_when_the_leg_cannot_go_there(money):
    opened_trade(money)

    with pytest.raises(InvariantBroken):
        money.ledger.book_fills("trd_01", 0, [a_fill()], lambda leg: replace(leg, state=LegState.CONFIRMED))

    assert money.ledger.trade("trd_01").legs[0] == money.ledger.latest("trd_01").legs[0]
    assert money.ledger.trade("trd_01").legs[0].filled == 0
    assert budget(money).spent == 0


def test_fills_of_what_is_not_there_are_not_found(money):
    opened_trade(money)

    with pytest.raises(NotFound):
        money.ledger.book_fills("trd_02", 0, [a_fill()])
    with pytest.raises(NotFound):
        money.ledger.book_fills("trd_01", 5, [a_fill()])


# -------------------------------------------------------------------------------------------- finish


def test_finishing_releases_what_is_left_exactly_once(money):
    opened_trade(money)
    money.ledger.book_fills("trd_01", 0, [a_fill()])
    money.ledger.book_fills("trd_01", 1, [a_fill()])

    for _ in range(3):
        ended = money.ledger.finish(
            "trd_01", TradeState.OPENING, TradeState.HEDGED, reason="both filled", locked=2 * ONE
        )

    assert (ended.state, ended.reason, ended.locked) == (TradeState.HEDGED, "both filled", 2 * ONE)
    assert ended == money.ledger.trade("trd_01")
    for venue in (KALSHI, POLYMARKET):
        assert budget(money, venue) == VenueBudget(venue, 996 * ONE, 0, 4 * ONE, 1000 * ONE)
    assert money.agents.totals("agt_1", simulated=True) == Totals(trades=1, exposure=8 * ONE)
    with pytest.raises(WrongState):
        money.ledger.finish("trd_01", TradeState.OPENING, TradeState.FLAT, reason="")
    with pytest.raises(NotFound):
        money.ledger.finish("trd_02", TradeState.OPENING, TradeState.FLAT, reason="")


def test_a_trade_not_taken_leaves_no_trace_in_the_money(money):
    reserved_trade(money)

    money.ledger.finish("trd_01", TradeState.RESERVED, TradeState.NOT_TAKEN, reason="edge gone")

    assert budget(money) == VenueBudget(KALSHI, 1000 * ONE, 0, 0, 1000 * ONE)
    assert money.agents.totals("agt_1", simulated=True) == Totals(trades=1)


def test_a_late_fill_of_a_finished_trade_is_booked_from_the_free_budget(money):
    opened_trade(money)
    money.ledger.finish("trd_01", TradeState.OPENING, TradeState.QUARANTINED, reason="unknown")

    money.ledger.book_fills("trd_01", 0, [a_fill(confirmed=False)])
    late = budget(money)
    money.ledger.book_fills("trd_01", 0, [a_fill(failed=True)])

    assert late == VenueBudget(KALSHI, 996 * ONE, 0, 4 * ONE, 1000 * ONE)
    assert budget(money) == VenueBudget(KALSHI, 1000 * ONE, 0, 0, 1000 * ONE)
    assert money.agents.totals("agt_1", simulated=True).exposure == 0


def test_a_resolved_quarantine_leaves_a_later_trade_of_the_pair_in_flight(money):
    opened_trade(money)
    money.ledger.finish("trd_01", TradeState.OPENING, TradeState.QUARANTINED, reason="unknown")
    money.ledger.reserve(a_trade("trd_02"), a_limits())

    money.ledger.finish("trd_01", TradeState.QUARANTINED, TradeState.FLAT, reason="resolved")

    with pytest.raises(AlreadyReserved):
        money.ledger.reserve(a_trade("trd_03"), a_limits())


# --------------------------------------------------------------------------------------------- reads


def test_trades_are_listed_newest_first_page_by_page(money):
    money.agents.add(an_agent())
    for number in range(5):
        money.ledger.reserve(a_trade(f"trd_{number}", pair_id=f"pair_{number}"), a_limits())

    first = money.ledger.trades("agt_1", 3)
    second = money.ledger.trades("agt_1", 3, first.next_key)

    assert [trade.trade_id for trade in first.items] == ["trd_4", "trd_3", "trd_2"]
    assert [trade.trade_id for trade in second.items] == ["trd_1", "trd_0"]
    assert second.items[0].legs == a_trade().legs
    assert second.next_key == ""


def test_the_sweeper_finds_trades_untouched_for_long_oldest_first(money):
    money.agents.add(an_agent())
    for number in range(6):
        money.ledger.reserve(
            a_trade(f"trd_{number}", pair_id=f"pair_{number}", updated_at=NOW + timedelta(seconds=number)),
            a_limits(),
        )
    money.ledger.finish("trd_0", TradeState.RESERVED, TradeState.NOT_TAKEN, reason="")
    money.clock.advance(60_000)
    money.ledger.move_trade("trd_1", TradeState.RESERVED, TradeState.OPENING)
    money.ledger.move_leg("trd_2", submitting(), LegState.PLANNED)

    assert list(money.ledger.open_trades(NOW_MS + 30_000, 10)) == ["trd_3", "trd_4", "trd_5"]
    assert list(money.ledger.open_trades(NOW_MS + 30_000, 2)) == ["trd_3", "trd_4"]
    assert list(money.ledger.open_trades(NOW_MS + 4_000, 10)) == ["trd_3"]


def test_the_kill_switch_is_on_until_somebody_turns_it_off(money):
    off = Control(False, "venue incident", NOW, "0xoperator")

    assert money.ledger.control() == Control()
    money.ledger.set_control(off)
    assert money.ledger.control() == off


# ------------------------------------------------------------------------------------------ clearance


def test_clearance_is_the_switch_the_agent_its_sums_and_its_day(money):
    reserved_trade(money)
    money.ledger.set_control(Control(False, "drill", NOW, "ops"))

    cleared = money.ledger.clearance("agt_1", "2026-11-23", simulated=True)

    assert cleared.control == money.ledger.control() == Control(False, "drill", NOW, "ops")
    assert cleared.agent == money.agents.get("agt_1")
    assert cleared.day == money.agents.day("agt_1", "2026-11-23", simulated=True)
    assert cleared.day.trades == 1
    assert cleared.totals == money.agents.totals("agt_1", simulated=True)
    assert cleared.totals.exposure == 10 * ONE


def test_clearance_of_nobody_says_so(money):
    cleared = money.ledger.clearance("agt_2", "2026-11-23", simulated=False)
    assert (cleared.control, cleared.agent, cleared.totals) == (Control(), None, Totals())
    assert cleared.day.trades == 0


# ------------------------------------------------------------------------------------------ sending


def test_an_order_about_to_leave_opens_the_trade_in_the_same_write(money):
    reserved_trade(money)
    leg = replace(a_leg(0), state=LegState.SUBMITTING, client_order_id="c-1", intent={"body": "1"})
    money.ledger.move_leg("trd_01", leg, LegState.PLANNED)
    assert money.ledger.trade("trd_01").state is TradeState.OPENING


def test_a_leg_given_up_leaves_the_trade_reserved(money):
    reserved_trade(money)
    money.ledger.move_leg("trd_01", replace(a_leg(0), state=LegState.REJECTED), LegState.PLANNED)
    assert money.ledger.trade("trd_01").state is TradeState.RESERVED


def test_a_trade_is_repaired_by_one_leg_at_a_time(money):
    opened_trade(money)
    first = a_leg(2, purpose=LegPurpose.COMPLETE, repairs=1)
    money.ledger.put_leg("trd_01", first)
    second = replace(first, index=3)

    with pytest.raises(AlreadyExists, match="leg 2"):
        money.ledger.put_leg("trd_01", second)
    assert [leg.index for leg in money.ledger.trade("trd_01").legs] == [0, 1, 2]

    money.ledger.move_leg("trd_01", replace(first, state=LegState.REJECTED), LegState.PLANNED)
    money.ledger.put_leg("trd_01", second)
    assert [leg.index for leg in money.ledger.trade("trd_01").legs] == [0, 1, 2, 3]

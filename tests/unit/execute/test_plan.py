"""A plan survives its way through Step Functions unchanged, and a broken one is refused by name."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dutchbook.domain.errors import InvalidInput
from dutchbook.domain.market import MarketKey
from dutchbook.domain.plan import PlannedLeg, TradePlan
from dutchbook.domain.trade import LegPurpose
from dutchbook.domain.venue import Outcome, Side, Venue

YES_LEG = PlannedLeg(
    MarketKey(Venue.KALSHI, "KXTEST-26"), Outcome.YES, Side.BUY, 100_000_000, 400_000, 41_680_000
)
NO_LEG = PlannedLeg(
    MarketKey(Venue.POLYMARKET, "0xabc"), Outcome.NO, Side.BUY, 100_000_001, 510_001, 51_000_011
)
PLAN = TradePlan(
    trade_id="trd_1",
    agent_id="agt_1",
    pair_id="pair_1",
    direction="kalshi:yes+polymarket:no",
    strategy="arbitrage",
    tick_id="2026-03-01T00:00:00Z",
    legs=(YES_LEG, NO_LEG),
    shares=100_000_000,
    expected_cost=92_680_000,
    expected_profit=7_320_000,
    resolves_at=datetime(2026, 4, 1, tzinfo=UTC),
    title="Will it?",
)


def _numbers_in(value):
    if isinstance(value, dict):
        return [n for item in value.values() for n in _numbers_in(item)]
    if isinstance(value, list):
        return [n for item in value for n in _numbers_in(item)]
    return [value] if isinstance(value, int | float) else []


@pytest.mark.parametrize("plan", [PLAN, replace(PLAN, resolves_at=None, title="")])
def test_a_plan_is_the_same_after_json(plan):
    assert TradePlan.from_payload(json.loads(json.dumps(plan.to_payload()))) == plan


def test_no_json_number_stands_in_the_execution_input():
    assert _numbers_in(PLAN.to_payload()) == []


def test_two_legs_on_one_venue_are_reserved_together():
    plan = replace(PLAN, legs=(YES_LEG, replace(YES_LEG, outcome=Outcome.NO)))
    assert plan.reserved == {Venue.KALSHI: 2 * 41_680_000}


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("plan",), None, "plan"),
        (("trade_id",), "", "trade_id"),
        (("plan", "shares"), 100, "shares"),
        (("plan", "shares"), "NaN", "shares"),
        (("plan", "shares"), "0", "shares"),
        (("plan", "legs"), "none", "plan.legs"),
        (("plan", "legs"), [], "legs"),
        (("plan", "legs", 0), "leg", "plan.legs"),
        (("plan", "legs", 0, "market"), "nasdaq:X", "plan.legs"),
        (("plan", "legs", 0, "limit_price"), "1", "legs[0].limit_price"),
        (("plan", "legs", 0, "shares"), "-1", "legs[0].shares"),
        (("plan", "legs", 0, "max_cost"), "0", "legs[0].max_cost"),
        (("plan", "legs", 0, "purpose"), "unwind", "legs[0].purpose"),
        (("plan", "resolves_at"), "soon", "resolves_at"),
        (("plan", "simulated"), "no", "simulated"),
        (("plan", "simulated"), True, "simulated"),
    ],
)
def test_a_broken_plan_names_the_field(path, value, field):
    payload = json.loads(json.dumps(PLAN.to_payload()))
    target = payload
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    with pytest.raises(InvalidInput) as caught:
        TradePlan.from_payload(payload)
    assert caught.value.field == field


def an_exit(leg):
    return replace(leg, side=Side.SELL, purpose=LegPurpose.EXIT, max_cost=0)


def test_a_trade_opens_or_closes_but_never_both():
    assert replace(PLAN, legs=(an_exit(YES_LEG),), simulated=True).reserved == {Venue.KALSHI: 0}
    both = replace(PLAN, legs=(an_exit(YES_LEG), an_exit(NO_LEG)), simulated=False)
    assert TradePlan.from_payload(json.loads(json.dumps(both.to_payload()))) == both
    with pytest.raises(InvalidInput):
        replace(PLAN, legs=(an_exit(YES_LEG), NO_LEG))


def test_a_position_is_closed_by_selling():
    with pytest.raises(InvalidInput):
        replace(PLAN, legs=(replace(YES_LEG, purpose=LegPurpose.EXIT),))


def test_an_exit_that_does_not_say_which_kind_it_sells_is_refused():
    with pytest.raises(InvalidInput) as caught:
        replace(PLAN, legs=(an_exit(YES_LEG),))
    assert caught.value.field == "simulated"

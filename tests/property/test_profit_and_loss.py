"""The profit of any run is cash plus what is still to be redeemed, less what was put in, to the millionth.

Counted here from the fills and the payouts alone, not with the ledger's own arithmetic.
"""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dutchbook.domain.accounting import Holding, cash_of
from dutchbook.domain.money import ONE
from dutchbook.domain.settlement import Resolution, Stage, pay_out, split
from dutchbook.domain.trade import LegPurpose
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Outcome, Side, Venue
from tests.support.builders import NOW, NOW_MS, a_fill, a_leg, a_limits, a_trade, an_agent
from tests.support.ledger import MemoryAgents, MemoryLedger
from tests.support.market_data import FakeClock
from tests.support.settlements import MemorySettlements

FUNDED = 1_000 * ONE
VENUES = (Venue.KALSHI, Venue.POLYMARKET)

shares = st.integers(1, 20 * ONE)
prices = st.integers(1, ONE - 1)
values = st.one_of(st.sampled_from([0, ONE, ONE // 2]), st.integers(0, ONE))
fills = st.tuples(shares, prices, st.integers(0, 90_000), st.integers(0, 9_999))
bought = st.tuples(st.sampled_from(Outcome), st.lists(fills, max_size=3))
trades = st.lists(st.tuples(bought, bought), min_size=1, max_size=5)
sold = st.lists(st.tuples(st.integers(0, 1), st.sampled_from(Outcome), fills), max_size=3)


class Run:
    """One agent's trades on two markets."""

    def __init__(self):
        self.agents = MemoryAgents(FakeClock(NOW_MS))
        self.ledger = MemoryLedger(self.agents)
        self.settlements = MemorySettlements(self.ledger)
        self.agents.add(an_agent(budgets=dict.fromkeys(VENUES, FUNDED)))
        self.moved = 0
        """Dollars that the fills moved."""

    def trade(self, legs, booked):
        number = len(self.ledger.stored)
        trade = a_trade(f"trd_{number:03d}", pair_id=f"pair_{number}", legs=legs, reserved={})
        self.ledger.reserve(trade, a_limits(max_position=10**12))
        self.ledger.move_trade(trade.trade_id, TradeState.RESERVED, TradeState.OPENING)
        for leg, some in zip(legs, booked, strict=True):
            new = [
                a_fill(f"{trade.trade_id}-{leg.index}-{place}", size, price, fee_usd=usd, fee_shares=lost)
                for place, (size, price, usd, lost) in enumerate(some)
            ]
            new = [replace(fill, fee_shares=min(fill.fee_shares, fill.shares)) for fill in new]
            self.moved += sum(cash_of(leg.side, fill) for fill in new)
            self.ledger.book_fills(trade.trade_id, leg.index, new)
        self.ledger.finish(trade.trade_id, TradeState.OPENING, TradeState.HEDGED, reason="", locked=number)

    @property
    def cash(self):
        budgets = self.agents.budgets("agt_1", simulated=True).values()
        return sum(budget.available + budget.reserved for budget in budgets)

    @property
    def totals(self):
        return self.agents.totals("agt_1", simulated=True)


def netted(run):
    """Kalshi frees a dollar for each pair of YES and NO that meet; the fills know nothing of it."""
    return run.cash - 2 * FUNDED - run.moved


@given(trades, sold, st.tuples(values, values), st.booleans())
def test_profit_is_cash_plus_redemption_value_less_funding(opened, closed, answers, refunded):
    run = Run()
    for first, second in opened:
        legs = tuple(
            a_leg(index, venue, outcome=outcome)
            for index, (venue, (outcome, _)) in enumerate(zip(VENUES, (first, second), strict=True))
        )
        run.trade(legs, (first[1], second[1]))
    for place, outcome, fill in closed:
        leg = a_leg(0, VENUES[place], outcome=outcome, side=Side.SELL, purpose=LegPurpose.EXIT)
        run.trade((leg,), ([fill],))
    assert netted(run) >= 0

    held = run.ledger.positions("agt_1")
    resolutions = {
        venue: Resolution(next(p.key for p in held if p.key.venue is venue), Stage.PAYABLE, answer)
        for venue, answer in zip(VENUES, answers, strict=True)
        if any(p.key.venue is venue for p in held)
    }
    if refunded and Venue.KALSHI in resolutions:
        resolutions[Venue.KALSHI] = replace(resolutions[Venue.KALSHI], yes_value=None, refund=True)
    redemption = sum(
        p.cost
        if resolutions[p.key.venue].refund
        else resolutions[p.key.venue].worth(p.outcome) * p.shares // ONE
        for p in held
    )
    expected = run.cash + redemption - 2 * FUNDED
    unrealised = redemption - sum(p.cost for p in held)
    assert run.totals.realised + unrealised == expected

    for position in held:
        run.settlements.settle(position, resolutions[position.key.venue])

    assert run.totals.realised == expected == run.cash - 2 * FUNDED
    assert run.totals.exposure == 0
    assert run.ledger.positions("agt_1") == []
    for budget in run.agents.budgets("agt_1", simulated=True).values():
        assert budget.available == budget.funded
        assert (budget.reserved, budget.spent) == (0, 0)
    paid = run.settlements.history("agt_1", 100, simulated=True).items
    assert sum(each.payout for each in paid) == redemption
    for trade_id in list(run.ledger.stored):
        run.settlements.close(trade_id)
    days = run.agents.days("agt_1", "0000", simulated=True)
    assert sum(day.realised for day in days) == sum(day.result for day in days) == expected


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=9))
def test_parts_add_up_and_are_never_off_by_more_than_one(amount, weights):
    parts = split(amount, weights)
    assert sum(parts) == amount
    total = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        if total:
            assert abs(part * total - amount * weight) < total


@given(st.lists(shares, min_size=1, max_size=9), st.integers(1, 10**7), values, st.integers(1, 4))
def test_a_holding_paid_in_parts_pays_what_it_would_at_once(brought, cost, value, most):
    """However many trades a transaction takes."""
    opened = []
    for number, size in enumerate(brought):
        leg = replace(a_leg(0), net_filled=size, filled=size)
        opened.append(a_trade(f"trd_{number}", legs=(leg,), state=TradeState.FILLED))
    key, outcome = opened[0].legs[0].key, opened[0].legs[0].outcome
    resolution = Resolution(key, Stage.PAYABLE, value)
    holding = whole = Holding(sum(brought), cost)
    payout = realised = 0
    while holding.shares:
        part = pay_out(holding, resolution, outcome, opened, NOW, most, {})
        payout += part.payout
        realised += sum(trade.realised for trade in part.trades)
        holding, opened = part.left, opened[most:]
    assert payout == value * whole.shares // ONE
    assert realised == payout - cost
    assert holding == Holding(0, 0)

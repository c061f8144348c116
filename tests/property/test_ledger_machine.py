"""Reserve, fill, repeat, fail, sell and finish in any order: the books add up after every single step.

The sums are counted here anew from the fills alone, not with the ledger's own arithmetic. The ledger on
DynamoDB and the one in memory are driven in step and must agree in every answer and every refusal.
"""

from collections import Counter
from contextlib import ExitStack
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dutchbook.adapters.agents import DynamoAgents
from dutchbook.adapters.ledger import DynamoLedger
from dutchbook.domain.accounting import cash_of, shares_of
from dutchbook.domain.errors import DutchbookError, InvariantBroken
from dutchbook.domain.money import ONE
from dutchbook.domain.trade import LegPurpose
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.domain.venue import Outcome, Side, Venue
from tests.support.aws import fake_aws
from tests.support.builders import NOW_MS, a_fill, a_leg, a_limits, a_trade, an_agent
from tests.support.ledger import MemoryAgents, MemoryLedger
from tests.support.market_data import FakeClock

VENUES = (Venue.KALSHI, Venue.POLYMARKET)
FUNDED = 40 * ONE
LIMITS = a_limits(max_position=60 * ONE, max_trades=30)

amounts = st.integers(0, 15 * ONE)
shares = st.integers(1, 12 * ONE)
prices = st.integers(1, ONE - 1)
fees = st.integers(0, 90_000)
legs = st.sampled_from([0, 1])
outcomes = st.sampled_from(Outcome)
venues = st.sampled_from(VENUES)
states = st.sampled_from([None, None, LegState.SUBMITTING, LegState.ACKED, LegState.PARTIAL])
"""Of a leg after a booking; None: as it is."""


class LedgerMachine(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.clock = FakeClock(NOW_MS)
        memory = MemoryAgents(self.clock)
        self.stores = [(memory, MemoryLedger(memory))]
        self.trades = {}
        self.fills = {}
        """Latest word on each fill: (trade, leg index, fill id) → Fill."""
        self.exit_stack = ExitStack()

    def teardown(self):
        self.exit_stack.close()

    @initialize()
    def register(self):
        for agents, _ in self.stores:
            agents.add(an_agent(budgets=dict.fromkeys(VENUES, FUNDED), limits=LIMITS))

    def on_all(self, act):
        """The same act on every store; they must answer, or refuse, alike."""
        answers = []
        for _, ledger in self.stores:
            try:
                answers.append(act(ledger))
            except DutchbookError as error:
                answers.append(type(error))
        assert all(answer == answers[0] for answer in answers), answers
        self.check_memory()
        return answers[0]

    def check_memory(self):
        """What a ledger remembers of a trade after a write is what another one reads."""
        for _, ledger in self.stores[1:]:
            if remembered := ledger._trades._last:
                other = DynamoLedger(ledger._table, self.clock)
                assert other._trades.find(remembered.trade.trade_id) == remembered

    # ------------------------------------------------------------------------------------- steps

    @rule(first=outcomes, second=outcomes, one_venue=st.booleans(), kalshi=amounts, polymarket=amounts)
    def reserve(self, first, second, one_venue, kalshi, polymarket):
        number = len(self.trades)
        second_venue = Venue.KALSHI if one_venue else Venue.POLYMARKET
        trade = a_trade(
            f"trd_{number:03d}",
            pair_id=f"pair_{number % 3}",
            legs=(a_leg(0, outcome=first), a_leg(1, second_venue, outcome=second)),
            reserved={Venue.KALSHI: kalshi, Venue.POLYMARKET: polymarket},
        )
        self.start(trade)

    @rule(venue=venues, outcome=outcomes)
    def begin_an_exit(self, venue, outcome):
        number = len(self.trades)
        leg = a_leg(0, venue, outcome=outcome, side=Side.SELL, purpose=LegPurpose.EXIT)
        self.start(a_trade(f"trd_{number:03d}", pair_id=f"exit_{number}", legs=(leg,), reserved={}))

    def start(self, trade):
        if self.on_all(lambda ledger: ledger.reserve(trade, LIMITS)) is None:
            self.trades[trade.trade_id] = trade

    @precondition(lambda self: self.trades)
    @rule(data=st.data())
    def reserve_again(self, data):
        trade = self.trades[data.draw(st.sampled_from(sorted(self.trades)))]
        self.on_all(lambda ledger: ledger.reserve(trade, LIMITS))

    @precondition(lambda self: self.trades)
    @rule(data=st.data())
    def open_up(self, data):
        trade_id = data.draw(st.sampled_from(sorted(self.trades)))
        self.on_all(
            lambda ledger: state_of(ledger.move_trade(trade_id, TradeState.RESERVED, TradeState.OPENING))
        )

    @precondition(lambda self: self.trades)
    @rule(data=st.data(), index=legs, many=st.integers(1, 3), size=shares, price=prices, fee=fees)
    def fill(self, data, index, many, size, price, fee):
        trade_id = data.draw(st.sampled_from(sorted(self.trades)))
        leg = next((one for one in self.trades[trade_id].legs if one.index == index), None)
        if leg is None:
            return
        # a fee in shares is Limitless's way; it stands for any venue here
        in_shares = data.draw(st.booleans()) and leg.side is Side.BUY
        new = [
            a_fill(
                f"f{len(self.fills) + number}",
                size,
                price,
                fee_usd=0 if in_shares else fee,
                fee_shares=min(fee, size) if in_shares else 0,
                confirmed=data.draw(st.booleans()),
                failed=data.draw(st.integers(0, 9)) == 0,
            )
            for number in range(many)
        ]
        self.book(trade_id, index, new, data.draw(states))

    @precondition(lambda self: self.trades)
    @rule(
        data=st.data(),
        index=st.integers(2, 4),
        venue=venues,
        needed=st.integers(0, 30 * ONE),
        limit=st.none() | st.integers(0, 60 * ONE),
    )
    def add_a_leg(self, data, index, venue, needed, limit):
        trade_id = data.draw(st.sampled_from(sorted(self.trades)))
        leg = a_leg(index, venue, purpose=LegPurpose.COMPLETE, repairs=0)
        before = {budget.venue: budget.available for budget in self.budgets()}

        refused = self.on_all(lambda ledger: ledger.put_leg(trade_id, leg, needed=needed, max_position=limit))

        after = {budget.venue: budget.available for budget in self.budgets()}
        # only what is free is taken, and nothing where the answer was no
        assert after == before if refused else after[venue] >= min(before[venue], 0)
        assert after[venue] <= before[venue]
        exposure = self.stores[0][0].totals("agt_1", simulated=True).exposure
        assert after == before or limit is None or exposure <= limit

    @precondition(lambda self: self.fills)
    @rule(data=st.data(), fails=st.booleans())
    def hear_of_a_fill_again(self, data, fails):
        trade_id, index, fill_id = data.draw(st.sampled_from(sorted(self.fills)))
        fill = self.fills[trade_id, index, fill_id]
        self.book(trade_id, index, [replace(fill, failed=fill.failed or fails, confirmed=not fails)])

    def book(self, trade_id, index, fills, state=None):
        def then(leg):
            return replace(leg, state=state or leg.state)

        leg = self.on_all(lambda ledger: ledger.book_fills(trade_id, index, fills, then))
        if leg is InvariantBroken:  # no such arrow: nothing is booked, which the invariants see
            return
        assert state in (None, leg.state)
        for fill in fills:
            self.fills[trade_id, index, fill.fill_id] = fill
        good = [f for (t, i, _), f in self.fills.items() if (t, i) == (trade_id, index) and not f.failed]
        assert leg.filled == sum(fill.shares for fill in good)

    @precondition(lambda self: self.trades)
    @rule(
        data=st.data(),
        end=st.sampled_from(
            [TradeState.HEDGED, TradeState.FLAT, TradeState.NOT_TAKEN, TradeState.QUARANTINED]
        ),
        times=st.integers(1, 2),
    )
    def finish(self, data, end, times):
        trade_id = data.draw(st.sampled_from(sorted(self.trades)))
        for _ in range(times):
            for expected in (TradeState.RESERVED, TradeState.OPENING, TradeState.QUARANTINED):
                self.on_all(
                    lambda ledger, was=expected: state_of(ledger.finish(trade_id, was, end, reason=""))
                )

    # --------------------------------------------------------------------------------- what holds

    @invariant()
    def available_reserved_and_spent_are_what_was_funded(self):
        for budget in self.budgets():
            assert budget.available + budget.reserved + budget.spent == budget.funded
            assert budget.reserved >= 0

    @invariant()
    def positions_are_the_sums_of_the_fills(self):
        bought = Counter()
        for leg, fill in self.good_fills():
            bought[leg.venue, leg.outcome] += shares_of(leg.side, fill)
        held = Counter({(p.key.venue, p.outcome): p.shares for p in self.positions()})
        for outcome in Outcome:
            assert held[Venue.POLYMARKET, outcome] == bought[Venue.POLYMARKET, outcome]
        # Kalshi nets pairs of both outcomes away: what is left differs by the same number on both sides
        assert (
            self.pairs_closed(bought, held, Outcome.YES) == self.pairs_closed(bought, held, Outcome.NO) >= 0
        )

    @invariant()
    def cash_is_what_the_fills_moved_and_a_dollar_for_each_pair_closed(self):
        cash = Counter(dict.fromkeys(VENUES, FUNDED))
        bought = Counter()
        for leg, fill in self.good_fills():
            cash[leg.venue] += cash_of(leg.side, fill)
            bought[leg.venue, leg.outcome] += shares_of(leg.side, fill)
        held = Counter({(p.key.venue, p.outcome): p.shares for p in self.positions()})
        cash[Venue.KALSHI] += self.pairs_closed(bought, held, Outcome.YES)
        for budget in self.budgets():
            assert budget.available + budget.reserved == cash[budget.venue]

    @invariant()
    def spent_is_what_the_positions_cost_and_exposure_adds_what_is_reserved(self):
        cost = Counter()
        for position in self.positions():
            cost[position.key.venue] += position.cost
        budgets = self.budgets()
        for budget in budgets:
            assert budget.spent == cost[budget.venue]
        totals = self.stores[0][0].totals("agt_1", simulated=True)
        assert totals.exposure == sum(budget.spent + budget.reserved for budget in budgets)

    @invariant()
    def profit_is_realised_once_and_shown_alike_everywhere(self):
        agents, ledger = self.stores[0]
        totals = agents.totals("agt_1", simulated=True)
        trades = [ledger.trade(trade_id) for trade_id in self.trades]
        assert totals.realised == sum(budget.funded - FUNDED for budget in self.budgets())
        assert totals.realised == sum(trade.realised for trade in trades)
        assert totals.realised == agents.day("agt_1", "2026-11-23", simulated=True).realised

    @invariant()
    def ended_trades_hold_nothing_back(self):
        ledger = self.stores[0][1]
        if all(ledger.trade(trade_id).ended for trade_id in self.trades):
            assert all(budget.reserved == 0 for budget in self.budgets())
            assert list(ledger.open_trades(NOW_MS + 1, 100)) == []

    @invariant()
    def all_stores_agree(self):
        reports = [
            (
                agents.budgets("agt_1", simulated=True),
                agents.totals("agt_1", simulated=True),
                sorted(ledger.positions("agt_1"), key=str),
            )
            for agents, ledger in self.stores
        ]
        assert all(report == reports[0] for report in reports)

    def budgets(self):
        return list(self.stores[0][0].budgets("agt_1", simulated=True).values())

    def positions(self):
        return self.stores[0][1].positions("agt_1")

    def good_fills(self):
        """Counted from what the test told, a failure being final."""
        for (trade_id, index, _), fill in self.fills.items():
            if not fill.failed:
                yield self.trades[trade_id].legs[index], fill

    @staticmethod
    def pairs_closed(bought, held, outcome):
        return bought[Venue.KALSHI, outcome] - held[Venue.KALSHI, outcome]


def state_of(trade):
    return trade.state


class DynamoLedgerMachine(LedgerMachine):
    def __init__(self):
        super().__init__()
        tables = self.exit_stack.enter_context(fake_aws())
        self.stores.append((DynamoAgents(tables.ledger, self.clock), DynamoLedger(tables.ledger, self.clock)))


class LongDynamoLedgerMachine(DynamoLedgerMachine):
    """The same, exhaustively."""


TestLedgerInMemory = LedgerMachine.TestCase
TestLedgerInMemory.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)
TestLedgerOnDynamoDB = DynamoLedgerMachine.TestCase
TestLedgerOnDynamoDB.settings = settings(max_examples=6, stateful_step_count=20, deadline=None)
TestLedgerOnDynamoDBForLong = pytest.mark.slow(LongDynamoLedgerMachine.TestCase)
TestLedgerOnDynamoDBForLong.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)

"""P&L of any run is cash plus redemption value minus funding, to the millionth; runs can be repeated."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dutchbook.domain.agent import StrategyName
from dutchbook.domain.money import ONE, mul_floor
from dutchbook.domain.venue import Outcome
from local.replay.run import AGENT_ID, Replay
from tests.support.recordings import frames

TUNED = {
    StrategyName.ARBITRAGE: {},
    StrategyName.MOMENTUM: {
        "window": "3",
        "atrWindow": "5",
        "minMove": "0.1",
        "band": "0",
        "volumeRatio": "0",
        "cooldown": "0",
        "maxHold": "5",
    },
    StrategyName.MEAN_REVERSION: {"window": "10", "entryZ": "0.5", "maxHold": "5", "cooldown": "0"},
}
FUNDING = 3_000 * ONE

cents = st.integers(20, 80)
steps = st.lists(st.tuples(st.integers(-4, 4), st.integers(-10, 10)), min_size=12, max_size=18)


def walks(start: int, moves: list[tuple[int, int]]) -> list[tuple[int, int]]:
    a = b = start
    prices = []
    for up, apart in moves:
        a = min(95, max(5, a + up))
        b = min(95, max(5, a + apart))
        prices.append((a, b))
    return prices


def cash(replay: Replay) -> int:
    budgets = replay.agents.budgets(AGENT_ID, simulated=True).values()
    return sum(budget.available + budget.reserved for budget in budgets)


@settings(max_examples=30)
@given(st.sampled_from(StrategyName), cents, steps, st.integers(0, ONE))
def test_profit_is_cash_plus_redemption_less_funding(
    strategy: StrategyName, start: int, moves: list[tuple[int, int]], pays: int
) -> None:
    prices = walks(start, moves)
    replay = Replay(strategy, params=TUNED[strategy])
    *before, last = list(frames(prices, pays))
    for frame in before:
        replay.step(frame)
    for venue, budget in replay.agents.budgets(AGENT_ID, simulated=True).items():
        # the paper venue's own account, opened by the first order, and our book of it are one
        there = replay.paper.balance(AGENT_ID, venue)
        assert there in (budget.available + budget.reserved, 0)
    replay.step(last)
    totals = replay.agents.totals(AGENT_ID, simulated=True)
    payouts = replay.agents.books[AGENT_ID, True].paid
    redeemed = sum(
        mul_floor(pays if one.outcome is Outcome.YES else ONE - pays, one.shares) for one in payouts
    )
    assert replay.ledger.positions(AGENT_ID) == []
    assert totals.realised == cash(replay) - FUNDING
    assert sum(one.payout for one in payouts) == redeemed
    results = replay.settlements.results(AGENT_ID, simulated=True)
    assert sum(result.realised for result in results) == totals.realised
    again = Replay(strategy, params=TUNED[strategy]).play(frames(prices, pays))
    assert again.ledger_json() == replay.play(()).ledger_json()

"""A replay trades what was recorded, as the product would, and books the same every time."""

import re
from dataclasses import replace

import pytest

from dutchbook.domain.agent import StrategyName
from dutchbook.domain.money import ONE
from dutchbook.domain.pair import PairStatus
from dutchbook.domain.trade_states import TradeState
from local.replay.report import figures, html
from local.replay.run import AGENT_ID, Replay
from tests.support.recordings import PAIR, frames

APART = [(40, 50)] * 3 + [(45, 45)] * 3
RISING = [(40, 40)] * 40 + [(40 + minute // 2, 40 + minute // 2) for minute in range(1, 40)]
CRASH = [*RISING, *[(45, 45)] * 10]


def play(prices, strategy=StrategyName.ARBITRAGE, a_pays=None, **params):
    return Replay(strategy, params=params).play(frames(prices, a_pays))


def trades(replay, state):
    return [trade for trade in replay.ledger.stored.values() if trade.state is state]


def test_arbitrage_hedges_what_the_books_showed():
    replay = play(APART)

    (trade, *_) = trades(replay, TradeState.HEDGED)
    assert trade.simulated
    assert trade.locked > 0
    assert replay.ends.keys() == {"HEDGED"}


def test_bids_that_pay_more_than_waiting_close_the_pair_early():
    replay = play([(40, 50)] * 2 + [(60, 42)] * 2)

    assert trades(replay, TradeState.HEDGED)
    (closed, *_) = [trade for trade in trades(replay, TradeState.FLAT) if trade.exits]
    assert closed.direction.startswith("exit:early-close")
    assert closed.realised > 0


def test_momentum_enters_a_rise_and_stops_its_loss_in_the_fall():
    replay = play(CRASH, StrategyName.MOMENTUM, takeProfit="500")

    whys = {trade.direction.split(":")[1] for trade in replay.ledger.stored.values() if trade.exits}
    assert "stop-loss" in whys
    assert replay.agents.totals(AGENT_ID, simulated=True).realised < 0


def test_momentum_takes_its_profit_or_its_time():
    rising = play(RISING, StrategyName.MOMENTUM, takeProfit="5")
    waiting = play([*RISING, *[(59, 59)] * 8], StrategyName.MOMENTUM, takeProfit="500", maxHold="5")

    for replay, why in ((rising, "take-profit"), (waiting, "time-stop")):
        assert why in {t.direction.split(":")[1] for t in replay.ledger.stored.values() if t.exits}


def test_a_market_is_left_to_rest_after_a_trade():
    replay = play(
        [*RISING, *[(59, 59)] * 3], StrategyName.MOMENTUM, takeProfit="500", maxHold="5", cooldown="1440"
    )

    by_market = [t.pair_id for t in replay.ledger.stored.values() if not t.exits]
    assert len(by_market) == len(set(by_market)) > 0


def test_the_same_recording_gives_the_same_ledger_to_the_byte():
    for strategy, prices in ((StrategyName.ARBITRAGE, APART), (StrategyName.MOMENTUM, CRASH)):
        first, second = play(prices, strategy), play(prices, strategy)
        assert first.ledger_json() == second.ledger_json()
        assert html(first, "x") == html(second, "x")
        assert "trd_" in first.ledger_json()


def test_a_pair_that_the_recording_drops_is_not_traded_until_it_is_listed_again():
    """Every book of the five minutes pays; in the second to fourth minute the pair is withdrawn."""
    recorded = [
        replace(frame, pairs={0: [PAIR], 1: [], 4: [PAIR]}.get(number))
        for number, frame in enumerate(frames([(40, 50)] * 5))
    ]
    ends = []
    replay = Replay(StrategyName.ARBITRAGE)
    for frame in recorded:
        replay.step(frame)
        ends.append(sum(replay.ends.values()))
    assert ends[0] == ends[1] == ends[3] > 0
    assert ends[4] > ends[3]


def test_a_pair_that_the_replay_has_blocked_stays_blocked():
    (frame,) = frames([(40, 80)])
    replay = Replay(StrategyName.ARBITRAGE)
    for at_ms in (frame.at_ms, frame.at_ms + 60_000):
        replay.step(replace(frame, at_ms=at_ms))
    assert replay.store.pair(PAIR.pair_id).status is PairStatus.BLOCKED
    assert not replay.ledger.stored


@pytest.mark.parametrize("a_pays", [0, ONE, 300_000])
def test_what_is_settled_is_cash(a_pays):
    replay = play(APART, a_pays=a_pays)

    assert replay.ledger.positions(AGENT_ID) == []
    totals = replay.agents.totals(AGENT_ID, simulated=True)
    cash = sum(one.available for one in replay.agents.budgets(AGENT_ID, simulated=True).values())
    assert totals.realised == cash - 3_000 * ONE > 0


def test_the_report_is_one_file_with_charts_and_the_figures():
    replay = play(CRASH, StrategyName.MOMENTUM)
    text = html(replay, "<crash>")

    assert "&lt;crash&gt;" in text
    assert text.count("<svg") == 2
    assert not re.search(r"<script|src=|https?://", text)
    for name, value in figures(replay):
        assert f"{name}</th><td>{value}</td>" in text

"""Sample agents, trades, legs and fills: name what matters to the test, the rest is a sensible default."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dutchbook.domain.agent import Agent, AgentState, Limits, Mode, StrategyName
from dutchbook.domain.money import ONE, PPM
from dutchbook.domain.trade import Fill, Leg, LegPurpose, Trade
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Outcome, Side, Venue

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
WALLET = "0x" + "ab" * 20


def a_limits(**changes: int) -> Limits:
    base = Limits(
        max_position=500 * ONE,
        min_profit=2 * PPM // 100,
        max_trades=50,
        stop_loss=10 * PPM // 100,
        max_daily_loss=50 * ONE,
    )
    return replace(base, **changes)


def an_agent(agent_id: str = "agt_1", **changes: Any) -> Agent:
    base = Agent(
        agent_id=agent_id,
        wallet=WALLET,
        platforms=(Venue.POLYMARKET, Venue.KALSHI),
        strategy=StrategyName.ARBITRAGE,
        limits=a_limits(),
        mode=Mode.DEMO,
        state=AgentState.ACTIVE,
        created_at=NOW,
    )
    return replace(base, **changes)


def a_leg(index: int = 0, venue: Venue = Venue.KALSHI, **changes: Any) -> Leg:
    """Buys 10 shares at 0.40 or less: YES on Kalshi, NO elsewhere."""
    base = Leg(
        index=index,
        venue=venue,
        market_id=f"{venue}-market",
        outcome=Outcome.YES if venue is Venue.KALSHI else Outcome.NO,
        side=Side.BUY,
        shares=10 * ONE,
        limit_price=400_000,
        purpose=LegPurpose.OPEN,
    )
    return replace(base, **changes)


def a_trade(
    trade_id: str = "trd_01",
    agent_id: str = "agt_1",
    reserved: Mapping[Venue, int] | None = None,
    **changes: Any,
) -> Trade:
    """Two legs, Kalshi YES and Polymarket NO, with 5 dollars reserved on each venue."""
    base = Trade(
        trade_id=trade_id,
        agent_id=agent_id,
        wallet=WALLET,
        pair_id="pair_1",
        direction="kalshi:yes+polymarket:no",
        strategy=StrategyName.ARBITRAGE,
        mode=Mode.DEMO,
        simulated=True,
        tick_id="2026-11-23T12:00:00Z",
        state=TradeState.RESERVED,
        legs=(a_leg(0, Venue.KALSHI), a_leg(1, Venue.POLYMARKET)),
        reserved={Venue.KALSHI: 5 * ONE, Venue.POLYMARKET: 5 * ONE} if reserved is None else reserved,
        shares=10 * ONE,
        expected_cost=8 * ONE,
        expected_profit=2 * ONE,
        min_profit=2 * PPM // 100,
        stop_loss=10 * PPM // 100,
        created_at=NOW,
        updated_at=NOW,
        title="Will it rain?",
    )
    return replace(base, **changes)


def a_fill(fill_id: str = "f1", shares: int = 10 * ONE, price: int = 400_000, **changes: Any) -> Fill:
    return replace(Fill(fill_id=fill_id, shares=shares, price=price, at=NOW), **changes)

"""What a trade came to, once nothing of it is open any more. One result for each dollar made or lost.

A pair that is held to settlement has one result, for both of its legs together: one of them always wins, so
legs by themselves would say nothing. Closing a position is a trade of its own and has the result; the trade
that opened it then has none.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dutchbook.domain.market import MarketKey
from dutchbook.domain.trade import Trade
from dutchbook.domain.trade_money import whole_cost
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Side


class How(StrEnum):
    SETTLED = "settled"
    """Held until the venues paid."""
    EXITED = "exited"
    """Sold before."""
    UNWOUND = "unwound"
    """A leg fell short and the rest was closed again."""


@dataclass(frozen=True, slots=True)
class Result:
    """Dollars in micros."""

    trade_id: str
    pair_id: str
    strategy: str
    how: How
    market: MarketKey
    """Of the trade's first leg."""
    realised: int
    cost: int
    """What was put in, fees in."""
    opened_at: datetime
    closed_at: datetime


def exits(trade: Trade) -> bool:
    """Whether the trade closes what others opened."""
    return trade.exits


def result_at_end(trade: Trade, state: TradeState, at: datetime) -> Result | None:
    """The result of a trade that ends in this state; None where it holds something, or did nothing."""
    if not any(leg.filled for leg in trade.legs):
        return None
    if exits(trade):
        return _result(trade, How.EXITED, _sold_for(trade) - trade.realised, at)
    return result_of(trade, How.UNWOUND, at) if state is TradeState.FLAT else None


def result_of(trade: Trade, how: How, at: datetime) -> Result:
    return _result(trade, how, sum(whole_cost(trade, leg) for leg in trade.planned_legs), at)


def _result(trade: Trade, how: How, cost: int, at: datetime) -> Result:
    return Result(
        trade_id=trade.trade_id,
        pair_id=trade.pair_id,
        strategy=trade.strategy,
        how=how,
        market=trade.planned_legs[0].key,
        realised=trade.realised,
        cost=cost,
        opened_at=trade.created_at,
        closed_at=at,
    )


def _sold_for(trade: Trade) -> int:
    return sum(
        leg.notional - leg.fee_usd if leg.side is Side.SELL else -leg.notional - leg.fee_usd
        for leg in trade.legs
    )

"""What a trade cost, and what its sets still pay."""

from dutchbook.domain.decision import end_state
from dutchbook.domain.trade import Leg, LegPurpose, Trade
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Side, Venue


def locked_profit(trade: Trade) -> int:
    """Dollars (micros) that the held sets pay at settlement less what they cost, fees in, rounded down.

    What a set of one share a leg pays follows from the plan: cost plus profit, over its shares. The cost
    of legs that were partly unwound counts in proportion; dust beyond the sets counts as lost.
    """
    if end_state(trade) is not TradeState.HEDGED:
        return 0
    sets = min(trade.held(leg) for leg in trade.planned_legs)
    payout = (trade.expected_cost + trade.expected_profit) * sets // trade.shares
    return payout - sum(cost_of(trade, leg, trade.held(leg)) for leg in trade.planned_legs)


def cost_of(trade: Trade, leg: Leg, shares: int) -> int:
    """What this many (micros) of the net shares bought for a planned leg cost, fees in, rounded up."""
    total = sum(part.net_filled for part in _bought_for(trade, leg))
    return -(-whole_cost(trade, leg) * shares // total) if total else 0


def whole_cost(trade: Trade, leg: Leg) -> int:
    """What all that was bought for a planned leg cost, fees in, whatever was sold again since."""
    return sum(part.notional + part.fee_usd for part in _bought_for(trade, leg))


def _bought_for(trade: Trade, leg: Leg) -> list[Leg]:
    """The leg itself and what completed it."""
    return [leg] + [
        part for part in trade.legs if part.purpose is LegPurpose.COMPLETE and part.repairs == leg.index
    ]


def spent_on(trade: Trade, venue: Venue) -> int:
    """Dollars (micros) that the trade's purchases have taken on a venue, fees in."""
    return sum(
        leg.notional + leg.fee_usd for leg in trade.legs if leg.venue is venue and leg.side is Side.BUY
    )

"""Legs differ by more than dust: finish at a bounded loss, close the excess, or call a human."""

from bisect import bisect_right
from collections.abc import Callable, Mapping

from dutchbook.domain.agent import AgentState
from dutchbook.domain.book import Ladder, OrderBook
from dutchbook.domain.decision import Act, decide
from dutchbook.domain.dust import REMAINDER_LIMIT, refusals
from dutchbook.domain.errors import LimitExceeded, StaleBook, VenueUnreachable
from dutchbook.domain.exit_repair import HalfSold, choose_exit_repair
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.money import ONE, PPM, format_micros, mul_floor
from dutchbook.domain.opportunity import LegQuote
from dutchbook.domain.quoting import quote_sell, worst_cost
from dutchbook.domain.repair import Complete, Dust, Quarantine, Repair, Unhedged, Unwind, choose_repair
from dutchbook.domain.trade import Leg, LegPurpose, Trade
from dutchbook.domain.trade_money import cost_of, spent_on, whole_cost
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.domain.venue import Side, Venue
from dutchbook.usecases.execute_pair.checks import fresh_books, one_market
from dutchbook.usecases.execute_pair.context import Execution
from dutchbook.usecases.execute_pair.finish import finish_with_remainder
from dutchbook.usecases.execute_pair.steps import Next, Step, following, wait_for

MAX_COMPLETIONS = 2
"""Tries to finish a trade at a loss; after them only closing is left."""

MAX_REPAIRS = 6
"""Repair legs of one trade; after them a human is called."""

type Ladders = tuple[Ladder, Ladder]
"""The bids that may be sold into, and the asks that may be bought from, to mend a trade."""


def repair(execution: Execution, trade_id: str, round_: int = 0) -> Next:
    """Plans one repair leg, if legs differ, and says what follows.

    The leg that has too much and the leg that has too little are found by what the ledger says each of them
    holds, and the new leg names the one it repairs. Raises NotSent when a book cannot be read.
    """
    execution = execution.for_step()
    trade = execution.trade(trade_id)
    dust_limit = execution.dust(trade)
    if trade.ended or decide(trade, dust_limit).act is not Act.REPAIR:
        return following(trade, dust_limit)
    repairs = [leg for leg in trade.legs if leg.is_repair]
    if len(repairs) >= MAX_REPAIRS:
        return _give_up(f"legs still differ after {len(repairs)} repairs; the last: {repairs[-1].reason}")
    if trade.state in (TradeState.OPENING, TradeState.CONFIRMING):
        # excludes a second Lambda that has finished the trade meanwhile
        trade = execution.ledger.move_trade(trade_id, trade.state, TradeState.UNWINDING)
        if decide(trade, dust_limit).act is not Act.REPAIR:
            return following(trade, dust_limit)  # one that was faster has planned the leg
    tried = [leg for leg in trade.planned_legs if leg.state is not LegState.PLANNED]
    long = max(tried, key=trade.held)
    short = min(tried, key=trade.held)
    try:
        return _mend(execution, trade, long, short, round_)
    except LimitExceeded:
        # another trade has taken the money since it was counted: that way is closed
        return _mend(execution, trade, long, short, round_, may_buy=False)


def _mend(
    execution: Execution, trade: Trade, long: Leg, short: Leg, round_: int, *, may_buy: bool = True
) -> Next:
    """Raises LimitExceeded when what is to be bought cannot be paid for after all."""
    legs = (long, short) if trade.exits else trade.planned_legs
    markets = {leg.key: execution.market(leg.key) for leg in legs}
    try:
        books = fresh_books(execution, markets.values(), crossed=one_market(trade))
    except StaleBook as error:
        # nothing has been decided or sent: the step is tried again
        raise VenueUnreachable(str(error)) from error
    if trade.exits:
        return _mend_exit(execution, trade, long, short, markets, books, round_, may_buy=may_buy)
    unhedged = _unhedged(trade, long, short, markets, books)
    bids = books[long.key].ladder(long.outcome, long.side.other)
    asks = _short_asks(execution, trade, short, markets, books[short.key]) if may_buy else ()
    bound = _stop_loss(trade, long, unhedged)
    small = unhedged.cost <= REMAINDER_LIMIT
    choice, refused = _not_refused(
        trade,
        long,
        short,
        small,
        lambda bids, asks: choose_repair(unhedged, bids, asks, bound),
        (bids, asks),
    )
    if isinstance(choice, Quarantine):
        # not all of it can be closed within bounds: at least what can be is not left open
        part = choose_repair(unhedged, _within_bounds(unhedged, bids, bound), (), bound)
        if isinstance(part, Unwind) and not _was_refused(trade, long, part.quote, small):
            choice = part
    if isinstance(choice, Dust) or (isinstance(choice, Quarantine) and refused and small):
        return _leave(execution, trade, unhedged.shares, round_)
    if isinstance(choice, Complete):
        needed = _worst(markets, choice.quote) + _needed_yet(trade, short.venue, markets)
        return _plan(execution, trade, short, choice.quote, LegPurpose.COMPLETE, needed)
    if isinstance(choice, Unwind):
        unconfirmed = _unconfirmed(trade, long)
        if unconfirmed is not None:
            # shares that are matched but not settled cannot be sold yet
            return wait_for(unconfirmed, round_)
        return _plan(execution, trade, long, choice.quote, LegPurpose.UNWIND)
    return _give_up(choice.reason)


def _not_refused(
    trade: Trade,
    long: Leg,
    short: Leg,
    small: bool,
    choose: Callable[[Ladder, Ladder], Repair],
    books: Ladders,
) -> tuple[Repair, bool]:
    """The best way out that no venue has refused before, and whether one has been."""
    bids, asks = books
    refused = False
    while True:
        choice = choose(bids, asks)
        if not isinstance(choice, Complete | Unwind):
            return choice, refused
        mended = short if isinstance(choice, Complete) else long
        if not _was_refused(trade, mended, choice.quote, small):
            return choice, refused
        # one of two ways is closed each time, so this ends
        refused = True
        bids, asks = ((), asks) if choice.quote.side is Side.SELL else (bids, ())


def _was_refused(trade: Trade, mended: Leg, quote: LegQuote, small: bool) -> bool:
    """Whether the venue has called this very order invalid; of a small one at any price: it is its size."""
    return any(
        small or leg.limit_price == quote.limit_price
        for leg in refusals(trade, mended, quote.side, quote.shares)
    )


def _leave(execution: Execution, trade: Trade, shares: int, round_: int) -> Next:
    """Ends the trade with what is too little to mend, once every venue has confirmed what there is."""
    missing = any(leg.state is LegState.PLANNED for leg in trade.planned_legs)
    if missing and min(trade.held(leg) for leg in trade.planned_legs if leg.state is not LegState.PLANNED):
        return _give_up(
            f"{format_micros(shares)} shares can be neither hedged nor sold, and legs are missing"
        )
    for leg in trade.legs:
        if leg.state is LegState.CONFIRMING:
            return wait_for(leg, round_)
    return finish_with_remainder(execution, trade)


def _mend_exit(
    execution: Execution,
    trade: Trade,
    long: Leg,
    short: Leg,
    markets: Mapping[MarketKey, Market],
    books: Mapping[MarketKey, OrderBook],
    round_: int,
    *,
    may_buy: bool,
) -> Next:
    """One leg of a set is sold and the other is not: sell the rest, or buy back what was sold."""
    excess = trade.held(long) - trade.held(short)
    half = HalfSold(
        sold=markets[long.key],
        sold_outcome=long.outcome,
        shares=excess,
        proceeds=(long.notional - long.fee_usd) * excess // max(1, long.net_filled),
        left=markets[short.key],
        left_outcome=short.outcome,
        expected=(trade.expected_cost + trade.expected_profit) * excess // trade.shares,
    )
    bids = books[short.key].ladder(short.outcome, Side.SELL)
    asks: Ladder = ()
    if may_buy and not _switched_off(execution, trade):
        budget = execution.agents.budgets(trade.agent_id, simulated=trade.simulated).get(long.venue)
        money = max(0, budget.available) if budget else 0
        asks = _affordable(markets[long.key], books[long.key].ladder(long.outcome, Side.BUY), money)
    small = half.expected <= REMAINDER_LIMIT
    choice, refused = _not_refused(
        trade,
        long,
        short,
        small,
        lambda bids, asks: choose_exit_repair(half, bids, asks, trade.stop_loss),
        (bids, asks),
    )
    if isinstance(choice, Dust) or (isinstance(choice, Quarantine) and refused and small):
        return _leave(execution, trade, excess, round_)
    if isinstance(choice, Complete):
        return _plan(execution, trade, short, choice.quote, LegPurpose.COMPLETE)
    if isinstance(choice, Unwind):
        needed = _worst(markets, choice.quote)
        return _plan(execution, trade, long, choice.quote, LegPurpose.UNWIND, needed)
    return _give_up(choice.reason)


def _unhedged(
    trade: Trade,
    long: Leg,
    short: Leg,
    markets: Mapping[MarketKey, Market],
    books: Mapping[MarketKey, OrderBook],
) -> Unhedged:
    excess = trade.held(long) - trade.held(short)
    others = [leg for leg in trade.planned_legs if leg.index not in (long.index, short.index)]
    return Unhedged(
        held=markets[long.key],
        held_outcome=long.outcome,
        shares=excess,
        cost=cost_of(trade, long, excess),
        short=markets[short.key],
        short_outcome=short.outcome,
        rest_cost=sum(_cost_of_as_many(trade, leg, excess, markets[leg.key]) for leg in others),
        rest_loss=sum(
            _loss_of_closing(trade, leg, excess, markets[leg.key], books[leg.key])
            for leg in others
            if leg.state is not LegState.PLANNED
        ),
        payout=(trade.expected_cost + trade.expected_profit) * ONE // trade.shares if others else ONE,
    )


def _cost_of_as_many(trade: Trade, leg: Leg, shares: int, market: Market) -> int:
    """What so many shares (micros) of another leg cost, or will at most when it is placed."""
    if leg.state is not LegState.PLANNED:
        return cost_of(trade, leg, shares)
    return worst_cost(market, market.fees.gross_up(leg.limit_price, shares), leg.limit_price)


def _loss_of_closing(trade: Trade, leg: Leg, shares: int, market: Market, book: OrderBook) -> int:
    """What selling so many shares (micros) of a leg loses; what nobody buys is lost whole."""
    shares = min(shares, trade.held(leg))
    quote = quote_sell(market, leg.outcome, book.ladder(leg.outcome, Side.SELL), shares)
    return cost_of(trade, leg, shares) + (quote.cost if quote else 0)


def _stop_loss(trade: Trade, long: Leg, unhedged: Unhedged) -> int:
    """What is left of stop-loss, as parts per million of what the unhedged shares cost.

    The owner's bound is a part of the whole leg's cost, for all repairs together: measured against a small
    remainder alone, the fee's last rounding would halt an agent for a hundredth of a share. Where more than
    one leg has to be closed, each may lose its part.
    """
    closed = [long] if len(trade.planned_legs) == 2 else trade.planned_legs
    cost = sum(whole_cost(trade, leg) for leg in closed)
    allowed = cost * trade.stop_loss // PPM + min(0, trade.realised)
    return max(0, allowed) * PPM // max(1, unhedged.cost)


def _within_bounds(unhedged: Unhedged, bids: Ladder, stop_loss: int) -> Ladder:
    """The best bids, each of which alone loses no more than stop-loss (ppm of cost), fees in."""
    kept = []
    for price, size in bids:
        cost = -(-unhedged.cost * size // unhedged.shares)
        back = mul_floor(price, size) - unhedged.held.fees.charge(Side.SELL, price, size).usd
        if cost - back > cost * stop_loss // PPM:
            break
        kept.append((price, size))
    return tuple(kept)


def _short_asks(
    execution: Execution, trade: Trade, short: Leg, markets: Mapping[MarketKey, Market], book: OrderBook
) -> Ladder:
    """What may be bought to finish the trade: nothing under a kill switch, twice at most, as far as the
    money and the agent's maxPosition go that legs yet to be placed do not need. Where more than one leg is
    short, each would have to be finished: what is too much of the others is closed instead."""
    completions = sum(leg.purpose is LegPurpose.COMPLETE for leg in trade.legs)
    if completions >= MAX_COMPLETIONS or not _only_short(execution, trade, short):
        return ()
    if _switched_off(execution, trade):
        return ()
    budget = execution.agents.budgets(trade.agent_id, simulated=trade.simulated).get(short.venue)
    needed = _needed_yet(trade, short.venue, markets)
    money = max(0, trade.reserved.get(short.venue, 0) - spent_on(trade, short.venue) - needed)
    money += max(0, min(budget.available, _room(execution, trade))) if budget else 0
    return _affordable(markets[short.key], book.ladder(short.outcome, short.side), money)


def _needed_yet(trade: Trade, venue: Venue, markets: Mapping[MarketKey, Market]) -> int:
    """Dollars (micros) that the legs yet to be placed on a venue cost at most."""
    return sum(
        worst_cost(markets[leg.key], leg.shares, leg.limit_price)
        for leg in trade.planned_legs
        if leg.state is LegState.PLANNED and leg.venue is venue
    )


def _worst(markets: Mapping[MarketKey, Market], quote: LegQuote) -> int:
    market = markets[MarketKey(quote.venue, quote.market_id)]
    return worst_cost(market, quote.shares, quote.limit_price)


def _max_position(execution: Execution, trade: Trade) -> int | None:
    """What the agent's positions and reservations may cost (micros); closing counts for no such limit."""
    agent = execution.agents.get(trade.agent_id)
    return None if trade.exits or agent is None else agent.limits.max_position


def _room(execution: Execution, trade: Trade) -> int:
    """Dollars (micros) by which the agent's positions and reservations may still grow."""
    totals = execution.agents.totals(trade.agent_id, simulated=trade.simulated)
    return (_max_position(execution, trade) or 0) - totals.exposure


def _only_short(execution: Execution, trade: Trade, short: Leg) -> bool:
    """Whether all other legs that were tried stand level, and this one alone stands below them."""
    others = [
        trade.held(leg)
        for leg in trade.planned_legs
        if leg.index != short.index and leg.state is not LegState.PLANNED
    ]
    return max(others) - min(others) <= execution.plain_dust(trade)


def _switched_off(execution: Execution, trade: Trade) -> bool:
    agent = execution.agents.get(trade.agent_id)
    return not execution.ledger.control().trading or agent is None or agent.state is AgentState.HALTED


def _affordable(market: Market, asks: Ladder, money: int) -> Ladder:
    """As much of the ladder as the money (micros of a dollar) pays for, in whole lots.

    At what it costs at worst, all of it at the last level's price: that is what is reserved for it.
    """
    kept: list[tuple[int, int]] = []
    taken = 0

    def cost(price: int, shares: int) -> int:
        return worst_cost(market, taken + shares, price)

    for price, size in asks:
        if cost(price, size) <= money:
            kept.append((price, size))
            taken += size
            continue
        lots = range(size // market.size_step + 1)
        # the first number of lots that is too dear; none at all may be, at this price
        dear = bisect_right(lots, money, key=lambda count: cost(price, count * market.size_step))
        if dear > 1:
            kept.append((price, (dear - 1) * market.size_step))
        break
    return tuple(kept)


def _unconfirmed(trade: Trade, long: Leg) -> Leg | None:
    for leg in trade.legs:
        if leg.state is LegState.CONFIRMING and long.index in (leg.index, leg.repairs):
            return leg
    return None


def _plan(
    execution: Execution,
    trade: Trade,
    mended: Leg,
    quote: LegQuote,
    purpose: LegPurpose,
    needed: int = 0,
) -> Next:
    """`needed`: dollars (micros) that the trade must hold back on the leg's venue to pay for it."""
    leg = Leg(
        index=max(leg.index for leg in trade.legs) + 1,
        venue=quote.venue,
        market_id=quote.market_id,
        outcome=quote.outcome,
        side=quote.side,
        shares=quote.shares,
        limit_price=quote.limit_price,
        purpose=purpose,
        repairs=mended.index,
    )
    # excludes two repairs of one index (a second Lambda that planned the same finds its leg there), and
    # buying what the free budget or maxPosition does not allow any more
    execution.ledger.put_leg(
        trade.trade_id, leg, needed=needed, max_position=_max_position(execution, trade) if needed else None
    )
    planned = execution.trade(trade.trade_id)
    return following(planned, execution.dust(planned))


def _give_up(reason: str) -> Next:
    return Next(Step.QUARANTINE, reason=reason)

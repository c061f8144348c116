"""What is asked again inside the leg's Lambda, just before an order leaves.

A kill switch, a pause or a lost yes stops what would add to what is held. What takes a position off, or
completes one that is half there, is managing what is open: only the kill switch stops the completing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from dutchbook.domain import risk
from dutchbook.domain.agent import Agent, AgentState
from dutchbook.domain.book import Ladder, OrderBook
from dutchbook.domain.errors import EdgeGone, Halted, InsufficientFunds, LimitExceeded, StaleBook
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.money import PPM, format_micros
from dutchbook.domain.opportunity import MAX_BOOK_AGE_MS
from dutchbook.domain.quoting import quote_buy
from dutchbook.domain.risk import Denial, Limit, Standing, allowance, risks_too_much
from dutchbook.domain.trade import Leg, LegPurpose, Trade
from dutchbook.domain.venue import Side, Venue
from dutchbook.ports.ledger import Clearance, Position
from dutchbook.usecases.execute_pair.context import Execution
from dutchbook.usecases.execute_pair.other_exits import check_shares
from dutchbook.usecases.marking import Mark, loss_of, marked, unhedged


@dataclass(frozen=True, slots=True)
class Exposed:
    """What an agent holds of the trade's kind of money, and what of it is not hedged at the bids kept."""

    held: Sequence[Position]
    unhedged: Sequence[Mark]


def exposed(execution: Execution, trade: Trade) -> Exposed:
    """Read before the clearance, which is to be the last reading before an order leaves."""
    held = [
        position
        for position in execution.ledger.positions(trade.agent_id)
        if position.simulated is trade.simulated
    ]
    return Exposed(held, marked(execution.markets, unhedged(execution.ledger, held)))


def clearance(execution: Execution, agent_id: str, *, simulated: bool) -> Clearance:
    """All that decides on our side, read strongly, in one call."""
    return execution.ledger.clearance(agent_id, execution.now().date().isoformat(), simulated=simulated)


def within_limits(agent: Agent, cleared: Clearance, holds: Exposed, trade: Trade, *, counted: bool) -> None:
    """Raises LimitExceeded when the agent's limits let it enter nothing more beside this trade.

    `counted`: the trade is reserved, so that the agent's sums hold it already.

    The day's result is what was realised, less what everything that is not hedged would lose at its stop; so
    does the trade itself, if it is one leg, and what other trades have set aside. Such a loss counts on every
    day that it stays open: on which day it arises is not known, and an agent that stops too early costs
    nothing.
    """
    day, totals = cleared.day, cleared.totals
    standing = Standing(
        exposure=totals.exposure - (sum(trade.reserved.values()) if counted else 0),
        trades_today=max(0, day.trades - counted),
        result_today=day.result - loss_of(holds.unhedged, agent.limits.stop_loss),
        available={},
    )
    allowed = allowance(agent.limits, standing)
    if isinstance(allowed, Denial):
        raise LimitExceeded(f"{allowed.limit}: {allowed.detail}")
    if len(trade.planned_legs) == 1:
        others = max(0, standing.exposure - sum(position.cost for position in holds.held))
        at_stop = risk.loss_at_stop(agent.limits, trade.expected_cost + others)
        if denial := risks_too_much(agent.limits, standing, at_stop):
            raise LimitExceeded(f"{denial.limit}: {denial.detail}")
    if trade.expected_cost > allowed.max_cost:
        raise LimitExceeded(f"{Limit.MAX_POSITION}: ${format_micros(allowed.max_cost)} of it are left")


def check_market(execution: Execution, trade: Trade, leg: Leg, market: Market) -> None:
    """What the venues show: the books, for all legs before the first, and the money on the accounts.

    Raises Denied or Refused when the leg must not be placed now, NotSent when that cannot be asked.
    """
    if leg.is_repair:
        return  # priced seconds ago against stop-loss; its limit holds whatever the book does
    if opens(trade, leg):
        _check_edge(execution, trade)
        _check_balances(execution, trade)
    elif leg.purpose is LegPurpose.EXIT and _is_first(trade, leg):
        _check_bids(execution, trade)
        check_shares(execution, trade)
    elif not within_limit(leg, fresh_books(execution, [market], crossed=one_market(trade))[market.key]):
        raise EdgeGone(f"nothing on {leg.venue} at {format_micros(leg.limit_price)} or better")


def check_switches(execution: Execution, trade: Trade, leg: Leg) -> Clearance:
    """The stack's switch and the agent's own (it is halted), before any venue is asked with its keys.

    Raises Halted.
    """
    cleared = clearance(execution, trade.agent_id, simulated=trade.simulated)
    control, agent = cleared.control, cleared.agent
    adds = leg.side is Side.BUY  # selling, whatever for, only ever makes less of what is held
    if adds and not control.trading:
        raise Halted(f"trading is switched off: {control.reason}")
    if adds and (agent is None or agent.state is AgentState.HALTED):
        raise Halted(f"the agent is halted: {agent.state_reason}" if agent else "the agent is gone")
    if not trade.simulated:
        if not execution.live_trading:
            raise Halted("live trading is switched off for this stack")
        if agent is None or leg.venue not in agent.credentials:
            raise Halted(f"no verified credentials for {leg.venue}")
    return cleared


def check_clearance(execution: Execution, trade: Trade, leg: Leg) -> None:
    """The switches once more, last of all, for books and balances take their time; what opens, also against
    the agent's limits. Raises Halted, LimitExceeded.
    """
    if not opens(trade, leg):
        check_switches(execution, trade, leg)
        return
    holds = exposed(execution, trade)
    _check_limits(execution, check_switches(execution, trade, leg), holds, trade)


def opens(trade: Trade, leg: Leg) -> bool:
    """Whether nothing is held yet and this leg would be the first."""
    return leg.purpose is LegPurpose.OPEN and _is_first(trade, leg)


def _is_first(trade: Trade, leg: Leg) -> bool:
    """By its index: while it is being sent a leg is another than the one that was read."""
    return leg.index == trade.planned_legs[0].index


def _check_limits(execution: Execution, cleared: Clearance, holds: Exposed, trade: Trade) -> None:
    """The owner may have paused, changed the mode or lowered a limit since the money was reserved."""
    agent = cleared.agent
    if agent is None or agent.state is not AgentState.ACTIVE:
        raise Halted(f"the agent is {agent.state if agent else 'gone'}")
    if not trade.simulated:
        denial = agent.why_simulated(trade.reserved, live_trading=execution.live_trading)
        if denial:
            raise Halted(denial)
    within_limits(agent, cleared, holds, trade, counted=True)


def _check_edge(execution: Execution, trade: Trade) -> None:
    """All legs' depth within their limits on books read now, and the whole still pays minProfit."""
    legs = trade.planned_legs
    markets = {leg.key: execution.market(leg.key) for leg in legs}
    books = fresh_books(execution, list(markets.values()), crossed=one_market(trade))
    cost = 0
    for leg in legs:
        ladder = within_limit(leg, books[leg.key])
        quote = quote_buy(markets[leg.key], leg.outcome, ladder, trade.shares)
        if quote is None:
            raise EdgeGone(
                f"{leg.venue} shows {format_micros(sum(size for _, size in ladder))} of"
                f" {format_micros(leg.shares)} shares at {format_micros(leg.limit_price)} or better"
            )
        cost += quote.cost
    profit = trade.expected_cost + trade.expected_profit - cost
    if len(legs) > 1 and profit * PPM < trade.min_profit * cost:
        raise EdgeGone(f"{format_micros(profit)} on {format_micros(cost)} is below the least profit")


def _check_bids(execution: Execution, trade: Trade) -> None:
    """All legs can be sold within their limits on books read now: one sold alone would open a position."""
    markets = {leg.key: execution.market(leg.key) for leg in trade.planned_legs}
    books = fresh_books(execution, list(markets.values()))
    for leg in trade.planned_legs:
        shown = sum(size for _, size in within_limit(leg, books[leg.key]))
        if not shown or (shown < leg.shares and len(trade.planned_legs) > 1):
            raise EdgeGone(
                f"{leg.venue} takes {format_micros(shown)} of {format_micros(leg.shares)} shares"
                f" at {format_micros(leg.limit_price)} or better"
            )


def _check_balances(execution: Execution, trade: Trade) -> None:
    reserved = {venue: needed for venue, needed in trade.reserved.items() if needed}
    accounts = [_account(execution, trade, venue) for venue in reserved]
    for (venue, needed), available in zip(reserved.items(), _at_once(accounts), strict=True):
        if available < needed:
            raise InsufficientFunds(
                f"{venue} has {format_micros(available)} of the {format_micros(needed)} needed"
            )


def _account(execution: Execution, trade: Trade, venue: Venue) -> Callable[[], int]:
    """Asks for the dollars (micros) that the trade's legs on the venue may spend."""
    connector = execution.connector(trade, venue)
    keys = {leg.key for leg in trade.planned_legs if leg.venue is venue}
    markets: list[Market | None] = [execution.market(key) for key in keys]
    return lambda: min(connector.balance(market).available for market in markets or [None])


def _at_once[T](reads: Sequence[Callable[[], T]]) -> list[T]:
    """Asks the venues side by side, so that what an order relies on is no older than the slowest answer.

    All are heard out; then the first one's error is raised, in their order.
    """
    if len(reads) < 2:
        return [read() for read in reads]
    with ThreadPoolExecutor(len(reads)) as pool:
        return list(pool.map(lambda read: read(), reads))


def within_limit(leg: Leg, book: OrderBook) -> Ladder:
    """The levels that the leg's order may take."""
    ladder = book.ladder(leg.outcome, leg.side)
    if leg.side is Side.BUY:
        return tuple(level for level in ladder if level[0] <= leg.limit_price)
    return tuple(level for level in ladder if level[0] >= leg.limit_price)


def one_market(trade: Trade) -> bool:
    """Whether both outcomes of a single market are bought: for under a dollar its book is crossed."""
    return len(trade.planned_legs) > 1 and len({leg.key for leg in trade.planned_legs}) == 1


def fresh_books(
    execution: Execution, markets: Iterable[Market], *, crossed: bool = False
) -> Mapping[MarketKey, OrderBook]:
    """Books read now. Raises StaleBook when one is missing, torn or older than an order may rely on.

    A crossed book counts as torn, unless the cross is what is traded.
    """
    by_venue: dict[Venue, list[Market]] = {}
    for market in markets:
        by_venue.setdefault(market.venue, []).append(market)
    reads = [partial(execution.connectors.data(venue).books, wanted) for venue, wanted in by_venue.items()]
    books: dict[MarketKey, OrderBook] = {}
    for wanted, read in zip(by_venue.values(), _at_once(reads), strict=True):
        for market in wanted:
            book = read.get(market.market_id)
            if book is None or (book.crossed and not crossed):
                raise StaleBook(f"no sound book of {market.key}")
            if book.age_ms(execution.clock.now_ms()) > MAX_BOOK_AGE_MS:
                raise StaleBook(f"the book of {market.key} is {book.age_ms(execution.clock.now_ms())} ms old")
            books[market.key] = book
    return books

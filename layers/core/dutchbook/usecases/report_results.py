"""What an agent made: statistics, days, payouts, and whether its demo record is evidence. Reads only."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate

from dutchbook.domain.agent import Agent, Mode
from dutchbook.domain.decision import succeeded
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.readiness import Orders, Readiness, joined, readiness
from dutchbook.domain.result import Result
from dutchbook.domain.statistics import Statistics, statistics
from dutchbook.domain.trade import Trade
from dutchbook.domain.trade_states import TradeState
from dutchbook.ports.agents import Agents, DayCount
from dutchbook.ports.ledger import Ledger
from dutchbook.ports.markets import MarketStore
from dutchbook.ports.paging import Page
from dutchbook.ports.settlement import Settlement, Settlements
from dutchbook.usecases.open_profit import open_profit
from dutchbook.usecases.ownership import owned

TRADES_LOOKED_AT = 100
"""The newest trades that the fill rate is counted from."""

_READERS = 16
_FIRST_DAY = "0000-00-00"


@dataclass(frozen=True, slots=True)
class Book:
    """The ports that the reports read."""

    agents: Agents
    ledger: Ledger
    settlements: Settlements
    markets: MarketStore


@dataclass(frozen=True, slots=True)
class DayLine:
    """One UTC day with what came before it. Micros."""

    day: DayCount
    realised: int
    """Up to the end of the day."""
    result: int
    """Sum of the days' results up to the end of the day."""
    equity: int
    """What was put in and what the results since have made; sets that have not ended stand at their cost."""


@dataclass(frozen=True, slots=True)
class Performance:
    """Of one kind of money. Dollars in micros."""

    simulated: bool
    statistics: Statistics
    locked: int
    """Of hedged sets, waiting for settlement."""
    unrealised: int
    """Of what stands beside hedged sets, at executable bids, net of fees."""
    capital_locked: int
    """Cost of what is open."""
    days: Sequence[DayLine]


def performance(book: Book, agent_id: str, wallet: str) -> Performance:
    """Of the book of the agent's own mode. Raises NotFound."""
    agent = owned(book.agents, agent_id, wallet)
    return measure(book, agent_id, simulated=agent.mode is Mode.DEMO)


def measure(book: Book, agent_id: str, *, simulated: bool) -> Performance:
    days = book.agents.days(agent_id, _FIRST_DAY, simulated=simulated)
    results = book.settlements.results(agent_id, simulated=simulated)
    budgets = book.agents.budgets(agent_id, simulated=simulated).values()
    held = [each for each in book.ledger.positions(agent_id) if each.simulated is simulated]
    realised = list(accumulate(day.realised for day in days))
    results_so_far = accumulate(day.result for day in days)
    put_in = sum(budget.funded for budget in budgets) - (realised[-1] if realised else 0)
    worth = open_profit(book.ledger, book.markets, held)
    return Performance(
        simulated=simulated,
        statistics=statistics(results, [(day.day, day.result) for day in days]),
        locked=worth.locked,
        unrealised=worth.unrealised,
        capital_locked=sum(budget.spent for budget in budgets),
        days=[
            DayLine(day, booked, result, put_in + result)
            for day, booked, result in zip(days, realised, results_so_far, strict=True)
        ],
    )


def paid_out(book: Book, agent_id: str, wallet: str, limit: int, start: str) -> Page[Settlement]:
    """Payouts of the agent's own mode, newest first. Raises NotFound."""
    agent = owned(book.agents, agent_id, wallet)
    return book.settlements.history(agent_id, limit, start, simulated=agent.mode is Mode.DEMO)


def evidence(book: Book, agent_id: str, wallet: str) -> Readiness:
    """Raises NotFound."""
    return evidence_of(book, owned(book.agents, agent_id, wallet))


def evidence_of(book: Book, agent: Agent) -> Readiness:
    """What the agent's own simulated trades say for it."""
    results = book.settlements.results(agent.agent_id, simulated=True)
    newest = book.ledger.trades(agent.agent_id, TRADES_LOOKED_AT).items
    return readiness(
        results,
        _events(book.markets, results),
        _orders([trade for trade in newest if trade.simulated and trade.ended]),
        agent.limits.max_daily_loss,
    )


def _events(markets: MarketStore, results: Sequence[Result]) -> dict[str, str]:
    """Each trade's event: one name for all trades whose pairs meet in an event of a venue.

    Which leg of a pair is placed first changes from trade to trade; what is bet on does not.
    """
    with ThreadPoolExecutor(_READERS) as pool:
        read = pool.map(markets.pair, sorted({result.pair_id for result in results}))
        pairs = [pair for pair in read if pair is not None]
    sides = [(result.pair_id, result.market) for result in results]
    sides += [(pair.pair_id, key) for pair in pairs for key in (pair.a, pair.b)]
    known = markets.markets(sorted({key for _, key in sides}))
    names = joined((subject, _event_of(key, known.get(key))) for subject, key in sides)
    return {result.trade_id: names[result.pair_id] for result in results}


def _event_of(key: MarketKey, market: Market | None) -> str:
    """The venue's event; a market that stands alone is one of its own."""
    return f"{key.venue}:{market.event_id}" if market is not None and market.event_id else str(key)


def _orders(ended: Sequence[Trade]) -> Orders:
    sent = [trade for trade in ended if any(leg.submitted_at or leg.filled for leg in trade.legs)]
    return Orders(len(sent), sum(_completed(trade) for trade in sent))


def _completed(trade: Trade) -> bool:
    return trade.state is not TradeState.QUARANTINED and succeeded(trade, trade.state)

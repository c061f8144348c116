"""What an owner, an operator and the public may see. Reads only.

Profit is told in three parts that are never added up: realised (booked), locked (hedged, waiting for
settlement) and unrealised (what the bids of the latest stored books would pay).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dutchbook.domain.agent import Agent, AgentState, Mode
from dutchbook.domain.errors import NotFound
from dutchbook.domain.trade import Trade
from dutchbook.domain.venue import Venue
from dutchbook.ports.agents import Agents, AuditEntry, DayCount, Totals, VenueBudget
from dutchbook.ports.clock import Clock, utc
from dutchbook.ports.credentials import CredentialRecord, CredentialRecords
from dutchbook.ports.ledger import Control, Ledger, Position
from dutchbook.ports.markets import MarketStore, OpportunityRecord
from dutchbook.ports.notices import Alert, Alerts
from dutchbook.ports.paging import Page
from dutchbook.usecases.marking import fees_of, proceeds
from dutchbook.usecases.ownership import owned
from dutchbook.usecases.report_results import Book, Performance, measure

RECENT = 10
"""Trades in an agent's status, as in the original contract."""

TICK_SHOWN = 100
"""Records of a tick that its summary counts."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a live trade needs."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class AgentReport:
    """One agent with the book of its own mode: simulated money for demo, real money for live."""

    agent: Agent
    simulated: bool
    totals: Totals
    today: DayCount
    budgets: Mapping[Venue, VenueBudget]
    recent: tuple[Trade, ...]
    credentials: Sequence[CredentialRecord]
    performance: Performance
    live: Sequence[Check]
    """Whether its next trade would be real, and what is missing."""


@dataclass(frozen=True, slots=True)
class Valued:
    """A position and what selling it into the latest stored bids would bring, micros."""

    position: Position
    value: int | None
    """None when no book is stored or its bids do not take all of it."""

    @property
    def unrealised(self) -> int | None:
        return None if self.value is None else self.value - self.position.cost


def agent_report(
    book: Book,
    credentials: CredentialRecords,
    clock: Clock,
    agent_id: str,
    wallet: str,
    *,
    live_trading: bool,
) -> AgentReport:
    """Raises NotFound for no agent and for another wallet's alike."""
    agents, ledger = book.agents, book.ledger
    agent = owned(agents, agent_id, wallet)
    simulated = agent.mode is Mode.DEMO
    stored = credentials.of_agent(agent_id)
    return AgentReport(
        agent=agent,
        simulated=simulated,
        totals=agents.totals(agent_id, simulated=simulated),
        today=agents.day(agent_id, f"{utc(clock.now_ms()):%Y-%m-%d}", simulated=simulated),
        budgets=agents.budgets(agent_id, simulated=simulated),
        recent=ledger.trades(agent_id, RECENT).items,
        credentials=stored,
        performance=measure(book, agent_id, simulated=simulated),
        live=live_checks(agent, ledger.control(), stored, live_trading=live_trading),
    )


def live_checks(
    agent: Agent, control: Control, stored: Sequence[CredentialRecord], *, live_trading: bool
) -> Sequence[Check]:
    """What a live trade of the agent needs, each with yes or no."""
    untested = {record.venue for record in stored}
    checks = [
        Check("live_trading", live_trading, "this stack's own yes to real orders (parameter LiveTrading)"),
        Check("kill_switch", control.trading, control.reason or "trading is on"),
        Check("state", agent.state is AgentState.ACTIVE, f"the agent is {agent.state}"),
        Check("mode", agent.mode is Mode.LIVE, f"the agent's own mode is {agent.mode}"),
    ]
    for venue in agent.platforms:
        verified = venue in agent.credentials
        told = "verified" if verified else "stored, not tested" if venue in untested else "not set"
        checks.append(Check(f"credentials.{venue}", verified, told))
    return checks


def trades(agents: Agents, ledger: Ledger, agent_id: str, wallet: str, limit: int, start: str) -> Page[Trade]:
    """Newest first. Raises NotFound."""
    owned(agents, agent_id, wallet)
    return ledger.trades(agent_id, limit, start)


def trade(agents: Agents, ledger: Ledger, trade_id: str, wallet: str) -> Trade:
    """With legs and fills. Raises NotFound, also when the trade is another wallet's."""
    found = ledger.trade(trade_id)
    if found is None:
        raise NotFound(f"no trade {trade_id}")
    try:
        owned(agents, found.agent_id, wallet)
    except NotFound:
        raise NotFound(f"no trade {trade_id}") from None
    return found


def positions(
    agents: Agents, ledger: Ledger, markets: MarketStore, agent_id: str, wallet: str
) -> Sequence[Valued]:
    """What the agent holds, valued at executable bids, net of fees. Raises NotFound."""
    owned(agents, agent_id, wallet)
    held = ledger.positions(agent_id)
    keys = sorted({position.key for position in held})
    books, known = markets.books(keys), markets.markets(keys)
    return [
        Valued(position, proceeds(books.get(position.key), fees_of(known, position.key), position))
        for position in held
    ]


def alerts(agents: Agents, kept: Alerts, agent_id: str, wallet: str, limit: int, start: str) -> Page[Alert]:
    """What the owner was told, newest first. Raises NotFound."""
    owned(agents, agent_id, wallet)
    return kept.of_agent(agent_id, limit, start)


def audit(agents: Agents, agent_id: str, wallet: str, limit: int, start: str) -> Page[AuditEntry]:
    """Who changed what, newest first. Raises NotFound."""
    owned(agents, agent_id, wallet)
    return agents.audit(agent_id, limit, start)


def latest_tick(markets: MarketStore, clock: Clock) -> Sequence[OpportunityRecord]:
    """The best hundred records of the newest tick; empty before the first."""
    seen = markets.opportunities(utc(clock.now_ms()), TICK_SHOWN).items
    return [record for record in seen if record.tick_id == seen[0].tick_id]

"""Agents, their budgets and what is counted of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dutchbook.domain.agent import Agent, AgentState, Limits, Mode, StrategyName
from dutchbook.domain.venue import Venue
from dutchbook.ports.paging import Page


@dataclass(frozen=True, slots=True)
class VenueBudget:
    """available + reserved + spent = funded; funded grows and shrinks with realised profit. Micros.

    Below zero `available` means that fills cost more than was there (a fill is never left unbooked): nothing
    can be reserved until it is covered, and a human should know.
    """

    venue: Venue
    available: int
    reserved: int
    spent: int
    funded: int
    fees: int = 0
    """All that was charged on the venue so far."""

    @property
    def overdrawn(self) -> int:
        return max(0, -self.available)


@dataclass(frozen=True, slots=True)
class DayCount:
    """Of one agent on one UTC day. Micros."""

    day: str
    """``2026-11-23``"""
    trades: int = 0
    realised: int = 0
    fees: int = 0
    deferred: int = 0
    """Of `realised`: what paid legs made or lost that is judged when the rest of their sets is paid."""

    @property
    def result(self) -> int:
        """What the day is judged by (docs/adr/0024): a hedged set counts once, on the day it ends."""
        return self.realised - self.deferred


@dataclass(frozen=True, slots=True)
class Purse:
    """What an agent has of one kind of money, and what it did today."""

    budgets: Mapping[Venue, VenueBudget]
    day: DayCount


@dataclass(frozen=True, slots=True)
class Totals:
    """Of one agent since it was registered. Micros."""

    trades: int = 0
    """Reserved, whatever became of them."""
    realised: int = 0
    fees: int = 0
    exposure: int = 0
    """Open cost plus reservations: what maxPosition caps."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    at: datetime
    actor: str
    action: str
    detail: Mapping[str, str]


ACTIVE_SLOTS = 16
"""Parts into which active agents fall: a tick reads one at least, and all of them while agents are few."""


class Agents(Protocol):
    """Agents and what is counted of them.

    Simulated and real money are kept in separate books (budgets, positions, exposure, day counts), so that a
    demo's results never count as money. Methods of both stores raise StoreUnavailable when the store cannot
    answer; every write may be repeated.
    """

    def add(self, agent: Agent) -> None:
        """Stores a new agent in its state with its budgets. Raises AlreadyExists when the id is taken.

        Each platform gets a simulated and a real budget: `agent.budgets`, else DEMO_BUDGET and max_position.
        Adding the very same agent again is success.
        """
        ...

    def get(self, agent_id: str) -> Agent | None:
        """Strongly consistent."""
        ...

    def get_many(self, agent_ids: Collection[str]) -> Mapping[str, Agent]:
        """Those that there are, by id, read in batches; strongly consistent. Ids must differ."""
        ...

    def of_wallet(self, wallet: str, limit: int, start: str = "") -> Page[Agent]: ...

    def set_state(
        self, agent_id: str, expected: Iterable[AgentState], new: AgentState, reason: str, actor: str
    ) -> Agent:
        """Moves the state if it is one of `expected`. Raises WrongState, NotFound.

        Already being in `new` is WrongState too, unless `new` is expected: activating twice is told.
        """
        ...

    def set_limits(
        self,
        agent_id: str,
        version: int,
        limits: Limits,
        mode: Mode,
        actor: str,
        strategy_params: Mapping[str, str] | None = None,
    ) -> Agent:
        """`strategy_params`: None keeps them. Raises WrongState when edited since `version`, NotFound."""
        ...

    def set_credential(
        self, agent_id: str, venue: Venue, *, present: bool, actor: str, version: int | None = None
    ) -> Agent:
        """Notes that verified credentials of the venue are stored, or no longer.

        Raises NotFound, WrongState when the agent was edited since `version` (None: whatever it is).
        """
        ...

    def set_budget(
        self, agent_id: str, venue: Venue, funded: int, *, simulated: bool, actor: str
    ) -> VenueBudget:
        """Changes what the venue's book was funded with (micros), moving the free part with it.

        Raises LimitExceeded when more than the new sum is reserved or spent, NotFound.
        """
        ...

    def claim_account(self, agent_id: str, venue: Venue, account_id: str) -> None:
        """Makes the agent the one owner of a venue account. Raises AlreadyExists when another agent is.

        The claim of an agent that is no more is taken over.
        """
        ...

    def release_account(self, agent_id: str, venue: Venue, account_id: str) -> None:
        """Gives the account up; no error when the agent does not own it."""
        ...

    def candidates(
        self, strategy: StrategyName, mode: Mode, at_most: int, turn: int, enough: int
    ) -> Sequence[Agent]:
        """Active agents of a strategy and mode whose min_profit is at most this (ppm), and no others.

        Agents stand in ACTIVE_SLOTS slots by their ids. Whole slots are read, beginning at another one each
        `turn` (a number that grows by one a tick), until `enough` agents are found: so each slot is first in
        one of ACTIVE_SLOTS turns, and what is read does not grow with agents that must wait anyway. No order.
        Eventually consistent: `Ledger.reserve` checks the state again.
        """
        ...

    def budgets(self, agent_id: str, *, simulated: bool) -> Mapping[Venue, VenueBudget]: ...

    def purses(self, agents: Sequence[Agent], day: str, *, simulated: bool) -> Mapping[str, Purse]:
        """Budgets on the agents' platforms and the day's counts, by agent id, read in batches.

        Eventually consistent: `Ledger.reserve` checks the money again.
        """
        ...

    def day(self, agent_id: str, day: str, *, simulated: bool) -> DayCount: ...

    def days(self, agent_id: str, first: str, *, simulated: bool) -> Sequence[DayCount]:
        """The days since `first` (``2026-11-23``) on which anything was counted, oldest first."""
        ...

    def totals(self, agent_id: str, *, simulated: bool) -> Totals: ...

    def forget_failures(self, agent_id: str) -> None:
        """Begins the count of failures in a row (`Ledger.count_end`) anew."""
        ...

    def remove(self, agent_id: str, expected: AgentState, handed_over: str, actor: str) -> None:
        """Takes the agent off its wallet's list for good, if it is still in `expected`; noted in the audit.

        What it did and holds stays written. Raises WrongState, NotFound.
        """
        ...

    def audit(self, agent_id: str, limit: int, start: str = "") -> Page[AuditEntry]:
        """Newest first."""
        ...

    def write_audit(self, agent_id: str, entry: AuditEntry) -> None:
        """The same entry written twice is one."""
        ...

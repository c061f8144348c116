"""Agents and their money in memory, with the promises of `dutchbook.ports.agents.Agents`."""

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import RLock

from dutchbook.domain.agent import DEMO_BUDGET, Agent, AgentState, Limits, Mode, StrategyName
from dutchbook.domain.errors import AlreadyExists, LimitExceeded, NotFound, WrongState
from dutchbook.domain.market import MarketKey
from dutchbook.domain.result import Result
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.agents import ACTIVE_SLOTS, AuditEntry, DayCount, Purse, Totals, VenueBudget
from dutchbook.ports.clock import Clock, utc
from dutchbook.ports.ledger import Position
from dutchbook.ports.paging import Page
from dutchbook.ports.settlement import Settlement


def page_of[T](items: Sequence[T], limit: int, start: str) -> Page[T]:
    """A page of a list; its keys are offsets."""
    first = int(start or 0)
    more = first + limit < len(items)
    return Page(tuple(items[first : first + limit]), str(first + limit) if more else "")


@dataclass
class Book:
    """One agent's simulated or real money."""

    budgets: dict[Venue, VenueBudget] = field(default_factory=dict)
    totals: Totals = field(default_factory=Totals)
    days: dict[str, DayCount] = field(default_factory=dict)
    positions: dict[tuple[MarketKey, Outcome], Position] = field(default_factory=dict)
    paid: list[Settlement] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)

    def move(
        self, venue: Venue, available: int, reserved: int, spent: int = 0, realised: int = 0, fees: int = 0
    ) -> None:
        old = self.budgets[venue]
        self.budgets[venue] = VenueBudget(
            venue,
            old.available + available,
            old.reserved + reserved,
            old.spent + spent,
            old.funded + realised,
            old.fees + fees,
        )
        self.totals = replace(self.totals, exposure=self.totals.exposure + reserved + spent)

    def count(self, day: str, trades: int = 0, realised: int = 0, fees: int = 0, deferred: int = 0) -> None:
        was, all_ = self.days.get(day, DayCount(day)), self.totals
        self.days[day] = DayCount(
            day, was.trades + trades, was.realised + realised, was.fees + fees, was.deferred + deferred
        )
        self.totals = replace(
            all_, trades=all_.trades + trades, realised=all_.realised + realised, fees=all_.fees + fees
        )


class MemoryAgents:
    """Satisfies `dutchbook.ports.agents.Agents`."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lock = RLock()
        self.agents: dict[str, Agent] = {}
        self.books: dict[tuple[str, bool], Book] = {}
        self.accounts: dict[tuple[Venue, str], str] = {}
        self.failures: dict[str, int] = {}
        self.entries: dict[str, list[AuditEntry]] = {}

    def add(self, agent: Agent) -> None:
        with self.lock:
            known = self.agents.get(agent.agent_id)
            if known is not None and known != agent:
                raise AlreadyExists(agent.agent_id)
            if known is not None:
                return
            self.agents[agent.agent_id] = agent
            for simulated in (True, False):
                default = DEMO_BUDGET if simulated else agent.limits.max_position
                sums = {venue: agent.budgets.get(venue, default) for venue in agent.platforms}
                self.books[agent.agent_id, simulated] = Book(
                    {venue: VenueBudget(venue, total, 0, 0, total) for venue, total in sums.items()}
                )

    def get(self, agent_id: str) -> Agent | None:
        return self.agents.get(agent_id)

    def get_many(self, agent_ids: Collection[str]) -> Mapping[str, Agent]:
        return {name: agent for name in agent_ids if (agent := self.get(name)) is not None}

    def of_wallet(self, wallet: str, limit: int, start: str = "") -> Page[Agent]:
        owned = [agent for agent in self.agents.values() if agent.wallet == wallet]
        return page_of(sorted(owned, key=lambda agent: agent.agent_id, reverse=True), limit, start)

    def set_state(
        self, agent_id: str, expected: Iterable[AgentState], new: AgentState, reason: str, actor: str
    ) -> Agent:
        with self.lock:
            agent = self._existing(agent_id)
            if agent.state not in set(expected):
                raise WrongState(f"{agent_id} is {agent.state}")
            detail = {"from": agent.state.value, "to": new.value, "reason": reason}
            return self._edit(replace(agent, state=new, state_reason=reason), "state", actor, detail)

    def set_limits(
        self,
        agent_id: str,
        version: int,
        limits: Limits,
        mode: Mode,
        actor: str,
        strategy_params: Mapping[str, str] | None = None,
    ) -> Agent:
        with self.lock:
            agent = self._existing(agent_id)
            if agent.version != version:
                raise WrongState(f"{agent_id} is at version {agent.version}")
            detail = {"mode": mode.value, **agent.limits.changes(limits)}
            params = agent.strategy_params if strategy_params is None else strategy_params
            if dict(params) != dict(agent.strategy_params):
                detail["strategyParams"] = ", ".join(f"{name}={value}" for name, value in params.items())
            edited = replace(agent, limits=limits, mode=mode, strategy_params=params)
            return self._edit(edited, "limits", actor, detail)

    def set_credential(
        self, agent_id: str, venue: Venue, *, present: bool, actor: str, version: int | None = None
    ) -> Agent:
        with self.lock:
            agent = self._existing(agent_id)
            if version is not None and agent.version != version:
                raise WrongState(f"{agent_id} was changed meanwhile")
            held = (set(agent.credentials) | {venue}) if present else (set(agent.credentials) - {venue})
            detail = {"venue": venue.value, "present": str(present).lower()}
            return self._edit(replace(agent, credentials=tuple(sorted(held))), "credential", actor, detail)

    def set_budget(
        self,
        agent_id: str,
        venue: Venue,
        funded: int,
        *,
        simulated: bool,
        actor: str,  # noqa: ARG002
    ) -> VenueBudget:
        with self.lock:
            self._existing(agent_id)
            old = self.books[agent_id, simulated].budgets.get(venue, VenueBudget(venue, 0, 0, 0, 0))
            if funded < old.reserved + old.spent:
                raise LimitExceeded(f"budget.{venue}: more than that is in use")
            new = replace(old, available=old.available + funded - old.funded, funded=funded)
            self.books[agent_id, simulated].budgets[venue] = new
            return new

    def claim_account(self, agent_id: str, venue: Venue, account_id: str) -> None:
        with self.lock:
            owner = self.accounts.get((venue, account_id), agent_id)
            if owner != agent_id and owner in self.agents:
                raise AlreadyExists(f"{venue} account belongs to another agent")
            self.accounts[venue, account_id] = agent_id

    def release_account(self, agent_id: str, venue: Venue, account_id: str) -> None:
        with self.lock:
            if self.accounts.get((venue, account_id)) == agent_id:
                del self.accounts[venue, account_id]

    def candidates(
        self, strategy: StrategyName, mode: Mode, at_most: int, turn: int, enough: int
    ) -> Sequence[Agent]:
        slots: dict[int, list[Agent]] = {}
        for agent in self.agents.values():
            fits = agent.state is AgentState.ACTIVE and agent.limits.min_profit <= at_most
            if fits and (agent.strategy, agent.mode) == (strategy, mode):
                slots.setdefault(zlib.crc32(agent.agent_id.encode()) % ACTIVE_SLOTS, []).append(agent)
        found: list[Agent] = []
        for number in range(ACTIVE_SLOTS):
            if len(found) >= enough:
                break
            found += slots.get((turn + number) % ACTIVE_SLOTS, [])
        return found

    def purses(self, agents: Sequence[Agent], day: str, *, simulated: bool) -> Mapping[str, Purse]:
        return {
            agent.agent_id: Purse(
                self.budgets(agent.agent_id, simulated=simulated),
                self.day(agent.agent_id, day, simulated=simulated),
            )
            for agent in agents
        }

    def budgets(self, agent_id: str, *, simulated: bool) -> Mapping[Venue, VenueBudget]:
        book = self.books.get((agent_id, simulated))
        return dict(book.budgets) if book else {}

    def day(self, agent_id: str, day: str, *, simulated: bool) -> DayCount:
        book = self.books.get((agent_id, simulated))
        return book.days.get(day, DayCount(day)) if book else DayCount(day)

    def days(self, agent_id: str, first: str, *, simulated: bool) -> Sequence[DayCount]:
        book = self.books.get((agent_id, simulated), Book())
        return [book.days[day] for day in sorted(book.days) if day >= first]

    def totals(self, agent_id: str, *, simulated: bool) -> Totals:
        book = self.books.get((agent_id, simulated))
        return book.totals if book else Totals()

    def forget_failures(self, agent_id: str) -> None:
        with self.lock:
            self.failures[agent_id] = 0

    def remove(self, agent_id: str, expected: AgentState, handed_over: str, actor: str) -> None:
        with self.lock:
            agent = self._existing(agent_id)
            if agent.state is not expected:
                raise WrongState(f"{agent_id} is {agent.state}")
            del self.agents[agent_id]
            entry = AuditEntry(utc(self.clock.now_ms()), actor, "remove", {"handed_over": handed_over})
            self.write_audit(agent_id, entry)

    def audit(self, agent_id: str, limit: int, start: str = "") -> Page[AuditEntry]:
        newest_first = sorted(self.entries.get(agent_id, []), key=lambda entry: entry.at, reverse=True)
        return page_of(newest_first, limit, start)

    def write_audit(self, agent_id: str, entry: AuditEntry) -> None:
        with self.lock:
            entries = self.entries.setdefault(agent_id, [])
            if entry not in entries:
                entries.append(entry)

    def _existing(self, agent_id: str) -> Agent:
        if agent_id not in self.agents:
            raise NotFound(agent_id)
        return self.agents[agent_id]

    def _edit(self, agent: Agent, action: str, actor: str, detail: Mapping[str, str]) -> Agent:
        self.agents[agent.agent_id] = replace(agent, version=agent.version + 1)
        self.write_audit(agent.agent_id, AuditEntry(utc(self.clock.now_ms()), actor, action, detail))
        return self.agents[agent.agent_id]

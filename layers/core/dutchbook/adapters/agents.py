"""`dutchbook.ports.agents.Agents` on DynamoDB."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from dutchbook.adapters import agent_items as items
from dutchbook.adapters import keys
from dutchbook.adapters.dynamo import SCHEMA_VERSION, ConditionFailed, Item, Table, Write
from dutchbook.domain.agent import DEMO_BUDGET, Agent, AgentState, Limits, Mode, StrategyName
from dutchbook.domain.errors import AlreadyExists, LimitExceeded, NotFound, WrongState
from dutchbook.domain.venue import Venue
from dutchbook.ports.agents import ACTIVE_SLOTS, AuditEntry, DayCount, Purse, Totals, VenueBudget
from dutchbook.ports.clock import Clock, utc
from dutchbook.ports.paging import Page

_ABSENT = "attribute_not_exists(#pk)"
_SLOTS_AT_ONCE = 8


class DynamoAgents:
    """Agents, their budgets and counters in the Ledger table."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def add(self, agent: Agent) -> None:
        wallet_pointer = {
            "pk": keys.wallet(agent.wallet),
            "sk": keys.agent(agent.agent_id),
            "schema_version": SCHEMA_VERSION,
        }
        # excludes a second agent under this id; the money below it exists exactly when the profile does
        writes = [Write.put(items.agent_to_item(agent), _ABSENT), Write.put(wallet_pointer)]
        for simulated in (True, False):
            default = DEMO_BUDGET if simulated else agent.limits.max_position
            writes.append(Write.put(items.totals_to_item(agent.agent_id, simulated, Totals())))
            for venue in agent.platforms:
                total = agent.budgets.get(venue, default)
                budget = VenueBudget(venue, total, 0, 0, total)
                writes.append(Write.put(items.budget_to_item(agent.agent_id, simulated, budget)))
        self._note_slot(agent)
        try:
            self._table.transact(writes)
        except ConditionFailed as failure:
            if items.agent_from_item(failure.item) != agent:
                raise AlreadyExists(agent.agent_id) from None

    def get(self, agent_id: str) -> Agent | None:
        item = self._table.get(keys.profile(agent_id))
        return items.agent_from_item(item) if item else None

    def get_many(self, agent_ids: Collection[str]) -> Mapping[str, Agent]:
        found = map(items.agent_from_item, self._table.get_many(map(keys.profile, agent_ids)))
        return {agent.agent_id: agent for agent in found}

    def of_wallet(self, wallet: str, limit: int, start: str = "") -> Page[Agent]:
        """Newest first."""
        pointers, following = self._table.query(
            "#pk = :pk", pk=keys.wallet(wallet), descending=True, limit=limit, start=start
        )
        profiles = self._table.get_many({"pk": pointer["sk"], "sk": "PROFILE"} for pointer in pointers)
        agents = sorted(
            (items.agent_from_item(item) for item in profiles),
            key=lambda agent: agent.agent_id,
            reverse=True,
        )
        return Page(tuple(agents), following)

    def set_state(
        self, agent_id: str, expected: Iterable[AgentState], new: AgentState, reason: str, actor: str
    ) -> Agent:
        allowed = frozenset(expected)

        def change(agent: Agent) -> tuple[Agent, Mapping[str, str]]:
            if agent.state not in allowed:
                raise WrongState(f"agent {agent_id} is {agent.state}")
            detail = {"from": agent.state.value, "to": new.value, "reason": reason}
            return replace(agent, state=new, state_reason=reason), detail

        return self._edit(agent_id, change, "state", actor)

    def set_limits(
        self,
        agent_id: str,
        version: int,
        limits: Limits,
        mode: Mode,
        actor: str,
        strategy_params: Mapping[str, str] | None = None,
    ) -> Agent:
        def change(agent: Agent) -> tuple[Agent, Mapping[str, str]]:
            if agent.version != version:
                raise WrongState(f"agent {agent_id} is at version {agent.version}, not {version}")
            detail = {"mode": mode.value, **agent.limits.changes(limits)}
            params = agent.strategy_params if strategy_params is None else strategy_params
            if dict(params) != dict(agent.strategy_params):
                detail["strategyParams"] = ", ".join(f"{name}={value}" for name, value in params.items())
            return replace(agent, limits=limits, mode=mode, strategy_params=params), detail

        return self._edit(agent_id, change, "limits", actor)

    def set_credential(
        self, agent_id: str, venue: Venue, *, present: bool, actor: str, version: int | None = None
    ) -> Agent:
        def change(agent: Agent) -> tuple[Agent, Mapping[str, str]]:
            if version is not None and agent.version != version:
                raise WrongState(f"agent {agent_id} was changed meanwhile: try again")
            others = set(agent.credentials) - {venue}
            held = others | {venue} if present else others
            detail = {"venue": venue.value, "present": str(present).lower()}
            return replace(agent, credentials=tuple(sorted(held))), detail

        return self._edit(agent_id, change, "credential", actor)

    def set_budget(
        self, agent_id: str, venue: Venue, funded: int, *, simulated: bool, actor: str
    ) -> VenueBudget:
        detail = {"venue": venue.value, "book": keys.book_name(simulated), "funded": str(funded)}

        def attempt() -> VenueBudget:
            if self.get(agent_id) is None:
                raise NotFound(agent_id)
            item = self._table.get(keys.budget(agent_id, simulated, venue))
            old = items.budget_from_item(item) if item else VenueBudget(venue, 0, 0, 0, 0)
            if funded < old.reserved + old.spent:
                raise LimitExceeded(f"budget.{venue}: {old.reserved + old.spent} micros are in use")
            new = replace(old, available=old.available + funded - old.funded, funded=funded)
            # excludes any movement of this money since it was read
            condition = (
                "#available = :available AND #reserved = :reserved AND #funded = :funded" if item else _ABSENT
            )
            seen = (
                {"available": old.available, "reserved": old.reserved, "funded": old.funded} if item else {}
            )
            self._table.transact(
                [
                    Write.put(items.budget_to_item(agent_id, simulated, new), condition, **seen),
                    self._audit(agent_id, actor, "budget", detail),
                ]
            )
            return new

        return self._table.retry(attempt)

    def claim_account(self, agent_id: str, venue: Venue, account_id: str) -> None:
        mine = {**keys.account(venue, account_id), "schema_version": SCHEMA_VERSION, "agent_id": agent_id}
        try:
            # excludes two agents trading one account: each would count the other's money as its own
            self._table.write(Write.put(mine, f"{_ABSENT} OR #agent_id = :agent_id", agent_id=agent_id))
            return
        except ConditionFailed as failure:
            owner = failure.item["agent_id"]
        taken = AlreadyExists(f"this {venue} account belongs to another agent")
        if self.get(owner) is not None:
            raise taken
        try:
            # excludes taking from whoever took it over from the removed agent since
            self._table.write(Write.put(mine, "#agent_id = :owner", owner=owner))
        except ConditionFailed:
            raise taken from None

    def release_account(self, agent_id: str, venue: Venue, account_id: str) -> None:
        try:
            # excludes giving up what another agent has claimed since
            self._table.write(
                Write.delete(keys.account(venue, account_id), "#agent_id = :agent_id", agent_id=agent_id)
            )
        except ConditionFailed:
            return

    def candidates(
        self, strategy: StrategyName, mode: Mode, at_most: int, turn: int, enough: int
    ) -> Sequence[Agent]:
        used = self._used_slots(strategy, mode)
        if not used:
            return []
        turns = ((turn + number) % ACTIVE_SLOTS for number in range(ACTIVE_SLOTS))
        order = deque(slot for slot in turns if slot in used)
        read = partial(self._active, strategy, mode, at_most)
        found: list[Agent] = []
        at_once = 1
        with ThreadPoolExecutor(_SLOTS_AT_ONCE) as pool:
            while order and len(found) < enough:
                slots = [order.popleft() for _ in range(min(at_once, len(order)))]
                for agents in pool.map(read, slots):
                    found += agents
                # few agents are found in many slots: do not take sixteen turns to learn that there are ten
                at_once = min(2 * at_once, _SLOTS_AT_ONCE)
        return found

    def budgets(self, agent_id: str, *, simulated: bool) -> Mapping[Venue, VenueBudget]:
        found = self._table.query_all(
            "#pk = :pk AND begins_with(#sk, :prefix)",
            pk=keys.agent(agent_id),
            prefix=keys.budget_prefix(simulated),
        )
        budgets = (items.budget_from_item(item) for item in found)
        return {budget.venue: budget for budget in budgets}

    def purses(self, agents: Sequence[Agent], day: str, *, simulated: bool) -> Mapping[str, Purse]:
        wanted = [
            key
            for agent in agents
            for key in (
                keys.day(agent.agent_id, simulated, day),
                *(keys.budget(agent.agent_id, simulated, venue) for venue in agent.platforms),
            )
        ]
        found: dict[str, list[Item]] = {}
        for item in self._table.get_many(wanted, consistent=False):
            found.setdefault(item["pk"], []).append(item)
        return {
            agent.agent_id: _purse(found.get(keys.agent(agent.agent_id), []), day, simulated)
            for agent in agents
        }

    def day(self, agent_id: str, day: str, *, simulated: bool) -> DayCount:
        item = self._table.get(keys.day(agent_id, simulated, day))
        return items.day_from_item(day, item) if item else DayCount(day)

    def days(self, agent_id: str, first: str, *, simulated: bool) -> Sequence[DayCount]:
        key, last = keys.day(agent_id, simulated, first), keys.day(agent_id, simulated, "~")
        found = self._table.query_all(
            "#pk = :pk AND #sk BETWEEN :first AND :last", pk=key["pk"], first=key["sk"], last=last["sk"]
        )
        return [items.day_from_item(item["sk"].rpartition("#")[2], item) for item in found]

    def totals(self, agent_id: str, *, simulated: bool) -> Totals:
        item = self._table.get(keys.totals(agent_id, simulated))
        return items.totals_from_item(item) if item else Totals()

    def forget_failures(self, agent_id: str) -> None:
        self._table.write(Write.update(keys.failures(agent_id), "SET #count = :count", count=0))

    def remove(self, agent_id: str, expected: AgentState, handed_over: str, actor: str) -> None:
        agent = self.get(agent_id)
        if agent is None:
            raise NotFound(agent_id)
        pointer = {"pk": keys.wallet(agent.wallet), "sk": keys.agent(agent_id)}
        # excludes removing an agent that was activated, or halted, since it was looked at
        profile = Write.delete(keys.profile(agent_id), "#state = :state", state=expected.value)
        note = self._audit(agent_id, actor, "remove", {"handed_over": handed_over})
        try:
            self._table.transact([profile, Write.delete(pointer), note])
        except ConditionFailed:
            raise WrongState(f"agent {agent_id} is no longer {expected}") from None

    def audit(self, agent_id: str, limit: int, start: str = "") -> Page[AuditEntry]:
        found, following = self._table.query(
            "#pk = :pk AND begins_with(#sk, :prefix)",
            pk=keys.agent(agent_id),
            prefix="AUDIT#",
            descending=True,
            limit=limit,
            start=start,
        )
        return Page(tuple(items.audit_from_item(item) for item in found), following)

    def write_audit(self, agent_id: str, entry: AuditEntry) -> None:
        self._table.write(Write.put(items.audit_to_item(agent_id, entry)))

    def _note_slot(self, agent: Agent) -> None:
        """Before an agent becomes active: ticks then look there. What is noted in vain costs a look."""
        if agent.state is AgentState.ACTIVE:
            self._table.write(Write.put({**keys.used_slot(agent), "schema_version": SCHEMA_VERSION}))

    def _used_slots(self, strategy: StrategyName, mode: Mode) -> frozenset[int]:
        found = self._table.query_all("#pk = :pk", pk=keys.active_slots(strategy, mode))
        return frozenset(int(item["sk"].removeprefix(keys.SLOT_PREFIX)) for item in found)

    def _active(self, strategy: StrategyName, mode: Mode, at_most: int, slot: int) -> list[Agent]:
        found = self._table.query_all(
            "#gsi2pk = :slot AND #gsi2sk < :above",
            index="gsi2",
            slot=keys.active_slot(strategy, mode, slot),
            above=keys.min_profit(at_most + 1),
        )
        return [items.agent_from_item(item) for item in found]

    def _edit(
        self,
        agent_id: str,
        change: Callable[[Agent], tuple[Agent, Mapping[str, str]]],
        action: str,
        actor: str,
    ) -> Agent:
        def attempt() -> Agent:
            agent = self.get(agent_id)
            if agent is None:
                raise NotFound(agent_id)
            changed, detail = change(agent)
            edited = replace(changed, version=agent.version + 1)
            self._note_slot(edited)
            # excludes losing an edit made since the profile was read
            profile = Write.put(items.agent_to_item(edited), "#version = :version", version=agent.version)
            self._table.transact([profile, self._audit(agent_id, actor, action, detail)])
            return edited

        return self._table.retry(attempt)

    def _audit(self, agent_id: str, actor: str, action: str, detail: Mapping[str, str]) -> Write:
        entry = AuditEntry(utc(self._clock.now_ms()), actor, action, detail)
        return Write.put(items.audit_to_item(agent_id, entry))


def _purse(found: Iterable[Item], day: str, simulated: bool) -> Purse:
    """From the items of one agent: its budgets, and its day where anything was counted on it."""
    budgets: dict[Venue, VenueBudget] = {}
    count = DayCount(day)
    for item in found:
        if item["sk"].startswith(keys.budget_prefix(simulated)):
            budget = items.budget_from_item(item)
            budgets[budget.venue] = budget
        else:
            count = items.day_from_item(day, item)
    return Purse(budgets, count)

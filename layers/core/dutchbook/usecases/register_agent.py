"""Register, switch, edit and remove agents. Whatever is refused here has written nothing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from dutchbook.domain.agent import Agent, AgentState, Limits, Mode, StrategyName
from dutchbook.domain.errors import Conflict, InvalidInput, WrongState
from dutchbook.domain.ids import new_agent_id
from dutchbook.domain.strategies.params import check
from dutchbook.domain.venue import Venue
from dutchbook.ports.agents import Agents, AuditEntry
from dutchbook.ports.clock import Clock, utc
from dutchbook.ports.ledger import Ledger
from dutchbook.usecases.go_live import Evidence, Places, may_go_live, may_trade_there, stated_place
from dutchbook.usecases.ownership import owned

MAX_AGENTS = 50
"""Of one wallet. Two requests at once may pass it by one, which harms nobody."""

type Checksum = Callable[[str], str]
"""The EIP-55 form of an address; raises ValueError when its capitals contradict it."""


@dataclass(frozen=True, slots=True)
class Registration:
    """What a person asks for. Dollars in micros, ratios in ppm."""

    wallet: str
    platforms: tuple[Venue, ...]
    strategy: StrategyName
    limits: Limits
    mode: Mode
    budgets: Mapping[Venue, int]
    jurisdiction: str = ""
    strategy_params: Mapping[str, str] = field(default_factory=dict)
    """What is tuned, by the API's names, as decimal text (domain/strategies/params.py)."""


def register(agents: Agents, clock: Clock, checksum: Checksum, asked: Registration, wallet: str) -> Agent:
    """Stores a new, inactive agent of the signed-in wallet.

    Raises InvalidInput naming the field, and Conflict when the wallet has as many as it may have.
    """
    _check_wallet(asked.wallet, wallet, checksum)
    if not asked.platforms:
        raise InvalidInput("platforms", "choose at least one: " + ", ".join(Venue))
    strategy_params = check(asked.strategy, asked.strategy_params)
    _check_budgets(asked)
    if asked.mode is Mode.LIVE:
        raise InvalidInput("mode", "starts as demo: live needs verified credentials on every platform first")
    place = stated_place(asked.jurisdiction) if asked.jurisdiction else ""
    if len(agents.of_wallet(wallet, MAX_AGENTS).items) >= MAX_AGENTS:
        raise Conflict(f"a wallet has at most {MAX_AGENTS} agents: remove one first")
    now_ms = clock.now_ms()
    agent = Agent(
        agent_id=new_agent_id(now_ms),
        wallet=wallet,
        platforms=asked.platforms,
        strategy=asked.strategy,
        limits=asked.limits,
        mode=asked.mode,
        state=AgentState.INACTIVE,
        created_at=utc(now_ms),
        budgets=asked.budgets,
        jurisdiction=place,
        strategy_params=strategy_params,
    )
    agents.add(agent)
    agents.write_audit(agent.agent_id, AuditEntry(utc(now_ms), wallet, "register", {"mode": agent.mode}))
    return agent


def activate(agents: Agents, agent_id: str, wallet: str) -> Agent:
    """Lets the agent trade. Raises NotFound, WrongState (active already, or halted)."""
    agent = owned(agents, agent_id, wallet)
    expected = {AgentState.INACTIVE, AgentState.PAUSED, AgentState.CLOSING}
    return _switch(agents, agent, expected, AgentState.ACTIVE, wallet)


def deactivate(agents: Agents, agent_id: str, wallet: str) -> Agent:
    """Stops new trades; what is open is still managed. Raises NotFound, WrongState."""
    agent = owned(agents, agent_id, wallet)
    expected = {AgentState.ACTIVE, AgentState.PAUSED, AgentState.CLOSING}
    return _switch(agents, agent, expected, AgentState.INACTIVE, wallet)


def pause(agents: Agents, agent_id: str, wallet: str) -> Agent:
    """Manages what is open and enters nothing new. Raises NotFound, WrongState."""
    agent = owned(agents, agent_id, wallet)
    return _switch(agents, agent, {AgentState.ACTIVE, AgentState.CLOSING}, AgentState.PAUSED, wallet)


def close(agents: Agents, ledger: Ledger, agent_id: str, wallet: str) -> Agent:
    """Sells everything the agent holds, tick by tick at what the bids pay, and enters nothing meanwhile.

    An agent that holds nothing is inactive at once. Raises NotFound, WrongState (closing already, or halted).
    """
    agent = owned(agents, agent_id, wallet)
    expected = {AgentState.ACTIVE, AgentState.PAUSED, AgentState.INACTIVE}
    new = AgentState.CLOSING if ledger.positions(agent_id) else AgentState.INACTIVE
    return _switch(agents, agent, expected, new, wallet)


def edit(
    agents: Agents,
    clock: Clock,
    evidence: Evidence,
    places: Places,
    agent_id: str,
    wallet: str,
    version: int,
    changes: Mapping[str, int],
    mode: Mode | None,
    *,
    live_trading: bool,
    override: str = "",
    strategy_params: Mapping[str, str] | None = None,
) -> Agent:
    """New limits (by the names of Limits' fields) or mode.

    Live needs the stack's yes, all credentials, places that no venue bars today, and a demo record that is
    evidence or the owner's override.

    Raises NotFound, InvalidInput, NotEligible, WrongState when somebody edited the agent since `version`.
    """
    agent = owned(agents, agent_id, wallet)
    if not changes and mode is None and strategy_params is None:
        raise InvalidInput("body", "changes nothing: name a limit, the mode or strategyParams")
    if mode is Mode.LIVE and agent.mode is not Mode.LIVE:
        _check_live(agent, live_trading=live_trading)
        may_trade_there(agents, clock, agent, places, wallet)
        may_go_live(agents, clock, agent, evidence, override, wallet)
    limits = replace(agent.limits, **changes)
    params = agent.strategy_params if strategy_params is None else check(agent.strategy, strategy_params)
    return agents.set_limits(agent_id, version, limits, mode or agent.mode, wallet, params)


def _switch(
    agents: Agents, agent: Agent, expected: Iterable[AgentState], new: AgentState, actor: str
) -> Agent:
    allowed = frozenset(expected)
    if agent.state is AgentState.HALTED:
        raise WrongState(
            f"{agent.agent_id} is halted ({agent.state_reason}): an operator has to look first", "agent_id"
        )
    if agent.state not in allowed:
        raise WrongState(f"{agent.agent_id} is {agent.state}; it cannot become {new}", "agent_id")
    return agents.set_state(agent.agent_id, allowed, new, "asked by the owner", actor)


def _check_wallet(given: str, signed_in: str, checksum: Checksum) -> None:
    digits = given[2:]
    if digits != digits.lower():
        try:
            right = checksum(given)
        except ValueError:
            right = ""
        if given != right:
            raise InvalidInput(
                "wallet", "its capitals fail the EIP-55 checksum: copy it again or use lower case"
            )
    if given.lower() != signed_in:
        raise InvalidInput("wallet", f"is not the wallet that signed in ({signed_in})")


def _check_budgets(asked: Registration) -> None:
    for venue in asked.budgets:
        if venue not in asked.platforms:
            raise InvalidInput(f"budgets.{venue}", "is not one of the chosen platforms")


def _check_live(agent: Agent, *, live_trading: bool) -> None:
    reason = replace(agent, mode=Mode.LIVE).why_simulated(agent.platforms, live_trading=live_trading)
    if reason:
        raise InvalidInput("mode", f"cannot be live: {reason}")

"""Register an agent together with its credentials: both, neither, or an agent that its owner can remove."""

from collections.abc import Sequence
from contextlib import suppress

from dutchbook.domain.agent import Agent
from dutchbook.usecases.go_live import NEW_AGENT, log_override
from dutchbook.usecases.manage_credentials import Checked, Keeper, store
from dutchbook.usecases.register_agent import Checksum, Registration, register
from dutchbook.usecases.remove_agent import remove


def enrol(
    keeper: Keeper,
    checksum: Checksum,
    asked: Registration,
    wallet: str,
    given: Sequence[tuple[Checked, str]],
    override: str,
) -> Agent:
    """Stores the agent, then its credentials (`check_all` found them acceptable).

    The agent comes first: a secret without one would be seen, removed and used by nobody, and stay. When the
    credentials cannot be stored the agent is removed again with what was; where that fails too it stands in
    its owner's list, inactive. Raises InvalidInput naming the field, StoreUnavailable.
    """
    agent = register(keeper.agents, keeper.clock, checksum, asked, wallet)
    try:
        for found, place in given:
            store(keeper, agent.agent_id, wallet, found, place)
        if given:
            log_override(keeper.agents, keeper.clock, agent.agent_id, override, NEW_AGENT, wallet)
    except Exception:
        with suppress(Exception):
            remove(keeper, agent.agent_id, wallet, hand_over=False)
        raise
    return agent

"""Whose agent it is."""

from dutchbook.domain.agent import Agent
from dutchbook.domain.errors import NotFound
from dutchbook.ports.agents import Agents


def owned(agents: Agents, agent_id: str, wallet: str) -> Agent:
    """The agent if the wallet owns it. Raises NotFound for another's as for none: no answer tells which."""
    agent = agents.get(agent_id)
    if agent is None or agent.wallet != wallet:
        raise NotFound(f"no agent {agent_id}", field="agent_id")
    return agent

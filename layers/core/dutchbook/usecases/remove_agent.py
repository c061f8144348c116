"""Remove an agent with its keys. What it did stays written down; what it holds must not be forgotten."""

from collections.abc import Sequence

from dutchbook.domain.agent import Agent, AgentState
from dutchbook.domain.errors import WrongState
from dutchbook.domain.money import format_micros
from dutchbook.domain.venue import Venue
from dutchbook.ports.ledger import Position
from dutchbook.usecases.manage_credentials import Keeper, forget
from dutchbook.usecases.ownership import owned

_AT_REST = frozenset({AgentState.INACTIVE, AgentState.HALTED})


def remove(keeper: Keeper, agent_id: str, wallet: str, *, hand_over: bool) -> None:
    """Deletes the agent's secrets, frees its venue accounts and takes it off the wallet's list.

    With `hand_over` the owner takes its real positions over as they stand at the venues, and a halted agent
    needs no operator any more. Simulated positions keep nobody. Raises NotFound, and WrongState naming what
    is in the way: an agent that runs, trades under way, real positions.
    """
    agent = owned(keeper.agents, agent_id, wallet)
    held = [position for position in keeper.ledger.positions(agent_id) if not position.simulated]
    _refuse_while_needed(keeper, agent, held, hand_over=hand_over)
    # the keys go first: a removal that dies half-way leaves an agent that its owner can remove again
    # over all venues, not over the stubs: what died half-way may have left a secret without one
    for venue in Venue:
        forget(keeper, agent, venue, wallet)
    keeper.agents.remove(agent_id, agent.state, _told(held), wallet)


def _refuse_while_needed(keeper: Keeper, agent: Agent, held: Sequence[Position], *, hand_over: bool) -> None:
    if agent.state not in _AT_REST:
        raise WrongState(f"{agent.agent_id} is {agent.state}: deactivate it first")
    under_way = keeper.ledger.under_way(agent.agent_id)
    if under_way:
        raise WrongState(f"trades are under way: {', '.join(under_way)}; wait until they have ended")
    if hand_over:
        return
    if agent.state is AgentState.HALTED:
        raise WrongState(
            f"{agent.agent_id} is halted ({agent.state_reason}): an operator has to look first, or take over "
            "what it left at the venues with handOver=true"
        )
    if held:
        raise WrongState(
            f"real positions are open: {_told(held)}; close them, or take them over with handOver=true"
        )


def _told(held: Sequence[Position]) -> str:
    return ", ".join(
        f"{format_micros(position.shares)} {position.outcome.upper()} of {position.key}" for position in held
    )

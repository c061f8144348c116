"""The gate between demo and real money: evidence of an agent's own, or its owner's word, which is logged."""

from collections.abc import Callable

from dutchbook.domain.agent import Agent
from dutchbook.domain.errors import InvalidInput
from dutchbook.domain.readiness import Readiness
from dutchbook.ports.agents import Agents, AuditEntry
from dutchbook.ports.clock import Clock, utc

type Evidence = Callable[[Agent], Readiness]
"""What an agent's own demo record says for it."""

NEW_AGENT = "a new agent has no demo record"


def may_go_live(
    agents: Agents, clock: Clock, agent: Agent, evidence: Evidence, override: str, actor: str
) -> None:
    """Lets an agent with evidence pass, and one without on its owner's word.

    Raises InvalidInput saying what is missing.
    """
    found = evidence(agent)
    if found.ready:
        return
    missing = "; ".join(found.missing)
    if not override:
        raise unproven(f"this agent's demo record is no evidence yet ({missing})")
    log_override(agents, clock, agent.agent_id, override, missing, actor)


def unproven(why: str) -> InvalidInput:
    return InvalidInput("readinessOverride", f"is needed: {why}. Say here why you go on; it is logged")


def log_override(
    agents: Agents, clock: Clock, agent_id: str, override: str, missing: str, actor: str
) -> None:
    detail = {"reason": override, "missing": missing}
    agents.write_audit(agent_id, AuditEntry(utc(clock.now_ms()), actor, "readiness.override", detail))

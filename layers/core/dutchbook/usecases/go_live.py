"""The gate between demo and real money: evidence of an agent's own, or its owner's word, which is logged."""

from collections.abc import Callable, Mapping

from dutchbook.domain.agent import Agent
from dutchbook.domain.eligibility import BARS, why_barred
from dutchbook.domain.errors import InvalidInput, NotEligible
from dutchbook.domain.places import parse_place
from dutchbook.domain.readiness import Readiness
from dutchbook.domain.venue import Venue
from dutchbook.ports.agents import Agents, AuditEntry
from dutchbook.ports.clock import Clock, utc

type Evidence = Callable[[Agent], Readiness]
"""What an agent's own demo record says for it."""

type Places = Callable[[str], Mapping[Venue, str]]
"""Where an agent's owner said he was when he stored each venue's credentials, by the agent's id."""

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


def stated_place(text: str) -> str:
    """The place that a person states. Raises InvalidInput, naming the fix."""
    try:
        return parse_place(text)
    except ValueError as error:
        raise InvalidInput("jurisdiction", str(error)) from None


def may_trade_there(agents: Agents, clock: Clock, agent: Agent, places: Places, actor: str) -> None:
    """Asks today's tables again about what was stated when credentials were stored, and logs the answer.

    Raises NotEligible.
    """
    stated, detail = places(agent.agent_id), {}
    for venue in agent.platforms:
        place = stated.get(venue, "")
        barred = why_barred(venue, place) if place else f"no place is stated for {venue}"
        if barred:
            raise NotEligible(barred)
        detail[venue.value] = f"{place}, list of {BARS[venue].as_of}"
    agents.write_audit(agent.agent_id, AuditEntry(utc(clock.now_ms()), actor, "eligibility", detail))

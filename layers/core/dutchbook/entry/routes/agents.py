"""Routes that change an agent. Each parses, calls one use case and answers."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.depends import Depends
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from dutchbook.domain.agent import Agent
from dutchbook.entry.bootstrap.register import RegisterServices, services
from dutchbook.entry.fields import AGENT_ID_PATTERN
from dutchbook.entry.http import Caller, caller, new_router
from dutchbook.entry.models import AgentRequest, EditRequest, Registered, RegisterRequest, Switched
from dutchbook.usecases import enrol_agent, manage_credentials, register_agent, remove_agent

router = new_router()

Who = Annotated[Caller, Depends(caller)]
Own = Annotated[RegisterServices, Depends(services)]
AgentIdInPath = Annotated[str, Path(pattern=AGENT_ID_PATTERN)]
HandOver = Annotated[
    bool, Query(alias="handOver", description="The owner takes over what the agent holds at the venues")
]


@router.post("/api/agent/register", status_code=201, tags=["agents"], summary="Register an agent")
def register(body: RegisterRequest, who: Who, own: Own) -> Response[Registered]:
    agent_id = _register(body, who, own)
    return Response(
        status_code=201,
        content_type=content_types.APPLICATION_JSON,
        headers={"Location": f"/api/agent/status/{agent_id}"},
        body=Registered(agent_id=agent_id, mode=body.mode),
    )


def _register(body: RegisterRequest, who: Caller, own: RegisterServices) -> str:
    asked = register_agent.Registration(
        wallet=body.wallet,
        platforms=body.platforms.chosen(),
        strategy=body.strategy,
        limits=body.limits(),
        mode=body.mode,
        budgets=body.budgets.given(),
        jurisdiction=body.jurisdiction,
        strategy_params=body.strategy_params,
    )
    given = manage_credentials.check_all(
        own.keeper, who.wallet, body.fields(), asked.platforms, body.statement()
    )
    agent = enrol_agent.enrol(own.keeper, own.checksum, asked, who.wallet, given, body.readiness_override)
    return agent.agent_id


@router.post("/api/agent/activate", tags=["agents"], summary="Let an agent trade")
def activate(body: AgentRequest, who: Who, own: Own) -> Switched:
    return _switched(register_agent.activate(own.agents, body.agent_id, who.wallet))


@router.post("/api/agent/deactivate", tags=["agents"], summary="Stop an agent's new trades")
def deactivate(body: AgentRequest, who: Who, own: Own) -> Switched:
    return _switched(register_agent.deactivate(own.agents, body.agent_id, who.wallet))


@router.post("/api/agent/<agent_id>/pause", tags=["agents"], summary="Manage what is open, enter nothing")
def pause(agent_id: AgentIdInPath, who: Who, own: Own) -> Switched:
    return _switched(register_agent.pause(own.agents, agent_id, who.wallet))


@router.post("/api/agent/<agent_id>/close", tags=["agents"], summary="Sell all that it holds")
def close(agent_id: AgentIdInPath, who: Who, own: Own) -> Switched:
    return _switched(register_agent.close(own.agents, own.ledger, agent_id, who.wallet))


@router.patch("/api/agent/<agent_id>", tags=["agents"], summary="Change limits or mode")
def edit(agent_id: AgentIdInPath, body: EditRequest, who: Who, own: Own) -> Switched:
    return _switched(
        register_agent.edit(
            own.agents,
            own.clock,
            own.keeper.evidence,
            own.keeper.places,
            agent_id,
            who.wallet,
            body.version,
            body.changes(),
            body.mode,
            live_trading=own.live_trading,
            override=body.readiness_override,
            strategy_params=body.strategy_params,
        )
    )


@router.delete(
    "/api/agent/<agent_id>", status_code=204, tags=["agents"], summary="Remove an agent and its credentials"
)
def remove(agent_id: AgentIdInPath, who: Who, own: Own, hand_over: HandOver = False) -> Response[None]:
    remove_agent.remove(own.keeper, agent_id, who.wallet, hand_over=hand_over)
    return Response(status_code=204, body=None)


def _switched(agent: Agent) -> Switched:
    return Switched(agent_id=agent.agent_id, state=agent.state, mode=agent.mode, version=agent.version)

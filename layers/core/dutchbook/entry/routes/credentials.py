"""Routes that put credentials in and take them away. None gives them out."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.depends import Depends
from aws_lambda_powertools.event_handler.openapi.params import Path

from dutchbook.domain.venue import Venue
from dutchbook.entry.bootstrap.register import RegisterServices, services
from dutchbook.entry.fields import AGENT_ID_PATTERN
from dutchbook.entry.formats import usd
from dutchbook.entry.http import Caller, caller, new_router
from dutchbook.entry.models import CredentialsRequest
from dutchbook.entry.views import CredentialTest, CredentialView
from dutchbook.usecases import manage_credentials

router = new_router()

Who = Annotated[Caller, Depends(caller)]
Own = Annotated[RegisterServices, Depends(services)]
AgentIdInPath = Annotated[str, Path(pattern=AGENT_ID_PATTERN)]


@router.put(
    "/api/agent/<agent_id>/credentials/<venue>", tags=["credentials"], summary="Set or rotate credentials"
)
def set_credentials(
    agent_id: AgentIdInPath, venue: Venue, body: CredentialsRequest, who: Who, own: Own
) -> CredentialView:
    record = manage_credentials.set_credentials(
        own.keeper, agent_id, who.wallet, venue, body.fields(), body.statement()
    )
    return CredentialView.of(record)


@router.post(
    "/api/agent/<agent_id>/credentials/<venue>/test",
    tags=["credentials"],
    summary="Log in and read the balance, without trading",
)
def test_credentials(agent_id: AgentIdInPath, venue: Venue, who: Who, own: Own) -> CredentialTest:
    record, balance = manage_credentials.verify_credentials(own.keeper, agent_id, who.wallet, venue)
    return CredentialTest(credential=CredentialView.of(record), balance=usd(balance))


@router.delete(
    "/api/agent/<agent_id>/credentials/<venue>",
    status_code=204,
    tags=["credentials"],
    summary="Remove credentials",
)
def remove_credentials(agent_id: AgentIdInPath, venue: Venue, who: Who, own: Own) -> Response[None]:
    manage_credentials.remove_credentials(own.keeper, agent_id, who.wallet, venue)
    return Response(status_code=204, body=None)

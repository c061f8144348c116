"""Routes that show what was written down of an agent: who changed what, and what its owner was told."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.depends import Depends
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse

from dutchbook.entry.bootstrap.status import StatusServices, services
from dutchbook.entry.fields import AGENT_ID_PATTERN
from dutchbook.entry.http import Caller, caller, new_router
from dutchbook.entry.views import AlertList, AlertView, AuditList, AuditView
from dutchbook.usecases import report_status

router = new_router()

Who = Annotated[Caller, Depends(caller)]
Own = Annotated[StatusServices, Depends(services)]
AgentIdInPath = Annotated[str, Path(pattern=AGENT_ID_PATTERN)]
Limit = Annotated[int, Query(ge=1, le=100)]
AuditLimit = Annotated[int, Query(ge=1, le=1000)]
Cursor = Annotated[str, Query(max_length=2048)]
Format = Annotated[Literal["json", "csv"], Query()]

CSV = "text/csv"
_AUDIT: dict[int, OpenAPIResponse] = {
    200: {
        "description": "A page of entries; the CSV's next page is in its Link header",
        "content": {
            content_types.APPLICATION_JSON: {"model": AuditList},
            CSV: {"schema": {"type": "string"}},
        },
    }
}


@router.get("/api/agent/<agent_id>/alerts", tags=["agents"], summary="What its owner was told, newest first")
def alert_list(
    agent_id: AgentIdInPath, who: Who, own: Own, limit: Limit = 50, cursor: Cursor = ""
) -> AlertList:
    scope = f"alerts|{agent_id}"
    start = own.open(cursor, scope)
    page = report_status.alerts(own.agents, own.alerts, agent_id, who.wallet, limit, start)
    return AlertList(
        items=[AlertView.of(alert) for alert in page.items], next_cursor=own.seal(page.next_key, scope)
    )


@router.get(
    "/api/agent/<agent_id>/audit",
    tags=["agents"],
    summary="Who changed what, newest first; JSON or CSV",
    responses=_AUDIT,
)
def audit_list(
    agent_id: AgentIdInPath,
    who: Who,
    own: Own,
    limit: AuditLimit = 50,
    cursor: Cursor = "",
    format: Format = "json",  # the parameter's public name
) -> Response[Any]:
    scope = f"audit|{agent_id}"
    page = report_status.audit(own.agents, agent_id, who.wallet, limit, own.open(cursor, scope))
    entries = AuditList(
        items=[AuditView.of(entry) for entry in page.items], next_cursor=own.seal(page.next_key, scope)
    )
    if format == "json":
        return Response(200, content_types.APPLICATION_JSON, entries)
    headers = {"Content-Disposition": f'attachment; filename="audit-{agent_id}.csv"'}
    if entries.next_cursor:
        following = urlencode({"format": "csv", "limit": limit, "cursor": entries.next_cursor})
        headers["Link"] = f'</api/agent/{agent_id}/audit?{following}>; rel="next"'
    return Response(200, CSV, as_csv(entries.items), headers)


def as_csv(entries: Iterable[AuditView]) -> str:
    """One line an entry; the detail is JSON, so that no text in it can be taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("at", "actor", "action", "detail"))
    for entry in entries:
        writer.writerow((entry.at, entry.actor, entry.action, _json(entry.detail)))
    return out.getvalue()


def _json(detail: Mapping[str, str]) -> str:
    return json.dumps(detail, sort_keys=True, ensure_ascii=False)

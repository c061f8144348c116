"""Register: sign-in, agents, credentials and operators' decisions; whatever a person writes."""

from dutchbook.entry.cold_start import imports_done

# isort: split
from typing import Any

from dutchbook.entry.bootstrap.register import services
from dutchbook.entry.http import resolver, serve
from dutchbook.entry.observability import logger
from dutchbook.entry.replay import answered_once
from dutchbook.entry.routes import agents, auth, credentials, operators

imports_done()

app = resolver(
    agents.router,
    auth.router,
    credentials.router,
    operators.router,
    around=[answered_once(services)],
)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return serve(app, "register", event, context)

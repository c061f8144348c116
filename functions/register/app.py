"""Register: sign-in, agents, credentials and operators' decisions; whatever a person writes."""

from typing import Any

from dutchbook.entry.http import resolver, serve
from dutchbook.entry.routes import agents, auth, credentials, operators

app = resolver(agents.router, auth.router, credentials.router, operators.router)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return serve(app, "register", event, context)

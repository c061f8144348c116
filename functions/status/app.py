"""Status: agents, trades, positions, opportunities, venues and pairs; whatever a person reads."""

from dutchbook.entry.cold_start import imports_done

# isort: split
from typing import Any

from dutchbook.entry.http import resolver, serve
from dutchbook.entry.observability import logger
from dutchbook.entry.routes import public, records, status

imports_done()

app = resolver(status.router, records.router, public.router)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return serve(app, "status", event, context)

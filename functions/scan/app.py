"""Scan: the ticker's target. One event is one tick."""

from typing import Any

from dutchbook.entry.bootstrap.scan import settings, world
from dutchbook.entry.observability import logger
from dutchbook.usecases.scan_markets.tick import Tick, scan


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """event: scheduled_time and started_at (RFC 3339), offset_seconds. Answers with the tick's counts."""
    tick = Tick.of_schedule(
        event["scheduled_time"], event["started_at"], event["offset_seconds"], settings().tick_seconds
    )
    logger.append_keys(step="scan", tick_id=tick.tick_id)
    report = scan(tick, world())
    logger.info("tick", extra={"report": report.to_record()})
    return report.to_record()

"""Settle: the pass that follows positions to cash. Scheduled; the event says nothing."""

from dutchbook.entry.cold_start import imports_done

# isort: split
from typing import Any

from dutchbook.entry import metrics
from dutchbook.entry.bootstrap.settle import desk
from dutchbook.entry.observability import logger
from dutchbook.usecases.settle_positions import settle_positions

imports_done()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """Answers with the pass's counts."""
    logger.append_keys(step="settle")
    report = settle_positions(desk()).to_record()
    logger.info("pass", extra={"report": report})
    metrics.settled(report, simulated=True)
    return report

"""Redeem: the settlement pass for real positions; the only function that speaks to the chains. Scheduled."""

from dutchbook.entry.cold_start import imports_done

# isort: split
from typing import Any

from dutchbook.entry import metrics
from dutchbook.entry.bootstrap.redeem import desk
from dutchbook.entry.observability import logger
from dutchbook.usecases.settle_positions import settle_positions

imports_done()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """Answers with the pass's counts. While live trading is off it fetches nothing."""
    logger.append_keys(step="redeem")
    report = settle_positions(desk()).to_record()
    logger.info("pass", extra={"report": report})
    metrics.settled(report, simulated=False)
    return report

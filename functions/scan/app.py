"""Scan: the ticker's target, one event is one tick. Catalogue and Match: the steps of the catalogue pass."""

from dutchbook.entry.cold_start import imports_done

# isort: split
from dataclasses import asdict
from typing import Any

from dutchbook.adapters.clock import SystemClock
from dutchbook.domain.pair import PairStatus
from dutchbook.entry import metrics
from dutchbook.entry.bootstrap.scan import listing, settings, store, world
from dutchbook.entry.categories import named_by_category
from dutchbook.entry.observability import logger
from dutchbook.usecases.scan_markets.tick import Tick, scan

imports_done()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """event: scheduled_time and started_at (RFC 3339), offset_seconds. Answers with the tick's counts."""
    tick = Tick.of_schedule(
        event["scheduled_time"], event["started_at"], event["offset_seconds"], settings().tick_seconds
    )
    logger.append_keys(step="scan", tick_id=tick.tick_id)
    report = scan(tick, world()).to_record()
    logger.info("tick", extra={"report": report})
    metrics.tick(report)
    return report


@logger.inject_lambda_context(clear_state=True)
@named_by_category()
def catalogue(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """event: venue, pass_id, and what the call before answered. Answers how far the pass is."""
    from dutchbook.usecases.match_markets.catalogue import Progress, list_some  # noqa: PLC0415 - as below

    progress = Progress.from_event(event)
    logger.append_keys(step="catalogue", venue=progress.venue.value, pass_id=progress.pass_id)
    record = list_some(listing(), progress).to_record()
    logger.info("catalogue", extra={"progress": record})
    return record


@logger.inject_lambda_context(clear_state=True)
@named_by_category()
def match(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """event: {do: plan}, {do: match, one of the plan's parts} or {do: review, status}."""
    # the matcher's tables are a sixth of what a tick would wait for at its cold start, and it needs none
    from dutchbook.usecases.match_markets.matching import Part, in_turn, match_some, plan  # noqa: PLC0415
    from dutchbook.usecases.match_markets.review import REVIEWED, review  # noqa: PLC0415

    logger.append_keys(step="match", do=event["do"])
    if event["do"] == "plan":
        parts = plan(store())
        turn = in_turn(parts, SystemClock().now_ms())
        logger.info("plan", extra={"parts": len(parts), "this_pass": len(turn)})
        return {
            "parts": [{"do": "match", **part.to_record()} for part in turn],
            "reviews": [{"do": "review", "status": status.value} for status in REVIEWED],
        }
    if event["do"] == "match":
        report = asdict(match_some(store(), Part.from_event(event)))
    else:
        report = asdict(review(store(), SystemClock(), PairStatus(event["status"])))
    logger.info("match", extra={"report": report})
    return report

"""The business's figures, from what the use cases have answered: no reads of their own.

Lines in the log that CloudWatch turns into metrics. Figures of money carry the dimension `mode`, so that
simulated dollars never stand in a sum with real ones. Dashboard and alarms of template.yaml name them;
a test compares the names with `FIGURES`.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dutchbook.domain.trade import LegPurpose, Trade
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Venue
from dutchbook.entry.observability import MetricUnit, put_metrics

_COUNT, _PERCENT, _MS, _DOLLARS = (
    MetricUnit.Count,
    MetricUnit.Percent,
    MetricUnit.Milliseconds,
    MetricUnit.NoUnit,
)
FIGURES: Mapping[str, MetricUnit] = {
    "Ticks": _COUNT,
    "TicksLate": _COUNT,
    "Opportunities": _COUNT,
    "BestEdgePercent": _PERCENT,
    "TradesStarted": _COUNT,
    "StartsFailed": _COUNT,
    "VenuesDown": _COUNT,
    "TradesEnded": _COUNT,
    "TradesHedged": _COUNT,
    "TradesNotTaken": _COUNT,
    "Unwinds": _COUNT,
    "Quarantines": _COUNT,
    "FillPercent": _PERCENT,
    "LegSkewMs": _MS,
    "RealisedUsd": _DOLLARS,
    "LockedUsd": _DOLLARS,
    "ExposureUsd": _DOLLARS,
    "SettleFailures": _COUNT,
}
"""Every metric of ours, with its unit. Dollars are for charts; the books are in millionths."""

_MICROS = 1_000_000
_PPM_A_PERCENT = 10_000
_VENUES = frozenset(venue.value for venue in Venue)


def tick(report: Mapping[str, Any]) -> None:
    """Of one scan (`TickReport.to_record()`). A duplicate tick counts for nothing."""
    if report["outcome"] == "duplicate":
        return
    if report["outcome"] in ("late", "overlapping"):
        # dropped both, because scans take longer than their period or begin too late
        _put({"TicksLate": 1})
        return
    figures = {
        "Ticks": 1,
        "Opportunities": report["opportunities"],
        "TradesStarted": report["started"],
        "StartsFailed": report["not_started"],
        "VenuesDown": len(_VENUES & report["down"].keys()),
    }
    if report["opportunities"]:
        figures["BestEdgePercent"] = report["best_edge"] / _PPM_A_PERCENT
    _put(figures)


def trade_ended(trade: Trade) -> None:
    """Of one trade, at each end: a trade that is quarantined after its end counts for that as well."""
    figures: dict[str, float] = {
        "TradesEnded": 1,
        "TradesHedged": trade.state in (TradeState.HEDGED, TradeState.FILLED),
        "TradesNotTaken": trade.state is TradeState.NOT_TAKEN,
        "Quarantines": trade.state is TradeState.QUARANTINED,
        "Unwinds": any(leg.purpose is LegPurpose.UNWIND for leg in trade.legs),
    }
    if (
        trade.state is not TradeState.QUARANTINED
    ):  # whose result is not known, or was counted at its first end
        figures["RealisedUsd"] = trade.realised / _MICROS
        figures["LockedUsd"] = trade.locked / _MICROS
    sent = [leg.submitted_at for leg in trade.planned_legs if leg.submitted_at]
    if sent:
        done = max(0, min(trade.held(leg) for leg in trade.planned_legs))
        figures["FillPercent"] = 100 * done / trade.shares
    if len(sent) > 1:
        figures["LegSkewMs"] = (max(sent) - min(sent)).total_seconds() * 1000
    _put(figures, mode=_mode(simulated=trade.simulated))


def settled(report: Mapping[str, Any], *, simulated: bool) -> None:
    """Of one settlement pass (`PassReport.to_record()`), for the book that the calling function pays out."""
    suffix = "_simulated" if simulated else ""
    figures = {
        "RealisedUsd": float(Decimal(report[f"realised{suffix}"])),
        "ExposureUsd": float(Decimal(report[f"exposure{suffix}"])),
        "SettleFailures": len(report["failed"]) + len(report["unreadable"]),
    }
    _put(figures, mode=_mode(simulated=simulated))


def _mode(*, simulated: bool) -> str:
    return "simulated" if simulated else "live"


def _put(figures: Mapping[str, float], **dimensions: str) -> None:
    put_metrics({name: (FIGURES[name], float(value)) for name, value in figures.items()}, **dimensions)

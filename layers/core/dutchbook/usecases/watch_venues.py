"""A venue that the scans find unhealthy is told to people, once an hour while it lasts."""

from datetime import timedelta

from dutchbook.ports.clock import Clock, utc
from dutchbook.ports.markets import MarketStore
from dutchbook.ports.notices import Notice, Notifier

FRESH = timedelta(minutes=3)
"""Older health is not told: what does not scan any more has an alarm of its own."""

LEAST_CALLS = 3
"""One lost request after a function's start is no outage."""


def watch(markets: MarketStore, notifier: Notifier, clock: Clock) -> list[str]:
    """The venues that are down, as the last scans saw them; tells of each. Raises StoreUnavailable."""
    now = utc(clock.now_ms())
    down = [
        health
        for health in markets.health()
        if not health.healthy and health.calls >= LEAST_CALLS and now - health.checked_at <= FRESH
    ]
    for health in down:
        notifier.send(
            Notice(
                kind="venue down",
                agent_id="",
                what=f"{health.venue} does not answer as it should: {health.reason}",
                next_step="Pairs that need it are left out until it answers. What cannot be confirmed of"
                " trades under way is quarantined in time (runbook: venue-down).",
                venue=health.venue.value,
                dedupe_key=f"venue-down:{health.venue}",
            )
        )
    return [health.venue.value for health in down]

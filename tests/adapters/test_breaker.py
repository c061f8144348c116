"""The venues' circuit breaker: opened by silence, shared through Guards, closed by one good probe."""

import time

import pytest
from aws_lambda_powertools.utilities.circuit_breaker import CircuitBreakerConfig

from dutchbook.adapters.breaker import CONFIG, DynamoBreakers
from dutchbook.domain.errors import (
    BreakerOpen,
    InvalidOrder,
    NotSent,
    OutcomeUnknown,
    VenueThrottled,
    VenueUnreachable,
)
from dutchbook.domain.venue import Venue

QUICK = CircuitBreakerConfig(
    failure_threshold=CONFIG.failure_threshold,
    recovery_timeout=1,
    success_threshold=CONFIG.success_threshold,
    handled_exceptions=CONFIG.handled_exceptions,
    local_cache_max_age=1,
)


def failing(error):
    def call():
        raise error

    return call


def trip(guard, error=VenueUnreachable("no answer")):  # noqa: B008  (errors are not changed)
    for _ in range(CONFIG.failure_threshold):
        with pytest.raises(type(error)):
            guard(failing(error))


def test_a_venue_that_is_silent_is_left_alone_by_all_functions_and_tried_by_one(tables):
    """One item a venue: another process reads what this one wrote."""
    guard = DynamoBreakers(tables.guards.name, QUICK).of(Venue.KALSHI)
    trip(guard)
    with pytest.raises(BreakerOpen) as told:
        guard(lambda: "never called")
    assert isinstance(told.value, NotSent)
    elsewhere = DynamoBreakers(tables.guards.name, QUICK).of(Venue.KALSHI)
    with pytest.raises(BreakerOpen):
        elsewhere(lambda: "never called")
    item = tables.guards.get({"id": "BREAKER#kalshi"})
    assert item is not None
    assert item["expiration"] > time.time()

    time.sleep(2.1)  # the breaker keeps wall time in whole seconds
    assert guard(lambda: "probe") == "probe"
    assert guard(lambda: "closed") == "closed"


def test_a_probe_that_fails_keeps_it_open(tables):
    guard = DynamoBreakers(tables.guards.name, QUICK).of(Venue.LIMITLESS)
    trip(guard, OutcomeUnknown("no answer to an order"))
    time.sleep(2.1)
    with pytest.raises(VenueUnreachable):
        guard(failing(VenueUnreachable("still down")))
    with pytest.raises(BreakerOpen):
        guard(lambda: "never called")
    time.sleep(2.1)
    assert guard(lambda: "back") == "back"


@pytest.mark.parametrize("error", [InvalidOrder("off the grid"), VenueThrottled("too many")])
def test_an_answer_is_no_failure_whatever_it_says(tables, error):
    guard = DynamoBreakers(tables.guards.name, QUICK).of(Venue.POLYMARKET)
    for _ in range(2):
        trip(guard, error)
    assert guard(lambda: "through") == "through"


def test_a_table_that_cannot_be_read_holds_nothing_back(tables):
    guard = DynamoBreakers("NoSuchTable", QUICK).of(Venue.POLYMARKET)
    assert guard(lambda: "through") == "through"

"""VenueHttp for accounts: refusals of reads, an account's own limits, the circuit breaker around calls."""

import pytest
import responses

from dutchbook.adapters.breaker import CONFIG
from dutchbook.domain.errors import (
    BreakerOpen,
    NotAuthorised,
    NotSent,
    OutcomeUnknown,
    VenueThrottled,
    VenueUnreachable,
)
from dutchbook.domain.venue import Venue
from tests.support.market_data import FakeClock
from venues.health import HealthRecorder
from venues.http import VenueHttp
from venues.kalshi.errors import classify
from venues.ratelimit import Limiter, Rate, RatePlan

URL = "https://venue.test/balance"
PLAN = RatePlan({"read": Rate(1_000_000, 1_000_000)})
REFUSALS = frozenset({401, 403})


@pytest.fixture
def wire():
    with responses.RequestsMock() as mock:
        yield mock


def venue_http(guard=None):
    clock = FakeClock()
    recorder = HealthRecorder(Venue.KALSHI, clock)
    limiter, options = Limiter(PLAN), {"sleep": clock.sleep, "jitter": lambda: 0.0}
    if guard is not None:
        options["guard"] = guard
    return VenueHttp(Venue.KALSHI, limiter, recorder, clock, classify, **options), recorder


def test_a_read_that_is_denied_is_told_as_such_and_not_repeated(wire):
    wire.get(URL, status=401, json={"error": {"code": "authentication_error", "message": "no"}})
    http, recorder = venue_http()
    with pytest.raises(NotAuthorised):
        http.get(URL, bucket="read", refusals=REFUSALS)
    assert len(wire.calls) == 1
    assert recorder.snapshot().errors == 0, "a refusal is the venue's own word"


def test_without_refusals_a_denied_read_is_a_read_that_failed(wire):
    wire.get(URL, status=401, json={})
    http, _ = venue_http()
    with pytest.raises(VenueUnreachable):
        http.get(URL, bucket="read")


def test_an_account_has_limits_of_its_own_on_the_shared_session(wire):
    wire.get(URL, json={})
    http, recorder = venue_http()
    tight = http.limited_by(Limiter(RatePlan({"read": Rate(0.001, 1)}), patience=0))
    tight.get(URL, bucket="read")
    with pytest.raises(VenueThrottled):
        tight.get(URL, bucket="read")
    http.get(URL, bucket="read")
    assert recorder.snapshot().calls == 2


def refuses(call):
    raise BreakerOpen("too many failures in a row")


def test_an_open_breaker_lets_neither_reads_nor_orders_out_and_shows_in_the_health(wire):
    wire.assert_all_requests_are_fired = False
    wire.get(URL, json={})
    http, recorder = venue_http(refuses)
    for call in (
        lambda: http.get(URL, bucket="read"),
        lambda: http.read_post(URL, b"{}", bucket="read"),
        lambda: http.send("POST", URL, b"{}", bucket="read"),
    ):
        with pytest.raises(BreakerOpen):
            call()
    assert len(wire.calls) == 0
    health = recorder.snapshot()
    assert (health.healthy, health.breaker, health.reason) == (False, "open", "the circuit breaker is open")


def test_a_call_that_goes_through_shows_the_breaker_closed(wire):
    wire.get(URL, json={})
    states = [lambda call: call(), refuses]

    def recovering(call):
        return states.pop()(call)

    http, recorder = venue_http(recovering)
    with pytest.raises(BreakerOpen):
        http.get(URL, bucket="read")
    http.get(URL, bucket="read")
    assert (recorder.snapshot().healthy, recorder.snapshot().breaker) == (True, "closed")


@pytest.mark.parametrize("status", [400, 404, 409, 410, 422, 401, 403, 408, 425, 429, 500, 503])
def test_a_question_that_the_venue_refuses_does_not_count_against_its_being_there(wire, status):
    """One agent's market that is gone must not close the venue to all others."""
    wire.get(URL, status=status, json={"message": "no"})
    http, _ = venue_http()
    with pytest.raises(NotSent) as told:
        http.get(URL, bucket="read")
    counts = isinstance(told.value, CONFIG.handled_exceptions)
    assert counts is (status not in (400, 404, 409, 410, 422, 429))


def test_the_breaker_sees_what_became_of_a_call(wire):
    """Three tries of a read are one failure; an order without an answer is one."""
    wire.get(URL, status=502)
    wire.post(URL, status=502)
    seen = []

    def watching(call):
        try:
            return call()
        except Exception as error:
            seen.append(type(error))
            raise

    http, _ = venue_http(watching)
    with pytest.raises(VenueUnreachable):
        http.get(URL, bucket="read")
    with pytest.raises(OutcomeUnknown):
        http.send("POST", URL, b"{}", bucket="read")
    assert seen == [VenueUnreachable, OutcomeUnknown]

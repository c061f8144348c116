"""A venue's health is what its last calls say, and its clock is read off its answers."""

from email.utils import formatdate

from dutchbook.domain.venue import Venue
from tests.support.market_data import FakeClock
from venues.health import HealthRecorder


def a_recorder() -> tuple[HealthRecorder, FakeClock]:
    clock = FakeClock()
    return HealthRecorder(Venue.KALSHI, clock), clock


def test_latency_percentiles_are_by_nearest_rank():
    recorder, clock = a_recorder()
    for latency in range(1, 101):
        recorder.succeeded(clock.ms, clock.ms + latency)

    seen = recorder.snapshot()

    assert (seen.latency_p50_ms, seen.latency_p95_ms, seen.calls, seen.errors) == (50, 95, 100, 0)
    assert seen.healthy


def test_a_venue_is_unhealthy_while_most_of_its_last_calls_failed():
    recorder, clock = a_recorder()
    for _ in range(50):
        recorder.succeeded(clock.ms, clock.ms + 5)
    for _ in range(10):
        recorder.failed("status 503")
    assert recorder.snapshot().healthy
    recorder.failed("ReadTimeout")

    seen = recorder.snapshot()

    assert (seen.healthy, seen.reason, seen.errors) == (False, "ReadTimeout", 11)
    for _ in range(20):
        recorder.succeeded(clock.ms, clock.ms + 5)
    assert recorder.snapshot().healthy


def test_nothing_known_is_healthy_and_empty():
    recorder, _ = a_recorder()

    seen = recorder.snapshot()

    assert (seen.healthy, seen.calls, seen.latency_p95_ms, seen.clock_offset_ms) == (True, 0, 0, 0)


def test_the_clock_offset_is_the_middle_of_what_fresh_answers_say():
    recorder, clock = a_recorder()
    at = clock.ms - clock.ms % 1_000
    for ahead in (3, 3, 60):
        recorder.succeeded(at, at, formatdate(at / 1000 + ahead, usegmt=True))
    recorder.succeeded(at, at, formatdate(at / 1000 + 900, usegmt=True), age="900")
    recorder.succeeded(at, at, "yesterday")

    assert recorder.snapshot().clock_offset_ms == 3_500

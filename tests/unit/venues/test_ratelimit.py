"""Callers wait their turn on all threads, and our own limit says so before the venue has to."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from dutchbook.domain.errors import VenueThrottled
from dutchbook.domain.venue import Venue
from tests.support.market_data import FakeClock
from venues.ratelimit import DEFAULT_PLANS, KALSHI_PLAN, LIMITLESS_PLAN, Limiter, Rate, RatePlan


def a_limiter(plan: RatePlan, patience: float = 5.0) -> tuple[Limiter, FakeClock]:
    clock = FakeClock(0)
    return Limiter(plan, monotonic=lambda: clock.ms / 1000, sleep=clock.sleep, patience=patience), clock


def times(limiter: Limiter, clock: FakeClock, bucket: str, calls: int, cost: float = 1.0) -> list[int]:
    seen = []
    for _ in range(calls):
        with limiter.turn(bucket, cost):
            seen.append(clock.ms)
    return seen


def test_a_burst_passes_at_once_and_the_rest_at_the_rate():
    limiter, clock = a_limiter(RatePlan({"b": Rate(per_second=10, burst=3)}))

    assert times(limiter, clock, "b", 6) == [0, 0, 0, 100, 200, 300]


def test_tokens_come_back_with_time_but_never_beyond_the_burst():
    limiter, clock = a_limiter(RatePlan({"b": Rate(per_second=10, burst=2)}))
    times(limiter, clock, "b", 2)
    clock.advance(60_000)

    assert times(limiter, clock, "b", 3) == [60_000, 60_000, 60_100]


def test_limitless_calls_are_300_ms_apart():
    limiter, clock = a_limiter(LIMITLESS_PLAN)

    assert times(limiter, clock, "api", 4) == [0, 300, 600, 900]


def test_kalshis_unsigned_calls_stay_at_three_a_second():
    limiter, clock = a_limiter(KALSHI_PLAN)

    stamps = times(limiter, clock, "unsigned", 12)

    assert all(later - earlier >= 990 for earlier, later in zip(stamps[3:], stamps[6:], strict=False))


def test_kalshi_counts_tokens_not_calls():
    limiter, clock = a_limiter(KALSHI_PLAN)

    assert times(limiter, clock, "write", 11, cost=10)[-1] == 100


def test_a_wait_beyond_patience_is_refused_and_takes_no_token():
    limiter, clock = a_limiter(RatePlan({"b": Rate(per_second=1, burst=1)}), patience=0.5)
    times(limiter, clock, "b", 1)

    for _ in range(5):
        with pytest.raises(VenueThrottled), limiter.turn("b"):
            pass
    clock.advance(1_000)

    assert times(limiter, clock, "b", 1) == [1_000]


def test_a_call_dearer_than_the_bucket_passes_when_it_is_full_and_leaves_a_debt():
    limiter, clock = a_limiter(RatePlan({"b": Rate(per_second=10, burst=10)}))

    assert times(limiter, clock, "b", 2, cost=20) == [0, 2_000]


def test_a_hold_keeps_everybody_back():
    limiter, clock = a_limiter(RatePlan({"b": Rate(per_second=10, burst=5)}))
    limiter.hold("b", 2)

    assert times(limiter, clock, "b", 2) == [2_100, 2_200]


def test_no_more_than_the_cap_are_in_flight():
    limiter = Limiter(RatePlan({"b": Rate(1_000, 1_000)}, in_flight=2), patience=0.05)
    both_in, release = Event(), Event()
    inside = []

    def call() -> None:
        with limiter.turn("b"):
            inside.append(1)
            if len(inside) == 2:
                both_in.set()
            release.wait(5)

    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(call) for _ in range(2)]
        both_in.wait(5)
        with pytest.raises(VenueThrottled), limiter.turn("b"):
            pass
        release.set()
        for one in calls:
            one.result()
    with limiter.turn("b"):
        assert len(inside) == 2


def test_every_venue_has_a_plan():
    assert set(DEFAULT_PLANS) == set(Venue)


def test_headroom_is_what_the_busiest_bucket_left_of_ten_seconds():
    limiter, clock = a_limiter(RatePlan({"a": Rate(per_second=10, burst=100), "b": Rate(1, 10)}))
    assert limiter.headroom() is None, "nothing was called: nothing was measured"

    times(limiter, clock, "a", 25)
    assert limiter.headroom() == 75
    times(limiter, clock, "b", 4)
    assert limiter.headroom() == 60
    clock.advance(10_001)
    assert limiter.headroom() is None


def test_a_venue_called_at_its_full_pace_has_no_headroom():
    limiter, clock = a_limiter(LIMITLESS_PLAN)
    times(limiter, clock, "api", 40)

    assert limiter.headroom() <= 1

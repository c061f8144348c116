"""A clock of ours that is minutes off, ahead or behind, hides no order: orders go out by the venue's time, so
they are looked for by it too.
"""

import json

import pytest

from dutchbook.domain.errors import OutcomeUnknown
from dutchbook.domain.money import ONE
from dutchbook.domain.venue import Outcome
from dutchbook.ports.venues import OrderStatus
from local.venues.server import SimulatedVenues
from tests.contract.venues.bench import attempt
from tests.contract.venues.test_kalshi import API, kalshi_bench
from tests.contract.venues.test_limitless import limitless_bench
from tests.contract.venues.test_polymarket import polymarket_bench
from tests.support.simulated import ShiftedClock, Simulation

BENCHES = {"kalshi": kalshi_bench, "limitless": limitless_bench, "polymarket": polymarket_bench}
SHIFTS = [600_000, 90_000, -90_000, -600_000]


@pytest.mark.parametrize("shift_ms", SHIFTS)
@pytest.mark.parametrize("venue", BENCHES)
def test_an_order_whose_answer_was_lost_is_found_whatever_our_clock_says(venue, shift_ms):
    with SimulatedVenues(seed=7) as venues:
        bench = BENCHES[venue](Simulation(venues, ShiftedClock(shift_ms)))
        intent = bench.prepare(Outcome.YES, "0.40")
        bench.fault("drop")
        _, error = attempt(bench, intent)
        bench.clear_faults()
        assert isinstance(error, OutcomeUnknown)
        assert bench.world.state(bench.market.venue).accepted, "the venue has it"
        assert bench.connector.lookup(intent, bench.market).status is not OrderStatus.NOT_FOUND


@pytest.mark.parametrize("shift_ms", SHIFTS)
def test_a_clock_found_wrong_by_the_order_itself_hides_it_no_less(shift_ms):
    """Whatever was asked before went through unsigned or unanswered: kalshi's clock was not known yet."""
    with SimulatedVenues(seed=7) as venues:
        world = Simulation(venues, ShiftedClock(shift_ms))
        bench = kalshi_bench(world, limits_unknown=True)
        trading = json.dumps({"exchange_active": True, "trading_active": True})
        bench.fault("status", f"{API}/exchange/status", status=200, body=trading)
        intent = bench.prepare(Outcome.YES, "0.40")
        bench.fault("drop", count=2)
        # the first sending is refused for its time, unanswered; the second one tells, the third is lost
        attempt(bench, intent)
        attempt(bench, intent)
        bench.clear_faults()
        attempt(bench, intent)
        assert bench.held(Outcome.YES) == 50 * ONE
        assert bench.connector.lookup(intent, bench.market).status is OrderStatus.DONE

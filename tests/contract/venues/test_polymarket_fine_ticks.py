"""Buying on Polymarket's finest ticks: shares of a market buy may have four decimals, whatever the tick."""

import pytest

from dutchbook.domain.money import ONE
from dutchbook.domain.venue import Outcome, Venue
from tests.contract.venues.test_polymarket import polymarket_bench
from tests.support.simulated import simulation


@pytest.mark.parametrize("price", ["0.197", "0.401", "0.803"])
def test_a_buy_is_accepted_on_a_tick_of_a_tenth_of_a_cent(price):
    with simulation() as world:
        listings = world.state(Venue.POLYMARKET).listings.values()
        fine = next(row for row in listings if row.tick == 1_000)
        bench = polymarket_bench(world, fine.key.market_id)
        bench.show({"0.1": "100"}, {price: "100"})
        filled = bench.place(Outcome.YES, price, "37.5").filled
        # The dollars are whole cents, so that a cent's worth of shares may be missing.
        assert abs(filled - 37_500_000) * float(price) <= ONE / 100

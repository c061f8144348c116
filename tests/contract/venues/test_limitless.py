"""Limitless's live connector against the simulated Limitless, over HTTP."""

import pytest

from dutchbook.domain.venue import Outcome, Venue
from tests.contract.venues.contract import Bench, VenueContract
from tests.support.simulated import ACCOUNT, Simulation, open_limitless, simulation

SLUG = "simulated-jd-vance-2028"


def limitless_bench(world: Simulation, **account) -> Bench:
    open_limitless(world, **account)
    ledger = world.state(Venue.LIMITLESS).ledger
    bench = Bench(
        world=world,
        connector=world.connector(Venue.LIMITLESS),
        market=world.public.data[Venue.LIMITLESS].markets([SLUG])[SLUG],
        cash=lambda: ledger.accounts[ACCOUNT.agent_id].cash,
        held=lambda outcome: ledger.accounts[ACCOUNT.agent_id].shares.get((SLUG, outcome.value), 0),
        order_path="/orders",
        fills_path="/orders/status/batch",
    )
    bench.settle = lambda: mine(bench)
    bench.show()
    return bench


def mine(bench: Bench) -> None:
    """Ten seconds pass, in which held takers are released and mined; the venue notices when it is asked."""
    bench.world.clock.advance(10_000)
    bench.connector.balance()


@pytest.fixture
def world():
    with simulation() as running:
        yield running


@pytest.fixture
def bench(world):
    return limitless_bench(world)


class TestLimitless(VenueContract):
    pass


def test_a_held_taker_is_neither_filled_nor_killed(bench):
    from dutchbook.ports import OrderStatus

    report = bench.place(Outcome.YES, "0.40")
    assert (report.status, report.fills, report.filled) == (OrderStatus.WORKING, (), 0)

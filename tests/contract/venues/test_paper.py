"""The paper connector against the simulated venues' public books: the same contract, nothing ever sent."""

import pytest

from dutchbook.domain.venue import Venue
from tests.contract.venues.bench import FOK, IOC, Bench
from tests.contract.venues.contract import VenueContract
from tests.support.paper_store import InMemoryPaperStore
from tests.support.simulated import ACCOUNT, Simulation, simulation
from venues.paper.connector import PaperConnector

MARKETS = {
    Venue.KALSHI: ("KXPRESPARTY-2028-D", "/trade-api/v2/markets/orderbooks"),
    Venue.POLYMARKET: ("0x8213d395e079614d6c4d7f4cbb9be9337ab51648a21cc2a334ae8f1966d164b4", "/books"),
    Venue.LIMITLESS: ("simulated-jd-vance-2028", "/markets/simulated-jd-vance-2028/orderbook"),
}


def paper_bench(world: Simulation, venue: Venue) -> Bench:
    market_id, book_path = MARKETS[venue]
    store = InMemoryPaperStore()
    data = world.public.data[venue]
    connector = PaperConnector(ACCOUNT.agent_id, data, store, world.clock, latency_ms=0)
    connector.balance()  # opens the account
    bench = Bench(
        world=world,
        connector=connector,
        market=data.markets([market_id])[market_id],
        cash=lambda: store.balance(ACCOUNT.agent_id, venue),
        held=lambda outcome: sum(
            held.shares for held in store.positions(ACCOUNT.agent_id, venue) if held.outcome is outcome
        ),
        order_path=book_path,
        order_types=frozenset({IOC, FOK}),
    )
    bench.show()
    return bench


class PaperContract(VenueContract):
    venue: Venue

    @pytest.fixture
    def bench(self):
        with simulation() as world:
            yield paper_bench(world, self.venue)
            for state in world.venues.states.values():
                assert not state.ledger.accounts, "paper never opens an account at a venue"


class TestPaperOnKalshi(PaperContract):
    venue = Venue.KALSHI


class TestPaperOnPolymarket(PaperContract):
    venue = Venue.POLYMARKET


class TestPaperOnLimitless(PaperContract):
    venue = Venue.LIMITLESS

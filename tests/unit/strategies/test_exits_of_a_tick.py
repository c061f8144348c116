"""What exits ask of a tick: a start that is always there, and agents read together."""

from dutchbook.usecases.manage_positions import Keeper, manage_positions
from dutchbook.usecases.scan_markets.seen import Seen
from dutchbook.usecases.scan_markets.starts import Starts
from tests.support.execution import kalshi_book, polymarket_book
from tests.unit.strategies.test_manage_positions import Managed


class Tick(Managed):
    """A hedged pair whose bids pay more than the dollar."""

    def exits(self, starts):
        self.kalshi_data.set_book(kalshi_book(yes_bid=60, yes_ask=62))
        self.polymarket_data.set_book(polymarket_book(no_bid=48, no_ask=50))
        keeper = Keeper(
            self.clock, self.agents, self.ledger, self.settlements, self.markets, self.venues, self.queue
        )
        seen = Seen("t1", self.clock.now_ms(), 15_000, 1, True, [], {}, {}, starts=starts)
        manage_positions(keeper, seen)
        return self.queue.take()


def test_an_exit_starts_though_the_tick_has_no_start_left_and_counts():
    world = Tick()
    world.drive()
    starts = Starts(0)
    assert len(world.exits(starts)) == 1
    assert (starts.left, starts.free(simulated=True)) == (-1, 0)


def test_agents_are_read_together_and_only_where_something_could_be_sold():
    world = Tick()
    world.drive()
    asked = []
    read = world.agents.get_many

    def get_many(agent_ids):
        asked.append(set(agent_ids))
        return read(agent_ids)

    world.agents.get_many = get_many
    assert len(world.exits(Starts())) == 1
    assert asked == [{"agt_1"}]

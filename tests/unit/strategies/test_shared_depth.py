"""What one strategy's agents buy is gone for all that look at the same book after them."""

from dataclasses import replace

from dutchbook.domain.money import ONE
from dutchbook.domain.venue import Outcome, Side
from tests.unit.strategies.test_run_strategies import MARKET, Room, momentum


def test_strategies_with_other_parameters_share_one_book():
    params = {"window": "15", "minDepth": "0"}
    agents = [replace(momentum(f"agt_{number}"), strategy_params=params) for number in (1, 2)]
    agents[1] = replace(agents[1], strategy_params={**params, "window": "14"})
    room = Room(*agents)
    book = room.books[MARKET.key]
    best, _ = book.ladder(Outcome.YES, Side.BUY)[0]
    room.books[MARKET.key] = replace(book, yes_asks=((best, 30 * ONE),))
    room.run()
    shares = [leg.shares for plan in room.queue.take() for leg in plan.legs]
    assert 0 < sum(shares) <= 30 * ONE

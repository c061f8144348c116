"""At each request to DynamoDB of a whole trade: another Lambda is faster, or the request lands twice.

The trade ends as if nothing had happened. A Lambda that sends again what has landed (its answer was lost)
meets its own write.
"""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from dutchbook.adapters.agents import DynamoAgents
from dutchbook.adapters.dynamo import Table
from dutchbook.adapters.ledger import DynamoLedger
from dutchbook.domain.errors import DutchbookError
from dutchbook.domain.trade_states import TradeState
from dutchbook.usecases.execute_pair import Next
from tests.support.aws import fake_aws
from tests.support.execution import World
from tests.support.venue import Behaviour

REQUESTS = 32
"""More than such a trade makes."""
QUICK = range(2, REQUESTS, 5)


class Meddled:
    """A client at whose n-th request something comes in between."""

    def __init__(self, client: Any) -> None:
        self._client, self._at, self._twice = client, 0, False
        self.requests = 0
        self.other: Any = None
        """The other Lambda."""

    def strike(self, at: int, *, twice: bool) -> None:
        """Counts from here."""
        self._at, self._twice, self.requests = at, twice, 0

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._client, name)

        def call(**request: Any) -> Any:
            self.requests += 1
            if self.requests == self._at and self._twice:
                operation(**request)
            elif self.requests == self._at:
                self.other()
            return operation(**request)

        return call


class MeddledWorld(World):
    """Money is in DynamoDB; each Lambda has a ledger of its own, which remembers what it has read itself."""

    def use(self, client: Meddled) -> None:
        self.client = client
        self._new_lambda()
        self.agents.add(self.agent)
        self.polymarket.script = [Behaviour(settles="later")]
        self.polymarket.confirms = False
        inner = self.polymarket.lookup

        def lookup(intent, market):
            self.polymarket.confirms = True
            return inner(intent, market)

        self.polymarket.lookup = lookup

    def _new_lambda(self) -> None:
        table = Table("LedgerTable", lambda: self.client, sleep=lambda _: None)
        self.ledger, self.agents = DynamoLedger(table, self.clock), DynamoAgents(table, self.clock)
        self.execution = replace(self.execution, ledger=self.ledger, agents=self.agents)

    def _step(self, plan, act, on) -> Next:
        def other() -> None:
            mine = self.execution
            self._new_lambda()
            try:
                act()
            except DutchbookError:
                pass  # nobody hears what another Lambda comes to
            finally:
                self.execution = mine

        self.client.other = other
        return super()._step(plan, act, on)


def check(at: int, *, twice: bool) -> int:
    """Requests that the trade made."""
    with fake_aws() as tables:
        world = MeddledWorld()
        world.use(Meddled(tables.client))
        world.client.strike(at, twice=twice)
        world.drive()
        trade, requests = world.trade, world.client.requests
        budgets = world.agents.budgets("agt_1", simulated=True)
    assert trade.state is TradeState.HEDGED, trade.reason
    assert max(Counter([*world.kalshi.sent, *world.polymarket.sent]).values()) == 1
    assert [leg.filled for leg in trade.legs] == [leg.shares for leg in trade.legs]
    assert all(budget.reserved == 0 for budget in budgets.values())
    return requests


@pytest.mark.parametrize("twice", [False, True], ids=["another Lambda", "landed twice"])
@pytest.mark.parametrize("at", QUICK)
def test_a_trade_ends_as_if_nothing_had_happened(at, twice):
    check(at, twice=twice)


@pytest.mark.slow
@pytest.mark.parametrize("twice", [False, True], ids=["another Lambda", "landed twice"])
@pytest.mark.parametrize("at", sorted(set(range(1, REQUESTS)) - set(QUICK)))
def test_a_trade_ends_so_wherever_it_comes(at, twice):
    check(at, twice=twice)


def test_every_request_is_among_those_tried():
    assert max(QUICK) - 5 < check(0, twice=False) < REQUESTS

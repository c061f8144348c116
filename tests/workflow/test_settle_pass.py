"""A demo trade from the state machine to cash: DynamoDB, the paper venue and the handler that is deployed."""

import importlib

import pytest

from dutchbook.adapters.settlements import DynamoSettlements
from dutchbook.domain.money import ONE
from dutchbook.domain.pair import Pair, PairStatus, Relation
from dutchbook.domain.settlement import Resolution, Stage
from dutchbook.domain.venue import Venue
from dutchbook.usecases.settle_positions import Desk
from tests.support.aws import fake_aws
from tests.support.builders import a_limits, an_agent
from tests.support.execution import KALSHI, POLYMARKET, a_plan
from tests.support.settling import SaidBy
from tests.workflow.conftest import Context
from tests.workflow.test_on_dynamodb import CloudWorld, check_money
from venues.paper.redeem import PaperRedeemer

app = importlib.import_module("functions.settle.app")


class SettledWorld(CloudWorld):
    """The same world with a desk over its tables."""

    def use(self, tables) -> None:
        super().use(tables)
        self.markets.put_pair(Pair("pair_1", KALSHI, POLYMARKET, Relation.SAME, PairStatus.APPROVED))
        self.said = {Venue.KALSHI: SaidBy(), Venue.POLYMARKET: SaidBy()}
        self.settlements = DynamoSettlements(tables.ledger, self.clock)
        redeemer = PaperRedeemer(self.paper)
        self.desk = Desk(
            self.settlements,
            self.ledger,
            self.agents,
            self.markets,
            self.said,
            lambda position: redeemer if position.simulated else None,
            self.notices,
            self.clock,
        )

    def say(self, key, yes_value) -> None:
        self.said[key.venue].answers[key.market_id] = Resolution(key, Stage.PAYABLE, yes_value)

    def money(self):
        budgets = self.agents.budgets("agt_1", simulated=True)
        return budgets, {venue: self.paper.balance("agt_1", venue) for venue in budgets}


@pytest.fixture
def world(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "")
    return SettledWorld(agent=an_agent(limits=a_limits(stop_loss=150_000)))


@pytest.fixture
def passes(machine, world, monkeypatch):
    """A hedged trade; calling it runs one pass through the deployed handler."""
    with machine(world) as running, fake_aws() as tables:
        world.use(tables)
        running.run(a_plan().trade_id, a_plan().to_payload())
        monkeypatch.setattr(app, "desk", lambda: world.desk)
        yield lambda: app.handler({}, Context())


def test_from_hedged_to_cash(world, passes):
    before, _ = world.money()
    locked = world.trade.locked
    world.say(KALSHI, ONE)
    assert passes()["paid"] == 1
    world.say(POLYMARKET, ONE)
    report = passes()
    assert (report["paid"], report["failed"]) == (1, {})

    budgets, cash = world.money()
    check_money(world.trade, budgets, cash)
    assert world.ledger.positions("agt_1") == []
    assert [world.paper.positions("agt_1", venue) for venue in budgets] == [[], []]
    assert budgets[Venue.KALSHI].available == before[Venue.KALSHI].available + 100 * ONE
    totals = world.agents.totals("agt_1", simulated=True)
    assert (totals.realised, totals.exposure) == (locked, 0)
    assert (world.trade.realised, world.trade.locked) == (locked, 0)
    assert passes()["held"] == 0


def test_a_void_and_a_disagreement_add_up_all_the_same(world, passes):
    world.say(KALSHI, 500_000)
    world.say(POLYMARKET, ONE)
    assert passes()["flagged"] == 1
    budgets, cash = world.money()
    check_money(world.trade, budgets, cash)
    assert world.markets.pair("pair_1").status is PairStatus.BLOCKED
    assert world.trade.flag
    assert passes()["flagged"] == 0

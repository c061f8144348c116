"""What the functions of execute do to the tables is what their roles in template.yaml allow."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from dutchbook.adapters.guards import DynamoLeases
from dutchbook.domain.trade import Fill
from dutchbook.domain.trade_states import TradeState
from tests.support import aws
from tests.support.aws import OneAtATime, fake_aws
from tests.support.builders import a_limits, an_agent
from tests.support.execution import TRADE_ID, World, a_plan, kalshi_book, polymarket_book
from tests.support.expanded import resources
from tests.support.sweeping import Sweeper
from tests.workflow.conftest import handlers
from tests.workflow.test_on_dynamodb import CloudWorld

ROLES = {"buy-leg": "BuyLegFunction", "sell-leg": "SellLegFunction", "trade": "TradeFunction"}
ACTIONS = {
    "ConditionCheck": "ConditionCheckItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
}


class Recorder:
    """Notes the IAM action of each request of the function that is running."""

    def __init__(self) -> None:
        self.running = ""
        self.used: dict[str, set[tuple[str, str]]] = defaultdict(set)

    def note(self, operation: str, request: dict[str, Any]) -> None:
        if not self.running:
            return
        # a transaction is authorised as its parts
        for item in request.get("TransactItems", []):
            for kind, part in item.items():
                self.used[self.running].add((part["TableName"], f"dynamodb:{ACTIONS[kind]}"))
        for table in request.get("RequestItems", {}):
            self.used[self.running].add((table, "dynamodb:BatchGetItem"))
        if "TableName" in request:
            action = "".join(word.capitalize() for word in operation.split("_"))
            self.used[self.running].add((request["TableName"], f"dynamodb:{action}"))

    def around(self, name: str) -> Callable[[dict[str, Any]], Any]:
        inner = handlers()[name]

        def handle(event: dict[str, Any]) -> Any:
            self.running = name
            try:
                return inner(event)
            finally:
                self.running = ""

        return handle


class Noting:
    """A client that tells the recorder what is asked of it."""

    def __init__(self, client: Any, recorder: Recorder) -> None:
        self._client = client
        self._recorder = recorder

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._client, name)

        def call(**request: Any) -> Any:
            self._recorder.note(name, request)
            return operation(**request)

        return call


def allowed(function: str) -> set[tuple[str, str]]:
    (role,) = (role for name, role in resources("AWS::IAM::Role").items() if name == f"{function}Role")
    found = set()
    for policy in role["Properties"]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            resource = statement["Resource"]
            if isinstance(resource, dict) and "Fn::GetAtt" in resource:
                actions = statement["Action"]
                actions = actions if isinstance(actions, list) else [actions]
                found |= {(resource["Fn::GetAtt"][0], action) for action in actions}
    return found


def hedged(_world: World) -> None:
    """Both legs fill."""


def unwound(world: World) -> None:
    after_the_first_look(world, lambda: world.polymarket_data.set_book(polymarket_book(no_ask=90)))


def quarantined(world: World) -> None:
    def collapse() -> None:
        world.polymarket_data.set_book(polymarket_book(no_ask=90))
        world.kalshi_data.set_book(kalshi_book(yes_bid=10))

    after_the_first_look(world, collapse)


def completed(world: World) -> None:
    after_the_first_look(world, lambda: world.polymarket_data.set_book(polymarket_book(no_ask=52)))


def after_the_first_look(world: World, change: Callable[[], None]) -> None:
    """Leg 1's Lambda looks at both books; before leg 2's does, they change."""
    reads = [0]
    inner = world.polymarket_data.books

    def books(markets: Any) -> Any:
        reads[0] += 1
        if reads[0] == 2:
            change()
        return inner(markets)

    world.polymarket_data.books = books


@pytest.mark.parametrize(
    ("scenario", "end"),
    [(hedged, "Hedged"), (unwound, "Flat"), (quarantined, "NeedsAttention"), (completed, "Hedged")],
)
def test_a_role_allows_what_its_function_does(machine, monkeypatch, scenario, end):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "")
    recorder = Recorder()

    class Recorded(OneAtATime):
        def __init__(self, client: Any) -> None:
            super().__init__(Noting(client, recorder))

    monkeypatch.setattr(aws, "OneAtATime", Recorded)
    world = CloudWorld(agent=an_agent(limits=a_limits(stop_loss=150_000)))
    scenario(world)
    wrapped = {name.replace("-", "_"): recorder.around(name) for name in ROLES}
    with machine(world, **wrapped) as running, fake_aws() as tables:
        world.use(tables)
        assert running.run(TRADE_ID, a_plan().to_payload()).end == end
    for function, used in recorder.used.items():
        assert used <= allowed(ROLES[function]), function
    assert "trade" in recorder.used


def test_the_sweepers_role_allows_what_it_does(machine, monkeypatch):
    """It closes an abandoned leg, finds a late fill after the end and calls a human."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "")
    recorder = Recorder()

    class Recorded(OneAtATime):
        def __init__(self, client: Any) -> None:
            super().__init__(Noting(client, recorder))

    monkeypatch.setattr(aws, "OneAtATime", Recorded)
    world = CloudWorld(agent=an_agent(limits=a_limits(stop_loss=150_000)))
    with fake_aws() as tables:
        world.use(tables)
        world.reserve(a_plan())
        world.leg(0)
        world.polymarket_data.set_book(polymarket_book(no_ask=90))
        sweeper = Sweeper(world)
        sweeper.leases = DynamoLeases(tables.guards, world.clock)
        recorder.running = "sweep"
        assert sweeper.look() == {"FLAT": [TRADE_ID]}
        world.ledger.book_fills(TRADE_ID, 0, [Fill("late", 5_000_000, 400_000)])
        # the venue knows nothing of that fill, and is asked again
        assert [*sweeper.look(), *sweeper.look()] == ["again", "compared"]
        assert world.trade.state is TradeState.QUARANTINED
    assert recorder.used["sweep"] <= allowed("SweepFunction")
    assert {action for table, action in recorder.used["sweep"] if table == "LedgerTable"} == {
        action for table, action in allowed("SweepFunction") if table == "LedgerTable"
    }

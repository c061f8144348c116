"""Trades through their state machine to each of their ends, swept and settled: who asks what of AWS."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from dutchbook.adapters import aws
from dutchbook.adapters.alerts import DynamoAlerts
from dutchbook.adapters.guards import DynamoLeases
from dutchbook.adapters.notifier import SnsNotifier
from dutchbook.adapters.secrets import AuditedSecrets, SecretsManagerStore
from dutchbook.adapters.settlements import DynamoSettlements
from dutchbook.adapters.workflow import StepFunctionsWorkflow
from dutchbook.domain.money import ONE
from dutchbook.domain.pair import Pair, PairStatus, Relation
from dutchbook.domain.secret import Secret
from dutchbook.domain.settlement import Resolution, Stage
from dutchbook.domain.trade import Fill
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Venue
from dutchbook.entry.bootstrap import execute as bootstrap
from dutchbook.usecases.settle_positions import Desk, settle_positions
from local.dispatch import Handler, state_machine
from local.template import REGION
from tests.support.aws import Tables, fake_aws
from tests.support.builders import a_limits, an_agent
from tests.support.execution import KALSHI, POLYMARKET, TRADE_ID, World, a_plan, kalshi_book, polymarket_book
from tests.support.rights import Recorder, Right
from tests.support.settling import SaidBy
from tests.support.sweeping import Sweeper
from tests.workflow.conftest import DEFINITION, FUNCTIONS, handlers
from tests.workflow.test_on_dynamodb import CloudWorld
from venues.paper.redeem import PaperRedeemer

NAMES = {"buy-leg": "BuyLeg", "sell-leg": "SellLeg", "trade": "Trade"}
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:dutchbook-test-execute-pair"
CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


def play(patch: pytest.MonkeyPatch) -> Mapping[str, set[Right]]:
    """(action, resource) of what each function asked of AWS, by the function's name."""
    for name in CREDENTIALS:
        patch.setenv(name, "testing")
    patch.setenv("AWS_DEFAULT_REGION", REGION)
    patch.setenv("AWS_ENDPOINT_URL", "")
    recorder = Recorder()
    plan = a_plan()
    for scenario, planned, end in (
        (hedged, plan, "Hedged"),
        (no_first, replace(plan, legs=plan.legs[::-1]), "Hedged"),
        (unwound, plan, "Flat"),
        (quarantined, plan, "NeedsAttention"),
        (completed, plan, "Hedged"),
    ):
        with in_the_cloud(recorder) as (world, tables):
            patch.setattr(bootstrap, "execution", lambda world=world: world.execution)
            scenario(world)
            wrapped = {name: _noting(recorder, name) for name in NAMES}
            with state_machine(DEFINITION, FUNCTIONS, wrapped, world.clock.sleep) as running:
                assert running.run(TRADE_ID, planned.to_payload()).end == end
            if scenario is hedged:
                settle(recorder, world, tables)
    swept(recorder)
    for function, reader in (("BuyLeg", "execute"), ("SellLeg", "execute"), ("Redeem", "redeem")):
        read_a_key(recorder, function, reader)
    return recorder.used


@contextmanager
def in_the_cloud(recorder: Recorder) -> Iterator[tuple[CloudWorld, Tables]]:
    """A world whose stores and notices are AWS's."""
    world = CloudWorld(agent=an_agent(limits=a_limits(stop_loss=150_000)))
    with fake_aws() as tables:
        for client in (tables.client._client, aws.sns(), aws.secretsmanager(), aws.stepfunctions()):
            client.meta.events.register("provide-client-params.*.*", recorder.note)
        world.use(tables)
        topic = aws.sns().create_topic(Name="notify")["TopicArn"]
        notifier = SnsNotifier(topic, tables.guards, DynamoAlerts(tables.ledger), world.clock)
        settlements = DynamoSettlements(tables.ledger, world.clock)
        world.execution = replace(world.execution, notifier=notifier, settlements=settlements)
        world.markets.put_pair(Pair("pair_1", KALSHI, POLYMARKET, Relation.SAME, PairStatus.APPROVED))
        yield world, tables
    aws.forget_clients()


def _noting(recorder: Recorder, name: str) -> Handler:
    inner = handlers()[name]

    def handle(event: dict[str, Any]) -> Any:
        with recorder.of(NAMES[name]):
            return inner(event)

    return handle


def hedged(_world: World) -> None:
    """Both legs fill."""


def no_first(_world: World) -> None:
    """SellLeg looks at the accounts before anything is placed."""


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


def swept(recorder: Recorder) -> None:
    """The sweeper closes an abandoned leg, finds a late fill after the end and calls a human."""
    with in_the_cloud(recorder) as (world, tables):
        world.reserve(a_plan())
        world.leg(0)
        world.polymarket_data.set_book(polymarket_book(no_ask=90))
        sweeper = Sweeper(world)
        sweeper.leases = DynamoLeases(tables.guards, world.clock)
        with recorder.of("Sweep"):
            assert sweeper.look() == {"FLAT": [TRADE_ID]}
            world.ledger.book_fills(TRADE_ID, 0, [Fill("late", 5_000_000, 400_000)])
            # the venue knows nothing of that fill, and is asked again
            assert [*sweeper.look(), *sweeper.look()] == ["again", "compared"]
            StepFunctionsWorkflow(MACHINE).running(TRADE_ID)
        assert world.trade.state is TradeState.QUARANTINED
    sent_again(recorder)
    read_a_key(recorder, "Sweep", "execute")


def sent_again(recorder: Recorder) -> None:
    """The sweeper sends the first leg of which the Lambda died before it had sent it."""
    with in_the_cloud(recorder) as (world, tables):
        world.reserve(a_plan())

        def die(*_: object) -> None:
            raise SystemExit

        world.paper.records, kept = die, world.paper.records
        with pytest.raises(SystemExit):
            world.leg(0)
        world.paper.records = kept
        sweeper = Sweeper(world)
        sweeper.leases = DynamoLeases(tables.guards, world.clock)
        with recorder.of("Sweep"):
            seen = [name for _ in range(3) for name in sweeper.look()]
        assert world.trade.state is TradeState.HEDGED, seen


def settle(recorder: Recorder, world: CloudWorld, tables: Tables) -> None:
    """Of two venues one gives the bet back, so the trade is flagged; both positions are paid.

    The other first closes its market without a word, so operators' rulings are looked up.

    Redeem's pass is the same over real positions, which a chain pays instead of the paper venue.
    """
    said = {Venue.KALSHI: SaidBy(), Venue.POLYMARKET: SaidBy()}
    paper = PaperRedeemer(world.paper)
    desk = Desk(
        world.execution.settlements,
        world.ledger,
        world.agents,
        world.markets,
        said,
        lambda _position: Unrecorded(recorder, paper) if recorder.running == "Redeem" else paper,
        world.execution.notifier,
        world.clock,
    )
    with recorder.of("Settle"):
        settle_positions(desk)
        said[KALSHI.venue].answers[KALSHI.market_id] = Resolution(KALSHI, Stage.PAYABLE, 500_000)
        assert settle_positions(desk).paid == 1
    with recorder.of("Redeem"):
        said[POLYMARKET.venue].answers[POLYMARKET.market_id] = Resolution(POLYMARKET, Stage.RESOLVED)
        settle_positions(desk)
        said[POLYMARKET.venue].answers[POLYMARKET.market_id] = Resolution(POLYMARKET, Stage.PAYABLE, ONE)
        report = settle_positions(desk)
    assert (report.paid, report.flagged) == (1, 1)


class Unrecorded:
    """ports.Redeemer: the payout is a chain's, and none of AWS's business."""

    def __init__(self, recorder: Recorder, inner: PaperRedeemer) -> None:
        self._recorder = recorder
        self._inner = inner

    def redeem(self, *asked: Any) -> bool:
        function, self._recorder.running = self._recorder.running, ""
        try:
            return self._inner.redeem(*asked)
        finally:
            self._recorder.running = function


def read_a_key(recorder: Recorder, function: str, reader: str) -> None:
    """As a session with a live venue is opened."""
    with in_the_cloud(recorder) as (world, _tables):
        store = SecretsManagerStore("/dutchbook/test/agents")
        store.put("agt_1", Venue.KALSHI, {"key": Secret("x")})
        with recorder.of(function):
            assert AuditedSecrets(store, world.agents, world.clock, reader).get("agt_1", Venue.KALSHI)

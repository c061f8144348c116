"""One scenario's world: its venues, tables of its own, an agent, a pair that pays, and the handlers."""

import contextlib
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

from dutchbook.adapters import aws, keys
from dutchbook.adapters.agents import DynamoAgents
from dutchbook.adapters.dynamo import Table
from dutchbook.adapters.guards import DynamoLeases
from dutchbook.adapters.ledger import DynamoLedger
from dutchbook.adapters.markets import DynamoMarketStore
from dutchbook.adapters.paper import DynamoPaperStore
from dutchbook.adapters.workflow import StepFunctionsWorkflow
from dutchbook.domain.agent import Agent, AgentState, Limits, Mode, StrategyName
from dutchbook.domain.errors import DutchbookError
from dutchbook.domain.ids import ulid
from dutchbook.domain.money import ONE
from dutchbook.domain.pair import Pair, PairStatus, Relation
from dutchbook.domain.plan import PlannedLeg, TradePlan
from dutchbook.domain.quoting import worst_cost
from dutchbook.domain.venue import Outcome, Side, Venue
from dutchbook.ports.notices import Notice
from dutchbook.usecases.execute_pair import Execution, Sweep, sweep, sweep_trade
from functions.execute import app
from local.aws import create_table
from local.dispatch import Handler, LambdaCrash
from local.faults.cards import CALLS, KINDS, Fault, Scenario
from local.faults.mortal import Crashes, Death, make_mortal
from local.faults.venues import FUNDED, MARKETS, Places
from local.template import Template
from local.venues.faults import Fault as VenueFault
from local.venues.server import SimulatedVenues
from venues.registry import Registry

FUNCTIONS = {
    "BuyLegFunctionArn": "buy-leg",
    "SellLegFunctionArn": "sell-leg",
    "TradeFunctionArn": "trade",
}
SHARES = 50 * ONE
SWEEPS = 30
"""Minutes in which all must be settled; the faults are over after the first three."""
FAULTY_SWEEPS = 3

SIDES = {
    1: ((Outcome.YES, 40),),
    2: ((Outcome.YES, 40), (Outcome.NO, 50)),
    3: ((Outcome.YES, 40), (Outcome.NO, 30), (Outcome.YES, 20)),
}
"""By number of legs: what each buys, and its price in cents. One of them pays a dollar."""

_CENT = 10_000


class StoppedClock:
    """Time that moves only when somebody sleeps. Satisfies `dutchbook.ports.clock.Clock`."""

    def __init__(self, now_ms: int = 1_773_187_200_000) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        return self._now_ms

    def sleep(self, seconds: float) -> None:
        self._now_ms += round(seconds * 1_000)


class Notices(list[Notice]):
    """Satisfies `dutchbook.ports.notices.Notifier`; each dedupe key once."""

    def send(self, notice: Notice) -> None:
        if not notice.dedupe_key or notice.dedupe_key not in {one.dedupe_key for one in self}:
            self.append(notice)


class World:
    """Everything that a scenario's trade touches."""

    def __init__(
        self, scenario: Scenario, venues: SimulatedVenues, clock: StoppedClock, machine_arn: str
    ) -> None:
        self.scenario = scenario
        self.clock = clock
        self._chance = random.Random(scenario.seed)
        self._moved = False
        self.agent_id = "agt_" + ulid(clock.now_ms(), scenario.number + 1)
        self.trade_id = "trd_" + ulid(clock.now_ms(), scenario.seed % (1 << 80))
        self.places = Places(venues, self.agent_id, clock)
        self._open_tables()
        self.notices = Notices()
        self.paper = DynamoPaperStore(self._table("MarketsTable"), clock)
        registry = Registry(
            self.places.public.data,
            self.paper,
            clock,
            live_trading=True,
            live=self.places.live.factories(),
            sleep=clock.sleep,
        )
        self.execution = Execution(
            ledger=DynamoLedger(self._table("LedgerTable"), clock),
            agents=DynamoAgents(self._table("LedgerTable"), clock),
            markets=DynamoMarketStore(self._table("MarketsTable"), self._table("GuardsTable"), clock),
            connectors=registry,
            notifier=self.notices,
            clock=clock,
            live_trading=True,
        )
        self._executions = StepFunctionsWorkflow(machine_arn)
        self._leases = DynamoLeases(self._table("GuardsTable"), clock)
        self.plan = self._prepare()
        self._under_way: Callable[[], object] | None = None
        self.crashes = Crashes(scenario.crashes, scenario.overlaps, self._meanwhile)
        self._mortal = self._a_lambda()

    @property
    def sides(self) -> tuple[tuple[Venue, Outcome, int], ...]:
        """Venue, outcome and price in cents of each leg."""
        route = self.scenario.route
        return tuple((venue, *side) for venue, side in zip(route, SIDES[len(route)], strict=True))

    def lambda_execution(self) -> Execution:
        """What a handler is given: the ports with death around them."""
        return self._mortal

    def _a_lambda(self) -> Execution:
        """A new one: it remembers nothing of the trade."""
        ledger = DynamoLedger(self._table("LedgerTable"), self.clock)
        return make_mortal(replace(self.execution, ledger=ledger), self.crashes)

    def break_venues(self) -> None:
        for fault in self.scenario.faults:
            venue = self._venue_of(fault)
            self.places.state(venue).faults.plan(_venue_fault(fault, venue))
        if self.scenario.move == "fails to settle":
            self.places.state(Venue.POLYMARKET).failing_trades = 1

    def _venue_of(self, fault: Fault) -> Venue:
        """Of three legs the third has its turn too."""
        route = self.scenario.route
        shift = self.scenario.number if len(route) == len(Venue) else 0
        return route[(fault.leg + shift) % len(route)]

    def mend_venues(self) -> None:
        for venue in Venue:
            self.places.state(venue).faults.clear()

    def handlers(self) -> Mapping[str, Handler]:
        named = {"buy-leg": app.buy_leg, "sell-leg": app.sell_leg, "trade": app.trade}
        return {name: self._lambda(handler) for name, handler in named.items()}

    def sweep_until_quiet(self) -> int:
        """Sweeps once a minute until every trade has ended and was compared; how often that took."""
        for number in range(SWEEPS):
            if number == FAULTY_SWEEPS:
                self.mend_venues()
            self.clock.sleep(61)
            self.places.let_time_act()
            try:
                sweep(Sweep(self._mortal, self._executions, self._leases))
            except Death:
                continue
            if not self._waits():
                return number + 1
        return SWEEPS

    def _waits(self) -> bool:
        """Whether the trade is in one of the sweeper's queues."""
        item = self._table("LedgerTable").get(keys.trade(self.trade_id))
        return item is not None and "gsi1pk" in item

    def _lambda(self, handler: Callable[[dict[str, Any], Any], Any]) -> Handler:
        def invoke(event: dict[str, Any]) -> Any:
            self._move_book(event)
            self._under_way = partial(handler, event, _Context())
            try:
                answer = handler(event, _Context())
            except Death as death:
                raise LambdaCrash(str(death)) from None
            finally:
                self._under_way = None
            if self._chance.random() < self.scenario.repeats:
                # delivered twice: whatever the second one comes to, nobody hears its answer
                with contextlib.suppress(Death, DutchbookError):
                    handler(event, _Context())
            return answer

        return invoke

    def _meanwhile(self, other: str) -> bool:
        """What another Lambda comes to nobody hears; none comes while such a one, or a sweep, is at work."""
        again, self._under_way = self._under_way, None
        if again is None:
            return False
        interrupted, self._mortal = self._mortal, self._a_lambda()
        try:
            with contextlib.suppress(Death, DutchbookError):
                if other == "the sweeper":
                    sweep_trade(Sweep(self._mortal, _Aborted(), self._leases), self.trade_id)
                else:
                    again()
        finally:
            self._mortal = interrupted
        return True

    def _move_book(self, event: Mapping[str, Any]) -> None:
        if self._moved or event.get("leg") != "1":
            return
        self._moved = True
        first, second = self.scenario.route[:2]
        no = self.sides[1][2]
        match self.scenario.move:
            case "thin":
                self.places.show(second, 100 - no, 102 - no, depth=20 * ONE)
            case "gone":
                self.places.show(second, 5, 8)
            case "dear":
                self.places.show(second, 96 - no, 98 - no)
            case "crash":
                self.places.show(second, 5, 8)
                self.places.show(first, 5, 90)

    def _prepare(self) -> TradePlan:
        for venue, outcome, cents in self.sides:
            ask = cents if outcome is Outcome.YES else 102 - cents
            self.places.show(venue, ask - 2, ask)
        listed = {
            venue: self.places.public.data[venue].markets([MARKETS[venue]])[MARKETS[venue]]
            for venue in self.scenario.route
        }
        keys = [market.key for market in listed.values()]
        if self.scenario.listed:
            self.execution.markets.put_markets(listed.values())
        self.execution.markets.put_pair(Pair("pair_1", keys[0], keys[-1], Relation.SAME, PairStatus.APPROVED))
        legs = []
        for venue, outcome, cents in self.sides:
            market, limit = listed[venue], cents * _CENT
            gross = -(-market.fees.gross_up(limit, SHARES) // market.size_step) * market.size_step
            cost = worst_cost(market, gross, limit)
            legs.append(PlannedLeg(market.key, outcome, Side.BUY, gross, limit, cost))
        cost = sum(leg.max_cost for leg in legs)
        self._add_agent(legs)
        return TradePlan(
            trade_id=self.trade_id,
            agent_id=self.agent_id,
            pair_id="pair_1",
            direction="+".join(f"{venue}:{outcome}" for venue, outcome, _ in self.sides),
            strategy=StrategyName.ARBITRAGE.value,
            tick_id="tick",
            legs=tuple(legs),
            shares=SHARES,
            expected_cost=cost,
            expected_profit=SHARES - cost,
        )

    def _add_agent(self, legs: Sequence[PlannedLeg]) -> None:
        """With money for the trade, and for as much more as the scenario says."""
        cost, slack = sum(leg.max_cost for leg in legs), self.scenario.slack
        self.execution.agents.add(
            self._agent(cost + slack if self.scenario.money == "tight maxPosition" else FUNDED)
        )
        if self.scenario.money != "tight budgets":
            return
        for leg in legs:
            self.execution.agents.set_budget(
                self.agent_id,
                leg.key.venue,
                leg.max_cost + slack,
                simulated=not self.scenario.live,
                actor="the matrix",
            )

    def _agent(self, max_position: int) -> Agent:
        return Agent(
            agent_id=self.agent_id,
            wallet="0x" + "ab" * 20,
            platforms=tuple(Venue),
            strategy=StrategyName.ARBITRAGE,
            limits=Limits(
                max_position=max_position,
                min_profit=5_000,
                max_trades=10,
                stop_loss=self._chance.choice((50_000, 200_000)),
                max_daily_loss=FUNDED,
            ),
            mode=Mode.LIVE if self.scenario.live else Mode.DEMO,
            state=AgentState.ACTIVE,
            created_at=datetime.fromtimestamp(self.clock.now_ms() / 1_000, UTC),
            credentials=tuple(Venue),
        )

    def _table(self, name: str) -> Table:
        return Table(f"{name}-{self.scenario.number}", aws.dynamodb, sleep=self.clock.sleep)

    def _open_tables(self) -> None:
        for name, properties in _tables().items():
            create_table(aws.dynamodb(), f"{name}-{self.scenario.number}", properties)

    def close(self) -> None:
        """Gives the tables' memory back."""
        for name in ("LedgerTable", "MarketsTable", "GuardsTable"):
            aws.dynamodb().delete_table(TableName=f"{name}-{self.scenario.number}")


class _Aborted:
    """Satisfies `dutchbook.ports.workflow.Executions`: an operator has stopped it, its Lambda goes on."""

    def running(self, trade_id: str) -> bool:  # noqa: ARG002 - the port's signature
        return False


@cache
def _tables() -> Mapping[str, Any]:
    return Template.load({}).resources("AWS::DynamoDB::Table")


class _Context:
    """What Powertools reads of an invocation."""

    function_name = "execute"
    memory_limit_in_mb = 768
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:execute"
    aws_request_id = "request"


def _venue_fault(fault: Fault, venue: Venue) -> VenueFault:
    method, path = CALLS[venue][fault.call]
    more: Mapping[str, Any] = KINDS[fault.kind]
    return VenueFault(kind=fault.kind.partition(" ")[0], path=path, method=method, count=fault.count, **more)

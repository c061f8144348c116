"""Runs scenarios one after the other in this process: one cloud in memory, fresh venues for each."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from unittest import mock

from dutchbook.adapters import aws
from dutchbook.entry.bootstrap import execute as bootstrap
from local.dispatch import Handler, StateMachine, state_machine
from local.faults.cards import Scenario
from local.faults.verdict import Verdict, judge
from local.faults.world import FUNCTIONS, StoppedClock, World
from local.template import REGION, ROOT
from local.venues.server import SimulatedVenues

DEFINITION = ROOT / "statemachines" / "execute_pair.asl.json"

_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ENDPOINT_URL": "",
    "POWERTOOLS_TRACE_DISABLED": "true",
}


def run(scenarios: Sequence[Scenario]) -> Iterator[Verdict]:
    """One verdict a scenario, in order."""
    clocks: list[StoppedClock] = []

    def sleep(seconds: float) -> None:
        clocks[-1].sleep(seconds)

    handlers: dict[str, Handler] = {}
    with (
        _environment(),
        state_machine(DEFINITION, FUNCTIONS, handlers, sleep) as machine,
    ):
        aws.forget_clients()
        for scenario in scenarios:
            clocks[:] = [StoppedClock()]
            with SimulatedVenues(seed=scenario.seed, clock=clocks[0]) as venues:
                world = World(scenario, venues, clocks[0], machine.arn)
                handlers.update(world.handlers())
                yield _one(world, machine)
                world.close()
    aws.forget_clients()


def _one(world: World, machine: StateMachine) -> Verdict:
    world.break_venues()
    with mock.patch.object(bootstrap, "execution", world.lambda_execution):
        ended = machine.end(world.trade_id, world.plan.to_payload())
        world.sweep_until_quiet()
    world.places.let_time_act()
    return judge(world, ended["status"])


@contextmanager
def _environment() -> Iterator[None]:
    with mock.patch.dict(os.environ, _ENVIRONMENT):
        yield

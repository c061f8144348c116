"""Runs scenarios one after the other in this process: one cloud in memory, fresh venues for each."""

import functools
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

from moto.core.serialize import BaseJSONSerializer
from moto.core.utils import method_names_from_class

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
        _quick_moto(),
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
        ended = machine.run(world.trade_id, world.plan.to_payload())
        world.sweep_until_quiet()
    world.places.let_time_act()
    return judge(world, ended.status)


@contextmanager
def _quick_moto() -> Iterator[None]:
    """Lets moto pass DynamoDB's answers on as they are, which are the wire's own form already.

    It looks each of their members up by all its possible names, and a backend's methods anew for each call:
    that took half of a scenario's time.
    """
    slow = BaseJSONSerializer._serialize_type_structure

    def quick(self: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
        if not isinstance(value, dict) or self.operation_model.service_model.service_name != "dynamodb":
            slow(self, serialized, value, shape, key)
        elif shape.name == "AttributeValue" and _is_plain(value):
            serialized[key] = value
        else:
            members = self.MAP_TYPE() if key else serialized
            for name, member in shape.members.items():
                if value.get(name) is not None:
                    self._serialize(members, value[name], member, name)
            if key:
                self._default_serialize(serialized, members, shape, key)

    names = functools.cache(method_names_from_class)
    with (
        mock.patch.object(BaseJSONSerializer, "_serialize_type_structure", quick),
        mock.patch("moto.core.responses.method_names_from_class", names),
    ):
        yield


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(_is_plain(item) for item in value)
    return isinstance(value, str | bool)


@contextmanager
def _environment() -> Iterator[None]:
    with mock.patch.dict(os.environ, _ENVIRONMENT):
        yield

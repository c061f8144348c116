"""Kills the Lambda at the n-th call that leaves it: just before the call, or just after it has worked."""

from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

from dutchbook.domain.venue import Venue
from dutchbook.ports.venues import Account
from tests.support.execution import World


class Died(Exception):
    """The process is gone: no handler of ours catches this."""


@dataclass
class Crash:
    """Counts the calls of all ports together."""

    at: int
    after: bool
    calls: int = 0
    happened: str = ""
    counting: Lock = field(default_factory=Lock)

    def call(self, name: str, function: Any, *args: Any, **kwargs: Any) -> Any:
        with self.counting:  # venues are asked side by side
            self.calls += 1
            dies = self.calls == self.at
        if dies and not self.after:
            self.happened = f"before {name}"
            raise Died(self.happened)
        result = function(*args, **kwargs)
        if dies:
            self.happened = f"after {name}"
            raise Died(self.happened)
        return result


class Port:
    """Any port, with the crash around each of its methods."""

    def __init__(self, inner: Any, crash: Crash) -> None:
        self._inner = inner
        self._crash = crash

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._inner, name)
        if not callable(attribute):
            return attribute
        label = f"{type(self._inner).__name__}.{name}"
        return lambda *args, **kwargs: self._crash.call(label, attribute, *args, **kwargs)


class CrashingConnectors:
    """Hands out connectors and data readers with the crash around them."""

    def __init__(self, inner: Any, crash: Crash) -> None:
        self._inner = inner
        self._crash = crash

    def trading(self, venue: Venue, account: Account, *, simulated: bool) -> Any:
        return Port(self._inner.trading(venue, account, simulated=simulated), self._crash)

    def data(self, venue: Venue) -> Any:
        return Port(self._inner.data(venue), self._crash)


def make_mortal(world: World, crash: Crash) -> None:
    """Puts the crash around every port of the world but its clock."""
    execution = world.execution
    world.execution = replace(
        execution,
        ledger=Port(execution.ledger, crash),
        agents=Port(execution.agents, crash),
        markets=Port(execution.markets, crash),
        connectors=CrashingConnectors(execution.connectors, crash),
        notifier=Port(execution.notifier, crash),
    )

"""Ports around which a Lambda dies: at the n-th such call, just before it or just after it has worked.

And at which another one is faster: it does all its work between what ours has read and what ours does next.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Lock
from typing import Any

from dutchbook.domain.venue import Venue
from dutchbook.ports.venues import Account, Connectors
from dutchbook.usecases.execute_pair import Execution
from local.faults.cards import Crash, Overlap


class Death(BaseException):
    """The process is gone. No Exception: nothing that a Lambda does afterwards may still happen."""


class Crashes:
    """Counts the calls of a trade and strikes at those that were dealt, each once.

    `meanwhile` lets the other one of an overlap do its work, if it can come now.
    """

    def __init__(
        self,
        dealt: Sequence[Crash],
        overlaps: Sequence[Overlap] = (),
        meanwhile: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._left = list(dealt)
        self._overlaps = list(overlaps)
        self._meanwhile = meanwhile
        self.struck = 0
        self.overlapped = 0
        self._calls: Counter[tuple[str, str]] = Counter()
        self._counting = Lock()

    def call(self, port: str, method: str, function: Any, *args: Any, **kwargs: Any) -> Any:
        with self._counting:  # venues are asked side by side
            self._calls[port, method] += 1
            number = self._calls[port, method]
        due = [one for one in self._left if (one.port, one.method, one.nth) == (port, method, number)]
        self._left = [one for one in self._left if one not in due]
        self.struck += len(due)
        if any(not one.after for one in due):
            raise Death(f"before {port}.{method}")
        for one in [
            one for one in self._overlaps if (one.port, one.method, one.nth) == (port, method, number)
        ]:
            self._overlaps.remove(one)
            self.overlapped += self._meanwhile(one.other)
        result = function(*args, **kwargs)
        if due:
            raise Death(f"after {port}.{method}")
        return result


class _Port:
    def __init__(self, name: str, inner: Any, crashes: Crashes) -> None:
        self._name = name
        self._inner = inner
        self._crashes = crashes

    def __getattr__(self, method: str) -> Any:
        attribute = getattr(self._inner, method)
        if not callable(attribute):
            return attribute
        return lambda *args, **kwargs: self._crashes.call(self._name, method, attribute, *args, **kwargs)


class _MortalConnectors:
    def __init__(self, inner: Connectors, crashes: Crashes) -> None:
        self._inner = inner
        self._crashes = crashes

    def trading(self, venue: Venue, account: Account, *, simulated: bool) -> Any:
        return _Port("connector", self._inner.trading(venue, account, simulated=simulated), self._crashes)

    def data(self, venue: Venue) -> Any:
        return _Port("data", self._inner.data(venue), self._crashes)


def make_mortal(execution: Execution, crashes: Crashes) -> Execution:
    """The same execution with death around every port but the clock."""
    ports: dict[str, Any] = {
        name: _Port(name, getattr(execution, name), crashes)
        for name in ("ledger", "agents", "markets", "notifier")
    }
    return replace(execution, **ports, connectors=_MortalConnectors(execution.connectors, crashes))

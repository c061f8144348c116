"""What the sweeper needs beside an execution, in memory."""

from dutchbook.ports.clock import Clock
from dutchbook.usecases.execute_pair import Sweep, SweepReport, sweep
from tests.support.execution import TRADE_ID, World, a_plan


class MemoryLeases:
    """Satisfies `dutchbook.ports.workflow.Leases`."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.until: dict[str, int] = {}
        self.taken: dict[str, int] = {}

    def take(self, name: str, seconds: int) -> int:
        now = self.clock.now_ms()
        if self.until.get(name, 0) > now:
            return 0
        self.until[name] = now + seconds * 1000
        self.taken[name] = self.taken.get(name, 0) + 1
        return self.taken[name]

    def give_back(self, name: str) -> None:
        self.until[name] = 0


class MemoryExecutions:
    """Satisfies `dutchbook.ports.workflow.Executions`: those that the test names run."""

    def __init__(self) -> None:
        self.alive: set[str] = set()

    def running(self, name: str) -> bool:
        return name in self.alive


class Sweeper:
    """A world with a sweeper that comes once a minute."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.leases = MemoryLeases(world.clock)
        self.executions = MemoryExecutions()

    def once(self) -> SweepReport:
        return sweep(Sweep(self.world.execution, self.executions, self.leases))

    def come(self, times: int) -> SweepReport:
        """The last of so many sweeps, each a minute after the one before."""
        report = SweepReport()
        for _ in range(times):
            self.world.clock.sleep(60)
            report = self.once()
        return report

    def look(self) -> dict[str, list[str]]:
        """What the first sweep says that finds anything to look at."""
        for _ in range(5):
            report = self.come(1)
            if report.seen or report.failed:
                return report.seen
        return {}


def abandoned(world: World, legs: int) -> Sweeper:
    """A trade whose execution is gone after its first legs were placed."""
    world.reserve(a_plan())
    for index in range(legs):
        world.leg(index, adds_yes=index == 0)
    assert not world.ledger.trade(TRADE_ID).ended
    return Sweeper(world)

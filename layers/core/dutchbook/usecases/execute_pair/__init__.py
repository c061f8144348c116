"""The paired trade: reserve, place the legs in order, confirm, repair what differs, finish.

Every function here is one step of `statemachines/execute_pair.asl.json` and may be repeated, redriven or run
twice at once: it reads the ledger, does the one act that `domain.trade.decide` names, and says what is next.
"""

from dutchbook.usecases.execute_pair.context import Execution
from dutchbook.usecases.execute_pair.finish import finish, quarantine, recover
from dutchbook.usecases.execute_pair.leg import advance_leg
from dutchbook.usecases.execute_pair.repair import repair
from dutchbook.usecases.execute_pair.reserve import reserve
from dutchbook.usecases.execute_pair.steps import Next, Step
from dutchbook.usecases.execute_pair.sweep import Sweep, SweepReport, sweep, sweep_trade

__all__ = [
    "Execution",
    "Next",
    "Step",
    "Sweep",
    "SweepReport",
    "advance_leg",
    "finish",
    "quarantine",
    "recover",
    "repair",
    "reserve",
    "sweep",
    "sweep_trade",
]

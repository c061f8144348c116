"""`make faults`: any number of scenarios of the fault matrix, and what they came to, one figure a row.

python -m local.faults --n 10000 --seed 7 --processes 2; --only 41 repeats one of them.
"""

import argparse
import logging
import os
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from local.faults.cards import Scenario, scenarios

# the handlers log every step; before anything of theirs is imported
os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "CRITICAL")

from local.faults.run import run
from local.faults.verdict import Verdict

CHUNK = 100
"""Scenarios a process: what a cloud in memory remembers of them is then given back."""

HEADINGS = ("double_orders", "naked_unnoticed", "ledger_mismatches", "stuck")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=600, help="scenarios")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", type=int, help="run this scenario alone")
    options = parser.parse_args()
    dealt = scenarios(options.n, options.seed)
    if options.only is not None:
        dealt = [dealt[options.only]]
    verdicts = run_all(dealt, options.processes)
    for verdict in verdicts:
        if not verdict.sound or options.only is not None:
            print(verdict, file=sys.stderr)
    for name, value in figures(verdicts).items():
        print(f"{name}: {value}")
    return 0 if all(verdict.sound for verdict in verdicts) else 1


def run_all(dealt: Sequence[Scenario], processes: int) -> list[Verdict]:
    chunks = [dealt[first : first + CHUNK] for first in range(0, len(dealt), CHUNK)]
    if len(chunks) == 1 and processes == 1:
        return _chunk(chunks[0])
    if len(chunks) < processes:
        chunks = [dealt[number::processes] for number in range(processes)]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        waiting = [pool.submit(_chunk, chunk) for chunk in chunks if chunk]
        return [verdict for done in as_completed(waiting) for verdict in done.result()]


def _chunk(dealt: Sequence[Scenario]) -> list[Verdict]:
    # what goes wrong here goes wrong on purpose: the verdict tells, not the logs
    logging.disable(logging.CRITICAL)
    return list(run(dealt))


def figures(verdicts: Sequence[Verdict]) -> dict[str, int]:
    """How many scenarios there were, in how many each promise was broken, and how they ended."""
    broken = {name: sum(bool(getattr(one, name)) for one in verdicts) for name in HEADINGS}
    ends = Counter(f"ended_{one.end}" for one in verdicts)
    return {"scenarios": len(verdicts), **broken, **dict(sorted(ends.items()))}


if __name__ == "__main__":
    sys.exit(main())

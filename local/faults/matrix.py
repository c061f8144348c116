"""Deals scenarios to processes and counts what they came to."""

import logging
import os
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from local.faults.cards import Scenario
from local.faults.verdict import Verdict
from local.quick_moto import make_quick

CHUNK = 300
"""Scenarios a process: what a cloud in memory remembers of them is then given back."""

HEADINGS = ("double_orders", "naked_unnoticed", "ledger_mismatches", "stuck")


def run_all(dealt: Sequence[Scenario], processes: int) -> list[Verdict]:
    """Each chunk in a process of its own, so many at a time."""
    rounds = max(1, -(-len(dealt) // (CHUNK * processes)))
    size = max(1, -(-len(dealt) // (rounds * processes)))  # as many for each process
    chunks = [dealt[first : first + size] for first in range(0, len(dealt), size)]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        waiting = [pool.submit(run_chunk, chunk) for chunk in chunks]
        return [verdict for done in as_completed(waiting) for verdict in done.result()]


def run_chunk(dealt: Sequence[Scenario]) -> list[Verdict]:
    # what goes wrong here goes wrong on purpose: the verdicts tell, not the logs
    os.environ["POWERTOOLS_LOG_LEVEL"] = "CRITICAL"
    logging.disable(logging.CRITICAL)
    from local.faults.run import run  # noqa: PLC0415 - after the level: the handlers read it at import

    make_quick()
    return list(run(dealt))


def figures(verdicts: Sequence[Verdict]) -> dict[str, int]:
    """How many scenarios there were, in how many each promise was broken, and how they ended."""
    broken = {name: sum(bool(getattr(one, name)) for one in verdicts) for name in HEADINGS}
    ends = Counter(f"ended_{one.end}" for one in verdicts)
    struck = {
        "lambdas_died": sum(one.struck for one in verdicts),
        "lambdas_overlapped": sum(one.overlapped for one in verdicts),
    }
    return {"scenarios": len(verdicts), **broken, **struck, **dict(sorted(ends.items()))}

"""A part of the fault matrix: faults, deaths and repetitions through the real state machine.

`make faults N=… SEED=…` runs any number of them.
"""

from local.faults.cards import scenarios
from local.faults.matrix import figures, run_all

SCENARIOS = 60
SEED = 4


def test_whatever_goes_wrong_the_venues_books_and_ours_agree():
    verdicts = run_all(scenarios(SCENARIOS, SEED), processes=2)
    broken = [verdict for verdict in verdicts if not verdict.sound]
    assert broken == []
    told = figures(verdicts)
    assert told["scenarios"] == SCENARIOS
    assert told["lambdas_died"] > 0
    assert told["lambdas_overlapped"] > 0
    # not everything ends alike, or nothing was tried
    assert {"ended_HEDGED", "ended_FILLED", "ended_FLAT", "ended_NOT_TAKEN"} <= set(told)
    assert {len(verdict.scenario.route) for verdict in verdicts} == {1, 2, 3}

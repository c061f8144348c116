"""`make faults`: any number of scenarios of the fault matrix, and what they came to, one figure a row.

python -m local.faults --n 10000 --seed 7 --processes 2; --only 41 repeats one of them.
"""

import argparse
import sys

from local.faults.cards import scenarios
from local.faults.matrix import figures, run_all


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


if __name__ == "__main__":
    sys.exit(main())

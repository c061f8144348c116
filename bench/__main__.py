"""Runs every benchmark there is, each in a process of its own: `python -m bench [NAME…]`.

One that cannot run here (a tool, a build or a file is missing) says so on stderr; the others run anyway.
"""

import pkgutil
import subprocess
import sys
from pathlib import Path

import bench

ROOT = Path(__file__).resolve().parents[1]
# these need an argument, or are run by others
NOT_ALONE = frozenset(
    {"__main__", "match_eval", "signing_peer", "cold_events", "cost", "prices", "plain_moto"}
)


def names() -> list[str]:
    found = {module.name for module in pkgutil.iter_modules(bench.__path__)}
    return sorted(found - NOT_ALONE)


def main() -> int:
    failed = []
    for name in sys.argv[1:] or names():
        done = subprocess.run(  # noqa: PLW1510 - a failure is told below
            [sys.executable, "-m", f"bench.{name}"], cwd=ROOT, text=True, stdout=subprocess.PIPE
        )
        print(done.stdout, end="", flush=True)
        if done.returncode:
            failed.append(name)
    if failed:
        print(f"did not run: {', '.join(failed)}", file=sys.stderr)
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())

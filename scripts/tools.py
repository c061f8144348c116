"""Runs a tool from an environment of its own: its pins clash with those of what we ship.

    python -m scripts.tools checkov --config-file .checkov.yaml

Where it cannot be installed (no network) it says so and ends with 0: CI has the network. Environments live
under .oracles, beside those of the packages that we compare ourselves with.
"""

import subprocess
import sys
from pathlib import Path

from scripts.environments import Unavailable, interpreter_of

TOOLS = {
    "checkov": ("checkov==3.3.30",),
    "schemathesis": ("schemathesis==4.32.5",),
}
_ROOT = Path(__file__).resolve().parents[1] / ".oracles"


def tool(name: str) -> Path:
    """The tool's command, installed if need be. Raises Unavailable."""
    return interpreter_of(_ROOT, name, TOOLS[name]).with_name(name)


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in TOOLS:
        print(f"usage: python -m scripts.tools {{{','.join(TOOLS)}}} [ARGUMENT ...]", file=sys.stderr)
        return 2
    try:
        command = tool(arguments[0])
    except Unavailable as error:
        print(f"skipped: {arguments[0]} cannot be installed here ({error})")
        return 0
    return subprocess.run([command, *arguments[1:]], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

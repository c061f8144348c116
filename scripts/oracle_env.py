"""Installs other people's packages, each into an environment of its own, to compare ourselves with.

    python -m scripts.oracle_env [NAME ...]

An environment lives under .oracles/NAME.
"""

import sys
from pathlib import Path

from scripts import environments

ORACLES = {
    "polymarket-client": ("polymarket-client==0.14.0",),
    "py-clob-client": ("py-clob-client==0.34.6",),
    "py-clob-client-v2": ("py-clob-client-v2==1.2.1",),
    "limitless-sdk": ("limitless-sdk==1.3.0",),
    "pykalshi": ("pykalshi==2.0.0",),
}
OracleUnavailable = environments.Unavailable
_ROOT = Path(__file__).resolve().parents[1] / ".oracles"


def interpreter_of(name: str) -> Path:
    """The Python of the oracle's environment, installed if need be. Raises OracleUnavailable."""
    return environments.interpreter_of(_ROOT, name, ORACLES[name])


def main(names: list[str]) -> int:
    failed = 0
    for name in names or sorted(ORACLES):
        try:
            print(f"{name}: {interpreter_of(name)}")
        except OracleUnavailable as error:
            print(f"{name}: unavailable: {error}", file=sys.stderr)
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

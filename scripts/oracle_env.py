"""Installs other people's packages, each into an environment of its own, to compare ourselves with.

    python scripts/oracle_env.py [NAME ...]

They pin versions that clash with ours and with each other, and none of them may reach a layer. An environment
lives under .oracles/NAME and is made once; a changed pin makes it anew.
"""

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

ORACLES = {
    "polymarket-client": ("polymarket-client==0.14.0",),
    "py-clob-client": ("py-clob-client==0.34.6",),
    "py-clob-client-v2": ("py-clob-client-v2==1.2.1",),
    "limitless-sdk": ("limitless-sdk==1.3.0",),
    "pykalshi": ("pykalshi==2.0.0",),
}
_ROOT = Path(__file__).resolve().parents[1] / ".oracles"
_TIMEOUT_S = 300


class OracleUnavailable(Exception):
    """The package cannot be installed here (no network, no matching wheel)."""


def interpreter_of(name: str) -> Path:
    """The Python of the oracle's environment, installed if need be. Raises OracleUnavailable."""
    requirements = ORACLES[name]
    folder = _ROOT / name
    interpreter = folder / "bin" / "python"
    stamp = folder / ".installed"
    pins = "\n".join(requirements)
    _ROOT.mkdir(exist_ok=True)
    with (_ROOT / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # parallel test workers ask for the same environment
        if not (stamp.is_file() and stamp.read_text() == pins and interpreter.exists()):
            shutil.rmtree(folder, ignore_errors=True)
            for command in _install_commands(folder, interpreter, requirements):
                _run(command)
            stamp.write_text(pins)
    return interpreter


def _install_commands(folder: Path, interpreter: Path, requirements: tuple[str, ...]) -> list[list[str]]:
    uv = shutil.which("uv")
    if uv is not None:
        return [
            [uv, "venv", "--quiet", "--python", sys.executable, str(folder)],
            [uv, "pip", "install", "--quiet", "--python", str(interpreter), *requirements],
        ]
    return [
        [sys.executable, "-m", "venv", str(folder)],
        [str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements],
    ]


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=_TIMEOUT_S)
    except subprocess.CalledProcessError as error:
        raise OracleUnavailable(f"{' '.join(command)}: {error.stderr.strip()[-400:]}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise OracleUnavailable(f"{' '.join(command)}: {error}") from error


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

"""Other people's packages, each in an environment of its own: their pins clash with ours and each other's.

None of them may reach a layer. An environment is made once; a changed pin makes it anew.
"""

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_TIMEOUT_S = 300


class Unavailable(Exception):
    """The package cannot be installed here (no network, no matching wheel)."""


def interpreter_of(root: Path, name: str, requirements: Sequence[str]) -> Path:
    """The Python of the environment under root/name, installed if need be. Raises Unavailable."""
    folder = root / name
    interpreter = folder / "bin" / "python"
    stamp = folder / ".installed"
    pins = "\n".join(requirements)
    root.mkdir(exist_ok=True)
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # parallel test workers ask for the same environment
        if not (stamp.is_file() and stamp.read_text() == pins and interpreter.exists()):
            shutil.rmtree(folder, ignore_errors=True)
            for command in _install_commands(folder, interpreter, requirements):
                _run(command)
            stamp.write_text(pins)
    return interpreter


def _install_commands(folder: Path, interpreter: Path, requirements: Sequence[str]) -> list[list[str]]:
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv is not None:
        return [
            [uv, "venv", "--quiet", "--python", sys.executable, str(folder)],
            [uv, "pip", "install", "--quiet", "--system-certs", "--python", str(interpreter), *requirements],
        ]
    return [
        [sys.executable, "-m", "venv", str(folder)],
        [str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements],
    ]


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=_TIMEOUT_S)
    except subprocess.CalledProcessError as error:
        raise Unavailable(f"{' '.join(command)}: {error.stderr.strip()[-400:]}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{' '.join(command)}: {error}") from error

"""Child processes of the local stack, ended with their parent."""

import atexit
import os
import random
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from local.template import ROOT

_PORTS = range(20_000, 32_000)
"""Below those that the kernel gives to outgoing connections, which would take a port after it was chosen."""
_START_SECONDS = 60
_STOP_SECONDS = 5


class ProcessFailed(RuntimeError):
    """A part of the stack did not come up; the message ends with what it printed."""


def free_port() -> int:
    """A port that nobody has just now."""
    while not is_free(port := random.choice(_PORTS)):
        pass
    return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def spawn(name: str, module: str, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    """Starts `python -m module` with its output in .local/<name>.log; it ends when we do."""
    folder = ROOT / ".local"
    folder.mkdir(exist_ok=True)
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            stdout=log,
            stderr=log,
            env=os.environ.copy(),
        )
    atexit.register(stop, process)
    return process


def _environment() -> dict[str, str]:
    """Ours, with the layers where Python finds them, however this process was started."""
    places = [str(ROOT / "layers" / layer) for layer in ("core", "connectors", "chain")] + [str(ROOT)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(places)}


def stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(name: str, process: subprocess.Popen[bytes], url: str) -> None:
    """Returns when the url answers at all. Raises ProcessFailed when the process ends or takes too long."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=2).close()  # noqa: S310 - loopback
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    said = Path(ROOT / ".local" / f"{name}.log").read_text(errors="replace")[-2_000:]
    raise ProcessFailed(f"{name} did not start:\n{said}")

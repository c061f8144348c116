"""Child processes of the local stack, ended with their parent."""

import atexit
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack

from local.template import ROOT

LISTENING = "listening on"
"""What every process of the stack prints once it has its port."""
_START_SECONDS = 60
_STOP_SECONDS = 5
_HELD = ExitStack()
"""Sockets that keep ports for this process."""
atexit.register(_HELD.close)


class ProcessFailed(RuntimeError):
    """A part of the stack did not come up; the message ends with what it printed."""


def free_port() -> int:
    """A port of this machine that nobody else is given while this process lives."""
    return neighbouring_ports(1)


def neighbouring_ports(count: int) -> int:
    """The first of `count` ports in a row, kept for this process as by free_port."""
    while True:
        with ExitStack() as held:
            first = held.enter_context(_held(0)).getsockname()[1]
            try:
                for offset in range(1, count):
                    held.enter_context(_held(first + offset))
            except (OSError, OverflowError):
                continue
            _HELD.enter_context(held.pop_all())
            return int(first)


def _held(port: int) -> socket.socket:
    """A socket bound to the port that never listens. Raises OSError when somebody else has the port.

    Linux lets a server that sets SO_REUSEADDR, as all of ours do, listen beside it, and gives the port to
    nobody who asks for any (inet_csk_bind_conflict). To look for a free port and let go of it would
    leave the seconds until the server starts to everybody else on the machine.
    """
    held = socket.socket()
    try:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", port))
    except (OSError, OverflowError):
        held.close()
        raise
    return held


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
            env=_environment(),
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


def wait_for(name: str, process: subprocess.Popen[bytes], url: str, says: str = LISTENING) -> None:
    """Returns when the process has said in its log that it listens, and the url answers at all.

    The answer alone would also come from a stranger who has the port. Raises ProcessFailed when the process
    ends or takes too long.
    """
    log = ROOT / ".local" / f"{name}.log"
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if says in log.read_text(errors="replace") and _answers(url):
            return
        time.sleep(0.1)
    raise ProcessFailed(f"{name} did not start:\n{log.read_text(errors='replace')[-2_000:]}")


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=2).close()  # noqa: S310 - loopback
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True

"""Lets containers reach the stack: forwards ports of Docker's bridge address to this machine's loopback.

The stack itself listens on loopback only; nothing is opened to the network the machine stands in.
"""

import socket
import subprocess
import threading
from collections.abc import Iterable

CONTAINER_HOST = "host.docker.internal"
_CHUNK = 65_536


def docker_answers() -> bool:
    """Whether a Docker engine is there and answers."""
    try:
        done = subprocess.run(["docker", "info"], capture_output=True, timeout=20, check=False)  # noqa: S607
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def bridge_address() -> str:
    """The address at which containers see this machine (the default bridge's gateway)."""
    done = subprocess.run(
        ["docker", "network", "inspect", "bridge", "-f", "{{(index .IPAM.Config 0).Gateway}}"],  # noqa: S607
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    return done.stdout.strip() or "172.17.0.1"


def forward(address: str, ports: Iterable[int]) -> None:
    """Forwards each port of the address to the same port of 127.0.0.1, until this process ends."""
    for port in ports:
        listener = socket.create_server((address, port))
        threading.Thread(target=_serve, args=(listener, port), name=f"bridge-{port}", daemon=True).start()


def _serve(listener: socket.socket, port: int) -> None:
    while True:
        arrived, _ = listener.accept()
        inside = socket.create_connection(("127.0.0.1", port))
        for source, target in ((arrived, inside), (inside, arrived)):
            threading.Thread(target=_pump, args=(source, target), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(_CHUNK):
            target.sendall(data)
    except OSError:
        pass
    finally:
        # the other direction may still have something to say: close this one only
        try:
            target.shutdown(socket.SHUT_WR)
        except OSError:
            target.close()

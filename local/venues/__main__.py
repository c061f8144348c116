"""python -m local.venues --port 8091: polymarket on 8091, kalshi on 8092, limitless on 8093."""

import argparse
import signal
import threading

from local.processes import LISTENING
from local.venues.server import SimulatedVenues


def main() -> None:
    parser = argparse.ArgumentParser(description="Simulated Polymarket, Kalshi and Limitless.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8091, help="first of three ports")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--speed", type=int, default=1, help="simulated seconds per second")
    options = parser.parse_args()
    venues = SimulatedVenues(seed=options.seed, speed=options.speed).start(options.host, options.port)
    for venue, url in venues.urls.items():
        print(f"{venue} (simulated): {LISTENING} {url}", flush=True)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    stopped.wait()
    venues.stop()


if __name__ == "__main__":
    main()

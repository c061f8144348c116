"""The process that runs the handlers: `python -m local.handlers --port 8080`, for a stack that stands."""

import argparse
import os
import signal
import threading

from local.aws import shared_environment
from local.host import Host
from local.processes import LISTENING
from local.stack import local_environment, stack_file
from local.template import Template


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--address", default="127.0.0.1")
    options = parser.parse_args()
    template = Template.saved(stack_file(options.port))
    os.environ.update(shared_environment(template) | local_environment())
    host = Host(template, options.port, options.address)
    host.start()
    print(f"{LISTENING} {options.port}", flush=True)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    ended.wait()
    host.stop()


if __name__ == "__main__":
    main()

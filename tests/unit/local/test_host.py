"""The host of the handlers: what Lambda keeps apart by processes it keeps apart by turns."""

import threading
import time
from typing import Any

from local.host import Functions
from local.template import Template


def test_http_requests_are_handled_one_at_a_time():
    """Powertools keeps the event under way on a class: two at once would answer each other's callers."""
    functions = Functions(Template.load({}))
    inside, most = 0, 0
    lock = threading.Lock()

    def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.01)
        with lock:
            inside -= 1
        return event

    functions._handlers.update(StatusFunction=handler, RegisterFunction=handler)
    request = {"routeKey": "GET /api/health", "rawPath": "/api/health"}
    names = ["StatusFunction", "RegisterFunction"] * 4
    threads = [threading.Thread(target=functions.invoke, args=(name, request)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1

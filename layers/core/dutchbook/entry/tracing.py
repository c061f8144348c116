"""One annotation on the trace that Lambda keeps anyway: find a trade's steps in X-Ray by its id.

Tracing is on in the template, which draws API, state machine and functions without code. What is missing is
the trade id, and the X-Ray SDK costs a tenth of a second of imports for it. A subsegment is one JSON document
sent to the daemon beside the function, over UDP:
https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon
"""

import json
import os
import secrets
import socket
import time
from contextlib import suppress

_HEADER = b'{"format": "json", "version": 1}\n'


def annotate(name: str, started_s: float, **annotations: str) -> None:
    """Adds a subsegment from `started_s` (seconds since 1970) to now, with these annotations to search by.

    Does nothing where no daemon listens or the request is not sampled. Never raises: a trace is no reason for
    a trade to fail. Annotations hold ids, never what a person or a venue has sent.
    """
    told = dict(
        part.split("=", 1) for part in os.environ.get("_X_AMZN_TRACE_ID", "").split(";") if "=" in part
    )
    host, _, port = os.environ.get("AWS_XRAY_DAEMON_ADDRESS", "").partition(":")
    if not port.isdigit() or told.get("Sampled") != "1" or not {"Root", "Parent"} <= told.keys():
        return
    document = {
        "name": name,
        "id": secrets.token_hex(8),
        "trace_id": told["Root"],
        "parent_id": told["Parent"],
        "type": "subsegment",
        "start_time": started_s,
        "end_time": time.time(),
        "annotations": annotations,
    }
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        sender.sendto(_HEADER + json.dumps(document).encode(), (host, int(port)))

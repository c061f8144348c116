"""Runs in the environment of polymarket-client: makes the calls it is told, one JSON line in, one out."""

import json
import sys

from polymarket._internal.actions.relayer import calls

for line in sys.stdin:
    request = json.loads(line)
    call = getattr(calls, request["function"])(**request["arguments"])
    sys.stdout.write(json.dumps({"to": str(call.to), "data": str(call.data)}) + "\n")

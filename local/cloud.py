"""The cloud on this machine: a moto server whose Step Functions run for real and call our handlers.

Run as a process of its own, so that killing the process that runs the handlers leaves the store standing, as
in the cloud: `python -m local.cloud --port 5055 --lambda-host http://127.0.0.1:5056`.
"""

import argparse
import json
import os
from http import HTTPStatus
from typing import Any

import urllib3

from local.moto_server import MotoServer
from local.processes import LISTENING
from local.quick_moto import make_quick

INVOCATION = "/2015-03-31/functions/{name}/invocations"
_TIMEOUT_SECONDS = 120
_CONNECTIONS = 32
"""To the handlers, kept open; executions beyond them connect for each call."""


def invoke_on(host: str) -> Any:
    """What a Lambda backend of moto's does to invoke: it asks the process at `host`."""
    # a call is never repeated: the state machine's own retries are the only ones
    handlers = urllib3.PoolManager(retries=False, timeout=_TIMEOUT_SECONDS, maxsize=_CONNECTIONS)

    def invoke(
        _backend: Any, function_name: str, _qualifier: Any, body: Any, _headers: Any, response_headers: Any
    ) -> bytes:
        """Hands an invocation to the process that runs the handlers; its death is a failed invocation."""
        name = function_name.rpartition(":")[2]
        data = body.encode() if isinstance(body, str) else (body or b"{}")
        url = host + INVOCATION.format(name=name)
        try:
            answer = handlers.request("POST", url, body=data, headers={"content-type": "application/json"})
        except urllib3.exceptions.HTTPError as error:
            return _ended(response_headers, str(error))
        if answer.status != HTTPStatus.OK:
            return _ended(response_headers, f"status {answer.status}")
        if answer.headers.get("x-amz-function-error"):
            response_headers["x-amz-function-error"] = "Unhandled"
        return answer.data

    return invoke


def _ended(response_headers: Any, why: str) -> bytes:
    """What Step Functions sees when a Lambda's process dies."""
    response_headers["x-amz-function-error"] = "Unhandled"
    crash = {"errorType": "Runtime.ExitError", "errorMessage": f"the handler's process: {why}"}
    return json.dumps(crash).encode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--lambda-host", required=True)
    options = parser.parse_args()
    os.environ["MOTO_PORT"] = str(options.port)

    # after the port is in the environment: moto reads it at import
    from moto.awslambda_simple.models import LambdaSimpleBackend  # noqa: PLC0415
    from moto.core.config import default_user_config  # noqa: PLC0415

    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    default_user_config["lambda"] = {"use_docker": False}
    make_quick()
    LambdaSimpleBackend.invoke = invoke_on(options.lambda_host)  # type: ignore[method-assign]
    server = MotoServer(options.host, options.port)
    print(f"{LISTENING} {options.port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()

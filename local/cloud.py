"""The cloud on this machine: a moto server whose Step Functions run for real and call our handlers.

Run as a process of its own, so that killing the process that runs the handlers leaves the store standing, as
in the cloud: `python -m local.cloud --port 5055 --lambda-host http://127.0.0.1:5056`.
"""

import argparse
import json
import os
import urllib.error
import urllib.request
from typing import Any

from local.moto_server import MotoServer
from local.processes import LISTENING
from local.quick_moto import make_quick

INVOCATION = "/2015-03-31/functions/{name}/invocations"
_TIMEOUT_SECONDS = 120


def _invoke_on(host: str) -> Any:
    def invoke(
        _backend: Any, function_name: str, _qualifier: Any, body: Any, _headers: Any, response_headers: Any
    ) -> bytes:
        """Hands an invocation to the process that runs the handlers; its death is a failed invocation."""
        name = function_name.rpartition(":")[2]
        data = body.encode() if isinstance(body, str) else (body or b"{}")
        url = host + INVOCATION.format(name=name)
        request = urllib.request.Request(url, data, {"content-type": "application/json"})  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
                if answer.headers.get("x-amz-function-error"):
                    response_headers["x-amz-function-error"] = "Unhandled"
                return bytes(answer.read())
        except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
            response_headers["x-amz-function-error"] = "Unhandled"
            # what Step Functions sees when a Lambda's process dies
            crash = {"errorType": "Runtime.ExitError", "errorMessage": f"the handler's process: {error}"}
            return json.dumps(crash).encode()

    return invoke


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
    LambdaSimpleBackend.invoke = _invoke_on(options.lambda_host)  # type: ignore[method-assign]
    server = MotoServer(options.host, options.port)
    print(f"{LISTENING} {options.port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()

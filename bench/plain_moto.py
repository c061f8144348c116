"""moto as it is installed: its own server, nothing quickened, for the floor of `bench.trade`.

Only what local/cloud.py needs as well differs from a bare moto: state machines run, and an invocation goes to
the process at `--lambda-host`.
"""

import argparse
import os


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--lambda-host", required=True)
    options = parser.parse_args()
    os.environ["MOTO_PORT"] = str(options.port)

    # after the port is in the environment: moto reads it at import
    from moto.awslambda_simple.models import LambdaSimpleBackend  # noqa: PLC0415
    from moto.core.config import default_user_config  # noqa: PLC0415
    from moto.server import main as serve  # noqa: PLC0415

    from local.cloud import invoke_on  # noqa: PLC0415

    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    default_user_config["lambda"] = {"use_docker": False}
    LambdaSimpleBackend.invoke = invoke_on(options.lambda_host)  # type: ignore[method-assign]
    serve(["-H", "127.0.0.1", "-p", str(options.port)])


if __name__ == "__main__":
    main()

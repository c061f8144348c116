"""moto's Step Functions, quicker: definitions and JSON paths are parsed once, not at each execution and step.

What is parsed holds nothing of an execution: counts of retries and the like are in the execution's own heap.
A task's client of Lambda is made once a region, not once a task: that takes longer than its call.
"""

import functools
from typing import Any


def make_quick() -> None:
    """Patches moto for the life of this process."""
    from moto.stepfunctions.parser.asl.component.common.path import result_path  # noqa: PLC0415
    from moto.stepfunctions.parser.asl.component.state.exec.state_task import (  # noqa: PLC0415
        lambda_eval_utils,
    )
    from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser  # noqa: PLC0415
    from moto.stepfunctions.parser.asl.utils import json_path  # noqa: PLC0415

    once = functools.cache(AmazonStateLanguageParser.parse)
    AmazonStateLanguageParser.parse = staticmethod(once)  # type: ignore[method-assign]
    paths: tuple[Any, ...] = (json_path, result_path)
    for module in paths:
        module.parse = functools.cache(module.parse)
    tasks: Any = lambda_eval_utils
    tasks.boto_client_for = _made_once(tasks.boto_client_for)


def _made_once(boto_client_for: Any) -> Any:
    """moto's clients have the same credentials, whatever the state's."""

    @functools.cache
    def made(region: str, service: str) -> Any:
        return boto_client_for(region=region, service=service)

    def client_for(region: str, service: str, state_credentials: Any = None) -> Any:  # noqa: ARG001
        return made(region, service)

    return client_for

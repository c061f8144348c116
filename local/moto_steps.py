"""moto's Step Functions, quicker: definitions and JSON paths are parsed once, not at each execution and step.

What is parsed holds nothing of an execution: counts of retries and the like are in the execution's own heap.
"""

import functools
from typing import Any


def make_quick() -> None:
    """Patches moto for the life of this process."""
    from moto.stepfunctions.parser.asl.component.common.path import result_path  # noqa: PLC0415
    from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser  # noqa: PLC0415
    from moto.stepfunctions.parser.asl.utils import json_path  # noqa: PLC0415

    once = functools.cache(AmazonStateLanguageParser.parse)
    AmazonStateLanguageParser.parse = staticmethod(once)  # type: ignore[method-assign]
    paths: tuple[Any, ...] = (json_path, result_path)
    for module in paths:
        module.parse = functools.cache(module.parse)

"""Runs a real state machine in this process: moto interprets the file, our handlers answer its Lambda calls.

Waits and backoff go to a `sleep` of the caller's: a fake clock makes an execution of minutes take no time.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
from moto import mock_aws
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication

REGION = "us-east-1"
_ACCOUNT = "123456789012"
_ROLE = f"arn:aws:iam::{_ACCOUNT}:role/states"
_MOTO: Any = {"stepfunctions": {"execute_state_machine": True}, "lambda": {"use_docker": False}}
_LOOK_SECONDS = 0.5
_LONGEST_RUN_SECONDS = 180

type Handler = Callable[[dict[str, Any]], Any]


class LambdaCrash(Exception):
    """Raised by a handler's stand-in to end the invocation as if its process had died."""


@dataclass(frozen=True, slots=True)
class Run:
    """One finished execution."""

    status: str
    """SUCCEEDED, FAILED, TIMED_OUT or ABORTED."""
    states: tuple[str, ...]
    """Names of the states entered, in order."""
    error: str
    output: Mapping[str, Any]

    @property
    def end(self) -> str:
        return self.states[-1]


class StateMachine:
    """A definition file with its substitutions, registered with moto."""

    def __init__(self, client: Any, definition: Path, functions: Mapping[str, str]) -> None:
        text = definition.read_text()
        for placeholder, name in functions.items():
            text = text.replace(f"${{{placeholder}}}", function_arn(name))
        self._client = client
        self.arn: str = client.create_state_machine(
            name=definition.name.partition(".")[0], definition=text, roleArn=_ROLE
        )["stateMachineArn"]

    def run(self, name: str, payload: Mapping[str, Any]) -> Run:
        """Starts an execution and waits for its end. Raises TimeoutError after three minutes of real time."""
        described = self.end(name, payload)
        return Run(
            described["status"],
            self._states(described["executionArn"]),
            described.get("error", ""),
            json.loads(described.get("output") or "{}"),
        )

    def end(self, name: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """The same, as Step Functions describes it: without the way there."""
        arn = self._client.start_execution(stateMachineArn=self.arn, name=name, input=json.dumps(payload))[
            "executionArn"
        ]
        deadline = time.monotonic() + _LONGEST_RUN_SECONDS
        while (described := self._client.describe_execution(executionArn=arn))["status"] == "RUNNING":
            if time.monotonic() > deadline:
                raise TimeoutError(f"{name} still runs: {self._states(arn)}")
            with _ended:
                _ended.wait(_LOOK_SECONDS)
        ended: Mapping[str, Any] = described
        return ended

    def _states(self, arn: str) -> tuple[str, ...]:
        pages = self._client.get_paginator("get_execution_history").paginate(executionArn=arn)
        return tuple(
            event["stateEnteredEventDetails"]["name"]
            for page in pages
            for event in page["events"]
            if "stateEnteredEventDetails" in event
        )


_ended = threading.Condition()
"""Told whenever an execution ends: asking a moto that is at work over and over would only slow it down."""


@contextmanager
def _telling_of_ends() -> Iterator[None]:
    original = BaseExecutionWorkerCommunication.terminated

    def terminated(self: Any) -> None:
        original(self)
        with _ended:
            _ended.notify_all()

    with _replaced(BaseExecutionWorkerCommunication, "terminated", terminated):
        yield


def function_arn(name: str) -> str:
    return f"arn:aws:lambda:{REGION}:{_ACCOUNT}:function:{name}"


@contextmanager
def state_machine(
    definition: Path,
    functions: Mapping[str, str],
    handlers: Mapping[str, Handler],
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[StateMachine]:
    """A state machine whose Lambda calls reach `handlers`, by function name.

    `functions` maps the definition's placeholders to function names.
    """
    with mock_aws(config=_MOTO), _dispatching(handlers), _sleeping(sleep), _telling_of_ends():
        yield StateMachine(boto3.client("stepfunctions", region_name=REGION), definition, functions)


@contextmanager
def _dispatching(handlers: Mapping[str, Handler]) -> Iterator[None]:
    def invoke(
        _backend: Any, function_name: str, _qualifier: Any, body: Any, _headers: Any, response_headers: Any
    ) -> bytes:
        handler = handlers[function_name.rpartition(":")[2]]
        try:
            return json.dumps(handler(json.loads(body or "{}"))).encode()
        except LambdaCrash as crash:
            answer = {"errorType": "Runtime.ExitError", "errorMessage": str(crash)}
        except Exception as error:  # a Lambda reports whatever its handler raises
            answer = {"errorType": type(error).__name__, "errorMessage": str(error)}
        response_headers["x-amz-function-error"] = "Unhandled"
        return json.dumps(answer).encode()

    with _replaced(LambdaSimpleBackend, "invoke", invoke):
        yield


@contextmanager
def _sleeping(sleep: Callable[[float], None]) -> Iterator[None]:
    def wait(_self: Any, env: Any, wait_seconds: int) -> None:  # noqa: ARG001 - called by name
        sleep(wait_seconds)

    with (
        _replaced(WaitFunction, "_wait_interval", wait),
        _replaced(retrier_decl, "time", SimpleNamespace(sleep=sleep)),
    ):
        yield


@contextmanager
def _replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    original = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, original)

"""`dutchbook.ports.workflow.Workflow` and `Executions` on Step Functions."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from dutchbook.adapters import aws

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class StepFunctionsWorkflow:
    """Starts a Standard state machine, whose execution names stay taken for ninety days."""

    def __init__(self, state_machine_arn: str, client: "Callable[[], SFNClient]" = aws.stepfunctions) -> None:
        self._arn = state_machine_arn
        self._client = client

    def start(self, name: str, payload: Mapping[str, object]) -> bool:
        """Raises StoreUnavailable when it is not known whether it started: the same name may be tried again.

        While an execution runs, its name with the same input answers as if it had just been started.
        """
        try:
            with aws.service_errors("execute_pair"):
                self._client().start_execution(
                    stateMachineArn=self._arn, name=name, input=json.dumps(payload)
                )
        except ClientError as error:
            if aws.error_code(error) != "ExecutionAlreadyExists":
                raise
            return False
        return True

    def running(self, name: str) -> bool:
        """What is to be redriven counts as running. Raises StoreUnavailable.

        Step Functions answers from a copy that may lag by a moment: ask about what has been still for longer.
        """
        execution = f"{self._arn.replace(':stateMachine:', ':execution:')}:{name}"
        try:
            with aws.service_errors("execute_pair"):
                answer = self._client().describe_execution(executionArn=execution)
        except ClientError as error:
            if aws.error_code(error) != "ExecutionDoesNotExist":
                raise
            return False
        return answer["status"] in ("RUNNING", "PENDING_REDRIVE")

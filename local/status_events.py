"""EventBridge's and SQS's part for executions that end badly: moto runs state machines but tells nobody.

Polls the executions, matches them with template.yaml's own rules, puts the events on the rules' queues, and
feeds the queues to the functions of the template's event source mappings.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.aws import client
from local.template import ACCOUNT, REGION, Template

POLL_SECONDS = 1.0
_LONGEST_INVISIBLE = 5
"""Seconds until a message that failed comes again; in the cloud it is the queue's own timeout."""


class StatusEvents:
    """A thread that plays both parts for the whole template."""

    def __init__(self, template: Template, endpoint: str) -> None:
        self._template = template
        self._machines = client("stepfunctions", endpoint)
        self._queues = client("sqs", endpoint)
        self._functions = client("lambda", endpoint)
        self._told: set[tuple[str, str]] = set()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="status-events", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.wait(POLL_SECONDS):
            try:
                self.poll()
            except (ClientError, BotoCoreError) as error:
                if not self._stopped.is_set():
                    print(f"status events: {error}", flush=True)

    def poll(self) -> None:
        """One round: what has ended since goes on the queues, what is on them to the functions."""
        for rule in self._template.resources("AWS::Events::Rule").values():
            pattern = self._template.resolve(rule["EventPattern"])
            for event in self._ended(pattern["detail"]):
                for target in rule["Targets"]:
                    self._queues.send_message(
                        QueueUrl=self._queue_url(self._template.resolve(target["Arn"])),
                        MessageBody=json.dumps(event),
                    )
        for mapping in self._template.resources("AWS::Lambda::EventSourceMapping").values():
            self._feed(
                self._queue_url(self._template.resolve(mapping["EventSourceArn"])),
                self._template.resolve(mapping["FunctionName"]),
                mapping["BatchSize"],
            )

    def _ended(self, wanted: Mapping[str, list[str]]) -> Iterator[dict[str, Any]]:
        """Events of executions that the pattern wants and that were not told before."""
        for machine in wanted["stateMachineArn"]:
            for status in wanted["status"]:
                pages = self._machines.get_paginator("list_executions").paginate(
                    stateMachineArn=machine, statusFilter=status
                )
                for execution in (one for page in pages for one in page["executions"]):
                    key = execution["executionArn"], status
                    if key not in self._told:
                        self._told.add(key)
                        yield status_event(execution)

    def _feed(self, queue: str, function: str, batch: int) -> None:
        got = self._queues.receive_message(
            QueueUrl=queue, MaxNumberOfMessages=batch, VisibilityTimeout=_LONGEST_INVISIBLE
        ).get("Messages", [])
        if not got:
            return
        records = [{"messageId": one["MessageId"], "body": one["Body"]} for one in got]
        answer = self._functions.invoke(FunctionName=function, Payload=json.dumps({"Records": records}))
        if "FunctionError" in answer:
            return
        told = json.loads(answer["Payload"].read())
        failed = {one["itemIdentifier"] for one in told["batchItemFailures"]}
        for one in got:
            if one["MessageId"] not in failed:
                self._queues.delete_message(QueueUrl=queue, ReceiptHandle=one["ReceiptHandle"])

    def _queue_url(self, arn: str) -> str:
        return str(self._queues.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"])


def status_event(execution: Mapping[str, Any]) -> dict[str, Any]:
    """What EventBridge tells of an execution, as far as anybody here reads it."""
    return {
        "version": "0",
        "source": "aws.states",
        "detail-type": "Step Functions Execution Status Change",
        "account": ACCOUNT,
        "region": REGION,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "detail": {
            "executionArn": execution["executionArn"],
            "stateMachineArn": execution["stateMachineArn"],
            "name": execution["name"],
            "status": execution["status"],
        },
    }

"""EventBridge's part: starts the ticker state machine once a minute, as the template's schedule does."""

import threading
from datetime import UTC, datetime

import boto3

from local.template import REGION, Template


class Ticker:
    """A thread that starts the real Express state machine with the schedule's own input."""

    def __init__(self, template: Template, endpoint: str) -> None:
        self._template = template
        self._client = boto3.client("stepfunctions", region_name=REGION, endpoint_url=endpoint)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()

    def _run(self) -> None:
        schedule = self._template.body["Resources"]["Ticker"]["Properties"]["Events"]["EveryMinute"][
            "Properties"
        ]
        text: str = self._template.resolve(schedule["Input"])
        while not self._stopped.is_set():
            minute = datetime.now(UTC).replace(second=0, microsecond=0)
            self._client.start_execution(
                stateMachineArn=self._template.refs["Ticker"],
                name=f"tick-{int(minute.timestamp())}",
                input=text.replace("<aws.scheduler.scheduled-time>", minute.strftime("%Y-%m-%dT%H:%M:%SZ")),
            )
            self._stopped.wait(60)

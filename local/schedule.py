"""EventBridge Scheduler's part: starts the functions and state machines that template.yaml schedules."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from botocore.exceptions import BotoCoreError, ClientError

from local.aws import client
from local.template import Template

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_SECONDS = {"minute": 60, "hour": 3_600, "day": 86_400}
_AT_ONCE = 60
_FUNCTION, _MACHINE = "AWS::Serverless::Function", "AWS::Serverless::StateMachine"


@dataclass(frozen=True, slots=True)
class Schedule:
    """One ScheduleV2 event: what it starts, how often, and with which input."""

    target: str
    """Logical id."""
    kind: str
    every_seconds: int
    text: str


def schedules_of(template: Template) -> Iterator[Schedule]:
    """Raises NotImplementedError for any expression but rate(...): none is left out in silence."""
    for kind in (_FUNCTION, _MACHINE):
        for target, properties in template.resources(kind).items():
            for event in properties.get("Events", {}).values():
                if event["Type"] == "ScheduleV2":
                    told = event["Properties"]
                    every = _seconds(template.resolve(told["ScheduleExpression"]))
                    yield Schedule(target, kind, every, template.resolve(told["Input"]))


class Scheduler:
    """A thread a schedule. Minutely ones fire at once and then at their rate; slower ones after their period.

    What is slower tidies up or lists whole catalogues: it would only stand in the way of a stack that has
    just been given what it needs.
    """

    def __init__(self, template: Template, endpoint: str) -> None:
        self._template = template
        self._functions = client("lambda", endpoint)
        self._machines = client("stepfunctions", endpoint)
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(schedule,), name=schedule.target, daemon=True)
            for schedule in schedules_of(template)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def fire(self, target: str) -> None:
        """Starts what this schedule starts, now: whoever begins with nothing needs it at once."""
        for schedule in schedules_of(self._template):
            if schedule.target == target:
                self._fire(schedule)

    def stop(self) -> None:
        self._stopped.set()

    def _run(self, schedule: Schedule) -> None:
        if schedule.every_seconds > _AT_ONCE:
            self._stopped.wait(schedule.every_seconds)
        while not self._stopped.is_set():
            self._fire(schedule)
            self._stopped.wait(schedule.every_seconds)

    def _fire(self, schedule: Schedule) -> None:
        now = datetime.now(UTC)
        minute = now.replace(second=0, microsecond=0).strftime("%Y-%m-%dT%H:%M:%SZ")
        text = schedule.text.replace("<aws.scheduler.scheduled-time>", minute)
        name = self._template.refs[schedule.target]
        try:
            if schedule.kind == _FUNCTION:
                self._functions.invoke(FunctionName=name, Payload=text)
            else:
                run = f"{schedule.target}-{int(now.timestamp())}".lower()
                self._machines.start_execution(stateMachineArn=name, name=run, input=text)
        except (ClientError, BotoCoreError) as error:
            # as in the cloud: a start that fails is left out, the next one comes
            if not self._stopped.is_set():
                print(f"schedule of {schedule.target}: {error}", flush=True)


def _seconds(expression: str) -> int:
    rate = _RATE.fullmatch(expression)
    if rate is None:
        raise NotImplementedError(expression)
    return int(rate[1]) * _SECONDS[rate[2]]

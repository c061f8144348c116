"""Sweep and Notify as they are triggered: by the schedule, the queue and the topic of the template."""

import json
from pathlib import Path

import boto3
import pytest

from dutchbook.adapters import aws
from dutchbook.domain.errors import StoreUnavailable
from dutchbook.entry.bootstrap import execute as bootstrap
from dutchbook.entry.settings.reading import SettingsError
from dutchbook.usecases.execute_pair import Sweep
from functions.execute import app
from local.aws import create_stack
from local.schedule import schedules_of
from local.status_events import StatusEvents, status_event
from local.template import Template
from tests.support.aws import fake_aws
from tests.support.chat import chat
from tests.support.execution import TRADE_ID, World
from tests.support.sweeping import abandoned

ROOT = Path(__file__).parents[2]


class Context:
    function_name = "sweep"
    memory_limit_in_mb = 768
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:sweep"
    aws_request_id = "request"

    def __init__(self, milliseconds=45_000):
        self.milliseconds = milliseconds

    def get_remaining_time_in_millis(self):
        return self.milliseconds


def event(name):
    return json.loads((ROOT / "events" / f"{name}.json").read_text())


@pytest.fixture
def sweeper(monkeypatch):
    sweeper = abandoned(World(), legs=1)

    def wired(time_left):
        return Sweep(sweeper.world.execution, sweeper.executions, sweeper.leases, time_left)

    monkeypatch.setattr(bootstrap, "sweep", wired)
    return sweeper


def test_the_schedule_sweeps_what_is_still(sweeper):
    assert app.sweep(event("sweep"), Context()) == {}
    sweeper.world.clock.sleep(120)
    assert app.sweep(event("sweep"), Context()) == {"HEDGED": [TRADE_ID]}


def test_a_sweep_begins_no_trade_that_it_has_no_time_for(sweeper):
    sweeper.world.clock.sleep(120)
    assert app.sweep(event("sweep"), Context(19_000)) == {}


def test_trades_are_swept_though_nobody_can_be_told_of_a_venue_that_is_down(sweeper, monkeypatch):
    def away(*_):
        raise StoreUnavailable("notify: Throttling")

    monkeypatch.setattr(app, "watch", away)
    sweeper.world.clock.sleep(120)
    with pytest.raises(app.SweepFailed, match="StoreUnavailable: notify"):
        app.sweep(event("sweep"), Context())
    assert sweeper.world.trade.state == "HEDGED"


def test_a_failed_execution_is_swept_at_once(sweeper):
    assert app.sweep(event("sweep_failed_execution"), Context()) == {"batchItemFailures": []}
    assert sweeper.world.trade.state == "HEDGED"


def test_what_fails_is_delivered_again_and_rings_the_alarm_on_the_schedule(sweeper):
    def bug(*_):
        raise TypeError("a bug")

    sweeper.world.ledger.trade = bug
    (record,) = event("sweep_failed_execution")["Records"]
    failed = app.sweep(event("sweep_failed_execution"), Context())
    assert failed == {"batchItemFailures": [{"itemIdentifier": record["messageId"]}]}
    sweeper.world.clock.sleep(120)
    with pytest.raises(app.SweepFailed, match="TypeError: a bug"):
        app.sweep(event("sweep"), Context())


def test_the_sample_is_what_the_rule_lets_through_and_the_local_stack_tells():
    rule = Template.load({}).resources("AWS::Events::Rule")["FailedExecutionsRule"]["EventPattern"]
    (record,) = event("sweep_failed_execution")["Records"]
    told = json.loads(record["body"])
    assert told["source"] in rule["source"]
    assert told["detail-type"] in rule["detail-type"]
    assert told["detail"]["status"] in rule["detail"]["status"]
    execution = {key: told["detail"][key] for key in ("executionArn", "stateMachineArn", "name", "status")}
    local = status_event(execution)
    assert {key: local[key] for key in rule if key != "detail"} == {
        key: told[key] for key in rule if key != "detail"
    }
    assert local["detail"].items() <= told["detail"].items()


def test_every_schedule_of_the_template_runs_on_this_machine():
    found = {schedule.target: schedule.every_seconds for schedule in schedules_of(Template.load({}))}
    assert found["SweepFunction"] == found["Ticker"] == 60


def test_an_execution_that_is_stopped_reaches_the_sweeper_once(monkeypatch):
    """Rule, queue and mapping of the template, played by the local stack."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    invoked = []
    with fake_aws():
        template = create_stack(Template.load({"Stage": "other"}))
        machines = boto3.client("stepfunctions", region_name="us-east-1")
        machine = template.refs["ExecutePair"]
        machines.start_execution(stateMachineArn=machine, name=TRADE_ID, input="{}")
        machines.stop_execution(executionArn=machine.replace("stateMachine", "execution") + f":{TRADE_ID}")
        events = StatusEvents(template, None)
        events._functions = Invocations(invoked)
        for _ in range(3):
            events.poll()
    aws.forget_clients()
    (records,) = invoked
    assert [json.loads(one["body"])["detail"]["name"] for one in records] == [TRADE_ID]
    assert json.loads(records[0]["body"])["detail"]["status"] == "ABORTED"


class Invocations:
    """Takes the place of Lambda: every record is done with."""

    def __init__(self, invoked):
        self.invoked = invoked

    def invoke(self, FunctionName, Payload):  # noqa: N803 - boto3's names
        self.invoked.append(json.loads(Payload)["Records"])
        return {"Payload": Answered()}


class Answered:
    def read(self):
        return b'{"batchItemFailures": []}'


def test_a_notice_reaches_the_chat_whose_url_is_a_secret(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "")
    monkeypatch.setenv("WEBHOOK_SECRET_ID", "webhook")
    bootstrap.webhook.cache_clear()
    with fake_aws(), chat() as room:
        boto3.client("secretsmanager").create_secret(Name="webhook", SecretString=room.url)
        app.notify(event("notify"), Context())
    bootstrap.webhook.cache_clear()
    (message,) = room.received
    assert message["text"].startswith("Dutchbook: quarantined\nWill it rain?")


def test_a_sweeper_that_is_not_told_what_to_ask_about_says_so(monkeypatch):
    environment = {
        "STAGE": "dev",
        "LEDGER_TABLE": "ledger",
        "MARKETS_TABLE": "markets",
        "GUARDS_TABLE": "guards",
        "NOTIFY_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:notify",
        "LIVE_TRADING": "false",
        "AWS_DEFAULT_REGION": "us-east-1",
        "EXECUTE_PAIR_ARN": "",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    bootstrap.settings.cache_clear()
    bootstrap.execution.cache_clear()
    with pytest.raises(SettingsError, match="EXECUTE_PAIR_ARN"):
        bootstrap.sweep(lambda: True)
    monkeypatch.setenv("EXECUTE_PAIR_ARN", "arn:aws:states:us-east-1:123456789012:stateMachine:x")
    bootstrap.settings.cache_clear()
    assert isinstance(bootstrap.sweep(lambda: True), Sweep)
    bootstrap.settings.cache_clear()
    bootstrap.execution.cache_clear()

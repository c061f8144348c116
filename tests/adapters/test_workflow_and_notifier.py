"""Starting trades by name, and telling people once."""

import json
from dataclasses import replace
from typing import NoReturn

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from dutchbook.adapters.alerts import DynamoAlerts
from dutchbook.adapters.notifier import SENDING_SECONDS, SnsNotifier
from dutchbook.adapters.workflow import StepFunctionsWorkflow
from dutchbook.domain.errors import StoreUnavailable
from dutchbook.ports.notices import FOR_GOOD_SECONDS, Notice

PASS = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})


@pytest.fixture
def machine(tables):
    client = boto3.client("stepfunctions")
    role = "arn:aws:iam::123456789012:role/test"
    return client.create_state_machine(name="execute_pair", definition=PASS, roleArn=role)["stateMachineArn"]


def test_a_trade_is_started_under_its_name_once(machine):
    workflow = StepFunctionsWorkflow(machine)
    client = boto3.client("stepfunctions")

    assert workflow.start("trd_1", {"trade_id": "trd_1"})
    client.stop_execution(executionArn=machine.replace("stateMachine", "execution") + ":trd_1")

    assert not workflow.start("trd_1", {"trade_id": "trd_1"})
    executions = client.list_executions(stateMachineArn=machine)["executions"]
    assert [execution["name"] for execution in executions] == ["trd_1"]
    described = client.describe_execution(executionArn=executions[0]["executionArn"])
    assert json.loads(described["input"]) == {"trade_id": "trd_1"}


def test_an_execution_runs_until_it_has_ended(machine):
    workflow = StepFunctionsWorkflow(machine)
    assert not workflow.running("trd_1")
    workflow.start("trd_1", {})
    assert workflow.running("trd_1")
    client = boto3.client("stepfunctions")
    client.stop_execution(executionArn=machine.replace("stateMachine", "execution") + ":trd_1")
    assert not workflow.running("trd_1")


def test_a_missing_state_machine_is_no_silent_refusal(machine):
    with pytest.raises(ClientError):
        StepFunctionsWorkflow(machine + "x").start("trd_1", {})


class Broken:
    """A service that cannot be reached until `works` is set."""

    def __init__(self, client=None):
        self.client = client
        self.works = False

    def __getattr__(self, name):
        if self.works:
            return getattr(self.client, name)

        def fail(**request):
            raise EndpointConnectionError(endpoint_url="https://example.invalid")

        return fail


def test_an_unreachable_service_is_an_outage_of_the_store():
    with pytest.raises(StoreUnavailable):
        StepFunctionsWorkflow("arn", Broken).start("trd_1", {})


@pytest.fixture
def inbox(tables):
    """Topic ARN and a function that reads the messages delivered so far."""
    sns, sqs = boto3.client("sns"), boto3.client("sqs")
    topic = sns.create_topic(Name="notify")["TopicArn"]
    queue = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)

    def read():
        found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in found]

    return topic, read


PAUSED = Notice(
    kind="paused",
    agent_id="agt_1",
    what="6 failures in a row – the last: Kalshi down",
    next_step="Look at the trades, then activate the agent again.",
    venue="kalshi",
    dedupe_key="paused#agt_1",
)


def test_a_notice_says_what_happened_where_and_what_comes_next(inbox, tables, clock):
    topic, read = inbox

    SnsNotifier(topic, tables.guards, DynamoAlerts(tables.ledger), clock).send(PAUSED)

    (delivered,) = read()
    assert delivered["Subject"] == "Dutchbook paused: 6 failures in a row ? the last: Kalshi down"
    assert json.loads(delivered["Message"]) == {
        "kind": "paused",
        "what": "6 failures in a row – the last: Kalshi down",
        "agent_id": "agt_1",
        "trade_id": "",
        "venue": "kalshi",
        "next_step": "Look at the trades, then activate the agent again.",
        "at": "2026-11-23T12:00:00.000Z",
    }


def test_a_notice_is_sent_once_an_hour_for_its_key_and_always_without(inbox, tables, clock):
    topic, read = inbox
    notifier = SnsNotifier(topic, tables.guards, DynamoAlerts(tables.ledger), clock)
    keyless = Notice("unwound", "agt_1", "x" * 200, "Nothing to do.")

    for notice in (PAUSED, PAUSED, keyless, keyless):
        notifier.send(notice)
    first_hour = len(read())
    clock.advance(3_600_000)
    notifier.send(PAUSED)

    assert first_hour == 3
    assert len(read()) == 1


def test_a_notice_that_did_not_go_out_is_tried_again(inbox, tables, clock):
    topic, read = inbox
    broken = Broken(boto3.client("sns"))
    notifier = SnsNotifier(topic, tables.guards, DynamoAlerts(tables.ledger), clock, lambda: broken)

    with pytest.raises(StoreUnavailable):
        notifier.send(PAUSED)
    broken.works = True
    notifier.send(PAUSED)

    assert len(read()) == 1


def test_a_sender_that_died_leaves_its_notice_to_the_next(inbox, tables, clock):
    """Dead after the marker, before SNS had anything: no error of ours puts the marker right."""
    topic, read = inbox
    dying = SnsNotifier(topic, tables.guards, DynamoAlerts(tables.ledger), clock, dying_client)
    alive = SnsNotifier(topic, tables.guards, DynamoAlerts(tables.ledger), clock)

    with pytest.raises(Death):
        dying.send(PAUSED)
    alive.send(PAUSED)
    at_once = len(read())
    clock.advance(SENDING_SECONDS * 1_000)
    alive.send(PAUSED)
    alive.send(PAUSED)

    assert (at_once, len(read())) == (0, 1)


def test_what_happens_once_is_said_once_for_good(inbox, tables, clock):
    topic, read = inbox
    notifier = SnsNotifier(topic, tables.guards, DynamoAlerts(tables.ledger), clock)
    once = replace(PAUSED, once_seconds=FOR_GOOD_SECONDS)

    notifier.send(once)
    clock.advance(24 * 3_600_000)
    notifier.send(once)

    assert len(read()) == 1


class Death(BaseException):
    """The process is gone: no `except Exception` of ours runs any more."""


def dying_client() -> NoReturn:
    raise Death

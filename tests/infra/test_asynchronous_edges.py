"""Where nobody waits for an answer, what fails goes to a queue, and the queue to a human."""

from typing import Any

import pytest

from tests.support.expanded import resources

SCHEDULES = resources("AWS::Scheduler::Schedule")
RULES = resources("AWS::Events::Rule")
QUEUES = resources("AWS::SQS::Queue")


def logical_id(reference: Any) -> str:
    """Of a Ref or a GetAtt."""
    if "Ref" in reference:
        return str(reference["Ref"])
    target = reference["Fn::GetAtt"]
    return str(target[0] if isinstance(target, list) else target.partition(".")[0])


def targets() -> list[tuple[str, dict[str, Any]]]:
    """(its name, target) of every schedule and rule."""
    listed = [(name, schedule["Properties"]["Target"]) for name, schedule in SCHEDULES.items()]
    for name, rule in RULES.items():
        listed += [(name, target) for target in rule["Properties"]["Targets"]]
    return listed


def notified_functions() -> list[tuple[str, dict[str, Any]]]:
    subscriptions = resources("AWS::SNS::Subscription")
    return [
        (name, subscription["Properties"])
        for name, subscription in subscriptions.items()
        if subscription["Properties"]["Protocol"] == "lambda"
    ]


def unwaited_functions() -> set[str]:
    """Functions that a schedule, a rule or a topic calls: Lambda keeps the event, nobody the answer."""
    called = [logical_id(target["Arn"]) for _, target in targets()]
    called += [logical_id(subscription["Endpoint"]) for _, subscription in notified_functions()]
    return set(called) & set(resources("AWS::Lambda::Function"))


def dead_letter_queues() -> set[str]:
    found = {logical_id(target["DeadLetterConfig"]["Arn"]) for _, target in targets()}
    for function in resources("AWS::Lambda::Function").values():
        if "DeadLetterConfig" in function["Properties"]:
            found.add(logical_id(function["Properties"]["DeadLetterConfig"]["TargetArn"]))
    for _, subscription in notified_functions():
        found.add(logical_id(subscription["RedrivePolicy"]["deadLetterTargetArn"]))
    for queue in QUEUES.values():
        if "RedrivePolicy" in queue["Properties"]:
            found.add(logical_id(queue["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]))
    return found


@pytest.mark.parametrize(("name", "target"), targets())
def test_what_cannot_be_delivered_is_kept(name: str, target: dict[str, Any]) -> None:
    assert logical_id(target["DeadLetterConfig"]["Arn"]) in QUEUES, name


@pytest.mark.parametrize("name", sorted(unwaited_functions()))
def test_an_event_that_its_function_failed_on_is_kept(name: str) -> None:
    properties = resources("AWS::Lambda::Function")[name]["Properties"]
    assert logical_id(properties["DeadLetterConfig"]["TargetArn"]) in QUEUES


@pytest.mark.parametrize(("name", "subscription"), notified_functions())
def test_a_notice_that_its_function_did_not_take_is_kept(name: str, subscription: dict[str, Any]) -> None:
    assert logical_id(subscription["RedrivePolicy"]["deadLetterTargetArn"]) in QUEUES, name


def test_a_queue_that_a_function_reads_gives_up_into_another() -> None:
    for mapping in resources("AWS::Lambda::EventSourceMapping").values():
        queue = logical_id(mapping["Properties"]["EventSourceArn"])
        assert "RedrivePolicy" in QUEUES[queue]["Properties"], queue


def test_an_aborted_executions_trade_is_looked_at_once_its_lambda_is_over() -> None:
    """Aborting an execution does not stop the function that it was waiting for."""
    functions = resources("AWS::Lambda::Function")
    steps = [functions[f"{name}Function"]["Properties"] for name in ("BuyLeg", "SellLeg", "Trade")]
    delay = QUEUES["FailedExecutions"]["Properties"]["DelaySeconds"]

    assert max(properties["Timeout"] for properties in steps) <= delay


def test_every_dead_letter_queue_calls_somebody() -> None:
    watched = set()
    for alarm in resources("AWS::CloudWatch::Alarm").values():
        properties = alarm["Properties"]
        if properties.get("MetricName") == "ApproximateNumberOfMessagesVisible":
            assert properties["AlarmActions"] == [{"Ref": "NotifyTopic"}]
            watched |= {logical_id(dimension["Value"]) for dimension in properties["Dimensions"]}
    assert dead_letter_queues() <= watched
    assert dead_letter_queues()


def test_every_queue_is_encrypted_and_keeps_for_two_weeks_what_was_given_up() -> None:
    for name, queue in QUEUES.items():
        properties = queue["Properties"]
        assert properties.get("KmsMasterKeyId") or properties.get("SqsManagedSseEnabled") is True, name
        if name in dead_letter_queues():
            assert properties["MessageRetentionPeriod"] == 14 * 86_400, name

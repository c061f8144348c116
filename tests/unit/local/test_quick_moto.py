"""moto made quick answers what moto answers: the same calls, each in a process of its own, side by side."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
CALLS = """
import json, random, sys, time
import boto3
from botocore.exceptions import ClientError
from moto import mock_aws
from local.quick_moto import make_quick

ROLE = "arn:aws:iam::123456789012:role/states"
MACHINE = json.dumps({"StartAt": "First", "States": {
    "First": {"Type": "Pass", "Parameters": {"n.$": "$.n", "last.$": "$.items[-1:].n"}, "Next": "Which"},
    "Which": {"Type": "Choice", "Default": "No", "Choices": [
        {"Variable": "$.n", "NumericEquals": 2, "Next": "Keep"},
        {"Variable": "$.missing", "IsPresent": True, "Next": "Keep"},
    ]},
    "Keep": {"Type": "Pass", "Result": {"kept": True}, "ResultPath": "$.result", "End": True},
    "No": {"Type": "Pass", "InputPath": "$.items", "End": True},
}})

if sys.argv[2] == "quick":
    make_quick()
draw = random.Random(int(sys.argv[1]))
answers = []

def call(name, **given):
    try:
        answer = getattr(client, name)(**given)
        answer.pop("ResponseMetadata")
    except ClientError as error:
        answer = {"error": str(error), "reasons": error.response.get("CancellationReasons")}
    answers.append([name, answer])
    return answer

def key():
    return {"pk": {"S": draw.choice("abc")}, "sk": {"S": draw.choice("123456")}}

def update(condition):
    return {
        "TableName": "t", "Key": key(), "UpdateExpression": "SET n = if_not_exists(n, :zero) + :one, g = :g",
        "ExpressionAttributeValues": {
            ":zero": {"N": "0"}, ":one": {"N": "1"}, ":g": {"S": draw.choice("xy")}
        },
        **({"ConditionExpression": condition} if condition else {}),
    }

def operation():
    condition = draw.choice(["", "", "attribute_exists(pk)", "attribute_not_exists(pk)"])
    given = {"TableName": "t", **({"ConditionExpression": condition} if condition else {})}
    kind = draw.choice(["Put", "Update", "Update", "Delete", "ConditionCheck"])
    if kind == "Put":
        return {kind: {**given, "Item": {**key(), "n": {"N": "7"}, "l": {"L": [{"S": "deep"}]}}}}
    if kind == "Update":
        return {kind: update(condition)}
    return {kind: {"ConditionExpression": "attribute_exists(pk)", **given, "Key": key()}}

with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
    client = boto3.client("dynamodb", region_name="us-east-1")
    text = lambda *names: [{"AttributeName": name, "AttributeType": "S"} for name in names]
    schema = lambda h, r: [{"AttributeName": h, "KeyType": "HASH"}, {"AttributeName": r, "KeyType": "RANGE"}]
    client.create_table(
        TableName="t", AttributeDefinitions=text("pk", "sk", "g"), KeySchema=schema("pk", "sk"),
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[
            {"IndexName": "by_g", "KeySchema": schema("g", "sk"), "Projection": {"ProjectionType": "ALL"}}
        ],
    )
    for _ in range(80):
        call("transact_write_items", TransactItems=[operation() for _ in range(draw.randint(1, 4))])
        call("update_item", **update(draw.choice(["", "attribute_exists(pk)"])), ReturnValues="ALL_NEW")
        call("get_item", TableName="t", Key=key())
        pages = {"Limit": draw.randint(1, 4), "ScanIndexForward": draw.random() < 0.5}
        for index, name, value in ((None, "pk", draw.choice("abcd")), ("by_g", "g", draw.choice("xy"))):
            query = {
                "TableName": "t", "KeyConditionExpression": f"{name} = :v AND sk > :s",
                "ExpressionAttributeValues": {":v": {"S": value}, ":s": {"S": draw.choice("123")}},
                **pages, **({"IndexName": index} if index else {}),
            }
            first = call("query", **query)
            if "LastEvaluatedKey" in first:
                call("query", **query, ExclusiveStartKey=first["LastEvaluatedKey"])
        call("scan", TableName="t")
        call("batch_get_item", RequestItems={"t": {"Keys": [{"pk": {"S": "a"}, "sk": {"S": "1"}}]}})
    machines = boto3.client("stepfunctions", region_name="us-east-1")
    machine = machines.create_state_machine(name="m", definition=MACHINE, roleArn=ROLE)["stateMachineArn"]
    for turn, number in enumerate((1, 2, 2, 3)):
        given = {"n": number, "items": [{"n": 4}, {"n": number}]}
        arn = machines.start_execution(
            stateMachineArn=machine, name=f"turn-{turn}", input=json.dumps(given)
        )["executionArn"]
        while (ended := machines.describe_execution(executionArn=arn))["status"] == "RUNNING":
            time.sleep(0.01)
        steps = machines.get_execution_history(executionArn=arn)["events"]
        answers.append([ended["status"], ended.get("output"), [step["type"] for step in steps]])
print(json.dumps(answers, sort_keys=True))
"""


@pytest.mark.parametrize("seed", ["1"])
def test_the_same_calls_get_the_same_answers(seed):
    plain, quick = (_answers(seed, how) for how in ("plain", "quick"))
    assert plain.count('"error"') > 20
    assert quick == plain


def _answers(seed: str, how: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", CALLS, seed, how], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout

"""moto made quick, behind our server, answers what moto answers: the same calls to both, side by side."""

import http.client
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.moto_server import MotoServer

ROOT = Path(__file__).resolve().parents[3]
CALLS = """
import json, os, random, sys, threading, time
from botocore.exceptions import ClientError
from local import aws
from local.processes import free_port

port = free_port()
os.environ["MOTO_PORT"] = str(port)

from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.core.config import default_user_config
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
from local.moto_server import MotoServer
from local.quick_moto import make_quick

ROLE = "arn:aws:iam::123456789012:role/states"
MACHINE = json.dumps({"StartAt": "First", "States": {
    "First": {"Type": "Pass", "Parameters": {"n.$": "$.n", "last.$": "$.items[-1:].n"}, "Next": "Which"},
    "Which": {"Type": "Choice", "Default": "No", "Choices": [
        {"Variable": "$.n", "NumericEquals": 2, "Next": "Keep"},
        {"Variable": "$.n", "NumericEquals": 3, "Next": "Keep"},
        {"Variable": "$.missing", "IsPresent": True, "Next": "Keep"},
    ]},
    "Keep": {"Type": "Pass", "Result": {"kept": True}, "ResultPath": "$.result", "Next": "Call"},
    "Call": {
        "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "arn:aws:lambda:us-east-1:123456789012:function:f", "Payload.$": "$"},
        "ResultSelector": {"sent.$": "$.Payload.body", "status.$": "$.StatusCode"},
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.failed", "Next": "Caught"}], "End": True,
    },
    "Caught": {"Type": "Pass", "End": True},
    "No": {"Type": "Pass", "InputPath": "$.items", "End": True},
}})

def invoke(backend, name, qualifier, body, headers, response_headers):
    sent = json.loads(body)
    if sent["n"] == 3:
        response_headers["x-amz-function-error"] = "Unhandled"
        return json.dumps({"errorType": "Broken", "errorMessage": "on purpose"}).encode()
    return json.dumps({"body": sent}).encode()

LambdaSimpleBackend.invoke = invoke
default_user_config["stepfunctions"] = {"execute_state_machine": True}
default_user_config["lambda"] = {"use_docker": False}
if sys.argv[2] == "quick":
    make_quick()
    server = MotoServer("127.0.0.1", port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
else:
    ThreadedMotoServer("127.0.0.1", port, verbose=False).start()
endpoint = f"http://127.0.0.1:{port}"
draw = random.Random(int(sys.argv[1]))
answers = []

def call(name, **given):
    try:
        answer = getattr(client, name)(**given)
        answer.pop("ResponseMetadata")
    except ClientError as error:
        # where moto itself breaks, each server says so in its own words
        broken = error.response["Error"]["Code"] == "500"
        reasons = error.response.get("CancellationReasons")
        answer = {"error": "broken" if broken else str(error), "reasons": reasons}
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

SHAPES = (
    "SET #m.a = :one, l = list_append(if_not_exists(l, :list), :list) REMOVE gone ADD n :one, s :set",
    "SET n = n - :one, #m = :map, g = if_not_exists(g, :g)", "ADD n :one DELETE s :set",
    "REMOVE l[0], l[1], #m.a", "SET l[0] = :g, #m.b.c = :one", "SET n = n + :g", "ADD g :one",
    "SET n = :one, n = :one", "SET #m = :map, #m.a = :one", "SET n = :one SET g = :g", "SET pk = :g",
    "SET n = :none", "SET #none = :one", "SET g = :one", "SET n = missing + :one", "SET n =", "DELETE l :set",
    "SET size = :one", "SET (n = :one)", "ADD n :one, s :set REMOVE l SET #m = :map",
)
VALUES = {
    ":one": {"N": "1"}, ":g": {"S": "x"}, ":list": {"L": [{"S": "e"}, {"M": {"a": {"N": "1"}}}]},
    ":set": {"SS": ["u", "v"]}, ":map": {"M": {"a": {"N": "2"}, "b": {"M": {"c": {"BOOL": True}}}}},
}

def shaped():
    expression = draw.choice(SHAPES)
    condition = draw.choice(["", "", "attribute_exists(n) AND n >= :one", "NOT size(l)<:one OR #m.a = :one"])
    told = {"ConditionExpression": condition, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    said = expression + condition
    values = {name: value for name, value in VALUES.items() if name in said or draw.random() < 0.02}
    return {
        "TableName": "t", "Key": key(), "UpdateExpression": expression, **(told if condition else {}),
        **({"ExpressionAttributeNames": {"#m": "m"}} if "#m" in said else {}),
        **({"ExpressionAttributeValues": values} if values else {}),
    }

def operation():
    condition = draw.choice(["", "", "attribute_exists(pk)", "attribute_not_exists(pk)"])
    given = {"TableName": "t", **({"ConditionExpression": condition} if condition else {})}
    kind = draw.choice(["Put", "Update", "Update", "Delete", "ConditionCheck"])
    if kind == "Put":
        return {kind: {**given, "Item": {**key(), "n": {"N": "7"}, "l": {"L": [{"S": "deep"}]}}}}
    if kind == "Update":
        return {kind: draw.choice([update(condition), shaped()])}
    return {kind: {"ConditionExpression": "attribute_exists(pk)", **given, "Key": key()}}

client = aws.client("dynamodb", endpoint)
text = lambda *names: [{"AttributeName": name, "AttributeType": "S"} for name in names]
schema = lambda h, r: [{"AttributeName": h, "KeyType": "HASH"}, {"AttributeName": r, "KeyType": "RANGE"}]
client.create_table(
    TableName="t", AttributeDefinitions=text("pk", "sk", "g"), KeySchema=schema("pk", "sk"),
    BillingMode="PAY_PER_REQUEST",
    GlobalSecondaryIndexes=[
        {"IndexName": "by_g", "KeySchema": schema("g", "sk"), "Projection": {"ProjectionType": "ALL"}}
    ],
)
for _ in range(50):
    call("transact_write_items", TransactItems=[operation() for _ in range(draw.randint(1, 4))])
    call("update_item", **update(draw.choice(["", "attribute_exists(pk)"])), ReturnValues="ALL_NEW")
    for given in ("ALL_NEW", "UPDATED_NEW", "UPDATED_OLD", "ALL_OLD"):
        call("update_item", **shaped(), ReturnValues=given)
    whole = {**key(), "g": {"S": "y"}, "m": VALUES[":map"], "l": VALUES[":list"], "s": VALUES[":set"]}
    condition = draw.choice(["attribute_exists(n)", "attribute_not_exists(n)"])
    call("put_item", TableName="t", Item=whole, ConditionExpression=condition)
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
    keys = [{"pk": {"S": name}, "sk": {"S": "1"}} for name in "abc"]
    call("batch_get_item", RequestItems={"t": {"Keys": keys}})
    call("batch_get_item", RequestItems={"t": {"Keys": keys, "ProjectionExpression": "pk, m.a, l[0]"}})
machines = aws.client("stepfunctions", endpoint)
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
    assert "on purpose" in plain
    for refused in ("Two document paths overlap", "Cannot update attribute pk", "ConditionalCheckFailed"):
        assert refused in plain
    assert quick == plain


MANY = """
import json, sys, threading
from botocore.exceptions import ClientError
from local import aws
from local.moto_server import MotoServer
from local.quick_moto import make_quick

sys.setswitchinterval(1e-5)
make_quick()
server = MotoServer("127.0.0.1", 0)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = aws.client("dynamodb", f"http://127.0.0.1:{server.server_address[1]}")
text = [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")]
keys = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
client.create_table(
    TableName="t", AttributeDefinitions=text, KeySchema=keys, BillingMode="PAY_PER_REQUEST"
)
landed, counted = [], []

def plus_one(sk):
    return {
        "TableName": "t", "Key": {"pk": {"S": "a"}, "sk": {"S": sk}},
        "UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}},
    }

def transact(number):
    for turn in range(30):
        holds = "attribute_not_exists(pk)" if turn % 2 else "attribute_exists(pk)"
        nothing = {"pk": {"S": "none"}, "sk": {"S": "0"}}
        check = {"TableName": "t", "Key": nothing, "ConditionExpression": holds}
        writes = [{"Update": plus_one("shared")}, {"Update": plus_one(number)}, {"ConditionCheck": check}]
        try:
            client.transact_write_items(TransactItems=writes)
            landed.append(number)
        except ClientError:
            pass

def count(_):
    for turn in range(60):
        client.update_item(**plus_one("counted"))
        counted.append(turn)

works = (transact, transact, count, count)
threads = [threading.Thread(target=work, args=(work.__name__,)) for work in works]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
there = {item["sk"]["S"]: int(item["n"]["N"]) for item in client.scan(TableName="t")["Items"]}
print(json.dumps([there, len(landed), len(counted)]))
"""


def test_what_others_write_survives_the_end_of_a_failed_transaction():
    there, landed, counted = json.loads(_said(MANY))
    assert (landed, counted) == (30, 120)
    assert there == {"shared": 30, "transact": 30, "counted": 120}


@pytest.fixture
def connection() -> Iterator[http.client.HTTPConnection]:
    server = MotoServer("127.0.0.1", 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)
    yield connection
    connection.close()
    server.shutdown()
    server.server_close()


def test_a_connection_stays_open_after_each_kind_of_answer(connection):
    sockets = set()
    for headers, body, status in (
        (_asks("dynamodb", "DynamoDB_20120810.ListTables"), b"{}", 200),
        (_asks("dynamodb", "DynamoDB_20120810.DescribeTable"), b'{"TableName": "none"}', 400),
        (_asks("states", "AWSStepFunctions.ListStateMachines"), b"{}", 200),
        (_asks("states", "AWSStepFunctions.DescribeStateMachine"), b'{"stateMachineArn": "none"}', 400),
    ):
        connection.request("POST", "/", body, headers)
        answer = connection.getresponse()
        assert (answer.status, answer.read()[:1]) == (status, b"{")
        sockets.add(connection.sock)
    assert None not in sockets
    assert len(sockets) == 1


def test_an_action_that_moto_lacks_is_an_error_of_the_server(connection, capsys):
    connection.request("POST", "/", b"{}", _asks("dynamodb", "DynamoDB_20120810.Unheard"))
    assert connection.getresponse().status == 500
    assert "Unheard" in capsys.readouterr().err


def _asks(service: str, target: str) -> dict[str, str]:
    scope = f"Credential=local/20260101/us-east-1/{service}/aws4_request"
    return {
        "content-type": "application/x-amz-json-1.0",
        "authorization": f"AWS4-HMAC-SHA256 {scope}, x=y",
        "x-amz-target": target,
    }


def _answers(seed: str, how: str) -> str:
    return _said(CALLS, seed, how)


def _said(script: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout

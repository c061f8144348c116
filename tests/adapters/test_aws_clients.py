"""Clients of all services that the functions use, from one session."""

from datetime import datetime

import pytest
from botocore.exceptions import ClientError
from botocore.parsers import JSONParser

from dutchbook.adapters import aws

KEY = {"pk": {"S": "a"}, "sk": {"S": "1"}}
ITEM = {**KEY, "m": {"M": {"l": {"L": [{"N": "1"}, {"NULL": True}, {"M": {}}]}}}, "raw": {"B": b"\x00\x01"}}
AS_SENT = {**ITEM, "raw": {"B": "AAE="}}
CONDITION = {
    "ConditionExpression": "attribute_not_exists(pk)",
    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
}


@pytest.mark.parametrize("service", [aws.dynamodb, aws.secretsmanager, aws.stepfunctions, aws.sns, aws.s3])
def test_each_service_has_a_client_made_once(service, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    aws.forget_clients()
    assert service() is service()
    assert service().meta.region_name == "us-east-1"
    aws.forget_clients()


def test_items_come_as_they_were_sent_wherever_an_answer_has_them(tables):
    client = aws.dynamodb()
    there = {"TableName": "LedgerTable"}
    client.put_item(**there, Item=ITEM)
    update = {"UpdateExpression": "SET n = :n", "ExpressionAttributeValues": {":n": {"N": "1"}}}
    by_key = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": KEY["pk"]}}

    assert client.get_item(**there, Key=KEY)["Item"] == AS_SENT
    assert client.query(**there, **by_key)["Items"] == [AS_SENT]
    batch = client.batch_get_item(RequestItems={"LedgerTable": {"Keys": [KEY]}})
    assert batch["Responses"] == {"LedgerTable": [AS_SENT]}
    with pytest.raises(ClientError) as refused:
        client.put_item(**there, Item=ITEM, **CONDITION)
    assert refused.value.response["Item"] == AS_SENT
    with pytest.raises(ClientError) as cancelled:
        client.transact_write_items(TransactItems=[{"Put": {**there, "Item": ITEM, **CONDITION}}])
    assert cancelled.value.response["CancellationReasons"][0]["Item"] == AS_SENT
    changed = client.update_item(**there, Key=KEY, **update, ReturnValues="ALL_NEW")
    assert changed["Attributes"] == {**AS_SENT, "n": {"N": "1"}}


def test_the_rest_of_an_answer_is_read_as_ever(tables):
    made = aws.dynamodb().describe_table(TableName="LedgerTable")["Table"]
    assert isinstance(made["CreationDateTime"], datetime)
    assert {key["AttributeName"] for key in made["KeySchema"]} == {"pk", "sk"}


def test_the_service_judges_a_request_not_the_client(tables):
    with pytest.raises(ClientError):
        aws.secretsmanager().get_secret_value(SecretId="")


def test_a_parser_that_the_runtime_has_made_otherwise_is_left_to_it(tables, monkeypatch):
    inner = JSONParser._handle_map

    def of_tomorrow(self, shape, value, path=()):
        return inner(self, shape, value)

    monkeypatch.setattr(JSONParser, "_handle_map", of_tomorrow)
    aws.forget_clients()
    aws.dynamodb().put_item(TableName="LedgerTable", Item=ITEM)

    assert aws.dynamodb().get_item(TableName="LedgerTable", Key=KEY)["Item"] == ITEM

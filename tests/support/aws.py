"""An AWS in memory (moto) with the tables of template.yaml, for tests of the adapters."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

import boto3
from moto import mock_aws

from dutchbook.adapters import aws
from dutchbook.adapters.dynamo import Table
from local.template import REGION, Template

_OF_A_TABLE = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")


@dataclass(frozen=True)
class Tables:
    ledger: Table
    markets: Table
    guards: Table
    client: "OneAtATime"


@contextmanager
def fake_aws() -> Iterator[Tables]:
    """moto with the template's tables, named as they are in the template. Nothing leaves the process."""
    with mock_aws():
        aws.forget_clients()
        client = boto3.client("dynamodb", region_name=REGION)
        for name, properties in Template.load({}).resources("AWS::DynamoDB::Table").items():
            request: Any = {key: properties[key] for key in _OF_A_TABLE if key in properties}
            client.create_table(TableName=name, **request)
        one_at_a_time: Any = OneAtATime(client)

        def table(name: str) -> Table:
            return Table(name, lambda: one_at_a_time, sleep=lambda _: None)

        yield Tables(table("LedgerTable"), table("MarketsTable"), table("GuardsTable"), one_at_a_time)
    aws.forget_clients()


class OneAtATime:
    """A client whose requests are serialised, as DynamoDB does for an item; moto alone is not thread-safe.

    What threads do between two requests still interleaves. `interrupt` puts something exactly there.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = Lock()
        self._interruptions: dict[str, Callable[[], object]] = {}

    def interrupt(self, operation: str, act: Callable[[], object]) -> None:
        """Does `act`, as another Lambda would, just before the next such operation, once."""
        self._interruptions[operation] = act

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._client, name)

        def call(**request: Any) -> Any:
            interruption = self._interruptions.pop(name, None)
            if interruption is not None:
                interruption()
            check_request(request)
            with self._lock:
                return operation(**request)

        return call


def check_request(request: dict[str, Any]) -> None:
    """What DynamoDB refuses and moto lets pass: unused aliases, one item twice, batches too large."""
    for operation in request.get("TransactItems", []):
        check_request(next(iter(operation.values())))
    _check_aliases(request, "#", set(request.get("ExpressionAttributeNames", {})))
    _check_aliases(request, ":", set(request.get("ExpressionAttributeValues", {})))
    touched = [_key_of(next(iter(operation.values()))) for operation in request.get("TransactItems", [])]
    for batch in request.get("RequestItems", {}).values():
        if isinstance(batch, list):
            touched = [_key_of(part["PutRequest"]) for part in batch]
            assert len(batch) <= 25, "a batch writes 25 items at most"
        else:
            touched = [str(key) for key in batch["Keys"]]
    assert len(touched) <= 100, "a transaction or a batch of reads has 100 items at most"
    assert len(touched) == len(set(touched)), f"one item twice in one request: {touched}"


def _check_aliases(request: dict[str, Any], sign: str, given: set[str]) -> None:
    expressions = " ".join(str(text) for name, text in request.items() if name.endswith("Expression"))
    used = set(re.findall(rf"{sign}\w+", expressions))
    assert used == given, f"aliases used {sorted(used)} but given {sorted(given)}"


def _key_of(request: dict[str, Any]) -> str:
    item = request.get("Key") or request["Item"]
    return str({name: value for name, value in item.items() if name in ("pk", "sk", "id")})

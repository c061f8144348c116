"""One DynamoDB table: integers in and out, conditions that name what failed, conflicts tried again.

Expressions name attributes as ``#name`` and values as ``:name``; the aliases are filled in from there, so
that no reserved word can get in the way. There is no Scan here, and no float can pass.
"""

import base64
import binascii
import json
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import ClientError

from dutchbook.adapters import aws
from dutchbook.domain.errors import InvalidInput, StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Value = bool | int | str | Sequence[Value] | Mapping[str, Value] | None
type Item = dict[str, Any]
"""Plain values of the types of `Value`; reading gives int, str, bool, None, list and dict."""
type Key = Mapping[str, str]

SCHEMA_VERSION = 1
"""Stands on every item as ``schema_version``: a reader of the future knows what it reads."""

_NAME = re.compile(r"#(\w+)")
_CONDITION = "ConditionalCheckFailed"
_PASSING = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_CONFLICT_ATTEMPTS = 10
_BACKOFF_SECONDS = (0.01, 0.4)
_BATCH_READ = 100
_BATCH_WRITE = 25


class ConditionFailed(Exception):
    """A condition did not hold, so nothing was written.

    `failed` are the positions of the writes whose conditions failed; `items` holds, by position, what was
    there instead (empty: nothing).
    """

    def __init__(self, items: Mapping[int, Item]) -> None:
        super().__init__(f"conditions failed at {sorted(items)}")
        self.items = items

    @property
    def item(self) -> Item:
        """What was there instead, for a single write."""
        return next(iter(self.items.values()))


@dataclass(frozen=True, slots=True)
class Write:
    """One operation of a transaction."""

    kind: Literal["Put", "Update", "Delete", "ConditionCheck"]
    target: Mapping[str, Any]
    """The whole item of a Put, the key of the others."""
    condition: str = ""
    change: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)

    @classmethod
    def put(cls, item: Mapping[str, Any], condition: str = "", **values: Value) -> "Write":
        return cls("Put", item, condition, "", values)

    @classmethod
    def update(cls, key: Key, change: str, condition: str = "", **values: Value) -> "Write":
        return cls("Update", key, condition, change, values)

    @classmethod
    def delete(cls, key: Key, condition: str = "", **values: Value) -> "Write":
        return cls("Delete", key, condition, "", values)

    @classmethod
    def check(cls, key: Key, condition: str, **values: Value) -> "Write":
        return cls("ConditionCheck", key, condition, "", values)

    def request(self, table: str) -> dict[str, Any]:
        request: dict[str, Any] = {"TableName": table}
        request["Item" if self.kind == "Put" else "Key"] = to_wire(self.target)
        if self.change:
            request["UpdateExpression"] = self.change
        if self.condition:
            request["ConditionExpression"] = self.condition
            request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        names = set(_NAME.findall(f"{self.change} {self.condition}"))
        if names:
            request["ExpressionAttributeNames"] = {f"#{name}": name for name in sorted(names)}
        if self.values:
            request["ExpressionAttributeValues"] = {
                f":{name}": _to_wire(value) for name, value in self.values.items()
            }
        return request


class Table:
    """One table. All methods raise StoreUnavailable when DynamoDB cannot answer."""

    def __init__(
        self,
        name: str,
        client: "Callable[[], DynamoDBClient]" = aws.dynamodb,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = name
        self._client = client
        self._sleep = sleep

    def get(self, key: Key, *, consistent: bool = True) -> Item | None:
        with aws.service_errors(self.name):
            found = self._client().get_item(TableName=self.name, Key=to_wire(key), ConsistentRead=consistent)
        return from_wire(found["Item"]) if "Item" in found else None

    def get_many(
        self, keys: Iterable[Key], *, consistent: bool = True, only: Sequence[str] = ()
    ) -> list[Item]:
        """The items there are, in no order; with `only`, these attributes of them. Keys must differ."""
        request: Any = {"ConsistentRead": consistent}
        if only:
            request["ProjectionExpression"] = ", ".join(f"#{name}" for name in only)
            request["ExpressionAttributeNames"] = {f"#{name}": name for name in only}
        waiting = [to_wire(key) for key in keys]
        found: list[Item] = []
        attempt = 0
        while waiting:
            batch, waiting = waiting[:_BATCH_READ], waiting[_BATCH_READ:]
            keyed: Any = {**request, "Keys": batch}
            with aws.service_errors(self.name):
                answer = self._client().batch_get_item(RequestItems={self.name: keyed})
            found += [from_wire(item) for item in answer["Responses"].get(self.name, [])]
            unprocessed = answer.get("UnprocessedKeys", {})
            if self.name in unprocessed:
                left: Any = unprocessed[self.name]["Keys"]
                attempt = self._wait(attempt if len(left) == len(batch) else 0)
                waiting = [*left, *waiting]
        return found

    def query(
        self,
        condition: str,
        *,
        index: str = "",
        descending: bool = False,
        limit: int = 0,
        start: str = "",
        consistent: bool = True,
        only: Sequence[str] = (),
        **values: Value,
    ) -> tuple[list[Item], str]:
        """One page of a partition and the cursor of the next (empty at the end).

        With `only`, these attributes of the items.

        Raises InvalidInput for a `start` that no page gave.
        """
        named = {*_NAME.findall(condition), *only}
        request: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeNames": {f"#{name}": name for name in sorted(named)},
            "ExpressionAttributeValues": {f":{name}": _to_wire(value) for name, value in values.items()},
            "ScanIndexForward": not descending,
            "ConsistentRead": consistent and not index,
        }
        if only:
            request["ProjectionExpression"] = ", ".join(f"#{name}" for name in only)
        if index:
            request["IndexName"] = index
        if limit:
            request["Limit"] = limit
        if start:
            request["ExclusiveStartKey"] = to_wire(read_cursor(start))
        with aws.service_errors(self.name):
            answer = self._client().query(**request)
        last = answer.get("LastEvaluatedKey")
        return [from_wire(item) for item in answer["Items"]], make_cursor(from_wire(last)) if last else ""

    def query_all(self, condition: str, **options: Any) -> Iterator[Item]:
        """All pages of a partition, fetched as they are needed."""
        start = ""
        while True:
            items, start = self.query(condition, start=start, **options)
            yield from items
            if not start:
                return

    def write(self, write: Write) -> Item:
        """One conditional write; returns the new item of an update. Raises ConditionFailed."""
        request = write.request(self.name)
        client = self._client()
        attempt = 0
        while True:
            try:
                with aws.service_errors(self.name):
                    if write.kind == "Put":
                        client.put_item(**request)
                    elif write.kind == "Delete":
                        client.delete_item(**request)
                    else:
                        answer = client.update_item(**request, ReturnValues="ALL_NEW")
                        return from_wire(answer["Attributes"])
                return {}
            except ClientError as error:
                if aws.error_code(error) == "ConditionalCheckFailedException":
                    there: Any = error.response.get("Item", {})
                    raise ConditionFailed({0: from_wire(there)}) from None
                if aws.error_code(error) != "TransactionConflictException":
                    raise
                # a transaction holds the item for a moment
                attempt = self._wait(attempt)

    def transact(self, writes: Sequence[Write]) -> None:
        """All or nothing. Raises ConditionFailed with positions; conflicts with others are tried again."""
        requests = [{write.kind: write.request(self.name)} for write in writes]
        attempt = 0
        while True:
            try:
                with aws.service_errors(self.name):
                    self._client().transact_write_items(TransactItems=requests)  # type: ignore[arg-type]
                return
            except ClientError as error:
                if aws.error_code(error) != "TransactionCanceledException":
                    raise
                _explain(error)
                attempt = self._wait(attempt)

    def put_many(self, items: Iterable[Mapping[str, Any]]) -> None:
        """Unconditional puts, for what may be written twice."""
        waiting: list[Any] = [{"PutRequest": {"Item": to_wire(item)}} for item in items]
        attempt = 0
        while waiting:
            batch, waiting = waiting[:_BATCH_WRITE], waiting[_BATCH_WRITE:]
            with aws.service_errors(self.name):
                answer = self._client().batch_write_item(RequestItems={self.name: batch})
            left = answer.get("UnprocessedItems", {}).get(self.name, [])
            if left:
                attempt = self._wait(attempt if len(left) == len(batch) else 0)
                waiting = [*left, *waiting]

    def retry[T](self, attempt: Callable[[], T]) -> T:
        """Repeats an optimistic write (read, decide, write if unchanged) until it lands."""
        count = 0
        while True:
            try:
                return attempt()
            except ConditionFailed:
                count = self._wait(count)

    def _wait(self, attempt: int) -> int:
        """Sleeps with full jitter; gives up with StoreUnavailable after too many attempts."""
        if attempt + 1 >= _CONFLICT_ATTEMPTS:
            raise StoreUnavailable(f"{self.name}: still contended after {attempt + 1} attempts")
        first, longest = _BACKOFF_SECONDS
        self._sleep(random.uniform(0, min(longest, first * 2**attempt)))  # noqa: S311  (no secret)
        return attempt + 1


def _explain(error: ClientError) -> None:
    """Raises ConditionFailed if a condition failed; returns if trying again may help."""
    reasons: list[dict[str, Any]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
    failed = {
        position: from_wire(reason.get("Item", {}))
        for position, reason in enumerate(reasons)
        if reason.get("Code") == _CONDITION
    }
    if failed:
        raise ConditionFailed(failed) from None
    if not any(reason.get("Code") in _PASSING for reason in reasons):
        raise error


def to_wire(item: Mapping[str, Any]) -> dict[str, Any]:
    """DynamoDB's JSON of an item or key. Raises TypeError on a float, Decimal or other type."""
    return {name: _to_wire(value) for name, value in item.items()}


def _to_wire(value: Any) -> dict[str, Any]:
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, str):
        return {"S": str(value)}
    if isinstance(value, Mapping):
        return {"M": to_wire(value)}
    if isinstance(value, list | tuple):
        return {"L": [_to_wire(part) for part in value]}
    raise TypeError(f"{type(value).__name__} is not stored: integers and strings only")


def from_wire(item: Mapping[str, Any]) -> Item:
    """Inverse of `to_wire`."""
    return {name: _from_wire(value) for name, value in item.items()}


def _from_wire(wire: Mapping[str, Any]) -> Any:
    ((kind, value),) = wire.items()
    if kind == "NULL":
        return None
    if kind == "N":
        return int(value)
    if kind == "M":
        return from_wire(value)
    if kind == "L":
        return [_from_wire(part) for part in value]
    return value


def make_cursor(key: Mapping[str, Any]) -> str:
    """A page's start as text that a URL can carry."""
    return base64.urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(text: str) -> dict[str, str]:
    """Inverse of `make_cursor`. Raises InvalidInput."""
    try:
        key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError) as error:
        raise InvalidInput("cursor", "is not one of ours; start again without it") from error
    if not isinstance(key, dict) or not all(isinstance(part, str) for part in key.values()):
        raise InvalidInput("cursor", "is not one of ours; start again without it")
    return key

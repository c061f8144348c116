"""moto's DynamoDB, safe for threads and quick.

moto walks and sorts a whole table for each query, and copies whole tables for each item of a transaction: a
demo slows down with all that it has ever done. Here a query looks at its partition, and a transaction's way
back is a copy of its partitions' keys alone: no stored item is ever changed in place (local/moto_items.py).
"""

import copy
import functools
import threading
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

_INDEX_NAME = 6
"""Position of `index_name` among the arguments of Table.query after the hash key."""


def make_quick() -> None:
    """Patches moto for the life of this process."""
    from moto.dynamodb.models import DynamoDBBackend  # noqa: PLC0415 - moto reads its port at import
    from moto.dynamodb.models.table import Table  # noqa: PLC0415
    from moto.dynamodb.responses import DynamoHandler  # noqa: PLC0415

    DynamoHandler.call_action = _one_at_a_time(DynamoHandler.call_action)  # type: ignore[method-assign]
    DynamoDBBackend.transact_write_items = _undone_by_key(  # type: ignore[method-assign]
        DynamoDBBackend.transact_write_items
    )
    Table.query = _within_the_partition(Table.query)  # type: ignore[method-assign]
    Table.__deepcopy__ = _snapshot  # type: ignore[attr-defined]


def _one_at_a_time(call: Any) -> Any:
    """DynamoDB's promise that transactions are isolated, which moto's threads do not keep.

    moto rolls a failed transaction back to a copy of the table, and so undoes what others wrote meanwhile.
    """
    lock = threading.RLock()

    @functools.wraps(call)
    def locked(*args: Any, **kwargs: Any) -> Any:
        with lock:
            return call(*args, **kwargs)

    return locked


def _undone_by_key(transact: Any) -> Any:
    """A failed transaction puts back the partitions that it wrote to, and copies no other for that."""

    @functools.wraps(transact)
    def transact_write_items(backend: Any, transact_items: Any) -> Any:
        before = list(_partitions(backend, transact_items))
        _undoing.ours = True
        try:
            return transact(backend, transact_items)
        except Exception:
            for items, key, partition in before:
                if partition is None:
                    items.pop(key, None)
                else:
                    items[key] = partition
            raise
        finally:
            _undoing.ours = False

    return transact_write_items


_undoing = threading.local()
"""`ours` while a transaction of this thread needs no copies of moto's."""


def _partitions(backend: Any, transact_items: Any) -> Iterator[tuple[Any, Any, Any]]:
    """What a transaction can change: a table's items, the key of a partition, and what is there before."""
    from moto.dynamodb.models.dynamo_type import DynamoType  # noqa: PLC0415

    for operations in transact_items:
        for operation in operations.values():
            table = backend.tables.get(operation.get("TableName"))
            keyed = operation.get("Item") or operation.get("Key") or {}
            if table is not None and table.hash_key_attr in keyed:
                key = DynamoType(keyed[table.hash_key_attr])
                there = table.items.get(key)
                yield table.items, key, dict(there) if isinstance(there, dict) else there


def _snapshot(table: Any, _memo: Any) -> Any:
    """A table with the same items, to go back to."""
    if getattr(_undoing, "ours", False):
        return table
    kept = copy.copy(table)
    kept.items = defaultdict(dict)
    for key, stored in table.items.items():
        kept.items[key] = dict(stored) if table.has_range_key else stored
    return kept


def _within_the_partition(query: Any) -> Any:
    """A query of a table, not of an index, finds only its partition there."""

    @functools.wraps(query)
    def narrowed(table: Any, hash_key: Any, *args: Any, **kwargs: Any) -> Any:
        index = args[_INDEX_NAME] if len(args) > _INDEX_NAME else kwargs.get("index_name")
        if index or not table.has_range_key:
            return query(table, hash_key, *args, **kwargs)
        whole = table.items
        table.items = {hash_key: whole.get(hash_key, {})}
        try:
            return query(table, hash_key, *args, **kwargs)
        finally:
            table.items = whole

    return narrowed

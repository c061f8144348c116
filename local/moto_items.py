"""moto's items, copied no further than an update can reach.

No item that is stored is ever changed in place: an update changes a copy, which takes its place. So whoever
holds an item, for the way back or for an answer, may hold the stored one.
"""

import functools
import re
import threading
from typing import Any

_WORD = re.compile(r"[\w\-]+")


def make_quick() -> None:
    """Patches moto for the life of this process."""
    from moto.dynamodb.models import DynamoDBBackend  # noqa: PLC0415 - moto reads its port at import
    from moto.dynamodb.models.dynamo_type import DynamoType, Item  # noqa: PLC0415

    value: Any = DynamoType
    item: Any = Item
    value.__deepcopy__ = _copy_of_value
    item.__deepcopy__ = _copied_for_a_stream(item.__deepcopy__)
    item.size = _sized_once(item.size)
    DynamoDBBackend.update_item = _on_a_copy(DynamoDBBackend.update_item)  # type: ignore[method-assign]


def _on_a_copy(update_item: Any) -> Any:
    @functools.wraps(update_item)
    # moto itself names all that follows the key
    def update(backend: Any, table_name: str, key: Any, **how: Any) -> Any:
        table, item = backend.get_table(table_name), backend.get_item(table_name, key)
        if item is not None:
            partition, place = (
                (table.items[item.hash_key], item.range_key)
                if table.has_range_key
                else (table.items, item.hash_key)
            )
            partition[place] = _changeable(item, how)
        _updating.untold = table.stream_shard is None
        try:
            return update_item(backend, table_name, key, **how)
        finally:
            _updating.untold = False

    return update


_updating = threading.local()
"""`untold` while this thread updates an item of a table without a stream."""


def _changeable(item: Any, how: Any) -> Any:
    """An item of the same values, of which the lists, maps and sets that `how` can change are its own."""
    said = how.get("update_expression") or ""
    reached = {*_WORD.findall(said), *(how.get("expression_attribute_names") or {}).values()}
    copied = object.__new__(type(item))
    copied.hash_key, copied.range_key = item.hash_key, item.range_key
    # moto's dict weighs the whole item at each attribute that is set
    copied.attrs = item.attrs.__new__(type(item.attrs))
    dict.update(
        copied.attrs,
        {
            name: _copy_of_value(value, None) if name in reached or how.get("attribute_updates") else value
            for name, value in item.attrs.items()
        },
    )
    return copied


def _copy_of_value(value: Any, _memo: Any) -> Any:
    """A value in its own right: `copy` asks at each level whether it was there before, which cannot be."""
    copied = object.__new__(type(value))
    copied.type, inner = value.type, value.value
    if isinstance(inner, dict):
        inner = {name: _copy_of_value(part, None) for name, part in inner.items()}
    elif isinstance(inner, list):
        # a set's members are texts
        inner = [part if isinstance(part, str | bytes) else _copy_of_value(part, None) for part in inner]
    copied.value = inner
    return copied


def _copied_for_a_stream(deepcopy: Any) -> Any:
    """moto keeps what an updated item was for the table's stream, be there one or not."""

    @functools.wraps(deepcopy)
    def copied(item: Any, memo: Any) -> Any:
        return item if getattr(_updating, "untold", False) else deepcopy(item, memo)

    return copied


def _sized_once(size: Any) -> Any:
    """How large an item is, which every page of a query adds up."""

    @functools.wraps(size)
    def sized(item: Any) -> int:
        if "known_size" not in vars(item):
            item.known_size = size(item)
        known: int = item.known_size
        return known

    return sized

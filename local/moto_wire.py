"""moto's way from request to answer, quicker: what DynamoDB answers is in the wire's own form already.

moto looks each member of an answer up by all its possible names, and a backend's methods anew for each call:
that takes as long as the work itself.
"""

import functools
from typing import Any


def make_quick() -> None:
    """Patches moto for the life of this process."""
    import moto.core.responses  # noqa: PLC0415 - moto reads its port at import
    import moto.dynamodb.responses  # noqa: PLC0415
    from moto.core.serialize import BaseJSONSerializer  # noqa: PLC0415
    from moto.dynamodb.models.dynamo_type import DynamoType  # noqa: PLC0415

    responses: Any = moto.core.responses
    responses.method_names_from_class = functools.cache(responses.method_names_from_class)
    dynamodb: Any = moto.dynamodb.responses
    dynamodb.dynamo_to_dict = _to_wire(dynamodb.dynamo_to_dict, DynamoType)
    BaseJSONSerializer._serialize_type_structure = _as_it_is(  # type: ignore[method-assign]
        BaseJSONSerializer._serialize_type_structure
    )


def _to_wire(dynamo_to_dict: Any, dynamo_type: Any) -> Any:
    """A stored value in the wire's form. moto asks each part of it for all that it might be."""

    def to_wire(value: Any) -> Any:
        if isinstance(value, str | bool):
            return value
        if isinstance(value, dict):
            return {name: to_wire(part) for name, part in value.items()}
        if isinstance(value, list):
            return [to_wire(part) for part in value]
        if isinstance(value, dynamo_type) and value.type not in ("B", "BS"):
            return {value.type: to_wire(value.value)}
        return dynamo_to_dict(value)

    return to_wire


def _as_it_is(serialize: Any) -> Any:
    """Passes DynamoDB's attribute values on; all else is serialized as before."""

    @functools.wraps(serialize)
    def quick(self: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
        if not isinstance(value, dict) or self.operation_model.service_model.service_name != "dynamodb":
            serialize(self, serialized, value, shape, key)
        elif shape.name == "AttributeValue" and _is_plain(value):
            serialized[key] = value
        else:
            members = self.MAP_TYPE() if key else serialized
            for name, member in shape.members.items():
                if value.get(name) is not None:
                    self._serialize(members, value[name], member, name)
            if key:
                self._default_serialize(serialized, members, shape, key)

    return quick


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(_is_plain(item) for item in value)
    return isinstance(value, str | bool)

"""The body of an answer: JSON, or told apart from it."""

import json
from decimal import Decimal
from typing import NoReturn

type Json = dict[str, Json] | list[Json] | str | int | Decimal | bool | None
"""Parsed JSON; numbers with a fraction are Decimal, never float."""

_SHOWN = 200


class UnreadableReply(ValueError):
    """A body that is not the JSON it should be: an HTML page, nothing at all, or broken text."""


def parse_json(content_type: str, body: bytes) -> Json:
    """The JSON of a body. Raises UnreadableReply, whose text goes on from the venue's name ("answered …")."""
    if not body.strip():
        raise UnreadableReply("answered with an empty body")
    if "json" not in content_type.lower():
        raise UnreadableReply(f"answered {content_type or 'an untyped body'} instead of JSON: {shown(body)}")
    try:
        parsed: Json = json.loads(body, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise UnreadableReply(f"answered broken JSON: {shown(body)}") from error
    return parsed


def json_object(content_type: str, body: bytes) -> dict[str, Json]:
    """The body's JSON object, or an empty one where it holds anything else."""
    try:
        parsed = parse_json(content_type, body)
    except UnreadableReply:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def shown(body: bytes) -> str:
    """The beginning of a body on one line, for an error's text."""
    return " ".join(body[:_SHOWN].decode("utf-8", "replace").split())


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")

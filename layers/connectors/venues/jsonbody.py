"""The body of an answer: JSON, or told apart from it.

What cannot be read is described, never quoted: an answer may be an API key that came under the wrong content
type, or a byte short, and an error's text goes to logs, histories and replies.
"""

import json
from decimal import Decimal
from typing import NoReturn

type Json = dict[str, Json] | list[Json] | str | int | Decimal | bool | None
"""Parsed JSON; numbers with a fraction are Decimal, never float."""

_SHOWN = 200
_TYPE_SHOWN = 60


class UnreadableReply(ValueError):
    """A body that is not the JSON it should be: an HTML page, nothing at all, or broken text."""


def parse_json(content_type: str, body: bytes) -> Json:
    """The JSON of a body. Raises UnreadableReply, whose text goes on from the venue's name ("answered …")."""
    if not body.strip():
        raise UnreadableReply("answered with an empty body")
    if "json" not in content_type.lower():
        kind = content_type[:_TYPE_SHOWN] or "an untyped body"
        raise UnreadableReply(f"answered {kind} ({len(body)} bytes) instead of JSON")
    try:
        parsed: Json = json.loads(body, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        # raised after the parser's own error is forgotten: that one carries the whole text
        pass
    else:
        return parsed
    raise UnreadableReply(f"answered broken JSON ({len(body)} bytes)")


def json_object(content_type: str, body: bytes) -> dict[str, Json]:
    """The body's JSON object, or an empty one where it holds anything else."""
    try:
        parsed = parse_json(content_type, body)
    except UnreadableReply:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def shown(body: bytes) -> str:
    """The beginning of a refusal's body on one line, for an error's text."""
    return " ".join(body[:_SHOWN].decode("utf-8", "replace").split())


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")

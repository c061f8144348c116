"""The body of an answer: JSON, or told apart from it.

What cannot be read is described, never quoted: an answer may be an API key that came under the wrong content
type, or a byte short, and an error's text goes to logs, histories and replies.
"""

import json
import re
from decimal import Decimal
from typing import NoReturn

type Json = dict[str, Json] | list[Json] | str | int | Decimal | bool | None
"""Parsed JSON; numbers with a fraction are Decimal, never float."""

_SHOWN = 200
_READ = 2_000
_CODE = re.compile(r"[A-Za-z_]{1,40}\Z")
_RUN = re.compile(r"[\w+/=-]{20,}")
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


def spoken(text: str) -> str:
    """A venue's own words for an error's text: the beginning, on one line, without what may be a key.

    Venues repeat what they were sent: a key id, a token, a signature, each a long run of letters and digits.
    """
    whole = " ".join(text[:_READ].split())
    return _RUN.sub(lambda run: "…" if any(map(str.isdigit, run[0])) else run[0], whole)[:_SHOWN]


def plain(body: bytes) -> str:
    """The beginning of a body that may be plain words, to compare with known ones; shown through `spoken`."""
    return body[:_SHOWN].decode("utf-8", "replace")


def described(content_type: str, body: bytes) -> str:
    """A refusal's body that has no message we know, for an error's text: its code, else its kind and size."""
    parsed = json_object(content_type, body)
    nested = parsed.get("error")
    for source in (parsed, nested if isinstance(nested, dict) else {}):
        code = source.get("code")
        if isinstance(code, str) and _CODE.match(code):
            return code
    return f"{content_type[:_TYPE_SHOWN] or 'an untyped body'}, {len(body)} bytes" if body else "empty body"


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")

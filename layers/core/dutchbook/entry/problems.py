"""Errors as RFC 9457 problem details: one table says which error answers with which status.

No answer carries a stack trace, an internal name or what the caller sent (it may be a key): only the field
and what to do about it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeGuard

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from pydantic import Field

from dutchbook.domain.errors import (
    Conflict,
    Denied,
    InvalidInput,
    NotFound,
    NotSent,
    OutcomeUnknown,
    Refused,
    StoreUnavailable,
    WrongState,
)
from dutchbook.entry.formats import Answer

CONTENT_TYPE = "application/problem+json"
SECURITY_HEADERS: dict[str, str | list[str]] = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
"""On every answer: it is data, for no browser to show, frame or guess at."""
HEADERS: dict[str, str | list[str]] = {"Cache-Control": "no-store", **SECURITY_HEADERS}


class Malformed(InvalidInput):
    """Not even the form of a request: JSON that does not parse, a cursor that we did not make."""


class TooLarge(InvalidInput):
    """The body is longer than any request of ours."""


class WrongMediaType(InvalidInput):
    """The body is declared to be something else than JSON."""


class Unauthenticated(Exception):
    """No token reached the handler: the gateway's authorizer was not in the way."""


class FieldProblem(Answer):
    """One field and what is wrong with it."""

    field: str
    problem: str


class Problem(Answer):
    """RFC 9457 problem details."""

    type: str = Field(
        description="Names the kind of problem", examples=["urn:dutchbook:problem:invalid-input"]
    )
    title: str
    status: int
    detail: str
    instance: str = Field(description="Path of the request")
    errors: list[FieldProblem] = Field(default_factory=list)
    request_id: str


class Kind(NamedTuple):
    status: int
    name: str
    title: str


INTERNAL = Kind(500, "internal", "Something broke on our side")
INVALID = Kind(422, "invalid-input", "The request has a field to mend")

KINDS: Mapping[type[Exception], Kind] = {
    Malformed: Kind(400, "malformed", "The request cannot be read"),
    TooLarge: Kind(413, "too-large", "The request is too large"),
    WrongMediaType: Kind(415, "media-type", "The body is not JSON"),
    InvalidInput: INVALID,
    Unauthenticated: Kind(401, "unauthenticated", "Sign in first"),
    Denied: Kind(403, "denied", "Not allowed"),
    NotFound: Kind(404, "not-found", "No such thing"),
    NotFoundError: Kind(404, "not-found", "No such thing"),
    Conflict: Kind(409, "conflict", "The state does not allow it"),
    Refused: Kind(422, "venue-refused", "The venue refused"),
    NotSent: Kind(503, "venue-unavailable", "The venue cannot be reached"),
    StoreUnavailable: Kind(503, "unavailable", "Our store did not answer; try again"),
    OutcomeUnknown: Kind(503, "venue-unavailable", "The venue did not answer"),
}
"""Looked up along the class's ancestors, nearest first; what is not here is INTERNAL."""

_NAME = re.compile(r"[A-Za-z_-]{1,24}\Z|\d{1,3}\Z|\[key\]\Z", re.ASCII)
# pydantic's words name Python types; these name what to do
_WORDS: Mapping[str, str] = {
    "missing": "is required",
    "extra_forbidden": "is not a field of this request",
    "string_type": "must be a string",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "list_type": "must be a list",
    "int_parsing": "must be a whole number",
}


def kind_of(error: Exception) -> Kind:
    for ancestor in type(error).__mro__:
        if ancestor in KINDS:
            return KINDS[ancestor]
    return INTERNAL


def is_internal(error: Exception) -> bool:
    """Whether nobody foresaw this error: it is logged with its trace and answered with 500."""
    return kind_of(error) is INTERNAL and not _is_of_the_request(error)


def respond(error: Exception, path: str, request_id: str) -> Response[str]:
    """The answer to an error that a handler raised."""
    if _is_of_the_request(error):
        return _answer(_validation(error), _fields(error.errors()), path, request_id)
    kind = kind_of(error)
    if isinstance(error, InvalidInput):
        return _answer((kind, str(error)), [(error.field, error.problem)], path, request_id)
    if kind is INTERNAL:
        detail = "The error is recorded under this request_id; nothing you sent is lost by trying again."
        return _answer((kind, detail), [], path, request_id)
    if isinstance(error, NotFoundError):
        return _answer((kind, f"There is nothing at {path} for this method."), [], path, request_id)
    detail = str(error) or kind.title
    field = error.field if isinstance(error, NotFound | WrongState) else ""
    return _answer((kind, detail), [(field, detail)] if field else [], path, request_id)


def _is_of_the_request(error: Exception) -> TypeGuard[RequestValidationError]:
    """Powertools tells of an answer that fails its own model with the same class: that one is our fault."""
    return isinstance(error, RequestValidationError) and not any(
        problem["loc"][:1] == ("response",) for problem in error.errors()
    )


def _validation(error: RequestValidationError) -> tuple[Kind, str]:
    fields = _fields(error.errors())
    if fields == [("body", "is required")]:
        return KINDS[Malformed], "body: a JSON object is required"
    return INVALID, "; ".join(f"{field}: {problem}" for field, problem in fields)


def _fields(errors: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """(field, problem) of each pydantic error; the first part of a location says body, query, path."""
    found = []
    for error in errors:
        place = error["loc"]
        name = ".".join(map(_shown, place[1:])) or str(place[0])
        found.append((name, _WORDS.get(error["type"]) or str(error["msg"])))
    return found


def _shown(part: object) -> str:
    """A name of ours or one that could be; anything else may be a key that was pasted as a name."""
    return str(part) if _NAME.match(str(part)) else "(a name of yours)"


def _answer(
    what: tuple[Kind, str], fields: Sequence[tuple[str, str]], path: str, request_id: str
) -> Response[str]:
    kind, detail = what
    problem = Problem(
        type=f"urn:dutchbook:problem:{kind.name}",
        title=kind.title,
        status=kind.status,
        detail=detail,
        instance=path,
        errors=[FieldProblem(field=field, problem=text) for field, text in fields],
        request_id=request_id,
    )
    return Response(
        status_code=kind.status,
        content_type=CONTENT_TYPE,
        headers=dict(HEADERS),
        body=json.dumps(problem.model_dump(), separators=(",", ":")),
    )

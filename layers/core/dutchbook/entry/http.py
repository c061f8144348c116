"""What every HTTP function shares: strict JSON in, problem details out, who is calling, ETags."""

import base64
import binascii
import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.api_gateway import ApiGatewayResolver, Router
from aws_lambda_powertools.event_handler.depends import Depends
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.event_handler.middlewares.openapi_validation import (
    OpenAPIRequestValidationMiddleware,
)
from aws_lambda_powertools.event_handler.request import Request

from dutchbook.domain.errors import Denied
from dutchbook.entry import problems
from dutchbook.entry.observability import logger

MAX_BODY_BYTES = 64 * 1024
"""The longest request of ours is a registration with three sets of keys: under 10 KB."""

OPERATORS_TAG = "operators"
"""Tag of the routes that are the operators' alone."""

_OUR_ID = re.compile(r"(agt|trd|pair)_[0-9A-Z]{16,26}\Z")
_JSON_TYPE = re.compile(r"application/json\s*(;|\Z)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signed in, as the authorizer found from the token."""

    wallet: str
    """Lower case."""
    operator: bool = False


def caller(request: Request) -> Caller:
    """The signed-in wallet. Raises Unauthenticated when no authorizer let the request through."""
    return caller_of(request.resolved_event)


def caller_of(event: Mapping[str, Any]) -> Caller:
    """As `caller`, of the gateway's event."""
    context = event.get("requestContext") or {}
    identity = (context.get("authorizer") or {}).get("lambda") or {}
    wallet, expires_at = identity.get("wallet"), int(identity.get("expires_at") or 0)
    # the gateway caches the authorizer's answer beyond the token's own end
    if not wallet or time.time() >= expires_at:
        raise problems.Unauthenticated("a token is needed: POST /api/auth/nonce, sign, POST /api/auth/verify")
    return Caller(str(wallet).lower(), identity.get("operator") in (True, "true"))


def operator(who: Annotated[Caller, Depends(caller)]) -> Caller:
    """The caller, who is one of the stack's operators. Raises Denied."""
    if not who.operator:
        raise Denied("only this stack's operators may do that (parameter OperatorWallets)")
    return who


def new_router() -> Router:
    """A router, typed."""
    return Router()  # type: ignore[no-untyped-call]  # Powertools leaves it untyped


def resolver(*routers: Router, around: Sequence[Callable[..., Any]] = ()) -> APIGatewayHttpResolver:
    """Serves the routers to API Gateway's HTTP API, payload 2.0; one invocation at a time, as Lambda does.

    `around` are middlewares of this function, called once a request is known to be well-formed.
    """
    app = APIGatewayHttpResolver(enable_validation=True)
    app._request_validation_middleware = StrictJson()
    app.use([seal, *around])
    for router in routers:
        app.include_router(router)

    def answer(error: Exception) -> Response[str]:
        if problems.is_internal(error):
            logger.exception("request failed")
        return problems.respond(error, app.current_event.path, _request_id(app))

    app.exception_handler(Exception)(answer)
    return app


def serve(app: ApiGatewayResolver, step: str, event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers an event and logs one line about it: no body, no query, no token."""
    started = time.perf_counter()
    answer = app.resolve(event, context)
    asked = event.get("requestContext", {})
    logger.info(
        "request",
        extra={
            "step": step,
            "request_id": asked.get("requestId", ""),
            "route": event.get("routeKey", ""),
            **_named(event.get("pathParameters") or {}),
            "wallet": ((asked.get("authorizer") or {}).get("lambda") or {}).get("wallet", ""),
            "status": answer["statusCode"],
            "ms": round((time.perf_counter() - started) * 1000),
        },
    )
    return answer


def _named(parameters: Mapping[str, str]) -> dict[str, str]:
    """The things of ours that a path names. The rest of a path is the caller's word, and may be a key."""
    return {name: text for name, text in parameters.items() if _OUR_ID.match(text)}


def _request_id(app: ApiGatewayResolver) -> str:
    context = app.current_event.get("requestContext") or {}
    return str(context.get("requestId") or getattr(app.lambda_context, "aws_request_id", ""))


class StrictJson(OpenAPIRequestValidationMiddleware):
    """Bodies are one JSON object, numbers exact (Decimal, never float), no key twice.

    Operators' routes answer 403 to anybody else, whatever he sends.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Powertools leaves it untyped

    def handler(self, app: Any, next_middleware: NextMiddleware) -> Response[Any]:
        # before the fields are looked at: who may not ask is not told what a request looks like
        if OPERATORS_TAG in (app.context["_route"].tags or ()):
            operator(caller_of(app.current_event.raw_event))
        answer: Response[Any] = super().handler(app, next_middleware)
        return answer

    def _get_body(self, app: Any) -> dict[str, Any]:
        event = app.current_event
        media_type = (event.headers.get("content-type") or "application/json").strip()
        if not _JSON_TYPE.match(media_type):
            raise problems.WrongMediaType("body", "must be sent as application/json")
        return parse_object(_body_text(event.body or "", event.is_base64_encoded))


def body_of(event: Any) -> dict[str, Any]:
    """The JSON object of an event; an empty one without a body. Raises Malformed, TooLarge."""
    return parse_object(_body_text(event.body, event.is_base64_encoded)) if event.body else {}


def _body_text(body: str, is_base64: bool | None) -> str:
    if len(body.encode(errors="surrogatepass")) > MAX_BODY_BYTES:
        raise problems.TooLarge("body", f"is longer than {MAX_BODY_BYTES} bytes")
    if not is_base64:
        return body
    try:
        return base64.b64decode(body, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise problems.Malformed("body", "is not text in UTF-8") from None


def parse_object(text: str) -> dict[str, Any]:
    """A JSON object with exact numbers; NaN and Infinity come as Decimals that no field accepts.

    Raises Malformed.
    """
    if not text.strip():
        raise problems.Malformed("body", "a JSON object is required")
    try:
        value = json.loads(
            text, parse_float=Decimal, parse_constant=_not_finite, object_pairs_hook=_without_twins
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise problems.Malformed("body", f"is not JSON ({error.msg} at {where})") from None
    except (ValueError, ArithmeticError, RecursionError):
        # a number of thousands of digits, or brackets nested as deep: no client of ours sends it
        raise problems.Malformed("body", "is not JSON that can be read") from None
    if not isinstance(value, dict):
        raise problems.Malformed("body", "must be a JSON object")
    return value


def _not_finite(name: str) -> Decimal:
    return Decimal(name)


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise problems.Malformed("body", "has a key twice")
    return found


def seal(app: ApiGatewayResolver, next_middleware: NextMiddleware) -> Response[Any]:
    """Adds the headers every answer has, and answers 304 where the caller's copy is still right."""
    response: Response[Any] = next_middleware(app)
    for name, value in problems.SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if app.current_event.http_method.upper() != "GET" or response.status_code != 200:
        response.headers.setdefault("Cache-Control", "no-store")
        return response
    tag = etag(response.body)
    response.headers.update({"ETag": tag, "Cache-Control": "private, no-cache"})
    if tag in (app.current_event.headers.get("if-none-match") or ""):
        return Response(status_code=304, headers=response.headers, body="")
    return response


def etag(body: object) -> str:
    """A strong tag over the answer's JSON."""
    text = body if isinstance(body, str) else json.dumps(body, sort_keys=True, default=str)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'

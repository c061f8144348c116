"""Idempotency-Key on every POST of a signed-in wallet: the same key and request give the same answer.

One middleware in front of all routes, so that none can forget it. Sign-in needs no key: a nonce counts once.
"""

import json
import re
from collections.abc import Callable
from typing import Any, Protocol

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.api_gateway import ApiGatewayResolver
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

from dutchbook.domain.errors import InvalidInput
from dutchbook.entry.http import body_of, caller_of
from dutchbook.ports.clock import Clock
from dutchbook.usecases.once import Replays, once, request_hash

KEY_PATTERN = r"^[A-Za-z0-9_.:-]{8,128}$"
_KEY = re.compile(KEY_PATTERN[:-1] + r"\Z")
HEADER = "Idempotency-Key"
_OPEN = "/api/auth/"


class Remembering(Protocol):
    """What the middleware needs of Register's services."""

    @property
    def replays(self) -> Replays: ...

    @property
    def clock(self) -> Clock: ...


def answered_once(services: Callable[[], Remembering]) -> Callable[..., Response[Any]]:
    """The middleware. `services` is asked when a key comes, through the app's overrides."""

    def middleware(app: ApiGatewayResolver, next_middleware: NextMiddleware) -> Response[Any]:
        event = app.current_event
        key = event.headers.get(HEADER.lower())
        if key is None or event.http_method.upper() != "POST" or event.path.startswith(_OPEN):
            return next_middleware(app)
        if not _KEY.match(key):
            words = "has 8 to 128 letters, digits or _ . : -"
            raise InvalidInput(HEADER.lower(), words)
        # another wallet's key is another key, and so is one of another path
        record = f"{caller_of(event.raw_event).wallet}|{event.path}|{key}"
        request = request_hash(body_of(event))
        own = app.dependency_overrides.get(services, services)()
        return _read(once(own.replays, own.clock, record, request, lambda: _written(next_middleware(app))))

    return middleware


def _written(answer: Response[Any]) -> str:
    body = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
    return json.dumps({"status": answer.status_code, "headers": answer.headers, "body": body})


def _read(text: str) -> Response[Any]:
    kept = json.loads(text)
    return Response(
        status_code=kept["status"],
        content_type=content_types.APPLICATION_JSON,
        headers=kept["headers"],
        body=kept["body"],
    )

"""Writes docs/api/openapi.json from the handlers' own routers: `make openapi`. A test compares the two."""

import importlib
import json
from pathlib import Path
from typing import Any

from dutchbook.entry.problems import Problem
from dutchbook.entry.replay import HEADER, KEY_PATTERN
from scripts.routes import FUNCTIONS, PUBLIC

PAGE = Path(__file__).resolve().parent.parent / "docs" / "api" / "openapi.json"
VERSION = "1.0.0"
_REF = "#/components/schemas/"
_UNUSED = ("HTTPValidationError", "ValidationError", "ResponseValidationError")
_PROBLEMS = {
    "400": "The request cannot be read: a body that is no JSON object, a cursor that is not ours",
    "401": "No token, or one that has ended. The gateway's own answer has its shape: {message}",
    "403": "Not allowed. The gateway's own answer to a wrong token has its shape: {message}",
    "404": "No such thing, or another wallet's: both answer alike",
    "409": "The state does not allow it, or somebody changed it first",
    "413": "The body is larger than 64 KB",
    "415": "The body is not application/json",
    "422": "A field to mend, named in errors",
    "500": "Our fault; the request_id leads to the log",
    "503": "Our store or a venue does not answer; try again",
}
_OF_THE_GATEWAY_TOO = frozenset({"401", "403", "404", "500", "503"})
_GATEWAY_MESSAGE = {
    "type": "object",
    "description": "An answer of the gateway itself",
    "properties": {"message": {"type": "string"}},
    "required": ["message"],
}
_IDEMPOTENCY_KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "The same key and body within a day give the same answer, and the work is done once",
    "schema": {"type": "string", "pattern": KEY_PATTERN},
}
_WITHOUT_BODY = frozenset({"413", "415"})
_WITHOUT_TOKEN = frozenset({"401", "403"})


def document() -> dict[str, Any]:
    """OpenAPI 3.1 of all functions together, keys sorted."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for function in FUNCTIONS:
        app = importlib.import_module(f"functions.{function}.app").app
        part = json.loads(app.get_openapi_json_schema(title="Dutchbook", version=VERSION))
        for path, operations in part["paths"].items():
            paths.setdefault(path, {}).update(operations)
        schemas.update(part["components"]["schemas"])
    schemas.update(_problem_schemas())
    for name in _UNUSED:
        schemas.pop(name, None)
    for path, operations in paths.items():
        for method, operation in operations.items():
            _finish(operation, public=path in PUBLIC)
            if method == "post" and path not in PUBLIC:
                operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Dutchbook",
            "version": VERSION,
            "description": "Agents that take Dutch books across Polymarket, Kalshi and Limitless. Money, "
            "shares and prices are decimal strings, times RFC 3339 in UTC, errors RFC 9457 problem details.",
        },
        "servers": [{"url": "http://localhost:8080", "description": "make demo"}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "responses": {_name(status): _problem(status, text) for status, text in _PROBLEMS.items()},
            "securitySchemes": {
                "session": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "POST /api/auth/nonce, sign the EIP-4361 message, POST /api/auth/verify",
                }
            },
        },
    }


def _problem_schemas() -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template=_REF + "{model}")
    return {**schema.pop("$defs"), "Problem": schema, "GatewayMessage": _GATEWAY_MESSAGE}


def _name(status: str) -> str:
    return f"Problem{status}"


def _problem(status: str, description: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": _REF + "Problem"}}}
    if status in _OF_THE_GATEWAY_TOO:
        content["application/json"] = {"schema": {"$ref": _REF + "GatewayMessage"}}
    return {"description": description, "content": content}


def _finish(operation: dict[str, Any], *, public: bool) -> None:
    """Problem details for what may go wrong, and the token where one is needed."""
    left_out = _WITHOUT_TOKEN if public else frozenset()
    if "requestBody" not in operation:
        left_out |= _WITHOUT_BODY
    for status in _PROBLEMS:
        if status not in left_out:
            operation["responses"][status] = {"$ref": f"#/components/responses/{_name(status)}"}
    operation["responses"].get("204", {}).pop("content", None)
    operation["responses"] = dict(sorted(operation["responses"].items()))
    operation["security"] = [] if public else [{"session": []}]


def main() -> None:
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(json.dumps(document(), indent=2, sort_keys=True, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

"""Writes the routes that the handlers serve into template.yaml: `make routes`.

A test compares the two, so that no route exists on one side only.
"""

import importlib
import re
from pathlib import Path

FUNCTIONS = ("register", "status")
_TEMPLATE = Path(__file__).resolve().parent.parent / "template.yaml"
PUBLIC = frozenset(
    {
        "/api/health",
        "/api/opportunities",
        "/api/venues",
        "/api/stats",
        "/api/auth/nonce",
        "/api/auth/verify",
    }
)


def routes(function: str) -> list[tuple[str, str]]:
    """(method, path) of every route that the function's resolver serves, path parameters in braces."""
    resolver = importlib.import_module(f"functions.{function}.app").app
    listed = [*resolver._static_routes, *resolver._dynamic_routes]
    return sorted({(route.method, re.sub(r"<(\w+)>", r"{\1}", route.path)) for route in listed})


def event_name(method: str, path: str) -> str:
    words = re.findall(r"\w+", path.removeprefix("/api/"))
    return method.title() + "".join(word.title().replace("_", "") for word in words)


def events(function: str) -> str:
    """The routes as SAM events, one a line."""
    lines = []
    for method, path in routes(function):
        auth = ", Auth: {Authorizer: NONE}" if path in PUBLIC else ""
        lines.append(
            f"        {event_name(method, path)}: {{Type: HttpApi, Properties: "
            f'{{ApiId: !Ref Api, Method: {method}, Path: "{path}"{auth}}}}}\n'
        )
    return "".join(lines)


def main() -> None:
    text = _TEMPLATE.read_text()
    for function in FUNCTIONS:
        start, end = f"        # {function} routes\n", "        # end of routes\n"
        before, _, rest = text.partition(start)
        _, _, after = rest.partition(end)
        text = before + start + events(function) + end + after
    _TEMPLATE.write_text(text)


if __name__ == "__main__":
    main()

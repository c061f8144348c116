"""Authorize: turns the bearer token of a request into the wallet that signed in."""

from dutchbook.entry.cold_start import imports_done

# isort: split
from typing import Any

from dutchbook.entry.authorizer import authorize
from dutchbook.entry.bootstrap.authorize import services

imports_done()


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    return authorize(event, services())

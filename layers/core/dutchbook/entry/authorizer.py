"""The gateway's REQUEST authorizer: a bearer token in, a simple response out. Looks at nothing else.

The answer is cached by the gateway for every route of the caller, so it says who he is and never what he may
do: each handler asks the ledger whether the agent is his.
"""

from collections.abc import Mapping
from typing import Any

from dutchbook.entry.bootstrap.authorize import AuthorizeServices
from dutchbook.entry.tokens import InvalidToken

_SCHEME = "bearer "
_MAX_LENGTH = 4096
_REFUSED: dict[str, Any] = {"isAuthorized": False}


def authorize(event: Mapping[str, Any], own: AuthorizeServices) -> dict[str, Any]:
    """A simple authorizer response (payload 2.0). Raises StoreUnavailable, InvalidKeys."""
    # the header that the gateway keys its cache by; `headers` may spell its name in any case
    header = str((event.get("identitySource") or [""])[0])
    if header[: len(_SCHEME)].lower() != _SCHEME or len(header) > _MAX_LENGTH:
        return _REFUSED
    try:
        wallet, expires_at = own.tokens.verify(header[len(_SCHEME) :], own.clock.now_ms() // 1000)
    except InvalidToken:
        return _REFUSED
    context = {"wallet": wallet, "operator": wallet in own.operators, "expires_at": expires_at}
    return {"isAuthorized": True, "context": context}

"""What Authorize is made of: the only module that names its concrete classes."""

import os
from dataclasses import dataclass
from functools import cache, partial

from dutchbook.adapters.clock import SystemClock
from dutchbook.adapters.token_secret import read_secret
from dutchbook.entry.settings.authorize import AuthorizeSettings
from dutchbook.entry.token_keys import KeyRing
from dutchbook.entry.tokens import Tokens
from dutchbook.ports.clock import Clock


@dataclass(frozen=True, slots=True)
class AuthorizeServices:
    tokens: Tokens
    clock: Clock
    operators: frozenset[str]


@cache
def services() -> AuthorizeServices:
    """Built at the first request, kept for the life of the function. Raises SettingsError."""
    settings = AuthorizeSettings.from_env(os.environ)
    ring = KeyRing(partial(read_secret, settings.token_secret_id))
    return AuthorizeServices(Tokens(ring, settings.siwe_domain), SystemClock(), settings.operators)

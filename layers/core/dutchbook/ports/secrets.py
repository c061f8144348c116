"""Agents' credentials."""

from collections.abc import Mapping
from typing import Protocol

from dutchbook.domain.secret import Secret
from dutchbook.domain.venue import Venue


class SecretStore(Protocol):
    """Credentials of one agent on one venue, as named fields. Raises StoreUnavailable."""

    def put(self, agent_id: str, venue: Venue, fields: Mapping[str, Secret]) -> None: ...

    def get(self, agent_id: str, venue: Venue) -> Mapping[str, Secret] | None:
        """What is stored now, in no cache; None when there are none."""
        ...

    def delete(self, agent_id: str, venue: Venue) -> None:
        """No error when there are none."""
        ...

"""What is kept of stored credentials beside the agent: nothing secret."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dutchbook.domain.venue import Venue

_LAST = 4


@dataclass(frozen=True, slots=True)
class CredentialRecord:
    """What may be shown of stored credentials."""

    venue: Venue
    kind: str
    account: str
    jurisdiction: str
    set_at: datetime
    verified_at: datetime | None = None
    set_id: str = ""
    """Of the setting that wrote it; the secret that belongs to it bears the same."""

    @property
    def last_four(self) -> str:
        return self.account[-_LAST:]


class CredentialRecords(Protocol):
    """The stubs, beside the agent."""

    def put(self, agent_id: str, record: CredentialRecord) -> None: ...

    def verified(self, agent_id: str, record: CredentialRecord) -> None:
        """Stores `verified_at`. Raises WrongState when the credentials were set anew or removed since."""
        ...

    def of_agent(self, agent_id: str) -> Sequence[CredentialRecord]:
        """Strongly consistent."""
        ...

    def delete(self, agent_id: str, venue: Venue) -> None: ...

"""Messages to humans."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dutchbook.ports.paging import Page

AGAIN_SECONDS = 3_600
"""What lasts (a venue that is down) is said again after an hour."""
FOR_GOOD_SECONDS = 90 * 86_400
"""What has happened once is said once: longer than anybody comes back to it."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to a human: what happened, to which agent and trade, where, and what happens next."""

    kind: str
    agent_id: str
    what: str
    next_step: str
    trade_id: str = ""
    venue: str = ""
    dedupe_key: str = ""
    once_seconds: int = AGAIN_SECONDS
    """For how long a notice with this key is not sent again."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A notice as it was sent, kept for its agent's owner."""

    at: datetime
    notice: Notice


class Alerts(Protocol):
    def add(self, alert: Alert) -> None:
        """The same alert added twice is one. Raises StoreUnavailable."""
        ...

    def of_agent(self, agent_id: str, limit: int, start: str = "") -> Page[Alert]:
        """Newest first."""
        ...


class Notifier(Protocol):
    def send(self, notice: Notice) -> None:
        """Once for each dedupe_key within its once_seconds, without a key every time.

        Whoever dies while sending has not sent: half a minute later the same key may be sent by another.
        Raises StoreUnavailable.
        """
        ...

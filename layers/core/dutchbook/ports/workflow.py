"""What runs, and who looks after it."""

from collections.abc import Mapping
from typing import Protocol


class Workflow(Protocol):
    def start(self, name: str, payload: Mapping[str, object]) -> bool:
        """Starts execute_pair under this name; False when it was started before."""
        ...


class Executions(Protocol):
    def running(self, name: str) -> bool:
        """Whether execute_pair runs under this name, or may soon. Raises StoreUnavailable."""
        ...


class Leases(Protocol):
    """Who looks after a thing just now."""

    def take(self, name: str, seconds: int) -> int:
        """How often it was taken so far, this time included; 0 while somebody else has it."""
        ...

    def give_back(self, name: str) -> None:
        """Others may take it at once. No error when it is nobody's."""
        ...

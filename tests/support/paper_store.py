"""The paper venue's memory without a database: the replay's own, under the name that tests know."""

from local.memory.paper import InMemoryPaperStore

__all__ = ["InMemoryPaperStore"]

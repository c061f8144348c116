"""Agents and their books in memory: the replay's own, under the name that tests know."""

from local.memory.agents import Book, MemoryAgents, page_of

__all__ = ["Book", "MemoryAgents", "page_of"]

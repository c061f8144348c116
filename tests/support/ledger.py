"""The ledger and the market store in memory: the replay's own, under the name that tests know."""

from local.memory.ledger import MemoryAgents, MemoryLedger, MemoryMarketStore

__all__ = ["MemoryAgents", "MemoryLedger", "MemoryMarketStore"]

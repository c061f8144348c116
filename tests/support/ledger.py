"""The ledger and the market store in memory: the replay's own, under the name that tests know."""

from local.memory.agents import MemoryAgents
from local.memory.ledger import MemoryLedger
from local.memory.markets import MemoryMarketStore

__all__ = ["MemoryAgents", "MemoryLedger", "MemoryMarketStore"]

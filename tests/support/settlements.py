"""Payouts in memory: the replay's own, under the name that tests know."""

from local.memory.settlements import MemorySettlements

__all__ = ["MemorySettlements"]

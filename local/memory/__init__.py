"""Stores in memory, for replays and tests: the same promises as the adapters, without a database."""

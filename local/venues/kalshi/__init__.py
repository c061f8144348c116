"""Simulated Kalshi: trade-api v2 as of autumn 2026."""

"""Simulated Polymarket: Gamma, CLOB and Data API on one host, as of autumn 2026."""

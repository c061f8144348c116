"""Strategies: small, pure, one protocol. What each looks at and does stands in docs/strategies.md."""

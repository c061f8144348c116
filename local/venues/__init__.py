"""Simulated Polymarket, Kalshi and Limitless that speak the venues' own wire formats over HTTP.

Nothing here is shipped. Catalogue: recorded facts of 2026-03-01; prices, depth, accounts and settlement:
invented. What the real venues check, these check, with libraries the product itself does not use.
"""

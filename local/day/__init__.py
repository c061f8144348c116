"""The simulated day: a real catalogue of 2026-03-01 with invented books, price path and Limitless leaves."""

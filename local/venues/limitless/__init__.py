"""Simulated Limitless Exchange. All of its markets are invented."""

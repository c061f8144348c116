"""Dutchbook: finds and takes Dutch books across prediction-market venues."""

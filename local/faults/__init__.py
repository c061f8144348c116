"""The fault matrix: whole trades through the real state machine and handlers, against the simulated venues.

In each scenario something goes wrong at a venue, a Lambda dies just before or after a call, events come
twice. Afterwards the venues' own books and ours must agree.
"""

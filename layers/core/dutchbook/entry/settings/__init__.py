"""What each function is told by its environment, checked once at the cold start.

One module a function holds only what that function needs, so that a variable missing from the template fails
the first invocation with its name instead of the thousandth with a KeyError. Venue hosts are not here: the
connectors check them (venues.environments). Standard library only, because Authorize starts in a tenth of a
second and must stay so.
"""

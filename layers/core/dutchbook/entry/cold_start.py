"""The garbage collector rests while a function is imported: the first import of every app.py.

What is imported lives as long as the function. To look for garbage among it, again and again while it grows,
takes a twelfth of a cold start and finds none.
"""

import gc

gc.disable()


def imports_done() -> None:
    """From here on it works, and leaves what was imported alone."""
    gc.freeze()
    gc.enable()

"""What makes a function's imports quicker: the first import of every app.py.

The garbage collector rests: what is imported lives as long as the function, and to look for garbage among
it, again and again while it grows, takes a twelfth of a cold start and finds none.
"""

import gc

gc.disable()

# From here, not from the depth of our own modules. CPython keeps its frames in pieces of 16 KB; a loop that
# calls across the edge of a piece, as urllib3's patterns did, maps and unmaps memory at each call: 25 ms.
import dutchbook.adapters.aws  # noqa: E402, F401


def imports_done() -> None:
    """From here on the collector works, and leaves what was imported alone."""
    gc.freeze()
    gc.enable()

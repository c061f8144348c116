"""Errors as state machines know them.

Step Functions matches an error's exact name and knows no inheritance: a retry of NotSent would not be one of
VenueUnreachable. What leaves a task leaves under the name of its category; its own name stays in the message.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from dutchbook.domain.errors import DutchbookError, category_of
from dutchbook.entry.observability import logger


@contextmanager
def named_by_category() -> Iterator[None]:
    """Logs our errors and raises them as their category, of which the ASL files speak."""
    try:
        yield
    except DutchbookError as error:
        logger.warning("step failed", extra={"error": type(error).__name__, "detail": str(error)})
        category = category_of(error)
        if category is type(error):
            raise
        raise category(f"{type(error).__name__}: {error}") from error

"""Errors by what to do next. For a venue the question is: did the order leave?

The state machine matches these six category names exactly and knows no inheritance, so handlers re-raise a
leaf as its category (`category_of`) and keep the leaf's name and message in the text.
"""


class DutchbookError(Exception):
    """Base of every error that Dutchbook raises on purpose."""


class NotSent(DutchbookError):
    """Nothing left: safe to try again."""


class Refused(DutchbookError):
    """The venue answered that the order is not placed: undo what came before."""


class OutcomeUnknown(DutchbookError):
    """It may have arrived: look it up by id; never send a new order and never undo yet."""


class Denied(DutchbookError):
    """Our own limits said no; nothing was sent."""


class Conflict(DutchbookError):
    """Somebody (often an earlier try of ourselves) has done it already."""


class InvariantBroken(DutchbookError):
    """The books do not add up: stop, quarantine, call a human."""


CATEGORIES: tuple[type[DutchbookError], ...] = (
    NotSent,
    Refused,
    OutcomeUnknown,
    Denied,
    Conflict,
    InvariantBroken,
)


class VenueUnreachable(NotSent):
    """No connection, no DNS, or a refusal before the request was accepted."""


class QuestionRefused(NotSent):
    """The venue refused to answer a read (unknown, gone, malformed). It is there, so no breaker counts it."""


class VenueThrottled(NotSent):
    """The venue's or our own rate limit turned the request away. `retry_after` in seconds, if told."""

    def __init__(self, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class BreakerOpen(NotSent):
    """The venue's circuit breaker is open."""


class InsufficientFunds(Refused):
    """Balance, allowance or shares do not cover the order."""


class MarketClosed(Refused):
    """The market is closed, paused, resolved or unknown."""


class PriceMoved(Refused):
    """Nothing to fill at the limit price (killed, post-only cross, off the book)."""


class InvalidOrder(Refused):
    """Tick, size, notional or field refused, by us before sending or by the venue."""


class NotAuthorised(Refused):
    """Key, signature, scope or region refused."""


class TermsChanged(Refused):
    """The order is not good as it was signed, and it is known what would be: nothing is placed, a new one may
    be signed once.
    """


class LimitExceeded(Denied):
    """An agent's own limit or budget does not allow it."""


class StaleBook(Denied):
    """The order book is older than an order may rely on."""


class EdgeGone(Denied):
    """The opportunity no longer pays after fees."""


class Halted(Denied):
    """Kill switch, pause, or live trading switched off."""


class NotEligible(Denied):
    """The person's place, or the venue's own geoblock, does not allow it."""


class AlreadyReserved(Conflict):
    """The trade, or another on the same agent and pair, holds the reservation."""


class WrongState(Conflict):
    """The item has moved on from the state the write expected. `field` names it in a request."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class AlreadyExists(Conflict):
    """A unique key (account owner, order id, nonce) is taken."""


class NotFound(DutchbookError):
    """No such thing, or not the caller's: both answer alike. `field` names it in a request."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class InvalidInput(DutchbookError):
    """A request the caller can mend: names the field and the fix, and nothing was written."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


class StoreUnavailable(DutchbookError):
    """Our own store (or queue) did not answer in time. Every write is conditional, so repeating it is safe.

    In no category on purpose: NotSent would let a trade be released after its order had left.
    """


def category_of(error: DutchbookError) -> type[DutchbookError]:
    """The category class of a leaf; the error's own class if it is in none."""
    for category in CATEGORIES:
        if isinstance(error, category):
            return category
    return type(error)

"""When one leg is short: finish the hedge at a loss, close what is unhedged, or stop and call a human.

Whichever is cheaper is taken, and neither when it loses more than stopLoss of what the unhedged shares cost.
"""

from dataclasses import dataclass

from dutchbook.domain.book import Ladder
from dutchbook.domain.dust import REMAINDER_LIMIT, dust_of, too_small
from dutchbook.domain.market import Market
from dutchbook.domain.money import ONE, PPM, format_micros, mul_floor
from dutchbook.domain.opportunity import LegQuote
from dutchbook.domain.quoting import missed_minimum, quote_buy, quote_sell
from dutchbook.domain.venue import Outcome, Side


@dataclass(frozen=True, slots=True)
class Unhedged:
    """Net shares of one leg that the other has not matched. Micros."""

    held: Market
    held_outcome: Outcome
    shares: int
    cost: int
    """What these shares cost, fees in: their part of the filled leg's cost."""
    short: Market
    short_outcome: Outcome
    rest_cost: int = 0
    """Of a book of more legs: what as many shares of all the others cost, or will cost at their limits."""
    rest_loss: int = 0
    """What closing as many shares of the others loses as well, where the trade is closed and not finished."""
    payout: int = ONE
    """Dollars (micros) that a share of every leg together pays, rounded down."""


@dataclass(frozen=True, slots=True)
class Complete:
    """Buy more of the short leg, though it may lose."""

    quote: LegQuote
    loss: int
    """Dollars (micros) lost by it; negative is a profit."""


@dataclass(frozen=True, slots=True)
class Unwind:
    """Sell what is unhedged where it is held."""

    quote: LegQuote
    loss: int


@dataclass(frozen=True, slots=True)
class Dust:
    """Too little to mend: booked, shown, valued at the bid."""

    shares: int


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Nothing within bounds is possible: flag it, halt the agent, raise the alarm."""

    reason: str


type Repair = Complete | Unwind | Dust | Quarantine


def choose_repair(unhedged: Unhedged, held_bids: Ladder, short_asks: Ladder, stop_loss: int) -> Repair:
    """What to do next about unhedged shares, with both books as they stand; `stop_loss` in ppm of cost.

    One step: where a book is too thin for all of it, the answer covers a part, and the caller asks again
    with fresh books after the fill. A remainder below the short venue's minimum can only be unwound; one
    below both minimums is dust if it cost no more than REMAINDER_LIMIT: no order can mend it.
    """
    if unhedged.shares <= dust_of(unhedged.held, unhedged.short):
        return Dust(unhedged.shares)
    options = [
        option
        for option in (_completion(unhedged, short_asks), _unwinding(unhedged, held_bids))
        if option is not None
    ]
    if not options and _below_minimums(unhedged, short_asks) and unhedged.cost <= REMAINDER_LIMIT:
        return Dust(unhedged.shares)
    if not options:
        return Quarantine(
            f"{format_micros(unhedged.shares)} shares on {unhedged.held.venue} can neither be hedged nor sold"
        )
    best = min(options, key=lambda option: _loss_a_share(option, unhedged))
    bound = _part(unhedged.cost, best.quote.net_shares, unhedged) * stop_loss // PPM
    if best.loss > bound:
        return Quarantine(
            f"the cheaper way out loses ${format_micros(best.loss)}, allowed are ${format_micros(bound)}"
        )
    return best


def _below_minimums(unhedged: Unhedged, asks: Ladder) -> bool:
    """Whether neither venue would take an order for so little. Without an ask nothing costs over a dollar."""
    price = asks[0][0] if asks else ONE
    return too_small(unhedged.held, Side.SELL, unhedged.shares, ONE) and too_small(
        unhedged.short, Side.BUY, unhedged.shares, price
    )


def _completion(unhedged: Unhedged, asks: Ladder) -> Complete | None:
    """The short leg bought as far as the book goes: at the end both pay a dollar a share between them."""
    market = unhedged.short
    depth = sum(market.fees.net_of(price, size) for price, size in asks)
    lots = _leave_sellable(unhedged, min(unhedged.shares, depth)) // market.size_step
    # one lot less where the last one would need more than the book shows
    for wanted in (lots * market.size_step, (lots - 1) * market.size_step):
        quote = quote_buy(market, unhedged.short_outcome, asks, wanted) if wanted > 0 else None
        if quote is not None and not missed_minimum(market, quote):
            paid = _part(unhedged.cost + unhedged.rest_cost, wanted, unhedged) + quote.cost
            return Complete(quote, paid - mul_floor(unhedged.payout, wanted))
    return None


def _unwinding(unhedged: Unhedged, bids: Ladder) -> Unwind | None:
    depth = sum(size for _, size in bids)
    shares = _leave_sellable(unhedged, min(unhedged.shares, depth))
    quote = quote_sell(unhedged.held, unhedged.held_outcome, bids, shares)
    if quote is None or missed_minimum(unhedged.held, quote):
        return None
    return Unwind(quote, _part(unhedged.cost, quote.shares, unhedged) + quote.cost)


def _leave_sellable(unhedged: Unhedged, shares: int) -> int:
    """Less than could be mended, where the rest would be too little to sell and too much to ignore."""
    rest = unhedged.shares - shares
    if rest <= dust_of(unhedged.held, unhedged.short) or rest >= unhedged.held.min_size:
        return shares
    return max(0, unhedged.shares - unhedged.held.min_size) or shares


def _part(cost: int, shares: int, unhedged: Unhedged) -> int:
    """What this many of the unhedged shares have of a cost of all of them, rounded up."""
    return -(-cost * min(shares, unhedged.shares) // unhedged.shares)


def _loss_a_share(option: Complete | Unwind, unhedged: Unhedged) -> tuple[int, int]:
    """Cheaper first, closing with all that must be closed; at the same price the one that mends more."""
    loss = option.loss
    if isinstance(option, Unwind):
        loss += _part(unhedged.rest_loss, option.quote.net_shares, unhedged)
    return loss * PPM // option.quote.net_shares, -option.quote.net_shares
